"""All rows of a database: kept, put back, and compared without what differs from one write to the next."""

import base64
import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import bson
from bson import ObjectId

from models.store.connection import Database
from models.tables import TABLES

Rows = Mapping[str, list[dict[str, Any]]]

COLLECTIONS = (*(table.collection for table in TABLES), "idempotency_keys")

GLOBAL_ID = re.compile(r"[a-z][A-Za-z]{3}[A-Za-z0-9_-]{16}")


async def kept(database: Database) -> Rows:
    """Every row, by collection, in the order of the ids."""
    return {name: await database[name].find().sort("_id").to_list() for name in COLLECTIONS}


async def put_back(database: Database, before: Rows, now: Rows) -> None:
    """Make the rows that are `now` what they were `before`."""
    for name in COLLECTIONS:
        if now[name] != before[name]:
            await database[name].delete_many({})
            if before[name]:
                await database[name].insert_many(before[name])


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
        later = self._since + 2 * 86_400
        if isinstance(value, datetime):
            return self._since <= value.replace(tzinfo=UTC).timestamp() < later
        return isinstance(value, int) and self._since <= value / 1_000 < later

    def _text(self, text: str) -> Any:
        if GLOBAL_ID.fullmatch(text):
            return [text[:4], self(ObjectId(base64.urlsafe_b64decode(text[4:])))]
        try:
            # A cursor holds the times and the id of its row.
            return self(bson.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))))
        except (ValueError, bson.errors.BSONError):
            return text
