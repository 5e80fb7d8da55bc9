"""Asks an advisor to give an answer again."""

import strawberry
from bson import ObjectId

from models.advisor.conversation import CONVERSATIONS
from models.advisor.message import MESSAGES, MessageSender, MessageStatus
from models.advisor.rules import OWNER
from models.errors import Code, Refusal
from models.policy import SIGNED_IN, both
from resolvers.advisor.message import AdvisorMessage
from resolvers.advisor.message_append import may_answer
from resolvers.verbs.relate import one
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, required


@strawberry.input(description="An answer to be given again.")
class AdvisorMessageRegenerateInput(Input):
    id: strawberry.ID = required("The answer, whole or broken off.")


@strawberry.type(description="The answer that is given again.")
class AdvisorMessageRegeneratePayload(Payload):
    message: AdvisorMessage | None = one(MESSAGES, "message", "The answer: empty, and streaming.")


async def regenerate(hand: Change, input: AdvisorMessageRegenerateInput) -> Outcome:
    """Empty an answer, which then streams again; its cost so far stays."""
    # A service may read the answer and write into it; whether it is wanted again is a person's to say.
    hand.demand(SIGNED_IN, {}, "Only a person can ask for an answer again.")
    key = hand.key(MESSAGES, input.id)
    message = await hand.readable(MESSAGES, key, "sender", "advisorId", "conversationId")
    if message["sender"] != MessageSender.ADVISOR:
        raise Refusal(Code.WRONG_STATE, "Only an advisor's answer can be given again.", "id")
    conversation = await hand.readable(CONVERSATIONS, message["conversationId"], "userId", "activeAdvisorId")
    await may_answer(hand, conversation, message["advisorId"])
    await _emptied(hand, key)
    return {"message": key}


async def _emptied(hand: Change, key: ObjectId) -> None:
    ended = {"_id": key, "status": {"$in": [MessageStatus.COMPLETE, MessageStatus.FAILED]}}
    fresh = {"$set": {"status": MessageStatus.STREAMING, "content": ""}, "$unset": {"contentJson": ""}}
    try:
        changed = await hand.store.write.effect_one(MESSAGES, both(OWNER.filter(hand.actor), ended), fresh)
    except Refusal as refusal:
        if refusal.code is not Code.ALREADY_EXISTS:
            raise
        message = "The advisor is already giving another answer in this conversation."
        raise Refusal(Code.CONFLICT, message, "id") from refusal
    if changed is None:
        raise Refusal(Code.WRONG_STATE, "The answer is still being given.", "id")


@strawberry.type
class MessageRegenerateMutations:
    advisorMessageRegenerate: AdvisorMessageRegeneratePayload = change(
        regenerate, "Have an advisor give an answer again."
    )
