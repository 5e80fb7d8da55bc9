"""Coerces the variables of one operation; what takes no thought is decided by the class of the value alone."""

from collections.abc import Mapping
from typing import Any

from graphql import (
    GRAPHQL_MAX_INT,
    GRAPHQL_MIN_INT,
    GraphQLError,
    GraphQLNonNull,
    GraphQLSchema,
    OperationDefinitionNode,
    Undefined,
)
from graphql.execution.get_variable_signature import GraphQLVariableSignature, get_variable_signature
from graphql.utilities.coerce_input_value import coerce_default_value, coerce_input_value

from resolvers.scalars import TIMESTAMP_LIMIT

_PLAIN: Mapping[str, type] = {"String": str, "ID": str, "Boolean": bool}
"""Types whose values of this class are coerced to themselves."""

_WHOLE: Mapping[str, range] = {
    "Int": range(GRAPHQL_MIN_INT, GRAPHQL_MAX_INT + 1),
    "Timestamp": range(TIMESTAMP_LIMIT + 1),
}
"""Types whose whole numbers within this range are coerced to themselves."""


class Variables:
    """The variables that an operation declares."""

    def __init__(self, schema: GraphQLSchema, operation: OperationDefinitionNode) -> None:
        self._signatures = [_signature(schema, node) for node in operation.variable_definitions or ()]

    def coerced(self, given: Mapping[str, Any]) -> dict[str, Any] | None:
        """The values as the specification coerces them; None where it has something to say against them."""
        values: dict[str, Any] = {}
        for name, kind, plain, whole, default in self._signatures:
            value = given.get(name, Undefined)
            if value.__class__ is not plain and not (value.__class__ is int and value in whole):
                if value is not Undefined:
                    value = _coerced(value, kind)
                elif default is not Undefined:
                    value = default
                elif not isinstance(kind, GraphQLNonNull):
                    continue
                if value is Undefined:
                    return None
            values[name] = value
        return values


def _signature(schema: GraphQLSchema, node: Any) -> tuple[str, Any, type | None, range, Any]:
    signature = get_variable_signature(schema, node)
    assert isinstance(signature, GraphQLVariableSignature)  # noqa: S101  # validation has seen that the type is there
    kind = signature.type
    inner = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
    named = getattr(inner, "name", "")
    return signature.name, kind, _PLAIN.get(named), _WHOLE.get(named, range(0)), coerce_default_value(signature)


def _coerced(value: Any, kind: Any) -> Any:
    try:
        return coerce_input_value(value, kind)
    except (GraphQLError, RecursionError):
        return Undefined
