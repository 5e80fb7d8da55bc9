"""The endpoint of a model as it is in the wild: odd streams, refusals, silence."""

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import orjson
import pytest
from starlette.responses import JSONResponse

from graphql_api.answering.endpoint import Endpoint, retry_after
from graphql_api.answering.prompt import Prompt, Said
from graphql_api.answering.responder import Broken, Piece
from tests.graphql_api.answering.model import DONE, Model, Reply, delta, refuse, stream, usage

PROMPT = Prompt("Ada", "Strategist", "What now?", [Said("system", "You are Ada."), Said("user", "What now?")])
Asked = tuple[Endpoint, list[float]]


async def _answered(endpoint: Endpoint) -> list[Piece]:
    return [piece async for piece in endpoint.respond(PROMPT)]


async def _text(endpoint: Endpoint) -> str:
    return "".join(piece.text for piece in await _answered(endpoint))


async def test_it_asks_as_the_protocol_says(endpoint: Asked, model: Model, http: httpx.AsyncClient) -> None:
    model.replies = [stream(delta(None, role="assistant"), delta("Well, "), delta("do."), usage(42), DONE)]
    http.headers["Authorization"] = "Bearer made-up"
    assert await _answered(endpoint[0]) == [Piece("Well, "), Piece("do."), Piece(tokens=42)]
    assert model.asked == [
        {
            "model": "test-model",
            "messages": [{"role": "system", "content": "You are Ada."}, {"role": "user", "content": "What now?"}],
            "stream": True,
            "stream_options": {"include_usage": True},
        }
    ]
    assert model.keys == ["Bearer made-up"]


@pytest.mark.parametrize("tail", ["", "/", "/chat/completions", "/chat/completions/"])
async def test_its_address_may_end_in_any_way(tail: str, model: Model, http: httpx.AsyncClient) -> None:
    model.replies = [stream(delta("Well"), DONE)]
    assert await _text(Endpoint(http, model.url + tail, "m")) == "Well"


def _split(*events: bytes) -> list[bytes]:
    whole = b"".join(events)
    return [whole[place : place + 3] for place in range(0, len(whole), 3)]


ENDED = b'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\n'
ODD = {
    "comments and other fields": [b": ping\n\n", b"event: message\nid: 7\nretry: 1\n", delta("Wäll"), b":\n\n", DONE],
    "split anywhere": _split(delta("W"), delta("ä"), delta("ll"), DONE),
    "carriage returns": [delta("Wäll").replace(b"\n", b"\r\n"), DONE.replace(b"\n", b"\r\n")],
    "no space after the colon": [delta("Wäll").replace(b"data: ", b"data:"), b"data:[DONE]\n\n"],
    "no end but a reason": [delta("Wäll"), ENDED],
    "chunks without choices": [b'data: {"choices":null}\n\n', b"data: {}\n\n", delta("Wäll"), DONE],
    "choices of other kinds": [
        b'data: {"choices":[5]}\n\n',
        b'data: {"choices":[{"delta":"x"}]}\n\n',
        delta("Wäll"),
        DONE,
    ],
    "text of other kinds": [b'data: {"choices":[{"delta":{"content":[1]}}]}\n\n', delta("Wäll"), DONE],
    "usage of other kinds": [
        b'data: {"usage":{"total_tokens":"5"}}\n\n',
        delta("Wäll", usage={"total_tokens": -1}),
        DONE,
    ],
    "a null character": [delta("W\0äll"), DONE],
    "more after the end": [delta("Wäll"), DONE, delta("no"), b"data: {\n\n"],
}


@pytest.mark.parametrize("events", ODD.values(), ids=ODD)
async def test_odd_streams_are_understood(events: list[bytes], endpoint: Asked, model: Model) -> None:
    model.replies = [stream(*events)]
    assert await _answered(endpoint[0]) in ([Piece("Wäll")], [Piece("W"), Piece("ä"), Piece("ll")])
    assert endpoint[1] == []


async def test_what_breaks_lines_elsewhere_breaks_none_here(endpoint: Asked, model: Model) -> None:
    # JSON may hold these as they are; lines of events end elsewhere.
    text = "a\u2028b\u2029c\x85d\x0be"
    raw = b"data: " + orjson.dumps({"choices": [{"delta": {"content": text}}]}) + b"\n\n"
    model.replies = [stream(raw, DONE)]
    assert await _text(endpoint[0]) == text


