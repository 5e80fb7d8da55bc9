"""Rows by the batch and without rules, for those who fill or empty a database and not for requests."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any

from bson import ObjectId

from models.policy import Filter
from models.store.connection import MAJORITY, Database
from models.table import Table

BATCH = 1_000
"""Rows that are sent together."""

AT_ONCE = 4
"""Batches that are under way at the same time."""

Document = dict[str, Any]


async def insert(database: Database, table: Table[Any], documents: Sequence[Document]) -> int:
    """Store new rows; the number stored. Raises the driver's BulkWriteError when a unique index refuses one."""
    collection = database[table.collection].with_options(write_concern=MAJORITY)
    batches = [documents[start : start + BATCH] for start in range(0, len(documents), BATCH)]
    for first in range(0, len(batches), AT_ONCE):
        under_way = batches[first : first + AT_ONCE]
        # Side by side and unordered: most of the server's time goes into index entries, on one core for each batch.
        await asyncio.gather(*(collection.insert_many(rows, ordered=False) for rows in under_way))
    return len(documents)


async def remove(database: Database, table: Table[Any], condition: Filter) -> int:
    """Remove the rows that meet the condition; the number removed."""
    collection = database[table.collection].with_options(write_concern=MAJORITY)
    return (await collection.delete_many(condition)).deleted_count


async def values(database: Database, table: Table[Any], condition: Filter, *columns: str) -> list[tuple[Any, ...]]:
    """The `columns` of the rows that meet the condition; None where a row has none."""
    cursor = database[table.collection].find(condition, dict.fromkeys(("_id", *columns), 1))
    return [tuple(row.get(column) for column in columns) for row in await cursor.to_list()]


async def tally(database: Database, table: Table[Any], column: str, among: Iterable[ObjectId]) -> dict[ObjectId, int]:
    """How many rows hold each of the ids in the `column`; an id that none holds is left out."""
    stages: list[Document] = [
        {"$match": {column: {"$in": list(among)}}},
        {"$group": {"_id": f"${column}", "rows": {"$sum": 1}}},
    ]
    cursor = await database[table.collection].aggregate(stages)
    return {found["_id"]: found["rows"] async for found in cursor}


async def assign(database: Database, table: Table[Any], key: ObjectId, changes: Document) -> None:
    """Set columns of one row that are derived from other rows: no rule is asked and no version raised."""
    collection = database[table.collection].with_options(write_concern=MAJORITY)
    await collection.update_one({"_id": key}, {"$set": changes})
