"""Deletes a person's profile in the advisor chat with everything that is theirs."""

from collections.abc import Awaitable, Callable
from typing import Any

import strawberry
from bson import ObjectId

from models import global_id
from models.advisor.advisor import ADVISORS, AdvisorStatus
from models.advisor.conversation import CONVERSATIONS
from models.advisor.presence import PRESENCES
from models.advisor.rules import PRODUCT
from models.advisor.selection import SELECTIONS
from models.advisor.typing_indicator import TYPING_INDICATORS
from models.advisor.user import USERS
from models.errors import Code, Refusal
from models.store.ask import Ask
from models.table import Table
from resolvers.advisor.advisor_archive import AdvisorArchiveInput, archive
from resolvers.advisor.conversation_delete import remove
from resolvers.advisor.selection import AdvisorUnselectInput, unselect
from resolvers.table import column
from resolvers.verbs.write import Change, Input, Outcome, Payload, change

BATCH = 100
"""Rows that are looked up at a time."""


@strawberry.input(description="Nothing is asked: it is your own profile that is deleted.")
class AdvisorAccountDeleteInput(Input):
    pass


@strawberry.type(description="The profile that was deleted.")
class AdvisorAccountDeletePayload(Payload):
    deletedId: strawberry.ID | None = column(
        "Id of the profile that is gone; the account itself stays, and may begin anew."
    )


async def delete(hand: Change, input: AdvisorAccountDeleteInput) -> Outcome:
    """Delete the caller's conversations, board, presence and profile, and archive his private advisors.

    Each step is a transaction of its own and the profile goes last: interrupted, it goes on when it is asked again.
    """
    owner = hand.profile(PRODUCT)

    async def profile() -> bool:
        return await _profile(hand, owner)

    while True:
        for ask, step in _steps(owner):
            await _each(hand, ask, step)
        # Whatever was made meanwhile is there now, and is taken in the next round.
        if await hand.store.write.transact(profile):
            return {"deletedId": global_id.encode(USERS.tag, owner)}


Document = dict[Any, Any]
Step = Callable[[Change, Document], Awaitable[object]]


def _steps(owner: ObjectId) -> tuple[tuple[Ask, Step], ...]:
    """What is the owner's, and how one row of it is taken away."""
    private = {"ownerId": owner, "isPublic": False, "status": {"$ne": AdvisorStatus.ARCHIVED}}
    return (
        (Ask(CONVERSATIONS, where={"userId": owner}), _forget),
        (Ask(SELECTIONS, frozenset({"advisorId"}), where={"userId": owner}), _unselect),
        (Ask(ADVISORS, where=private), _archive),
    )


async def _each(hand: Change, ask: Ask, step: Step) -> None:
    while rows := await hand.store.read.some(ask, hand.actor, BATCH):
        for row in rows:
            await _alone(hand, row, step)


async def _alone(hand: Change, row: Document, step: Step) -> None:
    async def once() -> None:
        await step(hand, row)

    try:
        await hand.store.write.transact(once)
    except Refusal as refusal:
        # The same was asked twice, and the other run was here first.
        if refusal.code not in {Code.NOT_FOUND, Code.WRONG_STATE}:
            raise


async def _forget(hand: Change, row: Document) -> None:
    await remove(hand, row["_id"])


async def _unselect(hand: Change, row: Document) -> None:
    await unselect(hand, AdvisorUnselectInput(advisorId=_id(ADVISORS, row["advisorId"]), clientMutationId=None))


async def _archive(hand: Change, row: Document) -> None:
    await archive(hand, AdvisorArchiveInput(id=_id(ADVISORS, row["_id"]), expectedVersion=None, clientMutationId=None))


def _id(table: Table[Any], key: ObjectId) -> strawberry.ID:
    return strawberry.ID(global_id.encode(table.tag, key))


async def _profile(hand: Change, owner: ObjectId) -> bool:
    """Remove the profile unless something is left that is its; whoever makes such a thing holds the profile."""
    for ask, _ in _steps(owner):
        if await hand.store.write.effect_read(ask.table, ask.where) is not None:
            return False
    for table in (PRESENCES, TYPING_INDICATORS):
        await hand.store.write.effect_delete(table, {"userId": owner})
    # An advisor of the marketplace stays there, as one that the platform keeps.
    await hand.store.write.effect(ADVISORS, {"ownerId": owner, "isPublic": True}, {"$unset": {"ownerId": ""}})
    await hand.store.write.effect_delete(USERS, {"_id": owner})
    return True


@strawberry.type
class UserDeleteMutations:
    advisorAccountDelete: AdvisorAccountDeletePayload = change(
        delete, "Delete your profile here with everything that is yours; your account stays.", atomic=False
    )
