"""AdvisorUser: a person's profile in the advisor chat."""

from typing import Any

import strawberry

from models.advisor.advisor import PRIVATE_ADVISORS
from models.advisor.rules import PRODUCT
from models.advisor.user import PLAN_SETTERS, USERS, UserPlan
from models.validation import check
from resolvers.scalars import Timestamp
from resolvers.table import Node, choice, column, computed, identity, node, viewer_can
from resolvers.verbs.read import own
from resolvers.verbs.relate import one
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, optional, required

choice(
    UserPlan,
    "AdvisorPlan",
    "What a person pays for, in rising order.",
    FREE="Nothing is paid.",
    PRO="For people who work with advisors of their own.",
    ENTERPRISE="Without limits.",
)


def _private_advisor_limit(row: dict[Any, Any]) -> int | None:
    return PRIVATE_ADVISORS[UserPlan(row["plan"])]


@node(USERS, "A person's profile in the advisor chat. Only the person and who runs the platform see it.")
class AdvisorUser(Node):
    id: strawberry.ID = identity(USERS)
    clerkId: str | None = column("Issuer and subject at the identity provider; null for all but the person.")
    email: str | None = column("E-mail address; null for all but the person.")
    name: str | None = column("Name that is shown to others.")
    image: str | None = column("Address of the person's picture.")
    plan: UserPlan = column("What the person pays for.")
    privateAdvisorCount: int = column("Number of the person's own advisors, archived ones not counted.")
    privateAdvisorLimit: int | None = computed(
        _private_advisor_limit, "plan", description="Number of own advisors that the plan allows; null without limit."
    )
    version: int = column("Number that rises with each change, for `expectedVersion`.")
    createdAt: Timestamp = column("When the person first used the advisor chat.")
    updatedAt: Timestamp = column("When the profile was last changed.")
    viewerCanUpdate: bool = viewer_can(USERS, "update", "Whether you may change name and picture.")


@strawberry.type
class UserQueries:
    advisorMe: AdvisorUser | None = own(USERS, PRODUCT, "Your own profile; null for who is not signed in.")


@strawberry.input(description="Changes to your own profile.")
class AdvisorUserUpdateInput(Input):
    id: strawberry.ID = required("Profile to change.")
    name: str | None = optional("Name that is shown to others; null removes it.")
    image: str | None = optional("Address of your picture; null removes it.")
    expectedVersion: int | None = optional("Version that the change was made on; a stale one writes nothing.")


@strawberry.type(description="The profile that was changed.")
class AdvisorUserUpdatePayload(Payload):
    user: AdvisorUser | None = one(USERS, "user", "The profile as it is now.")


async def update(hand: Change, input: AdvisorUserUpdateInput) -> Outcome:
    """Change one's own name or picture."""
    key = hand.key(USERS, input.id)
    changes = hand.patch("name", "image")
    await hand.store.write.update(USERS, key, hand.actor, changes, expected_version=input.expectedVersion)
    return {"user": key}


@strawberry.input(description="What a person pays for from now on.")
class AdvisorUserPlanSetInput(Input):
    id: strawberry.ID = required("Profile of the person.")
    plan: UserPlan = required("The plan.")


@strawberry.type(description="The profile with its plan.")
class AdvisorUserPlanSetPayload(Payload):
    user: AdvisorUser | None = one(USERS, "user", "The profile as it is now.")


async def set_plan(hand: Change, input: AdvisorUserPlanSetInput) -> Outcome:
    """Set a person's plan. Own advisors beyond a lower plan's limit stay; only new ones are refused."""
    key = hand.key(USERS, input.id)
    row = await hand.readable(USERS, key)
    hand.demand(PLAN_SETTERS, row, "Plans are set by billing.")
    await hand.store.write.effect_one(USERS, {"_id": key}, {"$set": check(USERS.row, {"plan": input.plan})})
    return {"user": key}


@strawberry.type
class UserMutations:
    advisorUserUpdate: AdvisorUserUpdatePayload = change(update, "Change your name or picture.", current="user")
    advisorUserPlanSet: AdvisorUserPlanSetPayload = change(
        set_plan, "Set what a person pays for; for operators and the billing service."
    )
