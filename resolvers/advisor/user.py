"""AdvisorUser: a person's profile in the advisor chat."""

import strawberry

from models.advisor.user import USERS, UserPlan
from resolvers.table import Node, choice, column, identity, node

choice(
    UserPlan,
    "AdvisorPlan",
    "What a person pays for, in rising order.",
    FREE="Free of charge.",
    PRO="For regular use.",
    ENTERPRISE="Without limits.",
)


@node(USERS, "A person's profile in the advisor chat. Only the person and operators see it.")
class AdvisorUser(Node):
    id: strawberry.ID = identity(USERS)
    name: str | None = column("Name of the person.")
    plan: UserPlan = column("What the person pays for.")
