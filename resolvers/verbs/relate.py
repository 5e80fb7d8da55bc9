"""Fields that lead from a row to others; the planner has fetched them before the first one is resolved."""

from typing import Any

import strawberry

from models.table import Order, Table
from resolvers.connection import cursor_of
from resolvers.context import Info, raw
from resolvers.listing import Listing, signed
from resolvers.plan import KEY, ToMany, ToOne
from resolvers.selection import Planner, slot_of


def one(table: Table[Any], column: str, description: str) -> Any:
    """The row of `table` whose id is in `column`; null when there is none, or none that the caller may read."""
    return _related(ToOne(table, column), description)


def several(table: Table[Any], column: str, description: str) -> Any:
    """The rows of `table` whose ids are in the array `column`, in its order, without those the caller may not read."""
    return _related(ToOne(table, column, many=True), description)


def edge(table: Table[Any], column: str, order: Order, description: str) -> Any:
    """The row as the edge of a list in `order`, for clients that insert it into one they hold."""

    def resolve(root: Any, info: Info) -> Any:
        row = root[slot_of(raw(info))]
        return None if row is None else {"cursor": cursor_of(order, row), "node": row}

    return strawberry.field(resolver=resolve, description=description, metadata={KEY: ToOne(table, column, edge=order)})


def many(listing: Listing, column: str, description: str) -> Any:
    """The list of rows whose `column` holds this row's id."""

    def resolve(root: Any, info: Info, **_: Any) -> Any:
        slot = slot_of(raw(info))
        if slot in info.context.refused:
            raise info.context.refused[slot]
        return root[slot]

    return strawberry.field(
        resolver=signed(resolve, listing.parameters()), description=description, metadata={KEY: ToMany(listing, column)}
    )


def parts(description: str) -> Any:
    """A payload's list of results that show rows of their own; the rows of all of them cost one call a table."""

    async def resolve(root: Any, info: Info) -> Any:
        found = root.get(raw(info).field_name, [])
        children = Planner(raw(info)).rows().children
        await info.context.store.read.attend(children, found, info.context.actor)
        return found

    return strawberry.field(resolver=resolve, description=description)


def _related(need: ToOne, description: str) -> Any:
    def resolve(root: Any, info: Info) -> Any:
        return root[slot_of(raw(info))]

    return strawberry.field(resolver=resolve, description=description, metadata={KEY: need})
