"""A sign-in with a password: it lasts while its refresh token is exchanged in time, and ends what came from it."""

from datetime import datetime

from pydantic import Field

from models.policy import NOBODY, Policy
from models.row import Id, Millis, Row
from models.table import Table, expiring, index, unique


class SignInRow(Row):
    """`tokenHash` is the SHA-256 of the one refresh token that is good now, `formerHashes` of those before.

    `endedAt` (Unix milliseconds) is set by a sign-out, a change of the password, and a refresh token that comes twice;
    `expiresAt` is when nobody can go on.
    """

    accountId: Id
    tokenHash: str
    formerHashes: list[str] = Field(default_factory=list)
    endedAt: Millis | None = None
    expiresAt: datetime

    class Settings:
        name = "account_sign_ins"
        keep_nulls = False


SIGN_INS = Table(
    SignInRow,
    type_name="AccountSignIn",
    tag="aSgn",
    noun="sign-in",
    policy=Policy(read=NOBODY),
    indexes=(
        index("by_account", "accountId"),
        unique("by_token", "tokenHash"),
        expiring("ttl_expires", "expiresAt"),
    ),
    shard_key=("accountId",),
)
