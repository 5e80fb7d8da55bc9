"""Measures an operation before it is validated: depth, aliases, root fields, directives, price; once per fragment."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
)

from graphql_api.limits import PAGE

SATURATED = 10**9
"""The largest number a measure says: fragments that double at each step would else count in bignums."""

PAGE_ARGUMENTS = frozenset({"first", "last"})


@dataclass(frozen=True, slots=True)
class Price:
    """What a selection costs: `fixed`, and each list's price times its page, a number or a variable's name."""

    fixed: int = 0
    lists: tuple[tuple[int | str, "Price"], ...] = ()


@dataclass(frozen=True, slots=True)
class Measured:
    """How much an operation or a selection asks for; `defaults` are the page sizes that its variables default to."""

    depth: int = 0
    aliases: int = 0
    root_fields: int = 0
    directives: int = 0
    price: Price = Price()
    defaults: tuple[tuple[str, int], ...] = ()

    def cost(self, variables: Mapping[str, Any] | None = None) -> int:
        """Return the price with the actual variables, at most `SATURATED`."""
        return _total(self.price, {**dict(self.defaults), **(variables or {})}, {})


def measure(document: DocumentNode, operation: OperationDefinitionNode, schema: GraphQLSchema) -> Measured:
    """Return the measures of one operation of a parsed document, which need not be valid.

    Unknown fields, types and fragments count as one; fragments that spread themselves end where they meet themselves.
    A document nested beyond what the interpreter can follow is `SATURATED` deep.
    """
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    walk = _Walk(schema, fragments)
    try:
        found = walk.selections(operation.selection_set, schema.get_root_type(operation.operation))
    except RecursionError:
        return Measured(depth=SATURATED)
    own = len(operation.directives or ())
    return Measured(
        found.depth, found.aliases, found.root_fields, found.directives + own, found.price, _defaults(operation)
    )


class _Walk:
    """One pass over a document: remembers each fragment's measure, so that its size and not its expansion is walked."""

    def __init__(self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self.schema = schema
        self.fragments = fragments
        self.known: dict[str, Measured] = {}

    def selections(self, node: SelectionSetNode | None, parent: GraphQLNamedType | None) -> Measured:
        return _sum(self.selection(child, parent) for child in (node.selections if node else ()))

    def selection(self, node: SelectionNode, parent: GraphQLNamedType | None) -> Measured:
        if isinstance(node, FieldNode):
            return self.field(node, parent)
        found = self.spread(node, parent)
        own = len(node.directives or ())
        return Measured(found.depth, found.aliases, found.root_fields, found.directives + own, found.price)

    def spread(self, node: SelectionNode, parent: GraphQLNamedType | None) -> Measured:
        if isinstance(node, InlineFragmentNode):
            condition = node.type_condition
            return self.selections(node.selection_set, self._type(condition.name.value) if condition else parent)
        return self.fragment(node.name.value) if isinstance(node, FragmentSpreadNode) else Measured()

    def fragment(self, name: str) -> Measured:
        if name not in self.known and (node := self.fragments.get(name)):
            self.known[name] = Measured()
            self.known[name] = self.selections(node.selection_set, self._type(node.type_condition.name.value))
        return self.known.get(name, Measured())

    def field(self, node: FieldNode, parent: GraphQLNamedType | None) -> Measured:
        definition = _definition(parent, node.name.value)
        below = self.selections(node.selection_set, get_named_type(definition.type) if definition else None)
        page = _page(node, definition)
        price = Price(1 + below.price.fixed, below.price.lists) if page is None else Price(1, ((page, below.price),))
        own = len(node.directives or ())
        return Measured(below.depth + 1, below.aliases + (node.alias is not None), 1, below.directives + own, price)

    def _type(self, name: str) -> GraphQLNamedType | None:
        return self.schema.get_type(name)


def _sum(parts: Iterable[Measured]) -> Measured:
    depth = aliases = root_fields = directives = fixed = 0
    lists: list[tuple[int | str, Price]] = []
    for part in parts:
        depth = max(depth, part.depth)
        aliases = min(aliases + part.aliases, SATURATED)
        root_fields = min(root_fields + part.root_fields, SATURATED)
        directives = min(directives + part.directives, SATURATED)
        if part.price.lists:
            # Kept as one shared child, not copied: copies would double with each doubling fragment.
            lists.append((1, part.price))
        else:
            fixed = min(fixed + part.price.fixed, SATURATED)
    return Measured(depth, aliases, root_fields, directives, Price(fixed, tuple(lists)))


def _definition(parent: GraphQLNamedType | None, name: str) -> GraphQLField | None:
    fields: Mapping[str, GraphQLField] = getattr(parent, "fields", {})
    return fields.get(name)


def _page(node: FieldNode, definition: GraphQLField | None) -> int | str | None:
    """Return the page a field asks for: a number, a variable's name, or None where the field is not a list of pages."""
    asked = [argument for argument in node.arguments or () if argument.name.value in PAGE_ARGUMENTS]
    if asked:
        return _size(asked[0])
    paged = definition is not None and not PAGE_ARGUMENTS.isdisjoint(definition.args)
    return PAGE if paged else None


def _size(argument: ArgumentNode) -> int | str:
    value = argument.value
    if isinstance(value, VariableNode):
        return value.name.value
    return _number(value.value) if isinstance(value, IntValueNode) else PAGE


def _number(digits: str) -> int:
    # Python refuses to read an integer of thousands of digits, and validation has not looked at it yet.
    return max(int(digits), 1) if len(digits) < 10 else SATURATED


def _defaults(operation: OperationDefinitionNode) -> tuple[tuple[str, int], ...]:
    return tuple(
        (node.variable.name.value, _number(node.default_value.value))
        for node in operation.variable_definitions or ()
        if isinstance(node.default_value, IntValueNode)
    )


def _total(price: Price, variables: Mapping[str, Any], known: dict[int, int]) -> int:
    if id(price) not in known:
        total = price.fixed + sum(
            _times(size, variables) * _total(part, variables, known) for size, part in price.lists
        )
        known[id(price)] = min(total, SATURATED)
    return known[id(price)]


def _times(size: int | str, variables: Mapping[str, Any]) -> int:
    value = variables.get(size) if isinstance(size, str) else size
    return max(value, 1) if isinstance(value, int) else PAGE
