"""What several lists and writes of the advisor chat are limited to."""

from typing import Any

from bson import ObjectId

from models.actor import Actor
from models.advisor.advisor import ADVISORS, AdvisorStatus
from models.advisor.conversation import CONVERSATIONS
from models.advisor.rules import OWNER
from models.advisor.selection import SELECTIONS
from models.errors import Code, Refusal, not_found
from models.policy import SERVICE, SIGNED_IN, Filter, both
from resolvers.verbs.write import Change


def mine(actor: Actor) -> Filter:
    """The rows of the caller; none for who has no profile here."""
    return OWNER.filter(actor)


async def conversation_of(hand: Change, text: str) -> dict[str, Any]:
    """The conversation that the caller writes into: one of his own, any for a service; it stays until he is done.

    Raises UNAUTHENTICATED, NOT_FOUND. Without the hold, what is written could outlive a conversation that is deleted
    at the same time.
    """
    row = await hand.store.write.hold(CONVERSATIONS, within_reach(hand, text))
    if row is None:
        raise not_found(CONVERSATIONS.noun, "conversationId")
    return row


def within_reach(hand: Change, text: str) -> Filter:
    """The conversation with this id, if it is the caller's or the caller a service. Raises UNAUTHENTICATED, NOT_FOUND.

    A service does not read conversations; it learns the owner, whose id the rows below a conversation carry.
    """
    hand.demand(SIGNED_IN | SERVICE, {}, "Only a person or a service can do this.")
    key = hand.key(CONVERSATIONS, text, "conversationId")
    return both({"_id": key}, (OWNER | SERVICE).filter(hand.actor))


async def answering(hand: Change, text: str, owner: ObjectId, field: str) -> ObjectId:
    """The id of an advisor that may answer: readable and active, and not archived before the caller is done.

    Raises NOT_FOUND or WRONG_STATE naming the `field`.
    """
    key = hand.key(ADVISORS, text, field)
    advisor = await hand.readable(ADVISORS, key, "status", field=field)
    if advisor["status"] != AdvisorStatus.ACTIVE or not await _held(hand, key, owner):
        raise Refusal(Code.WRONG_STATE, "The advisor is not active: choose another one.", field)
    return key


async def _held(hand: Change, advisor: ObjectId, owner: ObjectId) -> bool:
    # Archiving writes the advisor and every board entry of it. The caller's own entry is held where there is one, since
    # a popular advisor's row would line up everybody who begins a conversation.
    entry = {"userId": owner, "advisorId": advisor, "hidden": False}
    active = {"_id": advisor, "status": AdvisorStatus.ACTIVE}
    return bool(await hand.store.write.hold(SELECTIONS, entry) or await hand.store.write.hold(ADVISORS, active))
