"""The operator switches an agent off, and on again."""

from typing import Any

import strawberry
from bson import ObjectId

from models.buyer.chat_session import CHAT_SESSIONS
from models.estate.agent import AGENTS
from models.estate.audit_entry import AuditEvent
from models.estate.buyer_session import BUYER_SESSIONS
from models.estate.listing import LISTINGS
from models.estate.seller_session import SELLER_SESSIONS
from models.policy import OPERATOR
from models.table import Table
from resolvers.estate.agent import EstateAgent
from resolvers.estate.entry import note
from resolvers.verbs.relate import one
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, required

COPIES: tuple[Table[Any], ...] = (LISTINGS, BUYER_SESSIONS, SELLER_SESSIONS, CHAT_SESSIONS)
"""The tables whose rows carry in `agentActive` whether their agent is switched on."""


@strawberry.input(description="An agent to switch off.")
class EstateAgentDeactivateInput(Input):
    id: strawberry.ID = required("Agent to switch off.")


@strawberry.type(description="The agent who was switched off.")
class EstateAgentDeactivatePayload(Payload):
    agent: EstateAgent | None = one(AGENTS, "agent", "The agent as he is now.")


async def deactivate(hand: Change, input: EstateAgentDeactivateInput) -> Outcome:
    """Switch an agent off."""
    return {"agent": await _switch(hand, input.id, on=False)}


@strawberry.input(description="An agent to switch on.")
class EstateAgentReactivateInput(Input):
    id: strawberry.ID = required("Agent to switch on.")


@strawberry.type(description="The agent who was switched on.")
class EstateAgentReactivatePayload(Payload):
    agent: EstateAgent | None = one(AGENTS, "agent", "The agent as he is now.")


async def reactivate(hand: Change, input: EstateAgentReactivateInput) -> Outcome:
    """Switch an agent on."""
    return {"agent": await _switch(hand, input.id, on=True)}


async def _switch(hand: Change, text: str, *, on: bool) -> ObjectId:
    """Write it down at the agent and in all copies, in one transaction, so that nobody sees one without the other.

    It grows with the agent's rows, one statement a table. They are one person's work: thousands at the most, of which
    MongoDB writes tens of thousands within the time of a call.
    """
    hand.demand(OPERATOR, {}, "Only the operator switches agents.")
    key, state = hand.key(AGENTS, text), "on" if on else "off"
    await hand.store.write.update(
        AGENTS,
        key,
        hand.actor,
        {"active": on},
        when={"active": not on},
        otherwise=f"The agent is switched {state} already.",
    )
    for table in COPIES:
        behind = {"agentId": key, "agentActive": not on}
        await hand.store.write.effect(table, behind, {"$set": {"agentActive": on}}, quiet=True)
    await note(hand, key, AuditEvent.SWITCHED_ON if on else AuditEvent.SWITCHED_OFF)
    return key


@strawberry.type
class AgentSwitchMutations:
    estateAgentDeactivate: EstateAgentDeactivatePayload = change(
        deactivate,
        "Switch an agent off: listings are hidden, portals and chats end, and the agent reads, but writes nothing. "
        "For the operator.",
    )
    estateAgentReactivate: EstateAgentReactivatePayload = change(
        reactivate, "Switch an agent on: listings are shown and portals open again, as they were. For the operator."
    )
