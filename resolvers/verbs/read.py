"""Root fields that read: one row, a list of rows."""

from typing import Any

import strawberry

from models import global_id
from models.policy import EVERYTHING, Filter
from models.store.ask import Ask
from models.table import Table
from resolvers.listing import REQUIRED, Listing, Narrow, argument
from resolvers.plan import Listed
from resolvers.selection import Call
from resolvers.verbs.root import Parameters, root


def one_by_id(table: Table[Any], description: str) -> Any:
    """The row with the given id; null when it is not there, or not for the caller to see."""

    async def run(call: Call) -> Any:
        key = global_id.decode(table, call.arguments["id"])
        return None if key is None else await fetch(call, table, {"_id": key})

    return root(run, description, {"id": (argument(strawberry.ID, f"Id of the {table.noun}."), REQUIRED)})


def one_by(table: Table[Any], column: str, description: str, words: str) -> Any:
    """The row with the given value in a unique column, which the argument is named after."""

    async def run(call: Call) -> Any:
        return await fetch(call, table, {column: call.arguments[column]})

    return root(run, description, {column: (argument(str, words), REQUIRED)})


def own(table: Table[Any], product: str, description: str) -> Any:
    """The caller's own profile in a product; null for who has none."""

    async def run(call: Call) -> Any:
        key = call.context.actor.profiles.get(product)
        return None if key is None else await fetch(call, table, {"_id": key})

    return root(run, description)


def listed(
    listing: Listing, description: str, arguments: Parameters | None = None, narrow: Narrow | None = None
) -> Any:
    """A page of a list. `arguments` are the field's own ones, which `narrow` turns into a condition on the rows."""

    async def run(call: Call) -> Any:
        extra = EVERYTHING if narrow is None else narrow(call.arguments)
        ask = listing.ask(call, call.arguments, call.below.page, extra)
        return await call.context.store.read.page(ask, call.context.actor)

    return root(run, description, {**(arguments or {}), **listing.parameters()}, need=Listed(listing))


async def fetch(call: Call, table: Table[Any], where: Filter) -> Any:
    """The one row that matches, with what the selection asks of it."""
    picked = call.below.picked
    ask = Ask(table, picked.columns, where=where, children=picked.children(call))
    return await call.context.store.read.one(ask, call.context.actor)
