"""A list as it is offered to clients: its scope, filters, orders, and the way from arguments to an `Ask`."""

import inspect
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

import strawberry
from bson import ObjectId

from models import cursor
from models.actor import Actor
from models.errors import Code, Refusal
from models.implied import unsaid
from models.policy import EVERYTHING, NOTHING, Filter, both
from models.store.ask import NEAREST, Ask, Near, Page, Rank
from models.store.pipeline import overlap
from models.table import Order, Table
from resolvers.adjectives import Orders, Where
from resolvers.context import Info
from resolvers.geography import LATITUDE, LONGITUDE, GeoBounds, GeoNear, box, forward_only, near, places
from resolvers.picking import Paged
from resolvers.ranking import RANKED, Ranking, key_of
from resolvers.selection import Call

PAGE_SIZE = 20
"""Rows of a page when the client names no number."""

SEARCH_CHARACTERS = 256
"""Length of a text that is searched for."""

Scope = Callable[[Actor], Filter]

Narrow = Callable[[Mapping[str, Any]], Filter]
"""From the arguments that a root field adds to its list, to a further condition on the rows."""


@dataclass(frozen=True, eq=False)
class Listing:
    """The rows of `table` within a scope.

    `fixed` are the columns that the scope holds constant: with an order they name the index that carries the list,
    and of several the one that begins with what the client fixes as well.
    `scope` gives their values for the caller (and for a root field's own arguments); a nested list is fixed by its
    parent instead. `within` narrows further, by whatever the caller cannot choose. A list with `search` may be
    searched; one that is `searched` is nothing else than its searches. `near` is the column of points by which rows
    are found around a place or in a box of the map. One that is `ranked` comes in the order of a `Ranking`; its first
    order says which rows are ranked where they are too many. A list below a row can have none of the four.
    """

    table: Table[Any]
    orders: Orders
    fixed: tuple[str, ...]
    where: Where | None = None
    scope: Scope = lambda _actor: EVERYTHING
    within: Scope = lambda _actor: EVERYTHING
    search: bool = False
    searched: bool = False
    near: str | None = None
    ranked: bool = False

    def __post_init__(self) -> None:
        """Find the index of every order now: a list that none carries must not start."""
        for order in self.orders.choices.values():
            self.index(order)
        if self.near is not None:
            self.index(NEAREST)

    def ask(
        self,
        call: Call,
        arguments: Mapping[str, Any],
        shown: Paged,
        extra: Filter = EVERYTHING,
        ranking: Ranking | None = None,
    ) -> Ask:
        """The question behind a field that shows this list. Raises `Refusal` for arguments that make no page."""
        actor = call.context.actor
        filters = self.where.filter(arguments.get("where")) if self.where else EVERYTHING
        page = self.page(arguments, call.context.page_limit)
        place, around = self._around(arguments, page.order)
        narrowed = both(
            self.scope(actor), self.within(actor), extra, filters, around, ranking.where if ranking else EVERYTHING
        )
        return Ask(
            self.table,
            shown.picked.columns,
            where=both(narrowed, unsaid(self._guard(actor, page, arguments), narrowed)),
            page=page,
            search=_searched(arguments),
            near=place,
            rank=None if ranking is None else self._rank(ranking),
            counted=shown.counted,
            listed=shown.listed,
            children=shown.picked.children(call),
        )

    def page(self, arguments: Mapping[str, Any], limit: int) -> Page:
        """The stretch that the paging arguments name."""
        order = self._order(arguments)
        forward, backward = _count(arguments, "first", limit), _count(arguments, "last", limit)
        if forward is not None and backward is not None:
            raise Refusal(Code.INVALID, "Give first or last, not both.", "last")
        return Page(
            order=order,
            limit=backward or forward or min(PAGE_SIZE, limit),
            index=self.index(order, self._equal(arguments)),
            after=_position(order, arguments, "after"),
            before=_position(order, arguments, "before"),
            backward=backward is not None,
        )

    def _order(self, arguments: Mapping[str, Any]) -> Order:
        """The order that the arguments name; `Refusal` for those that name two, or one that cannot be."""
        asked, given = arguments.get("orderBy"), places(arguments) if self.near else []
        if arguments.get("search") is not None:
            if others := [*given, *(["orderBy"] if asked is not None else [])]:
                raise Refusal(Code.INVALID, f"A search comes by relevance: leave {others[0]} out.", others[0])
            return SEARCHED
        if len(given) > 1:
            raise Refusal(Code.INVALID, "Give near or within, not both.", "within")
        if self.ranked:
            return RANKED
        order = NEAREST if given and asked is None else self.orders.order(asked)
        if order == NEAREST.reversed:
            raise Refusal(Code.INVALID, "By distance the nearest come first: the direction is ASC.", "orderBy")
        if order == NEAREST and not given:
            raise Refusal(Code.INVALID, "By distance from where? Give near or within.", "orderBy")
        if order == NEAREST:
            forward_only(arguments)
        return order

    def _around(self, arguments: Mapping[str, Any], order: Order) -> tuple[Near | None, Filter]:
        """The place from which rows are reckoned, if they come by distance, and a condition on where they are."""
        if self.near is None or not places(arguments):
            return None, EVERYTHING
        if arguments.get("near") is not None:
            place, inside = near(self.near, arguments["near"]), EVERYTHING
            return (place, EVERYTHING) if order == NEAREST else (None, place.circle)
        place, inside = box(self.near, arguments["within"])
        return (place if order == NEAREST else None), inside

    def _rank(self, ranking: Ranking) -> Rank:
        noted = {key_of(name): value for name, value in ranking.noted.items()}
        return Rank(ranking.number, self._first, noted)

    @property
    def _first(self) -> Order:
        return self.orders.order(None)

    def _guard(self, actor: Actor, page: Page, arguments: Mapping[str, Any]) -> Filter:
        """The rows whose private columns the caller may read, of those that he filters or orders by.

        Without this a hidden value is found by bisection. Raises FORBIDDEN when there can be no such row.
        """
        if not self.table.policy.private:
            return EVERYTHING
        named = {column: "orderBy" for column, _ in page.order.keys}
        if self.where is not None:
            named |= dict.fromkeys(self.where.named(arguments.get("where")), "where")
        if arguments.get("search") is not None:
            named |= dict.fromkeys(self.table.texts, "search")
        for name in places(arguments):
            named |= dict.fromkeys((str(self.near), LATITUDE, LONGITUDE), name)
        guards = []
        for path, rule in self.table.policy.private.items():
            for argument_name in {named[column] for column in named if overlap(path, column)}:
                guards.append(rule.filter(actor))
                if guards[-1] is NOTHING:
                    raise Refusal(Code.FORBIDDEN, f"You may not read {path}, nor find or order by it.", argument_name)
        return both(*guards)

    def index(self, order: Order, equal: frozenset[str] = frozenset()) -> str | None:
        """The name of the index that carries the order from either end, when columns `equal` are fixed as well.

        None where MongoDB knows the index itself, since only one has words in it.
        """
        if order == SEARCHED:
            return None
        if order == NEAREST:
            return _index_near(self.table, str(self.near))
        return _index_name(self.table, self.fixed, self._first if order == RANKED else order, equal)

    def _equal(self, arguments: Mapping[str, Any]) -> frozenset[str]:
        return frozenset() if self.where is None else self.where.equal(arguments.get("where"))

    def parameters(self) -> dict[str, tuple[Any, Any]]:
        """The arguments of a field that shows this list: name → annotation and default."""
        found: dict[str, tuple[Any, Any]] = {
            "first": (
                argument(int | None, f"Number of rows from the start, {PAGE_SIZE} unless given."),
                strawberry.UNSET,
            ),
            "after": (argument(str | None, "Only rows after this cursor."), strawberry.UNSET),
            "last": (argument(int | None, "Number of rows from the end, instead of `first`."), strawberry.UNSET),
            "before": (argument(str | None, "Only rows before this cursor."), strawberry.UNSET),
        }
        if not (self.searched or self.ranked):
            found["orderBy"] = (argument(self.orders.input | None, "The order of the rows."), strawberry.UNSET)
        if self.where is not None:
            found["where"] = (argument(self.where.input | None, "Which rows are listed."), strawberry.UNSET)
        if self.searched:
            found["search"] = (argument(str, "Words to find; the rows come by relevance."), REQUIRED)
        elif self.search:
            found["search"] = (argument(str | None, "Words to find; the rows come by relevance."), strawberry.UNSET)
        if self.near is not None:
            words = "the rows come by distance{} unless they are ordered otherwise."
            found |= {
                "near": (argument(GeoNear | None, f"Rows around a place; {words.format('')}"), strawberry.UNSET),
                "within": (
                    argument(GeoBounds | None, f"Rows in a box; {words.format(' from its middle')}"),
                    strawberry.UNSET,
                ),
            }
        return found


