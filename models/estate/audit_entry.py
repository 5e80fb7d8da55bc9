"""What happened to an agent's access: who got in, who did not, and who switched what."""

from datetime import datetime
from enum import StrEnum

from models.estate.rules import PRODUCT
from models.policy import OPERATOR, Owner, Policy
from models.row import Id, Row
from models.table import Table, expiring, index

KEPT_DAYS = 400


class AuditEvent(StrEnum):
    """What happened."""

    INVITED = "invited"
    ACTIVATED = "activated"
    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    LOCKED = "locked"
    SIGNED_OUT = "signed_out"
    REFRESH_REUSED = "refresh_reused"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105  # the name of an event
    RESET_REQUESTED = "reset_requested"
    PASSWORD_RESET = "password_reset"  # noqa: S105  # as above
    SWITCHED_ON = "switched_on"
    SWITCHED_OFF = "switched_off"


class AuditEntryRow(Row):
    """`address` is that of the client, as far as proxies are believed; entries are kept for 400 days."""

    agentId: Id
    event: AuditEvent
    address: str | None = None
    expiresAt: datetime

    class Settings:
        name = "estate_audit_entries"
        keep_nulls = False


AUDIT_ENTRIES = Table(
    AuditEntryRow,
    type_name="EstateAuditEntry",
    tag="eAud",
    noun="audit entry",
    policy=Policy(read=Owner("agentId", PRODUCT, "own agent") | OPERATOR),
    indexes=(
        expiring("ttl_expires", "expiresAt"),
        index("page_agent_created", "agentId", "-createdAt", "-_id"),
    ),
    shard_key=("agentId",),
    hidden=frozenset({"expiresAt"}),
    watched=True,
)
