"""A rule is one thing with two halves: MongoDB finds by its filter exactly the rows which it admits."""

import random
import secrets
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from typing import Any

import pytest
from bson import ObjectId
from pymongo import AsyncMongoClient

from models.actor import Actor, ActorKind
from models.policy import (
    ANYONE,
    EVERYTHING,
    NOBODY,
    NOTHING,
    OPERATOR,
    SERVICE,
    SIGNED_IN,
    All,
    Either,
    Filter,
    Granted,
    Is,
    OwnAccount,
    Owner,
    Rule,
    both,
)
from models.store.connection import Database
from models.table import Table
from models.tables import PORTALS, PROFILES, TABLES

POOL = [ObjectId() for _ in range(5)]
"""Few ids, so that a row's owner and a caller's profile are often the same."""

TRAPS: list[Any] = [None, True, False, 0, 1, 1.0, "", "active", "true", [], [None], [True], [1]]
ROWS, ACTORS = 300, 20
PRODUCTS = (
    *(name for profile in PROFILES for name in (profile.product, *profile.roles)),
    *dict.fromkeys(name for portal in PORTALS for name in portal.profiles),
)
SERVICES = tuple(f"service:{name}" for name in ("analysis", "answering", "billing", "enrichment", "search"))
GRANTS = tuple(name for profile in PROFILES for name in profile.grants)


@pytest.fixture
async def apart(client: AsyncMongoClient[dict[str, Any]]) -> AsyncIterator[Database]:
    """A database for rows that no product would store."""
    name = f"test_{secrets.token_hex(6)}"
    yield client[name]
    await client.drop_database(name)


def _actor(dice: random.Random) -> Actor:
    kind = dice.choice([*ActorKind, ActorKind.ACCOUNT, ActorKind.ACCOUNT])
    held = {name: frozenset(dice.sample(POOL, dice.randint(0, 3))) for name in GRANTS if dice.random() < 0.8}
    if kind in {ActorKind.ANONYMOUS, ActorKind.SERVICE}:
        return Actor(kind, dice.choice(["anonymous", *SERVICES]))
    products = {product: dice.choice(POOL) for product in PRODUCTS if dice.random() < 0.8}
    return Actor(kind, "somebody", dice.choice(POOL), products, held)


def _constants(rule: Rule) -> Iterator[tuple[str, Any]]:
    """The values that a rule compares columns with: chance alone would seldom hit them."""
    if isinstance(rule, Is):
        yield from ((rule.column, value) for value in rule.values)
    elif isinstance(rule, All | Either):
        for part in rule.rules:
            yield from _constants(part)


def _rows(
    dice: random.Random, columns: Iterable[str], constants: Iterable[tuple[str, Any]] = ()
) -> list[dict[str, Any]]:
    compared: dict[str, list[Any]] = {column: [] for column in sorted(set(columns) - {"_id"})}
    for column, value in constants:
        compared[column].append(value)
    return [
        {"_id": key, **{name: _value(dice, values or POOL) for name, values in compared.items() if dice.random() < 0.9}}
        for key in [*POOL, *(ObjectId() for _ in range(ROWS - len(POOL)))]
    ]


def _value(dice: random.Random, usual: list[Any]) -> Any:
    value = dice.choice(dice.choice([usual, usual, TRAPS]))
    return [value, dice.choice(POOL)] if dice.random() < 0.1 and not isinstance(value, list) else value


async def _disagreement(
    database: Database, rule: Rule, rows: list[dict[str, Any]], actors: list[Actor]
) -> tuple[str, int]:
    """What the two halves disagree on, and how many pairs were admitted."""
    admitted = 0
    for actor in actors:
        by_admits = {row["_id"] for row in rows if rule.admits(actor, row)}
        by_filter = set(await database["rows"].distinct("_id", dict(rule.filter(actor))))
        admitted += len(by_admits)
        if by_admits != by_filter:
            odd = next(row for row in rows if row["_id"] in by_admits ^ by_filter)
            return f"{rule.words}: filter {rule.filter(actor)} and admits disagree for {actor} on {odd}", admitted
    return "", admitted


