"""Trails: how far a worker has followed the changes of a table, so that the one after it misses and repeats none."""

import time
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pymongo
from bson import ObjectId
from pymongo import ReturnDocument
from pymongo.errors import OperationFailure, PyMongoError

from models.store.changes import LOST, OPERATIONS, Change, answer, change, moment, opened, told_until
from models.store.connection import MAJORITY, Database
from models.store.mails import Away
from models.table import Table

COLLECTION = "trails"


class Lost(Exception):
    """MongoDB cannot tell any more what has happened since the trail's place."""


class Taken(Exception):
    """Another worker follows the trail by now."""


@dataclass(frozen=True, slots=True)
class Step:
    """What has happened next, perhaps nothing, and the place behind it."""

    changes: tuple[Change, ...]
    place: str


@contextmanager
def asking(seconds: float | None = None) -> Iterator[None]:
    """Raise `Away` for what the database could not do now, within so many seconds where there is a bound."""
    try:
        with pymongo.timeout(seconds):
            yield
    except PyMongoError as error:
        raise Away(type(error).__name__) from error


class Trail:
    """One worker's part in following a table: of all workers on the trail of this name, one at a time has the lease.

    Told are new rows, and changes of the `columns`. MongoDB's clock measures the lease, so that those of the workers
    need not agree. `place` is where the trail goes on, and None before it was ever followed. All methods raise `Away`.
    """

    def __init__(
        self,
        database: Database,
        name: str,
        table: Table[Any],
        columns: Sequence[str],
        *,
        lease_seconds: float,
        seconds: float,
    ) -> None:
        self.place: str | None = None
        self._database = database
        self._collection = database[COLLECTION].with_options(write_concern=MAJORITY)
        self._name = name
        self._condition = _of(table, columns)
        self._lease_seconds = lease_seconds
        self._seconds = seconds
        self._me = ObjectId()
        self._renew_at = 0.0

    @property
    def since(self) -> int:
        """The time of the place in Unix milliseconds: what happened before it has been told."""
        return 0 if self.place is None else moment(self.place).time * 1000

    async def take(self) -> bool:
        """Take the lease, unless another worker has it; whether it is ours."""
        # An aggregation expression, by which MongoDB's clock is asked, can look for a row but not make one.
        free = {"_id": self._name, "$or": [{"$expr": {"$lte": ["$until", "$$NOW"]}}, {"lease": self._me}]}
        with asking(self._seconds):
            await self._collection.update_one({"_id": self._name}, {"$setOnInsert": {"until": None}}, upsert=True)
            found = await self._collection.find_one_and_update(free, self._mine(), return_document=ReturnDocument.AFTER)
        if found is not None:
            self.place = found.get("place")
        return found is not None

    async def keep(self, place: str) -> None:
        """Note that all before the place is done with; the lease begins anew. Raises `Taken`."""
        with asking(self._seconds):
            kept = await self._collection.update_one(
                {"_id": self._name, "lease": self._me}, self._mine({"place": place})
            )
        if not kept.matched_count:
            raise Taken
        self.place = place

    async def renew(self, place: str | None = None) -> None:
        """Do the same once a third of the lease is over, without a place for the lease alone. Raises `Taken`."""
        if time.monotonic() < self._renew_at:
            return
        if place is not None:
            await self.keep(place)
        elif not await self.take():
            raise Taken

    async def release(self) -> None:
        """Leave the trail to whoever comes next, now and not when the lease ends."""
        with asking(self._seconds):
            await self._collection.update_one(
                {"_id": self._name, "lease": self._me}, {"$set": {"until": None}, "$unset": {"lease": 1}}
            )

    async def present(self) -> str:
        """The place behind all that has happened."""
        try:
            async with opened(self._database, self._condition, None, self._name) as stream:
                place = told_until(stream)
                while place is None:
                    await answer(stream)
                    place = told_until(stream)
                return place
        except (PyMongoError, TimeoutError) as error:
            raise Away(type(error).__name__) from error

    async def steps(self) -> AsyncGenerator[Step, None]:
        """What happens from the place on, about four times a second; ends as a stream does. Raises `Lost`."""
        try:
            async with opened(self._database, self._condition, self.place, self._name) as stream:
                while stream.alive:
                    events = await answer(stream)
                    place = told_until(stream) or (events[-1]["_id"]["_data"] if events else self.place)
                    if place is not None:
                        yield Step(tuple(change(e) for e in events if e["operationType"] in OPERATIONS), place)
        except OperationFailure as error:
            raise (Lost if error.code in LOST else Away)(f"{type(error).__name__} {error.code}") from error
        except (PyMongoError, TimeoutError) as error:
            raise Away(type(error).__name__) from error

    def _mine(self, more: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        self._renew_at = time.monotonic() + self._lease_seconds / 3
        until = {"$add": ["$$NOW", int(self._lease_seconds * 1000)]}
        return [{"$set": {"lease": self._me, "until": until, **(more or {})}}]


class Trails:
    """The trails of a database, which works on no call for longer than `seconds`."""

    def __init__(self, database: Database, seconds: float) -> None:
        self._database = database
        self._seconds = seconds

    def trail(self, name: str, table: Table[Any], columns: Sequence[str], *, lease_seconds: float) -> Trail:
        """One worker's part in the trail of this name."""
        return Trail(self._database, name, table, columns, lease_seconds=lease_seconds, seconds=self._seconds)


def _of(table: Table[Any], columns: Sequence[str]) -> dict[str, Any]:
    touched = [{f"updateDescription.updatedFields.{column}": {"$exists": True}} for column in columns]
    whole = {"operationType": {"$in": ["insert", "replace"]}}
    return {"ns.coll": table.collection, "$or": [whole, *touched]}
