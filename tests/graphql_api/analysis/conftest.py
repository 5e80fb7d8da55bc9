"""An agent, a buyer with an offer, a desk, and workers that are stopped when their test is over."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from graphql import GraphQLSchema
from structlog.typing import EventDict

from graphql_api.analysis.analyst import Analyst
from graphql_api.analysis.builtin import BuiltIn
from graphql_api.analysis.desk import Desk
from graphql_api.analysis.queue import Queue
from graphql_api.analysis.worker import Worker
from models.ending import ended
from models.store import Store
from models.store.connection import Database
from tests.factories import estate as make
from tests.fixtures.estate import Parties
from tests.graphql_api.answering.model import Model, serving
from tests.resolvers.estate import negotiating
from tests.resolvers.estate.negotiating import Scene

WAIT_SECONDS = 20
Stored = dict[str, Any]


@dataclass
class Bid:
    """An offer of Bea's on a listing of Ann's."""

    there: Scene
    database: Database
    listing: Stored
    row: Stored

    @property
    def id(self) -> str:
        """Its global id."""
        return negotiating.key(self.row)

    async def now(self) -> Stored:
        """The offer as it is stored."""
        return await negotiating.stored(self.database, self.row)

    async def until(self, condition: Callable[[Stored], bool]) -> Stored:
        """The offer once it is so."""
        async with asyncio.timeout(WAIT_SECONDS):
            while not condition(found := await self.now()):  # noqa: ASYNC110  # the database has no event for it
                await asyncio.sleep(0.02)
        return found

    async def analyzed(self) -> Stored:
        """Its analysis, once there is one."""
        found: Stored = (await self.until(lambda row: "aiAnalysis" in row))["aiAnalysis"]
        return found

    async def another(self, **values: Any) -> "Bid":
        """Another offer of hers, on another listing."""
        listing = await make.listing(self.there.agent.row, offerCount=1, address="2 Side Street")
        return Bid(self.there, self.database, listing, await make.offer(listing, self.there.buyer.row, **values))


async def logged(logs: list[EventDict], event: str, **values: Any) -> EventDict:
    """A line of the log with these values, once there is one."""

    def fits(line: EventDict) -> bool:
        return line["event"] == event and all(line.get(name) == value for name, value in values.items())

    async with asyncio.timeout(WAIT_SECONDS):
        while not (found := [line for line in logs if fits(line)]):  # noqa: ASYNC110  # the log has no event
            await asyncio.sleep(0.02)
    return found[0]


@pytest.fixture
async def bid(parties: Parties, database: Database) -> Bid:
    """The offer."""
    there = await negotiating.scene(parties)
    listing = await make.listing(there.agent.row, offerCount=1)
    return Bid(there, database, listing, await make.offer(listing, there.buyer.row))


@pytest.fixture
def desk(schema: GraphQLSchema, store: Store) -> Desk:
    """The worker's desk."""
    return Desk(schema, store, seconds=30)


@pytest.fixture
async def model() -> AsyncIterator[Model]:
    """A model's endpoint."""
    async with serving(Model()) as model:
        yield model


Start = Callable[..., Awaitable[asyncio.Task[None]]]


@pytest.fixture
async def start(desk: Desk) -> AsyncIterator[Start]:
    """Starts a worker; all are stopped at the end."""
    started: list[asyncio.Task[None]] = []

    async def begin(
        analyst: Analyst | None = None, *, at: Desk = desk, concurrency: int = 4, rest: float = 0.1, sweep: float = 60
    ) -> asyncio.Task[None]:
        queue = Queue(at, poll=0.02, rest=rest)
        worker = Worker(at, analyst or BuiltIn(), queue, concurrency=concurrency, sweep=sweep)
        started.append(asyncio.create_task(worker.run()))
        return started[-1]

    yield begin
    await ended(started)
