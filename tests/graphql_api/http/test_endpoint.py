"""GraphQL over HTTP through the endpoint: media types, statuses, who asks, what each kind of operation gets."""

import asyncio
from typing import Any

import httpx
import pytest

GRAPHQL = "application/graphql-response+json"
JSON = "application/json"


def codes(response: httpx.Response) -> list[str]:
    return [error["extensions"]["code"] for error in response.json()["errors"]]


@pytest.mark.parametrize(
    ("accept", "answered"),
    [
        (GRAPHQL, GRAPHQL),
        (JSON, JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (f"{JSON}, {GRAPHQL}", GRAPHQL),
        (f"{JSON};q=0.9, {GRAPHQL};q=0.8", JSON),
        (f"{GRAPHQL}; charset=utf-8, */*", GRAPHQL),
        (f"text/event-stream;q=0.9, {JSON}", JSON),
        (f"text/event-stream, {JSON}", JSON),
        ("text/event-stream, */*", JSON),
        (f"multipart/mixed;subscriptionSpec=1.0, {GRAPHQL}, {JSON};q=0.9", GRAPHQL),
        (f"{GRAPHQL}, application/graphql+json, {JSON}, text/event-stream, multipart/mixed", GRAPHQL),
        (f"{GRAPHQL};q=0, */*", JSON),
    ],
)
async def test_the_answer_has_the_type_that_the_client_prefers(post: Any, accept: str, answered: str) -> None:
    response = await post("{ hello }", accept)
    assert response.status_code == 200
    assert response.headers["content-type"] == f"{answered}; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"
    assert response.json() == {"data": {"hello": "Hello, world!"}}


@pytest.mark.parametrize(
    "accept",
    ["text/plain", "image/*", f"{JSON};q=0", f"{JSON};q=nonsense", "text/html", "text/*", "multipart/mixed"],
)
async def test_a_type_that_is_not_served_is_not_acceptable(post: Any, accept: str) -> None:
    response = await post("{ hello }", accept)
    assert response.status_code == 406
    assert codes(response) == ["NOT_ACCEPTABLE"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"query": "{"}, "GRAPHQL_PARSE_FAILED"),
        ({"query": "{ nothing }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "query A { hello } query B { hello }"}, "OPERATION_NOT_FOUND"),
        ({"query": "query A { hello }", "operationName": "B"}, "OPERATION_NOT_FOUND"),
        ({"query": "query ($n: String!) { hello(name: $n) }", "variables": {"n": 5}}, "BAD_USER_INPUT"),
        ({"query": "query ($n: String!) { hello(name: $n) }"}, "BAD_USER_INPUT"),
    ],
)
async def test_an_operation_that_cannot_run_is_400_or_for_old_clients_200(post: Any, body: Any, code: str) -> None:
    for accept, status in ((GRAPHQL, 400), (JSON, 200)):
        response = await post(body["query"], accept, **{name: body[name] for name in body if name != "query"})
        assert response.status_code == status
        assert codes(response) == [code]
        assert "data" not in response.json()


async def test_a_bad_variable_is_named(post: Any) -> None:
    response = await post("query ($n: String!) { hello(name: $n) }", variables={"n": 5})
    assert "'$n'" in response.json()["errors"][0]["message"]


async def test_a_fault_below_a_nullable_field_spares_the_rest(post: Any) -> None:
    response = await post("{ hello fails }")
    assert response.status_code == 200
    assert response.json()["data"] == {"hello": "Hello, world!", "fails": None}
    [error] = response.json()["errors"]
    assert error["path"] == ["fails"]
    assert error["extensions"]["code"] == "INTERNAL"
    assert error["message"] == f"Internal error. Quote id {error['extensions']['id']}."
    assert "secret" not in response.text


async def test_a_fault_that_spoils_all_answers_null_data_with_200(post: Any) -> None:
    response = await post("{ must }")
    assert response.status_code == 200
    assert response.json()["data"] is None
    assert codes(response) == ["INTERNAL"]


async def test_a_value_that_json_cannot_say_is_a_masked_fault(post: Any) -> None:
    response = await post("{ vast }")
    assert response.status_code == 500
    assert codes(response) == ["INTERNAL"]


async def test_a_database_that_is_away_is_503_for_every_client(post: Any) -> None:
    for accept in (GRAPHQL, JSON):
        response = await post("{ away }", accept)
        assert response.status_code == 503
        assert response.headers["retry-after"] == "2"
        assert codes(response) == ["UNAVAILABLE"]


async def test_get_serves_queries(web: httpx.AsyncClient) -> None:
    query = "query Q($n: String!) { hello(name: $n) }"
    parameters = {"query": query, "operationName": "Q", "variables": '{"n": "Zoë"}', "extensions": ""}
    response = await web.get("/graphql", params=parameters)
    assert response.status_code == 200
    assert response.json() == {"data": {"hello": "Hello, Zoë!"}}


