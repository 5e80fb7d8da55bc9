"""EstateAgentInteraction: one turn of the AI assistant in a portal, or with the agent."""

from collections.abc import Mapping
from typing import Any

import strawberry

from models import global_id
from models.actor import Actor
from models.estate.agent import AGENTS
from models.estate.agent_interaction import AGENT_INTERACTIONS, SessionType
from models.estate.buyer_session import BUYER_SESSIONS
from models.estate.rules import BUYER, PRODUCT, SELLER
from models.estate.seller_session import SELLER_SESSIONS
from models.policy import NOTHING, Filter
from models.store.ask import Ask
from models.table import Table
from resolvers.adjectives import TIMES, orders, where
from resolvers.connection import Connection
from resolvers.estate.agent import EstateAgent
from resolvers.listing import Listing, argument
from resolvers.picking import Paged
from resolvers.plan import Listed
from resolvers.scalars import JSON, Timestamp
from resolvers.selection import Call
from resolvers.table import Node, choice, column, computed, identity, node, reference
from resolvers.verbs.relate import one
from resolvers.verbs.root import Parameters, root
from resolvers.verbs.watch import ListChange, watch

SESSIONS: Mapping[SessionType, Table[Any]] = {
    SessionType.BUYER: BUYER_SESSIONS,
    SessionType.SELLER: SELLER_SESSIONS,
    SessionType.AGENT: AGENTS,
}
"""The table in which the session of an interaction is."""

choice(
    SessionType,
    "EstateSessionType",
    "Whom the assistant talked with.",
    BUYER="The buyer of a portal.",
    SELLER="The seller of a portal.",
    AGENT="The agent himself.",
)


def _session(row: dict[Any, Any]) -> str:
    return global_id.encode(SESSIONS[SessionType(row["sessionType"])].tag, row["sessionId"])


@node(AGENT_INTERACTIONS, "One turn of the AI assistant. The agent sees it, and the portal that it happened in.")
class EstateAgentInteraction(Node):
    id: strawberry.ID = identity(AGENT_INTERACTIONS)
    sessionType: SessionType = column("Whom the assistant talked with.")
    sessionId: strawberry.ID = computed(
        _session, "sessionType", "sessionId", description="The portal of the buyer or seller, or the agent."
    )
    agentId: strawberry.ID = reference(AGENTS, "agentId", "Agent who has opened the portal.")
    agent: EstateAgent | None = one(AGENTS, "agentId", "The agent.")
    agentQuery: str = column("What the assistant was asked.")
    agentResponse: str = column("What it answered.")
    toolsUsed: list[str] | None = column("Names of the tools that it used; shown to the agent alone.")
    context: JSON | None = column("What it knew besides; shown to the agent alone.")
    timestamp: Timestamp = column("When it answered.")
    version: int = column("Always 1: interactions do not change.")
    createdAt: Timestamp = column("When it was stored.")
    updatedAt: Timestamp = column("The same.")


_LATEST = orders("EstateAgentInteraction", TIMESTAMP=("-timestamp",))
_WHERE = where(AGENT_INTERACTIONS, timestamp=TIMES)


def _interactions(*fixed: str) -> Listing:
    return Listing(AGENT_INTERACTIONS, _LATEST, fixed=fixed, where=_WHERE)


OF_AGENT = _interactions("agentId")
OF_TYPE = _interactions("agentId", "sessionType")
OF_SESSION = _interactions("sessionType", "sessionId")

WHOSE: Parameters = {
    "sessionType": (argument(SessionType | None, "Only those of this kind."), strawberry.UNSET),
    "sessionId": (argument(strawberry.ID | None, "Only those of this portal or agent."), strawberry.UNSET),
}


def _named(given: Mapping[str, Any], actor: Actor) -> Filter:
    """The columns that the arguments hold constant, or else those that make the interactions one's own."""
    kind = given.get("sessionType")
    only = {} if kind is None else {"sessionType": SessionType(kind).value}
    text = given.get("sessionId")
    if text is not None:
        # An id of something else stays a text, which no row holds.
        return _narrowed(session_of(text) or (SessionType.BUYER, text), only)
    if PRODUCT in actor.profiles:
        return {"agentId": actor.profiles[PRODUCT], **only}
    portals = {SessionType.BUYER: BUYER, SessionType.SELLER: SELLER}
    mine = ((kind, actor.profiles[profile]) for kind, profile in portals.items() if profile in actor.profiles)
    return _narrowed(next(mine, None), only)


def _narrowed(session: tuple[SessionType, Any] | None, only: Filter) -> Filter:
    if session is None or only.get("sessionType", session[0].value) != session[0].value:
        return NOTHING
    return {"sessionType": session[0].value, "sessionId": session[1]}


def session_of(text: str) -> tuple[SessionType, Any] | None:
    """The kind and the key of a session, by its global id; None for what is none."""
    found = ((kind, global_id.decode(table, text)) for kind, table in SESSIONS.items())
    return next(((kind, key) for kind, key in found if key is not None), None)


def _asked(call: Call, shown: Paged, given: Mapping[str, Any]) -> Ask:
    condition = _named(given, call.context.actor)
    listing = next((one for one in (OF_SESSION, OF_TYPE) if set(one.fixed) == set(condition)), OF_AGENT)
    return listing.ask(call, given, shown, condition)


async def _page(call: Call) -> Any:
    ask = _asked(call, call.below.page, call.arguments)
    return await call.context.store.read.page(ask, call.context.actor)


def _followed(call: Call) -> Ask:
    given = {name: value for name, value in call.arguments.items() if name != "after"}
    return _asked(call, call.below.change, given)


_PAGING = OF_AGENT.parameters()


@strawberry.type
class AgentInteractionQueries:
    estateAgentInteractions: Connection[EstateAgentInteraction] = root(
        _page,
        "Turns of the AI assistant, latest first: those of one portal, or all of an agent's or a portal's own.",
        {**WHOSE, **_PAGING},
        need=Listed(OF_AGENT),
    )


@strawberry.type
class AgentInteractionSubscriptions:
    estateAgentInteractionChanges: ListChange[EstateAgentInteraction] = watch(
        _followed,
        "The same turns as they happen.",
        {**WHOSE, **{name: kind for name, kind in _PAGING.items() if name not in {"after", "before"}}},
    )
