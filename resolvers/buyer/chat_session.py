"""BuyerChatSession: a chat of a buyer about the homes that were found, which an agent has opened."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from models.buyer.chat_session import CHAT_SESSIONS, ChatSessionStatus, DecisionStage
from models.buyer.profile import PROFILES
from models.estate.agent import AGENTS
from resolvers.adjectives import TIMES, choices, ids, orders, where
from resolvers.buyer.chat_agent_insight import OF_SESSION as INSIGHTS_OF_SESSION
from resolvers.buyer.chat_agent_insight import BuyerChatAgentInsight
from resolvers.buyer.chat_message import OF_SESSION as MESSAGES_OF_SESSION
from resolvers.buyer.chat_message import BuyerChatMessage
from resolvers.buyer.chat_search_context import OF_SESSION as CONTEXTS_OF_SESSION
from resolvers.buyer.chat_search_context import BuyerChatSearchContext
from resolvers.buyer.chat_session_reach import mine
from resolvers.buyer.property_interaction import OF_SESSION as INTERACTIONS_OF_SESSION
from resolvers.buyer.property_interaction import BuyerPropertyInteraction
from resolvers.buyer.property_note import OF_SESSION as NOTES_OF_SESSION
from resolvers.buyer.property_note import BuyerPropertyNote
from resolvers.connection import Connection
from resolvers.estate.agent import EstateAgent
from resolvers.listing import Listing
from resolvers.scalars import Timestamp
from resolvers.table import Node, choice, column, identity, node, reference, viewer_can
from resolvers.verbs.read import listed, one_by_id
from resolvers.verbs.relate import many, one
from resolvers.verbs.watch import ListChange, watched

if TYPE_CHECKING:
    from resolvers.buyer.profile import BuyerProfile

choice(
    ChatSessionStatus,
    "BuyerChatSessionStatus",
    "Whether a chat goes on.",
    ACTIVE="The buyer can write.",
    PAUSED="The buyer can read, and write again when the agent resumes the chat.",
    COMPLETED="Over: the link leads nowhere any more.",
)
choice(
    DecisionStage,
    "BuyerDecisionStage",
    "How near a buyer is to a decision.",
    BROWSING="Looks around.",
    COMPARING="Weighs some homes against each other.",
    DECIDING="Is about to decide.",
    READY="Wants to see a home, or to have it.",
)


@node(CHAT_SESSIONS, "A chat of a buyer about the homes that were found. The agent who opened it and the buyer see it.")
class BuyerChatSession(Node):
    id: strawberry.ID = identity(CHAT_SESSIONS)
    profileId: strawberry.ID = reference(PROFILES, "profileId", "Version of the buyer's profile that the chat is on.")
    profile: Annotated["BuyerProfile", strawberry.lazy("resolvers.buyer.profile")] | None = one(
        PROFILES, "profileId", "Version of the buyer's profile that the chat is on."
    )
    agentId: strawberry.ID = reference(AGENTS, "agentId", "Agent who opened the chat.")
    agent: EstateAgent | None = one(AGENTS, "agentId", "Agent who opened the chat.")
    sessionStart: Timestamp = column("When the chat was opened.")
    lastActivity: Timestamp = column("When the buyer last wrote, or did something with a home.")
    totalQuestions: int = column("Number of questions that the buyer has asked.")
    engagementScore: float | None = column("How engaged the buyer is, 0 to 10; shown to the agent alone.")
    returnVisits: int = column("How often the buyer came back after a day or more.")
    decisionStage: DecisionStage | None = column("How near the buyer is to a decision; shown to the agent alone.")
    status: ChatSessionStatus = column("Whether the chat goes on.")
    messages: Connection[BuyerChatMessage] = many(
        MESSAGES_OF_SESSION, "sessionId", "Questions with their answers, oldest first; `last: 10` gives the newest."
    )
    searchContexts: Connection[BuyerChatSearchContext] = many(
        CONTEXTS_OF_SESSION, "sessionId", "The searches that the chat has talked about, newest first; one is active."
    )
    notes: Connection[BuyerPropertyNote] = many(NOTES_OF_SESSION, "sessionId", "Notes on homes, newest first.")
    interactions: Connection[BuyerPropertyInteraction] = many(
        INTERACTIONS_OF_SESSION, "sessionId", "What the buyer likes, saves and does with homes, newest first."
    )
    insights: Connection[BuyerChatAgentInsight] = many(
        INSIGHTS_OF_SESSION, "sessionId", "What the chat tells about the buyer, most urgent first; for the agent alone."
    )
    version: int = column("Number that rises with each change, for `expectedVersion`.")
    createdAt: Timestamp = column("When the chat was opened.")
    updatedAt: Timestamp = column("When the agent last changed it.")
    viewerCanUpdate: bool = viewer_can(CHAT_SESSIONS, "update", "Whether you may pause, resume and end it.")


SESSION_WHERE = where(
    CHAT_SESSIONS,
    status=choices(ChatSessionStatus, "BuyerChatSessionStatus"),
    decisionStage=choices(DecisionStage, "BuyerDecisionStage"),
    profileId=ids(PROFILES),
    lastActivity=TIMES,
)
ORDERS = orders("BuyerChatSession", LAST_ACTIVITY=("-lastActivity",))

MINE = Listing(CHAT_SESSIONS, ORDERS, fixed=("agentId",), scope=mine, where=SESSION_WHERE)
OF_PROFILE = Listing(CHAT_SESSIONS, ORDERS, fixed=("profileId",), where=SESSION_WHERE)
"""The chats on one version of a profile."""


@strawberry.type
class ChatSessionQueries:
    buyerChatSession: BuyerChatSession | None = one_by_id(CHAT_SESSIONS, "A chat: yours as its agent, or your own.")
    buyerChatSessions: Connection[BuyerChatSession] = listed(MINE, "The chats you opened, last used first; for agents.")


@strawberry.type
class ChatSessionSubscriptions:
    buyerChatSessionChanges: ListChange[BuyerChatSession] = watched(
        MINE, "The chats you opened, kept up to date as buyers use them; for agents."
    )
