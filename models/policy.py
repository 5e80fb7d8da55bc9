"""Access rules: one definition, two halves that agree, a Mongo filter and a question about a row in hand."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Any

from bson import ObjectId

from models.actor import Actor, ActorKind

Filter = Mapping[str, Any]
RowData = Mapping[str, Any]

Admits = Callable[[RowData], bool]
"""Whether a row is admitted, for one rule and one actor."""

EVERYTHING: Filter = MappingProxyType({})
NOTHING: Filter = MappingProxyType({"_id": {"$in": []}})
"""Matches no row, without a look at any; the store does not even ask MongoDB."""


class Rule(ABC):
    """A condition on (actor, row), decidable from the row's own columns and the actor's grants."""

    @property
    def columns(self) -> frozenset[str]:
        """The columns of the row that `admits` reads."""
        return frozenset()

    @abstractmethod
    def filter(self, actor: Actor) -> Filter:
        """The rows that the rule admits, as a Mongo filter."""

    @abstractmethod
    def admits(self, actor: Actor, row: RowData) -> bool:
        """Whether the rule admits this row."""

    def bound(self, actor: Actor) -> Admits:
        """`admits` for one actor, to be asked of many rows."""
        return partial(self.admits, actor)

    @property
    @abstractmethod
    def words(self) -> str:
        """The rule as `access.txt` says it."""

    def __and__(self, other: "Rule") -> "Rule":
        return All((self, other))

    def __or__(self, other: "Rule") -> "Rule":
        return Either((self, other))


@dataclass(frozen=True, slots=True)
class Fixed(Rule):
    """A rule about the caller alone: all rows or none."""

    kinds: frozenset[ActorKind]
    text: str

    def filter(self, actor: Actor) -> Filter:
        return EVERYTHING if actor.kind in self.kinds else NOTHING

    def admits(self, actor: Actor, row: RowData) -> bool:  # noqa: ARG002  # the caller alone decides
        return actor.kind in self.kinds

    @property
    def words(self) -> str:
        return self.text


ANYONE = Fixed(frozenset(ActorKind), "anyone")
NOBODY = Fixed(frozenset(), "nobody")
SIGNED_IN = Fixed(frozenset({ActorKind.ACCOUNT, ActorKind.OPERATOR}), "anyone signed in")
OPERATOR = Fixed(frozenset({ActorKind.OPERATOR}), "operator")
SERVICE = Fixed(frozenset({ActorKind.SERVICE}), "service")


@dataclass(frozen=True, slots=True)
class OnColumn(Rule):
    """A rule about the value of one column."""

    column: str

    @property
    def columns(self) -> frozenset[str]:
        return frozenset({self.column})


@dataclass(frozen=True, slots=True)
class Owner(OnColumn):
    """The row's `column` holds the caller's profile in `product`; `text` is who that is."""

    product: str
    text: str = "owner"

    def filter(self, actor: Actor) -> Filter:
        profile = actor.profiles.get(self.product)
        return NOTHING if profile is None else {self.column: profile}

    def admits(self, actor: Actor, row: RowData) -> bool:
        return self.bound(actor)(row)

    def bound(self, actor: Actor) -> Admits:
        profile, column = actor.profiles.get(self.product), self.column
        if profile is None:
            return _never
        key = profile.binary

        def admits(row: RowData) -> bool:
            # The bytes are compared in C, the ids themselves in Python.
            value = row.get(column)
            return value.binary == key if isinstance(value, ObjectId) else profile in _values(row, column)

        return admits

    @property
    def words(self) -> str:
        return f"{self.text} ({self.column})"


@dataclass(frozen=True, slots=True)
class OwnAccount(OnColumn):
    """The row's `column` holds the caller's account."""

    def filter(self, actor: Actor) -> Filter:
        return NOTHING if actor.account is None else {self.column: actor.account}

    def admits(self, actor: Actor, row: RowData) -> bool:
        return actor.account is not None and actor.account in _values(row, self.column)

    @property
    def words(self) -> str:
        return f"self ({self.column})"


@dataclass(frozen=True, slots=True)
class Is(OnColumn):
    """The row's `column` has one of the `values`, whoever asks; a missing column counts as None."""

    values: tuple[Any, ...]

    def filter(self, actor: Actor) -> Filter:  # noqa: ARG002  # the row alone decides
        return {self.column: self.values[0] if len(self.values) == 1 else {"$in": list(self.values)}}

    def admits(self, actor: Actor, row: RowData) -> bool:  # noqa: ARG002  # the row alone decides
        return any(_same(mine, wanted) for mine in _values(row, self.column) for wanted in self.values)

    @property
    def words(self) -> str:
        return f"{self.column} is {' or '.join(str(value).lower() for value in self.values)}"


