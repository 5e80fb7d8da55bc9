"""A desk, a model's endpoint, and workers that are stopped when their test is over."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from graphql import GraphQLSchema

from graphql_api.answering.advisor.desk import AdvisorDesk
from graphql_api.answering.endpoint import Endpoint
from graphql_api.answering.giving import Bounds
from graphql_api.answering.queue import queue
from graphql_api.answering.responder import Responder
from graphql_api.answering.worker import Worker
from models.advisor.message import MESSAGES
from models.store import Store
from models.store.connection import Database
from tests.factories import advisor as make
from tests.fixtures.wire import Caller, People
from tests.graphql_api.answering.model import Model, serving

WAIT_SECONDS = 20
Stored = dict[str, Any]


@dataclass
class Talk:
    """A person's conversation with an advisor that is to answer."""

    owner: Caller
    advisor: Stored
    conversation: Stored
    answer: Stored
    database: Database

    async def now(self) -> Stored:
        """The answer as it is stored."""
        found = await self.database[MESSAGES.collection].find_one({"_id": self.answer["_id"]})
        assert found is not None
        return found

    async def until(self, condition: Callable[[Stored], bool]) -> Stored:
        """The answer once it is so."""
        async with asyncio.timeout(WAIT_SECONDS):
            while not condition(found := await self.now()):  # noqa: ASYNC110  # the database has no event for it
                await asyncio.sleep(0.02)
        return found

    async def ended(self) -> Stored:
        """The answer when it has ended."""
        return await self.until(lambda row: row["status"] != "streaming")


async def begun(owner: Caller, database: Database, question: str = "What now?", **values: Any) -> Talk:
    """A question, and the answer to it that has begun."""
    advisor = await make.advisor(name="Ada", **values)
    conversation = await make.conversation(owner, activeAdvisorId=advisor["_id"], messageCount=2)
    await make.message(conversation, question, createdAt=100)
    given = {"sender": "advisor", "advisorId": advisor["_id"], "status": "streaming", "createdAt": 101}
    return Talk(owner, advisor, conversation, await make.message(conversation, "", **given), database)


@pytest.fixture
async def talk(people: People, database: Database) -> Talk:
    """Ann has asked Ada what now."""
    return await begun(await people.person("ann"), database)


@pytest.fixture
def desk(schema: GraphQLSchema, store: Store) -> AdvisorDesk:
    """The worker's desk."""
    return AdvisorDesk(schema, store, seconds=30)


@pytest.fixture
async def model() -> AsyncIterator[Model]:
    """A model's endpoint."""
    async with serving(Model()) as model:
        yield model


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    """A client that gives up in time."""
    async with httpx.AsyncClient(timeout=WAIT_SECONDS) as http:
        yield http


@pytest.fixture
def endpoint(http: httpx.AsyncClient, model: Model) -> tuple[Endpoint, list[float]]:
    """The endpoint as the worker asks it, which notes how long it would have waited instead of waiting."""
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    return Endpoint(http, model.url, "test-model", pause=pause), pauses


Start = Callable[..., Awaitable[asyncio.Task[None]]]


@pytest.fixture
async def start(desk: AdvisorDesk) -> AsyncIterator[Start]:
    """Starts a worker; all are stopped at the end."""
    started: list[asyncio.Task[None]] = []

    async def begin(
        responder: Responder, *, concurrency: int = 4, bounds: Bounds | None = None, at: AdvisorDesk = desk
    ) -> asyncio.Task[None]:
        worker = Worker(
            [at],
            responder,
            concurrency=concurrency,
            bounds=bounds or Bounds(writes=20),
            queue=lambda where: queue(where, 0.02),
        )
        started.append(asyncio.create_task(worker.run()))
        return started[-1]

    yield begin
    for task in started:
        task.cancel()
    await asyncio.gather(*started, return_exceptions=True)
