"""The change feed: one change stream a process, told to subscribers by collection, and how fresh its word is."""

import asyncio
import math
import time
from collections.abc import Iterable, Mapping, Sequence
from contextvars import Context
from typing import Any, Protocol

import structlog
from pymongo.errors import OperationFailure, PyMongoError

from models.ending import ended
from models.store.changes import LOST, OPERATIONS, Change, Document, Stream, answer, change, opened, told_until
from models.store.connection import Database

log = structlog.get_logger(__name__)

COMMENT = "change feed"
"""What the stream is called in the database's list of operations."""

FIRST_PAUSE_SECONDS = 0.05
LONGEST_PAUSE_SECONDS = 2.0
"""The pause before a broken stream is opened again, doubled each time that nothing comes of it."""

SURELY_ALL = 4
"""Changes in an answer that cannot have left any out: it is cut at 16 MB, and a change has three, as a row has one."""

NARROW_SECONDS = 600.0
"""How long a collection is watched after the last who asked for it: they often come again."""


class Subscriber(Protocol):
    """Who is told of changes, each at once and in the database's order; it must neither wait nor raise."""

    def changed(self, change: Change, /) -> None:
        """A row has changed."""

    def reset(self) -> None:
        """Changes may have been missed: what was read before now is worth nothing, what is read from now on is."""


class Feed:
    """The changes of a database, to those who subscribe, before it is opened or later.

    `alive_at` is a moment (seconds of the monotonic clock) of which everything older has been told, `place` the token
    of the same. `openings` counts how often a stream was begun: what was read before the first, or from a server that
    was lost since, has no warranty.
    """

    def __init__(self, database: Database) -> None:
        self.alive_at = -math.inf
        self.openings = 0
        self.place: str | None = None
        self._database = database
        self._subscribers: dict[str, list[Subscriber]] = {}
        self._left: dict[str, float] = {}
        self._covered: frozenset[str] = frozenset()
        self._covering = asyncio.Condition()
        self._running: asyncio.Task[None] | None = None
        self._answered = False
        self._widened = False
        """Whether the last stream was left as it was, for one of other collections that goes on where it ended."""

    def subscribe(self, collections: Iterable[str], subscriber: Subscriber) -> None:
        """Tell of changes in the collections; only those that somebody names are watched.

        Once the feed is open, a collection that is new to it is watched a moment later: see `covers`.
        """
        for name in collections:
            self._subscribers.setdefault(name, []).append(subscriber)
            self._left.pop(name, None)

    def unsubscribe(self, collection: str, subscriber: Subscriber) -> None:
        """Tell him no more of the collection."""
        self._subscribers[collection].remove(subscriber)
        if not self._subscribers[collection]:
            self._left[collection] = time.monotonic()

    async def covers(self, collection: str) -> None:
        """Wait until the collection is watched: all changes that are made from now on will be told."""
        async with self._covering:
            await self._covering.wait_for(lambda: collection in self._covered)

    def fresh(self, within_seconds: float) -> bool:
        """Whether everything older than so many seconds has been told."""
        return time.monotonic() - self.alive_at < within_seconds

    def open(self) -> None:
        """Begin to listen, now or as soon as the database is there."""
        if self._running is None:
            # In a context of its own: neither the time of a request nor its transaction are the feed's.
            self._running = asyncio.get_running_loop().create_task(self._listen(), name=COMMENT, context=Context())

    async def close(self) -> None:
        """Stop listening; a second call does nothing."""
        running, self._running = self._running, None
        if running is not None:
            await ended([running])
        self.alive_at = -math.inf
        self._covered = frozenset()

    async def _listen(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while True:
            self._answered = outgrown = False
            try:
                outgrown = await self._follow()
            except Exception as error:  # noqa: BLE001 - whatever it is, the feed goes on: without it all would ask again
                self._note(error, first=pause == FIRST_PAUSE_SECONDS)
            if not outgrown:
                await asyncio.sleep(pause)
            pause = FIRST_PAUSE_SECONDS if self._answered else min(pause * 2, LONGEST_PAUSE_SECONDS)

    def _note(self, error: Exception, *, first: bool) -> None:
        code = error.code if isinstance(error, OperationFailure) else None
        ours = not isinstance(error, (PyMongoError, TimeoutError))
        if ours or code in LOST:
            # Nothing leads past it, so the stream begins anew at the present, and everybody is told that it did.
            self.place = None
            log.error("change feed lost its place", code=code, exc_info=ours)
        elif first:
            log.warning("change feed interrupted", error=type(error).__name__, code=code)

    async def _follow(self) -> bool:
        """Tell what the stream says until it breaks, or ends as it does when the database is dropped.

        Returns whether it ended because other collections are to be watched now.
        """
        asked, watched = time.monotonic(), self._wanted()
        async with opened(self._database, _of(sorted(watched)), self.place, COMMENT) as stream:
            if not self._widened:
                self.openings += 1
            self._widened = False
            if self.place is None:
                self._reset()
                self.place = told_until(stream)
                # The stream begins at the present: of what is older, this was all there is to tell.
                self.alive_at = asked
            await self._cover(watched)
            while stream.alive and self._wanted() == watched:
                asked = await self._hear(stream, asked)
            self._widened = stream.alive
            return stream.alive

    async def _hear(self, stream: Stream, asked: float) -> float:
        """Tell one answer of the stream, which was `asked` for at that moment; returns when the next one is."""
        events = await answer(stream)
        self._answered = True
        for event in events:
            self._tell(event)
        self.place = told_until(stream) or self.place
        if _complete(events, self.place):
            self.alive_at = asked
        return time.monotonic()

    async def _cover(self, watched: frozenset[str]) -> None:
        async with self._covering:
            self._covered = watched
            self._covering.notify_all()

    def _wanted(self) -> frozenset[str]:
        """The collections that somebody listens to, or did until a while ago."""
        if self._left:
            long_ago = time.monotonic() - NARROW_SECONDS
            for name in [name for name, since in self._left.items() if since < long_ago]:
                del self._left[name], self._subscribers[name]
        return frozenset(self._subscribers)

    def _tell(self, event: Document) -> None:
        if event["operationType"] not in OPERATIONS:
            # A collection was dropped or renamed: its rows are gone, and nobody lists them.
            self._reset()
            return
        told = change(event)
        for subscriber in self._subscribers.get(told.collection, ()):
            subscriber.changed(told)

    def _reset(self) -> None:
        for subscriber in {id(one): one for each in self._subscribers.values() for one in each}.values():
            subscriber.reset()


def _complete(events: Sequence[Document], place: str | None) -> bool:
    """Whether the answer told all there was: it is too small to be cut, or its token lies beyond its last change."""
    return len(events) <= SURELY_ALL or events[-1]["_id"]["_data"] != place


def _of(collections: Sequence[str]) -> Mapping[str, Any]:
    watched = {"$in": collections}
    return {"$or": [{"ns.coll": watched}, {"to.coll": watched}, {"operationType": "invalidate"}]}
