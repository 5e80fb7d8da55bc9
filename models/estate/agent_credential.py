"""How an agent signs in with a password; no GraphQL type shows any of it."""

from pydantic import Field

from models.policy import NOBODY, Policy
from models.row import Id, Millis, Row
from models.table import Table, unique


class AgentCredentialRow(Row):
    """Hashes alone: of the password, and of the secrets that are sent by mail and good once. Times are Unix
    milliseconds.
    """

    agentId: Id
    accountId: Id
    passwordHash: str | None = None
    inviteTokenHash: str | None = None
    inviteTokenExpiresAt: Millis | None = None
    resetTokenHash: str | None = None
    resetTokenExpiresAt: Millis | None = None
    failedLogins: int = Field(default=0, ge=0)
    lockedUntil: Millis | None = None
    passwordChangedAt: Millis | None = None

    class Settings:
        name = "agent_credentials"
        keep_nulls = False


AGENT_CREDENTIALS = Table(
    AgentCredentialRow,
    type_name="EstateAgentCredential",
    tag="eCrd",
    noun="credential",
    policy=Policy(read=NOBODY),
    indexes=(
        unique("by_agent", "agentId"),
        unique("by_invite_token", "inviteTokenHash", partial={"inviteTokenHash": {"$type": "string"}}),
        unique("by_reset_token", "resetTokenHash", partial={"resetTokenHash": {"$type": "string"}}),
    ),
    shard_key=("agentId",),
)
