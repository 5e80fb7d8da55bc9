"""Deletes a conversation with everything that happened in it."""

import strawberry
from bson import ObjectId

from models.advisor import BELOW_CONVERSATIONS
from models.advisor.conversation import CONVERSATIONS
from models.advisor.presence import PRESENCES
from resolvers.table import column
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, required


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
    for table in BELOW_CONVERSATIONS:
        # The owner is in the shard key of each.
        await hand.store.write.effect_delete(table, {"userId": gone["userId"], "conversationId": key})
    here = {"userId": gone["userId"], "currentConversationId": key}
    await hand.store.write.effect(PRESENCES, here, {"$set": {"currentConversationId": None}})


@strawberry.type
class ConversationDeleteMutations:
    advisorConversationDelete: AdvisorConversationDeletePayload = change(
        delete, "Delete one of your conversations with everything in it."
    )
