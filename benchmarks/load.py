"""The load: requests made of ready bytes over kept connections, in a process of its own that does little else."""

import asyncio
import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import cast

import uvloop

HEAD_END = b"\r\n\r\n"
CHUNKS_END = b"\r\n0\r\n\r\n"
GOOD = b"HTTP/1.1 200"
ERRORS = b'"errors"'
PATIENCE_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Result:
    """What was counted: whole answers, their rate per second, and milliseconds that they took."""

    requests: int
    seconds: float
    rate: float
    p50: float
    p99: float
    longest: float


class BadAnswer(Exception):
    """An answer that is not what was asked for."""


class Crowd:
    """The connections of a run: they share the requests, in turn, and note how long each took."""

    def __init__(self, requests: list[bytes], marker: bytes, most: int) -> None:
        self._requests = requests
        self._marker = marker
        self._most = most
        self._next = 0
        self.times: list[float] = []
        self.ends = 0.0

    def take(self) -> bytes | None:
        """The next request; None when the time is over, or all are sent."""
        if self._next == self._most or time.perf_counter() >= self.ends:
            return None
        request = self._requests[self._next % len(self._requests)]
        self._next += 1
        return request

    def check(self, answer: bytes) -> None:
        """Raise `BadAnswer` unless it is a good one."""
        if not answer.startswith(GOOD) or ERRORS in answer or self._marker not in answer:
            raise BadAnswer(answer[:2000].decode(errors="replace"))


class Connection(asyncio.Protocol):
    """One kept connection: it sends a request, waits for the whole answer, and sends the next."""

    def __init__(self, crowd: Crowd, done: "asyncio.Future[None]") -> None:
        self._crowd = crowd
        self.done = done
        self._parts: list[bytes] = []
        self._missing = -1
        self._sent = 0.0
        self._write: Callable[[bytes], None]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ready; `begin` sends the first request."""
        self._write = cast("asyncio.Transport", transport).write

    def begin(self) -> None:
        """Send the next request, or be done."""
        request = self._crowd.take()
        if request is None:
            self.done.set_result(None)
            return
        self._sent = time.perf_counter()
        self._write(request)

    def data_received(self, data: bytes) -> None:
        """A part of the answer; at its end the next request goes out."""
        self._parts.append(data)
        if self._missing < 0:
            data = b"".join(self._parts)
            self._parts = [data]
            self._missing = missing(data)
        else:
            self._missing -= len(data)
        if self._missing == 0 or (self._missing < 0 and b"".join(self._parts).endswith(CHUNKS_END)):
            self._whole()

    def connection_lost(self, error: Exception | None) -> None:
        """Only after the end."""
        if not self.done.done():
            self.done.set_exception(BadAnswer(f"The server closed the connection ({error})."))

    def _whole(self) -> None:
        self._crowd.times.append(time.perf_counter() - self._sent)
        answer = b"".join(self._parts)
        self._parts, self._missing = [], -1
        try:
            self._crowd.check(answer)
        except BadAnswer as error:
            self.done.set_exception(error)
        else:
            self.begin()


def missing(data: bytes) -> int:
    """Bytes of an answer's body that are still to come; -1 while that is not known, as in an answer by chunks."""
    end = data.find(HEAD_END)
    if end < 0:
        return -1
    head = data[:end].lower()
    at = head.find(b"content-length:")
    if at < 0:
        return -1
    length = int(head[at + 15 :].split(b"\r\n", 1)[0])
    return max(0, length - (len(data) - end - len(HEAD_END)))


@dataclass(frozen=True, slots=True)
class Order:
    """What to send where: `most` requests within the `seconds`, over `connections` that are spread on the `ports`.

    `lengths` are the bytes of each request; each good answer holds the `marker`.
    """

    ports: list[int]
    marker: str
    connections: int
    seconds: float
    lengths: list[int]
    most: int = -1


async def press(order: Order, requests: list[bytes]) -> Result:
    """Send the requests over and over until the order is done. Raises `BadAnswer`."""
    loop = asyncio.get_running_loop()
    crowd = Crowd(requests, order.marker.encode(), order.most)
    connections = [Connection(crowd, loop.create_future()) for _ in range(order.connections)]
    for place, connection in enumerate(connections):
        port = order.ports[place % len(order.ports)]
        await loop.create_connection(partial(_itself, connection), "127.0.0.1", port)
    start = time.perf_counter()
    crowd.ends = start + order.seconds
    for connection in connections:
        connection.begin()
    await asyncio.wait_for(
        asyncio.gather(*(connection.done for connection in connections)), order.seconds + PATIENCE_SECONDS
    )
    return _result(crowd.times, time.perf_counter() - start)


def _itself(connection: Connection) -> Connection:
    return connection


def _result(times: list[float], seconds: float) -> Result:
    ordered = sorted(times)
    at = [ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000 for share in (0.5, 0.99)]
    return Result(len(times), seconds, len(times) / seconds, at[0], at[1], ordered[-1] * 1000)


def main(path: Path) -> None:
    """Run the order in the file: a line of JSON, and behind it the bytes of the requests."""
    first, rest = path.read_bytes().split(b"\n", 1)
    order = Order(**json.loads(first))
    requests, place = [], 0
    for length in order.lengths:
        requests.append(rest[place : place + length])
        place += length
    sys.stdout.write(json.dumps(asdict(uvloop.run(press(order, requests)))))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
