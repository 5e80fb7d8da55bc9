"""Relay connections over keyset pages: what a client sees of a list."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import strawberry

from models import cursor
from models.store.ask import COUNT_CAP, Rows
from models.table import Order
from resolvers.plan import Attribute, Computed
from resolvers.table import shown

T = TypeVar("T")


def cursor_of(order: Order, row: dict[Any, Any]) -> str:
    """The place of a row in an order."""
    return cursor.encode(order.keys, [_at(row, column) for column, _ in order.keys])


def _at(row: Any, path: str) -> Any:
    for part in path.split("."):
        row = row.get(part) if isinstance(row, dict) else None
    return row


@dataclass(frozen=True, slots=True)
class Place:
    """A row and the order in which it has its place."""

    order: Order
    node: dict[Any, Any]


def _cursor(place: Place) -> str:
    return cursor_of(place.order, place.node)


def _places(page: Rows) -> list[Place]:
    return [Place(page.page.order, row) for row in page.rows]


def _start(page: Rows) -> str | None:
    return cursor_of(page.page.order, page.rows[0]) if page.rows else None


def _end(page: Rows) -> str | None:
    return cursor_of(page.page.order, page.rows[-1]) if page.rows else None


def _itself(page: Rows) -> Rows:
    return page


@strawberry.type(description="Where a page lies in its list.")
class PageInfo:
    """By the Relay specification."""

    hasNextPage: bool = shown(Attribute("has_next", Rows), "Whether rows follow after this page.")
    hasPreviousPage: bool = shown(Attribute("has_previous", Rows), "Whether rows precede this page.")
    startCursor: str | None = shown(Computed(_start, Rows), "Cursor of the first row of the page.")
    endCursor: str | None = shown(Computed(_end, Rows), "Cursor of the last row of the page.")


@strawberry.type(description="A row of a list, with its place.")
class Edge(Generic[T]):
    """Made for each row when `edges` is asked for."""

    cursor: str = shown(Computed(_cursor, Place), "Place of the row in the list, for `after` and `before`.")
    node: T = shown(Attribute("node", Place), "The row.")


@strawberry.type(description="A page of a list.")
class Connection(Generic[T]):
    """Shown from the store's `Rows`."""

    edges: list[Edge[T]] = shown(Computed(_places, Rows), "The rows of the page with their cursors.")
    nodes: list[T] = shown(Attribute("rows", Rows), "The rows of the page.")
    pageInfo: PageInfo = shown(Computed(_itself, Rows), "Where the page lies in the list.")
    totalCount: int = shown(Attribute("count", Rows), f"Number of rows in the whole list, counted up to {COUNT_CAP}.")
    totalCountIsCapped: bool = shown(
        Attribute("capped", Rows), "Whether the list is longer than `totalCount` says, since counting stopped there."
    )
