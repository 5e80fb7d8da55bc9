"""One turn of the AI assistant in a portal: what it was asked, and what it answered."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from models.callers import ANSWERING
from models.clock import now
from models.estate.rules import BUYER, OWN_AGENT, PORTAL_AGENT, SELLER, WORKING, WORKING_AGENT
from models.estate.texts import TALK_CHARACTERS, Short
from models.policy import OPERATOR, Is, Owner, Policy
from models.row import Id, Millis, Row
from models.table import Index, Table, index

TOOLS = 100


class SessionType(StrEnum):
    """Whose portal the assistant was asked in."""

    BUYER = "buyer"
    SELLER = "seller"
    AGENT = "agent"


Talk = Annotated[str, StringConstraints(min_length=1, max_length=TALK_CHARACTERS)]


class AgentInteractionRow(Row):
    """`sessionId` is the buyer's or seller's portal, or the agent, as `sessionType` says.

    `agentQuery` and `agentResponse` are the assistant's, `agentId` is the human agent in whose portal it happened.
    """

    sessionType: SessionType
    sessionId: Id
    agentQuery: Talk
    agentResponse: Talk
    toolsUsed: Annotated[list[Short], Field(max_length=TOOLS)] = Field(default_factory=list[str])
    context: Any = None
    timestamp: Millis = Field(default_factory=now)
    agentId: Id

    class Settings:
        name = "estate_agent_interactions"
        keep_nulls = False


IN_BUYER_PORTAL = Is("sessionType", (SessionType.BUYER.value,)) & Owner("sessionId", BUYER, "own buyer portal")
IN_SELLER_PORTAL = Is("sessionType", (SessionType.SELLER.value,)) & Owner("sessionId", SELLER, "own seller portal")
IN_PORTAL = IN_BUYER_PORTAL | IN_SELLER_PORTAL
BY_AGENT = Is("sessionType", (SessionType.AGENT.value,)) & Owner("sessionId", WORKING, "the agent") & WORKING_AGENT
OF_ITS_AGENT = Owner("agentId", PORTAL_AGENT, "the portal's own agent")
KEEPERS = OWN_AGENT | OPERATOR

TOOLERS = ANSWERING | WORKING_AGENT
"""Who says what tools the assistant used and what it knew: never a portal, which does not see it."""

AGENT_INTERACTIONS = Table(
    AgentInteractionRow,
    type_name="EstateAgentInteraction",
    tag="eInt",
    noun="interaction",
    policy=Policy(
        # The service reads what was said before.
        read=OWN_AGENT | IN_PORTAL | OPERATOR | ANSWERING,
        create=ANSWERING | (IN_BUYER_PORTAL & OF_ITS_AGENT) | (IN_SELLER_PORTAL & OF_ITS_AGENT) | BY_AGENT,
        private={"context": KEEPERS, "toolsUsed": KEEPERS},
    ),
    indexes=(
        index("bySessionId", "sessionId"),
        index("bySessionType", "sessionType"),
        index("byTimestamp", "timestamp"),
        index("bySession", "sessionType", "sessionId", "-timestamp"),
        index("byAgentTimestamp", "agentId", "-timestamp"),
        Index("page_agent_time", ("agentId", "-timestamp", "-_id"), covered=("sessionType", "sessionId")),
        Index("page_agent_type_time", ("agentId", "sessionType", "-timestamp", "-_id"), covered=("sessionId",)),
        Index("page_agent_session_time", ("agentId", "sessionId", "-timestamp", "-_id"), covered=("sessionType",)),
        Index("page_session_time", ("sessionId", "-timestamp", "-_id"), covered=("sessionType", "agentId")),
        Index("page_type_session_time", ("sessionType", "sessionId", "-timestamp", "-_id"), covered=("agentId",)),
    ),
    shard_key=("agentId",),
    watched=True,
)
