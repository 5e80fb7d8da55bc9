"""Who may open a socket: the subprotocol, the origin of the page, and the credential."""

from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from graphql_api.http.socket.origins import admits
from tests.graphql_api.http.serving import connected

ALLOWED = frozenset({"https://app.example"})


@pytest.mark.parametrize("offered", [None, ["graphql-ws"], ["graphql-ws", "other"]])
async def test_other_subprotocols_are_not_spoken(live: str, offered: list[str] | None) -> None:
    async with connected(live, subprotocols=offered) as socket:
        assert socket.connection.subprotocol is None
        assert await socket.closed() == (4406, "Subprotocol not acceptable")


async def test_of_several_subprotocols_the_known_one_is_spoken(live: str) -> None:
    async with connected(live, subprotocols=["graphql-ws", "graphql-transport-ws"]) as socket:
        assert socket.connection.subprotocol == "graphql-transport-ws"
        await socket.begin()


@pytest.mark.parametrize("origin", ["https://app.example", "same"])
async def test_pages_of_known_origins_connect(live: str, origin: str) -> None:
    async with connected(live, origin=live if origin == "same" else origin) as socket:
        await socket.begin()


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1"])
async def test_pages_of_other_origins_do_not(live: str, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with connected(live, origin=origin):
            pass
    response = refused.value.response
    assert response.status_code == 403
    assert b'"ORIGIN_NOT_ALLOWED"' in response.body
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("origin", "hosts", "admitted"),
    [
        (None, [], True),
        ("https://app.example", ["api.example"], True),
        ("https://api.example", ["api.example"], True),
        ("https://api.example", ["api.example:443"], True),
        ("http://API.example:80", ["api.example"], True),
        ("http://[::1]:8000", ["[::1]:8000"], True),
        ("https://api.example", ["api.example:80"], False),
        ("https://api.example.evil", ["api.example"], False),
        ("https://api.example", ["api.example", "evil.example"], False),
        ("https://api.example", [], False),
        ("null", ["null"], False),
        ("", [""], False),
        ("ftp://api.example", ["api.example"], False),
        ("https://[nonsense", ["[nonsense"], False),
        ("https://api.example:nonsense", ["api.example"], False),
    ],
)
def test_origins_are_compared_as_hosts_and_ports(origin: str | None, hosts: list[str], admitted: bool) -> None:
    assert admits(origin, hosts, ALLOWED) is admitted


@pytest.mark.parametrize(
    "payload",
    [
        {"authorization": "Bearer ada"},
        {"Authorization": "Bearer ada"},
        {"headers": {"authorization": "Bearer ada"}},
        {"headers": {"Authorization": "Bearer ada"}, "Authorization": "Bearer ada"},
    ],
)
async def test_the_payload_says_who_asks(live: str, payload: Any) -> None:
    async with connected(live, additional_headers={"Authorization": "Bearer eve", "X-Request-ID": "abc-1"}) as socket:
        await socket.begin(**payload)
        await socket.ask("1", "{ who }")
        assert (await socket.hear())["payload"] == {"data": {"who": "ada abc-1"}}
        response = socket.connection.response
        assert response is not None
        assert response.headers["X-Request-ID"] == "abc-1"


async def test_without_a_payload_the_handshake_says_it(live: str) -> None:
    async with connected(live, additional_headers={"Authorization": "Bearer eve", "X-Request-ID": "abc-1"}) as socket:
        await socket.begin(other=1)
        await socket.ask("1", "{ who }")
        assert (await socket.hear())["payload"] == {"data": {"who": "eve abc-1"}}


@pytest.mark.parametrize(
    "payload",
    [
        {"authorization": "Bearer bad"},
        {"authorization": 5},
        {"headers": {"Authorization": ["Bearer ada"]}},
        {"authorization": "Bearer suspended"},
    ],
)
async def test_a_refused_credential_closes_the_socket(live: str, payload: Any) -> None:
    async with connected(live) as socket:
        await socket.say({"type": "connection_init", "payload": payload})
        assert await socket.closed() == (4403, "Forbidden")


@pytest.mark.parametrize("token", ["nokeys", "unreachable"])
async def test_a_caller_who_cannot_be_looked_up_now_is_not_refused(live: str, token: str) -> None:
    async with connected(live) as socket:
        await socket.say({"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}})
        assert await socket.closed() == (1013, "Try again later")


async def test_a_fresh_credential_of_the_same_person_is_taken(live: str) -> None:
    async with connected(live) as socket:
        await socket.begin(authorization="Bearer ada-1")
        await socket.say({"type": "ping", "payload": {"authorization": "Bearer ada-2"}})
        assert await socket.hear() == {"type": "pong", "payload": {"authorized": True}}
        await socket.ask("1", "{ who }")
        assert (await socket.hear())["payload"]["data"]["who"].startswith("ada-2 ")


@pytest.mark.parametrize(
    ("first", "second"),
    [("ada", "eve"), ("ada", "bad"), (None, "ada"), ("ada", "suspended"), ("suspended-1", "suspended")],
)
async def test_another_credential_closes_the_socket(live: str, first: str | None, second: str) -> None:
    async with connected(live) as socket:
        await socket.begin(**({"authorization": f"Bearer {first}"} if first else {}))
        await socket.say({"type": "ping", "payload": {"authorization": f"Bearer {second}"}})
        assert await socket.closed() == (4403, "Forbidden")


async def test_a_credential_before_the_beginning_is_not_echoed(live: str) -> None:
    async with connected(live) as socket:
        await socket.say({"type": "ping", "payload": {"authorization": "Bearer ada"}})
        assert await socket.closed() == (4401, "Unauthorized")


async def test_elsewhere_there_are_no_sockets(live: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with connect(live.replace("http", "ws", 1) + "/elsewhere", proxy=None):
            pass
    assert refused.value.response.status_code == 403
