"""Python and MongoDB find the same among odd rows: by raw operators, by all that a schema's lists say, by positions."""

import math
import random
import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

import pytest
from bson import Int64, MaxKey, MinKey, ObjectId, Timestamp
from graphql import GraphQLSchema
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from models import cursor, global_id
from models.actor import Actor, ActorKind
from models.policy import Filter, RowData
from models.store.ask import Page
from models.store.connection import Database
from models.store.matching import matcher
from models.store.pipeline import beyond, stretch
from models.table import Order
from models.tables import PROFILES, TABLES
from resolvers.adjectives import Where
from resolvers.comparisons import (
    FloatComparison,
    IdComparison,
    IntComparison,
    TimestampComparison,
)
from resolvers.listing import Listing
from tests.laws.lists import exposed
from tests.resolvers.places import PLACE_WHERE

ROWS = 300
COLLECTION = "matching_generated"
NAMES = ("a", "b", "c.d", "c.e.f")
KEYS = [ObjectId(f"{place:024x}") for place in (1, 2, 3, 0xFFFF, 1 << 64)]
NOON = datetime(2026, 11, 21, 12)  # noqa: DTZ001  # as the driver decodes it
TEXTS = ["", "a", "a.b", "axb", "Z", "é", "\uffff", "\U0001f701", "a\nb", "^a", "true", "active"]
NUMBERS = [0, 1, -1, 2**53, 2**53 + 1, Int64(2**63 - 1), -(2**63), 1.0, -0.0, 0.5, float(2**53)]
NUMBERS += [float("nan"), float("inf"), float("-inf"), 1_700_000_000_000]
TIMES = [NOON, NOON + timedelta(milliseconds=1), datetime(1969, 12, 31)]  # noqa: DTZ001  # as above
PLAIN: list[Any] = [None, True, False, *TEXTS, *NUMBERS, *TIMES, *KEYS]
ODD: list[Any] = [b"bytes", KEYS[0].binary, Timestamp(1, 1), MinKey(), MaxKey()]

ASKED = settings(
    max_examples=40,
    deadline=None,
    # What is reported is one filter and its rows: a simpler one is not worth the minutes.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


def among(values: Sequence[Any]) -> st.SearchStrategy[Any]:
    """One of the values; Hypothesis would write all of them down again wherever they are drawn from."""
    return st.integers(0, len(values) - 1).map(lambda place: values[place])


plain = among(PLAIN)
moments = st.builds(
    lambda time, more, zone: (time + timedelta(microseconds=more)).replace(tzinfo=zone),
    among(TIMES),
    st.sampled_from([0, 1, 999, 1000]),
    st.sampled_from([None, UTC]),
)
operands = st.one_of(plain, plain, plain, moments)
whole = st.recursive(
    operands,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("bdf"), inner, max_size=2),
    max_leaves=4,
)
patterns = among([f"^{re.escape(text)}" for text in TEXTS])
leaves = st.one_of(
    st.fixed_dictionaries({"$eq": whole}),
    st.fixed_dictionaries({"$ne": whole}),
    st.fixed_dictionaries({"$in": st.lists(whole, max_size=6)}),
    st.fixed_dictionaries({"$all": st.lists(plain, min_size=1, max_size=3)}),
    st.fixed_dictionaries({"$regex": patterns}),
    st.dictionaries(st.sampled_from(["$lt", "$lte", "$gt", "$gte", "$eq"]), operands, min_size=1, max_size=3),
)
conditions = st.one_of(operands, whole, leaves, leaves, st.builds(lambda inner: {"$not": inner}, leaves))
filters = st.recursive(
    st.dictionaries(st.sampled_from([*NAMES, "c", "_id"]), conditions, max_size=3),
    lambda inner: st.dictionaries(
        st.sampled_from(["$and", "$or", "$nor"]), st.lists(inner, min_size=1, max_size=3), min_size=1, max_size=2
    ),
    max_leaves=6,
)


