"""Coerces the variables of one operation."""

from collections.abc import Mapping
from typing import Any

from graphql import GraphQLError, GraphQLNonNull, GraphQLSchema, OperationDefinitionNode, Undefined
from graphql.execution.get_variable_signature import GraphQLVariableSignature, get_variable_signature
from graphql.utilities.coerce_input_value import coerce_default_value

from graphql_api.operations.coercion import Coerce, coercer


class Variables:
    """The variables that an operation declares."""

    def __init__(self, schema: GraphQLSchema, operation: OperationDefinitionNode) -> None:
        self._declared = [_declared(schema, node) for node in operation.variable_definitions or ()]

    def coerced(self, given: Mapping[str, Any]) -> dict[str, Any] | None:
        """The values as the specification coerces them; None where it has something to say against them."""
        values: dict[str, Any] = {}
        for name, coerce, default, required in self._declared:
            if name in given:
                try:
                    value = coerce(given[name])
                except (GraphQLError, RecursionError):
                    return None
            else:
                value = default
            if value is not Undefined:
                values[name] = value
            elif required or name in given:
                return None
        return values


def _declared(schema: GraphQLSchema, node: Any) -> tuple[str, Coerce, Any, bool]:
    signature = get_variable_signature(schema, node)
    assert isinstance(signature, GraphQLVariableSignature)  # noqa: S101  # validation has seen that the type is there
    required = isinstance(signature.type, GraphQLNonNull)
    return signature.name, coercer(signature.type), coerce_default_value(signature), required
