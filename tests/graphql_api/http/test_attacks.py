"""Malformed and hostile requests: each gets a 4xx with a stable code, none a 5xx, a hang or a dropped connection."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphql_api.http import body as body_module
from graphql_api.limits import DRAIN_BYTES

JSON = {"Content-Type": "application/json"}


def code(response: httpx.Response) -> str:
    [error] = response.json()["errors"]
    assert error["message"]
    return str(error["extensions"]["code"])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"5",
        b'"x"',
        b"{",
        b"{}",
        b"\xff\xfe{}",
        b"\xef\xbb\xbf{}",
        b'{"query": "{ hello }", "variables": {"a": NaN}}',
        b'{"query": "{ hello }", "variables": {"a": Infinity}}',
        b'{"query": "{ hello }", "variables": {"a": ' + b"1" * 5000 + b"}}",
        b'{"query": "{ hello }", "variables": {"a": 9223372036854775808}}',
        b'{"query": "{ hello }", "variables": {"a": -9223372036854775809}}',
        b'{"query": "{ hello }", "variables": {"a": "\\ud800"}}',
        b'{"query": "{ hello }", "variables": {"a": ' + b"[" * 5000 + b"]" * 5000 + b"}}",
        b'{"query": "{ hello }", "variables": {"a": ' + b"[" * 70 + b"]" * 70 + b"}}",
        b'{"query": "{ hello }", "variables": {"a": [' + b"1," * 1000 + b"1]}}",
        b'{"query": "{ hello }", "variables": {"a": [' + b"[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]," * 999 + b"1]}}",
        b'{"query": "{ hello }", "query": "{ who }"}',
        b'{"query": "{ hello }", "variables": {"a": {"b": 1, "b": 2}}}',
        b'{"query": null}',
        b'{"query": ["{ hello }"]}',
        b'{"query": "{ hello }", "operationName": 5}',
        b'{"query": "{ hello }", "variables": "{}"}',
        b'{"query": "{ hello }", "variables": []}',
        b'{"query": "{ hello }", "extensions": 1}',
    ],
    ids=lambda body: body[:60].decode("latin-1"),
)
async def test_a_malformed_body_is_400(web: httpx.AsyncClient, body: bytes) -> None:
    for accept in ("application/json", "application/graphql-response+json"):
        response = await web.post("/graphql", content=body, headers={**JSON, "Accept": accept})
        assert response.status_code == 400
        assert response.headers["content-type"] == f"{accept}; charset=utf-8"
        assert code(response) == "BAD_REQUEST"


@pytest.mark.parametrize(
    ("number", "echoed"),
    [("9223372036854775807", 2**63 - 1), ("-9223372036854775808", -(2**63)), ("1e22", 1e22), ('"a: {b:"', "a: {b:")],
)
async def test_what_is_still_well_formed_passes_unchanged(web: httpx.AsyncClient, number: str, echoed: Any) -> None:
    body = f'{{"query": "query ($v: JSON!) {{ echo(value: $v) }}", "variables": {{"v": {number}}}}}'
    response = await web.post("/graphql", content=body, headers=JSON)
    assert response.json() == {"data": {"echo": echoed}}


async def test_a_batch_is_refused(web: httpx.AsyncClient) -> None:
    response = await web.post("/graphql", json=[{"query": "{ hello }"}])
    assert (response.status_code, code(response)) == (400, "BATCHING_NOT_SERVED")


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/graphql",
        "application/json; charset=latin-1",
        "application/jsonp",
    ],
)
async def test_only_json_in_utf8_is_read(web: httpx.AsyncClient, content_type: str | None) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    response = await web.post("/graphql", content=b'{"query": "{ hello }"}', headers=headers)
    assert (response.status_code, code(response)) == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize("content_type", ["application/json", 'Application/JSON; Charset="UTF-8"'])
async def test_json_in_utf8_is_read_however_it_is_spelt(web: httpx.AsyncClient, content_type: str) -> None:
    headers = {"Content-Type": content_type}
    response = await web.post("/graphql", content=b'{"query": "{ hello }"}', headers=headers)
    assert response.json() == {"data": {"hello": "Hello, world!"}}


async def test_a_compressed_body_is_refused(web: httpx.AsyncClient) -> None:
    response = await web.post("/graphql", content=b"\x1f\x8b", headers={**JSON, "Content-Encoding": "gzip"})
    assert (response.status_code, code(response)) == (415, "UNSUPPORTED_CONTENT_ENCODING")


@pytest.mark.parametrize(
    ("query", "status", "expected"),
    [
        ("", 400, "BAD_REQUEST"),
        ("query=%7Bhello%7D&query=%7Bwho%7D", 400, "BAD_REQUEST"),
        ("query=%7Bhello%7D&variables=5", 400, "BAD_REQUEST"),
        ("query=%7Bhello%7D&variables=%7B", 400, "BAD_REQUEST"),
        ("query=%ff", 400, "BAD_REQUEST"),
        ("&".join(f"a{number}=1" for number in range(101)), 400, "BAD_REQUEST"),
        ("query=%7Bhello%7D&x=" + "a" * 16384, 414, "URL_TOO_LONG"),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_a_malformed_url_is_refused(web: httpx.AsyncClient, query: str, status: int, expected: str) -> None:
    response = await web.get(f"/graphql?{query}")
    assert (response.status_code, code(response)) == (status, expected)


async def _chunks(total: int) -> AsyncIterator[bytes]:
    for _ in range(total // 65536):
        yield b" " * 65536


@pytest.mark.parametrize("announced", [True, False])
async def test_a_body_of_twelve_mebibytes_is_413_and_the_connection_lives(live: str, announced: bool) -> None:
    size = 12 * 1024 * 1024
    async with httpx.AsyncClient(base_url=live) as web:
        content: Any = b" " * size if announced else _chunks(size)
        response = await web.post("/graphql", content=content, headers=JSON)
        assert (response.status_code, code(response)) == (413, "BODY_TOO_LARGE")
        assert "connection" not in response.headers
        assert (await web.post("/graphql", json={"query": "{ hello }"})).status_code == 200


async def _answer(live: str, head: str, *parts: bytes) -> bytes:
    """Send the head and the parts of a request, and nothing more; return all that comes back until the end."""
    host, port = live.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    request = f"POST /graphql HTTP/1.1\r\nHost: api\r\nContent-Type: application/json\r\n{head}\r\n\r\n"
    writer.writelines([request.encode(), *parts])
    answer = await asyncio.wait_for(reader.read(), 30)
    writer.close()
    await writer.wait_closed()
    return answer


async def test_a_body_that_never_ends_is_413_and_the_connection_closes(live: str) -> None:
    chunk = b"10000\r\n" + b" " * 65536 + b"\r\n"
    answer = await _answer(live, "Transfer-Encoding: chunked", *[chunk] * (DRAIN_BYTES // 65536 + 1))
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"BODY_TOO_LARGE" in answer


async def test_an_unfinished_body_is_408(live: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body_module, "BODY_SECONDS", 0.2)
    answer = await _answer(live, "Content-Length: 100", b"{")
    assert answer.startswith(b"HTTP/1.1 408")
    assert b"BODY_TIMEOUT" in answer


async def test_a_client_that_leaves_while_it_sends_gets_no_answer_and_runs_nothing(app: Any, witness: Any) -> None:
    messages = [{"type": "http.request", "body": b'{"query": "mutation { incr', "more_body": True}]
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return messages.pop() if messages else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": "/graphql", "headers": headers, "query_string": b""}
    await app(scope, receive, send)
    assert (sent, witness.count) == ([], 0)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=300))
async def test_random_bytes_are_a_clients_fault(web: httpx.AsyncClient, body: bytes) -> None:
    response = await web.post("/graphql", content=body, headers=JSON)
    assert response.status_code == 400
    assert code(response) == "BAD_REQUEST"


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=20,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(envelope=st.dictionaries(st.sampled_from(["query", "operationName", "variables", "extensions"]), _json))
async def test_random_envelopes_never_break_the_server(web: httpx.AsyncClient, envelope: Any) -> None:
    response = await web.post("/graphql", json=envelope, headers={"Accept": "application/graphql-response+json"})
    assert response.status_code in {200, 400}


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=st.text(alphabet='{}()[]:$!@."#, \n\\abhello0123', max_size=80))
async def test_random_documents_never_break_the_server(web: httpx.AsyncClient, document: str) -> None:
    headers = {"Accept": "application/graphql-response+json"}
    response = await web.post("/graphql", json={"query": document}, headers=headers)
    assert response.status_code in {200, 400}


async def test_documents_over_the_limits_are_refused_through_the_wire(post: Any) -> None:
    doubling = "".join(f"fragment f{n} on Query {{ ...f{n + 1} ...f{n + 1} }} " for n in range(30))
    document = "{ ...f0 } " + doubling + "fragment f30 on Query { hello }"
    response = await post(document)
    assert (response.status_code, code(response)) == (400, "TOO_MANY_ROOT_FIELDS")
    assert len(document) < 1500
