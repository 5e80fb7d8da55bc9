"""Values of generated operations: drawn by their GraphQL types as literals or variables, mostly right, sometimes wrong.

What is real (ids, cursors, slugs) comes from a pool: by the name of the scalar, and there by the place of the value
(`Query.advisorBoard.after`), by a part of it, the last ones first (`after`, `advisorBoard`), or by nothing (``). A part
may be said for one product alone, by what its names begin with (`buyer.listingId`).
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    get_nullable_type,
    is_required_argument,
    is_required_input_field,
)

Pool = Mapping[str, Mapping[str, Sequence[Any]]]

EXCLUSIVE = (
    *({"first", "last"}, {"after", "before"}, {"after", "orderBy"}, {"before", "orderBy"}),
    *({"search", "orderBy"}, {"search", "after"}, {"search", "before"}),
    *({"near", "within"}, {"near", "search"}, {"within", "search"}),
    *({name, other} for name in ("near", "within") for other in ("last", "before", "after")),
)
"""Arguments that are refused together, or that make cursors strange to their list."""

PAGING = ("first", "last")

GARBAGE: Mapping[str, Sequence[Any]] = {
    "Int": (0, 101, -1, 2_147_483_647),
    "ID": ("", "x", "aAdvAAAAAAAAAAAAAAAA", "aConaaaaaaaaaaaaaaa=", "zzzzAAAAAAAAAAAAAAAA"),
    "String": ("", " ", "not a cursor", "BQAAAAA", '"quoted\\" text', "line\nbreak", "Ünïcödé 🦉"),
    "Timestamp": (0, 9_007_199_254_740_991),
    "Boolean": (True, False),
    "Float": (0.0, -1.5, 1e300),
    "Date": ("2030-02-30", "20300228", ""),
    "JSON": (-7, 1.5, "x", True, [1, {"a": None}], {"b": [[], {}]}),
}
"""Values of the right type that mean nothing, or too much."""

MISTYPED: Sequence[Any] = (3, -0.5, "text", True, [], [[1]], {}, {"a": 1}, None, 2**53 + 1, "NO_SUCH_VALUE", 1e300)
"""Values for variables whose type is wrong nearly everywhere."""

OMITTED = object()

PRODUCT = re.compile(r"(?:Query\.|Mutation\.)?([A-Za-z][a-z]+)")
"""What the names of types and root fields begin with."""

MISTYPED_SHARE = 0.25
"""Of the wrong values: one of these ends the whole operation, where others only end a field."""

INPUT_DEPTH = 3
"""Levels of input objects."""


@dataclass(frozen=True)
class Variable:
    """A declared variable; `wanted` is the type at its `place`, `declared` what the document says of it."""

    name: str
    place: str
    depth: int
    wanted: GraphQLInputType
    declared: GraphQLInputType
    default: str | None

    @property
    def declaration(self) -> str:
        """As it stands in the document."""
        return f"${self.name}: {self.declared}" + ("" if self.default is None else f" = {self.default}")


@dataclass
class Values:
    """Draws values for one operation; what became a variable is noted in `variables`."""

    pool: Pool
    random: Random
    wrongness: float = 0.0
    """Share of values that are wrong."""
    variables: list[Variable] = field(default_factory=list)

    def chance(self, share: float) -> bool:
        """True in this share of the cases."""
        return self.random.random() < share

    def arguments(self, owner: str, offered: Mapping[str, GraphQLArgument], *, paged: bool) -> str:
        """The arguments of a field, in parentheses unless there are none; `paged` holds its list short."""
        required = {name for name, argument in offered.items() if is_required_argument(argument)}
        chosen = self._chosen(offered, required, share=0.12)
        if paged and "first" in offered and not chosen & set(PAGING) and self.chance(0.9):
            chosen.add(self.random.choice(PAGING))
        names = [name for name in offered if name in chosen]
        self.random.shuffle(names)
        given = [f"{name}: {self.literal(offered[name].type, f'{owner}.{name}')}" for name in names]
        return f"({', '.join(given)})" if given else ""

    def condition(self) -> str:
        """A truth value for a directive."""
        return self.literal(GraphQLNonNull(GraphQLBoolean), "@if")

    def literal(self, kind: GraphQLInputType, place: str, depth: int = INPUT_DEPTH, *, constant: bool = False) -> str:
        """A value as it is written in a document; unless it is `constant`, parts of it may be variables."""
        if not constant and self.chance(0.3):
            return f"${self._variable(kind, place, depth).name}"
        if isinstance(kind, GraphQLNonNull):
            return self._literal(kind.of_type, place, depth, constant)
        return "null" if self.chance(0.06) else self._literal(kind, place, depth, constant)

    def _literal(self, kind: Any, place: str, depth: int, constant: bool) -> str:
        def inner(of: GraphQLInputType, at: str, level: int) -> str:
            return self.literal(of, at, level, constant=constant)

        if isinstance(kind, GraphQLList):
            if self.chance(0.1):
                # One item stands for a list of one; a variable of the item's type does not.
                return self._literal(get_nullable_type(kind.of_type), place, depth, constant)
            return f"[{', '.join(self._items(kind, place, depth, inner))}]"
        if isinstance(kind, GraphQLInputObjectType):
            fields = self._fields(kind, place, depth, inner)
            return "{" + ", ".join(f"{name}: {value}" for name, value in fields.items()) + "}"
        return written(self._leaf(kind, place), enum=isinstance(kind, GraphQLEnumType))

    def value(self, kind: Any, place: str, depth: int = INPUT_DEPTH) -> Any:
        """A value as it is sent for a variable."""
        if self.chance(self.wrongness * MISTYPED_SHARE):
            return self.random.choice(MISTYPED)
        if isinstance(kind, GraphQLNonNull):
            return self._value(kind.of_type, place, depth)
        return None if self.chance(0.06) else self._value(kind, place, depth)

    def _value(self, kind: Any, place: str, depth: int) -> Any:
        if isinstance(kind, GraphQLList):
            return self._items(kind, place, depth, self.value)
        if isinstance(kind, GraphQLInputObjectType):
            return self._fields(kind, place, depth, self.value)
        return self._leaf(kind, place)

    def _items(self, kind: GraphQLList[Any], place: str, depth: int, draw: Callable[..., Any]) -> list[Any]:
        return [draw(kind.of_type, place, depth) for _ in range(self.random.choice((0, 1, 1, 2, 3)))]

    def _fields(self, kind: GraphQLInputObjectType, place: str, depth: int, draw: Callable[..., Any]) -> dict[str, Any]:
        required = {name for name, offered in kind.fields.items() if is_required_input_field(offered)}
        chosen = self._chosen(kind.fields, required, 1.5 / len(kind.fields)) if depth else required
        return {
            name: draw(offered.type, f"{place}.{name}", depth - 1)
            for name, offered in kind.fields.items()
            if name in chosen
        }

    def _chosen(
        self,
        offered: Mapping[str, GraphQLArgument] | Mapping[str, GraphQLInputField],
        required: set[str],
        share: float,
    ) -> set[str]:
        chosen = required | {name for name in offered if self.chance(share)}
        if not self.chance(self.wrongness):
            for pair in EXCLUSIVE:
                if pair <= chosen and pair - required:
                    chosen.remove(self.random.choice(sorted(pair - required)))
        return chosen

    def _leaf(self, kind: GraphQLScalarType | GraphQLEnumType, place: str) -> Any:
        if isinstance(kind, GraphQLEnumType):
            return self.random.choice(list(kind.values))
        wrong = self.chance(self.wrongness)
        return self.random.choice((None if wrong else self._known(kind.name, place)) or GARBAGE[kind.name])

    def _known(self, scalar: str, place: str) -> Sequence[Any]:
        known = self.pool.get(scalar, {})
        begins = PRODUCT.match(place)
        product = begins[1].lower() if begins else ""
        parts = [place, *(name for part in reversed(place.split(".")) for name in (f"{product}.{part}", part)), ""]
        return next((known[part] for part in parts if part in known), ())

    def _variable(self, kind: GraphQLInputType, place: str, depth: int) -> Variable:
        known = [known for known in self.variables if str(known.wanted) == str(kind) and known.place == place]
        if known and self.chance(0.3):
            return self.random.choice(known)
        nullable = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
        strict = GraphQLNonNull(nullable)
        default = self.literal(strict, place, depth, constant=True) if self.chance(0.2) else None
        declared = nullable if default is not None else strict if self.chance(0.15) else kind
        made = Variable(f"v{len(self.variables) + 1}", place, depth, kind, declared, default)
        self.variables.append(made)
        return made

    def given(self, variables: Sequence[Variable]) -> dict[str, Any]:
        """Values for the variables, without those that are omitted; others with each call."""
        drawn = {known.name: self._given(known) for known in variables}
        return {name: value for name, value in drawn.items() if value is not OMITTED}

    def _given(self, known: Variable) -> Any:
        optional = 0.4 if known.default is not None else 0.15
        if self.chance(self.wrongness / 2 if isinstance(known.declared, GraphQLNonNull) else optional):
            return OMITTED
        value = self.value(known.declared, known.place, known.depth)
        # A default makes a variable nullable that the place does not take null from.
        wrong = value is None and known.default is not None and isinstance(known.wanted, GraphQLNonNull)
        return OMITTED if wrong and not self.chance(self.wrongness) else value


def written(value: Any, *, enum: bool = False) -> str:
    """A value in the language of documents."""
    if enum and isinstance(value, str):
        return value
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {written(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(written(inner) for inner in value) + "]"
    return json.dumps(value, ensure_ascii=False)
