"""Coerces values of input types by functions that are made for each type once.

A function decides by the class of a value what takes no thought, and leaves to graphql-core whatever is unusual.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from graphql import (
    GRAPHQL_MAX_INT,
    GRAPHQL_MIN_INT,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLLeafType,
    GraphQLList,
    GraphQLNonNull,
    Undefined,
    is_required_input_field,
)
from graphql.utilities.coerce_input_value import coerce_default_value, coerce_input_value

from resolvers.scalars import TIMESTAMP_LIMIT

Coerce = Callable[[Any], Any]
"""The value as the specification coerces it; `Undefined` where it has something to say against it."""

_PLAIN = {"String": str, "ID": str, "Boolean": bool}
"""Types whose values of this class are coerced to themselves."""

_WHOLE = {"Int": range(GRAPHQL_MIN_INT, GRAPHQL_MAX_INT + 1), "Timestamp": range(TIMESTAMP_LIMIT + 1)}
"""Types whose whole numbers within this range are coerced to themselves."""


def coercer(kind: GraphQLInputType) -> Coerce:
    """The function that coerces values to the type."""
    if not isinstance(kind, GraphQLNonNull):
        return _of_nullable(kind)
    coerce = _of_nullable(kind.of_type)
    return lambda given: Undefined if given is None else coerce(given)


def _of_nullable(kind: Any) -> Coerce:
    if isinstance(kind, GraphQLList):
        return _of_list(kind)
    if isinstance(kind, GraphQLInputObjectType):
        return _of_object(kind)
    if isinstance(kind, GraphQLEnumType):
        return _of_enum(kind)
    return _of_leaf(kind)


def _of_leaf(kind: GraphQLLeafType) -> Coerce:
    plain, whole = _PLAIN.get(kind.name), _WHOLE.get(kind.name)

    def coerce(given: Any) -> Any:
        if given.__class__ is plain or (whole is not None and given.__class__ is int and given in whole):
            return given
        return coerce_input_value(given, kind)

    return coerce


def _of_enum(kind: GraphQLEnumType) -> Coerce:
    named = {name: kind.coerce_input_value(name) for name in kind.values}

    def coerce(given: Any) -> Any:
        return named.get(given, Undefined) if given.__class__ is str else coerce_input_value(given, kind)

    return coerce


def _of_list(kind: GraphQLList[Any]) -> Coerce:
    item = coercer(kind.of_type)

    def coerce(given: Any) -> Any:
        if given.__class__ is not list:
            return coerce_input_value(given, kind)
        items = [item(each) for each in given]
        # By identity: some scalar's value may say of itself that it equals everything.
        return Undefined if any(each is Undefined for each in items) else items

    return coerce


@cache
def _of_object(kind: GraphQLInputObjectType) -> Coerce:
    members: list[tuple[str, str, Coerce, Any, bool]] = []

    def coerce(given: Any) -> Any:
        if given.__class__ is not dict or kind.is_one_of:
            return coerce_input_value(given, kind)
        if not given.keys() <= kind.fields.keys():
            return Undefined
        if not members:
            # At its first value: a type may be a member of itself.
            members.extend(_members(kind))
        values: dict[str, Any] = {}
        for name, key, coerce_member, default, required in members:
            value = given.get(name, Undefined)
            value = default if value is Undefined else coerce_member(value)
            if value is not Undefined:
                values[key] = value
            elif required or name in given:
                return Undefined
        return kind.out_type(values)

    return coerce


def _members(kind: GraphQLInputObjectType) -> list[tuple[str, str, Coerce, Any, bool]]:
    """Of each member its name, its key in the value, its function, its default, and whether it must be there."""
    return [
        (
            name,
            member.out_name or name,
            coercer(member.type),
            coerce_default_value(member),
            is_required_input_field(member),
        )
        for name, member in kind.fields.items()
    ]
