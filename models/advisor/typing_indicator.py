"""Who is typing in a conversation now."""

from datetime import datetime

from pydantic import Field

from models.advisor.rules import OWNER
from models.callers import ANSWERING
from models.clock import now
from models.policy import Is, Policy
from models.row import Id, Millis, Row
from models.table import Table, expiring, index, unique

TYPING_MILLISECONDS = 10_000
"""How long a sign of typing lasts unless it is renewed."""


class TypingIndicatorRow(Row):
    """`advisorId` is set when an advisor composes an answer to the person.

    `expiresAt` is a date of MongoDB, since its TTL index deletes by dates alone; readers compare it themselves because
    the sweep comes about once a minute.
    """

    conversationId: Id
    userId: Id
    isTyping: bool = True
    lastTypingAt: Millis = Field(default_factory=now)
    advisorId: Id | None = None
    expiresAt: datetime

    class Settings:
        name = "advisor_typing_indicators"


BY_THE_PERSON = OWNER & Is("advisorId", (None,))

TYPING_INDICATORS = Table(
    TypingIndicatorRow,
    type_name="AdvisorTypingIndicator",
    tag="aTyp",
    noun="typing indicator",
    policy=Policy(read=OWNER, create=BY_THE_PERSON | ANSWERING, update=BY_THE_PERSON | ANSWERING),
    indexes=(
        index("by_conversation", "conversationId"),
        index("by_user", "userId"),
        index("by_conversation_typing", "conversationId", "isTyping"),
        unique("by_conversation_user", "conversationId", "userId", "advisorId"),
        expiring("ttl_expires", "expiresAt"),
        index("page_conversation_typed", "conversationId", "-lastTypingAt", "-_id"),
    ),
    shard_key=("userId", "conversationId"),
    watched=True,
)
