"""Scalars: times are whole milliseconds, and no JSON of a client's reaches MongoDB as an operator or bursts it."""

from datetime import datetime
from typing import Any

import pytest
from graphql import GraphQLError

from models.advisor.advisor import ADVISORS
from models.advisor.conversation import CONVERSATIONS
from resolvers.scalars import JSON, JSON_BYTES, JSON_DEPTH, JSON_ITEMS, SCALARS, TIMESTAMP_LIMIT, Timestamp
from tests.factories import advisor as make
from tests.fixtures.wire import Api, People
from tests.resolvers.advisor.writing import gid

TIMESTAMP, FREE = SCALARS[Timestamp], SCALARS[JSON]


def _parse(scalar: Any, value: Any) -> Any:
    return scalar.parse_value(value)


@pytest.mark.parametrize(("given", "taken"), [(0, 0), (5, 5), (5.0, 5), (TIMESTAMP_LIMIT, TIMESTAMP_LIMIT)])
def test_a_time_is_a_whole_number(given: Any, taken: int) -> None:
    parsed = _parse(TIMESTAMP, given)
    assert parsed == taken
    assert type(parsed) is int


@pytest.mark.parametrize("wrong", [True, "5", 5.5, None, "2026-01-01T00:00:00Z", [5]])
def test_what_is_no_time(wrong: Any) -> None:
    with pytest.raises(GraphQLError, match=r"Timestamp must be a whole number of Unix milliseconds\."):
        _parse(TIMESTAMP, wrong)


@pytest.mark.parametrize("wrong", [-1, TIMESTAMP_LIMIT + 1, 1e300])
def test_a_time_is_bounded(wrong: Any) -> None:
    with pytest.raises(GraphQLError, match="Timestamp must be between 0 and 9007199254740991"):
        _parse(TIMESTAMP, wrong)


@pytest.mark.parametrize("literal", ["1e999", "-1e999", '"5"', "true", "5.5"])
async def test_a_document_with_no_time_is_refused(api: Api, literal: str) -> None:
    text = f"{{ advisorConversations(where: {{createdAt: {{gt: {literal}}}}}) {{ totalCount }} }}"
    (error,) = (await api.answer(text))["errors"]
    assert error["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
    assert "Timestamp" in error["message"]


def test_a_date_of_mongodb_is_served_as_milliseconds() -> None:
    serialize: Any = TIMESTAMP.serialize
    assert serialize(datetime(2026, 1, 2, 3, 4, 5, 678_000)) == 1767323045678  # noqa: DTZ001  # as the driver has it
    assert serialize(5) == 5


@pytest.mark.parametrize("value", [None, 1, "a", {"a": [1, {"b": None}]}, [], {}, 2**63 - 1, -(2**63), "$set", ["$a"]])
def test_free_content_is_kept_as_it_is(value: Any) -> None:
    assert _parse(FREE, value) == value


@pytest.mark.parametrize("key", ["$where", "$", "a.b", ".", "a\0b", ""])
@pytest.mark.parametrize("outer", [lambda inner: inner, lambda inner: [inner], lambda inner: {"a": inner}])
def test_no_key_is_read_as_an_operator(key: str, outer: Any) -> None:
    with pytest.raises(GraphQLError, match="JSON keys must not be empty"):
        _parse(FREE, outer({key: 1}))


def _nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


def test_free_content_is_bounded() -> None:
    assert _parse(FREE, _nested(JSON_DEPTH)) == _nested(JSON_DEPTH)
    with pytest.raises(GraphQLError, match="at most 32 levels deep"):
        _parse(FREE, _nested(JSON_DEPTH + 1))
    assert len(_parse(FREE, [0] * (JSON_ITEMS - 1))) == JSON_ITEMS - 1
    with pytest.raises(GraphQLError, match="at most 10000 values"):
        _parse(FREE, [0] * JSON_ITEMS)


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 10**40])
def test_free_integers_fit_into_the_database(number: int) -> None:
    with pytest.raises(GraphQLError, match="must fit into 64 bits"):
        _parse(FREE, {"a": [number]})


REMEMBER = """mutation($c: ID!, $a: ID!, $x: String) { advisorMemorySet(input: {
    conversationId: $c, advisorId: $a, key: "k", value: %s }) { memory { value } userErrors { code } } }"""


@pytest.mark.parametrize(
    ("literal", "kept"), [("{a: $x, b: 1}", {"b": 1}), ("[$x, 1]", [None, 1]), ("{a: {b: $x}}", {"a": {}})]
)
async def test_variables_that_are_not_given_leave_free_content(
    api: Api, people: People, literal: str, kept: Any
) -> None:
    ann, advisor = await people.person("ann"), await make.advisor()
    ids = {"c": gid(CONVERSATIONS, await make.conversation(ann)), "a": gid(ADVISORS, advisor)}
    payload = (await api.data(REMEMBER % literal, ids, by=ann))["advisorMemorySet"]
    assert payload == {"memory": {"value": kept}, "userErrors": []}


@pytest.mark.parametrize("literal", ["1e400", "{a: [-1e400]}"])
async def test_numbers_without_end_are_no_free_content(api: Api, people: People, literal: str) -> None:
    ann = await people.person("ann")
    answer = await api.answer(REMEMBER % literal, {"c": "x", "a": "y"}, by=ann)
    assert "JSON numbers must be finite." in [error["message"] for error in answer["errors"]]
    assert answer.get("data") is None


def test_free_content_has_bounded_bytes() -> None:
    assert _parse(FREE, "x" * (JSON_BYTES - 2)) == "x" * (JSON_BYTES - 2)
    with pytest.raises(GraphQLError, match="JSON may have 65536 bytes"):
        _parse(FREE, "é" * (JSON_BYTES // 2))
