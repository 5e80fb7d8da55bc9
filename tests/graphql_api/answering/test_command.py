"""`answer` as an operator meets it, and the worker inside a server."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from starlette.types import Message

from graphql_api.app import build_app
from graphql_api.settings import Settings, SettingsError, load_settings
from models.store.connection import Database
from tests.fixtures.wire import SETTINGS, Calls
from tests.graphql_api.answering.conftest import Talk
from tests.graphql_api.answering.model import DONE, Model, delta, stream

BARE = {name: os.environ[name] for name in os.environ if name in {"PATH", "HOME"} or name.startswith("COV")}
COMMAND = [sys.executable, "-m", "graphql_api", "answer"]


@contextmanager
def _running(**settings: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(COMMAND, env={**BARE, **settings}, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait(30)


def _stopped(process: subprocess.Popen[str]) -> tuple[int, str]:
    process.send_signal(signal.SIGTERM)
    _, printed = process.communicate(timeout=30)
    return process.returncode, printed


async def test_a_process_of_its_own_answers_until_it_is_told_to_stop(
    talk: Talk, model: Model, mongodb_uri: str, database: Database
) -> None:
    hang = asyncio.Event()
    model.replies = [stream(delta("Half"), hang), stream(delta("Well"), DONE)]
    settings = {
        "MONGODB_URI": mongodb_uri,
        "MONGODB_DATABASE": database.name,
        "ANSWER_URL": model.url,
        "ANSWER_MODEL": "test-model",
        "ANSWER_KEY": "made-up-key",
        "LOG_FORMAT": "json",
    }
    with _running(**settings) as process:
        await talk.until(lambda row: row["content"] == "Half")
        code, printed = await asyncio.to_thread(_stopped, process)
    hang.set()
    assert code == 0
    assert '"outcome":"stopped"' in printed
    assert "made-up-key" not in printed
    left = await talk.now()
    assert (left["status"], left["leaseUntil"] <= left["updatedAt"]) == ("streaming", True)
    with _running(**settings) as process:
        row = await talk.ended()
        code, printed = await asyncio.to_thread(_stopped, process)
    assert (code, row["content"], row["status"]) == (0, "Well", "complete")
    assert model.keys == ["Bearer made-up-key"] * 2
    assert model.asked[0]["model"] == "test-model"


def test_wrong_settings_are_one_line_each() -> None:
    settings = {"MONGODB_URI": "mongodb://127.0.0.1:1/", "ANSWER_URL": "ftp://me:hush@host"}
    done = subprocess.run(COMMAND, env={**BARE, **settings}, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "ANSWER_URL: must start with http:// or https://, without a query\n"


@pytest.mark.parametrize(
    ("environment", "line"),
    [
        ({"ANSWER_URL": "http://host/v1"}, "ANSWER_MODEL: must be the name of the model, because ANSWER_URL is set"),
        (
            {"ANSWER_URL": "http://u:hush@host?key=hush"},
            "ANSWER_URL: must start with http:// or https://, without a query",
        ),
        ({"ANSWER_CONCURRENCY": "0"}, "ANSWER_CONCURRENCY: must be between 1 and 1000, got '0'"),
        ({"ANSWER_WRITES": "21"}, "ANSWER_WRITES: must be between 0.1 and 20, got '21'"),
        ({"ANSWER_SECONDS": "0"}, "ANSWER_SECONDS: must be between 1 and 3600, got '0'"),
        ({"ANSWER_WAIT_SECONDS": "601"}, "ANSWER_WAIT_SECONDS: must be between 1 and 600, got '601'"),
        ({"ANSWER_IN_SERVER": "maybe"}, "ANSWER_IN_SERVER: must be true or false, got 'maybe'"),
    ],
)
def test_a_wrong_setting_is_named(
    environment: dict[str, str], line: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as error:
        load_settings()
    assert str(error.value) == line


def test_the_key_is_not_shown() -> None:
    given: dict[str, Any] = {"answer_key": "hush", "answer_url": "http://u:hush@host", "answer_model": "m"}
    assert "hush" not in repr(Settings(_env_file=None, **given))


async def _while_serving(settings: Settings, database: Database, inside: Any) -> None:
    """Do it between the start of a server and its end, as uvicorn tells it of both."""
    told: asyncio.Queue[Message] = asyncio.Queue()
    said: asyncio.Queue[Message] = asyncio.Queue()
    app = build_app(settings, database)
    life = asyncio.create_task(app({"type": "lifespan", "asgi": {"version": "3.0"}}, told.get, said.put))
    await told.put({"type": "lifespan.startup"})
    assert (await said.get())["type"] == "lifespan.startup.complete"
    try:
        await inside()
    finally:
        await told.put({"type": "lifespan.shutdown"})
        assert (await said.get())["type"] == "lifespan.shutdown.complete"
        await life


@pytest.mark.parametrize(
    ("settings", "answers"),
    [
        ({}, True),
        ({"mongodb_uri": "mongodb://host"}, False),
        ({"mongodb_uri": "mongodb://host", "answer_in_server": True}, True),
    ],
)
async def test_a_server_answers_with_the_bundled_database_or_when_told(
    settings: dict[str, Any], answers: bool, talk: Talk, model: Model, watched: tuple[Database, Calls]
) -> None:
    model.replies = [stream(delta("Well"), DONE)]
    endpoint = {"answer_url": model.url, "answer_model": "m"}

    async def inside() -> None:
        names = {task.get_name() for task in asyncio.all_tasks()}
        assert ("answering" in names) is answers
        if answers:
            assert (await talk.ended())["content"] == "Well"

    await _while_serving(SETTINGS.model_copy(update={**endpoint, **settings}), watched[0], inside)
    assert "answering" not in {task.get_name() for task in asyncio.all_tasks()}
