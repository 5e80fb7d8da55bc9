"""Idempotency: a write that is sent again with its key is answered from the first time and not done twice."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pymongo import ReturnDocument

from models.errors import Code, Refusal
from models.store.connection import Database
from models.store.writing import Writer
from models.table import Index, expiring

COLLECTION = "idempotency_keys"
INDEXES: tuple[Index, ...] = (expiring("ttl_expires", "expiresAt"),)
KEPT = timedelta(hours=24)
"""How long a first answer is kept."""

KEY_CHARACTERS = 255
"""Length of an idempotency key, in characters."""

Outcome = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ReplayKey:
    """Who sent which write under which key, and a digest of what it said."""

    principal: str
    mutation: str
    key: str
    digest: str

    @property
    def id(self) -> str:
        """The key's own id: a hash, so that no part can run into another."""
        return hashlib.sha256("\0".join((self.principal, self.mutation, self.key)).encode()).hexdigest()


class Replays:
    """First answers, stored in the same transaction as what they answer."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self._collection = database[COLLECTION]
        self._writer = writer

    async def earlier(self, key: ReplayKey) -> Outcome | None:
        """The stored first outcome; None when there is none yet. Raises as `once` does."""
        _check_length(key)
        record = await self._collection.find_one({"_id": key.id})
        return None if record is None else _outcome(record, key)

    async def once(self, key: ReplayKey, work: Callable[[], Awaitable[Outcome]]) -> Outcome:
        """Do the `work` in a transaction, unless the same was done before: then the stored first outcome.

        Of callers at once one does the work: the others meet its record, are run again, and find the outcome. A refused
        write leaves no record, so that it can be tried again once its cause is gone. Raises IDEMPOTENCY_KEY_REUSED when
        the key came with another input, INVALID when it is too long or empty.
        """
        _check_length(key)

        async def claimed() -> Outcome:
            record = {"digest": key.digest, "expiresAt": datetime.now(UTC) + KEPT}
            first = await self._collection.find_one_and_update(
                {"_id": key.id}, {"$setOnInsert": record}, upsert=True, return_document=ReturnDocument.BEFORE
            )
            if first is None:
                outcome = await work()
                await self._collection.update_one({"_id": key.id}, {"$set": {"outcome": outcome}})
                return outcome
            return _outcome(first, key)

        return await self._writer.transact(claimed)


def _check_length(key: ReplayKey) -> None:
    if not 0 < len(key.key) <= KEY_CHARACTERS:
        raise Refusal(Code.INVALID, f"Must have 1 to {KEY_CHARACTERS} characters.", "clientMutationId")


def _outcome(record: Mapping[str, Any], key: ReplayKey) -> Outcome:
    if record["digest"] != key.digest:
        raise Refusal(Code.IDEMPOTENCY_KEY_REUSED, "This key was used with another input.", "clientMutationId")
    stored: Outcome = record["outcome"]
    return stored
