"""Sends a person's message."""

from collections.abc import Sequence
from typing import Any

import strawberry
from bson import ObjectId

from models import global_id
from models.advisor.advisor import ADVISORS
from models.advisor.conversation import CONVERSATIONS
from models.advisor.message import MENTIONS, MESSAGES, MessageRow, MessageSender
from models.advisor.rules import PRODUCT
from models.advisor.selection import SELECTIONS
from models.advisor.user import USERS
from models.clock import now
from models.errors import Code, Refusal, not_found
from models.policy import Filter
from models.store.ask import Ask
from models.validation import build
from resolvers.advisor.message import ORDERS, AdvisorMessage, spoken
from resolvers.connection import Edge
from resolvers.scalars import JSON
from resolvers.verbs.relate import edge, one
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, optional, required, user_error


@strawberry.input(description="A new message.")
class AdvisorMessageSendInput(Input):
    conversationId: strawberry.ID = required("Conversation to write in.")
    content: str = required("Text, 1 to 32,000 characters.")
    contentJson: JSON | None = optional("The message as your editor keeps it.")
    mentions: list[strawberry.ID] | None = optional(
        f"The advisors on your board, and yourself, that the message mentions; at most {MENTIONS}."
    )
    clientMessageId: str | None = optional(
        "Your own id of the message, unique in the conversation: sent again, the first message comes back."
    )
    id: strawberry.ID | None = optional("Id chosen by the client, to work offline.")


@strawberry.type(description="The message that was sent.")
class AdvisorMessageSendPayload(Payload):
    message: AdvisorMessage | None = one(MESSAGES, "message", "The message.")
    messageEdge: Edge[AdvisorMessage] | None = edge(
        MESSAGES, "message", ORDERS.order(None), "The message in the list of its conversation."
    )


async def send(hand: Change, input: AdvisorMessageSendInput) -> Outcome:
    """Send a message; mentions of what is not the caller's to mention are left out and told."""
    owner = hand.profile(PRODUCT)
    spoken(input.content)
    conversation = hand.key(CONVERSATIONS, input.conversationId, "conversationId")
    mentions, errors = await _mentions(hand, owner, input.mentions or [])
    row = build(
        MessageRow,
        {
            "id": hand.new_key(MESSAGES, input.id),
            "conversationId": conversation,
            "userId": owner,
            "sender": MessageSender.USER,
            "content": input.content,
            "contentJson": input.contentJson,
            "mentions": mentions,
            "clientMessageId": input.clientMessageId,
        },
    )
    key = await _stored(hand, row)
    return {"message": key, "userErrors": [user_error(refusal) for refusal in errors]}


async def _stored(hand: Change, row: MessageRow) -> ObjectId:
    """The id of the message, or of the one that came before under the same id of the client."""
    conversation = {"_id": row.conversationId, "userId": row.userId}
    if row.clientMessageId is None:
        await counted(hand, conversation)
        return await hand.store.write.insert(MESSAGES, row, hand.actor)
    await hand.readable(CONVERSATIONS, row.conversationId, field="conversationId")
    once = {name: getattr(row, name) for name in ("userId", "conversationId", "clientMessageId")}
    found, created = await hand.store.write.upsert(MESSAGES, once, row, hand.actor, {})
    if created:
        await counted(hand, conversation)
    key: ObjectId = found["_id"]
    return key


async def counted(hand: Change, conversation: Filter) -> dict[str, Any]:
    """Count a new message in its conversation, which moves up in its owner's list, and answer with it.

    Raises NOT_FOUND when the conversation is not there; whoever deletes it meanwhile meets this write.
    """
    spoken_in = {"$inc": {"messageCount": 1}, "$set": {"updatedAt": now()}}
    touched = await hand.store.write.effect_one(CONVERSATIONS, conversation, spoken_in, quiet=True)
    if touched is None:
        raise not_found(CONVERSATIONS.noun, "conversationId")
    return touched


async def _mentions(hand: Change, owner: ObjectId, texts: Sequence[str]) -> tuple[list[str], list[Refusal]]:
    if len(texts) > MENTIONS:
        raise Refusal(Code.TOO_LONG, f"mentions may hold {MENTIONS} ids.", "mentions")
    allowed = {global_id.encode(USERS.tag, owner)}
    advisors = [key for text in texts if (key := global_id.decode(ADVISORS, text)) is not None]
    if advisors:
        where = {"userId": owner, "advisorId": {"$in": advisors}, "hidden": False}
        board = await hand.store.read.some(Ask(SELECTIONS, frozenset({"advisorId"}), where=where), hand.actor, MENTIONS)
        allowed |= {global_id.encode(ADVISORS.tag, entry["advisorId"]) for entry in board}
    errors = [
        Refusal(Code.NOT_FOUND, "Only advisors on your board, and you yourself, can be mentioned.", "mentions", str(i))
        for i, text in enumerate(texts)
        if text not in allowed
    ]
    return list(dict.fromkeys(text for text in texts if text in allowed)), errors


@strawberry.type
class MessageSendMutations:
    advisorMessageSend: AdvisorMessageSendPayload = change(send, "Send a message in one of your conversations.")
