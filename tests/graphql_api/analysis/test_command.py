"""`analyze` as an operator meets it, and the worker inside a server."""

import asyncio
import os
import signal
import subprocess
import sys
from typing import Any

import pytest
from starlette.types import Message

from graphql_api.app import build_app
from models.store.connection import Database
from tests.fixtures.wire import SETTINGS, Calls
from tests.graphql_api.analysis.conftest import Bid
from tests.graphql_api.analysis.test_prompt import ANALYSIS, TEXT
from tests.graphql_api.answering.model import DONE, Model, delta, stream, usage

BARE = {name: os.environ[name] for name in os.environ if name in {"PATH", "HOME"} or name.startswith("COV")}
COMMAND = [sys.executable, "-m", "graphql_api", "analyze"]


def _begun(settings: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(COMMAND, env={**BARE, **settings}, stderr=subprocess.PIPE, text=True)


async def test_a_process_of_its_own_analyzes_until_it_is_told_to_stop(
    bid: Bid, model: Model, mongodb_uri: str, database: Database
) -> None:
    model.replies = [stream(delta(TEXT), usage(42), DONE)]
    settings = {
        "MONGODB_URI": mongodb_uri,
        "MONGODB_DATABASE": database.name,
        "ANSWER_URL": model.url,
        "ANSWER_MODEL": "test-model",
        "ANSWER_KEY": "made-up-key",
        "LOG_FORMAT": "json",
    }
    process = _begun(settings)
    try:
        analysis = await bid.analyzed()
        process.send_signal(signal.SIGTERM)
        _, printed = await asyncio.to_thread(process.communicate, timeout=30)
    finally:
        process.kill()
        process.wait(30)
    assert (process.returncode, analysis) == (0, ANALYSIS)
    assert (model.keys, model.asked[0]["model"]) == (["Bearer made-up-key"], "test-model")
    assert '"event":"stopped analyzing offers"' in printed
    assert "made-up-key" not in printed
    assert "Slightly below." not in printed


@pytest.mark.parametrize(
    ("settings", "analyzes"),
    [
        ({}, True),
        ({"mongodb_uri": "mongodb://host"}, False),
        ({"mongodb_uri": "mongodb://host", "analyze_in_server": True}, True),
    ],
    ids=["bundled", "elsewhere", "in-server"],
)
async def test_a_server_analyzes_with_the_bundled_database_or_when_told(
    settings: dict[str, Any], analyzes: bool, bid: Bid, watched: tuple[Database, Calls]
) -> None:
    told: asyncio.Queue[Message] = asyncio.Queue()
    said: asyncio.Queue[Message] = asyncio.Queue()
    app = build_app(SETTINGS.model_copy(update=settings), watched[0])
    life = asyncio.create_task(app({"type": "lifespan", "asgi": {"version": "3.0"}}, told.get, said.put))
    await told.put({"type": "lifespan.startup"})
    assert (await said.get())["type"] == "lifespan.startup.complete"
    try:
        assert _analyzing() is analyzes
        if analyzes:
            assert (await bid.analyzed())["confidence"] == 0.1
    finally:
        await told.put({"type": "lifespan.shutdown"})
        assert (await said.get())["type"] == "lifespan.shutdown.complete"
        await life
    assert not _analyzing()


def _analyzing() -> bool:
    return "analysis" in {task.get_name() for task in asyncio.all_tasks()}
