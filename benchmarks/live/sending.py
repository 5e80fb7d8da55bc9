"""Sends messages at a fixed rate over kept connections, whether or not the answers keep up."""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import cast

from benchmarks.live.asked import Talk, message
from benchmarks.load import CHUNKS_END, ERRORS, GOOD, HEAD_END, BadAnswer, missing

CONNECTIONS = 16
MARKER = b'"userErrors":[]'


class Kept(asyncio.Protocol):
    """A kept connection that asks one thing at a time."""

    def __init__(self) -> None:
        self.moment = 0.0
        """When the last answer was there, by `time.perf_counter`."""
        self.close: Callable[[], None]
        self._write: Callable[[bytes], None]
        self._answer: asyncio.Future[bytes] | None = None
        self._parts = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ready to ask."""
        found = cast("asyncio.Transport", transport)
        self._write, self.close = found.write, found.abort

    def ask(self, request: bytes) -> "asyncio.Future[bytes]":
        """Send the request; its whole answer comes later."""
        self._answer = asyncio.get_running_loop().create_future()
        self._write(request)
        return self._answer

    def data_received(self, data: bytes) -> None:
        """A part of the answer."""
        self._parts += data
        left = missing(self._parts)
        chunked = left < 0 and HEAD_END in self._parts and self._parts.endswith(CHUNKS_END)
        if (left == 0 or chunked) and self._answer is not None:
            self.moment = time.perf_counter()
            answer, whole = self._answer, self._parts
            self._answer, self._parts = None, b""
            answer.set_result(whole)

    def connection_lost(self, error: Exception | None) -> None:
        """Only after the end."""
        if self._answer is not None:
            self._answer.set_exception(BadAnswer(f"The server closed a connection ({error})."))


class Sender:
    """Sends numbered messages to the conversations in turn; `sent` and `answered` are moments by number."""

    def __init__(self, port: int, talks: Sequence[Talk]) -> None:
        self.sent: dict[int, float] = {}
        self.answered: dict[int, float] = {}
        self.answers: dict[int, bytes] = {}
        self.late = 0.0
        """Seconds by which a message was sent after its time, at most."""
        self._port = port
        self._talks = talks
        self._next = 0
        self._idle: asyncio.Queue[Kept] = asyncio.Queue()

    async def begin(self) -> None:
        """Note anew, over new connections; the numbers go on."""
        for noted in (self.sent, self.answered, self.answers):
            noted.clear()
        self.late = 0.0
        while not self._idle.empty():
            self._idle.get_nowait().close()
        loop = asyncio.get_running_loop()
        for _ in range(CONNECTIONS):
            # Servers close those that are silent for a while, some after five seconds.
            _, kept = await loop.create_connection(Kept, "127.0.0.1", self._port)
            self._idle.put_nowait(kept)

    def talk(self, number: int) -> Talk:
        """To which conversation the message of this number goes."""
        return self._talks[number % len(self._talks)]

    async def send(self, rate: float, seconds: float) -> None:
        """Send so many a second for the seconds, and wait for the answers. Raises groups of `BadAnswer`."""
        start = time.perf_counter()
        async with asyncio.TaskGroup() as asking:
            for place in range(round(rate * seconds)):
                await asyncio.sleep(start + place / rate - time.perf_counter())
                asking.create_task(self._ask(start + place / rate, self._next))
                self._next += 1

    async def _ask(self, due: float, number: int) -> None:
        request = message(self.talk(number), number)
        kept = await self._idle.get()
        self.sent[number] = now = time.perf_counter()
        self.late = max(self.late, now - due)
        answer = await kept.ask(request)
        if not answer.startswith(GOOD) or ERRORS in answer or MARKER not in answer:
            raise BadAnswer(answer[:2000].decode(errors="replace"))
        self.answered[number] = kept.moment
        self.answers[number] = answer
        self._idle.put_nowait(kept)
