"""A run of the seeding: where rows go, and how many of them are on their way."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql_api.demo.doors import Doors
from models.row import Row
from models.store import bulk
from models.store.connection import Database
from models.table import Table, document

WAITING = bulk.BATCH * bulk.AT_ONCE
"""Rows that are held until they are sent: so many keep the database busy, and few more are ever in memory."""


@dataclass(frozen=True, slots=True)
class Run:
    """Rows as of `now` (Unix milliseconds); `doors` are the ways in that people get, `counts` what was stored."""

    database: Database
    issuer: str
    now: int
    doors: Doors
    counts: Counter[str] = field(default_factory=Counter)

    async def insert(self, table: Table[Any], rows: Sequence[Row]) -> None:
        """Store these rows."""
        await self.send(table, [document(row) for row in rows])

    async def send(self, table: Table[Any], documents: list[bulk.Document]) -> None:
        """Store these documents, and empty the list."""
        self.counts[table.collection] += await bulk.insert(self.database, table, documents)
        documents.clear()


@dataclass(slots=True)
class Outbox:
    """Rows of several tables on their way: all are sent when there are enough of them."""

    run: Run
    waiting: dict[str, tuple[Table[Any], list[bulk.Document]]] = field(default_factory=dict)
    number: int = 0

    async def rows(self, table: Table[Any], rows: Iterable[Row]) -> None:
        """Store the rows some time, at `flush` at the latest."""
        await self.documents(table, map(document, rows))

    async def documents(self, table: Table[Any], documents: Iterable[bulk.Document]) -> None:
        """The same with rows as they are stored."""
        _, held = self.waiting.setdefault(table.collection, (table, []))
        before = len(held)
        held.extend(documents)
        self.number += len(held) - before
        if self.number >= WAITING:
            await self.flush()

    async def flush(self) -> None:
        """Store all that waits, the tables side by side."""
        waiting, self.waiting, self.number = self.waiting, {}, 0
        await asyncio.gather(*(self.run.send(table, held) for table, held in waiting.values() if held))
