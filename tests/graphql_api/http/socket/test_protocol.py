"""`graphql-transport-ws` by raw frames: each message, and each code that a socket is closed with."""

import asyncio
from typing import Any

import pytest

from graphql_api.http.patience import Patience
from graphql_api.limits import SOCKET_MESSAGE_BYTES
from tests.graphql_api.http.serving import connected, standing_server

INIT = {"type": "connection_init"}


def subscribe(**payload: Any) -> dict[str, Any]:
    return {"id": "1", "type": "subscribe", "payload": payload}


async def test_a_subscription_has_its_results_and_its_end(live: str) -> None:
    async with connected(live) as socket:
        await socket.begin()
        await socket.ask("1", "subscription ($to: Int!) { ticks(to: $to) }", variables={"to": 2})
        heard = [await socket.hear() for _ in range(3)]
    assert heard == [
        {"id": "1", "type": "next", "payload": {"data": {"ticks": 1}}},
        {"id": "1", "type": "next", "payload": {"data": {"ticks": 2}}},
        {"id": "1", "type": "complete"},
    ]


async def test_queries_and_mutations_have_one_result(live: str, witness: Any) -> None:
    async with connected(live) as socket:
        await socket.begin(authorization="Bearer ada")
        document = "query A { who } mutation B { increment }"
        for name, data in (("A", None), ("B", {"increment": 1})):
            await socket.ask(f'"{name}"', document, operationName=name)
            result = await socket.hear()
            assert (result["id"], result["type"]) == (f'"{name}"', "next")
            assert result["payload"]["data"] == data or result["payload"]["data"]["who"].startswith("ada ")
            assert await socket.hear() == {"id": f'"{name}"', "type": "complete"}
    assert witness.count == 1


async def test_an_id_is_free_after_its_end_and_after_the_client_has_completed_it(live: str, witness: Any) -> None:
    async with connected(live) as socket:
        await socket.begin()
        for _ in range(2):
            await socket.ask("1", "{ hello }")
            assert (await socket.hear())["type"] == "next"
            assert await socket.hear() == {"id": "1", "type": "complete"}
        for number in range(2):
            await socket.ask("1", "subscription { endless }")
            assert (await socket.hear())["payload"] == {"data": {"endless": "x"}}
            await socket.say({"id": "1", "type": "complete"})
            await socket.say({"type": "ping"})
            # Nothing more of the operation comes, not even its end.
            assert await socket.hear() == {"type": "pong"}
            assert witness.ended == number + 1


async def test_operations_run_side_by_side(live: str) -> None:
    async with connected(live) as socket:
        await socket.begin()
        await socket.ask("slow", "{ slow }")
        await socket.ask("1", "{ hello }")
        assert (await socket.hear())["id"] == "1"


