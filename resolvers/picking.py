"""What selections ask of their rows: columns, and children with their own; what no request changes is made once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from models.errors import Refusal
from models.store.ask import Ask, Child, Many, One, Slot
from resolvers.plan import Columns, Parts, ToMany, ToOne

if TYPE_CHECKING:
    from resolvers.selection import Call, Field


@dataclass(frozen=True, eq=False)
class Picked:
    """What a selection asks of its rows: columns, and the children `below`."""

    columns: frozenset[str] = frozenset()
    below: tuple["Below", ...] = ()

    @cached_property
    def fixed(self) -> tuple[Child, ...] | None:
        """The children, where they are the same for every request."""
        asks = [None if isinstance(child, ListBelow) else child.fixed for child in self.below]
        return None if None in asks else tuple(asks)  # type: ignore[arg-type]  # no None is left

    def children(self, call: "Call") -> tuple[Child, ...]:
        """The children of this request. A list whose arguments are wrong is noted as refused, and left out."""
        if self.fixed is not None:
            return self.fixed
        return tuple(child for below in self.below if (child := below.child(call)) is not None)


@dataclass(frozen=True, slots=True)
class Paged:
    """What a connection asks: of its rows, and whether for their number and for themselves."""

    picked: Picked
    counted: bool
    listed: bool


@dataclass(frozen=True, eq=False)
class SingleBelow:
    """A single row below another, or the row of each id in a column."""

    slot: Slot
    need: ToOne
    picked: Picked

    @cached_property
    def fixed(self) -> One | None:
        """The child, where it is the same for every request."""
        return None if self.picked.fixed is None else self._one(self.picked.fixed)

    def child(self, call: "Call") -> One:
        """The child of this request."""
        return self.fixed or self._one(self.picked.children(call))

    def _one(self, children: tuple[Child, ...]) -> One:
        need = self.need
        return One(self.slot, need.column, Ask(need.table, self.picked.columns, children=children), need.many)


@dataclass(frozen=True, eq=False)
class ListBelow:
    """A list below a row; its arguments, and so its question, are the request's."""

    field: "Field"
    need: ToMany
    page: Paged

    @property
    def slot(self) -> Slot:
        """Where the list is put."""
        return self.field.slot

    def child(self, call: "Call") -> Many | None:
        """The child of this request; None, and noted in the context, when its arguments make no page."""
        try:
            ask = self.need.listing.ask(call, self.field.arguments.given(call.variables), self.page)
        except Refusal as refusal:
            call.context.refused[self.slot] = refusal
            return None
        return Many(self.slot, self.need.column, ask, self.need.by)


Below = SingleBelow | ListBelow


def parts(fields: Iterable["Field"]) -> Mapping[str, Picked]:
    """What the results of a write ask of their own rows, by the name of the field that shows them."""
    return {each.name: each.below.picked for each in fields if isinstance(each.need, Parts)}


def picked(fields: Iterable["Field"]) -> Picked:
    """What fields of one selection ask of the row that they show."""
    columns: set[str] = set()
    below: list[Below] = []
    for each in fields:
        if isinstance(each.need, Columns):
            columns.update(_paths(each, each.need))
        elif isinstance(each.need, ToOne):
            columns.add(each.need.column)
            below.append(_single(each, each.need))
        elif isinstance(each.need, ToMany):
            columns.add(each.need.by)
            below.append(ListBelow(each, each.need, each.below.page))
    return Picked(frozenset(columns), tuple(below))


def together(several: Iterable[Picked]) -> Picked:
    """What several selections of the same rows ask together."""
    found = list(several)
    if len(found) == 1:
        return found[0]
    # One child a slot: a fragment that is spread below both `nodes` and `edges` puts the same field in two places.
    by_slot: dict[Slot, Below] = {}
    for child in (each for one in found for each in one.below):
        other = by_slot.get(child.slot)
        by_slot[child.slot] = child if other is None else _union(other, child)
    return Picked(frozenset().union(*(one.columns for one in found)), tuple(by_slot.values()))


def _union(one: Below, other: Below) -> Below:
    if isinstance(one, SingleBelow) and isinstance(other, SingleBelow):
        return replace(one, picked=together([one.picked, other.picked]))
    assert isinstance(one, ListBelow)  # noqa: S101  # the same node of the document is the same field
    assert isinstance(other, ListBelow)  # noqa: S101  # as above
    page = Paged(
        together([one.page.picked, other.page.picked]),
        counted=one.page.counted or other.page.counted,
        listed=one.page.listed or other.page.listed,
    )
    return replace(one, page=page)


def _paths(each: "Field", need: Columns) -> Iterable[str]:
    own = need.paths or (each.name,)
    if not need.embedded:
        return own
    # `__typename` alone asks for no column, and still for whether the document is there.
    return [f"{own[0]}.{path}" for path in each.below.picked.columns] or own


def _single(each: "Field", need: ToOne) -> SingleBelow:
    if need.edge is None:
        return SingleBelow(each.slot, need, each.below.picked)
    shown = together(below.picked for below in each.below.at("node"))
    ordered = shown.columns | {column for column, _ in need.edge.keys}
    return SingleBelow(each.slot, need, Picked(ordered, shown.below))
