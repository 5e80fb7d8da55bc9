"""The driver's affairs that are this server's: in force, for the driver that they were written for."""

import asyncio
import hashlib
import inspect
import time
from typing import Any

import pymongo
import pytest
from pymongo import AsyncMongoClient, network_layer
from pymongo.asynchronous import pool
from pymongo.errors import AutoReconnect, OperationFailure

from models.store import wire
from models.store.connection import Database

READ: dict[Any, str] = {
    network_layer.async_sendall: "dbe4c31d7a9e69e1de23417efddb58cd44b45bceb25bc0988ba551294b1b6a8c",
    network_layer.async_receive_message: "eecf76e676e56d496af9736f19dcdc747ebc78d28bd9075970f79f1f67c0eb22",
    network_layer._poll_cancellation: "628861809feeeb74c40ef327470d34cf9cd0e358873d329a2b8f334aaa54cefd",
    AsyncMongoClient._select_server: "603ca69f742f94f02b57da0bba8d7b222d4f36bc8248c78984fcb11614304264",
    AsyncMongoClient._conn_from_server: "7d65d6ed08d956737d3aeaf29090d93e8f08f6a51982b44b936de0f479b2c677",
    pool.AsyncConnection.command: "c7c3f68ffa89600b4f37b6b2a2313627a7e9c046453beb6046ef631a9885395e",
}
"""What the driver's own functions were when ours were written or made use of them, by their SHA-256."""


def test_they_are_in_force() -> None:
    """For the driver that the lock pins; another one needs its functions read, and `KNOWN` moved on."""
    assert pymongo.version_tuple[:2] == wire.KNOWN
    wire.relieve()
    assert vars(pool)["async_sendall"] is wire._send
    assert vars(pool)["async_receive_message"] is wire._receive


@pytest.mark.parametrize("function", READ, ids=lambda function: function.__name__)
def test_the_drivers_own_are_as_they_were_read(function: Any) -> None:
    """Who takes another driver reads them again, and compares."""
    assert hashlib.sha256(inspect.getsource(function).encode()).hexdigest() == READ[function]


@pytest.mark.parametrize("known", [wire.KNOWN, (0, 0)], ids=["known", "another"])
async def test_a_question_is_answered_like_a_command(
    database: Database, monkeypatch: pytest.MonkeyPatch, known: tuple[int, int]
) -> None:
    monkeypatch.setattr(wire, "KNOWN", known)
    name = f"things of {known}"
    await database[name].insert_many([{"_id": number} for number in range(3)])
    find = {"find": name, "filter": {"_id": {"$gt": 0}}, "sort": {"_id": 1}}
    asked = await wire.question(database, dict(find))
    assert asked["cursor"] == (await database.command(dict(find)))["cursor"]
    assert [row["_id"] for row in asked["cursor"]["firstBatch"]] == [1, 2]
    with pytest.raises(OperationFailure) as refused:
        await wire.question(database, {"find": name, "filter": {"$no": 1}})
    assert refused.value.code == 2
    pools = [server.pool for server in database.client._topology._servers.values()]
    assert [pool.active_sockets for pool in pools] == [0]


@pytest.mark.parametrize("known", [wire.KNOWN, (0, 0)], ids=["known", "another"])
async def test_a_transaction_is_told_whole_or_not_at_all(
    database: Database, monkeypatch: pytest.MonkeyPatch, known: tuple[int, int]
) -> None:
    monkeypatch.setattr(wire, "KNOWN", known)
    things = database[f"told in {known}"]
    await things.insert_one({"_id": 0})
    insert = {"insert": things.name}
    async with database.client.start_session() as session:
        async with await session.start_transaction():
            await wire.question(database, insert | {"documents": [{"_id": 1}]}, session)
            found = await wire.question(database, {"find": things.name, "filter": {}}, session)
            assert [row["_id"] for row in found["cursor"]["firstBatch"]] == [0, 1]
            assert await things.count_documents({}) == 1
        assert await things.count_documents({}) == 2
        # Another writer's row of the same id: the driver's label says that it may be tried again.
        async with database.client.start_session() as other, await other.start_transaction():
            await wire.question(database, insert | {"documents": [{"_id": 2}]}, other)
            await session.start_transaction()
            with pytest.raises(OperationFailure) as refused:
                await wire.question(database, insert | {"documents": [{"_id": 2}]}, session)
            await session.abort_transaction()
            await other.abort_transaction()
    assert refused.value.has_error_label("TransientTransactionError")
    assert await things.count_documents({}) == 2


async def test_a_connection_that_is_given_up_ends_what_waits_on_it(database: Database) -> None:
    """As the driver does when its monitor finds the server gone."""
    client = database.client
    hello = await client.admin.command("hello")
    patient = {"hello": 1, "topologyVersion": hello["topologyVersion"], "maxAwaitTimeMS": 8_000}
    waiting = asyncio.ensure_future(client.admin.command(patient))
    await asyncio.sleep(0.3)
    assert not waiting.done()
    (server,) = client._topology._servers.values()
    began = time.monotonic()
    for context in tuple(server.pool.active_contexts):
        context.cancel()
    with pytest.raises(AutoReconnect):
        await waiting
    assert time.monotonic() - began < 4
