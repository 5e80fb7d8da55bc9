"""A buyer with a saved search, and workers that are ended when their test is over."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bson import ObjectId

from graphql_api.matching.letter import letters
from graphql_api.matching.worker import TRAIL, Worker
from models.ending import ended
from models.estate.listing import LISTINGS
from models.estate.saved_search import SAVED_SEARCHES
from models.estate.saved_search_match import SAVED_SEARCH_MATCHES
from models.mail.mail import MAILS
from models.store import Store
from models.store.changes import moment
from models.store.connection import Database
from models.store.trails import COLLECTION
from tests.factories import estate as make

WAIT_SECONDS = 20
LEASE_SECONDS = 0.6

Stored = dict[str, Any]


class Scene:
    """An agent, the portal of a buyer of his, and a search for anything in Portland. `started` are the workers."""

    def __init__(self, store: Store, database: Database) -> None:
        self.store = store
        self.database = database
        self.trails = database[COLLECTION]
        self.started: list[asyncio.Task[None]] = []
        self.agent: Stored = {}
        self.portal: Stored = {}
        self.search: Stored = {}

    async def begin(self) -> "Scene":
        """Make the rows, without a trail from before."""
        await self.trails.delete_many({})
        self.agent = await make.agent(ObjectId())
        self.portal = await make.buyer_session(self.agent)
        self.search = await make.saved_search(self.portal)
        return self

    def start(self) -> asyncio.Task[None]:
        """Start one more worker."""
        worker = Worker(self.store, letters("https://homes.example/"), lease_seconds=LEASE_SECONDS)
        self.started.append(asyncio.create_task(worker.run()))
        return self.started[-1]

    async def at_work(self) -> asyncio.Task[None]:
        """Start one more worker, and wait until one listens."""
        task = self.start()
        await self.until(self._listening)
        return task

    async def _listening(self) -> bool:
        return bool((await self.trail()).get("place"))

    async def trail(self) -> Stored:
        """What is stored of how far the workers have come."""
        return await self.trails.find_one({"_id": TRAIL}) or {}

    async def held_elsewhere(self, seconds: float) -> None:
        """Let a worker that is not there any more have the lease for so many seconds."""
        until = datetime.now(UTC) + timedelta(seconds=seconds)
        await self.trails.update_one({"_id": TRAIL}, {"$set": {"lease": ObjectId(), "until": until}}, upsert=True)

    async def settled(self) -> None:
        """Wait until all that has happened so far was heard."""
        now = (await self.database.client.admin.command("ping"))["operationTime"]

        async def heard() -> bool:
            place = (await self.trail()).get("place")
            return place is not None and moment(place) > now

        await self.until(heard)

    async def until(self, condition: Callable[[], Awaitable[bool]]) -> None:
        """Wait until it is so."""
        async with asyncio.timeout(WAIT_SECONDS):
            while not await condition():  # noqa: ASYNC110  # no event for it
                await asyncio.sleep(0.02)

    async def change(self, listing: Stored, **values: Any) -> None:
        """Change a listing as its agent would."""
        assert await self.store.write.effect_one(LISTINGS, {"_id": listing["_id"]}, {"$set": values})

    async def set_search(self, **values: Any) -> None:
        """Change the saved search."""
        await self.database[SAVED_SEARCHES.collection].update_one({"_id": self.search["_id"]}, {"$set": values})

    async def matches(self) -> list[Stored]:
        """All matches, the oldest first."""
        return await self.database[SAVED_SEARCH_MATCHES.collection].find().sort("_id").to_list()

    async def matched(self, number: int) -> list[Stored]:
        """All matches once there are so many."""

        async def enough() -> bool:
            return len(await self.matches()) >= number

        await self.until(enough)
        return await self.matches()

    async def told(self) -> list[tuple[Any, str, float]]:
        """What was matched so far, once all was heard: the listing, the reason and the price of each."""
        await self.settled()
        return [(match["listingId"], match["reason"], match["price"]) for match in await self.matches()]

    async def mails(self) -> list[Stored]:
        """The mails that wait."""
        return await self.database[MAILS.collection].find().sort("_id").to_list()

    async def crash(self) -> None:
        """End all workers, each as if its process had been killed: what it held stays held."""
        before = await self.trail()
        await ended(self.started)
        await self.trails.replace_one({"_id": TRAIL}, before, upsert=True)


@pytest.fixture
async def scene(store: Store, database: Database, empty: None) -> AsyncIterator[Scene]:
    """The buyer, and no worker yet."""
    found = await Scene(store, database).begin()
    yield found
    await ended(found.started)
