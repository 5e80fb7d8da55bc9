"""A small schema with its server, spoken to in process and over a real socket."""

import functools
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import strawberry

from graphql_api.app import pipeline, shell
from graphql_api.auth.errors import InvalidToken, KeysUnavailable
from graphql_api.http.assets import Assets, asset_route
from graphql_api.http.connections import Connections
from graphql_api.http.endpoint import GraphQLEndpoint
from graphql_api.http.entrance import Entrance
from graphql_api.http.health import health_routes
from graphql_api.http.metrics import Traffic
from graphql_api.http.page import graphiql_page
from graphql_api.http.patience import Patience
from graphql_api.operations.prepare import Operations, PreparedOperation
from models.actor import ANONYMOUS, Actor
from models.errors import Code, Refusal
from models.store.connection import Database
from tests.fixtures.wire import Calls
from tests.graphql_api.http.naming import Open, opening
from tests.graphql_api.http.serving import standing_server
from tests.graphql_api.http.small_schema import Context, Lookalike, Mutation, Query, Subscription, Witness

Post = Callable[..., Awaitable[httpx.Response]]


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

    async def context_for(self, caller: str | None, _: PreparedOperation, request_id: str, _address: str) -> Context:
        """Return the context, or refuse the suspended caller, and the one whose portal is closed."""
        if caller == "closed":
            raise Refusal(Code.UNAUTHENTICATED, "This portal is closed.")
        if caller == "suspended":
            raise Refusal(Code.FORBIDDEN, "This account is suspended.")
        if caller == "lookalike":
            raise Lookalike
        if caller == "puzzling":
            raise Refusal(Code.CONFLICT, "the secret of the house")
        if caller == "broken":
            raise RuntimeError("the secret of the house")
        return Context(caller, request_id, self.witness)

    def principal(self, caller: str | None) -> str | None:
        """Return the caller's name, without what tells one token of his from the other."""
        return caller.split("-")[0] if caller else None

    def expiry(self, _: str | None) -> float | None:
        """Return None: these tokens last."""
        return None

    async def admitted(self, caller: str | None) -> Actor:
        """Return the actor, or refuse the suspended caller."""
        if caller == "unreachable":
            raise ConnectionError("mongodb://secret")
        if caller == "suspended":
            raise Refusal(Code.FORBIDDEN, "This account is suspended.")
        return ANONYMOUS

    async def again(self, caller: str | None, _: PreparedOperation | None) -> Actor:
        """Return the same."""
        return await self.admitted(caller)

    def watch(self, _actor: Actor, _told: Callable[[], None]) -> Callable[[], None]:
        """Watch nothing: these callers never change."""
        return lambda: None


@pytest.fixture
async def witness() -> Witness:
    return Witness()


@pytest.fixture(scope="session")
async def schema() -> strawberry.Schema:
    return strawberry.Schema(Query, Mutation, Subscription)


@pytest.fixture
async def serve(schema: strawberry.Schema, witness: Witness) -> Callable[..., Entrance]:
    """Make an application; keywords are its `patience` and attributes of its server."""
    return functools.partial(_application, schema, witness)


@pytest.fixture
async def app(serve: Callable[..., Entrance]) -> Entrance:
    return serve()


def _application(
    schema: strawberry.Schema, witness: Witness, patience: Patience | None = None, **more: Any
) -> Entrance:
    """Return an application with the endpoint, its page and health in the pipeline of the real one."""
    assets = Assets()
    page = graphiql_page(assets, default_query="{ hello }", demo_token="</script><b>")
    server = Served(Operations(schema._schema, introspection=True, suggestions=True), witness, **more)

    async def ready() -> None:
        if witness.count < 0:
            raise ConnectionError("mongodb://secret")

    others = shell([asset_route(assets), *health_routes(ready)])
    origins, connections = ["https://app.example"], Connections()
    endpoint = GraphQLEndpoint(server, page, connections=connections, origins=origins, patience=patience)
    return pipeline(endpoint, others, origins, Traffic(), connections)


@pytest.fixture
async def web(app: Entrance) -> AsyncIterator[httpx.AsyncClient]:
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
async def live(app: Entrance) -> AsyncIterator[str]:
    """The address of a real uvicorn that serves the application."""
    async with standing_server(app) as address:
        yield address


@pytest.fixture
async def open_web(watched: tuple[Database, Calls], tmp_path: Path) -> AsyncIterator[Open]:
    """Makes clients of the whole server, each with settings of its own."""
    async with opening(watched[0], tmp_path) as opened:
        yield opened
