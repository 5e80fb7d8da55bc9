"""Inputs derived from columns: what a list may be filtered by and how it is ordered, of indexed columns alone."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

import strawberry
from strawberry.annotation import StrawberryAnnotation

from models import global_id
from models.errors import Code, Refusal
from models.policy import EVERYTHING, NOTHING, Filter, both
from models.store.ask import NEAREST
from models.table import Order, Table
from resolvers import comparisons
from resolvers.comparisons import (
    BooleanComparison,
    CaselessTextComparison,
    Comparable,
    FloatComparison,
    IdComparison,
    IntComparison,
    TagsComparison,
    TextComparison,
    TimestampComparison,
)

WHERE_DEPTH = 5
"""Levels of `and`, `or` and `not` in one filter."""

MERGED = 10
"""Values of one column whose stretches of an index MongoDB merges in the order of the list. It does so up to 200, and
looks at each once before the first row: with many, one walk along the order alone is as short."""

NEAREST_WORDS = "By distance from the place in `near`, or from the middle of `within`: nearest first alone."

TEXTS = Comparable(TextComparison)
BOOLEANS = Comparable(BooleanComparison)
INTS = Comparable(IntComparison)
FLOATS = Comparable(FloatComparison)
TIMES = Comparable(TimestampComparison)
TAGS = Comparable(TagsComparison)


def ids(table: Table[Any]) -> Comparable:
    """A column that holds ids of a table's rows. An id of another type becomes a text, which no such column holds."""
    return Comparable(IdComparison, lambda given: None if given is None else global_id.decode(table, given) or given)


def keyed(comparable: Comparable, column: str, key: Callable[[Any], Any]) -> Comparable:
    """Compares the key that is stored in `column` with the keys of what is given: a city's name in small letters."""
    kind = CaselessTextComparison if comparable.kind is TextComparison else comparable.kind
    return replace(
        comparable,
        kind=kind,
        column=column,
        value=lambda given: None if given is None else key(comparable.value(given)),
    )


def choices(kind: type[Enum], name: str) -> Comparable:
    """A column that holds values of an enum."""
    fields = {
        "eq": (kind | None, strawberry.field(default=strawberry.UNSET, description="Equal to this.")),
        "in_": (
            list[kind] | None,  # type: ignore[valid-type]  # made at run time, like the type it is for
            strawberry.field(name="in", default=strawberry.UNSET, description="Equal to one of these."),
        ),
    }
    made = _input(f"{name}Comparison", "Conditions on a choice; all that are given must hold.", fields)
    return Comparable(made, _plain)


@dataclass(frozen=True, slots=True, eq=False)
class Where:
    """What the lists of a table may be filtered by, with its input type."""

    table: Table[Any]
    columns: Mapping[str, Comparable]
    input: type

    def filter(self, given: Mapping[str, Any] | None, depth: int = WHERE_DEPTH) -> Filter:
        """The Mongo filter of what was given. Raises `Refusal` naming the part that is too large or too deep."""
        parts: list[Filter] = []
        for name, condition in (given or {}).items():
            if condition is None:
                continue
            if name in {"and", "or", "not"}:
                parts.append(self._combined(name, condition, depth))
            else:
                path = name.replace("_", ".")
                parts.append(comparisons.compared(name, self.column(path), self.columns[path], condition))
        return both(*parts)

    def column(self, path: str) -> str:
        """The column that is compared for the one of this path."""
        return self.columns[path].column or path

    def equal(self, given: Mapping[str, Any] | None) -> frozenset[str]:
        """The columns that a filter holds at one value, or at a few."""
        by_path = {name.replace("_", "."): condition for name, condition in (given or {}).items()}
        return frozenset(
            self.column(path)
            for path, condition in by_path.items()
            if path in self.columns and condition and _fixes(condition)
        )

    def named(self, given: Mapping[str, Any] | None) -> Iterator[str]:
        """The columns that a filter looks at, at any depth."""
        for name, condition in (given or {}).items():
            if name == "not":
                yield from self.named(condition)
            elif name in {"and", "or"}:
                for part in condition or ():
                    yield from self.named(part)
            else:
                path = name.replace("_", ".")
                # What is private stays so under either name.
                yield from {path: None, self.column(path): None}

    def _combined(self, name: str, given: Any, depth: int) -> Filter:
        if depth == 0:
            raise Refusal(Code.INVALID, f"Filters may be nested {WHERE_DEPTH} levels deep.", "where", name)
        if name == "not":
            inner = self.filter(given, depth - 1)
            return {"$nor": [inner]} if inner else NOTHING
        comparisons.bounded(given, name)
        inners = [self.filter(part, depth - 1) for part in given]
        if not inners:
            # All of no conditions hold for every row, at least one of none for no row.
            return EVERYTHING if name == "and" else NOTHING
        return {"$and": inners} if name == "and" else {"$or": inners}


