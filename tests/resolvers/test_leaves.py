"""Leaves in compiled code: what is shown as it is, the type would have shown as it is."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import pytest
from bson import Int64, ObjectId
from graphql import GraphQLError, GraphQLLeafType, GraphQLScalarType, GraphQLSchema, is_leaf_type

from resolvers.leaves import as_it_is, completed


class Colour(StrEnum):
    """A text that is not quite one."""

    RED = "active"


VALUES: list[Any] = [
    None,
    True,
    False,
    0,
    1,
    -(2**31),
    2**31 - 1,
    2**31,
    -(2**31) - 1,
    2**53,
    2**70,
    Int64(5),
    Int64(2**40),
    0.0,
    1.5,
    -0.0,
    1e300,
    float("inf"),
    float("nan"),
    "",
    "text",
    "active",
    "ACTIVE",
    "user",
    "5",
    Colour.RED,
    b"bytes",
    [],
    ["text"],
    {},
    {"a": 1},
    ObjectId(b"twelve bytes"),
    datetime(2026, 11, 21),  # noqa: DTZ001  # as the driver hands over dates
]
"""One of each kind that a column could hold, and those at the edges of their kinds."""


def _leaves(schema: GraphQLSchema) -> list[Any]:
    return [kind for kind in schema.type_map.values() if is_leaf_type(kind)]


def _stock(kind: GraphQLLeafType, value: Any) -> tuple[str, Any]:
    """What the executor makes of the value: shown, null, or an error."""
    if value is None:
        return "null", None
    try:
        shown = kind.coerce_output_value(value)
    except Exception:  # noqa: BLE001  # scalars may raise anything
        return "error", None
    return ("error", None) if shown is None else ("shown", shown)


class Known:
    """What the expressions use, by its names."""

    def __init__(self, value: Any) -> None:
        self.all = {"value": value}

    def bind(self, thing: Any) -> str:
        """Give it a name."""
        name = f"bound{len(self.all)}"
        self.all[name] = thing
        return name


def _compiled(kind: GraphQLLeafType, value: Any, *, nullable: bool) -> tuple[str, Any]:
    names = Known(value)
    shown, condition = as_it_is(kind, "value", "value", names.bind)
    otherwise = names.bind(completed(kind, nullable=nullable))
    try:
        found = eval(f"{shown} if {condition} else {otherwise}(value)", names.all)  # noqa: S307  # ours
    except Exception:  # noqa: BLE001  # as above
        return "error", None
    return ("null" if found is None else "shown"), found


@pytest.mark.parametrize("value", VALUES, ids=lambda value: f"{type(value).__name__} {value!r}")
def test_shows_what_the_executor_shows(schema: GraphQLSchema, value: Any) -> None:
    assert len(_leaves(schema)) > 10
    for kind in _leaves(schema):
        outcome, shown = _stock(kind, value)
        for nullable in (True, False):
            expected = "error" if outcome == "null" and not nullable else outcome
            found, also = _compiled(kind, value, nullable=nullable)
            assert found == expected, (kind.name, nullable)
            assert repr(also) == repr(shown), (kind.name, nullable)


def test_what_is_usual_takes_the_short_way(schema: GraphQLSchema) -> None:
    usual = {"String": "text", "ID": "id", "Boolean": True, "Int": 5, "Float": 1.5, "Timestamp": Int64(2**40)}
    usual |= {"JSON": {"a": 1}, "AdvisorStatus": "active"}
    for name, value in usual.items():
        kind: Any = schema.get_type(name)
        names = Known(value)
        shown, condition = as_it_is(kind, "value", "value", names.bind)
        assert eval(condition, names.all), name  # noqa: S307  # ours
        assert eval(shown, names.all) == kind.coerce_output_value(value)  # noqa: S307  # ours


def test_a_scalar_that_nobody_thought_of_goes_the_long_way() -> None:
    def stars(value: Any) -> str:
        if value == 0:
            raise GraphQLError("no stars")
        return "*" * int(value)

    kind = GraphQLScalarType("Stars", coerce_output_value=stars)
    assert _compiled(kind, 3, nullable=True) == ("shown", "***")
    assert _compiled(kind, 0, nullable=True) == ("error", None)
