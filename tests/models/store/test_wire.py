"""The driver's two waits as this server has them: in force, for the driver that they were written for."""

import asyncio
import hashlib
import inspect
import time

import pymongo
import pytest
from pymongo import network_layer
from pymongo.asynchronous import pool
from pymongo.errors import AutoReconnect

from models.store import wire
from models.store.connection import Database

READ = {
    "async_sendall": "dbe4c31d7a9e69e1de23417efddb58cd44b45bceb25bc0988ba551294b1b6a8c",
    "async_receive_message": "eecf76e676e56d496af9736f19dcdc747ebc78d28bd9075970f79f1f67c0eb22",
    "_poll_cancellation": "628861809feeeb74c40ef327470d34cf9cd0e358873d329a2b8f334aaa54cefd",
}
"""What the driver's own functions were when ours were written, by their SHA-256."""


def test_they_are_in_force() -> None:
    """For the driver that the lock pins; another one needs its functions read, and `KNOWN` moved on."""
    assert pymongo.version_tuple[:2] == wire.KNOWN
    wire.relieve()
    assert vars(pool)["async_sendall"] is wire._send
    assert vars(pool)["async_receive_message"] is wire._receive


@pytest.mark.parametrize("name", READ)
def test_the_drivers_own_are_as_they_were_read(name: str) -> None:
    """Who takes another driver reads them again, and compares."""
    source = inspect.getsource(getattr(network_layer, name))
    assert hashlib.sha256(source.encode()).hexdigest() == READ[name]


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
