"""Sends a person's message."""

from collections.abc import Sequence
from typing import Any

import strawberry
from bson import ObjectId

from models import global_id
from models.actor import service
from models.advisor.advisor import ADVISORS, MET
from models.advisor.conversation import CONVERSATIONS
from models.advisor.message import MENTIONS, MESSAGES, MessageRow, MessageSender
from models.advisor.rules import PRODUCT
from models.advisor.selection import SELECTIONS
from models.advisor.user import USERS
from models.callers import ANSWERING
from models.clock import now
from models.errors import Code, Refusal, not_found
from models.policy import Filter, RowData
from models.store.ask import Ask
from models.validation import build
from resolvers.advisor.message import ORDERS, AdvisorMessage, spoken
from resolvers.advisor.message_answers import answering, begun, given
from resolvers.connection import Edge
from resolvers.scalars import JSON
from resolvers.verbs.relate import edge, one, several
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, optional, required, user_error

ANSWERER = service(ANSWERING.name)


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
    answers: list[AdvisorMessage] = several(
        MESSAGES,
        "answers",
        "The answers that began with it, empty as yet: of the advisors mentioned, or the active one.",
    )


async def send(hand: Change, input: AdvisorMessageSendInput) -> Outcome:
    """Send a message, which begins its answers; mentions of what is not the caller's are left out and told."""
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
    told = [user_error(refusal) for refusal in errors]
    return {**await _stored(hand, row), "userErrors": told}


async def _stored(hand: Change, row: MessageRow) -> Outcome:
    """The message and its answers, or those that came before under the same id of the client."""
    here = {"_id": row.conversationId, "userId": row.userId}
    if row.clientMessageId is None:
        conversation = await counted(hand, here)
        await hand.store.write.insert(MESSAGES, row, hand.actor)
        return {"message": row.id, "answers": await _begin(hand, row, conversation)}
    await hand.readable(CONVERSATIONS, row.conversationId, field="conversationId")
    once = {name: getattr(row, name) for name in ("userId", "conversationId", "clientMessageId")}
    found, created = await hand.store.write.upsert(MESSAGES, once, row, hand.actor, {})
    if not created:
        return {"message": found["_id"], "answers": await given(hand, found)}
    return {"message": row.id, "answers": await _begin(hand, row, await counted(hand, here))}


async def _begin(hand: Change, message: MessageRow, conversation: RowData) -> list[ObjectId]:
    """Begin the answers to a message; their ids."""
    advisors = await answering(hand, message, conversation)
    if not advisors:
        return []
    # A person may not write as an advisor: the answers are the service's from their beginning.
    keys = [await hand.store.write.insert(MESSAGES, answer, ANSWERER) for answer in begun(message, advisors)]
    await counted(hand, {"_id": message.conversationId, "userId": message.userId}, len(keys))
    await met(hand, message.userId, advisors)
    return keys


async def met(hand: Change, owner: ObjectId, advisors: Sequence[ObjectId]) -> None:
    """Note the advisors as ones that answer the owner, who may see their names for good."""
    if hand.actor.grants.get(MET.grant, frozenset()).issuperset(advisors):
        return
    first = {"_id": owner, "metAdvisorIds": {"$not": {"$all": advisors}}}
    more = {"$addToSet": {"metAdvisorIds": {"$each": advisors}}}
    await hand.store.write.effect_one(USERS, first, more, quiet=True)


async def counted(hand: Change, conversation: Filter, messages: int = 1) -> dict[str, Any]:
    """Count new messages in their conversation, which moves up in its owner's list, and answer with it.

    Raises NOT_FOUND when the conversation is not there; whoever deletes it meanwhile meets this write.
    """
    spoken_in = {"$inc": {"messageCount": messages}, "$set": {"updatedAt": now()}}
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
