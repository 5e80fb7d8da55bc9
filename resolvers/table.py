"""The pieces of which a type is written: its id, its columns, its references, and what the caller may do with it."""

from collections.abc import Callable
from enum import Enum
from typing import Any, Literal, TypeVar

import strawberry

from models.policy import Rule
from models.table import Table
from resolvers.context import Info, raw
from resolvers.plan import NEEDS, SHOWS, Allowed, Certain, Columns, Computed, Key, Need, Value
from resolvers.selection import slot_of

NODES: dict[str, tuple[Table[Any], type]] = {}
"""Every type that `node` finds, by the tag of its ids."""

T = TypeVar("T")
Row = dict[Any, Any]


@strawberry.interface(description="Anything with a global id.")
class Node:
    """Rows are dicts, so a type is told by the name that `node` notes in them, and checked by nobody."""

    id: strawberry.ID = strawberry.field(description="Global id: opaque, and the same for all time.")

    @classmethod
    def is_type_of(cls, _row: Row, _info: Info) -> bool:
        """The resolver knows the table; the executor need not guess."""
        return True

    @classmethod
    def resolve_type(cls, row: Row, *_: Any) -> str:
        """The type that the `node` resolver noted."""
        return str(row["__typename"])


def node(table: Table[Any], description: str) -> Callable[[type[T]], type[T]]:
    """The GraphQL type of a table's rows, found by `node(id)`."""

    def decorate(cls: type[T]) -> type[T]:
        shown = strawberry.type(cls, name=table.type_name, description=description)
        NODES[table.tag] = (table, shown)
        return shown

    return decorate


def choice(kind: type[Enum], name: str, description: str, **values: str) -> None:
    """The GraphQL enum of a closed list in a row; each value with its words, by its name. Raises KeyError for one
    without."""
    strawberry.enum(kind, name=name, description=description)
    for value in kind.__strawberry_definition__.values:  # type: ignore[attr-defined]  # Strawberry put it there
        value.description = values.pop(value.name)
    assert not values, f"{name} has no {sorted(values)}"  # noqa: S101  # words for no value are a slip of the pen


def read(row: Any, name: str) -> object:
    """The stock way from a row to a field: by the column of the same name."""
    return row.get(name) if isinstance(row, dict) else getattr(row, name)


def column(description: str) -> Any:
    """A column shown as it is stored, under its own name."""
    return strawberry.field(description=description, metadata={NEEDS: Columns(())})


def embedded(description: str) -> Any:
    """A document inside the row; the fields of its type are columns within it."""
    return strawberry.field(description=description, metadata={NEEDS: Columns((), embedded=True)})


def computed(compute: Callable[[Row], Any], *paths: str, description: str) -> Any:
    """A value computed from the columns at `paths`."""
    return shown(Computed(compute), description, Columns(paths))


def identity(table: Table[Any]) -> Any:
    """The global id of the row."""
    return shown(Key(table, "_id"), f"Global id of the {table.noun}.", Columns(("_id",)))


def reference(table: Table[Any], column: str, description: str) -> Any:
    """The global id of the row that `column` refers to, whether or not the caller may read that row."""
    return shown(Key(table, column), description, Columns((column,)))


def viewer_can(table: Table[Any], verb: Literal["update", "delete"], description: str) -> Any:
    """Whether the caller may do that with this row of the table."""
    rule: Rule = getattr(table.policy, verb)
    # Whoever sees a row has been admitted by the rule for reading already.
    allowed = Certain() if rule == table.policy.read else Allowed(rule)
    return shown(allowed, description, Columns(tuple(sorted(rule.columns)) or ("_id",)))


def shown(value: Value, description: str, need: Need | None = None) -> Any:
    """A field with this value."""

    def resolve(root: Any, info: Info) -> Any:
        return value.of(root, slot_of(raw(info)), info.context.actor)

    return strawberry.field(resolver=resolve, description=description, metadata={NEEDS: need, SHOWS: value})
