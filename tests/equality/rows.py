"""All rows of a database: kept, put back, and compared without what differs from one write to the next."""

import asyncio
import base64
import re
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import bson
from bson import CodecOptions, ObjectId
from bson.raw_bson import RawBSONDocument
from pymongo.asynchronous.collection import AsyncCollection

from models.store.connection import Database
from models.tables import TABLES

Rows = Mapping[str, Sequence[RawBSONDocument]]
"""As MongoDB sends them: most are never looked into."""

COLLECTIONS = (*(table.collection for table in TABLES), "idempotency_keys")
UNREAD: CodecOptions[Any] = CodecOptions(document_class=RawBSONDocument)

GLOBAL_ID = re.compile(r"[a-z][A-Za-z]{3}[A-Za-z0-9_-]{16}")
ID = re.compile(r"\b[0-9a-f]{24}\b")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

LONGEST = 500 * 86_400
"""Seconds for which anything is kept that is written."""


async def kept(database: Database) -> Rows:
    """Every row, by collection, in the order of the ids."""
    collections = [_unread(database, name) for name in COLLECTIONS]
    found = await asyncio.gather(*(collection.find().sort("_id").to_list() for collection in collections))
    return dict(zip(COLLECTIONS, found, strict=True))


async def put_back(database: Database, before: Rows) -> dict[str, list[dict[str, Any]]]:
    """Make the rows what they were before; returns all rows of each collection in which there were others."""
    now = await kept(database)
    changed = {name: rows for name, rows in now.items() if rows != before[name]}
    for name in changed:
        await database[name].delete_many({})
        if before[name]:
            await _unread(database, name).insert_many(before[name])
    return {name: [bson.decode(row.raw) for row in rows] for name, rows in changed.items()}


def _unread(database: Database, name: str) -> AsyncCollection[RawBSONDocument]:
    collection: AsyncCollection[Any] = database.get_collection(name, UNREAD)
    return collection


class Mask:
    """Hides ids and times that were made since it was: no two runs of a write have the same."""

    def __init__(self) -> None:
        self._since = int(time.time()) - 2

    def __call__(self, value: Any) -> Any:
        """The value without them, at any depth."""
        if isinstance(value, dict):
            return {key: self(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self(inner) for inner in value]
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, ObjectId):
            return "fresh id" if value.generation_time.timestamp() >= self._since else str(value)
        return "now" if self._is_time(value) else value

    def _is_time(self, value: Any) -> bool:
        # What expires is dated ahead.
        later = self._since + LONGEST
        if isinstance(value, datetime):
            return self._since <= value.replace(tzinfo=UTC).timestamp() < later
        return isinstance(value, int) and self._since <= value / 1_000 < later

    def _text(self, text: str) -> Any:
        if GLOBAL_ID.fullmatch(text):
            return [text[:4], self(ObjectId(base64.urlsafe_b64decode(text[4:])))]
        if UUID.fullmatch(text):
            # Those of the dataset count from zero.
            return text if text.startswith("00000000-") else "fresh uuid"
        if ID.search(text):
            return ID.sub(lambda found: self(ObjectId(found[0])), text)
        try:
            # A cursor holds the times and the id of its row.
            return self(bson.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))))
        except (ValueError, bson.errors.BSONError):
            return text
