"""Server-sent events byte for byte: what is sent, to whom, and how it ends."""

import asyncio
from typing import Any

import httpx
import pytest

from graphql_api.http.patience import Patience
from graphql_api.http.streaming.events import Events
from graphql_api.operations.stream import Delivery
from tests.graphql_api.http.serving import standing_server

EVENTS = {"Accept": "text/event-stream"}
COMPLETE = "event: complete\ndata:\n\n"


async def asked(web: httpx.AsyncClient, query: str, verb: str = "POST", **headers: str) -> httpx.Response:
    headers = EVENTS | headers
    if verb == "GET":
        return await web.get("/graphql", params={"query": query}, headers=headers)
    return await web.post("/graphql", json={"query": query}, headers=headers)


@pytest.mark.parametrize("verb", ["GET", "POST"])
async def test_a_subscription_has_its_results_and_its_end(web: httpx.AsyncClient, verb: str) -> None:
    response = await asked(web, "subscription { ticks(to: 2) }", verb)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-accel-buffering"] == "no"
    first, second = (f'event: next\nid: c{number}\ndata: {{"data":{{"ticks":{number}}}}}\n\n' for number in (1, 2))
    assert response.text == f":\n\n{first}{second}{COMPLETE}"


@pytest.mark.parametrize("verb", ["GET", "POST"])
async def test_a_query_has_one_result(web: httpx.AsyncClient, verb: str) -> None:
    response = await asked(web, "{ hello }", verb)
    assert response.text == f':\n\nevent: next\ndata: {{"data":{{"hello":"Hello, world!"}}}}\n\n{COMPLETE}'


async def test_mutations_by_post_only(web: httpx.AsyncClient, witness: Any) -> None:
    response = await asked(web, "mutation { increment }", "GET")
    assert (response.status_code, witness.count) == (405, 0)
    response = await asked(web, "mutation { increment }")
    assert response.text == f':\n\nevent: next\ndata: {{"data":{{"increment":1}}}}\n\n{COMPLETE}'


@pytest.mark.parametrize(
    ("accept", "streamed"),
    [
        ("text/event-stream, multipart/mixed", "text/event-stream; charset=utf-8"),
        ("application/json, text/event-stream;q=0.5", "text/event-stream; charset=utf-8"),
        ("text/event-stream, multipart/mixed;subscriptionSpec=1.0;q=0.9", "text/event-stream; charset=utf-8"),
        (
            "text/event-stream;q=0.8, multipart/mixed;subscriptionSpec=1.0;q=0.9",
            'multipart/mixed;boundary="graphql";subscriptionSpec=1.0',
        ),
    ],
)
async def test_a_subscription_takes_the_stream_that_is_preferred(
    web: httpx.AsyncClient, accept: str, streamed: str
) -> None:
    response = await asked(web, "subscription { ticks }", Accept=accept)
    assert response.headers["content-type"] == streamed


@pytest.mark.parametrize("accept", ["text/event-stream;q=0, application/json", "*/*", "text/*, application/json"])
async def test_who_names_no_stream_gets_none(web: httpx.AsyncClient, accept: str) -> None:
    response = await asked(web, "subscription { ticks }", Accept=accept)
    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"]["code"] == "SUBSCRIPTIONS_NOT_SERVED"


@pytest.mark.parametrize(("query", "code"), [("{", "GRAPHQL_PARSE_FAILED"), ("{ no }", "GRAPHQL_VALIDATION_FAILED")])
async def test_a_refused_operation_is_told_by_an_event(web: httpx.AsyncClient, query: str, code: str) -> None:
    response = await asked(web, query)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert response.text.startswith('event: next\ndata: {"errors":[{"message":')
    assert f'"code":"{code}"' in response.text
    assert response.text.endswith(COMPLETE)


@pytest.mark.parametrize(("token", "status"), [("bad", 401), ("suspended", 403), ("nokeys", 503)])
async def test_who_may_not_ask_is_told_by_the_status(web: httpx.AsyncClient, token: str, status: int) -> None:
    response = await asked(web, "subscription { ticks }", Authorization=f"Bearer {token}")
    assert response.status_code == status
    assert response.headers["content-type"] == "application/json; charset=utf-8"


async def test_a_fault_in_the_middle_is_masked(web: httpx.AsyncClient) -> None:
    response = await asked(web, "subscription { breaks }")
    assert response.text.startswith(':\n\nevent: next\nid: c1\ndata: {"data":{"breaks":1}}\n\nevent: next\ndata: {')
    assert '"code":"INTERNAL"' in response.text
    assert "secret" not in response.text
    assert response.text.endswith(COMPLETE)


def test_the_id_of_an_event_is_where_its_client_resumes() -> None:
    assert Events().next(Delivery(b"{}", "c1")) == b"event: next\nid: c1\ndata: {}\n\n"
    assert Events().next(Delivery(b"{}", "c\ndata: forged")) == b"event: next\ndata: {}\n\n"


async def test_the_last_event_id_says_where_to_go_on(web: httpx.AsyncClient) -> None:
    response = await asked(web, "subscription { resumed }", **{"Last-Event-ID": "c1", "Authorization": "Bearer ada"})
    assert 'data: {"data":{"resumed":"c1 ada"}}' in response.text
    response = await asked(web, "subscription { resumed }", **{"Last-Event-ID": "x" * 4097})
    assert 'data: {"data":{"resumed":"None None"}}' in response.text


async def test_pages_of_known_origins_may_send_it(web: httpx.AsyncClient) -> None:
    asks = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "last-event-id"}
    response = await web.options("/graphql", headers={"Origin": "https://app.example", **asks})
    assert response.status_code == 200


async def test_silence_is_broken_by_comments(serve: Any, witness: Any) -> None:
    async with standing_server(serve(Patience(events_beat=0.02))) as address, httpx.AsyncClient() as web:
        body = {"query": "subscription { endless }"}
        async with web.stream("POST", f"{address}/graphql", json=body, headers=EVENTS, timeout=10) as response:
            text = ""
            async for piece in response.aiter_text():
                text += piece
                if text.count(":\n\n") > 3:
                    break
    assert text.startswith(':\n\nevent: next\ndata: {"data":{"endless":"x"}}\n\n:\n\n:\n\n')
    async with asyncio.timeout(10):
        while not witness.ended:  # noqa: ASYNC110 - the client has left, and nobody tells it so
            await asyncio.sleep(0.01)


async def test_a_client_that_leaves_ends_its_query(live: str, witness: Any) -> None:
    async with httpx.AsyncClient() as web:
        url, body = f"{live}/graphql", {"query": "{ slow }"}
        async with web.stream("POST", url, json=body, headers=EVENTS):
            await asyncio.wait_for(witness.started.wait(), 10)
    await asyncio.wait_for(witness.cancelled.wait(), 10)
