"""A table: its row, its name to clients, its indexes and its policy, as one value that every room passes around."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from models.policy import Filter, Policy
from models.row import Row

R = TypeVar("R", bound=Row)

Keys = tuple[tuple[str, int | str], ...]


@dataclass(frozen=True, slots=True)
class Index:
    """An index as the contract names it: `keys` are columns, `-column` where descending, `column:text` where full text,
    `column:2dsphere` where points on the earth.

    `partial` limits it to the rows that match; `expires` makes MongoDB delete a row at the date in its only column.
    `covered` columns are appended to the keys, behind the order that the index carries: they decide nothing of the
    order, but a filter on them is decided in the index, so that rows which it rules out are never fetched. None of them
    may hold an array: that would make an entry of each of its elements.
    """

    name: str
    columns: tuple[str, ...]
    unique: bool = False
    partial: Filter | None = None
    expires: bool = False
    covered: tuple[str, ...] = ()

    @property
    def keys(self) -> Keys:
        """The keys as the driver wants them."""
        return tuple(_key(column) for column in (*self.columns, *self.covered))

    @property
    def text(self) -> bool:
        """Whether this is a full-text index."""
        return any(direction == "text" for _, direction in self.keys)

    @property
    def places(self) -> frozenset[str]:
        """The columns of points on the earth that it finds by distance."""
        return frozenset(column for column, kind in self.keys if kind == "2dsphere")


def index(name: str, *columns: str, covered: tuple[str, ...] = ()) -> Index:
    """An ordinary index."""
    return Index(name, columns, covered=covered)


def unique(name: str, *columns: str, partial: Filter | None = None) -> Index:
    """An index that lets each combination of its columns in once."""
    return Index(name, columns, unique=True, partial=partial)


def expiring(name: str, column: str) -> Index:
    """An index by which MongoDB sweeps rows whose date has passed, about once a minute."""
    return Index(name, (column,), expires=True)


@dataclass(frozen=True)
class Order:
    """An order of rows by `columns` (`-column` descending), made total by the id in the last column's direction."""

    columns: tuple[str, ...]

    @cached_property
    def keys(self) -> tuple[tuple[str, int], ...]:
        """(column, 1 or -1) pairs, the id last."""
        named = tuple((name.removeprefix("-"), -1 if name.startswith("-") else 1) for name in self.columns)
        return named if named and named[-1][0] == "_id" else (*named, ("_id", named[-1][1] if named else 1))

    @cached_property
    def reversed(self) -> "Order":
        """The same rows from the other end."""
        return Order(tuple(name[1:] if name.startswith("-") else f"-{name}" for name in self.columns))


@dataclass(frozen=True, eq=False)
class Table(Generic[R]):
    """A noun of the store.

    `tag` is the four characters with which the global ids of its rows begin; `noun` names a row in messages.
    `hidden` are the columns that no GraphQL type shows. Lists of a `watched` table can be kept up to date: MongoDB
    keeps its rows as they were before and after each change. Rows of a `kept` table stay in memory where others point
    to them, until they change: for few rows that change seldom and are shown often.
    """

    row: type[R]
    type_name: str
    tag: str
    noun: str
    policy: Policy
    indexes: tuple[Index, ...]
    shard_key: tuple[str, ...]
    hidden: frozenset[str] = frozenset()
    watched: bool = False
    kept: bool = False

    @cached_property
    def collection(self) -> str:
        """The name of the collection."""
        return str(self.row.Settings.name)

    @cached_property
    def columns(self) -> frozenset[str]:
        """The stored names of the top-level columns."""
        return frozenset("_id" if name == "id" else name for name in self.row.model_fields) - {"revision_id"}

    @cached_property
    def indexed(self) -> frozenset[str]:
        """The columns that some ordinary index carries; only these may be filtered or ordered by."""
        return frozenset({"_id"}).union(column for i in self._ordinary() for column, _ in i.keys)

    @cached_property
    def texts(self) -> frozenset[str]:
        """The columns that full text looks into."""
        return frozenset(column for index in self.indexes for column, kind in index.keys if kind == "text")

    def index_near(self, column: str) -> Index:
        """The index that yields rows by distance from the point in `column`; LookupError when there is none."""
        for candidate in self.indexes:
            if column in candidate.places:
                return candidate
        raise LookupError(f"{self.collection}: no index finds {column} by distance")

    def index_for(self, fixed: Sequence[str], order: Order, also: Iterable[str] = ()) -> Index:
        """The index that yields rows with `fixed` columns in `order`, from either end, without a sort.

        Of those that begin with more columns, fixed as `also`, the one that narrows most. Raises LookupError when no
        index carries the order: such a list must not be offered.
        """
        carrying = [
            (depth, index) for index in self._ordinary() if (depth := carries(index, fixed, also, order)) is not None
        ]
        if not carrying:
            raise LookupError(f"{self.collection}: no index carries {order.columns} under fixed {sorted(fixed)}")
        return max(carrying, key=lambda found: found[0])[1]

    def _ordinary(self) -> Iterator[Index]:
        # An index of points is of use to who asks for a distance alone.
        return (i for i in self.indexes if not (i.text or i.expires or i.places) and i.partial is None)


def carries(candidate: Index, fixed: Sequence[str], also: Iterable[str], order: Order) -> int | None:
    """How many columns the index begins with before it goes on exactly in the order (or its reverse); None if not so.

    It must begin with all that are `fixed` and may with some that are fixed `also`. What it covers comes behind the id,
    which no two rows share, and so has no say in the order.
    """
    plain = [(name.removeprefix("-"), -1 if name.startswith("-") else 1) for name in candidate.columns]
    depth = len(plain) - len(order.keys)
    head, tail = {name for name, _ in plain[:depth]}, plain[depth:]
    forward = list(order.keys)
    begins = depth >= 0 and set(fixed) <= head <= {*fixed, *also}
    return depth if begins and tail in (forward, [(name, -way) for name, way in forward]) else None


def _key(column: str) -> tuple[str, int | str]:
    name, _, kind = column.partition(":")
    if kind:
        return name, kind
    return (column[1:], -1) if column.startswith("-") else (column, 1)


def document(row: Row) -> dict[str, Any]:
    """The row as it is stored: without missing values unless its settings keep them, and without an id it has not."""
    left_out = {"revision_id"} if row.id is not None else {"revision_id", "id"}
    return stored(row.model_dump(exclude_none=not row.get_settings().keep_nulls, exclude=left_out))


def stored(values: Any) -> dict[str, Any]:
    """A row's data under its stored names (`_id` for the id)."""
    data = dict(values)
    if "id" in data:
        data["_id"] = data.pop("id")
    return data
