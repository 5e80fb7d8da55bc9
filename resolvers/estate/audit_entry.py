"""EstateAuditEntry: what happened to an agent's access."""

from collections.abc import Mapping
from typing import Any

import strawberry

from models import global_id
from models.estate.agent import AGENTS
from models.estate.audit_entry import AUDIT_ENTRIES, AuditEvent
from models.policy import NOTHING, Filter
from resolvers.adjectives import TIMES, orders, where
from resolvers.connection import Connection
from resolvers.estate.agent import EstateAgent
from resolvers.listing import REQUIRED, Listing, argument
from resolvers.scalars import Timestamp
from resolvers.table import Node, choice, column, identity, node, reference
from resolvers.verbs.read import listed
from resolvers.verbs.relate import one
from resolvers.verbs.watch import ListChange, watched

choice(
    AuditEvent,
    "EstateAuditEvent",
    "What happened to an agent's access.",
    INVITED="The operator has sent an invitation.",
    ACTIVATED="The invitation was accepted, and a password set.",
    SIGNED_IN="Somebody has signed in with the password.",
    SIGN_IN_FAILED="Somebody has tried to sign in, with a wrong password or while it was locked.",
    LOCKED="Too many wrong passwords: for a while even the right one is refused.",
    SIGNED_OUT="The agent has signed out.",
    REFRESH_REUSED="A refresh token came twice, as after a theft: its sign-in has ended.",
    PASSWORD_CHANGED="The password was changed.",  # noqa: S106  # words for people
    RESET_REQUESTED="A link to set a new password was sent.",
    PASSWORD_RESET="A new password was set by such a link.",  # noqa: S106  # as above
    SWITCHED_ON="The operator has switched the agent on.",
    SWITCHED_OFF="The operator has switched the agent off.",
)


@node(AUDIT_ENTRIES, "What happened to an agent's access. The agent and the operator see it, for 400 days.")
class EstateAuditEntry(Node):
    id: strawberry.ID = identity(AUDIT_ENTRIES)
    agentId: strawberry.ID = reference(AGENTS, "agentId", "The agent.")
    agent: EstateAgent | None = one(AGENTS, "agentId", "The agent.")
    event: AuditEvent = column("What happened.")
    address: str | None = column("Network address of who did it.")
    version: int = column("Always 1: entries do not change.")
    createdAt: Timestamp = column("When it happened.")
    updatedAt: Timestamp = column("The same.")


OF_AGENT = Listing(
    AUDIT_ENTRIES,
    orders("EstateAuditEntry", CREATED_AT=("-createdAt",)),
    fixed=("agentId",),
    where=where(AUDIT_ENTRIES, createdAt=TIMES),
)

WHOSE = {"agentId": (argument(strawberry.ID, "Agent whose entries are listed."), REQUIRED)}


def _of_agent(given: Mapping[str, Any]) -> Filter:
    agent = global_id.decode(AGENTS, given["agentId"])
    return NOTHING if agent is None else {"agentId": agent}


@strawberry.type
class AuditEntryQueries:
    estateAuditEntries: Connection[EstateAuditEntry] = listed(
        OF_AGENT, "What happened to an agent's access, newest first.", WHOSE, _of_agent
    )


@strawberry.type
class AuditEntrySubscriptions:
    estateAuditEntryChanges: ListChange[EstateAuditEntry] = watched(
        OF_AGENT, "What happens to an agent's access, as it happens.", WHOSE, _of_agent
    )
