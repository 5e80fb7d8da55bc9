"""What the lists and writes of a chat are limited to, and how a chat is touched by what its buyer does in it."""

from collections.abc import Mapping
from typing import Any

import strawberry
from bson import ObjectId

from models import global_id
from models.actor import Actor
from models.buyer.chat_session import CHAT_SESSIONS, ChatSessionStatus
from models.clock import now
from models.errors import Code, Refusal, not_found
from models.estate.rules import CHAT, CHATS, OWN_AGENT, WORKING_AGENT
from models.policy import EVERYTHING, NOTHING, Filter, both
from resolvers.listing import REQUIRED, argument
from resolvers.verbs.write import Change

AWAY_MILLISECONDS = 24 * 3_600_000
"""Who does something in the chat after so long without has come back: one more of `returnVisits`."""

WHOSE = {"sessionId": (argument(strawberry.ID, "Chat to look in."), REQUIRED)}
"""The argument of lists that are one chat's."""


def mine(actor: Actor) -> Filter:
    """The rows of the agent who asks; none for anybody else."""
    return OWN_AGENT.filter(actor)


def inside(given: Mapping[str, Any]) -> Filter:
    """The rows of the chat that the argument names."""
    if given.get("sessionId") is None:
        return EVERYTHING
    session = global_id.decode(CHAT_SESSIONS, given["sessionId"])
    return NOTHING if session is None else {"sessionId": session}


def own_chat(hand: Change) -> ObjectId:
    """The chat that asks. Raises FORBIDDEN (UNAUTHENTICATED) for who is in none."""
    hand.demand(CHATS, {}, "Only a buyer in a chat can do this.")
    return hand.actor.profiles[CHAT]


async def touched(hand: Change, questions: int = 0) -> dict[str, Any]:
    """Note in the chat that asks that its buyer has done something now; answer with it. WRONG_STATE while it rests.

    One statement: whoever pauses or deletes the chat at the same time meets this write.
    """
    time, chat = now(), {"_id": own_chat(hand), "status": ChatSessionStatus.ACTIVE.value}
    returned = {"$cond": [{"$lte": ["$lastActivity", time - AWAY_MILLISECONDS]}, 1, 0]}
    change = {
        "totalQuestions": {"$add": ["$totalQuestions", questions]},
        "returnVisits": {"$add": ["$returnVisits", returned]},
        "lastActivity": {"$max": ["$lastActivity", time]},
    }
    return _active(await hand.store.write.effect_one(CHAT_SESSIONS, chat, [{"$set": change}], quiet=True))


async def held(hand: Change) -> dict[str, Any]:
    """The chat that asks, as it is until the write is done. Raises WRONG_STATE while it rests."""
    chat = {"_id": own_chat(hand), "status": ChatSessionStatus.ACTIVE.value}
    return _active(await hand.store.write.hold(CHAT_SESSIONS, chat))


def _active(session: dict[str, Any] | None) -> dict[str, Any]:
    if session is None:
        raise Refusal(Code.WRONG_STATE, "The chat is paused or over: for now it can only be read.")
    return session


async def own_session(hand: Change, text: str, field: str = "sessionId") -> dict[str, Any]:
    """A chat of the agent who asks, as it is until the write is done. Raises NOT_FOUND naming the field."""
    key = hand.key(CHAT_SESSIONS, text, field)
    await hand.readable(CHAT_SESSIONS, key, field=field)
    session = await hand.store.write.hold(CHAT_SESSIONS, both({"_id": key}, OWN_AGENT.filter(hand.actor)))
    if session is None:
        raise not_found(CHAT_SESSIONS.noun, field)
    hand.demand(WORKING_AGENT, session, "An agent who is switched off can only read.")
    return session
