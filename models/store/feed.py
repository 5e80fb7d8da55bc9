"""The change feed: one change stream a process, told to subscribers by collection, and how fresh its word is."""

import asyncio
import contextlib
import math
import time
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextvars import Context
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import structlog
from bson import ObjectId
from bson.timestamp import Timestamp
from pymongo.asynchronous.command_cursor import AsyncCommandCursor
from pymongo.errors import OperationFailure, PyMongoError

from models.store.connection import Database

log = structlog.get_logger(__name__)

COMMENT = "change feed"
"""What the stream is called in the database's list of operations."""

AWAIT_MILLISECONDS = 250
"""How long MongoDB holds a question open while it has nothing to tell: its answer, empty or not, is a sign of life."""

ANSWER_SECONDS = 5.0
"""When a question is given up: a server that is frozen, or a network that swallows, says neither yes nor no."""

CLOSE_SECONDS = 1.0
"""How long the database may take to let go of a stream; it drops what nobody asks for by itself."""

FIRST_PAUSE_SECONDS = 0.05
LONGEST_PAUSE_SECONDS = 2.0
"""The pause before a broken stream is opened again, doubled each time that nothing comes of it."""

SURELY_ALL = 4
"""Changes in an answer that cannot have left any out: it is cut at 16 MB, and a change has three, as a row has one."""

LOST = frozenset({260, 280, 286, 10334})
"""Codes of errors past which no token leads: it is none, is not found, the history is gone, a change is too large."""

Document = dict[str, Any]
Operation = Literal["insert", "update", "replace", "delete"]
_OPERATIONS = frozenset({"insert", "update", "replace", "delete"})


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one row, by whatever process, once a majority holds it.

    `time` is the cluster's, `token` where a stream goes on after it. `columns` are the top-level ones that an update
    touched, and None where the whole row changed; `row` is what was stored by an insert or a replacement.
    """

    collection: str
    operation: Operation
    key: ObjectId
    time: Timestamp
    token: str
    columns: frozenset[str] | None = None
    row: Mapping[str, Any] | None = None


class Subscriber(Protocol):
    """Who is told of changes, each at once and in the database's order; it must neither wait nor raise."""

    def changed(self, change: Change, /) -> None:
        """A row has changed."""

    def reset(self) -> None:
        """Changes may have been missed: what was read before now is worth nothing, what is read from now on is."""


class Feed:
    """The changes of a database, to those who subscribe before it is opened.

    `alive_at` is a moment (seconds of the monotonic clock) of which everything older has been told. `openings` counts
    how often a stream was begun: what was read before the first, or from a server that was lost since, has no warranty.
    """

    def __init__(self, database: Database) -> None:
        self.alive_at = -math.inf
        self.openings = 0
        self._database = database
        self._subscribers: dict[str, list[Subscriber]] = {}
        self._running: asyncio.Task[None] | None = None
        self._token: Mapping[str, Any] | None = None
        self._answered = False

    def subscribe(self, collections: Iterable[str], subscriber: Subscriber) -> None:
        """Tell of changes in the collections; only those that somebody names are watched."""
        for name in collections:
            self._subscribers.setdefault(name, []).append(subscriber)

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
            running.cancel()
            await asyncio.wait([running])
        self.alive_at = -math.inf

    async def _listen(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while True:
            self._answered = False
            try:
                await self._follow()
            except Exception as error:  # noqa: BLE001 - whatever it is, the feed goes on: without it all would ask again
                self._note(error, first=pause == FIRST_PAUSE_SECONDS)
            await asyncio.sleep(pause)
            pause = FIRST_PAUSE_SECONDS if self._answered else min(pause * 2, LONGEST_PAUSE_SECONDS)

    def _note(self, error: Exception, *, first: bool) -> None:
        code = error.code if isinstance(error, OperationFailure) else None
        ours = not isinstance(error, (PyMongoError, TimeoutError))
        if ours or code in LOST:
            # Nothing leads past it, so the stream begins anew at the present, and everybody is told that it did.
            self._token = None
            log.error("change feed lost its place", code=code, exc_info=ours)
        elif first:
            log.warning("change feed interrupted", error=type(error).__name__, code=code)

    async def _follow(self) -> None:
        """Tell what the stream says until it breaks, or ends as it does when the database is dropped."""
        asked = time.monotonic()
        async with self._stream() as stream:
            self.openings += 1
            if self._token is None:
                self._reset()
                # The stream begins at the present: of what is older, this was all there is to tell.
                self.alive_at = asked
            while stream.alive:
                changes = await _answer(stream)
                self._answered = True
                for change in changes:
                    self._tell(change)
                self._token = stream._post_batch_resume_token or self._token
                if _complete(changes, self._token):
                    self.alive_at = asked
                asked = time.monotonic()

    @contextlib.asynccontextmanager
    async def _stream(self) -> AsyncIterator[AsyncCommandCursor[Document]]:
        # The driver's own `watch` would resume once behind our back, and tell neither that nor where an answer ends.
        stages = _stages(sorted(self._subscribers), self._token)
        async with asyncio.timeout(ANSWER_SECONDS):
            stream = await self._database.aggregate(stages, maxAwaitTimeMS=AWAIT_MILLISECONDS, comment=COMMENT)
        try:
            yield stream
        finally:
            # Whatever comes of it, it must not take the place of what ended the stream.
            with contextlib.suppress(TimeoutError, PyMongoError):
                async with asyncio.timeout(CLOSE_SECONDS):
                    await stream.close()

    def _tell(self, event: Document) -> None:
        if event["operationType"] not in _OPERATIONS:
            # A collection was dropped or renamed: its rows are gone, and nobody lists them.
            self._reset()
            return
        change = _change(event)
        for subscriber in self._subscribers[change.collection]:
            subscriber.changed(change)

    def _reset(self) -> None:
        for subscriber in {id(one): one for each in self._subscribers.values() for one in each}.values():
            subscriber.reset()


async def _answer(stream: AsyncCommandCursor[Document]) -> list[Document]:
    """What the stream says next; nothing after a quarter of a second without news."""
    changes: list[Document] = []
    async with asyncio.timeout(ANSWER_SECONDS):
        # One question and its whole answer; the public methods give one change at a time, and hide where it ends.
        await stream._next_batch(changes)
    return changes


def _complete(changes: Sequence[Document], token: Mapping[str, Any] | None) -> bool:
    """Whether the answer told all there was: it is too small to be cut, or its token lies beyond its last change."""
    return len(changes) <= SURELY_ALL or changes[-1]["_id"] != token


def _stages(collections: Sequence[str], token: Mapping[str, Any] | None) -> list[Document]:
    watched = {"$in": collections}
    # `startAfter` goes on after any token, also one with which a stream has ended.
    return [
        {"$changeStream": {} if token is None else {"startAfter": token}},
        {"$match": {"$or": [{"ns.coll": watched}, {"to.coll": watched}, {"operationType": "invalidate"}]}},
    ]


def _change(event: Document) -> Change:
    update = event.get("updateDescription")
    return Change(
        collection=event["ns"]["coll"],
        operation=event["operationType"],
        key=event["documentKey"]["_id"],
        time=event["clusterTime"],
        token=event["_id"]["_data"],
        columns=None if update is None else _columns(update),
        row=event.get("fullDocument"),
    )


def _columns(update: Mapping[str, Any]) -> frozenset[str]:
    """The columns of the paths that an update set, removed or shortened."""
    shortened = (array["field"] for array in update.get("truncatedArrays", ()))
    return frozenset(path.split(".", 1)[0] for path in (*update["updatedFields"], *update["removedFields"], *shortened))