@pytest.mark.parametrize(
    ("first", "pauses"),
    [
        (refuse(429, Retry_After="7"), [7.0]),
        (refuse(429, Retry_After="600"), [20.0]),
        (refuse(429), [0.5]),
        (refuse(503, Retry_After="soon"), [0.5]),
        (refuse(500), [0.5]),
        (stream(b": hello\n\n"), [0.5]),
    ],
)
async def test_what_fails_before_the_first_piece_is_tried_again(
    first: Reply, pauses: list[float], endpoint: Asked, model: Model
) -> None:
    model.replies = [first, stream(delta("Well"), DONE)]
    assert await _text(endpoint[0]) == "Well"
    assert endpoint[1] == pauses


async def test_three_tries_are_enough(endpoint: Asked, model: Model) -> None:
    model.replies = [refuse(503)]
    with pytest.raises(Broken, match="the endpoint answers with status 503"):
        await _answered(endpoint[0])
    assert (len(model.asked), endpoint[1]) == (3, [0.5, 1.0])


async def test_an_endpoint_that_is_not_there(http: httpx.AsyncClient) -> None:
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    with pytest.raises(Broken, match=r"the endpoint cannot be reached \(ConnectError\)"):
        await _answered(Endpoint(http, "http://127.0.0.1:1/v1", "m", pause=pause))
    assert pauses == [0.5, 1.0]


FINAL = {
    "a wrong key": (refuse(401), "answers with status 401"),
    "a redirection": (refuse(302, Location="http://127.0.0.1:1/"), "answers with status 302"),
    "no stream": (lambda: JSONResponse({"choices": [{"message": {"content": "Well"}}]}), "sends no event stream"),
    "JSON without an end": (stream(b"data: " + b"[" * 100_000 + b"\n\n", DONE), "sends what is no JSON"),
    "no JSON": (stream(b"data: {oops\n\n", DONE), "sends what is no JSON"),
    "no chunk": (stream(b"data: [1]\n\n", DONE), "sends what is no chunk"),
    "an error in the stream": (stream(b'data: {"error":{"message":"sk-secret"}}\n\n'), "tells an error"),
}


@pytest.mark.parametrize(("reply", "says"), FINAL.values(), ids=FINAL)
async def test_what_would_fail_again_is_not_tried_again(reply: Reply, says: str, endpoint: Asked, model: Model) -> None:
    model.replies = [reply]
    with pytest.raises(Broken, match=says) as error:
        await _answered(endpoint[0])
    assert "secret" not in str(error.value)
    assert len(model.asked) == 1


@pytest.mark.parametrize(
    ("events", "says"),
    [
        ([delta("Half")], "broke off"),
        ([delta("Half"), b'data: {"error":"overloaded"}\n\n'], "tells an error"),
        ([delta("Half"), b"data: <html>\n\n"], "no JSON"),
    ],
)
async def test_what_fails_midway_is_over(events: list[bytes], says: str, endpoint: Asked, model: Model) -> None:
    model.replies = [stream(*events)]
    pieces = endpoint[0].respond(PROMPT)
    assert await anext(pieces) == Piece("Half")
    with pytest.raises(Broken, match=says):
        await anext(pieces)
    assert len(model.asked) == 1


async def test_silence_is_no_answer(model: Model) -> None:
    hang = asyncio.Event()
    model.replies = [stream(delta("Half"), hang)]
    async with httpx.AsyncClient(timeout=0.2) as http:
        with pytest.raises(Broken, match="fell silent"):
            await _answered(Endpoint(http, model.url, "m"))
    hang.set()
    assert len(model.asked) == 1


def test_retry_after_is_a_number_or_a_date() -> None:
    assert (retry_after(None), retry_after("3"), retry_after("-3"), retry_after("x")) == (None, 3.0, None, None)
    soon = retry_after(format_datetime(datetime.now(UTC) + timedelta(seconds=100), usegmt=True))
    assert soon is not None
    assert 90 < soon <= 100
    assert retry_after(format_datetime(datetime.now(UTC) - timedelta(seconds=100), usegmt=True)) == 0.0
