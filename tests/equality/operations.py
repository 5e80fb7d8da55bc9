"""Random valid operations of any schema: every kind of field, fragment, directive, alias, argument and variable.

Two fields of one response key must be one field with one list of arguments, wherever fragments bring them together.
So that documents validate, a key means one thing for a type in a whole document, and one type of value among the types
that may stand at the same place.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Literal

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
)
from hypothesis import strategies as st

from tests.equality.values import Pool, Values

Composite = GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType

ROWS = 4
"""Levels of rows within rows."""

NESTING = 12
"""Levels of fields: the server allows 15."""

SETS = 2
"""Sets of variables for an operation: what is compiled once must not remember the first."""

ALIASES = 8
"""Aliases in a document: the server allows 30, and fragments multiply them."""

Shapes = dict[str, str]
"""What stands under a response key, among all the types that may stand at one place."""


@dataclass(frozen=True)
class Generated:
    """An operation with several sets of variables for it; `features` are the kinds of things that it holds."""

    text: str
    variables: tuple[dict[str, Any], ...]
    features: frozenset[str]


@dataclass(frozen=True)
class Fragment:
    """A named fragment; `rows` and `nesting` are the levels below the place that it was made for."""

    name: str
    kind: Composite
    text: str
    shapes: Shapes
    rows: int
    nesting: int


@dataclass(frozen=True)
class Place:
    """Where a selection stands: levels left below it, and what else may stand there."""

    rows: int
    nesting: int
    shapes: Shapes


def operations(schema: GraphQLSchema, pool: Pool) -> st.SearchStrategy[Generated]:
    """The queries of a schema, for Hypothesis."""
    return st.randoms(use_true_random=False).map(lambda random: generate(schema, pool, random))


def generate(
    schema: GraphQLSchema, pool: Pool, random: Random, kind: Literal["query", "mutation"] = "query"
) -> Generated:
    """One random operation; in a quarter of them some values are wrong."""
    wrongness = 0.15 if random.random() < 0.25 else 0.0
    return Document(schema, Values(pool, random, wrongness)).operation(kind)


@dataclass
class Document:
    """The document that is being written: `budget` is the number of fields that it may still get."""

    schema: GraphQLSchema
    values: Values
    budget: int = 0
    fragments: list[Fragment] = field(default_factory=list)
    meanings: dict[tuple[str, str], str] = field(default_factory=dict)
    """What a response key of a type means: the field with its arguments."""
    places: dict[tuple[str, str], Shapes] = field(default_factory=dict)
    features: set[str] = field(default_factory=set)
    made: int = 0
    aliases: int = 0

    def operation(self, kind: Literal["query", "mutation"]) -> Generated:
        """Write the operation, its fragments and the declarations of its variables."""
        random = self.values.random
        root = self.schema.query_type if kind == "query" else self.schema.mutation_type
        assert root is not None
        self.budget = random.choice((4, 6, 9, 12, 16, 20, 30, 50))
        parts = random.choice((1, 1, 1, 2, 3, 5))
        body = self.selection(root, Place(ROWS, NESTING, {}), parts)
        fragments = self._used(body)
        text = " ".join([body, *(fragment.text for fragment in fragments)])
        used = [known for known in self.values.variables if re.search(rf"\${known.name}\b", text)]
        declared = f"({', '.join(known.declaration for known in used)})" if used else ""
        given = tuple(self.values.given(used) for _ in range(SETS))
        features = self.features | ({"variables"} if used else set()) | ({"fragments"} if fragments else set())
        if any(text.count(f"...{fragment.name} ") > 1 for fragment in fragments):
            features.add("fragments used twice")
        name = random.choice(("", " Generated"))
        return Generated(f"{kind}{name}{declared} {text}", given, frozenset(features))

    def _used(self, text: str) -> list[Fragment]:
        known = {fragment.name: fragment for fragment in self.fragments}
        found: dict[str, Fragment] = {}
        waiting = [text]
        while waiting:
            for name in re.findall(r"\.\.\.(F\d+)", waiting.pop()):
                if name not in found:
                    found[name] = known[name]
                    waiting.append(known[name].text)
        return list(found.values())

    def selection(self, kind: Composite, place: Place, parts: int | None = None) -> str:
        """A selection set on a type."""
        random = self.values.random
        count = parts or (random.choice((1, 2, 2, 3, 3, 4, 6)) if self.budget > 0 else 1)
        found = [part for _ in range(count) if (part := self._part(kind, place))]
        return "{ " + (" ".join(found) or self._typename()) + " }"

    def _part(self, kind: Composite, place: Place) -> str:
        self.budget -= 1
        if isinstance(kind, GraphQLUnionType) and self.budget < 0:
            return self._typename()
        dice = self.values.random.random() if self.budget >= 0 and place.nesting else 1.0
        fields = isinstance(kind, GraphQLObjectType)
        if dice < 0.05:
            return self._typename() + self._directives()
        if dice < (0.15 if fields else 0.7):
            return self._inline(kind, place)
        if dice < (0.28 if fields else 0.85):
            return self._spread(kind, place)
        return "" if isinstance(kind, GraphQLUnionType) else self._field(kind, place)

    def _typename(self) -> str:
        self.features.add("__typename")
        key = f"{self._alias_made()}: " if self.aliases < ALIASES and self.values.chance(0.2) else ""
        return f"{key}__typename"

    def _field(self, kind: GraphQLObjectType | GraphQLInterfaceType, place: Place) -> str:
        name = self._choose(kind, place)
        if name is None:
            return self._typename()
        definition = kind.fields[name]
        inner = get_named_type(definition.type)
        rows = place.rows - _is_row(inner)
        arguments = self._arguments(kind, name, definition, paged=rows < ROWS)
        key = self._key(kind, name, arguments, definition, place)
        text = f"{name if key == name else f'{key}: {name}'}{arguments}{self._directives()}"
        if is_leaf_type(inner):
            return text
        shapes = self.places.setdefault((key, inner.name), {})
        return f"{text} {self.selection(inner, Place(rows, place.nesting - 1, shapes))}"

    def _choose(self, kind: GraphQLObjectType | GraphQLInterfaceType, place: Place) -> str | None:
        def allowed(inner: GraphQLNamedType) -> bool:
            return is_leaf_type(inner) or (self.budget > 0 and place.nesting > 1 and place.rows >= _is_row(inner))

        fields = {name: get_named_type(definition.type) for name, definition in kind.fields.items()}
        names: list[str] = [name for name, inner in fields.items() if allowed(inner)]
        if not names:
            return None
        used = [name for name in names if (kind.name, name) in self.meanings]
        if used and self.values.chance(0.15):
            return self.values.random.choice(used)
        # Rows and what leads to them are where the two ways differ most.
        weights = [1.0 if is_leaf_type(fields[name]) else 3.0 for name in names]
        return self.values.random.choices(names, weights)[0]

    def _arguments(self, kind: Composite, name: str, definition: GraphQLField, *, paged: bool) -> str:
        if not definition.args:
            return ""
        known = [said for (owner, _), said in self.meanings.items() if owner == kind.name and _named(said) == name]
        if known and self.values.chance(0.4):
            return self.values.random.choice(known).removeprefix(name)
        return self.values.arguments(f"{kind.name}.{name}", definition.args, paged=paged)

    def _key(self, kind: Composite, name: str, arguments: str, definition: GraphQLField, place: Place) -> str:
        meaning, shape = f"{name}{arguments}", str(definition.type)

        def fits(key: str) -> bool:
            meant = self.meanings.get((kind.name, key), meaning)
            return meant == meaning and place.shapes.get(key, shape) == shape

        key = name
        if not fits(name) or (self.aliases < ALIASES and self.values.chance(0.12)):
            self.features.add("aliases")
            key = self._alias(kind, name)
            if not fits(key):
                key = self._alias_made(name)
        if (kind.name, key) in self.meanings:
            self.features.add("merged")
        self.meanings[kind.name, key] = meaning
        place.shapes[key] = shape
        return key

    def _alias(self, kind: Composite, name: str) -> str:
        """Mostly a new name, sometimes that of another field: of one that no interface has, since those may meet."""
        if isinstance(kind, GraphQLObjectType) and self.values.chance(0.3):
            shared = {shared for interface in kind.interfaces for shared in interface.fields}
            if name not in shared:
                self.aliases += 1
                others: list[str] = sorted(set(kind.fields) - shared)
                return self.values.random.choice(others)
        return self._alias_made(name)

    def _alias_made(self, name: str = "t") -> str:
        self.aliases += 1
        return f"{name}{self._number()}"

    def _inline(self, kind: Composite, place: Place) -> str:
        self.features.add("inline")
        if isinstance(kind, GraphQLObjectType) and self.values.chance(0.4):
            return f"...{self._directives()} {self.selection(kind, place)}"
        inner = self._condition(kind)
        return f"... on {inner.name}{self._directives()} {self.selection(inner, place)}"

    def _condition(self, kind: Composite) -> Composite:
        """A type which what is of this type may have too."""
        wider_or_narrower = kind.interfaces if isinstance(kind, GraphQLObjectType) else self._possible(kind)
        types: list[Composite] = [kind, kind, *wider_or_narrower]
        return self.values.random.choice(types)

    def _spread(self, kind: Composite, place: Place) -> str:
        fitting = [fragment for fragment in self.fragments if self._fits(fragment, kind, place)]
        if fitting and self.values.chance(0.6):
            fragment = self.values.random.choice(fitting)
        else:
            fragment = self._fragment(self._condition(kind), place)
            if not self._fits(fragment, kind, place):
                return ""
        place.shapes.update(fragment.shapes)
        return f"...{fragment.name} {self._directives()}".rstrip() + " "

    def _fits(self, fragment: Fragment, kind: Composite, place: Place) -> bool:
        types = {kind, *(kind.interfaces if isinstance(kind, GraphQLObjectType) else self._possible(kind))}
        return (
            fragment.kind in types
            and fragment.rows <= place.rows
            and fragment.nesting <= place.nesting
            and all(place.shapes.get(key, shape) == shape for key, shape in fragment.shapes.items())
        )

    def _possible(self, kind: GraphQLInterfaceType | GraphQLUnionType) -> Sequence[GraphQLObjectType]:
        return self.schema.get_possible_types(kind)

    def _fragment(self, kind: Composite, place: Place) -> Fragment:
        name, shapes = f"F{self._number()}", dict[str, str]()
        rows, nesting = max(place.rows - 1, 0), max(place.nesting - 2, 1)
        body = self.selection(kind, Place(rows, nesting, shapes))
        fragment = Fragment(name, kind, f"fragment {name} on {kind.name} {body}", shapes, rows, nesting)
        self.fragments.append(fragment)
        return fragment

    def _directives(self) -> str:
        if not self.values.chance(0.1):
            return ""
        self.features.add("directives")
        names = self.values.random.choice((["include"], ["skip"], ["include"], ["skip"], ["skip", "include"]))
        return "".join(f" @{name}(if: {self.values.condition()})" for name in names)

    def _number(self) -> int:
        self.made += 1
        return self.made


def _is_row(kind: GraphQLNamedType) -> bool:
    """Whether it is something of its own, not a part of what stands around it: rows tell this by their interface."""
    return isinstance(kind, GraphQLInterfaceType) or bool(getattr(kind, "interfaces", ()))


def _named(meaning: str) -> str:
    return meaning.partition("(")[0]
