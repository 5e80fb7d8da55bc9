"""The sending half of a socket: each message within its time, and nothing to a client that is gone."""

from starlette.types import Message, Send

from graphql_api.http.socket.protocol import Close
from models.interruption import Interrupted, until

CLOSE_SECONDS = 1.0
"""Seconds for the last frame: a client that reads gets it at once, and the others not at all."""


class Gone(Exception):
    """Nothing can be sent any more."""


class Wire:
    """Sends to one client, who may take `seconds` to read."""

    def __init__(self, send: Send, seconds: float) -> None:
        self._send = send
        self._seconds = seconds

    async def send(self, text: str) -> None:
        """Send a message; raises `Gone` when the client has left, or does not read."""
        await self._within(self._seconds, {"type": "websocket.send", "text": text})

    async def close(self, close: Close) -> None:
        """Close the socket; raises `Gone` when nobody can be told."""
        await self._within(CLOSE_SECONDS, {"type": "websocket.close", "code": close.code, "reason": close.reason})

    async def _within(self, seconds: float, message: Message) -> None:
        try:
            with until(seconds):
                await self._send(message)
        except (Interrupted, OSError, RuntimeError) as error:
            # Where the server itself has closed the socket, as after a frame that is too large, uvicorn says so by a
            # RuntimeError.
            raise Gone from error
