"""What the analysis of a chat tells the agent about the buyer; the buyer never sees that it exists."""

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from models.buyer.values import Text
from models.clock import now
from models.estate.rules import ANALYSIS, OWN_AGENT, WORKING_AGENT
from models.policy import Policy
from models.row import Id, Millis, Row
from models.table import Table, index


class InsightType(StrEnum):
    """What the insight is about."""

    HOT_LEAD = "hot_lead"
    FOLLOW_UP_NEEDED = "follow_up_needed"
    READY_TO_VIEW = "ready_to_view"
    BUDGET_ADJUSTMENT = "budget_adjustment"
    PREFERENCES_CHANGED = "preferences_changed"


class InsightPriority(StrEnum):
    """How soon the agent should look at it, in rising order."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    URGENT = "urgent"


class InsightStatus(StrEnum):
    """new → acknowledged → acted upon or dismissed; from new to either, too."""

    NEW = "new"
    ACKNOWLEDGED = "acknowledged"
    ACTED_UPON = "acted_upon"
    DISMISSED = "dismissed"


class ChatAgentInsightRow(Row):
    """`profileId` is that of the chat, also after the chat is moved to another version of the profile.

    `priority` never changes; `urgency` is its place in their order, by which a list can begin with the urgent ones.
    """

    sessionId: Id
    profileId: Id
    agentId: Id
    insightType: InsightType
    insightMessage: Text
    confidenceScore: float = Field(ge=0, le=1)
    priority: InsightPriority = InsightPriority.MEDIUM
    urgency: int = Field(default=0, ge=0, lt=len(InsightPriority))
    actionSuggested: Text | None = None
    status: InsightStatus = InsightStatus.NEW
    generatedAt: Millis = Field(default_factory=now)

    class Settings:
        name = "buyer_chat_agent_insights"
        keep_nulls = False

    @model_validator(mode="after")
    def _place_priority(self) -> Self:
        self.urgency = list(InsightPriority).index(self.priority)
        return self


CHAT_AGENT_INSIGHTS = Table(
    ChatAgentInsightRow,
    type_name="BuyerChatAgentInsight",
    tag="bIns",
    noun="insight",
    policy=Policy(read=OWN_AGENT | ANALYSIS, create=ANALYSIS, update=WORKING_AGENT),
    indexes=(
        index("idx_chat_agent_insights_status", "status", "-generatedAt"),
        index("by_agent_status", "agentId", "status", "-generatedAt"),
        index("by_profile", "profileId", "-generatedAt"),
        index("by_session", "sessionId"),
        index("page_agent_generated", "agentId", "-generatedAt", "-_id"),
        index("page_agent_status_generated", "agentId", "status", "-generatedAt", "-_id"),
        index("page_agent_priority_generated", "agentId", "priority", "-generatedAt", "-_id"),
        index("page_agent_type_generated", "agentId", "insightType", "-generatedAt", "-_id"),
        index("page_agent_profile_generated", "agentId", "profileId", "-generatedAt", "-_id"),
        index("page_agent_urgency", "agentId", "-urgency", "-generatedAt", "-_id"),
        index("page_agent_status_urgency", "agentId", "status", "-urgency", "-generatedAt", "-_id"),
        index("page_profile_generated", "profileId", "-generatedAt", "-_id"),
        index("page_profile_urgency", "profileId", "-urgency", "-generatedAt", "-_id"),
        index("page_session_generated", "sessionId", "-generatedAt", "-_id"),
        index("page_session_urgency", "sessionId", "-urgency", "-generatedAt", "-_id"),
    ),
    shard_key=("agentId", "sessionId"),
    hidden=frozenset({"urgency"}),
    watched=True,
)
