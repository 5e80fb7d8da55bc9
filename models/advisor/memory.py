"""What an advisor remembers in a conversation, by key."""

from typing import Annotated, Any

from pydantic import StringConstraints

from models.advisor.rules import OWNER
from models.callers import ANSWERING
from models.policy import Policy
from models.row import Id, Row
from models.table import Table, index, unique


class MemoryRow(Row):
    """`userId` is the owner of the conversation, copied so that the rule needs no second table."""

    conversationId: Id
    userId: Id
    advisorId: Id
    key: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    value: Any

    class Settings:
        name = "advisor_memories"


EITHER = OWNER | ANSWERING

MEMORIES = Table(
    MemoryRow,
    type_name="AdvisorMemory",
    tag="aMem",
    noun="memory",
    policy=Policy(read=EITHER, create=EITHER, update=EITHER, delete=EITHER),
    indexes=(
        index("by_conversation", "conversationId"),
        index("by_advisor", "advisorId"),
        index("by_conversation_advisor", "conversationId", "advisorId"),
        unique("by_conversation_advisor_key", "conversationId", "advisorId", "key"),
        index("page_conversation_updated", "conversationId", "-updatedAt", "-_id"),
    ),
    shard_key=("userId", "conversationId"),
    hidden=frozenset({"userId"}),
)
