"""What a transaction leaves behind, noted while it writes: rows to show without asking again, and what it touched."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import bson
from bson import ObjectId
from pymongo.asynchronous.client_session import AsyncClientSession

from models.table import Table

Document = dict[str, Any]

HELD = "@held"
"""The key under which a held row carries its last holder; it is no column's name."""


class Written:
    """The rows that were written, whole and as they are stored now, and the keys of all that was touched."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[bytes, Document]] = {}
        self.touched: dict[str, set[ObjectId] | None] = {}
        """By collection; None where only the database knows which rows."""
        self.session: AsyncClientSession | None = None
        """That of the transaction while it is under way."""

    def clear(self) -> None:
        """Forget all: the transaction is run again from its start."""
        self._rows.clear()
        self.touched.clear()

    def stored(self, table: Table[Any], row: Mapping[str, Any]) -> None:
        """Note a row as it was sent to be stored."""
        self.changed(table, bson.decode(bson.encode(row)))

    def changed(self, table: Table[Any], row: Document) -> None:
        """Note a row as the database answered with it."""
        self._rows.setdefault(table.collection, {})[row["_id"].binary] = row
        self._touch(table, row["_id"])

    def unknown(self, table: Table[Any], key: ObjectId | None = None) -> None:
        """Forget a row that is gone or whose columns are not all known; without a key, every row of the table."""
        if key is None:
            self._rows.pop(table.collection, None)
            self.touched[table.collection] = None
        else:
            self._rows.get(table.collection, {}).pop(key.binary, None)
            self._touch(table, key)

    def rows(self, table: Table[Any], keys: Iterable[bytes]) -> dict[bytes, Document]:
        """Copies of the rows that are known, of those with these ids."""
        known = self._rows.get(table.collection)
        return {} if known is None else {key: dict(known[key]) for key in keys if key in known}

    async def fetch(self, table: Table[Any], ids: Mapping[bytes, ObjectId]) -> None:
        """Have rows at hand that are about to be asked for; of what is written nothing more is to be had."""

    def settled(self, table: Table[Any]) -> Iterable[bytes]:  # noqa: ARG002  # what is not written may still be there
        """The ids of rows that need not be asked for: they are known, or known not to be there."""
        return ()

    def _touch(self, table: Table[Any], key: ObjectId) -> None:
        keys = self.touched.setdefault(table.collection, set())
        if keys is not None:
            keys.add(key)


_CURRENT: ContextVar[Written | None] = ContextVar("written", default=None)


def current() -> Written | None:
    """Where the writes of this task are noted; None where nobody asked for it."""
    return _CURRENT.get()


def transaction() -> AsyncClientSession | None:
    """The session of the transaction that this task is in."""
    written = _CURRENT.get()
    return None if written is None else written.session


@contextmanager
def noted() -> Iterator[Written]:
    """Note what is written inside; an outer notebook, where there is one, is written in further."""
    written = _CURRENT.get()
    if written is not None:
        yield written
        return
    token = _CURRENT.set(written := Written())
    try:
        yield written
    finally:
        _CURRENT.reset(token)
