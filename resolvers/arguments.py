"""The arguments of a field: what the document says of them is read once, what the variables say at each request."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from graphql import (
    FieldNode,
    GraphQLArgument,
    GraphQLError,
    GraphQLField,
    ObjectValueNode,
    Undefined,
    VariableNode,
    is_non_null_type,
)
from graphql.execution.values import VariableValues, get_argument_values
from graphql.utilities.coerce_input_value import coerce_default_value, coerce_input_literal

REQUIRED = object()
"""In the place of a default: without a value graphql-core shall say what is missing."""


class Arguments:
    """The arguments that one node of the document gives to a field; `once` when it is read for one request alone."""

    def __init__(self, definition: GraphQLField, node: FieldNode, *, once: bool = False) -> None:
        self._definition = definition
        self._node = node
        self._once = once

    def given(self, variables: Mapping[str, Any]) -> Mapping[str, Any]:
        """The values, as the specification coerces them, for these coerced variables. Raises graphql-core's errors.

        Nobody may change them: those that no variable is in are the same for every request.
        """
        if self._once or self._plan is None:
            return self._by_the_executor(variables)
        fixed, asked = self._plan
        if not asked:
            return fixed
        values = dict(fixed)
        for name, (variable, default, nullable) in asked.items():
            value = variables.get(variable, default)
            if value is REQUIRED or (value is None and not nullable):
                return self._by_the_executor(variables)
            if value is not Undefined:
                values[name] = value
        return values

    def _by_the_executor(self, variables: Mapping[str, Any]) -> Mapping[str, Any]:
        return get_argument_values(self._definition, self._node, VariableValues({}, dict(variables)))

    @cached_property
    def _plan(self) -> tuple[dict[str, Any], dict[str, tuple[str, Any, bool]]] | None:
        """The values without variables, and for the others the variable, the default, and whether null is taken.

        None where a variable is inside a value, or a value is wrong: graphql-core knows all about those.
        """
        fixed: dict[str, Any] = {}
        asked: dict[str, tuple[str, Any, bool]] = {}
        nodes = {argument.name.value: argument.value for argument in self._node.arguments or ()}
        for name, argument in self._definition.args.items():
            key = argument.out_name or name
            node = nodes.get(name)
            if isinstance(node, VariableNode):
                asked[key] = (node.name.value, _otherwise(argument), not is_non_null_type(argument.type))
            else:
                fixed[key] = _default(argument) if node is None else _literal(node, argument)
        if any(value is REQUIRED for value in fixed.values()):
            return None
        return {key: value for key, value in fixed.items() if value is not Undefined}, asked


def _otherwise(argument: GraphQLArgument) -> Any:
    default = _default(argument)
    return REQUIRED if default is Undefined and is_non_null_type(argument.type) else default


def _default(argument: GraphQLArgument) -> Any:
    return coerce_default_value(argument)


def _literal(node: Any, argument: GraphQLArgument) -> Any:
    try:
        value = coerce_input_literal(node, argument.type)
    except GraphQLError:
        return REQUIRED
    return REQUIRED if value is Undefined or _holds_variable(node) else value


def _holds_variable(node: Any) -> bool:
    if isinstance(node, VariableNode):
        return True
    items = [field.value for field in node.fields] if isinstance(node, ObjectValueNode) else getattr(node, "values", [])
    return any(_holds_variable(item) for item in items)
