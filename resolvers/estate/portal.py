"""What the portals of buyers and sellers have in common: who opens and keeps one, and how its visitor gets in."""

from collections.abc import Mapping
from typing import Any

import strawberry
from bson import ObjectId

from models.clock import now
from models.errors import Code, Refusal
from models.estate.access import PORTAL_SECONDS, TOUCHED_SECONDS
from models.estate.agent import AGENTS
from models.estate.codes import portal_code, prefix, typed
from models.estate.rules import AGENTS as ANY_AGENT
from models.estate.rules import PRODUCT, WORKING_AGENT
from models.policy import Filter, RowData
from models.principal import Portal
from models.table import Table
from resolvers.gate import Budget, Token
from resolvers.scalars import Timestamp
from resolvers.table import column
from resolvers.verbs.write import Change, Payload

SECRETS = ("accessToken", "expiresAt")


@strawberry.type
class PortalAccessPayload(Payload):
    """What every sign-in to a portal or chat gives."""

    accessToken: str | None = column("Token for the header `Authorization: Bearer`, good for 8 hours at most.")
    expiresAt: Timestamp | None = column("When the access token ends: never after the portal.")


async def opener(hand: Change) -> ObjectId:
    """The agent who opens something for a client, switched on until it is there; else raise FORBIDDEN."""
    hand.demand(ANY_AGENT, {}, "Only an agent can do this.")
    agent = hand.profile(PRODUCT)
    # Held: who is switched off at this moment leaves nothing behind that takes him to be on.
    if await hand.store.write.hold(AGENTS, {"_id": agent, "active": True}) is None:
        raise Refusal(Code.FORBIDDEN, "You are switched off: you may read what is yours, and write nothing.")
    return agent


async def kept(hand: Change, table: Table[Any], text: str, *columns: str) -> RowData:
    """A portal of the agent who asks. Raises FORBIDDEN for all others who see it, be it the portal itself."""
    row = await hand.readable(table, hand.key(table, text), "_id", "agentId", "signInVersion", *columns)
    hand.demand(WORKING_AGENT, row, f"Only the agent of a {table.noun} can do this, while switched on.")
    return row


async def editable(hand: Change, portal: Portal, text: str, own: frozenset[str]) -> RowData:
    """A portal that is changed: the visitor names his `own` columns alone, else FORBIDDEN says which is not his."""
    table = portal.table
    row = await hand.readable(table, hand.key(table, text), "_id", "expiresAt", "signInVersion")
    if hand.actor.kind is portal.kind:
        for name in hand.given.keys() - own - {"id", "expectedVersion", "clientMutationId"}:
            raise Refusal(Code.FORBIDDEN, f"Only the agent changes {name}: leave it out.", name)
    return row


async def edit(hand: Change, table: Table[Any], row: RowData, changes: Mapping[str, Any], version: int | None) -> None:
    """Write the changes of an `editable` portal. An end that comes nearer ends all tokens that were given before."""
    end, before = changes.get("expiresAt"), row.get("expiresAt")
    check_end(end)
    written = dict(changes)
    if end is not None and (before is None or end < before):
        written |= _without_tokens(row)
    await hand.store.write.update(table, row["_id"], hand.actor, written, expected_version=version)
    if "expiresAt" in changes and end is None:
        # A portal without an end has no such column, rather than one that holds null.
        await hand.store.write.effect_one(table, {"_id": row["_id"]}, {"$unset": {"expiresAt": ""}}, quiet=True)


def check_end(end: int | None) -> None:
    """Raise OUT_OF_RANGE for an end that has passed: a portal is closed by switching it off."""
    if end is not None and end <= now():
        raise Refusal(Code.OUT_OF_RANGE, "expiresAt must lie ahead; to close a portal now, deactivate it.", "expiresAt")


async def rotate(hand: Change, table: Table[Any], text: str, kind: str) -> ObjectId:
    """Give a portal another code, whose first letter is `kind`; the tokens of the old one end."""
    row = await kept(hand, table, text)
    changes = {"sessionCode": portal_code(kind), **_without_tokens(row)}
    return _key(await hand.store.write.update(table, row["_id"], hand.actor, changes))


async def close(hand: Change, table: Table[Any], text: str) -> ObjectId:
    """Switch a portal off; its tokens end, and do not come to life again with it."""
    row, words = await kept(hand, table, text), f"The {table.noun} is switched off already."
    changes = {"active": False, **_without_tokens(row)}
    on = {"active": True}
    return _key(await hand.store.write.update(table, row["_id"], hand.actor, changes, when=on, otherwise=words))


async def reopen(hand: Change, table: Table[Any], row: RowData) -> ObjectId:
    """Switch a `kept` portal on."""
    off, words = {"active": False}, f"The {table.noun} is switched on already."
    return _key(
        await hand.store.write.update(table, row["_id"], hand.actor, {"active": True}, when=off, otherwise=words)
    )


def _without_tokens(row: RowData) -> dict[str, Any]:
    return {"signInVersion": row["signInVersion"] + 1}


def _key(row: RowData) -> ObjectId:
    key: ObjectId = row["_id"]
    return key


async def attempt(hand: Change, code: str) -> None:
    """Count an attempt to get in with a code. Raises RATE_LIMITED when there were too many from there, or like it."""
    await hand.spend(Budget.PORTAL_OF_ADDRESS, hand.address)
    await hand.spend(Budget.PORTAL_OF_PREFIX, prefix(code))


async def by_code(hand: Change, portal: Portal, text: str, kind: str) -> tuple[ObjectId, Token]:
    """Let a visitor in by the code that was typed. Raises UNAUTHENTICATED, in the same words for every bad one."""
    code = typed(text, kind)
    await attempt(hand, code or text)
    refused = Refusal(Code.UNAUTHENTICATED, "This code opens no portal: ask your agent for another.", "sessionCode")
    if code is None:
        raise refused
    return await enter(hand, portal, {"sessionCode": code}, refused)


async def enter(hand: Change, portal: Portal, known: Filter, refused: Refusal) -> tuple[ObjectId, Token]:
    """Let a visitor into the portal that `known` finds: its id and a token. The rest of the operation is the visitor's.

    Raises `refused` for a portal that is not there or not open, whatever the reason.
    """
    table = portal.table
    # By the secret alone, so that no index but its own is ever tried.
    row = await hand.store.write.effect_read(table, known, "signInVersion", "expiresAt", *portal.profiles.values())
    seconds = 0 if row is None else _seconds(row)
    if row is None or seconds < 1:
        raise refused
    key, version = row["_id"], row["signInVersion"]
    if await hand.store.write.effect_read(table, {"_id": key, "signInVersion": version, **portal.condition}) is None:
        raise refused
    await _touch(hand, table, key)
    # What is shown of the portal is what its visitor may see of it.
    hand.become(portal.actor(row))
    return key, hand.gate.token(f"{portal.subject}:{key}:{version}", seconds)


async def _touch(hand: Change, table: Table[Any], key: ObjectId) -> None:
    """Note that a portal is in use, once in a while; chats have no such column."""
    if "lastActive" in table.columns:
        idle = {"_id": key, "lastActive": {"$lt": now() - TOUCHED_SECONDS * 1000}}
        await hand.store.write.effect_one(table, idle, {"$set": {"lastActive": now()}}, quiet=True)


def _seconds(row: RowData) -> int:
    """How long a token may be good that is given now."""
    end: int | None = row.get("expiresAt")
    return PORTAL_SECONDS if end is None else min(PORTAL_SECONDS, (end - now()) // 1000)
