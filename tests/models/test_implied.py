"""A rule that the rest of a question implies is left out, and never another one."""

import random
import secrets
from collections.abc import AsyncIterator
from typing import Any

import pytest
from bson import ObjectId
from pymongo import AsyncMongoClient

from models.implied import unsaid
from models.policy import EVERYTHING, Filter, both
from models.store.connection import Database

KEY, OTHER = ObjectId("0" * 24), ObjectId("1" * 24)
PUBLIC: Filter = {"$and": [{"status": {"$in": ["active", "sold"]}}, {"on": True}]}
RULE: Filter = {"$or": [PUBLIC, {"agent": KEY}]}


@pytest.mark.parametrize(
    "where",
    [
        {"status": "active", "on": True},
        {"$and": [{"on": {"$eq": True}}, {"status": "sold", "price": {"$gt": 1}}]},
        {"agent": KEY, "status": "withdrawn"},
    ],
)
def test_what_is_said_already_is_not_said_again(where: Filter) -> None:
    assert unsaid(RULE, where) is EVERYTHING


@pytest.mark.parametrize(
    "where",
    [
        {},
        {"status": "active"},
        {"status": "withdrawn", "on": True},
        {"status": "active", "on": 1},
        {"status": {"$in": ["active"]}, "on": True},
        {"$or": [{"agent": KEY}]},
        {"$nor": [{"agent": KEY}]},
        {"agent": OTHER},
        {"agent": {"$ne": KEY}},
        {"agent": str(KEY)},
        {"agent": None},
    ],
)
def test_everything_else_leaves_the_rule_as_it_is(where: Filter) -> None:
    assert unsaid(RULE, where) is RULE


@pytest.mark.parametrize("rule", [EVERYTHING, {"agent": KEY}, {"$and": [{"agent": KEY}]}, {"_id": {"$in": []}}])
def test_rules_without_choices_stay(rule: Filter) -> None:
    assert unsaid(rule, {"agent": KEY, "_id": KEY}) is rule


def test_each_choice_of_a_rule_is_looked_at() -> None:
    assert unsaid(PUBLIC, {"status": "active"}) == {"on": True}
    assert unsaid(PUBLIC, {"on": True}) is PUBLIC
    assert unsaid(PUBLIC, {"status": "withdrawn"}) is PUBLIC
    both_ways: Filter = {"$and": [RULE, {"status": {"$in": ["active"]}}]}
    assert unsaid(both_ways, {"agent": KEY}) == {"status": {"$in": ["active"]}}
    assert unsaid(both_ways, {"agent": KEY, "status": "active"}) is EVERYTHING


@pytest.fixture
async def rows(client: AsyncMongoClient[dict[str, Any]]) -> AsyncIterator[Database]:
    """A database of rows by chance."""
    dice = random.Random("rows")  # noqa: S311  # chance for a test
    database = client[f"test_{secrets.token_hex(6)}"]
    await database["rows"].insert_many([_row(dice) for _ in range(400)])
    yield database
    await client.drop_database(database.name)


VALUES: list[Any] = [True, False, 0, 1, "a", "b", None, KEY]


def _row(dice: random.Random) -> dict[str, Any]:
    values = [*VALUES, ["a", True], [KEY, None], []]
    return {column: dice.choice(values) for column in "abc" if dice.random() < 0.85}


def _leaf(dice: random.Random) -> dict[str, Any]:
    column, value = dice.choice("abc"), dice.choice(VALUES)
    return {column: dice.choice([value, value, value, {"$in": dice.sample(VALUES, 2)}, {"$eq": value}, {"$ne": value}])}


def _condition(dice: random.Random) -> dict[str, Any]:
    parts = [_leaf(dice) for _ in range(dice.randint(1, 3))]
    return dice.choice([{"$and": parts}, parts[0], {name: value for part in parts for name, value in part.items()}])


def _rule(dice: random.Random) -> Filter:
    choice = {"$or": [_condition(dice) for _ in range(dice.randint(1, 3))]}
    return dice.choice([choice, _leaf(dice), {"$and": [choice, _leaf(dice), _leaf(dice)]}])


async def test_the_rows_are_the_same_without_it(rows: Database) -> None:
    dice, left_out = random.Random("conditions"), 0  # noqa: S311  # as above
    for _ in range(1_500):
        rule, where = _rule(dice), _condition(dice)
        shorter = unsaid(rule, where)
        if shorter is not rule:
            left_out += 1
            whole = await rows["rows"].distinct("_id", dict(both(rule, where)))
            assert await rows["rows"].distinct("_id", dict(both(shorter, where))) == whole, (rule, where)
    assert left_out > 50
