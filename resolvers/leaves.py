"""Leaves of an answer in compiled code: a test for values that are shown as they are, and the type's own way else."""

from collections.abc import Callable
from enum import Enum
from typing import Any

from bson import Int64
from graphql import GraphQLEnumType, GraphQLLeafType, Undefined

INT_LIMIT = 2**31

_CONDITIONS = {
    "String": "{first}.__class__ is str",
    "ID": "{first}.__class__ is str",
    "Boolean": "{first}.__class__ is bool",
    "Int": f"{{first}}.__class__ is int and {-INT_LIMIT} <= {{name}} < {INT_LIMIT}",
    # What is neither infinite nor not a number has no difference from itself.
    "Float": "{first}.__class__ is float and {name} - {name} == 0.0",
    "Timestamp": "({first}.__class__ is {int64} or {name}.__class__ is int)",
    "JSON": "{first} is not None",
}
"""By type, when its serialization would answer with the value itself. A law compares both for values of every kind."""


def as_it_is(kind: GraphQLLeafType, name: str, first: str, bind: Callable[[Any], str]) -> tuple[str, str]:
    """What is shown of a value, and on which condition: expressions. `first` is how `name` is spelt where it is set;
    `bind` gives an object a name."""
    if isinstance(kind, GraphQLEnumType):
        shown = bind(_names(kind))
        return f"{shown}[{name}]", f"{first}.__class__ is str and {name} in {shown}"
    condition = _CONDITIONS.get(kind.name, "{first} is {never}")
    return name, condition.format(first=first, name=name, int64=bind(Int64), never=bind(object()))


def completed(kind: GraphQLLeafType, *, nullable: bool) -> Callable[[Any], Any]:
    """The specification's way to complete any value of the type; raises where that is an error."""

    def complete(value: Any) -> Any:
        if value is None and nullable:
            return None
        shown = None if value is None else kind.coerce_output_value(value)
        if shown is None or shown is Undefined:
            raise ValueError(f"no {kind.name}")
        return shown

    return complete


def _names(kind: GraphQLEnumType) -> dict[str, str]:
    """The names of an enum's values, by what is stored."""
    stored = {name: value.value for name, value in kind.values.items()}
    return {value.value if isinstance(value, Enum) else value: name for name, value in stored.items()}
