"""Accepting an invitation: the agent sets a password, once, and is signed in."""

import strawberry

from models.clock import now
from models.errors import Code, Refusal
from models.estate.agent import AGENTS
from models.estate.agent_credential import AGENT_CREDENTIALS
from models.estate.audit_entry import AuditEvent
from models.estate.codes import digest
from models.policy import ANYONE
from resolvers.estate.entry import SECRETS, EstateAgentAccessPayload, begin, checked, note
from resolvers.gate import Budget
from resolvers.verbs.write import Change, Input, Outcome, change, required


@strawberry.input(description="An invitation that is accepted.")
class EstateAgentActivateInput(Input):
    token: str = required("Secret of the invitation's link; good once.")
    password: str = required("Password, 12 to 200 characters of any kind.")


async def activate(hand: Change, input: EstateAgentActivateInput) -> Outcome:
    """Set the first password, and sign in."""
    await hand.spend(Budget.SECRET_OF_ADDRESS, hand.address)
    good = {"inviteTokenHash": digest(input.token), "inviteTokenExpiresAt": {"$gt": now()}}
    if await hand.store.write.effect_read(AGENT_CREDENTIALS, good) is None:
        # Before the password is hashed: nobody makes the server work with a made-up token.
        raise _refused()
    change = {
        "$set": {"passwordHash": await checked(hand, input.password), "passwordChangedAt": now()},
        "$unset": {"inviteTokenHash": "", "inviteTokenExpiresAt": ""},
    }
    credential = await hand.store.write.effect_one(AGENT_CREDENTIALS, good, change)
    if credential is None:
        raise _refused()
    agent = await hand.store.write.effect_one(AGENTS, {"_id": credential["agentId"]}, {"$set": {"isActivated": True}})
    assert agent is not None  # noqa: S101  # agents are never deleted
    await note(hand, agent["_id"], AuditEvent.ACTIVATED)
    return await begin(hand, agent)


def _refused() -> Refusal:
    return Refusal(Code.INVALID, "This invitation was accepted, has ended, or never was.", "token")


@strawberry.type
class AgentActivateMutations:
    estateAgentActivate: EstateAgentAccessPayload = change(
        activate, "Accept an invitation: set a password, and be signed in.", by=ANYONE, secrets=SECRETS, replays=False
    )
