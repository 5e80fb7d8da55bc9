"""A real uvicorn, set as `serve` sets it, and clients that speak to it frame by frame."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from typing import Any

import orjson
import uvicorn
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from graphql_api.http.entrance import Entrance
from graphql_api.http.socket.protocol import PROTOCOL
from graphql_api.limits import SOCKET_MESSAGE_BYTES

SECONDS = 10


@contextlib.asynccontextmanager
async def standing_server(app: Entrance) -> AsyncIterator[str]:
    """Serve an application; yields its address."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(
            app,
            log_level="critical",
            server_header=False,
            lifespan="off",
            ws="websockets-sansio",
            ws_max_size=SOCKET_MESSAGE_BYTES,
            ws_per_message_deflate=False,
            ws_ping_interval=None,
        )
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve([listener]))
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        app.drain()
        server.should_exit = True
        await serving


class Socket:
    """A client that says what it likes."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def say(self, message: Any) -> None:
        """Send a message; texts and bytes as they are."""
        await self.connection.send(message if isinstance(message, str | bytes) else orjson.dumps(message).decode())

    async def hear(self) -> Any:
        """The next message."""
        async with asyncio.timeout(SECONDS):
            text = await self.connection.recv()
        assert isinstance(text, str)
        return orjson.loads(text)

    async def begin(self, **payload: Any) -> None:
        """Say who one is, and be acknowledged."""
        await self.say({"type": "connection_init", "payload": payload} if payload else {"type": "connection_init"})
        assert await self.hear() == {"type": "connection_ack"}

    async def ask(self, identity: str, query: str, **payload: Any) -> None:
        """Send an operation."""
        await self.say({"id": identity, "type": "subscribe", "payload": {"query": query, **payload}})

    async def closed(self) -> tuple[int, str]:
        """The code and the reason of the closure, past all messages before it."""
        async with asyncio.timeout(SECONDS):
            with contextlib.suppress(ConnectionClosed):
                while True:
                    await self.connection.recv()
        received = self.connection.protocol.close_rcvd
        assert received is not None
        return received.code, received.reason


@contextlib.asynccontextmanager
async def connected(address: str, **options: Any) -> AsyncIterator[Socket]:
    """Open a socket to the endpoint of the server at this address."""
    options = {"subprotocols": [PROTOCOL], "proxy": None, "compression": None, "ping_interval": None} | options
    async with connect(address.replace("http", "ws", 1) + "/graphql", **options) as connection:
        yield Socket(connection)
