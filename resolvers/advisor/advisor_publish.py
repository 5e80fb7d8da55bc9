"""Publishing an advisor in the marketplace, or taking it out: the operator's."""

import strawberry

from models.advisor.advisor import ADVISORS, PUBLISH
from resolvers.advisor.advisor import NOT_ARCHIVED, Advisor
from resolvers.verbs.relate import one
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, optional, required


@strawberry.input(description="An advisor's place in the marketplace.")
class AdvisorPublishInput(Input):
    id: strawberry.ID = required("Id of the advisor.")
    expectedVersion: int | None = optional("Write only if the advisor is still at this version.")
    isPublic: bool = required("Whether everyone finds it in the marketplace while it is active.")
    featured: bool | None = optional("Whether the marketplace shows it first.")


@strawberry.type(description="The advisor whose place was changed.")
class AdvisorPublishPayload(Payload):
    advisor: Advisor | None = one(ADVISORS, "advisor", "The advisor as it is now.")


async def publish(hand: Change, input: AdvisorPublishInput) -> Outcome:
    """Set an advisor's place in the marketplace."""
    key = hand.key(ADVISORS, input.id)
    hand.demand(PUBLISH, await hand.readable(ADVISORS, key), "Only the operator publishes advisors.")
    await hand.store.write.update(
        ADVISORS,
        key,
        hand.actor,
        hand.patch("isPublic", "featured"),
        expected_version=input.expectedVersion,
        when=NOT_ARCHIVED,
        otherwise="An archived advisor cannot be published: make a new one.",
    )
    return {"advisor": key}


@strawberry.type
class AdvisorPublishMutations:
    advisorPublish: AdvisorPublishPayload = change(
        publish, "Show an advisor in the marketplace or take it out; for the operator.", current="advisor"
    )
