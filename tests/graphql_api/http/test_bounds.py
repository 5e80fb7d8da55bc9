"""How many connections and subscriptions one may have, and what becomes of clients that do not read."""

import asyncio
import socket
from contextlib import AsyncExitStack
from typing import Any

import httpx
import orjson
import pytest
from websockets.exceptions import InvalidStatus

from graphql_api.commands.serve import listen
from graphql_api.http.connections import Connections, Full, Owner
from graphql_api.http.entrance import Entrance
from graphql_api.http.patience import Patience
from graphql_api.limits import (
    CONNECTIONS_PER_ACCOUNT,
    CONNECTIONS_PER_ADDRESS,
    OPERATIONS_OPEN,
    SUBSCRIPTIONS_PER_OWNER,
)
from tests.fixtures.wire import SETTINGS
from tests.graphql_api.http.serving import Socket, connected, standing_server
from tests.models.store.listening import until

ADA, HERE = Owner("ada", "account"), Owner("10.0.0.1", "address")


def nothing() -> None:
    """End nothing."""


@pytest.mark.parametrize(("owner", "most"), [(ADA, CONNECTIONS_PER_ACCOUNT), (HERE, CONNECTIONS_PER_ADDRESS)])
async def test_an_owner_has_so_many_seats(owner: Owner, most: int) -> None:
    connections = Connections()
    seats = [connections.enter(owner, "events", nothing) for _ in range(most)]
    with pytest.raises(Full) as full:
        connections.enter(owner, "websocket", nothing)
    assert full.value.code == "TOO_MANY_CONNECTIONS"
    assert full.value.message == f"This {owner.noun} has {most} connections open; close one of them first."
    connections.enter(Owner("eve", "account"), "websocket", nothing)
    seats[0].leave()
    connections.enter(owner, "websocket", nothing)
    assert (connections.sockets, connections.streams) == (2, most - 1)


async def test_a_seat_moves_to_its_real_owner() -> None:
    connections = Connections()
    seat = connections.enter(HERE, "websocket", nothing)
    seat.move(ADA)
    for _ in range(CONNECTIONS_PER_ACCOUNT - 1):
        connections.enter(ADA, "websocket", nothing)
    late = [connections.enter(HERE, "websocket", nothing) for _ in range(CONNECTIONS_PER_ADDRESS)]
    with pytest.raises(Full):
        late[0].move(ADA)
    with pytest.raises(Full):
        connections.enter(HERE, "websocket", nothing)
    seat.leave()
    late[0].move(ADA)
    connections.enter(HERE, "websocket", nothing)


async def test_who_enters_while_all_are_told_to_end_is_told_too() -> None:
    connections, ended = Connections(), asyncio.Event()
    connections.end_all()
    connections.enter(ADA, "websocket", ended.set)
    await asyncio.wait_for(ended.wait(), 10)


async def test_one_socket_too_many_is_refused(live: str) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(CONNECTIONS_PER_ACCOUNT):
            socket = await stack.enter_async_context(connected(live))
            await socket.begin(authorization="Bearer ada")
        async with connected(live) as late:
            await late.say({"type": "connection_init", "payload": {"authorization": "Bearer ada"}})
            assert await late.closed() == (1013, "TOO_MANY_CONNECTIONS")
        async with httpx.AsyncClient() as web:
            body, headers = {"query": "subscription { ticks }"}, {"Authorization": "Bearer ada"}
            response = await web.post(f"{live}/graphql", json=body, headers={"Accept": "text/event-stream", **headers})
        assert (response.status_code, response.headers["retry-after"]) == (429, "2")
        assert response.json()["errors"][0]["extensions"]["code"] == "TOO_MANY_CONNECTIONS"
        async with connected(live) as other:
            await other.begin(authorization="Bearer eve")


async def test_one_stranger_too_many_is_refused_at_the_door(live: str) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(CONNECTIONS_PER_ADDRESS):
            await stack.enter_async_context(connected(live))
        with pytest.raises(InvalidStatus) as refused:
            await stack.enter_async_context(connected(live))
    assert refused.value.response.status_code == 429
    assert b'"TOO_MANY_CONNECTIONS"' in refused.value.response.body


