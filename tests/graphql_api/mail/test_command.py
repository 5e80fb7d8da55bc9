"""`mail` as an operator meets it, and the worker inside a server."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from starlette.types import Message
from structlog.testing import capture_logs

from graphql_api.app import build_app
from graphql_api.settings import Settings, SettingsError, load_settings
from models.store.connection import Database
from tests.fixtures.wire import SETTINGS, Calls
from tests.graphql_api.mail.conftest import SECRET, SENDER, Outbox
from tests.graphql_api.mail.server import Server

BARE = {name: os.environ[name] for name in os.environ if name in {"PATH", "HOME"} or name.startswith("COV")}
COMMAND = [sys.executable, "-m", "graphql_api", "mail"]
WAIT = "mails wait: set SMTP_URL and MAIL_FROM for `python -m graphql_api mail`, or here with MAIL_IN_SERVER"


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


async def test_a_process_of_its_own_sends_until_it_is_told_to_stop(
    outbox: Outbox, server: Server, mongodb_uri: str, database: Database
) -> None:
    await outbox.post()
    settings = {
        "MONGODB_URI": mongodb_uri,
        "MONGODB_DATABASE": database.name,
        "SMTP_URL": f"smtp://127.0.0.1:{server.port}",
        "MAIL_FROM": SENDER,
        "LOG_FORMAT": "json",
    }
    with _running(**settings) as process:
        await outbox.emptied()
        code, printed = await asyncio.to_thread(_stopped, process)
    assert code == 0
    assert '"outcome":"sent"' in printed
    assert '"event":"stopped sending mails"' in printed
    assert SECRET not in printed
    [taken] = server.taken
    assert (taken.message["From"], taken.message.get_content().strip()) == (SENDER, SECRET)


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({}, "SMTP_URL: must be set, together with MAIL_FROM: `mail` has no other way to send mails"),
        (
            {"SMTP_URL": "http://me:hush@host"},
            (
                "SMTP_URL: must be like smtp://user:password@host:587 or smtps://user:password@host:465, "
                "with %40 for an @ in a name"
            ),
        ),
    ],
    ids=["none", "wrong"],
)
def test_without_a_server_it_says_what_is_missing(settings: dict[str, str], line: str, tmp_path: Path) -> None:
    environment = {**BARE, "MONGODB_URI": "mongodb://127.0.0.1:1/", "PYTHONPATH": os.getcwd(), **settings}
    done = subprocess.run(COMMAND, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, f"{line}\n")


@pytest.mark.parametrize(
    ("environment", "line"),
    [
        ({"SMTP_URL": "smtp://host"}, "MAIL_FROM: must be the address that mails come from, because SMTP_URL is set"),
        (
            {"MAIL_FROM": "nobody"},
            (
                "MAIL_FROM: must be an address such as no-reply@example.com or Product <no-reply@example.com>, "
                "got 'nobody'"
            ),
        ),
        ({"MAIL_IN_SERVER": "maybe"}, "MAIL_IN_SERVER: must be true or false, got 'maybe'"),
    ],
    ids=["from", "address", "server"],
)
def test_a_wrong_setting_is_named(
    environment: dict[str, str], line: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as error:
        load_settings()
    assert str(error.value) == line


def test_the_password_is_not_shown() -> None:
    given: dict[str, Any] = {"smtp_url": "smtp://me:hush@host", "mail_from": SENDER}
    assert "hush" not in repr(Settings(_env_file=None, **given))


async def _while_serving(settings: Settings, database: Database, inside: Callable[[], Awaitable[None]]) -> None:
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


def _sending() -> bool:
    return "mail" in {task.get_name() for task in asyncio.all_tasks()}


@pytest.mark.parametrize(
    ("settings", "way"),
    [
        ({}, "log"),
        ({"smtp_url": True}, "server"),
        ({"mongodb_uri": "mongodb://host"}, "warning"),
        ({"mongodb_uri": "mongodb://host", "mail_in_server": True}, "warning"),
        ({"mongodb_uri": "mongodb://host", "smtp_url": True}, "elsewhere"),
        ({"mongodb_uri": "mongodb://host", "smtp_url": True, "mail_in_server": True}, "server"),
    ],
    ids=["bundled", "bundled-smtp", "nothing", "nothing-in-server", "elsewhere", "in-server"],
)
async def test_a_server_sends_with_the_bundled_database_or_when_told(
    settings: dict[str, Any], way: str, outbox: Outbox, server: Server, watched: tuple[Database, Calls]
) -> None:
    await outbox.post()
    if "smtp_url" in settings:
        settings = {**settings, "smtp_url": f"smtp://127.0.0.1:{server.port}", "mail_from": SENDER}

    async def inside() -> None:
        assert _sending() is (way in {"log", "server"})
        if _sending():
            await outbox.emptied()

    with capture_logs() as logs:
        await _while_serving(SETTINGS.model_copy(update=settings), watched[0], inside)
    assert not _sending()
    assert (len(server.taken), await outbox.rows.count_documents({})) == (
        int(way == "server"),
        int(way in {"warning", "elsewhere"}),
    )
    assert [line["event"] for line in logs if line["log_level"] == "warning"] == ([WAIT] if way == "warning" else [])
    assert ([line for line in logs if line.get("text") == SECRET] != []) is (way == "log")
