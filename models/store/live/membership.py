"""What a list holds: its rows by filter, by the caller's rights, and by how far it reached at its start."""

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

from models.actor import Actor
from models.policy import NOTHING, Filter
from models.store import pipeline
from models.store.ask import Ask, Rows
from models.store.changes import Change
from models.store.live.switchboard import Route, route
from models.store.matching import matcher
from models.store.written import HELD

_HOLDING = frozenset({HELD})
"""What a transaction touches of a row that it only keeps as it is."""

Row = Mapping[str, Any]
Edge = tuple[Any, ...]


class Membership:
    """Which rows belong to the list that an ask names, for this actor.

    A list that was cut at its start ends at that `edge`: what comes in front of it enters, however much that is, and
    what lies beyond does not.
    """

    def __init__(self, ask: Ask, actor: Actor, edge: Edge | None = None) -> None:
        self.ask = ask
        self.actor = actor
        self.edge = edge
        self._admits = ask.table.policy.read.bound(actor)
        self._matches = matcher(ask.where)
        self._beyond = None if edge is None else matcher(self._outside(edge))

    @cached_property
    def _shown(self) -> frozenset[str]:
        """The top-level columns that make a difference to who sees a row."""
        page = self.ask.page
        order = [column for column, _ in page.order.keys] if page is not None else []
        return _top(self.ask.columns.union(order)) | self._decisive

    @cached_property
    def _decisive(self) -> frozenset[str]:
        """Those by which the rules decide what somebody sees of a row that he may read."""
        policy = self.ask.table.policy
        rules = [*policy.private.values(), policy.update, policy.delete]
        return _top(frozenset().union(*(rule.columns for rule in rules)))

    @property
    def condition(self) -> Filter:
        """All its rows, as a filter."""
        return pipeline.matching(self.ask, self.actor)

    @property
    def nothing(self) -> bool:
        """Whether the caller may see no row of it, ever."""
        return self.condition is NOTHING

    @property
    def route(self) -> Route:
        """Where changes of its rows come from."""
        return route(self.ask.table.collection, self.condition)

    def has(self, row: Row | None) -> bool:
        """Whether the row belongs to it."""
        if row is None or not (self._matches(row) and self._admits(row)):
            return False
        return self._beyond is None or not self._beyond(row)

    def sides(self, change: Change) -> tuple[bool, bool]:
        """Whether the row belonged to it, and whether it belongs to it now; decided once for all such lists."""
        known = change.memo.get(self._alike)
        if known is None:
            known = change.memo[self._alike] = (self.has(change.before), self.has(change.after))
        sides: tuple[bool, bool] = known
        return sides

    def reaching(self, rows: Rows) -> "Membership":
        """The same list, ending where these rows end if more follow them."""
        cut = rows.has_previous if rows.page.backward else rows.has_next
        if not (cut and rows.rows):
            return Membership(self.ask, self.actor)
        last = rows.rows[0] if rows.page.backward else rows.rows[-1]
        return Membership(self.ask, self.actor, tuple(_at(last, column) for column, _ in rows.page.order.keys))

    def shows(self, change: Change) -> bool:
        """Whether the change of a row that stays is to be seen: in a column that is shown, in its place, or in what the
        rules decide by. Who shows no column wants to know of all that he might read.
        """
        if change.columns is None:
            return True
        told = change.columns - self._private(change)
        return not told.isdisjoint(self._shown) if self.ask.columns else not told <= _HOLDING | self.ask.table.hidden

    def _private(self, change: Change) -> set[str]:
        """The columns that the caller could read neither before the change nor after: that they have changed is private
        as well.
        """
        rules, rows = self.ask.table.policy.private, [row for row in (change.before, change.after) if row is not None]
        own = (rules.keys() & (change.columns or ())) - self._decisive
        return {column for column in own if not any(rules[column].admits(self.actor, row) for row in rows)}

    @cached_property
    def rights(self) -> str:
        """What the actor's rights come to, in this list and in what it shows of other tables; the same for lists that
        show the same."""
        policies = [table.policy for table in {self.ask.table, *_tables(self.ask)}]
        rules = [rule for each in policies for rule in (each.read, each.update, each.delete, *each.private.values())]
        return repr([_timeless(self.condition), *sorted(repr(rule.filter(self.actor)) for rule in rules)])

    @cached_property
    def _alike(self) -> str:
        """The same for lists that hold the same rows."""
        # An edge alone does not say on which side of it the list lies.
        return self.rights if self.edge is None else f"{self.rights} {self._outside(self.edge)!r}"

    def _outside(self, edge: Edge) -> Filter:
        assert self.ask.page is not None  # noqa: S101  # only a page has an edge
        return pipeline.beyond(pipeline.direction(self.ask.page).keys, edge)


def _top(paths: frozenset[str]) -> frozenset[str]:
    return frozenset(path.split(".", 1)[0] for path in paths)


def _timeless(condition: Any) -> Any:
    """A filter without the moment at which it was made: that is no right, and the next one has another."""
    if isinstance(condition, Mapping):
        return {name: _timeless(value) for name, value in condition.items()}
    if isinstance(condition, list):
        return [_timeless(value) for value in condition]
    return None if isinstance(condition, datetime) else condition


def _tables(ask: Ask) -> set[Any]:
    below = {child.ask.table for child in ask.children}
    return below.union(*(_tables(child.ask) for child in ask.children))


def _at(row: Row, path: str) -> Any:
    value: Any = row
    for part in path.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value
