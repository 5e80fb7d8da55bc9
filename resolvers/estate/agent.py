"""EstateAgent: a real-estate agent, as everybody sees one, and as the agent sees himself."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import strawberry

from models.account.account import ACCOUNTS
from models.errors import Code, Refusal
from models.estate.agent import AGENTS, AgentRow
from models.estate.agent_credential import AGENT_CREDENTIALS
from models.estate.codes import invite_code
from models.estate.rules import PRODUCT, WORKING
from models.policy import OPERATOR, SIGNED_IN, Filter
from models.validation import build
from resolvers.adjectives import TIMES, orders, where
from resolvers.connection import Connection
from resolvers.listing import Listing, argument
from resolvers.plan import Columns, Stored
from resolvers.scalars import Timestamp
from resolvers.table import Node, column, identity, node, reference, shown, viewer_can
from resolvers.verbs.read import listed, one_by, one_by_id, own
from resolvers.verbs.relate import one
from resolvers.verbs.watch import ListChange, watched
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, optional, required

CARD = ("firstName", "lastName", "agencyName", "phone", "bio", "profileImage", "licenseNumber")
"""The columns that an agent writes himself."""


@node(AGENTS, "A real-estate agent. Everybody sees the card of one who is switched on.")
class EstateAgent(Node):
    id: strawberry.ID = identity(AGENTS)
    accountId: strawberry.ID | None = reference(ACCOUNTS, "accountId", "Account of the agent; shown to him alone.")
    firstName: str = column("First name.")
    lastName: str = column("Last name.")
    agencyName: str = column("Agency that the agent works for.")
    brokerageName: str = shown(Stored("agencyName"), "Another name of `agencyName`.", Columns(("agencyName",)))
    licenseNumber: str | None = column("Number of the licence; needed before a listing is published.")
    licenseVerified: bool = column("Whether the operator has verified the licence.")
    inviteCode: str | None = column("Code that leads clients to the agent's card; shown to the agent alone.")
    phone: str | None = column("Telephone number; shown to the agent's own portals and chats.")
    email: str | None = column("E-mail address; shown to the agent's own portals and chats.")
    bio: str | None = column("What the agent says of himself.")
    profileImage: str | None = column("Address of a picture.")
    active: bool = column("Whether the agent is switched on: one who is not is hidden, and writes nothing.")
    isActivated: bool | None = column("Whether the agent has set a password; shown to him alone.")
    version: int = column("Number that rises with each change, for `expectedVersion`.")
    createdAt: Timestamp = column("When the agent was registered.")
    updatedAt: Timestamp = column("When the card was last changed.")
    viewerCanUpdate: bool = viewer_can(AGENTS, "update", "Whether you may change the card.")


EVERYBODY = Listing(
    AGENTS,
    orders("EstateAgent", NAME=("lastName", "firstName"), CREATED_AT=("-createdAt",)),
    fixed=("active",),
    where=where(AGENTS, createdAt=TIMES),
    search=True,
)

ACTIVE = {"active": (argument(bool, "Whether agents are listed who are switched on, or others."), True)}


def _active(given: Mapping[str, Any]) -> Filter:
    return {"active": given["active"]}


@strawberry.type
class AgentQueries:
    estateAgent: EstateAgent | None = one_by_id(AGENTS, "An agent.")
    estateAgentByInviteCode: EstateAgent | None = one_by(
        AGENTS, "inviteCode", "The agent whose code a client was given.", "Code as the agent shows it to clients."
    )
    estateAgentMe: EstateAgent | None = own(AGENTS, PRODUCT, "Yourself as an agent; null for who is none.")
    estateAgents: Connection[EstateAgent] = listed(
        EVERYBODY, "The agents, by name; those who are switched off for the operator alone.", ACTIVE, _active
    )


@strawberry.type
class AgentSubscriptions:
    estateAgentChanges: ListChange[EstateAgent] = watched(EVERYBODY, "The agents, kept up to date.", ACTIVE, _active)


@strawberry.input(description="A new agent: yourself.")
class EstateAgentRegisterInput(Input):
    id: strawberry.ID | None = optional("Id chosen by the client.")
    firstName: str = required("First name, 1 to 200 characters.")
    lastName: str = required("Last name, 1 to 200 characters.")
    agencyName: str = required("Agency that you work for, 1 to 200 characters.")
    licenseNumber: str | None = optional("Number of your licence, up to 64 characters.")
    phone: str | None = optional("Telephone number, for your clients.")
    bio: str | None = optional("What you say of yourself, up to 4,000 characters.")
    profileImage: str | None = optional("Address of a picture.")


@strawberry.type(description="The agent that was registered.")
class EstateAgentRegisterPayload(Payload):
    agent: EstateAgent | None = one(AGENTS, "agent", "Yourself as an agent.")


async def register(hand: Change, input: EstateAgentRegisterInput) -> Outcome:
    """Become an agent, once, under the address that the identity provider vouches for."""
    hand.demand(SIGNED_IN, {}, "Only a person can become an agent.")
    account = hand.actor.account
    assert account is not None  # noqa: S101  # who is signed in has one
    identity = await hand.readable(ACCOUNTS, account, "email", "emailVerified")
    if not identity.get("email") or not identity["emailVerified"]:
        raise Refusal(Code.FORBIDDEN, "Confirm your e-mail address with your identity provider first.")
    row = build(
        AgentRow,
        {
            **hand.patch(*CARD),
            "id": hand.new_key(AGENTS, input.id),
            "accountId": account,
            "email": identity["email"],
            "emailKey": identity["email"].lower(),
            "inviteCode": invite_code(),
        },
    )
    key = await hand.store.write.insert(AGENTS, row, hand.actor)
    # Whoever is kept without this profile hears of it by his account.
    await hand.store.write.effect_one(ACCOUNTS, {"_id": account}, {})
    # What is shown of the agent is what the agent may see.
    own = {**hand.actor.profiles, PRODUCT: key, WORKING: key}
    hand.become(replace(hand.actor, profiles=MappingProxyType(own)))
    return {"agent": key}


@strawberry.input(description="Changes to an agent's card.")
class EstateAgentUpdateInput(Input):
    id: strawberry.ID = required("Agent to change: yourself, or anybody by the operator.")
    expectedVersion: int | None = optional("Version that the change was made on; a stale one writes nothing.")
    firstName: str | None = optional("First name, 1 to 200 characters.")
    lastName: str | None = optional("Last name, 1 to 200 characters.")
    agencyName: str | None = optional("Agency, 1 to 200 characters.")
    licenseNumber: str | None = optional("Number of the licence; once it is verified, the operator alone changes it.")
    licenseVerified: bool | None = optional("Whether the licence is verified; for the operator alone.")
    email: str | None = optional("E-mail address; for the operator alone.")
    phone: str | None = optional("Telephone number; null removes it.")
    bio: str | None = optional("What the agent says of himself; null removes it.")
    profileImage: str | None = optional("Address of a picture; null removes it.")


@strawberry.type(description="The agent that was changed.")
class EstateAgentUpdatePayload(Payload):
    agent: EstateAgent | None = one(AGENTS, "agent", "The agent as he is now.")


MAILED = dict.fromkeys(("inviteTokenHash", "inviteTokenExpiresAt", "resetTokenHash", "resetTokenExpiresAt"), "")


async def update(hand: Change, input: EstateAgentUpdateInput) -> Outcome:
    """Change the card of an agent."""
    key = hand.key(AGENTS, input.id)
    verified = (await hand.readable(AGENTS, key, "licenseVerified"))["licenseVerified"]
    for name in ("licenseVerified", "email", *(("licenseNumber",) if verified else ())):
        if name in hand.given:
            hand.demand(OPERATOR, {}, f"Only the operator changes {name}: leave it out.")
    changes = hand.patch(*CARD, "licenseVerified", "email")
    if input.email is not None:
        changes["emailKey"] = input.email.lower()
    await hand.store.write.update(AGENTS, key, hand.actor, changes, expected_version=input.expectedVersion)
    if input.email is not None:
        # What was mailed to the former address leads nowhere any more.
        await hand.store.write.effect_one(AGENT_CREDENTIALS, {"agentId": key}, {"$unset": MAILED})
    return {"agent": key}


@strawberry.input(description="An invite code to change.")
class EstateAgentInviteCodeRotateInput(Input):
    id: strawberry.ID = required("Agent whose code is changed: yourself, or anybody by the operator.")


@strawberry.type(description="The agent with a new code.")
class EstateAgentInviteCodeRotatePayload(Payload):
    agent: EstateAgent | None = one(AGENTS, "agent", "The agent with the new code; the old one leads nowhere.")


async def rotate(hand: Change, input: EstateAgentInviteCodeRotateInput) -> Outcome:
    """Give an agent a new invite code."""
    key = hand.key(AGENTS, input.id)
    await hand.store.write.update(AGENTS, key, hand.actor, {"inviteCode": invite_code()})
    return {"agent": key}


@strawberry.type
class AgentMutations:
    estateAgentRegister: EstateAgentRegisterPayload = change(register, "Become an agent, with the account you have.")
    estateAgentUpdate: EstateAgentUpdatePayload = change(
        update, "Change an agent's card; what is absent stays, null clears.", current="agent"
    )
    estateAgentInviteCodeRotate: EstateAgentInviteCodeRotatePayload = change(rotate, "Change an agent's invite code.")
