"""What several lists and writes of the advisor chat are limited to."""

from collections.abc import Mapping
from typing import Any

import strawberry
from bson import ObjectId

from models import global_id
from models.actor import Actor
from models.advisor.advisor import ADVISORS, AdvisorStatus
from models.advisor.conversation import CONVERSATIONS
from models.advisor.rules import OWNER
from models.advisor.selection import SELECTIONS
from models.callers import ANSWERING
from models.errors import Code, Refusal, not_found
from models.policy import EVERYTHING, NOTHING, Filter, RowData, both
from resolvers.listing import REQUIRED, argument
from resolvers.verbs.write import Change


def mine(actor: Actor) -> Filter:
    """The rows of the caller; none for who has no profile here."""
    return OWNER.filter(actor)


def inside(given: Mapping[str, Any]) -> Filter:
    """The rows of the conversation that the argument names, where it names one."""
    if given.get("conversationId") is None:
        return EVERYTHING
    conversation = global_id.decode(CONVERSATIONS, given["conversationId"])
    return NOTHING if conversation is None else {"conversationId": conversation}


WHOSE = {"conversationId": (argument(strawberry.ID, "Conversation to look in."), REQUIRED)}
"""The argument of lists that are one conversation's."""


async def conversation_of(hand: Change, text: str) -> dict[str, Any]:
    """The conversation that the caller writes into: one of his own, any for a service; it stays until he is done.

    Raises NOT_FOUND. Without the hold, what is written could outlive a conversation that is deleted
    at the same time.
    """
    row = await hand.store.write.hold(CONVERSATIONS, within_reach(hand, text))
    if row is None:
        raise not_found(CONVERSATIONS.noun, "conversationId")
    return row


def within_reach(hand: Change, text: str) -> Filter:
    """The conversation with this id, if it is the caller's or the caller a service. Raises NOT_FOUND.

    A service does not read conversations; it learns the owner, whose id the rows below a conversation carry.
    """
    key = hand.key(CONVERSATIONS, text, "conversationId")
    return both({"_id": key}, (OWNER | ANSWERING).filter(hand.actor))


CHOOSABLE_BY = ("status", "isPublic", "ownerId")
"""The columns that tell who may choose an advisor."""


def refuse_unchoosable(advisor: RowData, person: ObjectId, field: str) -> None:
    """Raise WRONG_STATE for an advisor that is not active, FORBIDDEN for somebody else's private one."""
    if advisor["status"] != AdvisorStatus.ACTIVE:
        raise Refusal(Code.WRONG_STATE, "The advisor is not active: choose another one.", field)
    if not choosable(advisor, person):
        raise Refusal(Code.FORBIDDEN, "A private advisor is chosen by its owner alone.", field)


def choosable(advisor: RowData, person: ObjectId) -> bool:
    """Whether a person may choose the advisor, for the board or to answer. Who merely met it sees no more of it."""
    mine_or_everyones = advisor.get("isPublic") or advisor.get("ownerId") == person
    return bool(advisor["status"] == AdvisorStatus.ACTIVE and mine_or_everyones)


def choosable_by(person: ObjectId) -> Filter:
    """The advisors that a person may choose."""
    return {"status": AdvisorStatus.ACTIVE, "$or": [{"isPublic": True}, {"ownerId": person}]}


async def answering(hand: Change, text: str, owner: ObjectId, field: str) -> ObjectId:
    """The id of an advisor that may answer the owner, and is not archived before the caller is done.

    Raises NOT_FOUND, WRONG_STATE or FORBIDDEN naming the `field`.
    """
    key = hand.key(ADVISORS, text, field)
    refuse_unchoosable(await hand.readable(ADVISORS, key, *CHOOSABLE_BY, field=field), owner, field)
    if not await _held(hand, key, owner):
        raise Refusal(Code.WRONG_STATE, "The advisor is not active: choose another one.", field)
    return key


async def _held(hand: Change, advisor: ObjectId, owner: ObjectId) -> bool:
    # Archiving writes the advisor and every board entry of it. The caller's own entry is held where there is one, since
    # a popular advisor's row would line up everybody who begins a conversation.
    entry = {"userId": owner, "advisorId": advisor, "hidden": False}
    active = {"_id": advisor, "status": AdvisorStatus.ACTIVE}
    return bool(await hand.store.write.hold(SELECTIONS, entry) or await hand.store.write.hold(ADVISORS, active))
