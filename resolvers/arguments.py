"""The arguments of a field: what the document says of them is read once, what the variables say at each request."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLNonNull,
    ListValueNode,
    ObjectValueNode,
    Undefined,
    ValueNode,
    VariableNode,
    is_required_input_field,
)
from graphql.execution.values import VariableValues, get_argument_values
from graphql.utilities.coerce_input_value import coerce_default_value, coerce_input_literal

Variables = Mapping[str, Any]

Make = Callable[[Variables], Any]
"""Makes a value of the variables; `Undefined` where graphql-core has something to say against it."""


class Unplanned(Exception):
    """What graphql-core alone knows how to coerce, or to refuse."""


@dataclass(slots=True)
class _Plan:
    """The values that are the same for every request, those that are a variable's, and those with variables inside."""

    fixed: dict[str, Any] = field(default_factory=dict)
    asked: dict[str, tuple[str, Any, bool]] = field(default_factory=dict)
    """The variable, what stands for it where it is not given, and whether null is taken."""
    made: dict[str, Make] = field(default_factory=dict)


class Arguments:
    """The arguments that one node of the document gives to a field; `once` when it is read for one request alone."""

    def __init__(self, definition: GraphQLField, node: FieldNode, *, once: bool = False) -> None:
        self._definition = definition
        self._node = node
        self._once = once

    def given(self, variables: Variables) -> Mapping[str, Any]:
        """The values, as the specification coerces them, for these coerced variables. Raises graphql-core's errors.

        Nobody may change them: those that no variable is in are the same for every request.
        """
        plan = None if self._once else self._plan
        if plan is None:
            return self._by_the_executor(variables)
        if not plan.asked and not plan.made:
            return plan.fixed
        values = dict(plan.fixed)
        for name, (variable, default, nullable) in plan.asked.items():
            value = variables.get(variable, default)
            if (value is None or value is Undefined) and not nullable:
                return self._by_the_executor(variables)
            if value is not Undefined:
                values[name] = value
        for name, make in plan.made.items():
            values[name] = make(variables)
            if values[name] is Undefined:
                return self._by_the_executor(variables)
        return values

    def _by_the_executor(self, variables: Variables) -> Mapping[str, Any]:
        return get_argument_values(self._definition, self._node, VariableValues({}, dict(variables)))

    @cached_property
    def _plan(self) -> _Plan | None:
        """How the values are had; None where that is graphql-core's affair."""
        plan = _Plan()
        nodes = {argument.name.value: argument.value for argument in self._node.arguments or ()}
        try:
            for name, argument in self._definition.args.items():
                key, node = argument.out_name or name, nodes.get(name)
                default = coerce_default_value(argument)
                if isinstance(node, VariableNode):
                    plan.asked[key] = (node.name.value, default, not isinstance(argument.type, GraphQLNonNull))
                elif node is not None and _holds_variable(node):
                    plan.made[key] = _make(node, argument.type)
                elif node is not None:
                    plan.fixed[key] = _constant(node, argument.type)
                elif default is not Undefined:
                    plan.fixed[key] = default
        except Unplanned:
            return None
        return plan


def _constant(node: ValueNode, kind: Any) -> Any:
    try:
        value = coerce_input_literal(node, kind)
    except GraphQLError:
        value = Undefined
    if value is Undefined:
        raise Unplanned
    return value


def _make(node: ValueNode, kind: Any) -> Make:
    """How a value is made: a variable, or an object with variables inside; whatever else holds one is unplanned."""
    if isinstance(node, VariableNode):
        return _made_of_variable(node.name.value, nullable=not isinstance(kind, GraphQLNonNull))
    if not _holds_variable(node):
        value = _constant(node, kind)
        return lambda _variables: value
    inner = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
    if isinstance(node, ObjectValueNode) and isinstance(inner, GraphQLInputObjectType) and not inner.is_one_of:
        return _made_of_object(node, inner)
    raise Unplanned


def _made_of_variable(name: str, *, nullable: bool) -> Make:
    def make(variables: Variables) -> Any:
        value = variables.get(name, Undefined)
        return Undefined if value is None and not nullable else value

    return make


def _made_of_object(node: ObjectValueNode, kind: GraphQLInputObjectType) -> Make:
    given = {member.name.value: member.value for member in node.fields}
    members: list[tuple[str, Make | None, str | None, Any, bool]] = []
    for name, member in kind.fields.items():
        said = given.get(name)
        make = None if said is None else _make(said, member.type)
        variable = said.name.value if isinstance(said, VariableNode) else None
        default, required = coerce_default_value(member), is_required_input_field(member)
        members.append((member.out_name or name, make, variable, default, required))
    if not given.keys() <= kind.fields.keys():
        raise Unplanned

    def make_object(variables: Variables) -> Any:
        values = {}
        for key, make, variable, default, required in members:
            if make is None or (variable is not None and variable not in variables):
                if required:
                    return Undefined
                value = default
            elif (value := make(variables)) is Undefined:
                return Undefined
            if value is not Undefined:
                values[key] = value
        return kind.out_type(values)

    return make_object


def _holds_variable(node: Any) -> bool:
    if isinstance(node, VariableNode):
        return True
    if isinstance(node, ObjectValueNode):
        return any(_holds_variable(member.value) for member in node.fields)
    return isinstance(node, ListValueNode) and any(_holds_variable(item) for item in node.values)