@dataclass(frozen=True)
class Ground:
    """Odd rows as MongoDB has them and as the driver decodes them."""

    database: Database
    # Hypothesis writes down what a failing test was given.
    rows: Sequence[RowData] = field(repr=False)

    async def agree(self, condition: Filter) -> int:
        """How many rows both find. AssertionError with a row which only one does."""
        told = matcher(condition)
        mine = {row["_id"] for row in self.rows if told(row)}
        found = set(await self.database[COLLECTION].distinct("_id", dict(condition)))
        odd = [(row, row["_id"] in found) for row in self.rows if row["_id"] in mine ^ found]
        assert odd[:1] == [], condition
        return len(mine)


@pytest.fixture(scope="module")
async def ground(database: Database, schema: GraphQLSchema) -> AsyncIterator[Ground]:
    """A few hundred rows with something of every kind in every column that a filter can name."""
    collection = database[COLLECTION]
    paths = sorted({*NAMES, *_paths(schema)} - {"_id"})
    dice = random.Random(COLLECTION)  # noqa: S311  # chance for a test
    await collection.insert_many([_row(dice, key, paths) for key in _ids()])
    yield Ground(database, await collection.find().to_list())
    await collection.drop()


def _ids() -> Iterator[Any]:
    yield from KEYS
    yield from (0, 1.5, "a", NOON, True, None)
    yield from (ObjectId(f"{place:024x}") for place in range(10, 10 + ROWS))


def _paths(schema: GraphQLSchema) -> Iterator[str]:
    for listing in _listings(schema):
        yield from map(listing.where.column, listing.where.columns) if listing.where else ()
        yield from (column for order in listing.orders.choices.values() for column, _ in order.keys)
    yield from map(PLACE_WHERE.column, PLACE_WHERE.columns)
    for table in TABLES:
        yield from (column for rule in (table.policy.read, *table.policy.private.values()) for column in rule.columns)
    yield from ("hidden", "isTyping", "expiresAt")


def _listings(schema: GraphQLSchema) -> list[Listing]:
    return list({id(shown.listing): shown.listing for shown in exposed(schema)}.values())


def _row(dice: random.Random, key: Any, paths: Sequence[str]) -> dict[str, Any]:
    row: dict[str, Any] = {"_id": key}
    for path in paths:
        name, _, rest = path.partition(".")
        if dice.random() < 0.85:
            value = _value(dice)
            for part in reversed(rest.split(".") if rest and dice.random() < 0.9 else []):
                value = _around(dice, part, value)
            row[name] = {**row[name], **value} if _both(row.get(name), value) else value
    return row


def _both(there: Any, value: Any) -> bool:
    return isinstance(there, dict) and isinstance(value, dict)


def _around(dice: random.Random, name: str, value: Any) -> Any:
    inside = {name: value} if dice.random() < 0.9 else {"z": value}
    return inside if dice.random() < 0.7 else [inside, *dice.sample([5, None, {}, [inside], {name: None}], 2)]


def _value(dice: random.Random) -> Any:
    value = dice.choice(dice.choice([PLAIN, PLAIN, KEYS, TEXTS, [True, False], ODD]))
    if dice.random() < 0.8:
        return value
    return dice.choice([[], [value], [value, dice.choice(PLAIN)], [[value]], {"b": value}, {"b": 1, "d": value}])


@pytest.mark.parametrize("name", ["$eq", "$ne", "$in", "$all", "$lt", "$lte", "$gt", "$gte", "$regex"])
@pytest.mark.parametrize("column", ["a", "c.d"])
async def test_each_operator_with_each_value(ground: Ground, column: str, name: str) -> None:
    values = [[value] for value in PLAIN] if name in {"$in", "$all"} else PLAIN
    if name == "$regex":
        values = [f"^{re.escape(text)}" for text in TEXTS]
    found = sum([await ground.agree({column: {name: value}}) for value in values])
    assert 0 < found < len(values) * len(ground.rows)


@ASKED
@given(st.lists(filters, min_size=10, max_size=10))
async def test_raw_operators(ground: Ground, given: list[Filter]) -> None:
    for condition in given:
        await ground.agree(condition)


