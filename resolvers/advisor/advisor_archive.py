"""Archiving an advisor: it leaves for good, and every place that it has is cleared in the same transaction."""

from typing import Any

import strawberry
from bson import ObjectId

from models.advisor.advisor import ADVISORS, AdvisorStatus
from models.advisor.conversation import CONVERSATIONS
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
    key = hand.key(ADVISORS, input.id)
    await archive_row(hand, key, input.expectedVersion)
    return {"advisor": key}


async def archive_row(hand: Change, key: ObjectId, expected_version: int | None = None) -> None:
    """Archive an advisor and clear its places, within the caller's transaction.

    Raises NOT_FOUND, FORBIDDEN, STALE_VERSION, and WRONG_STATE when it is archived already.
    """
    row = await hand.store.write.update(
        ADVISORS,
        key,
        hand.actor,
        {"status": AdvisorStatus.ARCHIVED, "deletedAt": now()},
        expected_version=expected_version,
        when=NOT_ARCHIVED,
        otherwise="The advisor is archived already.",
    )
    await _clear_places(hand, row)


async def _clear_places(hand: Change, archived: dict[str, Any]) -> None:
    """Take an archived advisor off every board, out of every conversation, and off its owner's count.

    Everybody's rows change in one transaction: their number has no bound but the time of an operation. When that is
    over nothing has changed, and the operator gives it more time (OPERATION_SECONDS).
    """
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
