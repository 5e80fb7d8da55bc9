"""Filters told in Python: each refused or, on every row, of one mind with MongoDB."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from bson import Code, Decimal128, Int64, ObjectId, Regex

from models.policy import EVERYTHING, NOTHING, Filter
from models.store.connection import Database
from models.store.matching import matcher

# Not a fresh one: every worker of a run must collect the same cases.
KEY = ObjectId("650000000000000000000001")
NOON = datetime(2026, 11, 21, 12)  # noqa: DTZ001  # as the driver decodes it
EAST = timezone(timedelta(hours=2))

ALIKE: list[tuple[Filter, dict[str, Any], bool]] = [
    (EVERYTHING, {}, True),
    (NOTHING, {"_id": KEY}, False),
    ({"a": KEY}, {"a": ObjectId(KEY.binary)}, True),
    ({"a": KEY}, {"a": KEY.binary}, False),
    ({"a": KEY}, {"a": str(KEY)}, False),
    ({"a": 1}, {"a": True}, False),
    ({"a": True}, {"a": 1}, False),
    ({"a": {"$in": [True, "b"]}}, {"a": 1.0}, False),
    ({"a": 1}, {"a": Int64(1)}, True),
    ({"a": {"$in": [1]}}, {"a": 1.0}, True),
    ({"a": 2**53 + 1}, {"a": float(2**53)}, False),
    ({"a": {"$gt": float(2**53)}}, {"a": Int64(2**53 + 1)}, True),
    ({"a": {"$lt": False}}, {"a": -1}, False),
    ({"a": {"$lt": True}}, {"a": False}, True),
    ({"a": None}, {}, True),
    ({"a": None}, {"a": None}, True),
    ({"a": {"$in": [None]}}, {}, True),
    ({"a": {"$ne": None}}, {"a": 0}, True),
    ({"a": {"$ne": None}}, {"a": [1, None]}, False),
    ({"a": {"$gte": None}}, {}, True),
    ({"a": {"$gt": None}}, {}, False),
    ({"a": {"$lt": 5}}, {}, False),
    ({"a": {"$not": {"$gte": 5}}}, {}, True),
    ({"a": {"$not": {"$gte": 5}}}, {"a": "z"}, True),
    ({"a": float("nan")}, {"a": float("nan")}, True),
    ({"a": {"$in": [float("nan")]}}, {"a": float("nan")}, True),
    ({"a": {"$lt": 5}}, {"a": float("nan")}, False),
    ({"a": {"$gt": float("nan")}}, {"a": 5}, False),
    ({"a": {"$lte": float("nan")}}, {"a": float("nan")}, True),
    ({"a": 0.0}, {"a": -0.0}, True),
    ({"a": "x"}, {"a": ["y", "x"]}, True),
    ({"a": "x"}, {"a": [["x"]]}, False),
    ({"a": ["x"]}, {"a": ["x"]}, True),
    ({"a": ["x"]}, {"a": [["x"]]}, True),
    ({"a": ["x"]}, {"a": ["x", "y"]}, False),
    ({"a": []}, {"a": []}, True),
    ({"a": {"b": 1, "c": 2}}, {"a": {"b": 1.0, "c": 2}}, True),
    ({"a": {"b": 1, "c": 1}}, {"a": {"c": 1, "b": 1}}, False),
    ({"a": {}}, {"a": {"b": 1}}, False),
    ({"a": {"$gt": 1, "$lt": 3}}, {"a": [0, 4]}, True),
    ({"a.b": 1}, {"a": {"b": 1}}, True),
    ({"a.b": 1}, {"a": [{"b": 2}, {"b": [1]}]}, True),
    ({"a.b": 1}, {"a": [[{"b": 1}]]}, False),
    ({"a.b": None}, {"a": 5}, True),
    ({"a.b": None}, {"a": []}, False),
    ({"a.b": None}, {"a": [5]}, False),
    ({"a.b": None}, {"a": [5, {}]}, True),
    ({"a.b": {"$ne": None}}, {"a": []}, True),
    ({"a": {"$regex": r"^a\.b"}}, {"a": "a.bc"}, True),
    ({"a": {"$regex": r"^a\.b"}}, {"a": "axbc"}, False),
    ({"a": {"$regex": "^b"}}, {"a": "a\nb"}, False),
    ({"a": {"$regex": "^A"}}, {"a": "a"}, False),
    ({"a": {"$regex": "^"}}, {"a": 5}, False),
    ({"a": {"$gt": "Z"}}, {"a": "a"}, True),
    ({"a": {"$gt": "\uffff"}}, {"a": "\U0001f701"}, True),
    ({"a": NOON}, {"a": NOON}, True),
    ({"a": NOON.replace(tzinfo=UTC)}, {"a": NOON}, True),
    ({"a": NOON.replace(hour=14, tzinfo=EAST)}, {"a": NOON}, True),
    ({"a": {"$gt": NOON + timedelta(microseconds=999)}}, {"a": NOON}, False),
    ({"a": {"$gte": NOON + timedelta(microseconds=999)}}, {"a": NOON}, True),
    ({"a": {"$gt": NOON}}, {"a": NOON + timedelta(milliseconds=1)}, True),
    ({"a": {"$gt": 0}}, {"a": NOON}, False),
    ({"a": 1, "b": 2}, {"a": 1, "b": 3}, False),
    ({"$or": [{"a": 1}, {"b": 1}]}, {"b": 1}, True),
    ({"$nor": [{"a": 1}, {"b": 1}]}, {"c": 1}, True),
    ({"a": 1, "$and": [{"b": None}, {"c": {"$ne": 1}}]}, {"a": 1}, True),
]


@pytest.mark.parametrize(("condition", "row", "found"), ALIKE, ids=str)
async def test_a_filter_means_what_it_means_to_mongodb(
    database: Database, condition: Filter, row: dict[str, Any], found: bool
) -> None:
    collection = database["matching"]
    await collection.delete_many({})
    await collection.insert_one({"_id": KEY, **row})
    assert await collection.count_documents(dict(condition)) == int(found)
    assert matcher(condition)({"_id": KEY, **row}) is found


@pytest.mark.parametrize(
    ("condition", "named"),
    [
        ({"$text": {"$search": "words"}}, "'$text'"),
        ({"$expr": {"$eq": ["$a", 1]}}, "'$expr'"),
        ({"a": {"$exists": True}}, "a: $exists"),
        ({"a.b": {"$elemMatch": {"c": 1}}}, "a.b: $elemMatch"),
        ({"a": {"$regex": "^a", "$options": "i"}}, "a: $options"),
        ({"a": {"$not": 5}}, "a: $not"),
        ({"a": {"$not": {"$size": 1}}}, "a: $size"),
        ({"$or": [{"a": {"$type": "string"}}]}, "a: $type"),
        ({"a": {"$gt": 1, "b": 2}}, "a: b"),
        ({"a.0": 1}, "'a.0'"),
        ({"a..b": 1}, "'a..b'"),
        ({"a": {"$in": "text"}}, "$in takes a list"),
        ({"$and": []}, "$and takes a list"),
        ({"$nor": {"a": 1}}, "$nor takes a list"),
        ({"a": {"$gt": [1]}}, "a list"),
        ({"a": {"$lt": {"b": 1}}}, "a dict"),
        ({"a": {"b": 1, "$gt": 2}}, "['b', '$gt']"),
        ({"a": b"bytes"}, "a bytes"),
        ({"a": {"$in": [Decimal128("1")]}}, "a Decimal128"),
        ({"a": Regex("^a")}, "a Regex"),
        ({"a": Code("1")}, "a Code"),
        ({"a": {"$regex": "a"}}, "'a'"),
        ({"a": {"$regex": "^a.*"}}, "'^a.*'"),
        ({"a": {"$regex": r"^\d"}}, r"'^\\d'"),
        ({"a": {"$regex": "^a\0"}}, r"'^a\x00'"),
        ({"a": {"$regex": Regex("^a")}}, "Regex('^a', 0)"),
    ],
    ids=str,
)
def test_what_is_not_known_for_sure_is_refused(condition: Filter, named: str) -> None:
    with pytest.raises(LookupError) as refused:
        matcher(condition)
    assert named in str(refused.value)
