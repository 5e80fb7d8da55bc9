"""Deletes a buyer's profile in all versions, with the searches, the chats and all that was said in them."""

from collections.abc import Awaitable, Callable
from typing import Any

import strawberry
from bson import ObjectId

from models.buyer import BELOW_SESSIONS
from models.buyer.chat_session import CHAT_SESSIONS
from models.buyer.profile import PROFILES
from models.buyer.search_transaction import SEARCH_TRANSACTIONS
from models.errors import Code, Refusal
from models.estate.buyer_session import BUYER_SESSIONS
from models.policy import Filter
from models.store.ask import Ask
from models.table import Table
from resolvers.table import column
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, required

BATCH = 500
"""Rows that one transaction takes away."""

VERSIONS = 10_000
"""Versions of a profile that are taken away together."""


@strawberry.input(description="A buyer to delete.")
class BuyerProfileDeleteInput(Input):
    id: strawberry.ID = required("Any version of the profile; all are deleted, with searches and chats.")


@strawberry.type(description="The profile that was deleted.")
class BuyerProfileDeletePayload(Payload):
    deletedId: strawberry.ID | None = column("Id of the version that was named; all others are gone as well.")


async def delete(hand: Change, input: BuyerProfileDeleteInput) -> Outcome:
    """Delete a buyer of one's own.

    Each step is a transaction of its own and the profile goes last: interrupted, it goes on when it is asked again.
    Raises CONFLICT when something is left that cannot be taken, rather than try for ever.
    """
    profile = await hand.readable(PROFILES, hand.key(PROFILES, input.id), "agentId", "rootProfileId")
    hand.demand(PROFILES.policy.delete, profile, "You may see this buyer profile, and not do this with it.")
    buyer = {name: profile[name] for name in ("agentId", "rootProfileId")}

    async def last() -> bool:
        return await _profile(hand, buyer)

    # Whatever was made meanwhile is there now, and is taken in the next round.
    while not await hand.store.write.transact(last):
        if not await _round(hand, buyer):
            raise Refusal(Code.CONFLICT, "Something of the buyer's is just being changed: try again in a moment.")
    return {"deletedId": input.id}


async def _round(hand: Change, buyer: Filter) -> int:
    """Take away chats with what is in them, and searches; the number of rows that this took."""
    taken = 0
    for chat in await _some(hand, CHAT_SESSIONS, buyer):
        inside = {"agentId": buyer["agentId"], "sessionId": chat}
        for table in BELOW_SESSIONS:
            taken += await _emptied(hand, table, inside)
        taken += await hand.store.write.transact(_ending(hand, chat, inside))
    return taken + await _emptied(hand, SEARCH_TRANSACTIONS, buyer)


async def _some(hand: Change, table: Table[Any], condition: Filter) -> list[ObjectId]:
    return [row["_id"] for row in await hand.store.read.some(Ask(table, where=condition), hand.actor, BATCH)]


async def _emptied(hand: Change, table: Table[Any], condition: Filter) -> int:
    """Take away the rows that meet the condition, batch by batch; their number."""
    taken = 0
    while keys := await _some(hand, table, condition):
        taken += await hand.store.write.transact(_removal(hand, table, {**condition, "_id": {"$in": keys}}))
    return taken


def _removal(hand: Change, table: Table[Any], condition: Filter) -> Callable[[], Awaitable[int]]:
    async def remove() -> int:
        return await hand.store.write.effect_delete(table, condition)

    return remove


def _ending(hand: Change, chat: ObjectId, inside: Filter) -> Callable[[], Awaitable[int]]:
    """The chat itself, and what was said in it since it was emptied."""

    async def end() -> int:
        for table in BELOW_SESSIONS:
            await hand.store.write.effect_delete(table, inside)
        return await hand.store.write.effect_delete(CHAT_SESSIONS, {"_id": chat})

    return end


async def _profile(hand: Change, buyer: Filter) -> bool:
    """Remove all versions unless something is left of the buyer; whoever makes such a thing holds the profile."""
    for table in (CHAT_SESSIONS, SEARCH_TRANSACTIONS):
        if await hand.store.write.effect_read(table, buyer) is not None:
            return False
    found = await hand.store.read.some(Ask(PROFILES, where=buyer), hand.actor, VERSIONS)
    # The portal is the buyer's own, with an entrance and offers: it loses the link alone.
    linked = {"agentId": buyer["agentId"], "buyerProfileId": {"$in": [row["_id"] for row in found]}}
    await hand.store.write.effect(BUYER_SESSIONS, linked, {"$unset": {"buyerProfileId": ""}})
    await hand.store.write.effect_delete(PROFILES, buyer)
    return True


@strawberry.type
class ProfileDeleteMutations:
    buyerProfileDelete: BuyerProfileDeletePayload = change(
        delete, "Delete a buyer of yours, with all versions, searches and chats.", atomic=False
    )
