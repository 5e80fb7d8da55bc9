"""Rows by their distance from a place, without a sort of all that are near.

MongoDB walks an index of points outwards from a place, and a `find` stops where the page ends; a `$geoNear` would read
on for 4 MB. What lies nearer than where a page begins it looks at again, since its rings are coarse: among 30,000 rows
page 1 looks at 60 of them (1 ms), a page behind 600 rows at 930 (5 ms), and one behind 10,000 at 10,800 (45 ms); never
at what lies farther out.

Rows at the same distance (the flats of a house) come in any order. Where a page would be cut among them, they are asked
for alone.
"""

import math
from dataclasses import dataclass
from typing import Any

from models.actor import Actor
from models.policy import EVERYTHING, both
from models.store.ask import NEAREST, Ask, Near, Page, Rows
from models.store.asking import Asking
from models.store.pipeline import beyond, matching, projection

DISTANCE = NEAREST.keys[0][0]
"""The key under which a row carries its distance in metres; it is no column's name."""

BACK = 1.0
"""Metres by which a walk begins nearer than the position that it goes on from, and a ring is wider than its rows.
MongoDB's rings are exact to some centimetres, its distances to the last bit: what lies between is sorted out by those.
"""

SPARE = 8
"""Rows more than a page: the one at the position, others of its house, and one that shows where the level ones end."""

Document = dict[Any, Any]


async def nearest(asking: Asking, ask: Ask, near: Near, page: Page, actor: Actor) -> Rows:
    """The page of rows by distance, those at the same one by id. It is always read forward.

    One call where no two rows at the page's end are level, and four at the most.
    """
    rows = await _Walk(asking, ask, near, page, actor).rows()
    return Rows(page, rows[: page.limit], len(rows) > page.limit, page.after is not None)


@dataclass(frozen=True, slots=True)
class _Walk:
    """The way outwards from a place for one page."""

    asking: Asking
    ask: Ask
    near: Near
    page: Page
    actor: Actor

    async def rows(self) -> list[Document]:
        """The rows of the page, and at least one more if there is one."""
        wanted, room = self.page.limit + 1, self.page.limit + 1 + SPARE
        rows: list[Document] = []
        start = 0.0 if self.page.after is None else max(0.0, self.page.after[0] - BACK)
        while start <= self.near.radius:
            found = await self._outwards(start, room)
            # Of the farthest ones there may be more than were found, and others of them first.
            edge = found[-1][DISTANCE] if len(found) == room else math.inf
            rows += sorted((row for row in found if row[DISTANCE] < edge and self._behind(row)), key=_place)
            if len(rows) >= wanted or edge == math.inf:
                break
            rows += await self._level(edge, wanted - len(rows))
            if len(rows) >= wanted:
                break
            # All that was found lay before the position: it is behind the walk from now on.
            start = math.nextafter(edge, math.inf)
        return rows

    async def _outwards(self, start: float, limit: int) -> list[Document]:
        reach = {"$geometry": self.near.point, "$minDistance": start, "$maxDistance": self.near.radius}
        condition = both(matching(self.ask, self.actor), {self.near.column: {"$nearSphere": reach}})
        shown = {**projection(self.ask), DISTANCE: {"$meta": "geoNearDistance"}}
        return await self.asking.find(self.ask.table.collection, condition, shown, limit)

    async def _level(self, distance: float, limit: int) -> list[Document]:
        """The first rows by id, behind the position, of those at this distance."""
        walk: Document = {
            "near": self.near.point,
            "key": self.near.column,
            "distanceField": DISTANCE,
            "spherical": True,
            "query": matching(self.ask, self.actor),
            "minDistance": max(0.0, distance - BACK),
            "maxDistance": distance + BACK,
        }
        after = self.page.after
        behind = EVERYTHING if after is None else beyond(self.page.order.keys, after)
        stages: list[Document] = [
            {"$geoNear": walk},
            {"$match": both({DISTANCE: distance}, behind)},
            {"$sort": {"_id": 1}},
            {"$limit": limit},
            {"$project": projection(self.ask)},
        ]
        return await self.asking.aggregate(self.ask.table.collection, stages, limit)

    def _behind(self, row: Document) -> bool:
        return self.page.after is None or _place(row) > self.page.after


def _place(row: Document) -> tuple[Any, ...]:
    return row[DISTANCE], row["_id"]
