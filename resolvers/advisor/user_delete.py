"""Deletes a person's profile in the advisor chat with everything that is theirs."""

from collections.abc import Awaitable, Callable

import strawberry
from bson import ObjectId

from models import global_id
from models.advisor import BELOW_CONVERSATIONS, OF_PEOPLE
from models.advisor.advisor import ADVISORS, AdvisorStatus
from models.advisor.conversation import CONVERSATIONS
from models.advisor.rules import PRODUCT
from models.advisor.selection import SELECTIONS
from models.advisor.typing_indicator import TYPING_INDICATORS
from models.advisor.user import USERS
from models.errors import Code, Refusal, not_found
from models.store.ask import Ask
from resolvers.advisor.advisor_archive import archive_row
from resolvers.advisor.conversation_delete import remove
from resolvers.advisor.selection import unselect_row
from resolvers.table import column
from resolvers.verbs.write import Change, Input, Outcome, Payload, change

BATCH = 100
"""Rows that are looked up at a time."""

STEPPED = (CONVERSATIONS, *BELOW_CONVERSATIONS, SELECTIONS)
"""The tables that are emptied step by step before the profile goes."""

WITH_PROFILE = (*(table for table in OF_PEOPLE if table not in STEPPED), TYPING_INDICATORS)
"""The tables that are emptied with the profile; a sign of typing may come after its conversation is gone."""


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
    Raises CONFLICT when something is left that cannot be taken, rather than try for ever.
    """
    if hand.actor.signed_in and PRODUCT not in hand.actor.profiles:
        raise not_found(USERS.noun)
    owner = hand.profile(PRODUCT)

    async def profile() -> bool:
        return await _profile(hand, owner)

    # Whatever was made meanwhile is there now, and is taken in the next round.
    while not await hand.store.write.transact(profile):
        if not await _round(hand, owner):
            message = "Something of yours is just being deleted or changed: try again in a moment."
            raise Refusal(Code.CONFLICT, message)
    return {"deletedId": global_id.encode(USERS.tag, owner)}


Step = Callable[[Change, ObjectId], Awaitable[None]]


def _steps(owner: ObjectId) -> tuple[tuple[Ask, Step], ...]:
    """What is the owner's, and how one row of it is taken away."""
    private = {"ownerId": owner, "isPublic": False, "status": {"$ne": AdvisorStatus.ARCHIVED}}
    return (
        (Ask(CONVERSATIONS, where={"userId": owner}), remove),
        (Ask(SELECTIONS, where={"userId": owner}), unselect_row),
        (Ask(ADVISORS, where=private), archive_row),
    )


async def _round(hand: Change, owner: ObjectId) -> int:
    """Take away a batch of each kind; the number of rows that this took."""
    taken = 0
    for ask, step in _steps(owner):
        for row in await hand.store.read.some(ask, hand.actor, BATCH):
            taken += await _alone(hand, row["_id"], step)
    return taken


async def _alone(hand: Change, key: ObjectId, step: Step) -> bool:
    """Take away one row in a transaction of its own; whether it was there to be taken."""

    async def once() -> None:
        await step(hand, key)

    try:
        await hand.store.write.transact(once)
    except Refusal as refusal:
        # The same was asked twice, and the other run was here first.
        if refusal.code not in {Code.NOT_FOUND, Code.WRONG_STATE}:
            raise
        return False
    return True


async def _profile(hand: Change, owner: ObjectId) -> bool:
    """Remove the profile unless something is left that is its; whoever makes such a thing holds the profile."""
    for ask, _ in _steps(owner):
        if await hand.store.write.effect_read(ask.table, ask.where) is not None:
            return False
    for table in WITH_PROFILE:
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
