"""Logs a turn of the AI assistant: the service for any portal, a portal or an agent for itself."""

import strawberry
from bson import ObjectId

from models.callers import ANSWERING
from models.errors import not_found
from models.estate.agent_interaction import AGENT_INTERACTIONS, TOOLERS, AgentInteractionRow, SessionType
from models.validation import build
from resolvers.estate.agent_interaction import SESSIONS, EstateAgentInteraction, session_of
from resolvers.scalars import JSON
from resolvers.verbs.relate import one
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, optional, required


@strawberry.input(description="A turn of the AI assistant.")
class EstateAgentInteractionLogInput(Input):
    id: strawberry.ID | None = optional("Id chosen by the client.")
    sessionId: strawberry.ID = required("Portal in which it happened, or the agent; one's own, or any by the service.")
    agentQuery: str = required("What the assistant was asked, 1 to 32,000 characters.")
    agentResponse: str = required("What it answered, 1 to 32,000 characters.")
    toolsUsed: list[str] | None = optional("Names of the tools that it used, up to 100; by the service or an agent.")
    context: JSON | None = optional("What it knew besides; by the service or an agent.")


@strawberry.type(description="The turn that was logged.")
class EstateAgentInteractionLogPayload(Payload):
    interaction: EstateAgentInteraction | None = one(AGENT_INTERACTIONS, "interaction", "The turn.")


async def log(hand: Change, input: EstateAgentInteractionLogInput) -> Outcome:
    """Log a turn, under the agent whose portal it happened in."""
    session = session_of(input.sessionId)
    if session is None:
        raise not_found("session", "sessionId")
    kind, key = session
    row = build(
        AgentInteractionRow,
        {
            **hand.patch("agentQuery", "agentResponse", "toolsUsed", "context"),
            "id": hand.new_key(AGENT_INTERACTIONS, input.id),
            "sessionType": kind,
            "sessionId": key,
            "agentId": await _agent(hand, kind, key),
        },
    )
    if row.toolsUsed or row.context is not None:
        hand.demand(TOOLERS, {"agentId": row.agentId}, "A portal names neither tools nor context: leave them out.")
    return {"interaction": await hand.store.write.insert(AGENT_INTERACTIONS, row, hand.actor)}


async def _agent(hand: Change, kind: SessionType, key: ObjectId) -> ObjectId:
    """The agent of a session that the caller may know of; of any session for the service that answers in all.

    Raises NOT_FOUND, also for a portal that is switched off.
    """
    table = SESSIONS[kind]
    if not ANSWERING.admits(hand.actor, {}):
        await hand.readable(table, key, field="sessionId")
    if kind is SessionType.AGENT:
        there = await hand.store.write.effect_read(table, {"_id": key})
    else:
        # Held: whoever deletes or erases the portal at the same moment takes with it what is said in it.
        there = await hand.store.write.hold(table, {"_id": key, "active": True})
    if there is None:
        raise not_found(table.noun, "sessionId")
    agent: ObjectId = there["_id" if kind is SessionType.AGENT else "agentId"]
    return agent


@strawberry.type
class AgentInteractionLogMutations:
    estateAgentInteractionLog: EstateAgentInteractionLogPayload = change(
        log, "Log a turn of the AI assistant; by the service, or in one's own portal."
    )
