"""Long connections of real accounts: who may stay, until when, and what running operations learn of it."""

import asyncio
import dataclasses
from collections.abc import AsyncGenerator, AsyncIterator

import httpx
import orjson
import pytest
import strawberry
from bson import ObjectId

from graphql_api.app import build_server, pipeline, shell, token_rules
from graphql_api.auth.minting import mint
from graphql_api.context import Server
from graphql_api.http.endpoint import GraphQLEndpoint
from graphql_api.http.metrics import Traffic
from graphql_api.operations.prepare import Operations
from models.store.connection import Database
from resolvers.context import Info
from tests.fixtures.wire import SETTINGS, Caller, Calls, People
from tests.graphql_api.http.serving import Socket, connected, standing_server
from tests.graphql_api.http.small_schema import Text
from tests.models.store.listening import standing, until

RIGHTS = "subscription { advisorRights }"
SUSPENDED = {"$set": {"status": "suspended"}}


@strawberry.type
class Query:
    """Reads."""

    @strawberry.field
    def hello(self) -> str:
        """A greeting."""
        return "Hello!"


@strawberry.type
class Subscription:
    """Streams."""

    @strawberry.subscription
    async def advisor_rights(self, info: Info) -> AsyncGenerator[str, None]:
        """What the actor may, now and whenever that was asked again."""
        news = asyncio.Event()
        info.context.caller.tell(news.set)
        while True:
            actor = info.context.actor
            yield Text(f"{actor.kind} {len(actor.profiles)} {len(actor.grants.get('advisor.met', ()))}")
            await news.wait()
            news.clear()


@pytest.fixture(scope="module")
async def rights_schema() -> strawberry.Schema:
    return strawberry.Schema(Query, subscription=Subscription)


@pytest.fixture
async def server(
    watched: tuple[Database, Calls], empty: None, rights_schema: strawberry.Schema
) -> AsyncIterator[Server]:
    """The server as it is while it serves, with a schema of its own and tokens that end when they say."""
    server = build_server(SETTINGS.model_copy(update={"auth_leeway_seconds": 0}), watched[0])
    operations = Operations(rights_schema._schema, introspection=True)
    server = dataclasses.replace(server, operations=operations)
    await server.open()
    await standing(server.store.feed)
    yield server
    await server.close()


@pytest.fixture
async def address(server: Server) -> AsyncIterator[str]:
    """Where it serves."""
    async with standing_server(pipeline(GraphQLEndpoint(server), shell([]), [], Traffic())) as address:
        yield address


async def rights(socket: Socket, caller: Caller) -> None:
    """Begin, and ask for the rights."""
    await socket.begin(authorization=f"Bearer {caller.token}")
    await socket.ask("1", RIGHTS)
    assert (await socket.hear())["payload"] == {"data": {"advisorRights": "ACCOUNT 1 0"}}


def brief(name: str, seconds: int = 2) -> str:
    """A token that ends soon."""
    return f"Bearer {mint(token_rules(SETTINGS), name, lifetime_seconds=seconds)}"


async def events(response: httpx.Response) -> AsyncIterator[str]:
    """The pieces of a stream of events."""
    text = ""
    async for piece in response.aiter_text():
        *whole, text = (text + piece).split("\n\n")
        for event in whole:
            if event != ":":
                yield event


@pytest.mark.parametrize("status", ["suspended", "deleted"])
async def test_who_is_shut_out_elsewhere_loses_his_socket(
    address: str, people: People, database: Database, status: str
) -> None:
    ann, bob = await people.person("ann"), await people.person("bob")
    async with connected(address) as idle, connected(address) as busy, connected(address) as other:
        await idle.begin(authorization=f"Bearer {ann.token}")
        await rights(busy, ann)
        await rights(other, bob)
        await database["accounts"].update_one({"_id": ann.account}, {"$set": {"status": status}})
        assert await idle.closed() == (4403, "Forbidden")
        assert await busy.closed() == (4403, "Forbidden")
        await other.say({"type": "ping"})
        assert await other.hear() == {"type": "pong"}
        async with connected(address) as again:
            await again.say({"type": "connection_init", "payload": {"authorization": f"Bearer {ann.token}"}})
            assert await again.closed() == (4403, "Forbidden")


async def test_whose_account_is_gone_is_out_and_it_stays_gone(address: str, people: People, database: Database) -> None:
    ann = await people.person("ann")
    async with connected(address) as socket:
        await rights(socket, ann)
        await database["advisor_users"].delete_many({})
        await database["accounts"].delete_many({})
        assert (await socket.closed())[0] == 4403
    assert await database["accounts"].count_documents({}) == 0


async def test_running_operations_learn_of_new_rights(address: str, people: People, database: Database) -> None:
    ann = await people.person("ann")
    async with connected(address) as socket:
        await rights(socket, ann)
        accounts, users = database["accounts"], database["advisor_users"]
        await users.update_one({"accountId": ann.account}, {"$addToSet": {"metAdvisorIds": ObjectId()}})
        assert (await socket.hear())["payload"] == {"data": {"advisorRights": "ACCOUNT 1 1"}}
        await accounts.update_one({"_id": ann.account}, {"$set": {"platformRoles": ["operator"]}})
        assert (await socket.hear())["payload"] == {"data": {"advisorRights": "OPERATOR 1 1"}}
        await users.delete_one({"accountId": ann.account})
        assert (await socket.hear())["payload"] == {"data": {"advisorRights": "OPERATOR 0 0"}}
    assert await users.count_documents({}) == 0


