"""An agent signs in with a password, goes on with a refresh token, and signs out."""

from datetime import UTC, datetime
from typing import Any

import strawberry
from bson import ObjectId
from bson.errors import InvalidId

from models.account.sign_in import SIGN_INS
from models.clock import now
from models.errors import Code, Refusal
from models.estate.access import LOCK_SECONDS, MOST_FAILURES, REMEMBERED
from models.estate.agent import AGENTS
from models.estate.agent_credential import AGENT_CREDENTIALS
from models.estate.audit_entry import AuditEvent
from models.estate.codes import digest, secret
from models.estate.rules import PRODUCT
from models.policy import ANYONE, Filter, RowData
from resolvers.estate.entry import SECRETS, EstateAgentAccessPayload, access, begin, end_all, level, note, refresh_end
from resolvers.gate import Budget
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, optional, required

LONGEST_TRIED = 1_000
"""Characters of a password that is looked at: none that was set is longer."""


@strawberry.input(description="An agent who signs in.")
class EstateAgentSignInInput(Input):
    email: str = required("E-mail address of the agent.")
    password: str = required("The agent's password.")


async def sign_in(hand: Change, input: EstateAgentSignInInput) -> Outcome:
    """Give tokens for the right password.

    Not one transaction, for a failure must be counted although nothing else is written.
    """
    await hand.spend(Budget.PASSWORD_OF_ADDRESS, hand.address)
    async with level():
        agent = await hand.store.write.effect_read(AGENTS, {"emailKey": input.email.lower(), "isActivated": True}, *OWN)
        credential = None if agent is None else await _attempt(hand, agent)
        stored = None if credential is None else credential.get("passwordHash")
        password = input.password[:LONGEST_TRIED]
        if not await hand.gate.verified(password, stored):
            if agent is not None:
                await _failed(hand, agent, credential)
            raise Refusal(
                Code.UNAUTHENTICATED, "E-mail address and password do not belong together, or it was tried too often."
            )
        assert agent is not None and stored is not None  # noqa: S101, PT018  # nobody's password is never the right one
        fresh = await hand.gate.hashed(password) if hand.gate.outdated(stored) else stored
        return await hand.store.write.transact(lambda: _succeeded(hand, agent, stored, fresh))


async def _succeeded(hand: Change, agent: RowData, stored: str, fresh: str) -> Outcome:
    """Forget the failures and sign in, unless the password was changed meanwhile: what was right is right no more.

    In one transaction that holds the password, or a sign-in with the former one could begin when its change has ended
    all others.
    """
    if await hand.store.write.hold(AGENT_CREDENTIALS, {"agentId": agent["_id"], "passwordHash": stored}) is None:
        raise Refusal(Code.CONFLICT, "The password was changed at this moment: sign in with the new one.")
    right = {"$set": {"failedLogins": 0, "passwordHash": fresh}, "$unset": {"lockedUntil": ""}}
    await hand.store.write.effect_one(AGENT_CREDENTIALS, {"agentId": agent["_id"]}, right, quiet=True)
    await note(hand, agent["_id"], AuditEvent.SIGNED_IN)
    return await begin(hand, agent)


OWN = ("accountId",)


async def _attempt(hand: Change, agent: RowData) -> dict[str, Any] | None:
    """Count an attempt before it is made, so that not even many at once are more than allowed; None when locked."""
    time = now()
    over = {"$lte": [{"$ifNull": ["$lockedUntil", 0]}, time]}
    # A lock that has passed has served its purpose: counting begins anew.
    before = {"$cond": [{"$gt": [{"$ifNull": ["$lockedUntil", 0]}, 0]}, 0, "$failedLogins"]}
    locked = {"$cond": [{"$gte": ["$failedLogins", MOST_FAILURES]}, time + LOCK_SECONDS * 1000, "$$REMOVE"]}
    count = [{"$set": {"failedLogins": {"$add": [before, 1]}}}, {"$set": {"lockedUntil": locked}}]
    free: Filter = {"agentId": agent["_id"], "$expr": over}
    return await hand.store.write.effect_one(AGENT_CREDENTIALS, free, count, quiet=True)


