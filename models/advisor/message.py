"""A message in a conversation."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from models.advisor.rules import ANSWERING, OWNER
from models.policy import Is, Policy
from models.row import Id, Row
from models.table import Index, Table, index, unique

CONTENT_CHARACTERS = 32_000
"""Length of a message, in characters; an answer of an advisor included."""

MENTIONS = 50
"""Mentions in one message."""

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
    """`userId` is the owner of the conversation, copied so that the rule needs no second table."""

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
    ),
    shard_key=("userId", "conversationId"),
    hidden=frozenset({"userId"}),
)
