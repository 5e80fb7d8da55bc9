"""One who follows a conversation over a WebSocket, and notes which messages reach him, and when."""

import asyncio
import time
from collections.abc import Callable
from typing import Any, Protocol, cast

import orjson

from benchmarks.live.asked import DIGITS, HANDSHAKE, MARK, PING, PONG, Talk, following, greeting
from benchmarks.live.frames import CLOSE, TEXT, Broken, Frames, frame
from benchmarks.live.frames import PING as PING_FRAME
from benchmarks.live.frames import PONG as PONG_FRAME
from benchmarks.load import HEAD_END, BadAnswer

SHOWN_BYTES = 500


class Listener(Protocol):
    """Who is told what the subscribers meet."""

    snapshots: bool
    """Whether the server tells the list as it stands first, and then that it has."""

    def heard(self, number: int, moment: float, payload: bytes) -> None:
        """A message has arrived at that moment of `time.perf_counter`."""

    def failed(self, error: Exception) -> None:
        """The run is worth nothing."""


class Subscriber(asyncio.Protocol):
    """A socket with one subscription. `ready` is done when all later messages must come; `got` are their numbers."""

    def __init__(self, talk: Talk, listener: Listener, ready: "asyncio.Future[None]") -> None:
        self.talk = talk
        self.ready = ready
        self.got: list[int] = []
        self._listener = listener
        self._frames: Frames | None = None
        self._head = b""
        self._left = False
        self._write: Callable[[bytes], None]
        self._abort: Callable[[], None]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for a WebSocket."""
        found = cast("asyncio.Transport", transport)
        self._write, self._abort = found.write, found.abort
        self._write(HANDSHAKE)

    def data_received(self, data: bytes) -> None:
        """Take what has arrived; the moment of all of it is now."""
        moment = time.perf_counter()
        if self._frames is None:
            data = self._greeted(data)
        if self._frames is None:
            return
        try:
            for kind, payload in self._frames.feed(data):
                self._take(kind, payload, moment)
        except (Broken, BadAnswer) as error:
            self._fail(error)

    def connection_lost(self, error: Exception | None) -> None:
        """Not before he leaves."""
        if not self._left:
            self._fail(BadAnswer(f"The server closed a socket ({error})."))

    def leave(self) -> None:
        """Follow no more."""
        self._left = True
        self._abort()

    def _greeted(self, data: bytes) -> bytes:
        """What follows the server's answer to the handshake."""
        self._head += data
        if HEAD_END not in self._head:
            return b""
        head, rest = self._head.split(HEAD_END, 1)
        if not head.startswith(b"HTTP/1.1 101"):
            self._fail(BadAnswer(head[:SHOWN_BYTES].decode(errors="replace")))
            return b""
        self._frames = Frames()
        self._write(greeting(self.talk))
        return rest

    def _take(self, kind: int, payload: bytes, moment: float) -> None:
        if kind == TEXT:
            at = payload.find(MARK)
            if at >= 0 and self.ready.done():
                start = at + len(MARK)
                number = int(payload[start : start + DIGITS])
                self.got.append(number)
                self._listener.heard(number, moment, payload)
            else:
                self._told(payload)
        elif kind == PING_FRAME:
            self._write(frame(payload, PONG_FRAME))
        elif kind == CLOSE:
            raise BadAnswer(f"The server closed a socket: {int.from_bytes(payload[:2])} {payload[2:]!r}")

    def _told(self, payload: bytes) -> None:
        """A message that is not one of those that count."""
        message: dict[str, Any] = orjson.loads(payload)
        if message["type"] == "ping":
            self._write(PONG)
        elif message["type"] == "connection_ack":
            # A server that tells no snapshot has at least taken the subscription when it answers what comes behind it.
            self._write(following(self.talk) + (b"" if self._listener.snapshots else PING))
        elif message["type"] == "pong" and not self._listener.snapshots:
            self._is_ready()
        else:
            self._event(message, payload)

    def _event(self, message: dict[str, Any], payload: bytes) -> None:
        data = (message.get("payload") or {}).get("data") if message["type"] == "next" else None
        kind = data["advisorMessageChanges"]["kind"] if data else None
        if kind == "SYNCED":
            self._is_ready()
        elif kind != "ADDED" or self.ready.done():
            raise BadAnswer(payload[:SHOWN_BYTES].decode(errors="replace"))

    def _is_ready(self) -> None:
        if not self.ready.done():
            self.ready.set_result(None)

    def _fail(self, error: Exception) -> None:
        if not self.ready.done():
            self.ready.set_exception(error)
        self._listener.failed(error)