async def test_a_change_of_another_account_asks_nothing(
    address: str, people: People, database: Database, server: Server, watched: tuple[Database, Calls]
) -> None:
    ann, bob = await people.person("ann"), await people.person("bob")
    async with connected(address) as socket:
        await rights(socket, ann)
        await standing(server.store.feed)
        watched[1].seen.clear()
        await database["accounts"].update_one({"_id": bob.account}, SUSPENDED)
        await database["advisor_users"].update_one({"accountId": ann.account}, {"$set": {"name": "Annie"}})
        await standing(server.store.feed)
        await socket.say({"type": "ping"})
        assert await socket.hear() == {"type": "pong"}
    assert set(watched[1].names) <= {"getMore"}


async def test_a_socket_ends_with_its_token(address: str, people: People) -> None:
    await people.person("ann")
    async with connected(address) as socket:
        await socket.begin(authorization=brief("ann"))
        await socket.ask("1", RIGHTS)
        assert await socket.closed() == (4401, "Token expired")


async def test_a_fresh_token_keeps_the_socket(address: str, people: People) -> None:
    await people.person("ann")
    async with connected(address) as socket:
        await socket.begin(authorization=brief("ann"))
        await socket.say({"type": "ping", "payload": {"authorization": brief("ann", 3600)}})
        assert await socket.hear() == {"type": "pong", "payload": {"authorized": True}}
        await asyncio.sleep(2.2)
        await socket.ask("1", RIGHTS)
        assert (await socket.hear())["type"] == "next"
        await socket.say({"type": "ping", "payload": {"authorization": brief("bob")}})
        assert await socket.closed() == (4403, "Forbidden")


async def test_an_expired_token_opens_nothing(address: str, people: People) -> None:
    async with connected(address) as socket:
        await socket.say({"type": "connection_init", "payload": {"authorization": brief("ann", -1)}})
        assert await socket.closed() == (4403, "Forbidden")


async def test_services_and_strangers_stay(address: str, people: People, database: Database) -> None:
    service = people.service("answering")
    async with connected(address) as known, connected(address) as stranger:
        await known.begin(authorization=f"Bearer {service.token}")
        await stranger.begin()
        for socket, kind in ((known, "SERVICE"), (stranger, "ANONYMOUS")):
            await socket.ask("1", RIGHTS)
            assert (await socket.hear())["payload"] == {"data": {"advisorRights": f"{kind} 0 0"}}
    assert await database["accounts"].count_documents({}) == 0


async def test_a_stream_of_events_ends_with_the_account(address: str, people: People, database: Database) -> None:
    ann = await people.person("ann")
    headers = {"Accept": "text/event-stream", "Authorization": f"Bearer {ann.token}"}
    async with (
        httpx.AsyncClient(timeout=10) as web,
        web.stream("POST", f"{address}/graphql", json={"query": RIGHTS}, headers=headers) as response,
    ):
        stream = events(response)
        assert await anext(stream) == 'event: next\ndata: {"data":{"advisorRights":"ACCOUNT 1 0"}}'
        await database["accounts"].update_one({"_id": ann.account}, SUSPENDED)
        error = {"message": "This account is suspended.", "extensions": {"code": "FORBIDDEN"}}
        said = orjson.dumps({"errors": [error]}).decode()
        assert [event async for event in stream] == [f"event: next\ndata: {said}", "event: complete\ndata:"]


@pytest.mark.parametrize("accept", ["text/event-stream", "multipart/mixed;subscriptionSpec=1.0"])
async def test_a_stream_ends_with_its_token(address: str, people: People, accept: str) -> None:
    await people.person("ann")
    headers = {"Accept": accept, "Authorization": brief("ann")}
    async with httpx.AsyncClient(timeout=10) as web:
        response = await web.post(f"{address}/graphql", json={"query": RIGHTS}, headers=headers)
    error = '[{"message":"Token expired","extensions":{"code":"UNAUTHENTICATED"}}]'
    if accept == "text/event-stream":
        assert response.text.endswith(f'event: next\ndata: {{"errors":{error}}}\n\nevent: complete\ndata:\n\n')
    else:
        assert response.text.endswith(f'\r\n\r\n{{"payload":null,"errors":{error}}}\r\n--graphql--\r\n')


async def test_nothing_is_watched_after_the_end(address: str, people: People, server: Server) -> None:
    ann = await people.person("ann")
    async with connected(address) as socket:
        await rights(socket, ann)
        assert len(server.store.principals._kept._watchers) == 2
        await socket.say({"id": "1", "type": "complete"})
        await until(lambda: len(server.store.principals._kept._watchers) == 1)
    await until(lambda: not server.store.principals._kept._watchers)