@dataclass(frozen=True, slots=True)
class Granted(OnColumn):
    """The row's `column` is in the set of ids which the caller holds under the name `grant`."""

    grant: str
    text: str

    def filter(self, actor: Actor) -> Filter:
        held = actor.grants.get(self.grant)
        return {self.column: {"$in": sorted(held)}} if held else NOTHING

    def admits(self, actor: Actor, row: RowData) -> bool:
        held = actor.grants.get(self.grant, frozenset())
        return any(value in held for value in _values(row, self.column))

    @property
    def words(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Composed(Rule):
    """A rule made of `rules`."""

    rules: tuple[Rule, ...]

    @property
    def columns(self) -> frozenset[str]:
        return frozenset().union(*(rule.columns for rule in self.rules))


@dataclass(frozen=True, slots=True)
class All(Composed):
    """Every one of the `rules` admits the row."""

    def filter(self, actor: Actor) -> Filter:
        return both(*(rule.filter(actor) for rule in self.rules))

    def admits(self, actor: Actor, row: RowData) -> bool:
        return all(rule.admits(actor, row) for rule in self.rules)

    def bound(self, actor: Actor) -> Admits:
        rules = [rule.bound(actor) for rule in self.rules]

        def every(row: RowData) -> bool:
            for admits in rules:  # noqa: SIM110  # several times as fast as `all` over a generator
                if not admits(row):
                    return False
            return True

        return every

    @property
    def words(self) -> str:
        return " and ".join(rule.words for rule in self.rules)


@dataclass(frozen=True, slots=True)
class Either(Composed):
    """At least one of the `rules` admits the row."""

    def filter(self, actor: Actor) -> Filter:
        halves = [half for rule in self.rules if (half := rule.filter(actor)) is not NOTHING]
        if not halves:
            return NOTHING
        if any(not half for half in halves):
            return EVERYTHING
        return halves[0] if len(halves) == 1 else {"$or": halves}

    def admits(self, actor: Actor, row: RowData) -> bool:
        return any(rule.admits(actor, row) for rule in self.rules)

    def bound(self, actor: Actor) -> Admits:
        rules = [rule.bound(actor) for rule in self.rules]

        def some(row: RowData) -> bool:
            for admits in rules:  # noqa: SIM110  # as above, of `any`
                if admits(row):
                    return True
            return False

        return some

    @property
    def words(self) -> str:
        return ", or ".join(rule.words for rule in self.rules)


@dataclass(frozen=True, slots=True)
class Policy:
    """Who may read, create, update and delete the rows of a table, and who may read its private columns.

    A key of `private` is a column or a path into one (`"persona.bio"`); its rule is asked of each row on top of `read`.
    """

    read: Rule
    create: Rule = NOBODY
    update: Rule = NOBODY
    delete: Rule = NOBODY
    private: Mapping[str, Rule] = field(default_factory=lambda: MappingProxyType({}))


def both(*filters: Filter) -> Filter:
    """The rows that all `filters` match; a later one can never loosen an earlier one."""
    stated: list[Filter] = []
    for part in filters:
        if part is NOTHING:
            return NOTHING
        if part:
            stated.append(part)
    if len(stated) < 2:
        # Most often only one says anything.
        return stated[0] if stated else EVERYTHING
    parts: list[Filter] = []
    for part in stated:
        for condition in part["$and"] if len(part) == 1 and "$and" in part else (part,):
            if condition and not _among(parts, condition):
                parts.append(condition)
    if not parts:
        return EVERYTHING
    return parts[0] if len(parts) == 1 else {"$and": parts}


def _among(parts: Sequence[Filter], condition: Filter) -> bool:
    """Whether the condition is there already, in the same writing: to Python True equals 1, to MongoDB it does not."""
    for part in parts:  # noqa: SIM110  # five times as fast as `any` over a generator, and asked at every read
        if part == condition and repr(part) == repr(condition):
            return True
    return False


def _never(_row: RowData) -> bool:
    return False


def _values(row: RowData, column: str) -> list[Any]:
    """A column's value as MongoDB's equality sees it: each element of an array, None when missing."""
    value = row.get(column)
    return value if isinstance(value, list) else [value]


def _same(mine: Any, wanted: Any) -> bool:
    """Equality as BSON has it: True is not 1."""
    return isinstance(mine, bool) == isinstance(wanted, bool) and mine == wanted
