"""BuyerChatAgentInsight: what a chat tells the agent about the buyer, who never sees that it exists."""

from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from models.buyer.chat_agent_insight import (
    CHAT_AGENT_INSIGHTS,
    ChatAgentInsightRow,
    InsightPriority,
    InsightStatus,
    InsightType,
)
from models.buyer.chat_session import CHAT_SESSIONS
from models.buyer.profile import PROFILES
from models.errors import not_found
from models.estate.agent import AGENTS
from models.estate.rules import ANALYSIS
from models.policy import NOTHING, both
from models.store.ask import COUNT_CAP, Ask, Page
from models.validation import build
from resolvers.adjectives import TIMES, choices, ids, orders, where
from resolvers.buyer.chat_session_reach import mine
from resolvers.connection import Connection, Edge
from resolvers.listing import Listing
from resolvers.scalars import Timestamp
from resolvers.selection import Call
from resolvers.table import Node, choice, column, identity, node, reference, viewer_can
from resolvers.verbs.read import listed, one_by_id
from resolvers.verbs.relate import edge, one
from resolvers.verbs.root import root
from resolvers.verbs.watch import ListChange, watched
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, optional, required

if TYPE_CHECKING:
    from resolvers.buyer.chat_session import BuyerChatSession
    from resolvers.buyer.profile import BuyerProfile

choice(
    InsightType,
    "BuyerInsightType",
    "What an insight is about.",
    HOT_LEAD="The buyer is ready to act.",
    FOLLOW_UP_NEEDED="Somebody should talk to the buyer.",
    READY_TO_VIEW="The buyer wants to see a home.",
    BUDGET_ADJUSTMENT="The budget does not fit.",
    PREFERENCES_CHANGED="The buyer wants something else than before.",
)
choice(
    InsightPriority,
    "BuyerInsightPriority",
    "How soon the agent should look at an insight.",
    LOW="Some time.",
    MEDIUM="Soon.",
    HIGH="Today.",
    URGENT="Now.",
)
choice(
    InsightStatus,
    "BuyerInsightStatus",
    "What the agent has done about an insight.",
    NEW="Nothing yet.",
    ACKNOWLEDGED="Taken notice of it.",
    ACTED_UPON="Acted upon it.",
    DISMISSED="Put it aside.",
)


@node(CHAT_AGENT_INSIGHTS, "What a chat tells its agent about the buyer. The agent alone sees it.")
class BuyerChatAgentInsight(Node):
    id: strawberry.ID = identity(CHAT_AGENT_INSIGHTS)
    sessionId: strawberry.ID = reference(CHAT_SESSIONS, "sessionId", "Chat that tells it.")
    session: Annotated["BuyerChatSession", strawberry.lazy("resolvers.buyer.chat_session")] | None = one(
        CHAT_SESSIONS, "sessionId", "Chat that tells it."
    )
    profileId: strawberry.ID = reference(PROFILES, "profileId", "Buyer whom it is about.")
    profile: Annotated["BuyerProfile", strawberry.lazy("resolvers.buyer.profile")] | None = one(
        PROFILES, "profileId", "Buyer whom it is about."
    )
    agentId: strawberry.ID = reference(AGENTS, "agentId", "Agent whom it is for.")
    insightType: InsightType = column("What it is about.")
    insightMessage: str = column("What was found, in a sentence.")
    confidenceScore: float = column("How sure it is, 0 to 1.")
    priority: InsightPriority = column("How soon to look at it.")
    actionSuggested: str | None = column("What to do about it.")
    status: InsightStatus = column("What the agent has done about it.")
    generatedAt: Timestamp = column("When it was found.")
    version: int = column("Number that rises with each change, for `expectedVersion`.")
    createdAt: Timestamp = column("When it was stored.")
    updatedAt: Timestamp = column("When it was last changed.")
    viewerCanUpdate: bool = viewer_can(CHAT_AGENT_INSIGHTS, "update", "Whether you may say what you do about it.")


INSIGHT_WHERE = where(
    CHAT_AGENT_INSIGHTS,
    status=choices(InsightStatus, "BuyerInsightStatus"),
    priority=choices(InsightPriority, "BuyerInsightPriority"),
    insightType=choices(InsightType, "BuyerInsightType"),
    profileId=ids(PROFILES),
    generatedAt=TIMES,
)
ORDERS = orders("BuyerChatAgentInsight", URGENCY=("-urgency", "-generatedAt"), GENERATED_AT=("-generatedAt",))

