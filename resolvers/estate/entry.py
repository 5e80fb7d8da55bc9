"""What the writes by which agents get in have in common: passwords, sign-ins with their tokens, and the audit."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

import strawberry
from bson import ObjectId

from models.account.account import ACCOUNTS, AccountStatus
from models.account.sign_in import SIGN_INS, SignInRow
from models.actor import Actor, ActorKind
from models.clock import now
from models.errors import Code, Refusal
from models.estate.access import ACCESS_SECONDS, PASSWORD_CHARACTERS, REFRESH_SECONDS
from models.estate.agent import AGENTS
from models.estate.audit_entry import AUDIT_ENTRIES, KEPT_DAYS, AuditEntryRow, AuditEvent
from models.estate.codes import digest, secret
from models.estate.rules import PRODUCT
from models.policy import RowData
from models.principal import OWN_ISSUER, SIGNED_IN
from resolvers.estate.agent import EstateAgent
from resolvers.scalars import Timestamp
from resolvers.table import column
from resolvers.verbs.relate import one
from resolvers.verbs.write import Change, Outcome, Payload

LEVEL_SECONDS = 0.5
"""What is answered alike for a known and an unknown address takes this long, whatever was done: longer than the slowest
way, which is to check a hash of bcrypt."""


@strawberry.type(description="A sign-in of an agent, with the tokens that belong to it.")
class EstateAgentAccessPayload(Payload):
    agent: EstateAgent | None = one(AGENTS, "agent", "The agent who is signed in.")
    accessToken: str | None = column("Token for the header `Authorization: Bearer`, good for 15 minutes.")
    expiresAt: Timestamp | None = column("When the access token ends.")
    refreshToken: str | None = column("Good once within 30 days, for the next two tokens.")


SECRETS = ("accessToken", "expiresAt", "refreshToken")


async def checked(hand: Change, password: str, field: str = "password") -> str:
    """What is stored of a new password. Raises OUT_OF_RANGE or TOO_LONG for one of another length."""
    fewest, most = PASSWORD_CHARACTERS
    if len(password) < fewest:
        raise Refusal(Code.OUT_OF_RANGE, f"A password must have {fewest} characters or more.", field)
    if len(password) > most:
        raise Refusal(Code.TOO_LONG, f"A password may have {most} characters.", field)
    return await hand.gate.hashed(password)


async def begin(hand: Change, agent: RowData) -> Outcome:
    """Sign an agent in: the outcome of an `EstateAgentAccessPayload`. The agent's row needs its `accountId`.

    Raises FORBIDDEN for an account that is suspended or deleted, whose tokens would be good for nothing.
    """
    subject, key, fresh = await _subject(hand, agent), ObjectId(), secret()
    row = SignInRow(id=key, accountId=agent["accountId"], tokenHash=digest(fresh), expiresAt=refresh_end())
    await hand.store.write.effect_insert(SIGN_INS, row)
    return _tokens(hand, agent, subject, key, fresh)


async def access(hand: Change, agent: RowData, sign_in: ObjectId, fresh: str) -> Outcome:
    """The tokens of a sign-in whose refresh token is `fresh` now. Raises FORBIDDEN as `begin` does."""
    return _tokens(hand, agent, await _subject(hand, agent), sign_in, fresh)


async def _subject(hand: Change, agent: RowData) -> str:
    account = await hand.store.write.effect_read(ACCOUNTS, {"_id": agent["accountId"]}, "subject", "status")
    assert account is not None  # noqa: S101  # an agent has an account
    if account["status"] != AccountStatus.ACTIVE:
        raise Refusal(Code.FORBIDDEN, f"This account is {account['status']}.")
    subject: str = account["subject"]
    return subject


def _tokens(hand: Change, agent: RowData, subject: str, sign_in: ObjectId, fresh: str) -> Outcome:
    # Shown is what the agent may see of himself; whatever he writes comes with the token.
    own = MappingProxyType({PRODUCT: agent["_id"]})
    hand.become(Actor(ActorKind.ACCOUNT, f"{OWN_ISSUER} {subject}", agent["accountId"], own))
    token = hand.gate.token(f"{SIGNED_IN}:{subject}:{sign_in}", ACCESS_SECONDS)
    return {
        "agent": agent["_id"],
        "accessToken": token.text,
        "expiresAt": token.expiresAt,
        "refreshToken": f"{sign_in}.{fresh}",
    }


def refresh_end() -> datetime:
    """When a refresh token that is given now ends."""
    return datetime.now(UTC) + timedelta(seconds=REFRESH_SECONDS)


async def end_all(hand: Change, account: ObjectId) -> None:
    """End every sign-in of an account: their tokens are good for nothing at once."""
    await hand.store.write.effect(SIGN_INS, {"accountId": account, "endedAt": None}, {"$set": {"endedAt": now()}})


async def note(hand: Change, agent: ObjectId, event: AuditEvent) -> None:
    """Enter into the audit what happened to an agent's access."""
    end = datetime.now(UTC) + timedelta(days=KEPT_DAYS)
    row = AuditEntryRow(agentId=agent, event=event, address=hand.address or None, expiresAt=end)
    await hand.store.write.effect_insert(AUDIT_ENTRIES, row)


@asynccontextmanager
async def level() -> AsyncIterator[None]:
    """Let what is done inside take as long for everybody, however it ends.

    It goes around a transaction and not into one: neither its end nor a second run may show in the time.
    """
    began = time.monotonic()
    try:
        yield
    finally:
        await asyncio.sleep(LEVEL_SECONDS - (time.monotonic() - began))
