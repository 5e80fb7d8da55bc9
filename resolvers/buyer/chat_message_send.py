"""A buyer asks a question in a chat."""

import strawberry

from models.buyer.chat_message import CHAT_MESSAGES, ChatMessageRow
from models.buyer.chat_search_context import CHAT_SEARCH_CONTEXTS
from models.buyer.repliers_listing import REPLIERS_LISTINGS
from models.buyer.values import TEXT_CHARACTERS
from models.validation import build
from resolvers.buyer.chat_message import ORDERS, BuyerChatMessage
from resolvers.buyer.chat_session_reach import touched
from resolvers.connection import Edge
from resolvers.gate import Budget
from resolvers.verbs.relate import edge, one
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, optional, required


@strawberry.input(description="A new question, in the chat that asks.")
class BuyerChatMessageSendInput(Input):
    id: strawberry.ID | None = optional("Id chosen by the client, to work offline.")
    message: str = required(f"The question, 1 to {TEXT_CHARACTERS:,} characters.")
    propertyMentioned: strawberry.ID | None = optional("Listing that the question is about.")


@strawberry.type(description="The question that was asked.")
class BuyerChatMessageSendPayload(Payload):
    message: BuyerChatMessage | None = one(CHAT_MESSAGES, "message", "The question; its answer is on its way.")
    messageEdge: Edge[BuyerChatMessage] | None = edge(
        CHAT_MESSAGES, "message", ORDERS.order(None), "The question in the list of its chat."
    )


async def send(hand: Change, input: BuyerChatMessageSendInput) -> Outcome:
    """Ask a question; it is counted in the chat, and its answer falls due."""
    session = await touched(hand, questions=1)
    # Counted once it is sure that a chat asks, and before anything costly follows.
    await hand.spend(Budget.QUESTIONS_OF_CHAT, hand.actor.key)
    about = None
    if input.propertyMentioned is not None:
        about = hand.key(REPLIERS_LISTINGS, input.propertyMentioned, "propertyMentioned")
        await hand.readable(REPLIERS_LISTINGS, about, field="propertyMentioned")
    current = {"sessionId": session["_id"], "isActive": True}
    context = await hand.store.write.effect_read(CHAT_SEARCH_CONTEXTS, current, "searchTransactionId")
    values = {
        "id": hand.new_key(CHAT_MESSAGES, input.id),
        "sessionId": session["_id"],
        "agentId": session["agentId"],
        "message": input.message,
        # The chat's clock goes on with each question, also where two servers' clocks disagree.
        "timestamp": session["lastActivity"],
        "propertyMentioned": about,
        "searchTransactionId": None if context is None else context["searchTransactionId"],
    }
    return {"message": await hand.store.write.insert(CHAT_MESSAGES, build(ChatMessageRow, values), hand.actor)}


@strawberry.type
class ChatMessageSendMutations:
    buyerChatMessageSend: BuyerChatMessageSendPayload = change(send, "Ask a question, in the chat that you are in.")
