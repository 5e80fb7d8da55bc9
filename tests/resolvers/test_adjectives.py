"""Filters and orders: the exact Mongo condition of what a client gave, of indexed columns alone, and bounded."""

import re
from typing import Any

import pytest
from bson import ObjectId

from models import global_id
from models.account.account import ACCOUNTS
from models.advisor.advisor import ADVISORS
from models.advisor.message import MESSAGES, MessageSender
from models.errors import Code, Refusal
from models.policy import NOTHING
from models.table import Order
from resolvers.adjectives import MERGED, TEXTS, WHERE_DEPTH, Direction, keyed, where
from resolvers.advisor.advisor import ADVISOR_WHERE
from resolvers.advisor.conversation import ORDERS
from resolvers.advisor.message import MESSAGE_WHERE
from resolvers.comparisons import TEXT_CHARACTERS, VALUES, CaselessTextComparison
from tests.resolvers.places import PLACE_WHERE

KEY = ObjectId("0123456789abcdef01234567")
TEXT = global_id.encode(ADVISORS.tag, KEY)


@pytest.mark.parametrize(
    ("given", "condition"),
    [
        (None, {}),
        ({}, {}),
        ({"createdAt": None}, {}),
        ({"createdAt": {}}, {}),
        ({"createdAt": {"gte": 5, "lt": 9}}, {"createdAt": {"$gte": 5, "$lt": 9}}),
        ({"createdAt": {"eq": None}}, {"createdAt": {"$eq": None}}),
        ({"createdAt": {"lt": None}}, {}),
        ({"sender": {"eq": MessageSender.USER}}, {"sender": {"$eq": "user"}}),
        (
            {"sender": {"in": [MessageSender.USER, MessageSender.ADVISOR]}},
            {"sender": {"$in": ["user", "advisor"]}},
        ),
        ({"advisorId": {"eq": TEXT}}, {"advisorId": {"$eq": KEY}}),
        ({"advisorId": {"in": [TEXT]}}, {"advisorId": {"$in": [KEY]}}),
        (
            {"sender": {"eq": MessageSender.USER}, "createdAt": {"gt": 1}},
            {"$and": [{"sender": {"$eq": "user"}}, {"createdAt": {"$gt": 1}}]},
        ),
        ({"not": {"createdAt": {"gt": 1}}}, {"$nor": [{"createdAt": {"$gt": 1}}]}),
        ({"not": {}}, NOTHING),
        (
            {"or": [{"createdAt": {"gt": 5}}, {"createdAt": {"lt": 1}}]},
            {"$or": [{"createdAt": {"$gt": 5}}, {"createdAt": {"$lt": 1}}]},
        ),
        ({"and": []}, {}),
        ({"or": []}, NOTHING),
    ],
)
def test_the_condition_of_a_filter(given: Any, condition: dict[str, Any]) -> None:
    assert MESSAGE_WHERE.filter(given) == condition


@pytest.mark.parametrize("wrong", [global_id.encode(ACCOUNTS.tag, KEY), "x", ""])
def test_an_id_of_another_type_finds_nothing_and_never_everything(wrong: str) -> None:
    assert MESSAGE_WHERE.filter({"advisorId": {"eq": wrong}}) == {"advisorId": {"$eq": wrong}}


@pytest.mark.parametrize("text", [".*", "^a|b", "(a+)+$", "a\\", "$where"])
def test_a_prefix_is_a_text_and_no_pattern(text: str) -> None:
    found = where(ADVISORS, category=TEXTS).filter({"category": {"startsWith": text}})["category"]["$regex"]
    assert found.startswith("^")
    assert re.fullmatch(found, text)
    assert not re.match(found, "a" + text)


def test_tags_are_compared_one_by_one() -> None:
    assert ADVISOR_WHERE.filter({"tags": {"has": "a", "hasAny": ["b", "c"]}}) == {
        "tags": {"$eq": "a", "$in": ["b", "c"]}
    }
    assert ADVISOR_WHERE.filter({"tags": {"hasAll": ["b", "c"]}}) == {"tags": {"$all": ["b", "c"]}}


def test_each_of_no_tags_is_held_by_every_row() -> None:
    assert ADVISOR_WHERE.filter({"tags": {"hasAll": []}}) == {}
    assert ADVISOR_WHERE.filter({"tags": {"hasAny": []}}) == {"tags": {"$in": []}}


