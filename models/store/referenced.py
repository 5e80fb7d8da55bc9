"""Rows that many others point to, kept while the change feed vouches for them."""

from collections.abc import Iterable, Sequence
from typing import Any

from bson import ObjectId

from models.actor import Actor
from models.policy import Filter
from models.store.ask import Ask
from models.store.feed import Feed
from models.store.gathering import Gathering
from models.store.kept import Kept
from models.store.written import transaction
from models.table import Table

KEPT_ROWS = 20_000
"""Rows that are kept, each with the columns that a selection asks for: one takes about two kilobytes."""

Document = dict[Any, Any]
Asked = tuple[str, bytes, frozenset[str]]
"""A row by its collection and its id, with the columns that were asked for."""


class Referenced:
    """Rows that are shown beside those that point to them: an advisor with each message, an agent with each listing.

    Those of `kept` tables are asked of the database once, and again when they have changed. What is kept is nobody's:
    the table's rule is asked of each row for each caller, as it is of rows that callers ask for together.
    """

    def __init__(self, feed: Feed, tables: Iterable[Table[Any]], gathering: Gathering) -> None:
        watched = {table.collection: None for table in tables if table.kept}
        self._kept = Kept[Asked, Document](feed, watched, KEPT_ROWS)
        self._gathering = gathering

    @property
    def hits(self) -> int:
        """How many rows were known without asking the database."""
        return self._kept.hits

    def changed(self, collection: str, keys: Iterable[ObjectId] | None) -> None:
        """Take notice of a write of this process to these rows (None: any), so that its client reads what it wrote."""
        self._kept.drop(collection, keys)

    async def rows(self, ask: Ask, rule: Filter, ids: Sequence[ObjectId], actor: Actor) -> list[Document]:
        """The rows among `ids` that the rule, which is the actor's filter, admits; each a dict of one's own."""
        table = ask.table
        if not table.kept or not self._kept.warranted or transaction() is not None:
            return await self._gathering.rows(ask, rule, ids, actor)
        began = self._kept.moment()
        # With the columns that the rule is decided by.
        whole = Ask(table, ask.columns | table.policy.read.columns)
        admits = table.policy.read.bound(actor)
        rows: list[Document] = []
        missing: list[ObjectId] = []
        for key in ids:
            row = self._kept.find((table.collection, key.binary, whole.columns))
            if row is None:
                missing.append(key)
            elif admits(row):
                rows.append(dict(row))
        if missing:
            for row in await self._gathering.rows(whole, rule, missing, actor):
                asked = (table.collection, row["_id"].binary, whole.columns)
                self._kept.keep(asked, row, [(table.collection, row["_id"])], began)
                rows.append(dict(row))
        return rows


ById = Gathering | Referenced
"""Where rows are had by their ids: as they are now, or as they were last told of."""
