"""Where a list that is followed has its rows and changes from: the database, the feed, and what was missed of it."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bson import ObjectId
from bson.timestamp import Timestamp

from models.actor import Actor
from models.policy import both
from models.store.ask import Ask, Rows
from models.store.asking import Asking
from models.store.changes import OPERATIONS, Change, Document, Place, answer, change, moment, opened, told_until
from models.store.connection import Database
from models.store.feed import Feed
from models.store.live.absence import outlasting
from models.store.live.membership import Membership
from models.store.live.related import Related
from models.store.live.switchboard import Route, Switchboard
from models.store.reading import Reader

COMMENT = "missed changes"
"""What a stream that looks back is called in the database's list of operations."""

LOOKING_BACK = 8
"""Lists that look back at once: each reads the oplog from its cursor on. All others wait for their turn."""

LOOK_BACK_SECONDS = 3_600
"""How far back: MongoDB reads all that was written since, whosever it is. After longer the list is told anew."""

SLOW = 2
"""Times that MongoDB may fail to find the place in time; then the list is told anew, which is quicker."""

MISSED = 1_000
"""Changes that are told one by one to who comes back; after more the list is told anew."""


class Lost(Exception):
    """Changes are no longer known: the list must begin anew."""


class Sources:
    """What all lists of one process share. Whatever is asked here waits for a database that is away."""

    def __init__(self, database: Database, feed: Feed, reader: Reader, asking: Asking) -> None:
        self._database = database
        self._feed = feed
        self._reader = reader
        self._asking = asking
        self._switchboard = Switchboard(feed)
        self._turns = asyncio.Semaphore(LOOKING_BACK)
        self._timing: asyncio.Future[Timestamp] | None = None
        self.join = self._switchboard.join
        self.leave = self._switchboard.leave

    async def covers(self, route: Route) -> None:
        """Wait until the feed tells of all changes along the route."""
        await self._feed.covers(route.collection)

    async def beginning(self, members: Membership) -> tuple[Timestamp, Rows]:
        """The list as it stands, and the time of the cluster at which it does."""

        async def read() -> tuple[Timestamp, Rows]:
            at = await self._time()
            return at, await self._reader.snapshot(members.ask, members.actor, at)

        return await outlasting(read)

    async def _time(self) -> Timestamp:
        """The time of the cluster; whoever asks within one turn of the event loop shares the question."""
        if self._timing is None:
            self._timing = asyncio.ensure_future(self._ask_time())
        return await asyncio.shield(self._timing)

    async def _ask_time(self) -> Timestamp:
        await asyncio.sleep(0)
        # Who asks from now on wants to know of changes that are made from now on.
        self._timing = None
        return await self._asking.time()

    async def one(self, members: Membership, key: ObjectId) -> Mapping[str, Any] | None:
        """A row as it is now, if it belongs to the list."""
        ask = replace(members.ask, where=both(members.ask.where, {"_id": key}), page=None)
        return await outlasting(lambda: self._reader.one(ask, members.actor))

    async def shown(self, ask: Ask, actor: Actor, found: Change) -> Mapping[str, Any]:
        """What the ask shows the actor of the row after a change; other rows are fetched once for all who ask."""
        related = found.memo.get(Related)
        if related is None:
            related = found.memo[Related] = Related(self._asking)
        after = found.after
        assert after is not None  # noqa: S101  # what is gone is not shown
        if not ask.children:
            # Nobody is waited for, so that what is made of it is there before the next one asks for the same.
            return await self._reader.shown(ask, actor, after, related)
        return await outlasting(lambda: self._reader.shown(ask, actor, after, related))

    async def missed(self, route: Route, since: Place) -> list[Change]:
        """The changes along the route from a place up to where the feed is now.

        All at once: nobody who is slow to read them keeps others from their turn. Raises `Lost`, also for more changes
        than are worth to be told one by one, and the driver's errors.
        """
        slow = 0

        async def look() -> list[Change]:
            nonlocal slow
            try:
                return await self._missed(route, since)
            except TimeoutError:
                slow += 1
                if slow < SLOW:
                    raise
                raise Lost from None

        return await outlasting(look)

    async def _missed(self, route: Route, since: Place) -> list[Change]:
        until = self._feed.place
        if until is None or moment(until).time - moment(since).time > LOOK_BACK_SECONDS:
            raise Lost
        if since >= until if isinstance(since, str) else since >= moment(until):
            if moment(since) > await self._asking.time():
                # No change has been made there yet.
                raise Lost
            return []
        found: list[Change] = []
        async with self._turns, opened(self._database, route.condition, since, COMMENT) as stream:
            while stream.alive:
                found += map(_whole, await answer(stream))
                if len(found) > MISSED:
                    raise Lost
                if (told_until(stream) or "") >= until:
                    return found
        raise Lost


def _whole(event: Document) -> Change:
    found = change(event) if event["operationType"] in OPERATIONS else None
    if found is None or not found.whole:
        raise Lost
    return found
