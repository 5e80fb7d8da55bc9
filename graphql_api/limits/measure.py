"""Measures an operation before it is validated: depth, aliases, root fields, directives, price; once per fragment."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLNamedType,
    GraphQLSchema,
    GraphQLType,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_interface_type,
    is_list_type,
)

from graphql_api.limits import PAGE, ROWS_HELD

SATURATED = 10**9
"""The largest number a measure says: fragments that double at each step would else count in bignums."""

PRICES = 64
"""Prices of one operation that are kept; clients have few sizes of pages."""

PAGE_ARGUMENTS = frozenset({"first", "last"})


@dataclass(frozen=True, slots=True)
class Size:
    """How many items a list is priced at: the most that its arguments say, or `otherwise` where none says any."""

    otherwise: int
    literal: int = 0
    variables: tuple[str, ...] = ()

    def among(self, sizes: Mapping[str, int]) -> int:
        """Return the number of items, at least one, where each variable says as much as `sizes` has for it."""
        said = max(self.literal, *(sizes.get(name, 0) for name in self.variables), 0)
        return said or self.otherwise


ONCE = Size(1)


@dataclass(frozen=True, slots=True)
class Price:
    """What a selection costs: `fixed`, and each list's price times its size."""

    fixed: int = 0
    lists: tuple[tuple[Size, "Price"], ...] = ()


@dataclass(frozen=True, slots=True)
class Measured:
    """How much an operation or a selection asks for; `defaults` are the sizes that its variables default to."""

    depth: int = 0
    aliases: int = 0
    root_fields: int = 0
    directives: int = 0
    price: Price = Price()
    defaults: tuple[tuple[str, int], ...] = ()

    def cost(self, variables: Mapping[str, Any] | None = None) -> int:
        """Return the price with the actual variables, at most `SATURATED`."""
        actual = {name: _items(value) for name, value in (variables or {}).items()}
        return _total(self.price, {**dict(self.defaults), **actual}, {})


class Tariff:
    """What one operation costs, looked up by the sizes that its variables say."""

    def __init__(self, measured: Measured) -> None:
        self._measured = measured
        self._sized = tuple(sorted(_sizing(measured.price, set())))
        self._known: dict[tuple[int | None, ...], int] = {}

    def cost(self, variables: Mapping[str, Any]) -> int:
        """Return the price with the actual variables, as `Measured.cost` does."""
        sizes = tuple(_items(variables[name]) if name in variables else None for name in self._sized)
        if sizes not in self._known:
            if len(self._known) >= PRICES:
                self._known.clear()
            self._known[sizes] = self._measured.cost(variables)
        return self._known[sizes]


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
        size = _size(node, definition, parent)
        price = Price(1 + below.price.fixed, below.price.lists) if size is None else Price(1, ((size, below.price),))
        own = len(node.directives or ())
        return Measured(below.depth + 1, below.aliases + (node.alias is not None), 1, below.directives + own, price)

    def _type(self, name: str) -> GraphQLNamedType | None:
        return self.schema.get_type(name)


def _sum(parts: Iterable[Measured]) -> Measured:
    depth = aliases = root_fields = directives = fixed = 0
    lists: list[tuple[Size, Price]] = []
    for part in parts:
        depth = max(depth, part.depth)
        aliases = min(aliases + part.aliases, SATURATED)
        root_fields = min(root_fields + part.root_fields, SATURATED)
        directives = min(directives + part.directives, SATURATED)
        if part.price.lists:
            # Kept as one shared child, not copied: copies would double with each doubling fragment.
            lists.append((ONCE, part.price))
        else:
            fixed = min(fixed + part.price.fixed, SATURATED)
    return Measured(depth, aliases, root_fields, directives, Price(fixed, tuple(lists)))


def _definition(parent: GraphQLNamedType | None, name: str) -> GraphQLField | None:
    fields: Mapping[str, GraphQLField] = getattr(parent, "fields", {})
    return fields.get(name)


def _size(node: FieldNode, definition: GraphQLField | None, parent: GraphQLNamedType | None) -> Size | None:
    """Return how many items a field gives, or None where it is no list, or one that its parent or its row pays for."""
    if definition is None:
        return _said(node, PAGE_ARGUMENTS, PAGE)
    if not PAGE_ARGUMENTS.isdisjoint(definition.args):
        return _said(node, PAGE_ARGUMENTS, PAGE) or Size(PAGE)
    if not is_list_type(get_nullable_type(definition.type)):
        return None
    lists = {name for name, argument in definition.args.items() if is_list_type(get_nullable_type(argument.type))}
    if lists:
        return _said(node, lists, ROWS_HELD) or Size(ROWS_HELD)
    # The connection's own field has the page, and values within a row are read with it.
    paid = parent is None or parent.name.endswith("Connection") or not _is_row(definition.type)
    return None if paid else Size(ROWS_HELD)


def _is_row(kind: GraphQLType) -> bool:
    named = get_named_type(kind)
    return is_interface_type(named) or bool(getattr(named, "interfaces", ()))


def _said(node: FieldNode, names: Collection[str], otherwise: int) -> Size | None:
    """Return what the named arguments say together, or None where none of them is given."""
    values = [argument.value for argument in node.arguments or () if argument.name.value in names]
    if not values:
        return None
    variables = tuple(value.name.value for value in values if isinstance(value, VariableNode))
    return Size(otherwise, max(map(_literal, values)), variables)


def _literal(value: ValueNode) -> int:
    """Return how many items a value of the document asks for: 0 where it says nothing, as null and variables do."""
    if isinstance(value, IntValueNode):
        # Python refuses to read an integer of thousands of digits, and validation has not looked at it yet.
        return max(int(value.value), 1) if len(value.value) < 10 else SATURATED
    return max(len(value.values), 1) if isinstance(value, ListValueNode) else 0


def _items(value: object) -> int:
    """Return the same of a variable's actual value."""
    if isinstance(value, int):
        return max(value, 1)
    return max(len(value), 1) if isinstance(value, list) else 0


def _defaults(operation: OperationDefinitionNode) -> tuple[tuple[str, int], ...]:
    return tuple(
        (node.variable.name.value, _literal(node.default_value))
        for node in operation.variable_definitions or ()
        if node.default_value is not None
    )


def _sizing(price: Price, seen: set[int]) -> set[str]:
    """Return the variables that say sizes, anywhere in a price."""
    if id(price) in seen:
        return set()
    seen.add(id(price))
    own = {name for size, _ in price.lists for name in size.variables}
    return own.union(*(_sizing(part, seen) for _, part in price.lists))


def _total(price: Price, sizes: Mapping[str, int], known: dict[int, int]) -> int:
    if id(price) not in known:
        total = price.fixed + sum(size.among(sizes) * _total(part, sizes, known) for size, part in price.lists)
        known[id(price)] = min(total, SATURATED)
    return known[id(price)]
