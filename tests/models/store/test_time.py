"""The time of a call: the database learns how long it may work, and stops then."""

from typing import Any

import pytest
from bson import ObjectId
from pymongo.errors import ExecutionTimeout

from models.advisor.conversation import CONVERSATIONS, ConversationRow
from models.advisor.message import MESSAGES
from models.store import Store
from models.store.ask import Ask, Many, Page
from models.table import Order
from tests.fixtures.wire import Calls
from tests.models.store.people import person

SUM = {"$reduce": {"input": {"$range": [0, 1_000_000]}, "initialValue": 0, "in": {"$add": ["$$value", "$$this"]}}}
SLOW = {"$expr": {"$gte": [SUM, {"$size": {"$ifNull": ["$mentions", []]}}]}}
"""A condition that takes a fair part of a second for each row."""

PAGE = Page(Order(("-updatedAt",)), 10)


def _timed(calls: Calls) -> dict[str, Any]:
    """The milliseconds that each command since the last look was given, by its name."""
    timed = {next(iter(command)): command.get("maxTimeMS") for command in calls.seen}
    calls.seen.clear()
    return timed


async def test_every_read_has_its_limit(watched: tuple[Any, Calls], empty: None) -> None:
    database, calls = watched
    store, owner = Store(database, 7), person()
    mine = {"userId": owner.profiles["advisor"]}
    await store.write.insert(CONVERSATIONS, ConversationRow(**mine), owner)
    calls.seen.clear()
    await store.read.one(Ask(CONVERSATIONS), owner)
    assert _timed(calls) == {"find": 7000}
    messages = Many("messages", "conversationId", Ask(MESSAGES, page=PAGE))
    await store.read.page(Ask(CONVERSATIONS, page=PAGE, counted=True, children=(messages,)), owner)
    assert [command.get("maxTimeMS") for command in calls.seen] == [7000, 7000, 7000]


async def test_every_write_but_an_insertion_has_its_limit(watched: tuple[Any, Calls], empty: None) -> None:
    database, calls = watched
    store, owner = Store(database, 7), person()

    async def work() -> None:
        key = await store.write.insert(CONVERSATIONS, ConversationRow(userId=owner.profiles["advisor"]), owner)
        await store.write.update(CONVERSATIONS, key, owner, {"title": "New"})
        await store.write.effect(CONVERSATIONS, {"_id": key}, {"$inc": {"messageCount": 1}})
        await store.write.effect_delete(MESSAGES, {"conversationId": key})

    calls.seen.clear()
    await store.write.transact(work)
    timed = _timed(calls)
    assert (timed["insert"], timed["findAndModify"], timed["commitTransaction"]) == (None, 7000, 7000)
    assert 0 < timed["update"] <= 7000
    assert 0 < timed["delete"] <= 7000


async def test_the_database_stops_at_the_limit(watched: tuple[Any, Calls], empty: None) -> None:
    store, owner = Store(watched[0], 0.2), person()
    rows = [{"_id": ObjectId(), "userId": owner.profiles["advisor"]} for _ in range(20)]
    await watched[0][CONVERSATIONS.collection].insert_many(rows)
    with pytest.raises(ExecutionTimeout):
        await store.read.some(Ask(CONVERSATIONS, where=SLOW), owner, 100)