def _comparison(where: Where, path: str) -> st.SearchStrategy[dict[str, Any]]:
    """What a client may say of a column: values of the input's own types."""
    comparable = where.columns[path]
    values: st.SearchStrategy[Any] = st.sampled_from(TEXTS)
    if comparable.kind is IdComparison:
        ids = [global_id.encode(table.tag, key) for table in TABLES for key in KEYS[:2]]
        values = st.sampled_from([*ids, "no id"])
    elif comparable.kind is TimestampComparison:
        values = st.sampled_from([number for number in NUMBERS if isinstance(number, int)])
    elif comparable.kind is IntComparison:
        values = st.sampled_from([0, 1, -1, 2**31 - 1, -(2**31)])
    elif comparable.kind is FloatComparison:
        values = st.sampled_from([float(number) for number in NUMBERS if math.isfinite(number)])
    fields = {field.graphql_name or field.python_name: field for field in _fields(comparable.kind)}
    shown = getattr(getattr(fields["eq"].type, "of_type", None), "wrapped_cls", None) if "eq" in fields else None
    if isinstance(shown, type) and issubclass(shown, Enum):
        values = st.sampled_from(list(shown))
    if "in" not in fields and set(fields) == {"eq"}:
        return st.fixed_dictionaries({"eq": st.booleans()})
    several = st.lists(values, max_size=4)
    return st.fixed_dictionaries(
        {},
        optional={name: several if name in {"in", "hasAny", "hasAll"} else values | st.none() for name in fields},
    )


def _fields(kind: Any) -> Sequence[Any]:
    fields: Sequence[Any] = kind.__strawberry_definition__.fields
    return fields


def _said(where: Where) -> st.SearchStrategy[Mapping[str, Any]]:
    columns = {path.replace(".", "_"): _comparison(where, path) | st.none() for path in where.columns}
    leaf = st.fixed_dictionaries({}, optional=columns)
    return st.recursive(
        leaf,
        lambda inner: st.fixed_dictionaries(
            {}, optional={"and": st.lists(inner, max_size=3), "or": st.lists(inner, max_size=3), "not": inner}
        ),
        max_leaves=5,
    )


@ASKED
@given(st.data())
async def test_whatever_a_client_says(ground: Ground, schema: GraphQLSchema, data: st.DataObject) -> None:
    wheres = [listing.where for listing in _listings(schema) if listing.where is not None]
    # Comparisons of every kind, numbers and keys among them.
    for where in (*wheres, PLACE_WHERE):
        await ground.agree(where.filter(data.draw(_said(where))))


@ASKED
@given(st.data())
async def test_positions(ground: Ground, schema: GraphQLSchema, data: st.DataObject) -> None:
    listed = [order for listing in _listings(schema) for order in listing.orders.choices.values()]
    orders = [*dict.fromkeys(listed), Order(("a", "-b")), Order(("-c.d",)), Order(())]
    for order in data.draw(st.lists(among(orders), min_size=2, max_size=2)):
        for keys in (order.keys, order.reversed.keys):
            position = data.draw(st.tuples(*(operands for _ in keys)))
            await ground.agree(beyond(keys, position))
        # As it comes back from a client.
        told = cursor.decode(keys, cursor.encode(keys, position))
        await ground.agree(stretch(Page(order, 5, None, after=told, before=data.draw(st.none() | st.just(told)))))


ACTORS = [
    Actor(ActorKind.ANONYMOUS, "anonymous"),
    Actor(ActorKind.SERVICE, "service:answering"),
    Actor(ActorKind.SERVICE, "service:billing"),
    Actor(ActorKind.OPERATOR, "somebody", KEYS[0]),
    *(
        Actor(
            ActorKind.ACCOUNT,
            "somebody",
            key,
            {profile.product: key for profile in PROFILES},
            {name: frozenset(KEYS[:place]) for profile in PROFILES for name in profile.grants},
        )
        for place, key in enumerate(KEYS)
    ),
]


@pytest.mark.parametrize("actor", ACTORS, ids=lambda actor: f"{actor.kind}-{actor.account}")
async def test_rules_and_scopes(ground: Ground, schema: GraphQLSchema, actor: Actor) -> None:
    policies = [table.policy for table in TABLES]
    rules = [rule for policy in policies for rule in (policy.read, policy.update, *policy.private.values())]
    found = sum([await ground.agree(rule.filter(actor)) for rule in rules])
    for listing in _listings(schema):
        found += await ground.agree(listing.scope(actor)) + await ground.agree(listing.within(actor))
    assert found > 0
