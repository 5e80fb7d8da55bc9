"""Rows that a changed row refers to, fetched once for all who are shown the change."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bson import ObjectId

from models.store.asking import Asking
from models.store.written import Written
from models.table import Table

MOST = 200
"""Rows of one table that one change refers to and that are fetched ahead; further ones are asked for by each caller."""


class Related(Written):
    """Rows as they are now, whole and whoever's they are: the reader shows of them what its caller may see."""

    def __init__(self, asking: Asking) -> None:
        super().__init__()
        self._asking = asking
        self._asked: dict[str, dict[bytes, asyncio.Future[None]]] = {}

    async def fetch(self, table: Table[Any], ids: Mapping[bytes, ObjectId]) -> None:
        """Have the rows with these ids at hand, those that there are; what is on its way already is waited for."""
        asked = self._asked.setdefault(table.collection, {})
        wanted = [key for place, key in ids.items() if place not in asked or _failed(asked[place])][:MOST]
        if wanted:
            # A task of its own: who asked first may leave before the others have it.
            asking = asyncio.ensure_future(self._find(table, wanted))
            asked.update((key.binary, asking) for key in wanted)
        for found in {asked[place] for place in ids if place in asked}:
            await asyncio.shield(found)

    def settled(self, table: Table[Any]) -> Iterable[bytes]:
        """The ids that were looked for."""
        return [place for place, found in self._asked.get(table.collection, {}).items() if found.done()]

    async def _find(self, table: Table[Any], wanted: Sequence[ObjectId]) -> None:
        for row in await self._asking.find(table.collection, {"_id": {"$in": wanted}}, {}, len(wanted)):
            self.changed(table, row)


def _failed(asked: asyncio.Future[None]) -> bool:
    return asked.done() and asked.exception() is not None