def _rules(table: Table[Any]) -> dict[str, Rule]:
    policy = table.policy
    verbs = {"read": policy.read, "create": policy.create, "update": policy.update, "delete": policy.delete}
    return {**verbs, **{f"private {path}": rule for path, rule in policy.private.items()}}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.type_name)
async def test_every_policy_has_two_halves_that_agree(apart: Database, table: Table[Any]) -> None:
    dice = random.Random(table.type_name)  # noqa: S311  # chance for a test
    rules = _rules(table)
    actors = [_actor(dice) for _ in range(ACTORS)]
    columns = frozenset().union(*(rule.columns for rule in rules.values()))
    rows = _rows(dice, columns, [pair for rule in rules.values() for pair in _constants(rule)])
    await apart["rows"].insert_many(rows)
    for name, rule in {id(rule): (name, rule) for name, rule in rules.items()}.values():
        wrong, admitted = await _disagreement(apart, rule, rows, actors)
        assert not wrong, f"{table.type_name}, {name}: {wrong}"
        if rule.columns:
            assert 0 < admitted < ROWS * ACTORS, f"{table.type_name}, {name}: the dice never met this rule; widen them."


def _leaf(dice: random.Random) -> Rule:
    column = dice.choice(["a", "b", "_id"])
    return dice.choice(
        [
            *(ANYONE, NOBODY, OPERATOR, SERVICE, SIGNED_IN),
            Owner(column, dice.choice(PRODUCTS)),
            OwnAccount(column),
            Is(dice.choice(["a", "b"]), tuple(dice.sample([None, True, False, 0, 1, "active"], dice.randint(1, 3)))),
            Granted(column, dice.choice(GRANTS), "granted"),
        ]
    )


def _tree(dice: random.Random, depth: int) -> Rule:
    if depth == 0 or dice.random() < 0.2:
        return _leaf(dice)
    parts = tuple(_tree(dice, depth - 1) for _ in range(dice.randint(1, 3)))
    return All(parts) if dice.random() < 0.5 else Either(parts)


async def test_rules_agree_however_they_are_composed(apart: Database) -> None:
    dice = random.Random("trees")  # noqa: S311  # chance for a test
    rows = _rows(dice, ("a", "b"))
    await apart["rows"].insert_many(rows)
    for _ in range(300):
        wrong, _ = await _disagreement(apart, _tree(dice, 3), rows, [_actor(dice) for _ in range(3)])
        assert not wrong, wrong


def _condition(dice: random.Random) -> Filter:
    value = dice.choice([*POOL, None, True, 1, "active"])
    return dice.choice(
        [
            EVERYTHING,
            NOTHING,
            {"a": value},
            {"a": {"$in": [value]}, "b": value},
            {"$or": [{"a": value}, {"b": None}]},
            {"$and": [{"a": value}, {"b": {"$ne": None}}]},
            {"$nor": [{"a": value}]},
        ]
    )


async def test_both_never_loosens(apart: Database) -> None:
    dice = random.Random("both")  # noqa: S311  # chance for a test
    rows = _rows(dice, ("a", "b"))
    await apart["rows"].insert_many(rows)

    async def found(condition: Mapping[str, Any]) -> set[ObjectId]:
        return set(await apart["rows"].distinct("_id", dict(condition)))

    for _ in range(300):
        parts = [_condition(dice) for _ in range(dice.randint(1, 4))]
        each = [await found(part) for part in parts]
        assert await found(both(*parts)) == set.intersection(*each), f"both{tuple(parts)} is {both(*parts)}"


def test_what_matches_nothing_is_known_without_asking() -> None:
    assert both(EVERYTHING, NOTHING) is NOTHING
    assert both() is EVERYTHING
    assert (NOBODY | NOBODY).filter(Actor(ActorKind.ACCOUNT, "a")) is NOTHING
    assert (ANYONE & NOBODY).filter(Actor(ActorKind.ACCOUNT, "a")) is NOTHING
