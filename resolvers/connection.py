"""Relay connections over keyset pages: what a client sees of a list."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

import strawberry

from models import cursor
from models.store.ask import COUNT_CAP, Rows
from models.table import Order

T = TypeVar("T")


def cursor_of(order: Order, row: dict[Any, Any]) -> str:
    """The place of a row in an order."""
    return cursor.encode(order.keys, [_at(row, column) for column, _ in order.keys])


def _at(row: Any, path: str) -> Any:
    for part in path.split("."):
        row = row.get(part) if isinstance(row, dict) else None
    return row


@strawberry.type(description="Where a page lies in its list.")
class PageInfo:
    """By the Relay specification."""

    hasNextPage: bool = strawberry.field(description="Whether rows follow after this page.")
    hasPreviousPage: bool = strawberry.field(description="Whether rows precede this page.")
    startCursor: str | None = strawberry.field(description="Cursor of the first row of the page.")
    endCursor: str | None = strawberry.field(description="Cursor of the last row of the page.")


@strawberry.type(description="A row of a list, with its place.")
class Edge(Generic[T]):
    """Made for each row when `edges` is asked for."""

    cursor: str = strawberry.field(description="Place of the row in the list, for `after` and `before`.")
    node: T = strawberry.field(description="The row.")


def _edges(root: Rows) -> Any:
    return [{"cursor": cursor_of(root.page.order, row), "node": row} for row in root.rows]


def _page_info(root: Rows) -> Any:
    rows, order = root.rows, root.page.order
    return {
        "hasNextPage": root.has_next,
        "hasPreviousPage": root.has_previous,
        "startCursor": cursor_of(order, rows[0]) if rows else None,
        "endCursor": cursor_of(order, rows[-1]) if rows else None,
    }


def _shown(name: str) -> Callable[[Any], Any]:
    def resolve(root: Any) -> Any:
        return getattr(root, name)

    return resolve


@strawberry.type(description="A page of a list.")
class Connection(Generic[T]):
    """Shown from the store's `Rows`."""

    edges: list[Edge[T]] = strawberry.field(resolver=_edges, description="The rows of the page with their cursors.")
    nodes: list[T] = strawberry.field(resolver=_shown("rows"), description="The rows of the page.")
    pageInfo: PageInfo = strawberry.field(resolver=_page_info, description="Where the page lies in the list.")
    totalCount: int = strawberry.field(
        resolver=_shown("count"), description=f"Number of rows in the whole list, counted up to {COUNT_CAP}."
    )
    totalCountIsCapped: bool = strawberry.field(
        resolver=_shown("capped"),
        description="Whether the list is longer than `totalCount` says, since counting stopped there.",
    )
