"""From the selection of an operation to an `Ask`: exactly the columns and children that the client named."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLIncludeDirective,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSkipDirective,
    InlineFragmentNode,
    SelectionSetNode,
    get_named_type,
    is_abstract_type,
)
from graphql.execution.values import VariableValues, get_argument_values, get_directive_values

from models.errors import Refusal
from models.store.ask import Ask, Child, Many, One, Slot
from resolvers.context import Context
from resolvers.plan import Columns, ToMany, ToOne, need_of


@dataclass(slots=True)
class Picked:
    """What a selection asks of its rows."""

    columns: set[str] = field(default_factory=set)
    children: list[Child] = field(default_factory=list)


Group = Sequence[FieldNode]


def slot_of(info: GraphQLResolveInfo[Any]) -> Slot:
    """Where the planner put the answer of the field that is being resolved.

    A field's first node in the document is the same for the planner and for the executor, and differs between two
    fields of different arguments, whatever their aliases.
    """
    return id(info.field_nodes[0])


class Planner:
    """Walks the selection below one field of one operation."""

    def __init__(self, info: GraphQLResolveInfo[Any]) -> None:
        self._info = info
        self._context: Context = info.context
        # Strawberry's executor tells resolvers the bare values, where the executor itself has them with their sources.
        values: Any = info.variable_values
        self._variables = values if isinstance(values, VariableValues) else VariableValues({}, values)

    def arguments(self) -> dict[str, Any]:
        """The arguments of the field itself, as the specification coerces them."""
        return self._arguments(self._info.parent_type, self._info.field_nodes[0])

    def rows(self) -> Picked:
        """What the field asks of the rows that it shows itself."""
        kind = get_named_type(self._info.return_type)
        assert isinstance(kind, GraphQLObjectType)  # noqa: S101  # verbs show object types; `node` names its own
        return self.of(kind, self._info.field_nodes)

    def of(self, kind: GraphQLObjectType, nodes: Group) -> Picked:
        """What the selections below `nodes` ask of rows of this type."""
        picked = Picked()
        for group in self._fields(kind, nodes).values():
            self._pick(kind, group, picked)
        return picked

    def views(self, kind: GraphQLObjectType, nodes: Group, *path: str) -> Iterator[tuple[GraphQLObjectType, Group]]:
        """The fields at the end of a path of names below `nodes`, with the type they show."""
        for group in self._fields(kind, nodes).values():
            if group[0].name.value == path[0]:
                shown = get_named_type(kind.fields[path[0]].type)
                assert isinstance(shown, GraphQLObjectType)  # noqa: S101  # only fields of objects have fields below
                if len(path) == 1:
                    yield shown, group
                else:
                    yield from self.views(shown, group, *path[1:])

    def names(self, kind: GraphQLObjectType, nodes: Group) -> frozenset[str]:
        """The names of the fields selected below `nodes`."""
        return frozenset(group[0].name.value for group in self._fields(kind, nodes).values())

    def connection(self, kind: GraphQLObjectType, nodes: Group) -> Picked:
        """What a connection asks of its rows, by `nodes` and by `edges { node }`."""
        return self._together([*self.views(kind, nodes, "nodes"), *self.views(kind, nodes, "edges", "node")])

    def _together(self, views: Iterable[tuple[GraphQLObjectType, Group]]) -> Picked:
        picked = Picked()
        for kind, group in views:
            part = self.of(kind, group)
            picked.columns |= part.columns
            picked.children += part.children
        picked.children = _merged(picked.children)
        return picked

    def _pick(self, kind: GraphQLObjectType, group: Group, picked: Picked) -> None:
        name = group[0].name.value
        definition = kind.fields.get(name)
        need = None if definition is None else need_of(definition)
        if isinstance(need, Columns):
            picked.columns.update(self._paths(kind, group, need))
        elif isinstance(need, ToOne):
            picked.children.append(self._single(kind, group, need))
        elif isinstance(need, ToMany):
            picked.children += self._list(kind, group, need)

    def _paths(self, kind: GraphQLObjectType, group: Group, need: Columns) -> Iterable[str]:
        own = need.paths or (group[0].name.value,)
        if not need.embedded:
            return own
        inner = get_named_type(kind.fields[group[0].name.value].type)
        assert isinstance(inner, GraphQLObjectType)  # noqa: S101  # an embedded document is shown as an object
        below = self.of(inner, group).columns
        # `__typename` alone asks for no column, and still for whether the document is there.
        return [f"{own[0]}.{path}" for path in below] or own

    def _single(self, kind: GraphQLObjectType, group: Group, need: ToOne) -> One:
        shown = get_named_type(kind.fields[group[0].name.value].type)
        assert isinstance(shown, GraphQLObjectType)  # noqa: S101  # a relation shows an object
        if need.edge is None:
            picked = self.of(shown, group)
        else:
            picked = self._together(self.views(shown, group, "node"))
            picked.columns |= {column for column, _ in need.edge.keys}
        ask = Ask(need.table, frozenset(picked.columns), children=tuple(picked.children))
        return One(id(group[0]), need.column, ask, need.many)

    def _list(self, kind: GraphQLObjectType, group: Group, need: ToMany) -> list[Many]:
        shown = get_named_type(kind.fields[group[0].name.value].type)
        assert isinstance(shown, GraphQLObjectType)  # noqa: S101  # a list is shown as a connection
        try:
            arguments = self._arguments(kind, group[0])
            ask = need.listing.ask(self, arguments, shown, group)
        except Refusal as refusal:
            self._context.refused[id(group[0])] = refusal
            return []
        return [Many(id(group[0]), need.column, ask)]

    @property
    def context(self) -> Context:
        """The request's."""
        return self._context

    def _arguments(self, kind: GraphQLObjectType, node: FieldNode) -> dict[str, Any]:
        return get_argument_values(kind.fields[node.name.value], node, self._variables)

    def _fields(self, kind: GraphQLObjectType, nodes: Group) -> dict[str, list[FieldNode]]:
        grouped: dict[str, list[FieldNode]] = defaultdict(list)
        for node in nodes:
            if node.selection_set is not None:
                self._collect(kind, node.selection_set, grouped, set())
        return grouped

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
                fragment = self._info.fragments[selection.name.value]
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
        wider = self._info.schema.get_type(condition.name.value)
        return is_abstract_type(wider) and self._info.schema.is_sub_type(wider, kind)


def _merged(children: Iterable[Child]) -> list[Child]:
    """One child a slot: a fragment that is spread below both `nodes` and `edges` puts the same field in two places."""
    by_slot: dict[Slot, Child] = {}
    for child in children:
        other = by_slot.get(child.slot)
        by_slot[child.slot] = child if other is None else replace(child, ask=_union(child.ask, other.ask))
    return list(by_slot.values())


def _union(one: Ask, other: Ask) -> Ask:
    return replace(
        one,
        columns=one.columns | other.columns,
        counted=one.counted or other.counted,
        listed=one.listed or other.listed,
        children=tuple(_merged((*one.children, *other.children))),
    )
