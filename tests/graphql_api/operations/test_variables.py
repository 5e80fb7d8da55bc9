"""Coercing variables: as graphql-core does it, or not at all where it has something to say."""

from collections.abc import Mapping
from typing import Any

import pytest
from graphql import (
    GraphQLArgument,
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLField,
    GraphQLFloat,
    GraphQLID,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLString,
    OperationDefinitionNode,
    parse,
)
from graphql.execution.values import VariableValues, get_variable_values

from graphql_api.operations.variables import Variables

COLOUR = GraphQLEnumType("Colour", {"RED": "red", "BLUE": "blue"})
POINT: GraphQLInputObjectType = GraphQLInputObjectType(
    "Point",
    lambda: {
        "x": GraphQLInputField(GraphQLNonNull(GraphQLInt)),
        "y": GraphQLInputField(GraphQLInt, default_value=7),
        "names": GraphQLInputField(GraphQLList(GraphQLNonNull(GraphQLString))),
        "inner": GraphQLInputField(POINT),
    },
)
EITHER = GraphQLInputObjectType(
    "Either", {"a": GraphQLInputField(GraphQLInt), "b": GraphQLInputField(GraphQLString)}, is_one_of=True
)
KINDS: Mapping[str, Any] = {
    "colour": COLOUR,
    "point": POINT,
    "either": EITHER,
    "id": GraphQLID,
    "share": GraphQLFloat,
    "sure": GraphQLBoolean,
}
SCHEMA = GraphQLSchema(
    GraphQLObjectType(
        "Query", {"f": GraphQLField(GraphQLInt, {name: GraphQLArgument(kind) for name, kind in KINDS.items()})}
    )
)

DECLARED = [
    *("$v: String", "$v: String!", "$v: String = null", '$v: String! = "d"', "$v: ID", "$v: ID!"),
    *("$v: Int", "$v: Int!", "$v: Int = 3", "$v: Float!", "$v: Boolean!", "$v: Boolean = true"),
    *("$v: Colour", "$v: Colour! = RED", "$v: [Int!]", "$v: [[Int]]!", '$v: [String!]! = ["a"]'),
    *("$v: Point", "$v: Point!", "$v: Point = {x: 1}", "$v: [Point!]", "$v: Either"),
]

VALUES: list[Any] = [
    *(None, True, 0, 1, 2**31, 1.0, 1.5, "", "text", "RED", "red", "5", [], [1], ["a"], [None], [[1], None], [[[1]]]),
    *({}, {"x": 1}, {"x": None}, {"x": "1"}, {"x": 1, "y": None}, {"x": 1, "z": 2}, {"x": 1, "names": "one"}),
    *({"x": 1, "names": [None]}, {"x": 1, "inner": {"x": 2, "inner": {}}}, [{"x": 1}], {"a": 1}, {"a": None}),
    *({"a": 1, "b": "2"}, {"b": "2"}),
]


def _operation(declared: str) -> OperationDefinitionNode:
    node = parse(f"query ({declared}) {{ f }}").definitions[0]
    assert isinstance(node, OperationDefinitionNode)
    return node


@pytest.mark.parametrize("declared", DECLARED)
def test_coerces_as_graphql_core_does(declared: str) -> None:
    operation = _operation(declared)
    variables = Variables(SCHEMA, operation)
    outcomes = set()
    for given in [{}, {"other": 1}, *({"v": value} for value in VALUES)]:
        expected = get_variable_values(SCHEMA, operation.variable_definitions or (), given)
        found = variables.coerced(given)
        assert found == (expected.coerced if isinstance(expected, VariableValues) else None), given
        outcomes.add(found is None)
    assert outcomes == {True, False}


def test_keeps_the_kinds_of_numbers() -> None:
    variables = Variables(SCHEMA, _operation("$v: Float!"))
    assert [repr(variables.coerced({"v": value})) for value in (1, 1.5, True)] == ["{'v': 1.0}", "{'v': 1.5}", "None"]


def test_several_variables_are_coerced_together() -> None:
    variables = Variables(SCHEMA, _operation("$a: Int!, $b: String, $c: Colour = BLUE"))
    assert variables.coerced({"a": 1}) == {"a": 1, "c": "blue"}
    assert variables.coerced({"a": 1, "b": None, "c": "RED"}) == {"a": 1, "b": None, "c": "red"}
    assert variables.coerced({"b": "x"}) is None
    assert variables.coerced({"a": 1, "b": 2}) is None


def test_a_value_that_is_nested_without_end_is_left_to_graphql_core() -> None:
    endless: dict[str, Any] = {"x": 1}
    for _ in range(5_000):
        endless = {"x": 1, "inner": endless}
    assert Variables(SCHEMA, _operation("$v: Point")).coerced({"v": endless}) is None
