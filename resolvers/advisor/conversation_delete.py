"""Deletes a conversation with everything that happened in it."""

from typing import Any

import strawberry
from bson import ObjectId

from models.advisor.conversation import CONVERSATIONS
from models.advisor.memory import MEMORIES
from models.advisor.message import MESSAGES
from models.advisor.presence import PRESENCES
from models.advisor.thread_summary import THREAD_SUMMARIES
from models.advisor.typing_indicator import TYPING_INDICATORS
from models.table import Table
from resolvers.table import column
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, required

CHILDREN: tuple[Table[Any], ...] = (MESSAGES, MEMORIES, THREAD_SUMMARIES, TYPING_INDICATORS)


@strawberry.input(description="A conversation to delete.")
class AdvisorConversationDeleteInput(Input):
    id: strawberry.ID = required("Conversation to delete, with its messages, memories and summaries.")


@strawberry.type(description="The conversation that was deleted.")
class AdvisorConversationDeletePayload(Payload):
    deletedId: strawberry.ID | None = column("Id of the conversation that is gone.")


async def delete(hand: Change, input: AdvisorConversationDeleteInput) -> Outcome:
    """Delete a conversation."""
    await remove(hand, hand.key(CONVERSATIONS, input.id))
    return {"deletedId": input.id}


async def remove(hand: Change, key: ObjectId) -> None:
    """Remove a conversation and all below it, within the caller's transaction. Raises NOT_FOUND."""
    gone = await hand.store.write.delete(CONVERSATIONS, key, hand.actor)
    for table in CHILDREN:
        # The owner is in the shard key of each.
        await hand.store.write.effect_delete(table, {"userId": gone["userId"], "conversationId": key})
    here = {"userId": gone["userId"], "currentConversationId": key}
    await hand.store.write.effect(PRESENCES, here, {"$set": {"currentConversationId": None}})


@strawberry.type
class ConversationDeleteMutations:
    advisorConversationDelete: AdvisorConversationDeletePayload = change(
        delete, "Delete one of your conversations with everything in it."
    )
