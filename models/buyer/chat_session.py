"""A chat of a buyer about the homes that were found, which an agent has opened."""

from enum import StrEnum

from pydantic import Field

from models.actor import ActorKind
from models.buyer.values import INT, Count
from models.callers import ANSWERING
from models.clock import now
from models.estate.rules import ANALYSIS, CHAT, CHAT_PROFILE, OWN_AGENT, PORTAL_AGENT, SEARCH, WORKING_AGENT
from models.policy import NOBODY, OPERATOR, Owner, Policy
from models.principal import Portal
from models.row import Id, Millis, Row
from models.table import Table, index, unique


class DecisionStage(StrEnum):
    """How near the buyer is to a decision."""

    BROWSING = "browsing"
    COMPARING = "comparing"
    DECIDING = "deciding"
    READY = "ready"


class ChatSessionStatus(StrEnum):
    """active and paused by turns, then completed."""

    ACTIVE = "active"
    PAUSED = "paused"
    COMPLETED = "completed"


class ChatSessionRow(Row):
    """`profileId` is the version of the profile that the chat began with, until the agent moves it to another;
    `rootProfileId` is the first version, which stays.

    `accessTokenHash` is the hash of the secret in the link; `signInVersion` rises when sign-ins by it are to end.
    `agentActive` follows the agent. `totalQuestions` counts the messages; it is kept by the writes like `lastActivity`.
    """

    profileId: Id
    rootProfileId: Id
    agentId: Id
    sessionStart: Millis = Field(default_factory=now)
    lastActivity: Millis = Field(default_factory=now)
    totalQuestions: Count = 0
    engagementScore: float = Field(default=0.0, ge=0, le=10)
    returnVisits: Count = 0
    decisionStage: DecisionStage = DecisionStage.BROWSING
    status: ChatSessionStatus = ChatSessionStatus.ACTIVE
    accessTokenHash: str = Field(min_length=1, max_length=200)
    signInVersion: int = Field(default=1, ge=1, le=INT)
    agentActive: bool = True

    class Settings:
        name = "buyer_chat_sessions"
        keep_nulls = False


ITSELF = Owner("_id", CHAT, "own chat")
WEIGHING = OWN_AGENT | ANALYSIS

CHAT_SESSIONS = Table(
    ChatSessionRow,
    type_name="BuyerChatSession",
    tag="bChS",
    noun="chat",
    policy=Policy(
        read=OWN_AGENT | ITSELF | OPERATOR | ANSWERING | ANALYSIS | SEARCH,
        create=WORKING_AGENT,
        # How the chat is weighed is a consequence of its answers, and nobody's to write.
        update=WORKING_AGENT,
        private={"engagementScore": WEIGHING, "decisionStage": WEIGHING, "accessTokenHash": NOBODY},
    ),
    indexes=(
        index("idx_chat_sessions_profile", "profileId"),
        index("idx_chat_sessions_agent", "agentId"),
        index("by_agent_activity", "agentId", "status", "-lastActivity"),
        index("by_profile_start", "profileId", "-sessionStart"),
        unique("by_access_token", "accessTokenHash"),
        index("by_root_status", "rootProfileId", "status"),
        index("page_agent_activity", "agentId", "-lastActivity", "-_id"),
        index("page_agent_status_activity", "agentId", "status", "-lastActivity", "-_id"),
        index("page_agent_stage_activity", "agentId", "decisionStage", "-lastActivity", "-_id"),
        index("page_agent_profile_activity", "agentId", "profileId", "-lastActivity", "-_id"),
        index("page_profile_activity", "profileId", "-lastActivity", "-_id"),
    ),
    shard_key=("agentId",),
    hidden=frozenset({"rootProfileId", "accessTokenHash", "signInVersion", "agentActive"}),
    watched=True,
)

PORTAL = Portal(
    kind=ActorKind.BUYER_CHAT,
    subject="buyer-chat",
    table=CHAT_SESSIONS,
    profiles={CHAT: "_id", CHAT_PROFILE: "rootProfileId", PORTAL_AGENT: "agentId"},
    # A chat that is paused can still be read.
    condition={
        "agentActive": True,
        "status": {"$in": [ChatSessionStatus.ACTIVE.value, ChatSessionStatus.PAUSED.value]},
    },
)
