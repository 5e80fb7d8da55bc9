"""AdvisorThreadSummary: a summary of a stretch of a conversation."""

from typing import Any

import strawberry

from models.advisor.conversation import CONVERSATIONS
from models.advisor.message import MESSAGES
from models.advisor.thread_summary import THREAD_SUMMARIES, ThreadSummaryRow
from models.callers import ANSWERING
from models.errors import not_found
from models.validation import build
from resolvers.adjectives import orders
from resolvers.advisor.scope import WHOSE, conversation_of, inside
from resolvers.connection import Connection
from resolvers.listing import Listing
from resolvers.scalars import Timestamp
from resolvers.table import Node, column, identity, node, reference, viewer_can
from resolvers.verbs.read import listed
from resolvers.verbs.relate import one
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, optional, required


@node(THREAD_SUMMARIES, "A summary of a stretch of a conversation. Only the conversation's owner sees it.")
class AdvisorThreadSummary(Node):
    id: strawberry.ID = identity(THREAD_SUMMARIES)
    conversationId: strawberry.ID = reference(CONVERSATIONS, "conversationId", "Conversation that is summed up.")
    content: str = column("The summary.")
    startMessageId: strawberry.ID | None = reference(
        MESSAGES, "startMessageId", "First message of the stretch; it may be gone by now."
    )
    endMessageId: strawberry.ID | None = reference(
        MESSAGES, "endMessageId", "Last message of the stretch; it may be gone by now."
    )
    version: int = column("Number that rises with each change.")
    createdAt: Timestamp = column("When the summary was written.")
    updatedAt: Timestamp = column("When it was last changed.")
    viewerCanDelete: bool = viewer_can(THREAD_SUMMARIES, "delete", "Whether you may delete it.")


OF_CONVERSATION = Listing(
    THREAD_SUMMARIES, orders("AdvisorThreadSummary", CREATED_AT=("-createdAt",)), fixed=("conversationId",)
)


@strawberry.type
class ThreadSummaryQueries:
    advisorThreadSummaries: Connection[AdvisorThreadSummary] = listed(
        OF_CONVERSATION, "Summaries of a conversation, newest first.", WHOSE, inside
    )


@strawberry.input(description="A new summary.")
class AdvisorThreadSummaryCreateInput(Input):
    conversationId: strawberry.ID = required("Conversation that is summed up.")
    content: str = required("The summary, 1 to 32,000 characters.")
    startMessageId: strawberry.ID | None = optional("First message of the stretch.")
    endMessageId: strawberry.ID | None = optional("Last message of the stretch.")
    id: strawberry.ID | None = optional("Id chosen by the client.")


@strawberry.type(description="The summary that was stored.")
class AdvisorThreadSummaryCreatePayload(Payload):
    summary: AdvisorThreadSummary | None = one(THREAD_SUMMARIES, "summary", "The new summary.")


async def create(hand: Change, input: AdvisorThreadSummaryCreateInput) -> Outcome:
    """Store a summary of a conversation."""
    hand.demand(ANSWERING, {}, "Summaries are written by a service.")
    conversation = await conversation_of(hand, input.conversationId)
    values = {
        "id": hand.new_key(THREAD_SUMMARIES, input.id),
        "conversationId": conversation["_id"],
        "userId": conversation["userId"],
        "content": input.content,
        "startMessageId": await _message(hand, conversation, input.startMessageId, "startMessageId"),
        "endMessageId": await _message(hand, conversation, input.endMessageId, "endMessageId"),
    }
    row = build(ThreadSummaryRow, values)
    return {"summary": await hand.store.write.insert(THREAD_SUMMARIES, row, hand.actor)}


async def _message(hand: Change, conversation: dict[str, Any], text: str | None, field: str) -> Any:
    if text is None:
        return None
    key = hand.key(MESSAGES, text, field)
    message = await hand.readable(MESSAGES, key, "conversationId", field=field)
    if message["conversationId"] != conversation["_id"]:
        raise not_found(MESSAGES.noun, field)
    return key


@strawberry.input(description="A summary to delete.")
class AdvisorThreadSummaryDeleteInput(Input):
    id: strawberry.ID = required("Summary to delete.")


@strawberry.type(description="The summary that was deleted.")
class AdvisorThreadSummaryDeletePayload(Payload):
    deletedId: strawberry.ID | None = column("Id of the summary that is gone.")


async def delete(hand: Change, input: AdvisorThreadSummaryDeleteInput) -> Outcome:
    """Delete a summary."""
    await hand.store.write.delete(THREAD_SUMMARIES, hand.key(THREAD_SUMMARIES, input.id), hand.actor)
    return {"deletedId": input.id}


@strawberry.type
class ThreadSummaryMutations:
    advisorThreadSummaryCreate: AdvisorThreadSummaryCreatePayload = change(
        create, "Store a summary of a conversation; for services."
    )
    advisorThreadSummaryDelete: AdvisorThreadSummaryDeletePayload = change(
        delete, "Delete a summary of one of your conversations."
    )
