"""Values that no column should hold, and where in a type's rows they can be put."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from bson import Binary, Decimal128, Int64, ObjectId
from graphql import GraphQLList, GraphQLObjectType, get_named_type, get_nullable_type, is_leaf_type

from models.table import Table

MISSING = object()
SELF = object()
"""In the place of the value itself: a list that holds the right value."""

ODDITIES: dict[str, Any] = {
    "missing": MISSING,
    "null": None,
    "integer": 5,
    "negative": -1,
    "beyond Int": 2**31,
    "64 bits": Int64(2**62),
    "whole float": 2.0,
    "float": 2.5,
    "NaN": float("nan"),
    "infinity": float("inf"),
    "true": True,
    "text": "text",
    "empty text": "",
    "digits": "12",
    "text of JSON": '"\\\u2028\u0000é🦉</script>',
    "id": ObjectId(b"nothing here"),
    "date": datetime(2020, 2, 29, 12, 30, 15, 999_000, UTC),
    "bytes": Binary(b"\x00\xff"),
    "decimal": Decimal128("1.50"),
    "empty list": [],
    "list of null": [None],
    "mixed list": ["a", None, 1, {"b": 2.5}, [ObjectId(b"nothing here")]],
    "list of itself": SELF,
    "empty document": {},
    "document": {"a": 1, "id": 5, "name": None, "_id": "x"},
}

FEW = ("null", "integer", "NaN", "text", "mixed list", "document")
"""Those for columns, and for the parts of embedded documents, that are read and shown as another one is."""


class Spot(NamedTuple):
    """A path into a row, as MongoDB has it, and the names of what may stand there."""

    path: str
    oddities: tuple[str, ...]


def spots(kind: GraphQLObjectType, table: Table[Any]) -> list[Spot]:
    """Every column of a row, those included that nobody sees, and all that lies within its documents.

    All oddities come up in the columns that its rule reads, and in the first column of each type that is shown.
    """
    found, ruled, known = list[Spot](), table.policy.read.columns, set[str]()
    for column in sorted(table.columns - {"_id"}):
        shown = str(kind.fields[column].type) if column in kind.fields else ""
        found.append(Spot(column, FEW if shown in known and column not in ruled else tuple(ODDITIES)))
        known.add(shown)
    return [*found, *(Spot(path, FEW) for path in _inside(kind, ""))]


def _inside(kind: GraphQLObjectType, prefix: str) -> Iterator[str]:
    for name, definition in kind.fields.items():
        inner = get_named_type(definition.type)
        if prefix and not _is_row(inner):
            yield f"{prefix}{name}"
        if isinstance(inner, GraphQLObjectType) and not _is_row(inner):
            first = ".0" if isinstance(get_nullable_type(definition.type), GraphQLList) else ""
            yield from _inside(inner, f"{prefix}{name}{first}.")


def everything(kind: GraphQLObjectType, column: str = "") -> str:
    """A selection of all that a row shows itself, the id of each row that it leads to, and one row of each list.

    With a `column`, of what is called after it alone: `advisor` is called after `advisorId`.
    """
    shown = list(_shown(kind))
    chosen = [text for text in shown if text.split()[0].rstrip("s") in column]
    return " ".join(["__typename", *(chosen or shown)])


def _shown(kind: GraphQLObjectType) -> Iterator[str]:
    for name, definition in kind.fields.items():
        inner = get_named_type(definition.type)
        if is_leaf_type(inner):
            yield name
        elif definition.args:
            yield f"{name}(first: 1) {{ nodes {{ id }} totalCount }}"
        else:
            assert isinstance(inner, GraphQLObjectType)
            yield f"{name} {{ {'id' if inner.interfaces else everything(inner)} }}"


def _is_row(kind: Any) -> bool:
    return bool(getattr(kind, "interfaces", ())) or kind.name.endswith("Connection")
