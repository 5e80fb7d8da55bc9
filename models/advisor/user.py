"""A person's profile in the advisor chat, with the plan."""

from enum import StrEnum

from bson import ObjectId
from pydantic import Field

from models.advisor.rules import BILLING, PRODUCT
from models.policy import OPERATOR, Owner, Policy
from models.principal import Identity, Profile
from models.row import Id, Row
from models.table import Table, index, unique
from models.texts import Link, Name


class UserPlan(StrEnum):
    """What the person pays for, in rising order."""

    FREE = "free"
    PRO = "pro"
    ENTERPRISE = "enterprise"


class UserRow(Row):
    """Made at the account's first use of the product.

    `metAdvisorIds` are the advisors that have answered this person: who once talked with an advisor keeps seeing its
    name after it is archived, and the rule finds the set here instead of in the messages.
    """

    clerkId: str = Field(min_length=1, max_length=768)
    email: str | None = Field(default=None, max_length=320)
    name: Name | None = None
    image: Link | None = None
    plan: UserPlan = UserPlan.FREE
    accountId: Id
    privateAdvisorCount: int = Field(default=0, ge=0)
    metAdvisorIds: list[Id] = Field(default_factory=list[ObjectId])

    class Settings:
        name = "advisor_users"
        keep_nulls = False


SELF = Owner("_id", PRODUCT)
PLAN_SETTERS = OPERATOR | BILLING
"""Who changes a plan; `update` covers the columns that are the person's own."""

USERS = Table(
    UserRow,
    type_name="AdvisorUser",
    tag="aUsr",
    noun="user",
    policy=Policy(
        read=SELF | PLAN_SETTERS,
        update=SELF,
        delete=SELF,
        # Billing tells people by the identity provider's subject.
        private={"clerkId": SELF | BILLING, "email": SELF},
    ),
    indexes=(
        unique("by_clerk_id", "clerkId"),
        index("by_email", "email"),
        index("by_plan", "plan"),
        unique("by_account", "accountId"),
    ),
    shard_key=("accountId",),
    hidden=frozenset({"accountId", "metAdvisorIds"}),
)


def first_use(account: ObjectId, identity: Identity) -> UserRow:
    """The profile that a person begins with."""
    # Two providers may give the same subject, so the column that must be unique carries both.
    return UserRow(
        clerkId=f"{identity.issuer} {identity.subject}",
        email=identity.email,
        name=identity.name,
        image=identity.picture,
        accountId=account,
    )


PROFILE = Profile(
    PRODUCT,
    USERS,
    first_use,
    {"advisor.met": "metAdvisorIds"},
    ended_by=frozenset({"advisorAccountDelete"}),
)
