"""The selection of an operation, read once: which fields, which columns and children of their rows, which arguments."""

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLIncludeDirective,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    GraphQLSkipDirective,
    InlineFragmentNode,
    SelectionSetNode,
    get_named_type,
    is_abstract_type,
)
from graphql.execution.values import VariableValues, get_directive_values

from models.store.ask import Slot
from resolvers.arguments import Arguments
from resolvers.context import Context
from resolvers.picking import Paged, Picked, parts, picked, together
from resolvers.plan import Need, need_of

Nodes = tuple[FieldNode, ...]


def slot_of(info: GraphQLResolveInfo[Any]) -> Slot:
    """Where the planner put the answer of the field that is being resolved.

    A field's first node in the document is the same for the planner and for the executor, and differs between two
    fields of different arguments, whatever their aliases.
    """
    return id(info.field_nodes[0])


class Reading:
    """How a document is read: with its fragments, and with these values of the variables that directives ask."""

    def __init__(
        self, schema: GraphQLSchema, fragments: Mapping[str, Any], variables: Mapping[str, Any], *, once: bool = False
    ) -> None:
        self.schema = schema
        self.once = once
        """Whether this reading serves one request alone, so that nothing is prepared for the next."""
        self._fragments = fragments
        self._variables = VariableValues({}, dict(variables))
        self._selections: dict[tuple[str, tuple[int, ...]], Selection] = {}

    def selection(self, kind: GraphQLObjectType, nodes: Nodes) -> "Selection":
        """What is selected below `nodes` of an object of this type; the same one for the same nodes."""
        key = (kind.name, tuple(map(id, nodes)))
        if key not in self._selections:
            self._selections[key] = Selection(self, kind, self._fields(kind, [node.selection_set for node in nodes]))
        return self._selections[key]

    def root(self, kind: GraphQLObjectType, selections: SelectionSetNode) -> "Selection":
        """What an operation selects."""
        return Selection(self, kind, self._fields(kind, [selections]))

    def _fields(self, kind: GraphQLObjectType, sets: Iterable[SelectionSetNode | None]) -> tuple["Field", ...]:
        grouped: dict[str, list[FieldNode]] = defaultdict(list)
        visited: set[str] = set()
        for selections in sets:
            if selections is not None:
                self._collect(kind, selections, grouped, visited)
        return tuple(Field(self, kind, key, tuple(nodes)) for key, nodes in grouped.items())

    def _collect(
        self,
        kind: GraphQLObjectType,
        selections: SelectionSetNode,
        grouped: dict[str, list[FieldNode]],
        visited: set[str],
    ) -> None:
        for selection in selections.selections:
            if not self._included(selection):
                continue
            if isinstance(selection, FieldNode):
                grouped[(selection.alias or selection.name).value].append(selection)
            elif isinstance(selection, InlineFragmentNode):
                if self._applies(selection, kind):
                    self._collect(kind, selection.selection_set, grouped, visited)
            elif isinstance(selection, FragmentSpreadNode) and selection.name.value not in visited:
                visited.add(selection.name.value)
                fragment = self._fragments[selection.name.value]
                if self._applies(fragment, kind):
                    self._collect(kind, fragment.selection_set, grouped, visited)

    def _included(self, node: Any) -> bool:
        if not node.directives:
            return True
        skip = get_directive_values(GraphQLSkipDirective, node, self._variables)
        include = get_directive_values(GraphQLIncludeDirective, node, self._variables)
        return not (skip and skip["if"]) and not (include and not include["if"])

    def _applies(self, fragment: Any, kind: GraphQLObjectType) -> bool:
        condition = fragment.type_condition
        if condition is None or condition.name.value == kind.name:
            return True
        wider = self.schema.get_type(condition.name.value)
        return is_abstract_type(wider) and self.schema.is_sub_type(wider, kind)


@dataclass(eq=False)
class Field:
    """A field of the answer: `key` in the object of type `kind`, by all the `nodes` that name it."""

    reading: Reading
    kind: GraphQLObjectType
    key: str
    nodes: Nodes

    @property
    def name(self) -> str:
        """The field's name in the schema."""
        return self.nodes[0].name.value

    @property
    def slot(self) -> Slot:
        """Where the planner puts the field's rows."""
        return id(self.nodes[0])

    @cached_property
    def definition(self) -> GraphQLField | None:
        """The field in the schema; None for `__typename` and its like."""
        found: GraphQLField | None = self.kind.fields.get(self.name)
        return found

    @cached_property
    def need(self) -> Need | None:
        """What it needs from the store."""
        return None if self.definition is None else need_of(self.definition)

    @cached_property
    def arguments(self) -> Arguments:
        """Its arguments, for any variables."""
        assert self.definition is not None  # noqa: S101  # `__typename` takes none
        return Arguments(self.definition, self.nodes[0], once=self.reading.once)

    @cached_property
    def below(self) -> "Selection":
        """What is selected of the objects that it shows."""
        assert self.definition is not None  # noqa: S101  # `__typename` shows no object
        kind = get_named_type(self.definition.type)
        assert isinstance(kind, GraphQLObjectType)  # noqa: S101  # who shows an interface asks for each type
        return self.of(kind)

    def of(self, kind: GraphQLObjectType) -> "Selection":
        """What is selected of the objects that it shows, where they are of this type."""
        return self.reading.selection(kind, self.nodes)


@dataclass(eq=False)
class Selection:
    """The fields that are selected of an object."""

    reading: Reading
    kind: GraphQLObjectType
    fields: tuple[Field, ...]

    @cached_property
    def picked(self) -> Picked:
        """What it asks of the row that it shows."""
        return picked(self.fields)

    @cached_property
    def page(self) -> Paged:
        """What it asks of a list, where it is that of a connection."""
        return Paged(
            together(below.picked for path in (("nodes",), ("edges", "node")) for below in self.at(*path)),
            counted=not self.names.isdisjoint({"totalCount", "totalCountIsCapped"}),
            listed=not self.names.isdisjoint({"edges", "nodes", "pageInfo"}),
        )

    @cached_property
    def change(self) -> Paged:
        """What it asks of the rows of a list, where it is that of the list's changes."""
        return Paged(together(below.picked for below in self.at("node")), counted=False, listed=True)

    @cached_property
    def parts(self) -> Mapping[str, Picked]:
        """What its lists of results ask of rows of their own, where it is that of a write's payload."""
        return parts(self.fields)

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of its fields."""
        return frozenset(each.name for each in self.fields)

    def at(self, *path: str) -> Iterator["Selection"]:
        """What is selected at the end of a path of names."""
        for each in self.fields:
            if each.name == path[0]:
                yield from each.below.at(*path[1:]) if path[1:] else (each.below,)


@dataclass(slots=True)
class Call:
    """A root field of one request, being answered: `variables` are coerced."""

    context: Context
    field: Field
    variables: Mapping[str, Any]
    arguments: Mapping[str, Any] = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        """Raise graphql-core's error for arguments that the variables spoil."""
        self.arguments = self.field.arguments.given(self.variables)

    @property
    def below(self) -> Selection:
        """What is selected of the object that the field shows."""
        return self.field.below


def call_of(info: GraphQLResolveInfo[Any]) -> Call:
    """The call of a root field that the stock executor is resolving."""
    # Strawberry's executor tells resolvers the bare values, where graphql-core has them with their sources.
    values: Any = info.variable_values
    variables = values.coerced if isinstance(values, VariableValues) else values
    reading = Reading(info.schema, info.fragments, variables, once=True)
    found = Field(reading, info.parent_type, str(info.path.key), tuple(info.field_nodes))
    return Call(info.context, found, variables)