MINE = Listing(CHAT_AGENT_INSIGHTS, ORDERS, fixed=("agentId",), scope=mine, where=INSIGHT_WHERE)
OF_SESSION = Listing(CHAT_AGENT_INSIGHTS, ORDERS, fixed=("sessionId",), where=INSIGHT_WHERE)
OF_PROFILE = Listing(CHAT_AGENT_INSIGHTS, ORDERS, fixed=("profileId",), where=INSIGHT_WHERE)
"""Those about one version of a profile."""

URGENT_FIRST = ORDERS.order(None)
NEW = {"status": InsightStatus.NEW.value}
BY_STATUS = CHAT_AGENT_INSIGHTS.index_for(("agentId", "status"), URGENT_FIRST).name


async def _new_count(call: Call) -> int:
    actor = call.context.actor
    where = mine(actor)
    if where is NOTHING:
        return 0
    ask = Ask(CHAT_AGENT_INSIGHTS, where=both(where, NEW), page=Page(URGENT_FIRST, 1, BY_STATUS))
    return min(await call.context.store.read.count(ask, actor), COUNT_CAP)


@strawberry.type
class ChatAgentInsightQueries:
    buyerChatAgentInsight: BuyerChatAgentInsight | None = one_by_id(CHAT_AGENT_INSIGHTS, "An insight for you.")
    buyerChatAgentInsights: Connection[BuyerChatAgentInsight] = listed(
        MINE, "What your chats tell about their buyers, most urgent first; for agents."
    )
    buyerChatAgentInsightNewCount: int = root(
        _new_count, f"Number of insights for you that are new, counted up to {COUNT_CAP}; 0 for who is no agent."
    )


@strawberry.type
class ChatAgentInsightSubscriptions:
    buyerChatAgentInsightChanges: ListChange[BuyerChatAgentInsight] = watched(
        MINE, "What your chats tell about their buyers, as it is found; for agents."
    )


@strawberry.input(description="A new insight.")
class BuyerChatAgentInsightCreateInput(Input):
    id: strawberry.ID | None = optional("Id chosen by the client.")
    sessionId: strawberry.ID = required("Chat that tells it.")
    insightType: InsightType = required("What it is about.")
    insightMessage: str = required("What was found, 1 to 5,000 characters.")
    confidenceScore: float = required("How sure it is, 0 to 1.")
    priority: InsightPriority | None = optional("How soon to look at it; medium unless given.")
    actionSuggested: str | None = optional("What to do about it, up to 5,000 characters.")


@strawberry.type(description="The insight that was made.")
class BuyerChatAgentInsightCreatePayload(Payload):
    insight: BuyerChatAgentInsight | None = one(CHAT_AGENT_INSIGHTS, "insight", "The new insight.")
    insightEdge: Edge[BuyerChatAgentInsight] | None = edge(
        CHAT_AGENT_INSIGHTS, "insight", URGENT_FIRST, "The new insight in the agent's list."
    )


WRITTEN = ("insightType", "insightMessage", "confidenceScore", "priority", "actionSuggested")


async def create(hand: Change, input: BuyerChatAgentInsightCreateInput) -> Outcome:
    """Tell the agent of a chat something about the buyer."""
    hand.demand(ANALYSIS, {}, "Insights are found by a service.")
    key = hand.key(CHAT_SESSIONS, input.sessionId, "sessionId")
    session: dict[str, Any] | None = await hand.store.write.hold(CHAT_SESSIONS, {"_id": key})
    if session is None:
        raise not_found(CHAT_SESSIONS.noun, "sessionId")
    about = {column: session[column] for column in ("agentId", "profileId")}
    given = {"id": hand.new_key(CHAT_AGENT_INSIGHTS, input.id), "sessionId": key, **about, **hand.patch(*WRITTEN)}
    row = build(ChatAgentInsightRow, given)
    return {"insight": await hand.store.write.insert(CHAT_AGENT_INSIGHTS, row, hand.actor)}


@strawberry.type
class ChatAgentInsightMutations:
    buyerChatAgentInsightCreate: BuyerChatAgentInsightCreatePayload = change(
        create, "Tell the agent of a chat something about the buyer; for services."
    )
