"""Keysets: the rows behind a position are those which a plain sort puts behind it, with nulls, gaps and ties."""

import secrets
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.store.connection import Database
from models.store.pipeline import beyond

MISSING = object()
VALUES: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from([None, MISSING]),
    st.sampled_from([0, 1, 2, 2**53]),
)
TEXTS: st.SearchStrategy[Any] = st.sampled_from([None, MISSING, "", "a", "A", "ab", "é", "🜁"])
WAYS = st.sampled_from([1, -1])


def _rank(value: Any) -> tuple[bool, Any]:
    # MongoDB: null and missing alike come before every value; texts compare by their bytes.
    return (value is not None, value.encode() if isinstance(value, str) else value or 0)


def _in_order(rows: Sequence[dict[str, Any]], keys: Sequence[tuple[str, int]]) -> list[dict[str, Any]]:
    ordered = list(rows)
    for column, way in reversed(keys):
        ordered.sort(key=lambda row: _rank(row.get(column)), reverse=way < 0)
    return ordered


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(VALUES, TEXTS), min_size=1, max_size=14), WAYS, WAYS, WAYS)
async def test_beyond_agrees_with_a_plain_sort(
    database: Database, pairs: list[tuple[Any, Any]], a: int, b: int, id_way: int
) -> None:
    keys = (("a", a), ("b", b), ("_id", id_way))
    rows = [
        {"_id": number, **{name: value for name, value in zip("ab", pair, strict=True) if value is not MISSING}}
        for number, pair in enumerate(pairs)
    ]
    collection = database[f"keyset_{secrets.token_hex(4)}"]
    await collection.insert_many(rows)
    ordered = _in_order(rows, keys)
    for place, row in enumerate(ordered):
        position = [row.get(column) for column, _ in keys]
        found = await collection.find(beyond(keys, position)).sort(list(keys)).to_list()
        assert found == ordered[place + 1 :]
    await collection.drop()


@pytest.mark.parametrize("way", [1, -1])
async def test_beyond_ends_behind_the_last_row(database: Database, way: int) -> None:
    collection = database[f"keyset_{secrets.token_hex(4)}"]
    await collection.insert_many([{"_id": 1}, {"_id": 2, "a": None}, {"_id": 3, "a": 5}])
    keys = (("a", way), ("_id", way))
    last = (5, 3) if way > 0 else (None, 1)
    assert await collection.count_documents(dict(beyond(keys, last))) == 0
    await collection.drop()


@given(st.lists(st.integers(0, 4), min_size=2, max_size=6, unique=True))
def test_a_position_never_lies_behind_itself(values: list[int]) -> None:
    for one, other in pairwise(values):
        assert beyond((("a", 1), ("_id", 1)), (one, other)) == {
            "$and": [{"a": {"$gte": one}}, {"$or": [{"a": {"$gt": one}}, {"a": one, "_id": {"$gt": other}}]}]
        }
