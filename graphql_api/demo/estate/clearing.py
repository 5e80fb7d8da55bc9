"""Finds the demo's agents in a database, and removes what is theirs."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bson import ObjectId

from graphql_api.demo.buyer import cache
from graphql_api.demo.estate.agents import account_key, agent_key, names, subjects
from graphql_api.demo.scale import MOST_CACHED
from models import buyer, estate
from models.account.account import ACCOUNTS
from models.account.sign_in import SIGN_INS
from models.buyer.repliers_listing import REPLIERS_LISTINGS
from models.estate.agent import AGENTS
from models.estate.buyer_session import BUYER_SESSIONS
from models.estate.listing import LISTINGS
from models.estate.property_view import PROPERTY_VIEWS
from models.estate.saved_search_match import SAVED_SEARCH_MATCHES
from models.store import bulk
from models.store.connection import Database

OF_AGENTS = tuple(table for table in (*estate.TABLES, *buyer.TABLES) if "agentId" in table.columns)
"""Whatever is an agent's names the agent."""


@dataclass(frozen=True, slots=True)
class Found:
    """Accounts of the issuer, `current` by subject; all `accounts` of the demo, and their `agents` by account."""

    current: dict[str, ObjectId]
    accounts: tuple[ObjectId, ...]
    agents: Mapping[ObjectId, ObjectId]


async def find(database: Database, issuer: str) -> Found:
    """The agents of the demo who are there: by an earlier run, or because they have signed in."""
    written = [account_key(name) for name in names()]
    condition = {"$or": [{"issuer": issuer, "subject": {"$in": subjects()}}, {"_id": {"$in": written}}]}
    accounts = await bulk.values(database, ACCOUNTS, condition, "_id", "issuer", "subject")
    current = {subject: account for account, issued_by, subject in accounts if issued_by == issuer}
    everybody = tuple(account for account, _, _ in accounts)
    agents = await bulk.values(database, AGENTS, {"accountId": {"$in": list(everybody)}}, "accountId", "_id")
    return Found(current, everybody, dict(agents))


def complete(found: Found) -> bool:
    """Whether the first agent is there: agents are written last."""
    return found.current.get(subjects()[0]) in found.agents


async def clear(database: Database, found: Found) -> None:
    """Remove all rows of the demo's agents, of whatever others have done with them, and of the cache."""
    agents = list({*found.agents.values(), *(agent_key(name) for name in names())})
    theirs = {"agentId": {"$in": agents}}
    await _remove(database, PROPERTY_VIEWS, "buyerSessionId", await _ids(database, BUYER_SESSIONS, theirs))
    await _remove(database, SAVED_SEARCH_MATCHES, "listingId", await _ids(database, LISTINGS, theirs))
    await asyncio.gather(*(bulk.remove(database, table, theirs) for table in OF_AGENTS))
    await _remove(database, REPLIERS_LISTINGS, "_id", [cache.key(number) for number in range(MOST_CACHED)])
    await bulk.remove(database, SIGN_INS, {"accountId": {"$in": list(found.accounts)}})
    await bulk.remove(database, AGENTS, {"_id": {"$in": agents}})
    await bulk.remove(database, ACCOUNTS, {"_id": {"$in": list(found.accounts)}})


async def _ids(database: Database, table: Any, condition: Mapping[str, Any]) -> list[ObjectId]:
    return [key for (key,) in await bulk.values(database, table, condition, "_id")]


async def _remove(database: Database, table: Any, column: str, keys: Sequence[ObjectId]) -> None:
    for batch in _batches(keys):
        await bulk.remove(database, table, {column: {"$in": batch}})


def _batches(keys: Sequence[ObjectId]) -> Iterator[list[ObjectId]]:
    return (list(keys[start : start + bulk.BATCH]) for start in range(0, len(keys), bulk.BATCH))
