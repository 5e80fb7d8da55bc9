"""AdvisorTypingIndicator: who is typing in a conversation now."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from models.actor import Actor
from models.advisor.advisor import ADVISORS
from models.advisor.conversation import CONVERSATIONS
from models.advisor.typing_indicator import TYPING_INDICATORS, TYPING_MILLISECONDS, TypingIndicatorRow
from models.advisor.user import USERS
from models.callers import ANSWERING
from models.clock import now
from models.errors import Code, Refusal, not_found
from models.policy import Filter, RowData
from models.validation import build
from resolvers.adjectives import orders
from resolvers.advisor.scope import WHOSE, inside, within_reach
from resolvers.listing import Listing
from resolvers.scalars import Timestamp
from resolvers.table import Node, column, identity, node, reference
from resolvers.verbs.relate import one
from resolvers.verbs.watch import ListChange, Until, watched
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, optional, required

if TYPE_CHECKING:
    from resolvers.advisor.advisor import Advisor


@node(TYPING_INDICATORS, "A sign that somebody is typing in a conversation.")
class AdvisorTypingIndicator(Node):
    id: strawberry.ID = identity(TYPING_INDICATORS)
    conversationId: strawberry.ID = reference(CONVERSATIONS, "conversationId", "Conversation in which it happens.")
    userId: strawberry.ID = reference(USERS, "userId", "Owner of the conversation, who types unless an advisor does.")
    advisorId: strawberry.ID | None = reference(
        ADVISORS, "advisorId", "Advisor that is typing; null when the owner is."
    )
    advisor: Annotated["Advisor", strawberry.lazy("resolvers.advisor.advisor")] | None = one(
        ADVISORS, "advisorId", "Advisor that is typing; null when the owner is."
    )
    isTyping: bool = column("Whether somebody types, as it was said last; the sign holds until `expiresAt`.")
    lastTypingAt: Timestamp = column("When it was said last.")
    expiresAt: Timestamp = column("When the sign ends unless it is renewed.")
    version: int = column("Number that rises with each sign.")
    createdAt: Timestamp = column("When the first sign came.")
    updatedAt: Timestamp = column("When the last sign came.")


def _typing_now(_actor: Actor) -> Filter:
    return {"isTyping": True, "expiresAt": {"$gt": datetime.now(UTC)}}


TYPING_NOW = Listing(
    TYPING_INDICATORS,
    orders("AdvisorTypingIndicator", LAST_TYPING_AT=("-lastTypingAt",)),
    fixed=("conversationId",),
    within=_typing_now,
)


@strawberry.input(description="Whether you are typing.")
class AdvisorTypingSetInput(Input):
    conversationId: strawberry.ID = required("Conversation in which it happens.")
    isTyping: bool = required("Whether you are typing; to be repeated before 10 seconds are over.")
    advisorId: strawberry.ID | None = optional("Advisor that is typing; for services, which must name one.")


@strawberry.type(description="The sign that was given.")
class AdvisorTypingSetPayload(Payload):
    typing: AdvisorTypingIndicator | None = one(TYPING_INDICATORS, "typing", "The sign as it is now.")


async def set_typing(hand: Change, input: AdvisorTypingSetInput) -> Outcome:
    """Say whether somebody is typing; the sign ends by itself.

    The conversation is not held: a sign that outlives a deleted one ends in seconds, and signs are frequent.
    """
    conversation = await hand.store.write.effect_read(CONVERSATIONS, within_reach(hand, input.conversationId), "userId")
    if conversation is None:
        raise not_found(CONVERSATIONS.noun, "conversationId")
    advisor = await _advisor(hand, input.advisorId)
    unique = {"userId": conversation["userId"], "conversationId": conversation["_id"], "advisorId": advisor}
    said = _said(input.isTyping)
    row = build(TypingIndicatorRow, {**unique, **said})
    found, _ = await hand.store.write.upsert(TYPING_INDICATORS, unique, row, hand.actor, said)
    return {"typing": found["_id"]}


async def _advisor(hand: Change, text: str | None) -> Any:
    service = ANSWERING.admits(hand.actor, {})
    if text is None:
        if service:
            raise Refusal(Code.INVALID, "advisorId must name the advisor that is typing.", "advisorId")
        return None
    key = hand.key(ADVISORS, text, "advisorId")
    await hand.readable(ADVISORS, key, field="advisorId")
    return key


def _said(typing: bool) -> dict[str, Any]:
    ends = datetime.now(UTC) + timedelta(milliseconds=TYPING_MILLISECONDS)
    return {"isTyping": typing, "lastTypingAt": now(), "expiresAt": ends}


@strawberry.type
class TypingIndicatorMutations:
    advisorTypingSet: AdvisorTypingSetPayload = change(set_typing, "Say whether you are typing in a conversation.")


def _end(row: RowData) -> int:
    """When the sign ends by itself, in Unix milliseconds."""
    return int(row["expiresAt"].replace(tzinfo=UTC).timestamp() * 1000)


@strawberry.type
class TypingIndicatorSubscriptions:
    advisorTypingChanges: ListChange[AdvisorTypingIndicator] = watched(
        TYPING_NOW,
        "Who is typing in a conversation now; a sign that is not renewed leaves the list by itself.",
        WHOSE,
        inside,
        until=Until(_end, frozenset({"expiresAt"})),
    )
