"""A question of a buyer, the one answer to it, and what the question tells about the buyer."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from models.buyer.rules import STUDIED
from models.buyer.values import LONG_CHARACTERS, Line, Long, Text
from models.callers import ANSWERING
from models.clock import now
from models.estate.rules import ANALYSIS, OWN_AGENT, OWN_CHAT
from models.policy import Filter, Policy
from models.row import Id, Millis, Row
from models.table import Table, index

LEASE_SECONDS = 30
"""How long a question is its holder's unless he says otherwise; each piece that he writes lets it begin again."""

LONGEST_LEASE_SECONDS = 300


class QuestionCategory(StrEnum):
    """What the question is about."""

    LOCATION = "location"
    PRICING = "pricing"
    FEATURES = "features"
    LOGISTICS = "logistics"
    GENERAL = "general"


class MessageIntent(StrEnum):
    """What the buyer is about to do."""

    BROWSING = "browsing"
    COMPARING = "comparing"
    DECIDING = "deciding"
    SCHEDULING = "scheduling"


class AnswerStatus(StrEnum):
    """waiting → answered or failed."""

    WAITING = "waiting"
    ANSWERED = "answered"
    FAILED = "failed"


class ChatMessageRow(Row):
    """`aiResponse` is there once the answer is whole; until then what there is of it grows in `aiResponseDraft`.

    Who answers holds a `lease` until `leaseUntil`; a question whose lease is over belongs to whoever claims it next.
    Times are Unix milliseconds. `agentId` is the agent of the chat, copied so that the rule needs no second table.
    """

    sessionId: Id
    agentId: Id
    message: Text
    aiResponse: Long | None = None
    aiResponseDraft: Annotated[str, StringConstraints(max_length=LONG_CHARACTERS)] | None = None
    answerStatus: AnswerStatus = AnswerStatus.WAITING
    answeredAt: Millis | None = None
    timestamp: Millis = Field(default_factory=now)
    questionCategory: QuestionCategory | None = None
    sentimentScore: float | None = Field(default=None, ge=-1, le=1)
    propertyMentioned: Id | None = None
    intentClassification: MessageIntent | None = None
    agentPath: Line | None = None
    searchTransactionId: Id | None = None
    lease: Annotated[str, StringConstraints(max_length=64)] | None = None
    leaseUntil: Millis | None = None

    class Settings:
        name = "buyer_chat_messages"
        keep_nulls = False


CHAT_MESSAGES = Table(
    ChatMessageRow,
    type_name="BuyerChatMessage",
    tag="bMsg",
    noun="message",
    policy=Policy(
        read=OWN_AGENT | OWN_CHAT | ANSWERING | ANALYSIS,
        create=OWN_CHAT,
        update=ANSWERING,
        private={
            "questionCategory": STUDIED,
            "sentimentScore": STUDIED,
            "intentClassification": STUDIED,
            "agentPath": STUDIED,
        },
    ),
    indexes=(
        index("idx_chat_messages_session", "sessionId"),
        index("idx_chat_messages_timestamp", "-timestamp"),
        index("by_session_time", "sessionId", "timestamp"),
        index("page_session_time", "sessionId", "timestamp", "_id"),
        index("page_status_time", "answerStatus", "timestamp", "_id"),
        index("by_agent_time", "agentId", "timestamp"),
    ),
    shard_key=("agentId", "sessionId"),
    hidden=frozenset({"agentId", "lease", "leaseUntil"}),
    watched=True,
)


def unheld(moment: int) -> Filter:
    """The questions that wait and that nobody answers at the moment (Unix milliseconds)."""
    free = [{"leaseUntil": None}, {"leaseUntil": {"$lte": moment}}]
    return {"answerStatus": AnswerStatus.WAITING.value, "$or": free}
