"""Root fields that read: one row, a list of rows."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import strawberry
from graphql import GraphQLObjectType, get_named_type

from models import global_id
from models.policy import Filter
from models.store.ask import Ask
from models.table import Table
from resolvers.context import Context, Info, raw
from resolvers.listing import REQUIRED, Listing, argument, signed
from resolvers.plan import KEY, Listed
from resolvers.selection import Planner

Narrow = Callable[[Context, Mapping[str, Any]], Awaitable[Filter]]
"""From a list's own arguments to a further condition on its rows."""

NOTHING_MORE: Mapping[str, tuple[Any, Any]] = {}


def one_by_id(table: Table[Any], description: str) -> Any:
    """The row with the given id; null when it is not there, or not for the caller to see."""

    async def resolve(root: Any, info: Info, **_: Any) -> Any:
        planner = Planner(raw(info))
        key = global_id.decode(table, planner.arguments()["id"])
        return None if key is None else await fetch(planner, table, {"_id": key})

    parameters = {"id": (argument(strawberry.ID, f"Id of the {table.noun}."), REQUIRED)}
    return strawberry.field(resolver=signed(resolve, parameters), description=description)


def one_by(table: Table[Any], column: str, description: str, words: str) -> Any:
    """The row with the given value in a unique column, which the argument is named after."""

    async def resolve(root: Any, info: Info, **_: Any) -> Any:
        planner = Planner(raw(info))
        return await fetch(planner, table, {column: planner.arguments()[column]})

    parameters = {column: (argument(str, words), REQUIRED)}
    return strawberry.field(resolver=signed(resolve, parameters), description=description)


def own(table: Table[Any], product: str, description: str) -> Any:
    """The caller's own profile in a product; null for who has none."""

    async def resolve(root: Any, info: Info) -> Any:
        key = info.context.actor.profiles.get(product)
        return None if key is None else await fetch(Planner(raw(info)), table, {"_id": key})

    return strawberry.field(resolver=resolve, description=description)


def listed(
    listing: Listing,
    description: str,
    arguments: Mapping[str, tuple[Any, Any]] = NOTHING_MORE,
    narrow: Narrow | None = None,
) -> Any:
    """A page of a list. `arguments` are the field's own ones, which `narrow` turns into a condition on the rows."""

    async def resolve(root: Any, info: Info, **_: Any) -> Any:
        planner, executor = Planner(raw(info)), raw(info)
        kind = get_named_type(executor.return_type)
        assert isinstance(kind, GraphQLObjectType)  # noqa: S101  # a list is shown as a connection
        given = planner.arguments()
        extra = {} if narrow is None else await narrow(info.context, given)
        ask = listing.ask(planner, given, kind, executor.field_nodes, extra)
        return await info.context.store.read.page(ask, info.context.actor)

    return strawberry.field(
        resolver=signed(resolve, {**arguments, **listing.parameters()}),
        description=description,
        metadata={KEY: Listed(listing)},
    )


async def fetch(planner: Planner, table: Table[Any], where: Filter) -> Any:
    """The one row that matches, with what the selection asks of it."""
    picked = planner.rows()
    ask = Ask(table, frozenset(picked.columns), where=where, children=tuple(picked.children))
    return await planner.context.store.read.one(ask, planner.context.actor)
