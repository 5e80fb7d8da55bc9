"""`match` as an operator meets it, and the worker inside a server."""

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
from tests.factories import estate as make
from tests.fixtures.wire import SETTINGS, Calls
from tests.graphql_api.matching.conftest import Scene

BARE = {name: os.environ[name] for name in os.environ if name in {"PATH", "HOME"} or name.startswith("COV")}
COMMAND = [sys.executable, "-m", "graphql_api", "match"]


def _begun(settings: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(COMMAND, env={**BARE, **settings}, stderr=subprocess.PIPE, text=True)


async def test_a_process_of_its_own_matches_until_it_is_told_to_stop(
    scene: Scene, mongodb_uri: str, database: Database
) -> None:
    settings = {"MONGODB_URI": mongodb_uri, "MONGODB_DATABASE": database.name, "LOG_FORMAT": "json"}
    process = _begun(settings)
    try:
        await scene.until(lambda: _follows(scene))
        house = await make.listing(scene.agent)
        [match] = await scene.matched(1)
        process.send_signal(signal.SIGTERM)
        _, printed = await asyncio.to_thread(process.communicate, timeout=30)
    finally:
        process.kill()
        process.wait(30)
    assert (process.returncode, match["listingId"]) == (0, house["_id"])
    assert '"event":"saved searches matched"' in printed
    assert '"event":"stopped matching saved searches"' in printed
    assert "lease" not in await scene.trail()
    assert "bea@example.com" not in printed


@pytest.mark.parametrize(
    ("settings", "matches"),
    [
        ({}, True),
        ({"mongodb_uri": "mongodb://host"}, False),
        ({"mongodb_uri": "mongodb://host", "match_in_server": True}, True),
    ],
    ids=["bundled", "elsewhere", "in-server"],
)
async def test_a_server_matches_with_the_bundled_database_or_when_told(
    settings: dict[str, Any],
    matches: bool,
    scene: Scene,
    watched: tuple[Database, Calls],
) -> None:
    told: asyncio.Queue[Message] = asyncio.Queue()
    said: asyncio.Queue[Message] = asyncio.Queue()
    app = build_app(SETTINGS.model_copy(update=settings), watched[0])
    life = asyncio.create_task(app({"type": "lifespan", "asgi": {"version": "3.0"}}, told.get, said.put))
    await told.put({"type": "lifespan.startup"})
    assert (await said.get())["type"] == "lifespan.startup.complete"
    try:
        assert _matching() is matches
        if matches:
            await scene.until(lambda: _follows(scene))
            await make.listing(scene.agent)
            await scene.matched(1)
    finally:
        await told.put({"type": "lifespan.shutdown"})
        assert (await said.get())["type"] == "lifespan.shutdown.complete"
        await life
    assert not _matching()


def _matching() -> bool:
    return "matching" in {task.get_name() for task in asyncio.all_tasks()}


async def _follows(scene: Scene) -> bool:
    return bool((await scene.trail()).get("place"))
