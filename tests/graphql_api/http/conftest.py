"""A small schema with its server, spoken to in process and over a real socket."""

import asyncio
import functools
import socket
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import strawberry
import uvicorn
from pymongo.errors import ServerSelectionTimeoutError
from starlette.types import ASGIApp
from strawberry.scalars import JSON

from graphql_api.app import pipeline, shell
from graphql_api.auth.errors import InvalidToken, KeysUnavailable
from graphql_api.http.assets import Assets, asset_route
from graphql_api.http.endpoint import GraphQLEndpoint
from graphql_api.http.health import health_routes
from graphql_api.http.metrics import Traffic
from graphql_api.http.page import graphiql_page
from graphql_api.operations.prepare import Operations, PreparedOperation
from models.errors import Code, Refusal
from models.store.connection import Database
from tests.fixtures.wire import Calls
from tests.graphql_api.http.naming import Open, opening

Post = Callable[..., Awaitable[httpx.Response]]


@dataclass
class Witness:
    """What the resolvers did, for tests to look at."""

    started: asyncio.Event = field(default_factory=asyncio.Event)
    cancelled: asyncio.Event = field(default_factory=asyncio.Event)
    count: int = 0


@dataclass
class Context:
    """What the resolvers are given."""

    caller: str | None
    request_id: str
    witness: Witness
    answers: dict[Any, Any] = field(default_factory=dict)


Info = strawberry.Info[Context, None]


class Lookalike(Exception):
    """Somebody else's exception that looks like a refusal."""

    code = "FORBIDDEN"
    message = "the secret of the house"


async def _wait(info: Info) -> str:
    info.context.witness.started.set()
    try:
        await asyncio.sleep(30)
    except asyncio.CancelledError:
        info.context.witness.cancelled.set()
        raise
    return "awake"


@strawberry.type
class Query:
    """Reads."""

    @strawberry.field
    def hello(self, name: str = "world") -> str:
        """A greeting."""
        return f"Hello, {name}!"

    @strawberry.field
    def who(self, info: Info) -> str | None:
        """Who asks, and under which id."""
        return f"{info.context.caller} {info.context.request_id}"

    @strawberry.field
    async def slow(self, info: Info) -> str:
        """Waits for thirty seconds."""
        return await _wait(info)

    @strawberry.field
    def fails(self) -> str | None:
        """Breaks."""
        raise RuntimeError("the secret of the house")

    @strawberry.field
    def away(self) -> str | None:
        """Finds no database."""
        raise ServerSelectionTimeoutError("mongodb://secret")

    @strawberry.field
    def must(self) -> str:
        """Breaks where null is not allowed."""
        raise RuntimeError("the secret of the house")

    @strawberry.field
    def echo(self, value: JSON) -> JSON:
        """What it was given."""
        return value

    @strawberry.field
    def vast(self) -> JSON:
        """A number that JSON's writer refuses."""
        return JSON(2**70)


@strawberry.type
class Mutation:
    """Writes."""

    @strawberry.mutation
    def increment(self, info: Info) -> int:
        """Counts."""
        info.context.witness.count += 1
        return info.context.witness.count

    @strawberry.mutation
    async def linger(self, info: Info) -> str:
        """Waits for thirty seconds."""
        return await _wait(info)


@strawberry.type
class Subscription:
    """Streams."""

    @strawberry.subscription
    async def ticks(self) -> AsyncGenerator[int, None]:
        """One tick."""
        yield 1


@dataclass(frozen=True)
class Served:
    """What the endpoint asks for, with made-up callers: the token is the name."""

    operations: Operations
    witness: Witness
    operation_seconds: float = 5.0

    async def identify(self, credentials: Sequence[bytes]) -> str | None:
        """Return the token as the caller's name."""
        token = b"".join(credentials).decode().removeprefix("Bearer ")
        if token == "bad":
            raise InvalidToken("expired")
        if token == "nokeys":
            raise KeysUnavailable
        return token or None

    async def context_for(self, caller: str | None, _: PreparedOperation, request_id: str) -> Context:
        """Return the context, or refuse the suspended caller."""
        if caller == "suspended":
            raise Refusal(Code.FORBIDDEN, "This account is suspended.")
        if caller == "lookalike":
            raise Lookalike
        if caller == "puzzling":
            raise Refusal(Code.CONFLICT, "the secret of the house")
        if caller == "broken":
            raise RuntimeError("the secret of the house")
        return Context(caller, request_id, self.witness)


@pytest.fixture
async def witness() -> Witness:
    return Witness()


@pytest.fixture(scope="session")
async def schema() -> strawberry.Schema:
    return strawberry.Schema(Query, Mutation, Subscription)


@pytest.fixture
async def serve(schema: strawberry.Schema, witness: Witness) -> Callable[..., ASGIApp]:
    """Make an application; keywords are attributes of its server."""
    return functools.partial(_application, schema, witness)


@pytest.fixture
async def app(serve: Callable[..., ASGIApp]) -> ASGIApp:
    return serve()


def _application(schema: strawberry.Schema, witness: Witness, **more: Any) -> ASGIApp:
    """Return an application with the endpoint, its page and health in the pipeline of the real one."""
    assets = Assets()
    page = graphiql_page(assets, default_query="{ hello }", demo_token="</script><b>")
    server = Served(Operations(schema._schema, introspection=True, suggestions=True), witness, **more)

    async def ready() -> None:
        if witness.count < 0:
            raise ConnectionError("mongodb://secret")

    others = shell([asset_route(assets), *health_routes(ready)])
    return pipeline(GraphQLEndpoint(server, page), others, ["https://app.example"], Traffic())


@pytest.fixture
async def web(app: ASGIApp) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://api") as web:
        yield web


@pytest.fixture
async def post(web: httpx.AsyncClient) -> Post:
    """Post one GraphQL request; `accept` is short for the header."""

    async def send(query: Any, accept: str = "application/graphql-response+json", **body: Any) -> httpx.Response:
        return await web.post("/graphql", json={"query": query, **body}, headers={"Accept": accept})

    return send


@pytest.fixture
async def live(app: ASGIApp) -> AsyncIterator[str]:
    """The address of a real uvicorn that serves the application."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(app, log_level="error", server_header=False, lifespan="off", ws="none")
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve([listener]))
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        await serving


@pytest.fixture
async def open_web(watched: tuple[Database, Calls], tmp_path: Path) -> AsyncIterator[Open]:
    """Makes clients of the whole server, each with settings of its own."""
    async with opening(watched[0], tmp_path) as opened:
        yield opened
