"""Questions to the store as plain frozen data: which rows, which columns, in which order, with which children."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from models.policy import EVERYTHING, Filter
from models.table import Order, Table

Slot = str | int
"""Where a child's answer is put in its parent's dict; a planner may use any key that is not a column's name."""

COUNT_CAP = 10_000
"""Rows that a count looks at before it answers "at least": enough for any display, bounded for any table."""

RANKED_ROWS = COUNT_CAP
"""Rows of which a rank is computed at most, so that a ranked list is as long as its count says."""

NEAREST = Order(("@distance",))
"""The order by distance: the key under which a row found near a place carries its metres, and then the id."""

EARTH_METRES = 6_378_100.0
"""MongoDB's radius of the earth."""


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of an order: `limit` rows after (or, `backward`, before) the position, by keyset and never by offset.

    `position` holds the values of the order's keys in the row that the stretch starts behind.
    `index` is the name of the index that carries the order, and is given to MongoDB as its hint; of a ranked page, the
    one that carries the order in which rows are taken to be ranked.
    """

    order: Order
    limit: int
    index: str | None = None
    after: tuple[Any, ...] | None = None
    before: tuple[Any, ...] | None = None
    backward: bool = False


@dataclass(frozen=True, slots=True)
class Near:
    """A place on the earth, in degrees, and how far from it rows may be, in metres; `column` holds where they are."""

    column: str
    latitude: float
    longitude: float
    radius: float

    @property
    def point(self) -> Mapping[str, Any]:
        """The place as GeoJSON."""
        return {"type": "Point", "coordinates": [self.longitude, self.latitude]}

    @property
    def circle(self) -> Filter:
        """The rows that are no farther, in no order."""
        radians = self.radius / EARTH_METRES
        return {self.column: {"$geoWithin": {"$centerSphere": [[self.longitude, self.latitude], radians]}}}


@dataclass(frozen=True, slots=True)
class Rank:
    """An order by a number that MongoDB computes of each row, highest first.

    `number` is an aggregation expression that gives one for every row; of more than `RANKED_ROWS` rows, the first ones
    in the order `among` are ranked. `noted` are expressions whose values the shown rows carry as well, each under a
    key that is no column's name (`"@reasons"`).
    """

    number: Any
    among: Order
    noted: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Ask:
    """A question for rows of one table.

    `columns` may hold paths into columns ("persona.name"); those that lead to single `children` are among them.
    `counted` asks also how many rows there are in all, `search` limits them to those that match a full text, best
    first, `near` to those around a place, nearest first; `rank` puts them in a computed order. No two of these go
    together.
    """

    table: Table[Any]
    columns: frozenset[str] = frozenset()
    where: Filter = field(default_factory=lambda: EVERYTHING)
    page: Page | None = None
    search: str | None = None
    near: Near | None = None
    rank: Rank | None = None
    counted: bool = False
    listed: bool = True
    """Whether the rows are wanted; False when a client asks for the count alone."""
    children: tuple["Child", ...] = ()


@dataclass(frozen=True, slots=True)
class One:
    """The row whose id the parent's `column` holds (each of them, in order, where the column is an array)."""

    slot: Slot
    column: str
    ask: Ask
    many: bool = False


@dataclass(frozen=True, slots=True)
class Many:
    """The rows whose `column` holds the parent's id, or what else it has in its column `by`: a page of them for each
    parent, all parents in one call."""

    slot: Slot
    column: str
    ask: Ask
    by: str = "_id"


Child = One | Many


@dataclass(slots=True)
class Rows:
    """The answer to an `Ask` with a page: its rows in order, what lies beyond them, and their number."""

    page: Page
    rows: list[dict[Any, Any]] = field(default_factory=list)
    has_next: bool = False
    has_previous: bool = False
    count: int | None = None
    capped: bool = False
