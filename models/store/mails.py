"""The outbox: mails go in with a transaction, and out one by one, each to one worker at a time."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pymongo
from bson import ObjectId
from pymongo import ReturnDocument
from pymongo.errors import PyMongoError, WriteError

from models.clock import now
from models.mail.mail import MAILS, Mail, MailRow
from models.store.connection import MAJORITY, Database
from models.table import document


class Away(Exception):
    """The database could not do it now."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A mail that is ours to send until `until`, begun for the `attempt`th time; times are Unix milliseconds."""

    id: ObjectId
    mail: Mail
    lease: ObjectId
    until: int
    attempt: int
    created: int
    expires: int


class Mails:
    """The mails of a database, which works on no call for longer than `seconds`."""

    def __init__(self, database: Database, seconds: float) -> None:
        self._database = database
        self._collection = database[MAILS.collection].with_options(write_concern=MAJORITY)
        self._seconds = seconds

    async def put(self, mail: Mail) -> None:
        """Store a mail, in the transaction that is under way. Raises the driver's errors, which end that."""
        row = MailRow(to=mail.to, subject=mail.subject, text=mail.text, kind=mail.kind)
        reply = await self._database.command({"insert": MAILS.collection, "documents": [document(row)]})
        if "writeErrors" in reply:
            refused = reply["writeErrors"][0]
            raise WriteError(refused["errmsg"], refused["code"])

    async def claim(self, lease_seconds: float) -> Claimed | None:
        """Take the mail that is due for the longest time; None when none is. Raises `Away`."""
        at = now()
        free = {
            "dueAt": {"$lte": at},
            "leaseUntil": {"$not": {"$gt": at}},
            # MongoDB sweeps once a minute: what it has not swept yet is over nevertheless.
            "expiresAt": {"$gt": datetime.fromtimestamp(at / 1000, UTC)},
        }
        taken = {"lease": ObjectId(), "leaseUntil": at + int(lease_seconds * 1000)}
        with self._asking():
            row = await self._collection.find_one_and_update(
                free,
                {"$set": taken, "$inc": {"attempts": 1}},
                sort=[("dueAt", 1)],
                return_document=ReturnDocument.AFTER,
            )
        return None if row is None else _claimed(row)

    async def remove(self, claimed: Claimed) -> None:
        """Forget a mail, sent or given up, unless somebody else has it by now. Raises `Away`."""
        with self._asking():
            await self._collection.delete_one(_held(claimed))

    async def release(self, claimed: Claimed, *, pause_seconds: float = 0) -> None:
        """Leave a mail to whoever comes next, after a pause, unless somebody else has it by now. Raises `Away`."""
        update = {"$set": {"dueAt": now() + int(pause_seconds * 1000)}, "$unset": {"lease": 1, "leaseUntil": 1}}
        with self._asking():
            await self._collection.update_one(_held(claimed), update)

    @contextmanager
    def _asking(self) -> Iterator[None]:
        try:
            with pymongo.timeout(self._seconds):
                yield
        except PyMongoError as error:
            raise Away(type(error).__name__) from error


def _held(claimed: Claimed) -> dict[str, Any]:
    return {"_id": claimed.id, "lease": claimed.lease}


def _claimed(row: Mapping[str, Any]) -> Claimed:
    return Claimed(
        id=row["_id"],
        mail=Mail(row["to"], row["subject"], row["text"], row["kind"]),
        lease=row["lease"],
        until=row["leaseUntil"],
        attempt=row["attempts"],
        created=row["createdAt"],
        expires=int(row["expiresAt"].replace(tzinfo=UTC).timestamp() * 1000),
    )
