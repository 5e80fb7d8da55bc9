"""A summary of a stretch of a conversation, for the advisor's next answers."""

from typing import Annotated

from pydantic import StringConstraints

from models.advisor.rules import OWNER
from models.callers import ANSWERING
from models.policy import Policy
from models.row import Id, Row
from models.table import Table, index


class ThreadSummaryRow(Row):
    """Messages from `startMessageId` to `endMessageId`, which may be gone by now. `userId` owns the conversation."""

    conversationId: Id
    userId: Id
    content: Annotated[str, StringConstraints(min_length=1, max_length=32_000)]
    startMessageId: Id | None = None
    endMessageId: Id | None = None

    class Settings:
        name = "advisor_thread_summaries"
        keep_nulls = False


THREAD_SUMMARIES = Table(
    ThreadSummaryRow,
    type_name="AdvisorThreadSummary",
    tag="aSum",
    noun="summary",
    policy=Policy(read=OWNER | ANSWERING, create=ANSWERING, update=ANSWERING, delete=OWNER),
    indexes=(
        index("by_conversation", "conversationId"),
        index("by_created_at", "createdAt"),
        index("by_conversation_created", "conversationId", "-createdAt"),
        index("page_conversation_created", "conversationId", "-createdAt", "-_id"),
    ),
    shard_key=("userId", "conversationId"),
    hidden=frozenset({"userId"}),
)