def _fixes(condition: Mapping[str, Any]) -> bool:
    """Whether the rows that meet the condition stand together in an index of the column, or in a few places of it."""
    if len(condition) != 1:
        return False
    [(operator, value)] = condition.items()
    if operator in {"in", "hasAny"}:
        return value is not None and 0 < len(value) <= MERGED
    return operator == "eq" or (operator in {"has", "hasAll"} and bool(value))


def where(table: Table[Any], **columns: Comparable) -> Where:
    """The filter of a table's lists. Raises LookupError for a column without an index.

    A path into a column is written with `_` for the dot, here and in the input.
    """
    by_path = {name.replace("_", "."): comparable for name, comparable in columns.items()}
    if unindexed := {comparable.column or path for path, comparable in by_path.items()} - table.indexed:
        raise LookupError(f"{table.collection}: no index carries {sorted(unindexed)}")
    fields: dict[str, tuple[Any, Any]] = {
        name: (comparable.kind | None, _optional(f"Conditions on `{name}`.")) for name, comparable in columns.items()
    }
    for name, words in (("and", "All of these."), ("or", "At least one of these."), ("not", "Not this.")):
        fields[f"{name}_"] = (bool | None, _optional(words, name))
    made = _input(f"{table.type_name}Where", f"Which {table.type_name} rows are listed.", fields)
    for field in made.__strawberry_definition__.fields:  # type: ignore[attr-defined]  # Strawberry put it there
        if field.python_name in {"and_", "or_"}:
            field.type_annotation = StrawberryAnnotation(list[made] | None)  # type: ignore[valid-type]  # recursive
        elif field.python_name == "not_":
            field.type_annotation = StrawberryAnnotation(made | None)
    return Where(table, by_path, made)


@strawberry.enum(description="Which end of an order comes first.")
class Direction(Enum):
    """Ascending or descending."""

    ASC = strawberry.enum_value("asc", description="Smallest, earliest or alphabetically first.")
    DESC = strawberry.enum_value("desc", description="Largest, latest or alphabetically last.")


@dataclass(frozen=True, slots=True, eq=False)
class Orders:
    """The orders in which a list comes, the first by default, with their input type."""

    choices: Mapping[str, Order]
    input: type

    def order(self, given: Mapping[str, Any] | None) -> Order:
        """The order asked for."""
        if given is None:
            return next(iter(self.choices.values()))
        order = self.choices[_plain(given["field"])]
        descending = _plain(given["direction"]) == Direction.DESC.value
        return order.reversed if descending != (order.columns[0].startswith("-")) else order


def orders(name: str, **choices: tuple[str, ...]) -> Orders:
    """The orders of a list: for each name in the enum, the columns as `Order` takes them."""
    make: Any = Enum  # mypy reads a call of Enum itself as a class statement, which a derived name cannot be
    shown = make(f"{name}OrderField", {choice: choice for choice in choices})
    strawberry.enum(shown, description="What a list is ordered by.")
    for value in shown.__strawberry_definition__.values:
        columns = " and ".join(f"`{column.removeprefix('-')}`" for column in choices[value.name])
        value.description = f"By {columns}." if choices[value.name] != NEAREST.columns else NEAREST_WORDS
    made = _input(
        f"{name}Order",
        "The order of a list; rows that are level come in the order of their ids.",
        {
            "field": (shown, strawberry.field(description="What to order by.")),
            "direction": (Direction, strawberry.field(description="Which end comes first.")),
        },
    )
    return Orders({choice: Order(columns) for choice, columns in choices.items()}, made)


def _plain(given: Any) -> Any:
    """The stored value of a choice: a sorted schema hands out values, an unsorted one members."""
    return given.value if isinstance(given, Enum) else given


def _optional(description: str, name: str | None = None) -> Any:
    return strawberry.field(name=name, default=strawberry.UNSET, description=description)


def _input(name: str, description: str, fields: Mapping[str, tuple[Any, Any]]) -> type:
    namespace = {
        "__annotations__": {field: kind for field, (kind, _) in fields.items()},
        "__module__": __name__,
        **{field: value for field, (_, value) in fields.items()},
    }
    return strawberry.input(type(name, (), namespace), description=description)