async def _failed(hand: Change, agent: RowData, credential: RowData | None) -> None:
    await note(hand, agent["_id"], AuditEvent.SIGN_IN_FAILED)
    if credential is not None and credential["failedLogins"] >= MOST_FAILURES:
        await note(hand, agent["_id"], AuditEvent.LOCKED)


@strawberry.input(description="A refresh token that is exchanged.")
class EstateAgentTokenRefreshInput(Input):
    refreshToken: str = required("The refresh token that came last; good once.")


async def refresh(hand: Change, input: EstateAgentTokenRefreshInput) -> Outcome:
    """Give the next two tokens. A refresh token that comes twice was stolen by one of the two: the sign-in ends."""
    await hand.spend(Budget.SECRET_OF_ADDRESS, hand.address)
    key, given = _parts(input.refreshToken)
    fresh = secret()
    renewed = {
        "$set": {"tokenHash": digest(fresh), "expiresAt": refresh_end()},
        "$push": {"formerHashes": {"$each": [digest(given)], "$slice": -REMEMBERED}},
    }
    # MongoDB sweeps once a minute at the most: until then a row is there that has expired.
    good = {"_id": key, "tokenHash": digest(given), "endedAt": None, "expiresAt": {"$gt": datetime.now(UTC)}}
    found = await hand.store.write.effect_one(SIGN_INS, good, renewed)
    if found is None:
        await _reused(hand, key, given)
        raise _refused()
    agent = await hand.store.write.effect_read(AGENTS, {"accountId": found["accountId"]}, *OWN)
    assert agent is not None  # noqa: S101  # agents are never deleted
    return await access(hand, agent, found["_id"], fresh)


async def _reused(hand: Change, key: ObjectId, given: str) -> None:
    former = {"_id": key, "formerHashes": digest(given), "endedAt": None}
    ended = await hand.store.write.effect_one(SIGN_INS, former, {"$set": {"endedAt": now()}})
    if ended is not None:
        agent = await hand.store.write.effect_read(AGENTS, {"accountId": ended["accountId"]})
        assert agent is not None  # noqa: S101  # as above
        await note(hand, agent["_id"], AuditEvent.REFRESH_REUSED)


def _parts(text: str) -> tuple[ObjectId, str]:
    key, _, given = text.partition(".")
    try:
        return ObjectId(key), given
    except InvalidId:
        raise _refused() from None


def _refused() -> Refusal:
    return Refusal(Code.UNAUTHENTICATED, "This refresh token is not good, or was used: sign in again.", "refreshToken")


@strawberry.input(description="A sign-in that ends.")
class EstateAgentSignOutInput(Input):
    everywhere: bool | None = optional("Whether all your sign-ins end, on other devices too; false unless given.")
    refreshToken: str = required("The refresh token that came last: its sign-in ends, and every token from it.")


@strawberry.type(description="What has ended.")
class EstateAgentSignOutPayload(Payload):
    """Nothing more is told."""


async def sign_out(hand: Change, input: EstateAgentSignOutInput) -> Outcome:
    """End a sign-in, or all."""
    agent = hand.profile(PRODUCT)
    key, given = _parts(input.refreshToken)
    mine = {"_id": key, "tokenHash": digest(given), "accountId": hand.actor.account, "endedAt": None}
    ended = await hand.store.write.effect_one(SIGN_INS, mine, {"$set": {"endedAt": now()}})
    if ended is None:
        raise _refused()
    if input.everywhere:
        await end_all(hand, ended["accountId"])
    await note(hand, agent, AuditEvent.SIGNED_OUT)
    return {}


@strawberry.type
class AgentSignInMutations:
    estateAgentSignIn: EstateAgentAccessPayload = change(
        sign_in, "Sign in as an agent, with a password.", by=ANYONE, atomic=False, secrets=SECRETS, replays=False
    )
    estateAgentTokenRefresh: EstateAgentAccessPayload = change(
        refresh, "Go on with a refresh token.", by=ANYONE, atomic=False, secrets=SECRETS, replays=False
    )
    estateAgentSignOut: EstateAgentSignOutPayload = change(sign_out, "End your sign-in: its tokens are good no more.")
