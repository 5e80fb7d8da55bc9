"""The analyst behind an endpoint: asked once, or twice, and then no more."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import orjson
import pytest

from graphql_api.analysis.builtin import BuiltIn
from graphql_api.analysis.model import Model as Asker
from graphql_api.answering.endpoint import Endpoint
from tests.graphql_api.analysis.cases import HOMES, case
from tests.graphql_api.analysis.test_prompt import ANALYSIS, TEXT
from tests.graphql_api.answering.model import DONE, Model, Reply, delta, refuse, stream, usage

BAD = stream(delta("I would accept it."), usage(7), DONE)
GOOD = stream(delta(TEXT[:20]), delta(TEXT[20:]), usage(42), DONE)


async def _soon(_seconds: float) -> None:
    """Do not wait."""


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    """A client that gives up in time."""
    async with httpx.AsyncClient(timeout=20) as http:
        yield http


def _asker(http: httpx.AsyncClient, url: str, seconds: float = 20) -> Asker:
    return Asker(Endpoint(http, url, "test-model", pause=_soon), BuiltIn(), seconds)


async def test_its_answer_is_the_analysis(model: Model, http: httpx.AsyncClient) -> None:
    model.replies = [GOOD]
    opinion = await _asker(http, model.url).judge(case(*HOMES))
    assert (opinion.analysis.model_dump(), opinion.by) == (ANALYSIS, "test-model")
    assert (opinion.tokens, opinion.why) == (42, "")
    [asked] = model.asked
    assert [said["role"] for said in asked["messages"]] == ["system", "user"]


async def test_what_is_none_is_asked_for_once_more(model: Model, http: httpx.AsyncClient) -> None:
    model.replies = [BAD, GOOD]
    opinion = await _asker(http, model.url).judge(case(*HOMES))
    assert (opinion.analysis.model_dump(), opinion.by, opinion.tokens) == (ANALYSIS, "test-model", 49)
    assert model.asked[1]["messages"] == [
        *model.asked[0]["messages"],
        {"role": "assistant", "content": "I would accept it."},
        {
            "role": "user",
            "content": "That could not be read (no JSON object). Answer again, with the JSON object alone.",
        },
    ]


@pytest.mark.parametrize(
    ("reply", "asked", "why", "tokens"),
    [
        (BAD, 2, "no JSON object", 14),
        (stream(DONE), 2, "no JSON object", 0),
        (refuse(401), 1, "the endpoint answers with status 401", 0),
        (refuse(503), 3, "the endpoint answers with status 503", 0),
        (stream(delta("x" * 64_001), DONE), 1, "the answer is longer than 64000 characters", 0),
        (stream(delta(TEXT), b'data: {"error":"overloaded"}\n\n'), 1, "the endpoint tells an error", 0),
    ],
    ids=["twice bad", "empty", "wrong key", "down", "endless", "broken off"],
)
async def test_the_rules_judge_where_the_model_does_not(
    reply: Reply, asked: int, why: str, tokens: int, model: Model, http: httpx.AsyncClient
) -> None:
    model.replies = [reply]
    opinion = await _asker(http, model.url).judge(case(*HOMES))
    assert opinion.analysis == (await BuiltIn().judge(case(*HOMES))).analysis
    assert (opinion.by, opinion.why, opinion.tokens, len(model.asked)) == ("built-in", why, tokens, asked)


async def test_it_has_its_time(model: Model, http: httpx.AsyncClient) -> None:
    hang = asyncio.Event()
    model.replies = [stream(delta(orjson.dumps(ANALYSIS).decode()[:10]), hang)]
    opinion = await _asker(http, model.url, seconds=0.2).judge(case())
    hang.set()
    assert (opinion.by, opinion.why) == ("built-in", "the answer took longer than 0.2 seconds")
