"""A subscriber that remembers, and a network between it and MongoDB that can freeze and break."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

from bson import ObjectId
from pymongo import AsyncMongoClient

from models.store.changes import Change
from models.store.connection import Database
from models.store.feed import COMMENT, Feed


@dataclass
class Notes:
    """What a subscriber was told."""

    changes: list[Change] = field(default_factory=list)
    resets: int = 0

    def changed(self, change: Change, /) -> None:
        """Note the change."""
        self.changes.append(change)

    def reset(self) -> None:
        """Count it."""
        self.resets += 1

    @property
    def keys(self) -> list[ObjectId]:
        """The rows, in the order of their changes."""
        return [change.key for change in self.changes]


async def until(holds: Callable[[], bool], seconds: float = 20.0) -> None:
    """Return once it holds; TimeoutError when it does not come to that."""
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.002)


async def standing(feed: Feed) -> None:
    """Return once the feed has told everything older than now."""
    now = time.monotonic()
    await until(lambda: feed.alive_at >= now)


@contextlib.asynccontextmanager
async def listening(database: Database, notes: Notes, *collections: str) -> AsyncIterator[Feed]:
    """A feed that tells these notes of the collections; the reset with which it begins is not counted."""
    feed = Feed(database)
    feed.subscribe(collections, notes)
    feed.open()
    try:
        await standing(feed)
        assert (notes.changes, notes.resets) == ([], 1)
        notes.resets = 0
        yield feed
    finally:
        await feed.close()


async def streams(database: Database) -> list[int]:
    """The ids of the database's open change feeds."""
    # At rest and while it is being asked, a stream goes under two names.
    names = [f"{database.name}.$cmd.aggregate", f"{database.name}.$cmd"]
    stages: list[dict[str, Any]] = [
        {"$currentOp": {"idleCursors": True, "allUsers": True}},
        {"$match": {"cursor.originatingCommand.comment": COMMENT, "ns": {"$in": names}}},
    ]
    cursor = await database.client.admin.aggregate(stages)
    return [operation["cursor"]["cursorId"] async for operation in cursor]


async def kill_streams(database: Database) -> None:
    """Break the database's change feeds at the server, as a failover does."""
    async with asyncio.timeout(20):
        while not (found := await streams(database)):  # noqa: ASYNC110 - MongoDB has no event for it
            await asyncio.sleep(0.002)
    await database.command({"killCursors": "$cmd.aggregate", "cursors": found})


class Network:
    """Carries bytes between clients and one MongoDB, until it is told not to."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._flows = asyncio.Event()
        self._flows.set()
        self._tasks: set[asyncio.Task[None]] = set()

    def freeze(self) -> None:
        """Let nothing through, and tell nobody."""
        self._flows.clear()

    def thaw(self) -> None:
        """Let everything through again."""
        self._flows.set()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection to its end."""
        there, back = await asyncio.open_connection(*self._target)
        pumps = {asyncio.create_task(self._pump(reader, back)), asyncio.create_task(self._pump(there, writer))}
        self._tasks |= pumps
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        for end in (writer, back):
            end.close()

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while piece := await source.read(65_536):
                await self._flows.wait()
                sink.write(piece)
                await sink.drain()

    async def stop(self) -> None:
        """Break every connection."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@contextlib.asynccontextmanager
async def behind(database: Database) -> AsyncIterator[tuple[Network, Database]]:
    """The database as it is seen through a network of one's own."""
    address = await database.client.address
    assert address is not None
    network = Network(*address)
    server = await asyncio.start_server(network.carry, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    uri = f"mongodb://127.0.0.1:{port}/?directConnection=true&serverSelectionTimeoutMS=3000"
    try:
        async with AsyncMongoClient[dict[str, Any]](uri) as client:
            yield network, client[database.name]
            network.thaw()
    finally:
        server.close()
        await network.stop()
