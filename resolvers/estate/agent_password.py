"""An agent changes the password, or sets a new one by mail."""

import strawberry

from models.clock import now
from models.errors import Code, Refusal
from models.estate.access import RESET_SECONDS
from models.estate.agent import AGENTS
from models.estate.agent_credential import AGENT_CREDENTIALS
from models.estate.audit_entry import AuditEvent
from models.estate.codes import digest, secret
from models.estate.rules import PRODUCT
from models.mail.mail import Mail
from models.mail.outbox import post
from models.policy import ANYONE, RowData
from resolvers.estate.entry import SECRETS, EstateAgentAccessPayload, begin, checked, end_all, level, note
from resolvers.gate import Budget
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, required

LINK = {"resetTokenHash": "", "resetTokenExpiresAt": ""}


@strawberry.input(description="A password that takes the place of another.")
class EstateAgentPasswordChangeInput(Input):
    password: str = required("Your password until now.")
    newPassword: str = required("The new one, 12 to 200 characters of any kind.")


async def change_password(hand: Change, input: EstateAgentPasswordChangeInput) -> Outcome:
    """Set another password: all sign-ins end but for a new one."""
    agent = hand.profile(PRODUCT)
    await hand.spend(Budget.PASSWORD_OF_ADDRESS, hand.address)
    credential = await hand.store.write.effect_read(AGENT_CREDENTIALS, {"agentId": agent}, "passwordHash")
    stored = credential.get("passwordHash") if credential else None
    if not await hand.gate.verified(input.password, stored):
        raise Refusal(Code.FORBIDDEN, "This is not your password.", "password")
    fresh = {"passwordHash": await checked(hand, input.newPassword, "newPassword"), "passwordChangedAt": now()}
    same = {"agentId": agent, "passwordHash": stored}
    # A link that was asked for before may be in the hands of whom the change is to keep out.
    if await hand.store.write.effect_one(AGENT_CREDENTIALS, same, {"$set": fresh, "$unset": LINK}) is None:
        raise Refusal(Code.CONFLICT, "The password was changed at this moment by somebody else.")
    row = await hand.store.write.effect_read(AGENTS, {"_id": agent}, "accountId", "email")
    assert row is not None  # noqa: S101  # agents are never deleted
    return await _changed(hand, row, AuditEvent.PASSWORD_CHANGED)


async def _changed(hand: Change, agent: RowData, event: AuditEvent) -> Outcome:
    await end_all(hand, agent["accountId"])
    await note(hand, agent["_id"], event)
    text = "The password of your account was changed. If it was not you, set a new one at once and tell the operator.\n"
    await post(hand.store, Mail(to=agent["email"], subject="Your password was changed", text=text, kind="password"))
    return await begin(hand, agent)


@strawberry.input(description="A password that was forgotten.")
class EstateAgentPasswordResetRequestInput(Input):
    email: str = required("E-mail address of the agent.")


@strawberry.type(description="The same for every address.")
class EstateAgentPasswordResetRequestPayload(Payload):
    """Whether there is such an agent is told to nobody."""


async def request(hand: Change, input: EstateAgentPasswordResetRequestInput) -> Outcome:
    """Send a link to an agent, if there is one; nobody learns whether."""
    await hand.spend(Budget.MAIL_OF_ADDRESS, hand.address)
    await hand.spend(Budget.MAIL_OF_ADDRESSEE, input.email.lower())
    async with level():
        known = {"emailKey": input.email.lower(), "isActivated": True}
        agent = await hand.store.write.effect_read(AGENTS, known, "email", "firstName")
        if agent is not None:
            await hand.store.write.transact(lambda: _send(hand, agent))
    return {}


async def _send(hand: Change, agent: RowData) -> None:
    token = secret()
    good = {"resetTokenHash": digest(token), "resetTokenExpiresAt": now() + RESET_SECONDS * 1000}
    await hand.store.write.effect_one(AGENT_CREDENTIALS, {"agentId": agent["_id"]}, {"$set": good})
    await note(hand, agent["_id"], AuditEvent.RESET_REQUESTED)
    text = (
        f"Hello {agent['firstName']},\n\n"
        f"set a new password here:\n\n{hand.gate.link('agent/reset', token)}\n\n"
        "The link is good once, for an hour. If you did not ask for it, do nothing: your password stays.\n"
    )
    await post(hand.store, Mail(to=agent["email"], subject="A new password", text=text, kind="password reset"))


@strawberry.input(description="A password in place of a forgotten one.")
class EstateAgentPasswordResetInput(Input):
    token: str = required("Secret of the mailed link; good once.")
    password: str = required("The new password, 12 to 200 characters of any kind.")


async def reset(hand: Change, input: EstateAgentPasswordResetInput) -> Outcome:
    """Set a password by a mailed link: all sign-ins end but for a new one, and no lock is left."""
    await hand.spend(Budget.SECRET_OF_ADDRESS, hand.address)
    good = {"resetTokenHash": digest(input.token), "resetTokenExpiresAt": {"$gt": now()}}
    if await hand.store.write.effect_read(AGENT_CREDENTIALS, good) is None:
        raise _refused()
    fresh = {"passwordHash": await checked(hand, input.password), "passwordChangedAt": now(), "failedLogins": 0}
    spent = {**LINK, "lockedUntil": ""}
    credential = await hand.store.write.effect_one(AGENT_CREDENTIALS, good, {"$set": fresh, "$unset": spent})
    if credential is None:
        raise _refused()
    agent = await hand.store.write.effect_read(AGENTS, {"_id": credential["agentId"]}, "accountId", "email")
    assert agent is not None  # noqa: S101  # agents are never deleted
    return await _changed(hand, agent, AuditEvent.PASSWORD_RESET)


def _refused() -> Refusal:
    return Refusal(Code.INVALID, "This link was used, has ended, or never was.", "token")


@strawberry.type
class AgentPasswordMutations:
    estateAgentPasswordChange: EstateAgentAccessPayload = change(
        change_password, "Set another password; all your other sign-ins end.", secrets=SECRETS, replays=False
    )
    estateAgentPasswordResetRequest: EstateAgentPasswordResetRequestPayload = change(
        request, "Have a link sent that sets a new password.", by=ANYONE, atomic=False, replays=False
    )
    estateAgentPasswordReset: EstateAgentAccessPayload = change(
        reset, "Set a new password by a mailed link.", by=ANYONE, secrets=SECRETS, replays=False
    )
