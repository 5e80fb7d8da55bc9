"""A server that is cut off for so long that MongoDB has forgotten what it missed: its lists are told anew."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
from structlog.testing import capture_logs

from models.store import changes
from tests.failover.scene import CONVERSATIONS_OF, MESSAGES_OF, Scene, scene
from tests.fixtures.replica_set import ReplicaSet, formed
from tests.models.store.listening import Network, until
from tests.models.store.live.copies import Copy

HISTORY_LOST = 286
MEGABYTE = 2**20

SHORT_MEMORY = ("--oplogSize", "16", "--syncdelay", "1")
"""A history of 16 MB; what has not been written to the disk yet, here for a second, is remembered whatever its size."""


@pytest.fixture
async def forgetful() -> AsyncIterator[ReplicaSet]:
    """A mongod with a short memory."""
    async with formed(1, *SHORT_MEMORY) as found:
        yield found


@contextlib.asynccontextmanager
async def _across(found: ReplicaSet) -> AsyncIterator[tuple[Network, str]]:
    """A network on the way to the mongod, and the address beyond it."""
    network = Network("127.0.0.1", found.nodes[0].port)
    server = await asyncio.start_server(network.carry, "127.0.0.1", 0)
    try:
        port = server.sockets[0].getsockname()[1]
        yield network, f"mongodb://127.0.0.1:{port}/?directConnection=true"
    finally:
        network.thaw()
        server.close()
        await network.stop()


async def _forget(found: ReplicaSet) -> None:
    """Let the mongod forget all that has happened until now."""
    history, rubbish = found.client["local"]["oplog.rs"], found.client["rubbish"]["rubbish"]
    now = (await found.client.admin.command("ping"))["operationTime"]
    async with asyncio.timeout(60):
        while (await history.find().sort("$natural", 1).limit(1).to_list())[0]["ts"] <= now:
            await rubbish.insert_one({"text": "x" * MEGABYTE})


async def test_lists_whose_history_is_gone_are_told_anew(
    forgetful: ReplicaSet, watched: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "ANSWER_SECONDS", 1.0)
    async with _across(forgetful) as (network, uri), scene(uri, forgetful.client) as found:
        resumed = await _begun(found)
        messages, conversations = found.follow(), found.follow(CONVERSATIONS_OF)
        await found.agree([messages], [conversations])
        network.freeze()
        async with found.writing():
            await _forget(forgetful)
        with capture_logs() as logs:
            network.thaw()
            await until(lambda: messages.resyncs == conversations.resyncs == 1)
        assert HISTORY_LOST in {line.get("code") for line in logs}
        found.follow(copy=resumed)
        await found.agree([messages, resumed], [conversations])
    assert (messages.resyncs, conversations.resyncs, resumed.resyncs) == (1, 1, 1)


async def _begun(found: Scene) -> Copy:
    """A copy of a list that nobody follows any more."""
    copy = Copy()
    async with found.following(MESSAGES_OF, copy) as events:
        while copy.cursor is None:
            copy.take(await anext(events))
    return copy
