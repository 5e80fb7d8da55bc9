"""Begins an advisor's answer, and lets it grow piece by piece."""

from typing import Any

import strawberry
from bson import ObjectId

from models.advisor.advisor import ADVISORS
from models.advisor.conversation import CONVERSATIONS
from models.advisor.message import (
    CONTENT_CHARACTERS,
    LEASE_SECONDS,
    MESSAGES,
    MessageRow,
    MessageSender,
    MessageStatus,
)
from models.advisor.selection import SELECTIONS
from models.callers import ANSWERING
from models.clock import now
from models.errors import Code, Refusal
from models.validation import build
from resolvers.advisor.message import AdvisorMessage
from resolvers.advisor.message_claim import (
    refuse_other,
)
from resolvers.advisor.message_send import counted, met
from resolvers.advisor.scope import choosable_by
from resolvers.table import column
from resolvers.verbs.relate import one
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, optional, required


@strawberry.input(description="A piece of an advisor's answer.")
class AdvisorMessageAppendInput(Input):
    conversationId: strawberry.ID = required("Conversation that is answered in.")
    advisorId: strawberry.ID = required("Advisor that answers, on the owner's board or active in the conversation.")
    content: str = required("The piece; the whole answer may have 32,000 characters.")
    id: strawberry.ID | None = optional("Id of the answer: chosen with the first piece, and kept to by later ones.")
    lease: str | None = optional("Lease of the answer, if it was claimed; each piece renews it.")


@strawberry.type(description="The answer with the piece.")
class AdvisorMessageAppendPayload(Payload):
    message: AdvisorMessage | None = one(MESSAGES, "message", "The answer as it is now.")
    created: bool | None = column("Whether the piece was the first of the answer.")


async def append(hand: Change, input: AdvisorMessageAppendInput) -> Outcome:
    """Append to the answer that the advisor is giving in the conversation, or begin one."""
    hand.demand(ANSWERING, {}, "Answers are written by a service.")
    answer = {
        "conversationId": hand.key(CONVERSATIONS, input.conversationId, "conversationId"),
        "advisorId": hand.key(ADVISORS, input.advisorId, "advisorId"),
        "status": MessageStatus.STREAMING,
    }
    streaming = await hand.store.write.effect_read(MESSAGES, answer, "lease")
    if streaming is None:
        # Who holds a lease goes on with an answer, and never begins one: it may have been deleted meanwhile.
        refuse_other({}, input.lease)
        return {"message": await _begin(hand, input, answer), "created": True}
    if input.id is not None and hand.new_key(MESSAGES, input.id) != streaming["_id"]:
        raise Refusal(Code.CONFLICT, "The advisor is already giving another answer in this conversation.", "id")
    refuse_other(streaming, input.lease)
    await _grow(hand, streaming["_id"], input.content, input.lease)
    return {"message": streaming["_id"], "created": False}


async def _grow(hand: Change, key: ObjectId, piece: str, lease: str | None) -> None:
    """One statement, so that no piece is lost: MongoDB adds the piece to the text as it finds it."""
    longest = CONTENT_CHARACTERS - len(piece)
    mine = {"_id": key, "status": MessageStatus.STREAMING, "lease": lease}
    fits = {**mine, "$expr": {"$lte": [{"$strLenCP": "$content"}, longest]}}
    grown: dict[str, Any] = {"content": {"$concat": ["$content", {"$literal": piece}]}}
    if lease is not None:
        grown["leaseUntil"] = {"$max": ["$leaseUntil", now() + 1000 * LEASE_SECONDS]}
    if await hand.store.write.effect_one(MESSAGES, fits, [{"$set": grown}]) is None:
        raise Refusal(Code.TOO_LONG, f"An answer may have {CONTENT_CHARACTERS} characters.", "content")


async def _begin(hand: Change, input: AdvisorMessageAppendInput, answer: dict[str, Any]) -> ObjectId:
    conversation = await counted(hand, {"_id": answer["conversationId"]})
    await may_answer(hand, conversation, answer["advisorId"])
    values = {**answer, "userId": conversation["userId"], "sender": MessageSender.ADVISOR, "content": input.content}
    row = build(MessageRow, {"id": hand.new_key(MESSAGES, input.id), **values})
    key = await hand.store.write.insert(MESSAGES, row, hand.actor)
    await met(hand, row.userId, [answer["advisorId"]])
    return key


async def may_answer(hand: Change, conversation: dict[str, Any], advisor: ObjectId) -> None:
    """Go on when the advisor is in the conversation or on its owner's board, and does not rest; else WRONG_STATE.

    It is asked when an answer begins: an advisor that rests from then on may end it.
    """
    if conversation.get("activeAdvisorId") != advisor:
        entry = {"userId": conversation["userId"], "advisorId": advisor, "hidden": False}
        if await hand.store.write.effect_read(SELECTIONS, entry) is None:
            message = "The advisor is neither on the owner's board nor active in the conversation."
            raise Refusal(Code.WRONG_STATE, message, "advisorId")
    may = {"_id": advisor, **choosable_by(conversation["userId"])}
    if await hand.store.write.effect_read(ADVISORS, may) is None:
        raise Refusal(Code.WRONG_STATE, "The advisor is not active.", "advisorId")


@strawberry.type
class MessageAppendMutations:
    advisorMessageAppend: AdvisorMessageAppendPayload = change(
        append, "Begin an advisor's answer or append to it; for services."
    )