@cache
def _index_name(table: Table[Any], fixed: tuple[str, ...], order: Order, equal: frozenset[str]) -> str:
    return table.index_for(fixed, order, equal).name


@cache
def _index_near(table: Table[Any], column: str) -> str:
    return table.index_near(column).name


SEARCHED = Order(("-@score",))
"""The order of a full-text search: by relevance, then by id."""


REQUIRED: Any = inspect.Parameter.empty
"""In the place of a default: the argument must be given."""


def signed(resolve: Callable[..., Any], parameters: Mapping[str, tuple[Any, Any]]) -> Callable[..., Any]:
    """The resolver with a signature of these keyword arguments, which Strawberry reads for the field's arguments.

    The resolver itself takes its arguments from the planner, so that root fields and nested ones coerce alike.
    """
    keywords = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)
        for name, (kind, default) in parameters.items()
    ]
    leading = [
        inspect.Parameter("root", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Any),
        inspect.Parameter("info", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Info),
    ]
    resolve.__signature__ = inspect.Signature([*leading, *keywords])  # type: ignore[attr-defined]  # read by inspect
    resolve.__annotations__ = {"root": Any, "info": Info, **{name: kind for name, (kind, _) in parameters.items()}}
    return resolve


def argument(kind: Any, description: str, name: str | None = None) -> Any:
    """An argument's annotation with its description, and its name where Python has another use for that."""
    return Annotated[kind, strawberry.argument(description=description, name=name)]