@pytest.mark.parametrize(
    ("given", "condition"),
    [
        ({"price": {"gte": 1.5, "lt": 9.0}}, {"price": {"$gte": 1.5, "$lt": 9.0}}),
        ({"price": {"in": [1.5, 2.0], "lte": 3.0}}, {"price": {"$in": [1.5, 2.0], "$lte": 3.0}}),
        ({"rooms": {"eq": 3, "gt": 2}}, {"rooms": {"$eq": 3, "$gt": 2}}),
        ({"rooms": {"eq": None, "gt": None}}, {"rooms": {"$eq": None}}),
        ({"city": {"eq": "BonN"}}, {"cityKey": {"$eq": "bonn"}}),
        ({"city": {"eq": None}}, {"cityKey": {"$eq": None}}),
        ({"city": {"in": ["A", "b"]}}, {"cityKey": {"$in": ["a", "b"]}}),
        ({"city": {"startsWith": "B.N"}}, {"cityKey": {"$regex": "^b\\.n"}}),
        (
            {"or": [{"city": {"eq": "A"}}, {"rooms": {"lt": 1}}]},
            {"$or": [{"cityKey": {"$eq": "a"}}, {"rooms": {"$lt": 1}}]},
        ),
    ],
)
def test_numbers_and_keys(given: Any, condition: dict[str, Any]) -> None:
    assert PLACE_WHERE.filter(given) == condition


def test_a_key_is_named_by_its_column() -> None:
    assert PLACE_WHERE.equal({"city": {"eq": "A"}, "rooms": {"eq": 1}}) == {"cityKey", "rooms"}
    assert PLACE_WHERE.equal({"city": {"in": ["A"]}, "rooms": {"in": []}}) == {"cityKey"}
    assert PLACE_WHERE.equal({"city": {"in": ["A"] * (MERGED + 1)}, "rooms": {"eq": 1, "lt": 2}}) == frozenset()
    # A private column stays private under either name.
    assert sorted(PLACE_WHERE.named({"not": {"city": {"eq": "A"}}})) == ["city", "cityKey"]
    assert PLACE_WHERE.columns["city"].kind is CaselessTextComparison


def test_a_key_without_an_index_is_not_offered() -> None:
    with pytest.raises(LookupError, match=r"advisor_messages: no index carries \['contentKey'\]"):
        where(MESSAGES, sender=keyed(TEXTS, "contentKey", str.lower))


@pytest.mark.parametrize("number", [float("inf"), float("-inf"), float("nan")])
@pytest.mark.parametrize("operator", ["eq", "lt", "in"])
def test_numbers_are_finite(operator: str, number: float) -> None:
    with pytest.raises(Refusal, match="A number must be finite") as refused:
        PLACE_WHERE.filter({"price": {operator: [number] if operator == "in" else number}})
    assert (refused.value.code, refused.value.field) == (Code.OUT_OF_RANGE, ("where", "price", operator))


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"advisorId": {"in": ["x"] * (VALUES + 1)}}, Code.OUT_OF_RANGE, ("where", "advisorId", "in")),
        ({"or": [{}] * (VALUES + 1)}, Code.OUT_OF_RANGE, ("where", "or")),
        ({"advisorId": {"eq": "x" * (TEXT_CHARACTERS + 1)}}, Code.TOO_LONG, ("where", "advisorId", "eq")),
        ({"advisorId": {"in": ["a", "a\0b"]}}, Code.INVALID, ("where", "advisorId", "in")),
    ],
)
def test_a_filter_is_bounded(given: Any, code: Code, field: tuple[str, ...]) -> None:
    with pytest.raises(Refusal) as refused:
        MESSAGE_WHERE.filter(given)
    assert (refused.value.code, refused.value.field) == (code, field)


def _deep(levels: int, name: str) -> dict[str, Any]:
    given: dict[str, Any] = {"createdAt": {"gt": 1}}
    for _ in range(levels):
        given = {name: given if name == "not" else [given]}
    return given


@pytest.mark.parametrize("name", ["and", "or", "not"])
def test_a_filter_is_of_bounded_depth(name: str) -> None:
    assert MESSAGE_WHERE.filter(_deep(WHERE_DEPTH, name))
    with pytest.raises(Refusal, match="Filters may be nested 5 levels deep"):
        MESSAGE_WHERE.filter(_deep(WHERE_DEPTH + 1, name))


def test_the_columns_that_a_filter_looks_at() -> None:
    given = {"or": [{"createdAt": {}}, {"not": {"sender": {}}}], "advisorId": {}}
    assert sorted(MESSAGE_WHERE.named(given)) == ["advisorId", "createdAt", "sender"]


def test_a_column_without_an_index_is_not_offered() -> None:
    with pytest.raises(LookupError, match=r"advisor_messages: no index carries \['content'\]"):
        where(MESSAGES, content=TEXTS)


@pytest.mark.parametrize(
    ("given", "order"),
    [
        (None, Order(("-updatedAt",))),
        (("UPDATED_AT", Direction.DESC), Order(("-updatedAt",))),
        (("UPDATED_AT", Direction.ASC), Order(("updatedAt",))),
        (("CREATED_AT", Direction.DESC), Order(("-createdAt",))),
        (("CREATED_AT", Direction.ASC), Order(("createdAt",))),
    ],
)
def test_an_order_by_its_name(given: tuple[str, Direction] | None, order: Order) -> None:
    fields: Any = ORDERS.input.__annotations__["field"]
    asked = None if given is None else {"field": fields[given[0]], "direction": given[1]}
    assert ORDERS.order(asked).keys == order.keys
