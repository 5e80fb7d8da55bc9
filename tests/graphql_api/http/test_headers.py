"""Request ids, security headers and health."""

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from graphql_api.http.entrance import Entrance
from graphql_api.http.metrics import Traffic
from graphql_api.logs import REQUEST_ID

GUARD = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"x-request-id", b"r-1"),
]
ANSWER = [
    (b"content-type", b"application/json; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"content-length", b"34"),
]
EXPOSED = (b"access-control-expose-headers", b"X-Request-ID, Retry-After")
ORIGIN = "https://app.example"
VARY = (b"vary", b"Origin")


@pytest.mark.parametrize("given", ["a", "A-b_c.9", "x" * 64])
async def test_a_harmless_request_id_is_kept(web: httpx.AsyncClient, given: str) -> None:
    response = await web.get("/health/live", headers={"X-Request-ID": given})
    assert response.headers["x-request-id"] == given


@pytest.mark.parametrize("given", ["", "x" * 65, "a b", "a\tb", "é".encode("latin-1").decode("latin-1"), "a;b", None])
async def test_any_other_request_id_is_replaced(web: httpx.AsyncClient, given: str | None) -> None:
    headers = {} if given is None else {"X-Request-ID": given.encode("latin-1")}
    response = await web.get("/health/live", headers=headers)  # type: ignore[arg-type]  # bytes are a value too
    made = response.headers["x-request-id"]
    assert len(made) == 32
    assert int(made, 16) >= 0


async def test_the_request_id_is_bound_to_the_logs_for_the_request_only() -> None:
    seen: list[object] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(REQUEST_ID.get())
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    transport = httpx.ASGITransport(Entrance(app, app, Traffic()))
    async with httpx.AsyncClient(transport=transport, base_url="http://api") as web:
        await web.get("/", headers={"X-Request-ID": "one"})
    assert seen == ["one"]
    assert REQUEST_ID.get() == ""


@pytest.mark.parametrize(
    ("origin", "headers"),
    [
        (None, [*ANSWER, VARY, *GUARD]),
        (ORIGIN, [*ANSWER, EXPOSED, (b"access-control-allow-origin", ORIGIN.encode()), VARY, *GUARD]),
        ("https://app.example.evil.example", [*ANSWER, EXPOSED, VARY, *GUARD]),
    ],
)
async def test_an_answer_has_these_headers_and_no_other(
    web: httpx.AsyncClient, origin: str | None, headers: list[tuple[bytes, bytes]]
) -> None:
    asked = {"X-Request-ID": "r-1", **({"Origin": origin} if origin else {})}
    response = await web.post("/graphql", json={"query": "{ hello }"}, headers=asked)
    assert response.headers.raw == headers


@pytest.mark.parametrize(
    ("origin", "method", "status"),
    [(ORIGIN, "POST", 200), (ORIGIN, "PUT", 400), ("https://evil.example", "POST", 400)],
)
async def test_a_browser_asks_before_it_sends(web: httpx.AsyncClient, origin: str, method: str, status: int) -> None:
    asked = {"Origin": origin, "Access-Control-Request-Method": method}
    response = await web.options("/graphql", headers=asked)
    assert response.status_code == status
    assert response.headers.get("access-control-allow-origin") == (origin if origin == ORIGIN else None)
    assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/graphql?query={hello}", "/health/live", "/nowhere"])
async def test_every_answer_is_guarded(web: httpx.AsyncClient, path: str) -> None:
    response = await web.get(path)
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["x-frame-options"] == "DENY"
    assert response.headers["referrer-policy"] == "no-referrer"
    assert response.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert "server" not in response.headers


async def test_no_header_names_the_server_on_the_wire(live: str) -> None:
    async with httpx.AsyncClient() as web:
        response = await web.get(f"{live}/health/live")
    assert "server" not in response.headers
    assert response.json() == {"status": "live"}


async def test_headers_of_the_answer_itself_stay_and_names_of_parts_go() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"server", b"parts"), (b"x-powered-by", b"parts"), (b"content-security-policy", b"own")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    transport = httpx.ASGITransport(Entrance(app, app, Traffic()))
    async with httpx.AsyncClient(transport=transport, base_url="http://api") as web:
        headers = (await web.get("/")).headers
    assert headers["content-security-policy"] == "own"
    assert "server" not in headers
    assert "x-powered-by" not in headers


async def test_ready_says_whether_the_check_passes_and_not_why(web: httpx.AsyncClient, witness: object) -> None:
    response = await web.get("/health/ready")
    assert (response.status_code, response.json()) == (200, {"status": "ready"})
    witness.count = -1  # type: ignore[attr-defined]  # the fixture's own type is not importable here
    response = await web.get("/health/ready")
    assert (response.status_code, response.json()) == (503, {"status": "unavailable"})
    assert response.headers["retry-after"] == "2"
    assert "mongodb" not in response.text
    assert (await web.get("/health/live")).status_code == 200
