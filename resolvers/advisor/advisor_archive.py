"""Archiving an advisor: it leaves for good, and every place that it has is cleared in the same transaction."""

from typing import Any

import strawberry
from bson import ObjectId

from models.advisor.advisor import ADVISORS, AdvisorStatus
from models.advisor.conversation import CONVERSATIONS
from models.advisor.rules import PRODUCT
from models.advisor.selection import SELECTIONS
from models.clock import now
from resolvers.advisor.advisor import NOT_ARCHIVED, Advisor
from resolvers.advisor.advisor_allowance import release
from resolvers.verbs.relate import one
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, optional, required


@strawberry.input(description="An advisor to archive.")
class AdvisorArchiveInput(Input):
    id: strawberry.ID = required("Id of the advisor.")
    expectedVersion: int | None = optional("Write only if the advisor is still at this version.")


@strawberry.type(description="The advisor that was archived.")
class AdvisorArchivePayload(Payload):
    advisor: Advisor | None = one(ADVISORS, "advisor", "The advisor as it is now.")


async def archive(hand: Change, input: AdvisorArchiveInput) -> Outcome:
    """Archive an advisor, once."""
    hand.profile(PRODUCT)
    key = hand.key(ADVISORS, input.id)
    row = await hand.store.write.update(
        ADVISORS,
        key,
        hand.actor,
        {"status": AdvisorStatus.ARCHIVED, "deletedAt": now()},
        expected_version=input.expectedVersion,
        when=NOT_ARCHIVED,
        otherwise="The advisor is archived already.",
    )
    await clear_places(hand, row)
    return {"advisor": key}


async def clear_places(hand: Change, archived: dict[str, Any]) -> None:
    """Take an archived advisor off every board, out of every conversation, and off its owner's count."""
    key: ObjectId = archived["_id"]
    await hand.store.write.effect(SELECTIONS, {"advisorId": key}, {"$set": {"hidden": True}}, quiet=True)
    # The version moves, since an editor sees the advisor; the time does not: nothing was said in the conversations.
    cleared = {"$unset": {"activeAdvisorId": ""}, "$inc": {"version": 1}}
    await hand.store.write.effect(CONVERSATIONS, {"activeAdvisorId": key}, cleared, quiet=True)
    if archived.get("ownerId") is not None:
        await release(hand, archived["ownerId"])


@strawberry.type
class AdvisorArchiveMutations:
    advisorArchive: AdvisorArchivePayload = change(
        archive,
        "Archive an advisor for good: it leaves every board and conversation, and what it has said stays.",
        current="advisor",
    )
