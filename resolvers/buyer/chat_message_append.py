"""Lets the draft of an answer grow piece by piece, before the eyes of who has asked."""

from typing import Any

import strawberry

from models.buyer.chat_message import CHAT_MESSAGES, LEASE_SECONDS
from models.buyer.values import LONG_CHARACTERS
from models.callers import ANSWERING
from models.clock import now
from models.errors import Code, Refusal
from resolvers.buyer.chat_message import BuyerChatMessage
from resolvers.buyer.chat_message_claim import ENDED, OF_SERVICES, OPEN, refuse_other
from resolvers.verbs.relate import one
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, required


@strawberry.input(description="A piece of an answer.")
class BuyerChatMessageAppendInput(Input):
    id: strawberry.ID = required("The question.")
    draft: str = required(f"The piece; the whole answer may have {LONG_CHARACTERS:,} characters.")
    lease: str = required("Lease of the question; each piece renews it.")


@strawberry.type(description="The question with the piece.")
class BuyerChatMessageAppendPayload(Payload):
    message: BuyerChatMessage | None = one(CHAT_MESSAGES, "message", "The question as it is now.")


async def append(hand: Change, input: BuyerChatMessageAppendInput) -> Outcome:
    """Append to the draft. One statement: MongoDB adds the piece to the draft as it finds it, and none is lost."""
    hand.demand(ANSWERING, {}, OF_SERVICES)
    key = hand.key(CHAT_MESSAGES, input.id)
    question = await hand.readable(CHAT_MESSAGES, key, "lease", *OPEN)
    refuse_other(question, input.lease)
    if any(question.get(column) != value for column, value in OPEN.items()):
        raise Refusal(Code.WRONG_STATE, ENDED)
    draft = {"$ifNull": ["$aiResponseDraft", ""]}
    room = {"$lte": [{"$strLenCP": draft}, LONG_CHARACTERS - len(input.draft)]}
    grown: dict[str, Any] = {
        "aiResponseDraft": {"$concat": [draft, {"$literal": input.draft}]},
        "leaseUntil": {"$max": ["$leaseUntil", now() + 1000 * LEASE_SECONDS]},
    }
    fits = {"_id": key, **OPEN, "lease": input.lease, "$expr": room}
    if await hand.store.write.effect_one(CHAT_MESSAGES, fits, [{"$set": grown}]) is None:
        raise Refusal(Code.TOO_LONG, f"An answer may have {LONG_CHARACTERS} characters.", "draft")
    return {"message": key}


@strawberry.type
class ChatMessageAppendMutations:
    buyerChatMessageAppend: BuyerChatMessageAppendPayload = change(
        append, "Let the draft of an answer grow; for services."
    )
