"""The worker: follows the listings and matches those that are new, cheaper or for sale again with saved searches."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import aclosing, asynccontextmanager, suppress
from contextvars import Context
from typing import Any

import structlog
from bson import ObjectId

from graphql_api.matching.letter import letters
from graphql_api.settings import Settings
from models.ending import ended
from models.estate.listing import LISTINGS
from models.estate.saved_search_match import Reason, reason, reason_since
from models.invariant import SERVERS_APART_MILLISECONDS
from models.store import Store
from models.store.alerts import Letter
from models.store.changes import Change
from models.store.mails import Away
from models.store.trails import Lost, Taken

log = structlog.get_logger(__name__)

TRAIL = "saved searches"

COLUMNS = ("price", "status")
"""The columns of a listing whose changes may be worth a word."""

LEASE_SECONDS = 15.0
"""How long a worker that has died keeps others from its work."""

AWAY_SECONDS = 2.0
"""Between two tries while the database is away, or something is broken."""

STOP_SECONDS = 5.0
"""How long the change under way may take when the worker is told to stop; then it is left to another."""


class Worker:
    """Of all workers one at a time is at work, the others wait for it to end."""

    def __init__(self, store: Store, letter: Letter, *, lease_seconds: float = LEASE_SECONDS) -> None:
        self._alerts = store.alerts
        self._trail = store.trails.trail(TRAIL, LISTINGS, COLUMNS, lease_seconds=lease_seconds)
        self._letter = letter
        self._turn_seconds = lease_seconds / 3
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Let `run` return when the change that is under way is done with."""
        self._stopping.set()

    async def run(self) -> None:
        """Match until told to stop; no absence of the database, and no odd row, ends this."""
        while not self._stopping.is_set():
            seconds = AWAY_SECONDS
            try:
                seconds = await self._turn()
            except Away as error:
                log.warning("no word of listings", error=str(error))
            except Exception:
                log.exception("the matching of saved searches broke off")
            await self._rest(seconds)

    async def _turn(self) -> float:
        """Work while the lease is ours; how many seconds to wait then."""
        if not await self._trail.take():
            return self._turn_seconds
        try:
            await self._work()
        except Taken:
            # This one was held up for longer than a lease; what it did meanwhile, the other finds done.
            log.warning("another worker matches saved searches now")
        finally:
            with suppress(Away):
                await self._trail.release()
        return 0.0

    async def _work(self) -> None:
        if self._trail.place is None:
            await self._trail.keep(await self._trail.present())
        try:
            await self._follow()
        except Lost:
            log.warning("listings have changed unheard: catching up", since=self._trail.since)
            place = await self._trail.present()
            await self._catch_up(self._trail.since - SERVERS_APART_MILLISECONDS)
            await self._trail.keep(place)

    async def _follow(self) -> None:
        async with aclosing(self._trail.steps()) as steps:
            async for step in steps:
                for change in step.changes:
                    await self._each(change.key, self._heard(change))
                    await self._trail.renew(change.token)
                if step.changes:
                    await self._trail.keep(step.place)
                else:
                    await self._trail.renew(step.place)
                if self._stopping.is_set():
                    return

    async def _heard(self, change: Change) -> None:
        listing: Mapping[str, Any] | None
        if change.whole and change.after is not None:
            listing, why = change.after, reason(change.before, change.after)
        else:
            # MongoDB has let go of what the listing was like.
            listing = await self._alerts.listing(change.key)
            why = None if listing is None else reason_since(listing, _before(change))
        if listing is not None and why is not None:
            await self._tell(listing, why)

    async def _catch_up(self, since: int) -> None:
        """Tell what can be told of the listings that were changed since (Unix milliseconds)."""
        last: Mapping[str, Any] | None = None
        while listings := await self._alerts.changed(since, last):
            for last in listings:
                await self._each(last["_id"], self._found(last, since))
                await self._trail.renew()

    async def _found(self, listing: Mapping[str, Any], since: int) -> None:
        if (why := reason_since(listing, since)) is not None:
            await self._tell(listing, why)

    async def _each(self, key: ObjectId, work: Awaitable[None]) -> None:
        """Do the work on one listing; one that nobody can read must not keep all others waiting for ever."""
        try:
            await work
        except (Away, Taken):
            raise
        except Exception:
            log.exception("a listing was matched with no saved search", listing=str(key))

    async def _tell(self, listing: Mapping[str, Any], why: Reason) -> None:
        told = await self._alerts.tell(listing, why, None, self._letter)
        matches = told.matches
        while told.last is not None:
            await self._trail.renew()
            told = await self._alerts.tell(listing, why, told.last, self._letter)
            matches += told.matches
        if matches:
            log.info("saved searches matched", listing=str(listing["_id"]), reason=why.value, matches=matches)

    async def _rest(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()


def _before(change: Change) -> int:
    """A time before the change, whose own one a server's clock has set, in Unix milliseconds."""
    return change.time.time * 1000 - SERVERS_APART_MILLISECONDS


@asynccontextmanager
async def at_work(settings: Settings, store: Store) -> AsyncIterator[asyncio.Task[None]]:
    """A worker beside whatever is done inside."""
    worker = Worker(store, letters(settings.web_url))
    # In a context of its own: neither a request nor its transaction are the worker's.
    task = asyncio.get_running_loop().create_task(worker.run(), name="matching", context=Context())
    try:
        yield task
    finally:
        worker.stop()
        await asyncio.wait([task], timeout=STOP_SECONDS)
        await ended([task])


@asynccontextmanager
async def in_server(settings: Settings, store: Store) -> AsyncIterator[None]:
    """A worker beside a server, where that is to match: when it is told to, and always on the bundled MongoDB."""
    if settings.match_in_server or settings.mongodb_uri is None:
        async with at_work(settings, store):
            yield
    else:
        yield
