"""Multipart subscriptions byte for byte, as Apollo's router sends them."""

from typing import Any

import httpx
import pytest

from graphql_api.http.patience import Patience
from tests.graphql_api.http.serving import standing_server

ACCEPT = "multipart/mixed;subscriptionSpec=1.0, application/json"
HEAD = "\r\ncontent-type: application/json\r\n\r\n"
BEAT = HEAD + "{}\r\n--graphql"


@pytest.mark.parametrize(
    "accept",
    [
        ACCEPT,
        'multipart/mixed;subscriptionSpec="1.0", application/json',
        'multipart/mixed;boundary="graphql";subscriptionSpec=1.0,application/graphql-response+json,application/json',
    ],
)
async def test_a_subscription_has_its_parts_and_its_end(web: httpx.AsyncClient, accept: str) -> None:
    body = {"query": "subscription { ticks(to: 2) }"}
    response = await web.post("/graphql", json=body, headers={"Accept": accept})
    assert response.status_code == 200
    assert response.headers["content-type"] == 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0'
    assert response.headers["cache-control"] == "no-store"
    parts = "".join(f'{HEAD}{{"payload":{{"data":{{"ticks":{number}}}}}}}\r\n--graphql' for number in (1, 2))
    assert response.text == f"\r\n--graphql{BEAT}{parts}--\r\n"


@pytest.mark.parametrize("query", ["{ hello }", "{"])
async def test_what_has_one_result_is_answered_in_json(web: httpx.AsyncClient, query: str) -> None:
    response = await web.post("/graphql", json={"query": query}, headers={"Accept": ACCEPT})
    assert response.headers["content-type"] == "application/json; charset=utf-8"


async def test_who_wants_nothing_else_gets_one_part(web: httpx.AsyncClient) -> None:
    headers = {"Accept": "multipart/mixed;subscriptionSpec=1.0"}
    response = await web.post("/graphql", json={"query": "{ hello }"}, headers=headers)
    part = HEAD + '{"payload":{"data":{"hello":"Hello, world!"}}}\r\n--graphql'
    assert response.text == f"\r\n--graphql{BEAT}{part}--\r\n"


async def test_a_refusal_at_the_start_is_a_result(web: httpx.AsyncClient) -> None:
    body = {"query": "subscription ($to: Int!) { ticks(to: $to) }"}
    response = await web.post("/graphql", json=body, headers={"Accept": ACCEPT})
    assert response.text.startswith("\r\n--graphql" + BEAT + HEAD + '{"payload":{"errors":[{"message":')
    assert response.text.endswith("]}}\r\n--graphql--\r\n")


async def test_silence_is_broken_by_empty_parts(serve: Any) -> None:
    async with standing_server(serve(Patience(multipart_beat=0.02))) as address, httpx.AsyncClient() as web:
        body = {"query": "subscription { endless }"}
        async with web.stream("POST", f"{address}/graphql", json=body, headers={"Accept": ACCEPT}) as response:
            text = ""
            async for piece in response.aiter_text():
                text += piece
                if text.count("{}") > 2:
                    break
    part = HEAD + '{"payload":{"data":{"endless":"x"}}}\r\n--graphql'
    assert text.startswith(f"\r\n--graphql{BEAT}{part}{BEAT}{BEAT}")
