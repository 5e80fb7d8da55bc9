"""What buyers, sellers and agents of the demo have asked the assistant."""

from collections.abc import Iterator, Mapping
from typing import Any

from bson import ObjectId

from graphql_api.demo import keys, texts
from graphql_api.demo.advisors import DAY
from graphql_api.demo.estate.agents import Agent
from graphql_api.demo.estate.portals import Buyer
from models.estate.agent_interaction import AgentInteractionRow, SessionType
from models.estate.seller_session import SellerSessionRow

MONTHLY_SHARE = 0.0053
"""Of a loan, what is paid back each month over thirty years at usual rates."""

SELLERS_ASKED_WITHIN = 5 * DAY


def of_buyer(buyer: Buyer) -> Iterator[AgentInteractionRow]:
    """What the buyer has asked in the portal."""
    chance = keys.chance("assistant", "buyer", buyer.agent.key, str(buyer.number))
    for said in chance.sample(texts.clients()["buyer"], chance.randint(1, 3)):
        at = buyer.seen - chance.randint(0, min(20 * DAY, buyer.seen - buyer.opened))
        yield _row(SessionType.BUYER, buyer.id, buyer.agent, said, at, _slots(buyer.ground["city"], buyer.most))


def of_seller(session: SellerSessionRow, agent: Agent, city: str, price: int) -> Iterator[AgentInteractionRow]:
    """What the seller has asked in the portal."""
    assert session.id is not None  # noqa: S101  # all rows of the demo have theirs
    chance = keys.chance("assistant", "seller", str(session.id))
    for said in chance.sample(texts.clients()["seller"], 1):
        at = session.lastActive - chance.randint(0, min(SELLERS_ASKED_WITHIN, session.lastActive - session.createdAt))
        yield _row(SessionType.SELLER, session.id, agent, said, at, _slots(city, price))


def of_agent(agent: Agent, city: str, now: int) -> Iterator[AgentInteractionRow]:
    """What the agent has asked."""
    chance = keys.chance("assistant", "agent", agent.key)
    for said in texts.clients()["agent"]:
        at = now - chance.randint(DAY // 8, 10 * DAY)
        yield _row(SessionType.AGENT, agent.id, agent, said, at, _slots(city, 650_000))


def _slots(city: str, most: int) -> dict[str, str]:
    monthly = round(most * 0.8 * MONTHLY_SHARE / 10) * 10
    return {"city": city, "most": f"${most:,}", "monthly": f"${monthly:,}"}


def _row(
    kind: SessionType, session: ObjectId, agent: Agent, said: Mapping[str, Any], at: int, slots: Mapping[str, str]
) -> AgentInteractionRow:
    chance = keys.chance("assistant row", str(session), said["asked"])
    return AgentInteractionRow(
        id=keys.dated(at, chance),
        sessionType=kind,
        sessionId=session,
        agentId=agent.id,
        agentQuery=said["asked"].format_map(slots),
        agentResponse=said["answered"].format_map(slots),
        toolsUsed=chance.sample(texts.clients()["tools"], chance.randint(1, 2)),
        context={"city": slots["city"], "turn": 1},
        timestamp=at,
        createdAt=at,
        updatedAt=at,
    )
