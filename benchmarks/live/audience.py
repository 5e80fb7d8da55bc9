"""The load, in a process of its own: those who follow, and the one who sends; told by lines what to do."""

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

import orjson
import uvloop

from benchmarks.live.asked import Talk
from benchmarks.live.sending import Sender
from benchmarks.live.subscriber import Subscriber
from benchmarks.load import HEAD_END, BadAnswer

OPENING = 50
"""Sockets that are being opened at once: servers bound those who have not said who they are."""

READY_SECONDS = 120.0
PATIENCE_SECONDS = 20.0
SETTLE_SECONDS = 0.5

COMPARED = 40
"""Messages of which the event is compared with what their sender was answered."""


@dataclass(frozen=True, slots=True)
class Spread:
    """How long something took: milliseconds. All are zero where there was nothing."""

    p50: float
    p99: float
    longest: float

    @staticmethod
    def of(seconds: Sequence[float]) -> "Spread":
        """That of these times."""
        ordered = sorted(seconds) or [0.0]
        at = [ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000 for share in (0.5, 0.99)]
        return Spread(at[0], at[1], ordered[-1] * 1000)


@dataclass(frozen=True, slots=True)
class Sent:
    """A stretch of sending: what was counted until everybody had everything.

    `insert` is how long the answers took; the deliveries are counted from when the request was written, and from when
    its answer was there, which may be later. `busy` is the share of a core that this process used, `late` the
    milliseconds by which a message was sent behind its time, at most.
    """

    inserts: int
    deliveries: int
    seconds: float
    insert: Spread
    from_request: Spread
    from_answer: Spread
    busy: float
    late: float


class Audience:
    """Those who follow the conversations, evenly, and what reaches them."""

    def __init__(self, port: int, talks: Sequence[Talk], *, snapshots: bool) -> None:
        self.snapshots = snapshots
        self._port = port
        self._talks = talks
        self._sender = Sender(port, talks)
        self._subscribers: list[Subscriber] = []
        self._arrived: list[tuple[int, float]] = []
        self._shown: dict[int, bytes] = {}
        self._failure: Exception | None = None
        self._wanted = -1
        self._decided = asyncio.Event()

    def heard(self, number: int, moment: float, payload: bytes) -> None:
        """A message has reached somebody."""
        self._arrived.append((number, moment))
        if len(self._arrived) == self._wanted:
            self._decided.set()
        if len(self._shown) < COMPARED:
            self._shown.setdefault(number, payload)

    def failed(self, error: Exception) -> None:
        """The first failure is the one that is told."""
        self._failure = self._failure or error
        self._decided.set()

    async def follow(self, number: int) -> float:
        """Let so many more follow; gives the seconds until all of them are ready. Raises `BadAnswer`."""
        start = time.perf_counter()
        turns = asyncio.Semaphore(OPENING)
        already = len(self._subscribers)
        async with asyncio.timeout(READY_SECONDS), asyncio.TaskGroup() as opening:
            for place in range(already, already + number):
                opening.create_task(self._open(self._talks[place % len(self._talks)], turns))
        taken = time.perf_counter() - start
        await asyncio.sleep(SETTLE_SECONDS)
        return taken

    async def _open(self, talk: Talk, turns: asyncio.Semaphore) -> None:
        loop = asyncio.get_running_loop()
        async with turns:
            subscriber = Subscriber(talk, self, loop.create_future())
            await loop.create_connection(lambda: subscriber, "127.0.0.1", self._port)
            self._subscribers.append(subscriber)
            await subscriber.ready

    async def leave(self) -> None:
        """Let nobody follow any more."""
        for subscriber in self._subscribers:
            subscriber.leave()
        self._subscribers.clear()
        await asyncio.sleep(SETTLE_SECONDS)

    async def send(self, rate: float, seconds: float) -> Sent:
        """Send at the rate for the seconds, until everybody has everything. Raises `BadAnswer` unless all is well."""
        await self._begin()
        start, used = time.perf_counter(), time.process_time()
        await self._sender.send(rate, seconds)
        expected = self._expected()
        await self._all_arrived(sum(len(numbers) for _, numbers in expected))
        end, used = time.perf_counter() - start, time.process_time() - used
        self._check(expected)
        return self._told(end, used)

    async def _begin(self) -> None:
        await self._sender.begin()
        self._arrived.clear()
        self._shown.clear()
        self._wanted = -1
        self._decided.clear()
        for subscriber in self._subscribers:
            subscriber.got.clear()

    def _expected(self) -> list[tuple[Subscriber, list[int]]]:
        by_talk: dict[str, list[int]] = {}
        for number in self._sender.sent:
            by_talk.setdefault(self._sender.talk(number).id, []).append(number)
        return [(subscriber, by_talk.get(subscriber.talk.id, [])) for subscriber in self._subscribers]

    async def _all_arrived(self, number: int) -> None:
        self._wanted = number
        if len(self._arrived) < number:
            # What is missing after that is told by name.
            with suppress(TimeoutError):
                await asyncio.wait_for(self._decided.wait(), PATIENCE_SECONDS)
        if self._failure is not None:
            raise self._failure

    def _check(self, expected: Sequence[tuple[Subscriber, list[int]]]) -> None:
        """Nothing is lost, nothing comes twice, and what comes is what was sent."""
        for place, (subscriber, numbers) in enumerate(expected):
            lost, more = Counter(numbers), Counter(subscriber.got)
            if lost != more:
                raise BadAnswer(
                    f"Subscriber {place} misses {sorted((lost - more).elements())[:5]} of {len(numbers)} messages "
                    f"and has {sorted((more - lost).elements())[:5]} too many."
                )
        for number, payload in self._shown.items():
            _compare(payload, self._sender.answers[number])

    def _told(self, seconds: float, used: float) -> Sent:
        sent, answered = self._sender.sent, self._sender.answered
        return Sent(
            inserts=len(sent),
            deliveries=len(self._arrived),
            seconds=seconds,
            insert=Spread.of([answered[number] - sent[number] for number in sent]),
            from_request=Spread.of([moment - sent[number] for number, moment in self._arrived]),
            from_answer=Spread.of([moment - answered[number] for number, moment in self._arrived]),
            busy=used / seconds,
            late=self._sender.late * 1000,
        )


