"""Inviting an agent who signs in with a password, and what the invitation shows before it is accepted."""

from typing import Any

import strawberry
from bson import ObjectId

from models.account.account import ACCOUNTS, AccountRow
from models.clock import now
from models.errors import Code, Refusal
from models.estate.access import INVITATION_SECONDS
from models.estate.agent import AGENTS, AgentRow
from models.estate.agent_credential import AGENT_CREDENTIALS, AgentCredentialRow
from models.estate.audit_entry import AuditEvent
from models.estate.codes import digest, invite_code, secret
from models.mail.mail import Mail
from models.mail.outbox import post
from models.policy import OPERATOR
from models.principal import OWN_ISSUER
from models.store.ask import Ask
from models.validation import Refusals, build
from resolvers.estate.agent import EstateAgent
from resolvers.estate.entry import note
from resolvers.gate import Budget
from resolvers.listing import REQUIRED, argument
from resolvers.selection import Call
from resolvers.table import column
from resolvers.verbs.relate import one
from resolvers.verbs.root import root
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, optional, required


@strawberry.input(description="Somebody who is to work as an agent, with a password.")
class EstateAgentInviteInput(Input):
    email: str = required("E-mail address: the invitation goes there, and the agent signs in with it.")
    firstName: str = required("First name, 1 to 200 characters.")
    lastName: str = required("Last name, 1 to 200 characters.")
    brokerageName: str = required("Agency that the agent works for, 1 to 200 characters.")
    phone: str | None = optional("Telephone number.")
    licenseNumber: str | None = optional("Number of the licence.")


@strawberry.type(description="The agent who was invited.")
class EstateAgentInvitePayload(Payload):
    agent: EstateAgent | None = one(AGENTS, "agent", "The agent, who has yet to set a password.")


async def invite(hand: Change, input: EstateAgentInviteInput) -> Outcome:
    """Make an agent with an account of his own, or send the invitation anew to one who has not accepted it."""
    hand.demand(OPERATOR, {}, "Only the operator invites agents.")
    there = await hand.store.write.effect_read(AGENTS, {"emailKey": input.email.lower()}, "isActivated")
    agent = _again(there) if there else await _made(hand, input)
    token = secret()
    invited = {"inviteTokenHash": digest(token), "inviteTokenExpiresAt": now() + INVITATION_SECONDS * 1000}
    if await hand.store.write.effect_one(AGENT_CREDENTIALS, {"agentId": agent}, {"$set": invited}) is None:
        # Registered with an account at the identity provider: no password leads there.
        raise _there_is()
    await note(hand, agent, AuditEvent.INVITED)
    await post(hand.store, _letter(hand, input, token))
    return {"agent": agent}


def _again(agent: dict[str, Any]) -> ObjectId:
    if agent["isActivated"]:
        raise _there_is()
    key: ObjectId = agent["_id"]
    return key


def _there_is() -> Refusal:
    return Refusal(Code.ALREADY_EXISTS, "There is already an agent with this e-mail address.", "email")


async def _made(hand: Change, input: EstateAgentInviteInput) -> ObjectId:
    key, account = ObjectId(), ObjectId()
    values = {"id": key, "accountId": account, "agencyName": input.brokerageName, "inviteCode": invite_code()}
    said = hand.patch("firstName", "lastName", "email", "phone", "licenseNumber")
    try:
        row = build(AgentRow, {**said, **values, "emailKey": input.email.lower()})
    except Refusals as several:
        raise Refusals([_in_terms_of_the_input(refusal) for refusal in several.refusals]) from None
    await hand.store.write.insert(AGENTS, row, hand.actor)
    person = AccountRow(
        id=account,
        issuer=OWN_ISSUER,
        subject=str(key),
        email=row.email,
        displayName=f"{row.firstName} {row.lastName}"[:200],
    )
    await hand.store.write.effect_insert(ACCOUNTS, person)
    await hand.store.write.effect_insert(AGENT_CREDENTIALS, AgentCredentialRow(agentId=key, accountId=account))
    return key


def _in_terms_of_the_input(refusal: Refusal) -> Refusal:
    return Refusal(refusal.code, refusal.message, "brokerageName") if refusal.field == ("agencyName",) else refusal


def _letter(hand: Change, input: EstateAgentInviteInput, token: str) -> Mail:
    days = INVITATION_SECONDS // 86_400
    text = (
        f"Hello {input.firstName},\n\n"
        f"you are invited to work as an agent of {input.brokerageName}. Choose a password here:\n\n"
        f"{hand.gate.link('agent/activate', token)}\n\n"
        f"The link is good once, for {days} days. If you did not expect it, do nothing.\n"
    )
    return Mail(to=input.email, subject="Your invitation", text=text, kind="agent invitation")


@strawberry.type(description="An invitation that can still be accepted.")
class EstateAgentInvitation:
    """Names alone: whoever has the link learns nothing else."""

    firstName: str = column("First name of who is invited.")
    lastName: str = column("Last name of who is invited.")
    brokerageName: str = column("Agency.")


async def _invitation(call: Call) -> Any:
    context = call.context
    if context.gate is not None:
        await context.gate.spend(Budget.SECRET_OF_ADDRESS, context.address)
    good = {"inviteTokenHash": digest(call.arguments["token"]), "inviteTokenExpiresAt": {"$gt": now()}}
    credential = await context.store.write.effect_read(AGENT_CREDENTIALS, good, "agentId")
    if credential is None:
        return None
    ask = Ask(AGENTS, frozenset({"firstName", "lastName", "agencyName"}), where={"_id": credential["agentId"]})
    agent = await context.store.read.one(ask, context.actor)
    return None if agent is None else {**agent, "brokerageName": agent["agencyName"]}


@strawberry.type
class AgentInviteQueries:
    estateAgentInvitation: EstateAgentInvitation | None = root(
        _invitation,
        "Whom an invitation is for; null when it was accepted, has ended, or never was.",
        {"token": (argument(str, "Secret of the invitation's link."), REQUIRED)},
    )


@strawberry.type
class AgentInviteMutations:
    estateAgentInvite: EstateAgentInvitePayload = change(
        invite, "Invite somebody as an agent, by mail; again, as long as it was not accepted. For the operator."
    )
