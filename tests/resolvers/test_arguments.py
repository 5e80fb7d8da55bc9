"""Arguments: what is planned once coerces as graphql-core does at each request, errors included."""

from collections.abc import Mapping
from typing import Any

import pytest
from graphql import (
    FieldNode,
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLError,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLString,
    OperationDefinitionNode,
    parse,
)
from graphql.execution.values import VariableValues, get_argument_values

from resolvers.arguments import Arguments

COLOUR = GraphQLEnumType("Colour", {"RED": "red", "BLUE": "blue"})
RANGE = GraphQLInputObjectType("Range", {"gte": GraphQLInputField(GraphQLInt), "lt": GraphQLInputField(GraphQLInt)})
WHERE: GraphQLInputObjectType = GraphQLInputObjectType(
    "Where",
    lambda: {
        "time": GraphQLInputField(RANGE),
        "sure": GraphQLInputField(GraphQLNonNull(GraphQLInt)),
        "colour": GraphQLInputField(COLOUR, default_value="blue"),
        "calm": GraphQLInputField(GraphQLNonNull(GraphQLInt), default_value=5),
        "names": GraphQLInputField(GraphQLList(GraphQLString)),
        "not": GraphQLInputField(WHERE),
    },
)
ONE = GraphQLInputObjectType(
    "One", {"a": GraphQLInputField(GraphQLInt), "b": GraphQLInputField(GraphQLInt)}, is_one_of=True
)
FIELD = GraphQLField(
    GraphQLInt,
    {
        "first": GraphQLArgument(GraphQLInt),
        "id": GraphQLArgument(GraphQLNonNull(GraphQLInt), default_value=7),
        "where": GraphQLArgument(WHERE),
        "one": GraphQLArgument(ONE),
        "colours": GraphQLArgument(GraphQLList(COLOUR)),
    },
)

GIVEN = [
    "",
    "first: 1",
    "first: $v",
    "first: null, id: $v",
    "id: null",
    "where: null",
    "where: $v",
    "where: {sure: 1}",
    "where: {sure: $v}",
    "where: {sure: 1, calm: $v, colour: RED}",
    "where: {sure: 1, time: {gte: $v, lt: 9}}",
    'where: {sure: 1, time: {gte: 1, lt: $v}, names: ["a"]}',
    "where: {time: {gte: $v}}",
    "where: {sure: 1, colour: $v}",
    "where: {sure: 1, not: {sure: $v, not: {sure: 2, calm: null, time: {gte: $v}}}}",
    "where: {sure: 1, not: {sure: $v, not: {sure: 2, time: {gte: $v}}}}",
    'where: {sure: 1, names: [$v, "b"]}',
    'where: {sure: "1", calm: $v}',
    "where: {sure: 1, unknown: $v}",
    "one: {a: $v}",
    "one: {a: 1}",
    "colours: [RED, $v]",
    "colours: RED",
    "colours: $v",
]

VARIABLES: list[Mapping[str, Any]] = [{}, {"v": None}, {"v": 3}, {"v": "blue"}, {"other": 1}]


def _node(given: str) -> FieldNode:
    operation = parse(f"query ($v: Int) {{ f{f'({given})' if given else ''} }}").definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    node = operation.selection_set.selections[0]
    assert isinstance(node, FieldNode)
    return node


def _outcome(ask: Any) -> Any:
    try:
        return dict(ask())
    except GraphQLError as error:
        return error.message


@pytest.mark.parametrize("given", GIVEN)
def test_coerces_as_graphql_core_does(given: str) -> None:
    node = _node(given)
    planned, once = Arguments(FIELD, node), Arguments(FIELD, node, once=True)
    for variables in VARIABLES * 2:
        expected = _outcome(lambda: get_argument_values(FIELD, node, VariableValues({}, dict(variables))))  # noqa: B023  # called at once
        assert _outcome(lambda: planned.given(variables)) == expected, variables  # noqa: B023  # as above
        assert _outcome(lambda: once.given(variables)) == expected, variables  # noqa: B023  # as above


def test_what_no_variable_is_in_is_made_once() -> None:
    arguments = Arguments(FIELD, _node("where: {sure: 1}"))
    assert arguments.given({}) is arguments.given({"v": 1})


@pytest.mark.parametrize("given", [given for given in GIVEN if "[$v" not in given and ", $v]" not in given])
def test_usual_arguments_do_without_graphql_core(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = Arguments(FIELD, _node(given))
    expected = _outcome(lambda: arguments.given({"v": 3}))
    if isinstance(expected, str) or given.startswith("one: {a: $v"):
        return

    def never(*_: Any) -> Any:
        raise AssertionError(given)

    monkeypatch.setattr("resolvers.arguments.get_argument_values", never)
    assert dict(Arguments(FIELD, _node(given)).given({"v": 3})) == expected
