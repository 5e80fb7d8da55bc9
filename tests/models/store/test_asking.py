"""Reads as commands: whole answers, and one more try where the driver's own reads would make it."""

from typing import Any

import pytest
from bson import ObjectId
from pymongo.errors import AutoReconnect

from models.advisor.conversation import CONVERSATIONS
from models.store import Store
from models.store.ask import Ask
from models.store.asking import Asking
from models.store.connection import Database
from models.store.written import noted
from tests.fixtures.wire import Calls
from tests.models.store.listening import behind
from tests.models.store.people import person

MEGABYTE = "x" * 1024 * 1024


async def test_finds_in_order_by_its_index(database: Database) -> None:
    rows = database["asked"]
    await rows.insert_many({"_id": n, "n": -n, "other": 1} for n in range(5))
    await rows.create_index({"n": 1}, name="by_n")
    asking = Asking(database, 5000)
    found = await asking.find("asked", {"n": {"$lt": 0}}, {"_id": 1, "n": 1}, 3, sort=[("n", 1)], hint="by_n")
    assert found == [{"_id": 4, "n": -4}, {"_id": 3, "n": -3}, {"_id": 2, "n": -2}]
    assert await asking.aggregate("asked", [{"$match": {"n": -2}}, {"$project": {"n": 1}}], 5) == [{"_id": 2, "n": -2}]
    assert await asking.aggregate(None, [{"$documents": [{"place": 1}]}], 5) == [{"place": 1}]


async def test_reads_more_than_one_message_holds(watched: tuple[Database, Calls]) -> None:
    database, calls = watched
    rows = database["large"]
    await rows.drop()
    for n in range(18):
        await rows.insert_one({"_id": n, "text": MEGABYTE})
    calls.seen.clear()
    found = await Asking(database, 20_000).find("large", {}, {"_id": 1, "text": 1}, 18, sort=[("_id", 1)])
    assert [row["_id"] for row in found] == list(range(18))
    assert all(row["text"] == MEGABYTE for row in found)
    assert calls.names == ["find", "find", "getMore"]
    await rows.drop()


async def test_asks_once_more_when_the_connection_is_lost(database: Database) -> None:
    await database["asked_again"].insert_one({"_id": 1})
    async with behind(database) as (network, through):
        asking = Asking(through, 5000)
        for _ in range(3):
            assert await asking.find("asked_again", {}, {"_id": 1}, 1) == [{"_id": 1}]
            await network.stop()


async def test_a_transaction_that_is_lost_is_not_read_on(database: Database) -> None:
    async with behind(database) as (network, through):
        asking = Asking(through, 5000)
        await asking.find("asked_again", {}, {"_id": 1}, 1)
        await network.stop()
        async with through.client.start_session() as session:
            with noted() as written:
                written.session = session
                with pytest.raises(AutoReconnect):
                    await asking.find("asked_again", {}, {"_id": 1}, 1)


async def test_a_transaction_begins_anew_when_it_is_lost(database: Database, empty: None) -> None:
    owner = person()
    key = ObjectId()
    await database[CONVERSATIONS.collection].insert_one({"_id": key, "userId": owner.profiles["advisor"], "title": "T"})
    tries: list[Any] = []
    async with behind(database) as (network, through):
        store = Store(through)

        async def work() -> Any:
            tries.append(await store.read.one(Ask(CONVERSATIONS, frozenset({"title"}), {"_id": key}), owner))
            if len(tries) == 1:
                await network.stop()
            return await store.read.one(Ask(CONVERSATIONS, frozenset({"title"}), {"_id": key}), owner)

        row = await store.write.transact(work)
    assert (row["title"], len(tries)) == ("T", 2)