async def test_a_refused_operation_is_an_error_and_the_others_go_on(live: str, witness: Any) -> None:
    async with connected(live) as socket:
        await socket.begin()
        await socket.ask("open", "subscription { endless }")
        assert (await socket.hear())["id"] == "open"
        for query, code in (("{", "GRAPHQL_PARSE_FAILED"), ("{ nothing }", "GRAPHQL_VALIDATION_FAILED")):
            await socket.ask("bad", query)
            refused = await socket.hear()
            assert (refused["id"], refused["type"]) == ("bad", "error")
            assert [error["extensions"]["code"] for error in refused["payload"]] == [code]
        await socket.ask("bad", "query A { hello }", operationName="B")
        assert (await socket.hear())["payload"][0]["extensions"]["code"] == "OPERATION_NOT_FOUND"
        await socket.say(subscribe(extensions={"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}))
        assert (await socket.hear())["payload"][0]["message"] == "PersistedQueryNotFound"
        await socket.say(
            '{"id":"1","type":"subscribe","payload":{"query":"{hello}","variables":{"n":99999999999999999999}}}'
        )
        assert (await socket.hear())["payload"][0]["extensions"]["code"] == "BAD_REQUEST"
        assert witness.ended == 0


async def test_errors_of_the_execution_are_results(live: str) -> None:
    async with connected(live) as socket:
        await socket.begin()
        await socket.ask("1", "{ hello fails }")
        result = await socket.hear()
        assert result["type"] == "next"
        assert result["payload"]["data"] == {"hello": "Hello, world!", "fails": None}
        assert result["payload"]["errors"][0]["extensions"]["code"] == "INTERNAL"
        assert await socket.hear() == {"id": "1", "type": "complete"}
        await socket.ask("2", "query ($n: String!) { hello(name: $n) }")
        result = await socket.hear()
        assert (result["type"], [*result["payload"]]) == ("next", ["errors"])


async def test_a_fault_in_the_middle_ends_one_operation_in_masked_words(live: str) -> None:
    async with connected(live) as socket:
        await socket.begin()
        await socket.ask("1", "subscription { breaks }")
        assert (await socket.hear())["payload"] == {"data": {"breaks": 1}}
        heard = await socket.hear()
        assert heard["id"] == "1"
        assert "INTERNAL" in str(heard)
        assert "secret" not in str(heard)
        await socket.say({"type": "ping"})
        while (heard := await socket.hear())["type"] != "pong":
            assert heard == {"id": "1", "type": "complete"}


async def test_pings_are_answered_with_what_they_say(live: str) -> None:
    async with connected(live) as socket:
        await socket.say({"type": "ping"})
        assert await socket.hear() == {"type": "pong"}
        await socket.say({"type": "ping", "payload": {"at": 1}})
        assert await socket.hear() == {"type": "pong", "payload": {"at": 1}}
        await socket.say({"type": "pong", "payload": None})
        await socket.say({"id": "nobody's", "type": "complete"})
        await socket.begin()


@pytest.mark.parametrize(
    "message",
    [
        "",
        "nonsense",
        "5",
        "null",
        "[]",
        b"{}",
        {},
        {"type": 5},
        {"type": "start"},
        {"type": "next", "id": "1", "payload": {}},
        {"type": "connection_init", "payload": "token"},
        {"type": "connection_init", "payload": []},
        {"type": "ping", "payload": 5},
        '{"type":"ping","type":"ping"}',
        {"type": "complete"},
        {"type": "complete", "id": 5},
    ],
)
async def test_a_malformed_message_closes_the_socket(live: str, message: Any) -> None:
    async with connected(live) as socket:
        await socket.say(message)
        assert (await socket.closed())[0] == 4400


@pytest.mark.parametrize(
    "message",
    [
        {"type": "subscribe", "payload": {"query": "{hello}"}},
        {"type": "subscribe", "id": "", "payload": {"query": "{hello}"}},
        {"type": "subscribe", "id": "x" * 256, "payload": {"query": "{hello}"}},
        {"type": "subscribe", "id": "1"},
        {"type": "subscribe", "id": "1", "payload": "{hello}"},
        subscribe(),
        subscribe(query=5),
        subscribe(query="{hello}", variables=[]),
        subscribe(query="{hello}", operationName=5),
        subscribe(query="{hello}", extensions="x"),
    ],
)
async def test_a_malformed_operation_closes_the_socket(live: str, message: Any) -> None:
    async with connected(live) as socket:
        await socket.begin()
        await socket.say(message)
        code, reason = await socket.closed()
    assert code == 4400
    assert 0 < len(reason.encode()) <= 123


async def test_a_message_that_is_too_large_closes_the_socket(live: str) -> None:
    async with connected(live) as socket:
        await socket.begin()
        await socket.ask("1", "{ hello }" + " " * SOCKET_MESSAGE_BYTES)
        assert (await socket.closed())[0] == 1009


async def test_an_operation_before_the_acknowledgement_is_unauthorized(live: str) -> None:
    async with connected(live) as socket:
        await socket.ask("1", "{ hello }")
        assert await socket.closed() == (4401, "Unauthorized")


async def test_a_second_initialisation_closes_the_socket(live: str) -> None:
    async with connected(live) as socket:
        await socket.begin()
        await socket.say(INIT)
        assert await socket.closed() == (4429, "Too many initialisation requests")


async def test_an_id_in_use_closes_the_socket(live: str, witness: Any) -> None:
    async with connected(live) as socket:
        await socket.begin()
        for _ in range(2):
            await socket.ask("one", "subscription { endless }")
        assert await socket.closed() == (4409, "Subscriber for one already exists")
    assert witness.ended == witness.taken


async def test_a_client_that_does_not_begin_is_closed(serve: Any) -> None:
    async with standing_server(serve(Patience(init=0.05))) as address:
        async with connected(address) as socket:
            await socket.say({"type": "ping"})
            assert await socket.closed() == (4408, "Connection initialisation timeout")
        async with connected(address) as socket:
            await socket.begin()
            await asyncio.sleep(0.1)
            await socket.say({"type": "ping"})
            assert await socket.hear() == {"type": "pong"}


async def test_the_server_pings_and_leaves_who_does_not_answer(serve: Any) -> None:
    async with standing_server(serve(Patience(ping=0.3, pong=0.3))) as address, connected(address) as socket:
        await socket.begin()
        for _ in range(2):
            assert await socket.hear() == {"type": "ping"}
            await socket.say({"type": "pong"})
        assert await socket.hear() == {"type": "ping"}
        assert await socket.closed() == (1001, "No answer to a ping")


async def test_what_a_client_has_left_behind_is_ended(live: str, witness: Any) -> None:
    async with connected(live) as socket:
        await socket.begin()
        await socket.ask("1", "{ slow }")
        await asyncio.wait_for(witness.started.wait(), 10)
    await asyncio.wait_for(witness.cancelled.wait(), 10)
