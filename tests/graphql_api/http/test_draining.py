"""A server that stops: what would go on for ever is told to come again, and nothing keeps the server."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from graphql_api.http.entrance import Entrance
from graphql_api.limits import SOCKET_MESSAGE_BYTES
from tests.graphql_api.http.serving import connected, standing_server

ENDLESS = {"query": "subscription { endless }"}


async def test_sockets_are_told_that_the_server_stops(app: Entrance) -> None:
    async with standing_server(app) as address, connected(address) as socket:
        await socket.begin()
        await socket.ask("1", ENDLESS["query"])
        await socket.hear()
        app.drain()
        assert await socket.closed() == (1001, "The server is stopping")


@pytest.mark.parametrize(
    ("accept", "end"),
    [
        ("text/event-stream", 'event: next\ndata: {"data":{"endless":"x"}}\n\n'),
        (
            "multipart/mixed;subscriptionSpec=1.0",
            (
                '{"payload":null,"errors":[{"message":"The server is stopping; subscribe again.",'
                '"extensions":{"code":"UNAVAILABLE"}}]}\r\n--graphql--\r\n'
            ),
        ),
    ],
)
async def test_streams_end_without_saying_that_there_is_no_more(app: Entrance, accept: str, end: str) -> None:
    async with standing_server(app) as address, httpx.AsyncClient(timeout=10) as web:
        headers = {"Accept": accept}
        async with web.stream("POST", f"{address}/graphql", json=ENDLESS, headers=headers) as response:
            text = ""
            async for piece in response.aiter_text():
                text += piece
                if "endless" in piece:
                    app.drain()
    assert text.endswith(end)


@pytest.fixture
async def process(mongodb_uri: str, tmp_path: Path) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """A server of its own, as users start it, and its address."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path.cwd()), "MONGODB_URI": mongodb_uri}
    environment |= {"MONGODB_DATABASE": "draining", "PORT": "0", "GRAPHIQL": "false"}
    words = [sys.executable, "-m", "graphql_api", "serve"]
    running = await asyncio.create_subprocess_exec(
        *words, env=environment, cwd=tmp_path, stderr=asyncio.subprocess.PIPE
    )
    try:
        yield running, await _address(running)
    finally:
        if running.returncode is None:
            running.kill()
        await running.communicate()


async def _address(running: asyncio.subprocess.Process) -> str:
    assert running.stderr is not None
    async with asyncio.timeout(60):
        while line := (await running.stderr.readline()).decode():
            if "http://" in line and "/graphql" in line:
                return line[line.index("http://") : line.index("/graphql")]
    raise AssertionError("The server did not start.")


async def test_a_served_process_stops_with_open_sockets(process: tuple[asyncio.subprocess.Process, str]) -> None:
    running, address = process
    async with connected(address, compression="deflate") as large:
        # As small and as plain as the limits say.
        assert large.connection.protocol.extensions == []
        await large.say(" " * (SOCKET_MESSAGE_BYTES + 1))
        assert (await large.closed())[0] == 1009
    async with connected(address) as socket:
        await socket.begin()
        await socket.say({"type": "ping"})
        assert await socket.hear() == {"type": "pong"}
        running.send_signal(signal.SIGTERM)
        assert await socket.closed() == (1001, "The server is stopping")
    _, said = await asyncio.wait_for(running.communicate(), 30)
    assert "Stopped. The data are kept." in said.decode()
    assert "Traceback" not in said.decode()
    assert "Cancel" not in said.decode()