def _compare(payload: bytes, answer: bytes) -> None:
    """The event must show the message as its sender was shown it. Raises `BadAnswer`."""
    event = orjson.loads(payload)["payload"]["data"]["advisorMessageChanges"]
    head, body = answer.split(HEAD_END, 1)
    if b"content-length" not in head.lower():
        body = b"".join(_chunks(body))
    message = orjson.loads(body)["data"]["advisorMessageSend"]["message"]
    if (event["kind"], event["id"], event["node"]) != ("ADDED", message["id"], message):
        raise BadAnswer(f"An event shows {event}, and its sender was shown {message}.")


def _chunks(body: bytes) -> Iterator[bytes]:
    while body:
        size, _, body = body.partition(b"\r\n")
        length = int(size, 16)
        yield body[:length]
        body = body[length + 2 :]


async def _serve(order: Mapping[str, Any]) -> None:
    """Do what each line says, and answer it with a line."""
    talks = [Talk(**talk) for talk in order["talks"]]
    audience = Audience(order["port"], talks, snapshots=order["snapshots"])
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    _say("ready")
    while line := await reader.readline():
        _say(await _done(audience, json.loads(line)))


def _say(told: Any) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


async def _done(audience: Audience, command: Mapping[str, Any]) -> Any:
    try:
        if "follow" in command:
            return await audience.follow(command["follow"])
        if "leave" in command:
            return await audience.leave()
        return asdict(await audience.send(command["rate"], command["seconds"]))
    except (BadAnswer, TimeoutError, OSError, ExceptionGroup) as error:
        first: BaseException = error
        while isinstance(first, BaseExceptionGroup):
            first = first.exceptions[0]
        return {"failed": f"{type(first).__name__}: {first}"}


if __name__ == "__main__":
    uvloop.run(_serve(json.loads(sys.stdin.readline())))
