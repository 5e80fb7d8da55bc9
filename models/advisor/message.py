"""A message in a conversation."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from models.advisor.rules import OWNER
from models.callers import ANSWERING
from models.policy import Filter, Is, Policy
from models.row import Id, Millis, Row
from models.table import Index, Table, index, unique

CONTENT_CHARACTERS = 32_000
"""Length of a message, in characters; an answer of an advisor included."""

MENTIONS = 50
"""Mentions in one message."""

ANSWERS_AT_ONCE = 5
"""Advisors that answer one message."""

LEASE_SECONDS = 30
"""How long an answer is its holder's unless he says otherwise; each piece that he writes lets it begin again."""

LONGEST_LEASE_SECONDS = 300

TOKENS = 2_147_483_647
"""Tokens that one answer may have cost: what GraphQL's Int carries."""


class MessageSender(StrEnum):
    """Who wrote the message."""

    USER = "user"
    ADVISOR = "advisor"
    SYSTEM = "system"


class MessageStatus(StrEnum):
    """streaming → complete or failed; a person's own message is complete from the start."""

    STREAMING = "streaming"
    COMPLETE = "complete"
    FAILED = "failed"


class MessageRow(Row):
    """`userId` is the owner of the conversation, copied so that the rule needs no second table.

    An answer that begins with a message has its id in `questionId`. Who gives it holds a `lease` until `leaseUntil`
    (Unix milliseconds); an answer whose lease is over belongs to whoever claims it next.
    """

    conversationId: Id
    userId: Id
    sender: MessageSender
    advisorId: Id | None = None
    content: Annotated[str, StringConstraints(max_length=CONTENT_CHARACTERS)]
    contentJson: Any = None
    mentions: Annotated[list[str], Field(max_length=MENTIONS)] = Field(default_factory=list)
    tokensUsed: int | None = Field(default=None, ge=0, le=TOKENS)
    status: MessageStatus = MessageStatus.COMPLETE
    clientMessageId: Annotated[str, StringConstraints(min_length=1, max_length=128)] | None = None
    questionId: Id | None = None
    lease: Annotated[str, StringConstraints(max_length=64)] | None = None
    leaseUntil: Millis | None = None

    class Settings:
        name = "advisor_messages"
        keep_nulls = False


OWN_WORDS = OWNER & Is("sender", (MessageSender.USER.value,))
ANSWERS = ANSWERING & Is("sender", (MessageSender.ADVISOR.value, MessageSender.SYSTEM.value))

MESSAGES = Table(
    MessageRow,
    type_name="AdvisorMessage",
    tag="aMsg",
    noun="message",
    # The answering service reads what it answers to.
    policy=Policy(read=OWNER | ANSWERING, create=OWN_WORDS | ANSWERS, update=OWN_WORDS | ANSWERS, delete=OWNER),
    indexes=(
        index("by_conversation", "conversationId"),
        index("by_conversation_created", "conversationId", "createdAt"),
        index("by_advisor", "advisorId"),
        index("by_sender", "sender"),
        index("by_created_at", "createdAt"),
        unique(
            "by_client_message", "conversationId", "clientMessageId", partial={"clientMessageId": {"$type": "string"}}
        ),
        # One's own messages are searched, so the owner leads: a search looks at nobody else's words.
        Index("search_messages", ("userId", "content:text", "conversationId")),
        unique("one_streaming_answer", "conversationId", "advisorId", partial={"status": "streaming"}),
        index("page_conversation_created", "conversationId", "createdAt", "_id"),
        index("page_user_created", "userId", "createdAt", "_id"),
        index("page_status_created", "status", "createdAt", "_id"),
    ),
    shard_key=("userId", "conversationId"),
    hidden=frozenset({"userId", "questionId", "lease", "leaseUntil"}),
    watched=True,
)


def unheld(moment: int) -> Filter:
    """The streaming answers that nobody gives at the moment (Unix milliseconds).

    One that grows without a lease is somebody's, too: of him who appends to it as it is.
    """
    return {"$or": [{"leaseUntil": None, "content": ""}, {"leaseUntil": {"$lte": moment}}]}
