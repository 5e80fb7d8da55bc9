"""Follows one list: its rows as they stand, then what becomes of them, without a gap and without a repetition."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import structlog
from bson import ObjectId
from pymongo.errors import OperationFailure, PyMongoError

from models.actor import ActorKind
from models.errors import Code, Refusal
from models.store.ask import Ask
from models.store.changes import LOST, Change, Place
from models.store.live import place as places
from models.store.live.caller import Caller
from models.store.live.inbox import Inbox
from models.store.live.lapsing import Lapsing
from models.store.live.membership import Membership, Row
from models.store.live.place import Cursor
from models.store.live.sources import Lost, Sources

log = structlog.get_logger(__name__)

PAUSE_SECONDS = 0.5
"""Between two attempts to reach a database that is away."""


class Kind(StrEnum):
    """What an event says of its row, or of the whole list."""

    ADDED = "added"
    SYNCED = "synced"
    CHANGED = "changed"
    REMOVED = "removed"
    RESYNC = "resync"


@dataclass(slots=True)
class Event:
    """One event of a list: `row` is whole and another's as well where it comes with a `change`, else the caller's own.

    `cursor` is where the list goes on after it; None while the snapshot is not complete.
    """

    kind: Kind
    cursor: str | None = None
    key: ObjectId | None = None
    row: Row | None = None
    change: Change | None = None


@dataclass(frozen=True, slots=True)
class Watched:
    """A list to be followed.

    `ask` makes its question anew, as it is for the caller at that moment; `name` tells it and its arguments from all
    others. A row for which `until` names a moment (Unix milliseconds) is looked at again then: time alone changes it.
    With `pace_seconds` changes of a row within that time are told as one.
    """

    ask: Callable[[], Ask]
    caller: Caller
    name: str
    until: Callable[[Row], int | None] | None = None
    pace_seconds: float = 0.0


class Following:
    """One list being followed."""

    def __init__(self, sources: Sources, watched: Watched) -> None:
        self._sources = sources
        self._watched = watched
        self._inbox = Inbox()
        self._list = self._membership()
        self._place: Place | None = None
        self._rest_of: Membership | None = None
        self._rest = ""
        self._lapsing = Lapsing(watched.until)
        watched.caller.tell(self._inbox.wake)

    async def events(self, after: str | None) -> AsyncGenerator[Event, None]:
        """The list from its start, or from the cursor `after`; without an end.

        Raises `Refusal` for a wrong cursor (INVALID) and for who can see nothing of it, ever.
        """
        self._refuse_strangers()
        start = None if after is None else self._begin_at(after)
        while True:
            with self._joined():
                async with aclosing(self._round(start)) as events:
                    async for event in events:
                        yield event
            await self._watched.caller.known()
            self._list, start = self._membership(), None
            self._refuse_strangers()
            yield Event(Kind.RESYNC)

    async def _round(self, start: Cursor | None) -> AsyncGenerator[Event, None]:
        """What there is to tell until changes are lost, or the caller's rights become others."""
        try:
            await self._sources.covers(self._list.route)
            self._inbox.begin()
            beginning = self._snapshot() if start is None else self._missed(start)
            async for event in beginning:
                yield event
            async for event in self._live():
                yield event
        except Lost:
            return
        except (PyMongoError, TimeoutError) as error:
            if not (isinstance(error, OperationFailure) and error.code in LOST):
                log.warning("live list interrupted", error=type(error).__name__)
                await asyncio.sleep(PAUSE_SECONDS)

    async def _snapshot(self) -> AsyncGenerator[Event, None]:
        self._lapsing.clear()
        await self._settled()
        at, rows = await self._sources.beginning(self._list)
        self._place = at
        self._list = self._list.reaching(rows)
        for row in rows.rows:
            await self._settled()
            self._lapsing.note(row)
            yield Event(Kind.ADDED, None, row["_id"], row)
        yield Event(Kind.SYNCED, self._cursor(at))

    async def _missed(self, start: Cursor) -> AsyncGenerator[Event, None]:
        """What has happened since the cursor, up to where the feed is: it tells the rest."""
        # Where time changes rows as well there is no record of that; and what other rights showed is not known.
        if self._lapsing.kept or start.rights != places.fingerprint(self._list.rights):
            raise Lost
        self._place = start.place
        self._list = Membership(self._list.ask, self._list.actor, start.edge)
        for change in await self._sources.missed(self._list.route, start.place):
            if (event := await self._told(change, change.token)) is not None:
                yield event

    async def _live(self) -> AsyncGenerator[Event, None]:
        while not self._inbox.lost:
            await self._inbox.news(self._lapsing.seconds())
            if self._watched.pace_seconds:
                await asyncio.sleep(self._watched.pace_seconds)
            await self._settled()
            for change, place in self._merged() if self._watched.pace_seconds else self._taken():
                if (event := await self._told(change, place)) is not None:
                    yield event
            for key in self._lapsing.due():
                await self._settled()
                yield await self._lapsed(key)

    def _taken(self) -> Iterator[tuple[Change, Place]]:
        """The changes that wait, each with the place where the list goes on after it."""
        while (change := self._inbox.take()) is not None:
            yield change, change.token

    def _merged(self) -> Iterator[tuple[Change, Place]]:
        """The same with one change a row. Only after the last of them all that came before has been told."""
        merged: dict[ObjectId, Change] = {}
        for change, _ in self._taken():
            if self._is_news(change):
                earlier = merged.pop(change.key, None)
                merged[change.key] = change if earlier is None else earlier.then(change)
        before = self._place
        for number, change in enumerate(merged.values(), 1):
            yield change, change.token if before is None or number == len(merged) else before

    def _is_news(self, change: Change) -> bool:
        return self._place is None or change.after_place(self._place)

    async def _told(self, change: Change, place: Place) -> Event | None:
        """The event of a change, if it is news and concerns the list, which goes on after it at the place."""
        if not self._is_news(change):
            return None
        self._place = change.token
        await self._settled()
        kind = None if self._inbox.lost else self._kind(change)
        if kind is None:
            return None
        row = None if kind is Kind.REMOVED else change.after
        return Event(kind, self._cursor(place), change.key, row, change)

    def _kind(self, change: Change) -> Kind | None:
        if self._lapsing.kept:
            # What time has done to a row, its images do not say.
            was, stays = self._lapsing.has(change.key), self._list.has(change.after)
        else:
            was, stays = self._list.sides(change)
        if stays and change.after is not None:
            self._lapsing.note(change.after)
        elif was:
            self._lapsing.forget(change.key)
        if not was:
            return Kind.ADDED if stays else None
        if not stays:
            return Kind.REMOVED
        return Kind.CHANGED if self._list.shows(change) else None

    async def _lapsed(self, key: ObjectId) -> Event:
        """What has become of a row whose moment has come: the database says whether it still belongs to the list."""
        self._list = self._membership(self._list.edge)
        row = await self._sources.one(self._list, key)
        cursor = None if self._place is None else self._cursor(self._place)
        if row is None:
            self._lapsing.forget(key)
            return Event(Kind.REMOVED, cursor, key)
        self._lapsing.note(row)
        return Event(Kind.CHANGED, cursor, key, row)

    def _membership(self, edge: Any = None) -> Membership:
        return Membership(self._watched.ask(), self._watched.caller.actor, edge)

    async def _settled(self) -> None:
        """Go on once there is no doubt about the caller; what comes after a change of his rights is not told before.

        Raises `Lost` where they are not the list's any more. He may be renewed whenever somebody else is waited for.
        """
        caller = self._watched.caller
        if caller.doubtful:
            await caller.known()
        if caller.actor is not self._list.actor:
            now_his = self._membership(self._list.edge)
            if now_his.rights != self._list.rights:
                raise Lost
            self._list = now_his

    def _refuse_strangers(self) -> None:
        if not self._list.nothing:
            return
        if self._watched.caller.actor.kind is ActorKind.ANONYMOUS:
            raise Refusal(Code.UNAUTHENTICATED, "Sign in to follow this list.")
        raise Refusal(Code.FORBIDDEN, "You may not read this list.")

    def _begin_at(self, after: str) -> Cursor:
        try:
            return places.decode(after, self._order, self._watched.name)
        except ValueError as error:
            message = f"after is {error}: use the cursor of an event of this list with the same arguments."
            raise Refusal(Code.INVALID, message, "after") from error

    def _cursor(self, at: Place) -> str:
        if self._rest_of is not self._list:
            self._rest_of = self._list
            self._rest = places.rest(self._order, self._watched.name, self._list.rights, self._list.edge)
        return places.encode(at, self._rest)

    @property
    def _order(self) -> Any:
        assert self._list.ask.page is not None  # noqa: S101  # a list that is followed has a page
        return self._list.ask.page.order.keys

    @contextmanager
    def _joined(self) -> Iterator[None]:
        along = self._list.route
        self._sources.join(along, self._inbox)
        try:
            yield
        finally:
            self._sources.leave(along, self._inbox)
