"""One login identity, shared by the products; each keeps a profile of its own."""

from enum import StrEnum

from pydantic import Field

from models.policy import OPERATOR, OwnAccount, Policy
from models.principal import EMAIL_CHARACTERS, NAME_CHARACTERS
from models.row import Millis, Row
from models.table import Table, index, unique
from models.texts import Link


class AccountStatus(StrEnum):
    """Whether the account may sign in."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    DELETED = "deleted"


class AccountRow(Row):
    """An identity at an identity provider: two providers may give the same subject, so the pair is the key."""

    issuer: str = Field(min_length=1, max_length=512)
    subject: str = Field(min_length=1, max_length=255)
    email: str | None = Field(default=None, max_length=EMAIL_CHARACTERS)
    emailVerified: bool = False
    displayName: str | None = Field(default=None, max_length=NAME_CHARACTERS)
    imageUrl: Link | None = None
    status: AccountStatus = AccountStatus.ACTIVE
    platformRoles: list[str] = Field(default_factory=list)
    lastLoginAt: Millis | None = None

    class Settings:
        name = "accounts"
        keep_nulls = False


SELF = OwnAccount("_id")

ACCOUNTS = Table(
    AccountRow,
    type_name="Account",
    tag="acct",
    noun="account",
    policy=Policy(read=SELF | OPERATOR),
    indexes=(
        unique("by_issuer_subject", "issuer", "subject"),
        index("by_email", "email"),
    ),
    shard_key=("issuer", "subject"),
    hidden=frozenset({"platformRoles"}),
)