async def test_get_refuses_mutations_and_runs_nothing(web: httpx.AsyncClient, witness: Any) -> None:
    response = await web.get("/graphql", params={"query": "mutation { increment }"})
    assert response.status_code == 405
    assert response.headers["allow"] == "POST"
    assert codes(response) == ["METHOD_NOT_ALLOWED"]
    assert witness.count == 0


async def test_post_serves_mutations(post: Any, witness: Any) -> None:
    assert (await post("mutation { a: increment b: increment }")).json() == {"data": {"a": 1, "b": 2}}
    assert witness.count == 2


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"])
async def test_other_methods_are_not_allowed(web: httpx.AsyncClient, method: str) -> None:
    response = await web.request(method, "/graphql")
    assert response.status_code == 405
    assert response.headers["allow"] == "GET, POST"


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_subscriptions_have_another_transport(web: httpx.AsyncClient, method: str) -> None:
    parameters = {"query": "subscription { ticks }"}
    kind = {"params": parameters} if method == "GET" else {"json": parameters}
    response = await web.request(method, "/graphql", **kind)  # type: ignore[arg-type]  # one of two keywords
    assert response.status_code == 400
    assert response.json()["errors"] == [
        {
            "message": "A subscription has many results: accept text/event-stream or "
            "multipart/mixed;subscriptionSpec=1.0, or send it over a WebSocket with the subprotocol "
            "graphql-transport-ws.",
            "extensions": {"code": "SUBSCRIPTIONS_NOT_SERVED"},
        }
    ]


@pytest.mark.parametrize("accept", [GRAPHQL, JSON])
async def test_a_bad_token_is_401_whatever_else_is_wrong(web: httpx.AsyncClient, accept: str) -> None:
    headers = {"Authorization": "Bearer bad", "Accept": accept}
    for body in ({"query": "{ hello }"}, {"query": "{"}, 5):
        response = await web.post("/graphql", json=body, headers=headers)
        assert response.status_code == 401
        assert response.headers["www-authenticate"] == 'Bearer error="invalid_token"'
        assert response.json()["errors"] == [
            {
                "message": "The token is not valid: expired. Sign in again.",
                "extensions": {"code": "UNAUTHENTICATED"},
            }
        ]


async def test_tokens_that_cannot_be_checked_are_503(web: httpx.AsyncClient) -> None:
    headers = {"Authorization": "Bearer nokeys"}
    response = await web.post("/graphql", json={"query": "{ hello }"}, headers=headers)
    assert response.status_code == 503
    assert response.headers["retry-after"] == "2"
    message = "The keys of AUTH_JWKS cannot be loaded now; try again in a few seconds."
    assert response.json()["errors"] == [{"message": message, "extensions": {"code": "UNAVAILABLE"}}]


async def test_a_suspended_account_is_403(web: httpx.AsyncClient, witness: Any) -> None:
    headers = {"Authorization": "Bearer suspended"}
    response = await web.post("/graphql", json={"query": "mutation { increment }"}, headers=headers)
    assert response.status_code == 403
    assert response.json()["errors"] == [{"message": "This account is suspended.", "extensions": {"code": "FORBIDDEN"}}]
    assert witness.count == 0


@pytest.mark.parametrize("caller", ["broken", "lookalike", "puzzling"])
async def test_a_fault_before_the_operation_is_masked(web: httpx.AsyncClient, caller: str) -> None:
    headers = {"Authorization": f"Bearer {caller}"}
    response = await web.post("/graphql", json={"query": "{ hello }"}, headers=headers)
    assert response.status_code == 500
    assert codes(response) == ["INTERNAL"]
    assert "secret" not in response.text


async def test_resolvers_know_who_asks_and_under_which_id(web: httpx.AsyncClient) -> None:
    headers = {"Authorization": "Bearer ada", "X-Request-ID": "abc-1"}
    response = await web.post("/graphql", json={"query": "{ who }"}, headers=headers)
    assert response.json() == {"data": {"who": "ada abc-1"}}
    assert response.headers["x-request-id"] == "abc-1"


@pytest.mark.parametrize("query", ["{ slow }", "mutation { linger }"])
async def test_an_operation_is_cancelled_when_its_client_leaves(live: str, witness: Any, query: str) -> None:
    async with httpx.AsyncClient() as web:
        asking = asyncio.create_task(web.post(f"{live}/graphql", json={"query": query}))
        await asyncio.wait_for(witness.started.wait(), 10)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
    await asyncio.wait_for(witness.cancelled.wait(), 10)


async def test_an_operation_has_a_deadline(serve: Any, witness: Any) -> None:
    transport = httpx.ASGITransport(serve(operation_seconds=0.05))
    async with httpx.AsyncClient(transport=transport, base_url="http://api") as web:
        response = await web.post("/graphql", json={"query": "{ hello slow }"})
    assert response.status_code == 504
    assert codes(response) == ["TIMEOUT"]
    assert witness.cancelled.is_set()
