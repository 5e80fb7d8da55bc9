"""Alerts: matches of saved searches and the mails that tell of them, made together in one transaction."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bson import ObjectId

from models.clock import now
from models.estate.buyer_session import BUYER_SESSIONS
from models.estate.criteria import COMPARED, finding
from models.estate.listing import LISTINGS
from models.estate.saved_search import BY_NOTIFY_CITY, SAVED_SEARCHES
from models.estate.saved_search_match import FOR_SALE, SAVED_SEARCH_MATCHES, Reason, SavedSearchMatchRow
from models.mail.mail import Mail
from models.policy import EVERYTHING, Filter, both
from models.store.connection import Collections, Database
from models.store.mails import Mails
from models.store.trails import asking
from models.store.writing import Writer
from models.table import document

BATCH = 100
"""Saved searches that are matched in one transaction."""

CAUGHT_UP = 500
"""Listings that are read together when they are gone through."""

BY_UPDATED = "page_status_updated"

SHOWN = frozenset({"_id", *COMPARED, *FOR_SALE, "createdAt", "updatedAt", "previousPrice", "priceCutAt"}) | {
    *("address", "city", "state", "zipCode", "sqft")
}
"""The columns of a listing that matching and a mail about it look at."""

Document = dict[str, Any]
Listing = Mapping[str, Any]

Letter = Callable[[Listing, Reason, Document, Document], Mail | None]
"""The mail about a listing to the buyer with this saved search and portal; None where none can be written."""


@dataclass(frozen=True, slots=True)
class Told:
    """How many matches were made, and the saved search behind which the next batch begins, if there is one."""

    matches: int
    last: ObjectId | None


class Alerts:
    """The matches of a database. No rule is asked: who keeps a search with notifications has asked to be told.

    All methods raise `Away`.
    """

    def __init__(self, database: Database, writer: Writer, mails: Mails, seconds: float) -> None:
        self._collections = Collections(database)
        self._writer = writer
        self._mails = mails
        self._seconds = seconds

    async def listing(self, key: ObjectId) -> Document | None:
        """A listing as it is now, while it is for sale."""
        with asking(self._seconds):
            return await self._collections[LISTINGS.collection].find_one({"_id": key, **FOR_SALE}, _only(SHOWN))

    async def changed(self, since: int, after: Listing | None = None) -> list[Document]:
        """The next listings for sale that were changed since that time (Unix milliseconds), in the order of it."""
        place: Filter = EVERYTHING
        if after is not None:
            at, key = after["updatedAt"], after["_id"]
            place = {"$or": [{"updatedAt": {"$gt": at}}, {"updatedAt": at, "_id": {"$gt": key}}]}
        condition = both(FOR_SALE, {"updatedAt": {"$gte": since}}, place)
        found = self._collections[LISTINGS.collection].find(condition, _only(SHOWN), hint=BY_UPDATED)
        with asking(self._seconds):
            return await found.sort([("updatedAt", 1), ("_id", 1)]).limit(CAUGHT_UP).to_list()

    async def tell(self, listing: Listing, reason: Reason, after: ObjectId | None, letter: Letter) -> Told:
        """Match the next batch of saved searches with a listing, each once for this reason and price, and post mails.

        Nothing is told of a listing that is not for sale any more.
        """

        async def told() -> Told:
            if await self._collections[LISTINGS.collection].find_one({"_id": listing["_id"], **FOR_SALE}) is None:
                return Told(0, None)
            searches = await self._searches(listing, after)
            fresh = await self._fresh(listing, reason, searches)
            portals = await self._portals(fresh)
            to_tell = [(search, portals[key]) for search in fresh if (key := search["buyerSessionId"]) in portals]
            if to_tell:
                await self._match(listing, reason, [search for search, _ in to_tell])
                for search, portal in to_tell:
                    if (mail := letter(listing, reason, search, portal)) is not None:
                        await self._mails.put(mail)
            return Told(len(to_tell), searches[-1]["_id"] if len(searches) == BATCH else None)

        with asking():
            return await self._writer.transact(told)

    async def _searches(self, listing: Listing, after: ObjectId | None) -> list[Document]:
        behind: Filter = EVERYTHING if after is None else {"_id": {"$gt": after}}
        condition = both({"notificationsEnabled": True}, finding(listing), behind)
        columns = _only(("buyerSessionId", "agentId", "searchName"))
        found = self._collections[SAVED_SEARCHES.collection].find(condition, columns, hint=BY_NOTIFY_CITY)
        return await found.sort("_id", 1).limit(BATCH).to_list()

    async def _fresh(self, listing: Listing, reason: Reason, searches: Sequence[Document]) -> list[Document]:
        """The saved searches that have not been matched with it for this reason and price."""
        once = {"listingId": listing["_id"], "reason": reason.value, "price": listing["price"]}
        condition = {"savedSearchId": {"$in": [search["_id"] for search in searches]}, **once}
        found = self._collections[SAVED_SEARCH_MATCHES.collection].find(condition, _only(("savedSearchId",)))
        known = {match["savedSearchId"] async for match in found}
        return [search for search in searches if search["_id"] not in known]

    async def _portals(self, searches: Sequence[Document]) -> dict[ObjectId, Document]:
        """The portals of the searches that are open, by id."""
        keys = list({search["buyerSessionId"] for search in searches})
        ended = {"expiresAt": {"$lte": now()}}
        condition = {"_id": {"$in": keys}, "active": True, "agentActive": True, "$nor": [ended]}
        found = self._collections[BUYER_SESSIONS.collection].find(condition, _only(("buyerName", "buyerEmail")))
        return {portal["_id"]: portal async for portal in found}

    async def _match(self, listing: Listing, reason: Reason, searches: Sequence[Document]) -> None:
        at = now()
        about = {"listingId": listing["_id"], "price": listing["price"], "reason": reason, "matchedAt": at}
        rows = [
            SavedSearchMatchRow(
                savedSearchId=search["_id"],
                buyerSessionId=search["buyerSessionId"],
                agentId=search["agentId"],
                **about,
            )
            for search in searches
        ]
        await self._collections[SAVED_SEARCH_MATCHES.collection].insert_many([document(row) for row in rows])
        # This write also meets whoever deletes or changes one of the searches meanwhile.
        ran = {"$max": {"lastRun": at}}
        keys = {"_id": {"$in": [search["_id"] for search in searches]}}
        await self._writer.effect(SAVED_SEARCHES, keys, ran, quiet=True)


def _only(columns: Sequence[str] | frozenset[str]) -> dict[str, int]:
    return dict.fromkeys(("_id", *sorted(set(columns) - {"_id"})), 1)
