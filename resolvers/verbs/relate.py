"""Fields that lead from a row to others; the planner has fetched them before the first one is shown."""

from dataclasses import dataclass
from typing import Any

import strawberry

from models.actor import Actor
from models.store.ask import Slot
from models.table import Order, Table
from resolvers.connection import Place
from resolvers.context import Info, raw
from resolvers.listing import Listing, signed
from resolvers.plan import NEEDS, SHOWS, Fetched, Names, Parts, ToMany, ToOne, Value
from resolvers.selection import slot_of
from resolvers.table import shown


def one(table: Table[Any], column: str, description: str) -> Any:
    """The row of `table` whose id is in `column`; null when there is none, or none that the caller may read."""
    return shown(Fetched(), description, ToOne(table, column))


def several(table: Table[Any], column: str, description: str) -> Any:
    """The rows of `table` whose ids are in the array `column`, in its order, without those the caller may not read."""
    return shown(Fetched(), description, ToOne(table, column, many=True))


def edge(table: Table[Any], column: str, order: Order, description: str) -> Any:
    """The row as the edge of a list in `order`, for clients that insert it into one they hold."""
    return shown(_Placed(order), description, ToOne(table, column, edge=order))


def many(listing: Listing, column: str, description: str, by: str = "_id") -> Any:
    """The list of rows whose `column` holds this row's id, or what the row has in its own column `by`."""

    def resolve(root: Any, info: Info, **_: Any) -> Any:
        slot = slot_of(raw(info))
        if slot in info.context.refused:
            raise info.context.refused[slot]
        return root[slot]

    return strawberry.field(
        resolver=signed(resolve, listing.parameters()),
        description=description,
        metadata={NEEDS: ToMany(listing, column, by), SHOWS: Fetched()},
    )


def parts(description: str) -> Any:
    """A payload's list of results that show rows of their own; the rows of all of them cost one call a table."""
    return strawberry.field(description=description, metadata={NEEDS: Parts()})


@dataclass(frozen=True, slots=True)
class _Placed(Value):
    """The fetched row with its place in an order."""

    order: Order

    def of(self, above: Any, slot: Slot, actor: Actor) -> Any:  # noqa: ARG002  # it lies in the row
        return self.placed(above[slot])

    def code(self, above: str, slot: Slot, names: Names, *, nullable: bool) -> str:  # noqa: ARG002  # null stays null
        return f"{names.bind(self.placed)}({above}[{slot!r}])"

    def placed(self, row: dict[Any, Any] | None) -> Place | None:
        """The row with its place, if there is one."""
        return None if row is None else Place(self.order, row)