def _count(arguments: Mapping[str, Any], name: str, limit: int) -> int | None:
    count = arguments.get(name)
    if count is not None and not 1 <= count <= limit:
        raise Refusal(Code.OUT_OF_RANGE, f"{name} must be between 1 and {limit}, not {count}.", name)
    return None if count is None else int(count)


def _position(order: Order, arguments: Mapping[str, Any], name: str) -> tuple[Any, ...] | None:
    text = arguments.get(name)
    if text is None:
        return None
    try:
        return _decoded(order, text)
    except ValueError as error:
        raise Refusal(Code.INVALID, f"{name} is {error}: use a cursor of this list in this order.", name) from error


def _decoded(order: Order, text: str) -> tuple[Any, ...]:
    position = cursor.decode(order.keys, text)
    if order == NEAREST:
        distance, key = position
        # MongoDB is told to begin there, and rows are compared with it: both take nothing else.
        if not (isinstance(distance, float) and math.isfinite(distance) and isinstance(key, ObjectId)):
            raise ValueError("not a cursor")
    return position


def _searched(arguments: Mapping[str, Any]) -> str | None:
    text = arguments.get("search")
    if text is None:
        return None
    if not text.strip() or "\0" in text:
        raise Refusal(Code.INVALID, "search must hold at least one word.", "search")
    if len(text) > SEARCH_CHARACTERS:
        raise Refusal(Code.TOO_LONG, f"search may have {SEARCH_CHARACTERS} characters.", "search")
    return str(text)