async def _subscribe(socket: Socket, number: int) -> str:
    """The code of the refusal of one of so many subscriptions."""
    for identity in range(number):
        await socket.ask(str(identity), "subscription { endless }")
    for _ in range(number):
        heard = await socket.hear()
        if heard["type"] == "error":
            return str(heard["payload"][0]["extensions"]["code"])
    return ""


async def test_a_socket_carries_so_many_operations(live: str) -> None:
    async with connected(live) as socket:
        await socket.begin()
        assert await _subscribe(socket, OPERATIONS_OPEN) == ""
        await socket.ask("late", "{ hello }")
        heard = await socket.hear()
        assert (heard["id"], heard["type"]) == ("late", "error")
        assert heard["payload"][0]["extensions"]["code"] == "TOO_MANY_SUBSCRIPTIONS"
        await socket.say({"id": "0", "type": "complete"})
        await socket.ask("late", "{ hello }")
        assert (await socket.hear())["type"] == "next"


async def test_an_account_has_so_many_subscriptions(live: str) -> None:
    async with AsyncExitStack() as stack:
        for number in range(SUBSCRIPTIONS_PER_OWNER // OPERATIONS_OPEN + 1):
            socket = await stack.enter_async_context(connected(live))
            await socket.begin(authorization=f"Bearer ada-{number}")
            refused = await _subscribe(socket, OPERATIONS_OPEN)
        assert refused == "TOO_MANY_SUBSCRIPTIONS"
        await socket.say({"type": "ping"})
        async with httpx.AsyncClient() as web:
            body, headers = {"query": "subscription { ticks }"}, {"Authorization": "Bearer ada"}
            response = await web.post(f"{live}/graphql", json=body, headers={"Accept": "text/event-stream", **headers})
    assert '"code":"TOO_MANY_SUBSCRIPTIONS"' in response.text
    assert response.text.endswith("event: complete\ndata:\n\n")


MEGABYTE = "subscription { endless(bytes: 1000000) }"


async def test_clients_that_vanish_leave_nothing_behind(app: Entrance, witness: Any) -> None:
    before = asyncio.all_tasks()
    async with standing_server(app) as address:
        for number in range(30):
            async with connected(address) as client:
                await client.begin(authorization=f"Bearer ada-{number}")
                await client.ask("1", "subscription { endless }")
                await client.hear()
                await client.ask("2", "{ slow }")
                client.connection.transport.abort()
        await until(lambda: witness.ended == 30)
        await until(lambda: (app._connections.sockets, app._connections.subscriptions) == (0, 0))
        assert not app._connections._open
        assert not app._connections._subscribed
    await until(lambda: not asyncio.all_tasks() - before)


async def _settled(witness: Any) -> int:
    """How much was taken from the generator when nothing more is."""
    taken = -1
    while taken != witness.taken:
        taken = witness.taken
        await asyncio.sleep(0.3)
    return taken


async def _ended(witness: Any) -> None:
    async with asyncio.timeout(20):
        while not witness.ended:  # noqa: ASYNC110 - the server does not say so
            await asyncio.sleep(0.01)


async def test_a_socket_that_is_not_read_is_cut(serve: Any, witness: Any) -> None:
    async with (
        standing_server(serve(Patience(send=2.0))) as address,
        connected(address, max_queue=1, max_size=None) as client,
    ):
        await client.begin()
        await client.ask("1", MEGABYTE)
        await asyncio.wait_for(witness.started.wait(), 10)
        taken = await _settled(witness)
        # What the two kernels hold, and one more.
        assert taken < 20
        await _ended(witness)
        assert witness.taken == taken


def test_the_system_drops_what_is_not_read() -> None:
    with listen(SETTINGS.model_copy(update={"port": 0})) as listening:
        assert listening.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 20_000


@pytest.mark.parametrize("accept", ["text/event-stream", "multipart/mixed;subscriptionSpec=1.0"])
async def test_a_stream_that_is_not_read_is_cut(serve: Any, witness: Any, accept: str) -> None:
    async with standing_server(serve(Patience(send=2.0))) as address:
        body = orjson.dumps({"query": MEGABYTE})
        host, _, port = address.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port))) as client:
            head = f"POST /graphql HTTP/1.1\r\nHost: {host}\r\nAccept: {accept}\r\nContent-Type: application/json\r\n"
            client.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
            await asyncio.wait_for(witness.started.wait(), 10)
            taken = await _settled(witness)
            assert taken < 20
            await _ended(witness)
            assert witness.taken == taken
