"""What a field needs from the store, said once where the field is written; the planner and the laws read it there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphql import GraphQLField

from models.table import Order, Table

if TYPE_CHECKING:
    from resolvers.listing import Listing

KEY = "needs"
"""Under this key a Strawberry field's metadata hold one of the values below."""

WRITES = "writes"
"""Set in the metadata of every field that `change` makes: a law lets no other into the mutations."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The field shows, or is computed from, these columns (or paths into them) of its row.

    `embedded` marks a document inside the row: the columns asked for below it are paths into this one.
    """

    paths: tuple[str, ...]
    embedded: bool = False


@dataclass(frozen=True, slots=True)
class ToOne:
    """The field shows the row whose id is in `column`; all of them, in order, where it is a list."""

    table: Table[Any]
    column: str
    many: bool = False
    edge: Order | None = None
    """Set when the row is shown as the edge of a list in this order."""


@dataclass(frozen=True, slots=True)
class ToMany:
    """The field shows a list of rows whose `column` holds this row's id."""

    listing: "Listing"
    column: str


@dataclass(frozen=True, slots=True)
class Listed:
    """The root field shows this list; its own resolver asks for it."""

    listing: "Listing"


Need = Columns | ToOne | ToMany | Listed


def need_of(field: GraphQLField) -> Need | None:
    """What a field of the built schema needs; None for one that needs nothing (e.g. `__typename`)."""
    definition = field.extensions.get("strawberry-definition")
    metadata: Mapping[Any, Any] = getattr(definition, "metadata", {})
    return metadata.get(KEY)
