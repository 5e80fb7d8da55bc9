"""Account: the login identity that the products share."""

import strawberry

from models.account.account import ACCOUNTS, AccountStatus
from resolvers.scalars import Timestamp
from resolvers.table import Node, choice, column, identity, node

choice(
    AccountStatus,
    "AccountStatus",
    "Whether an account may sign in.",
    ACTIVE="It may.",
    SUSPENDED="Shut out by an operator.",
    DELETED="Given up by its owner.",
)


@node(ACCOUNTS, "A login identity, shared by the products. Only its owner and operators see it.")
class Account(Node):
    id: strawberry.ID = identity(ACCOUNTS)
    issuer: str = column("Identity provider that vouches for the person.")
    subject: str = column("The provider's own name for the person.")
    email: str | None = column("E-mail address as the provider told it.")
    emailVerified: bool = column("Whether the provider has verified the address.")
    displayName: str | None = column("Name as the provider told it.")
    imageUrl: str | None = column("URL of a picture as the provider told it.")
    status: AccountStatus = column("Whether the account may sign in.")
    lastLoginAt: Timestamp | None = column("When it was last used, to the hour.")
    version: int = column("Number that rises with each change.")
    createdAt: Timestamp = column("When it was first used.")
    updatedAt: Timestamp = column("When it was last changed.")
