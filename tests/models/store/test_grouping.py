"""Grouping: figures of the rows that the actor may read, along the index that is named."""

from typing import Any

import pytest
from bson import ObjectId

from models.actor import ANONYMOUS, Actor, ActorKind
from models.estate.property_view import PROPERTY_VIEWS
from models.estate.rules import PRODUCT
from models.store import Store
from tests.fixtures.wire import Calls
from tests.laws.explaining import explained, look, stages

INDEX = "page_listing_time"
BY_KIND: list[dict[Any, Any]] = [
    {"$group": {"_id": "$viewerType", "views": {"$sum": 1}, "seconds": {"$sum": "$viewDuration"}}},
    {"$sort": {"_id": 1}},
]


def _agent() -> Actor:
    return Actor(ActorKind.ACCOUNT, "agent", ObjectId(), {PRODUCT: ObjectId()})


async def _views(store: Store, agent: Actor, listing: ObjectId, number: int, **values: Any) -> None:
    given = {"listingId": listing, "agentId": agent.profiles[PRODUCT], "viewerType": "anonymous", "viewDuration": 2.0}
    rows = [{**given, "timestamp": n, **values} for n in range(number)]
    await store._database["estate_property_views"].insert_many(rows)


async def test_figures_are_of_readable_rows_that_match(store: Store, empty: None) -> None:
    ann, bob, listing = _agent(), _agent(), ObjectId()
    await _views(store, ann, listing, 3)
    await _views(store, ann, listing, 2, viewerType="agent", viewDuration=5.0)
    await _views(store, ann, ObjectId(), 7)
    await _views(store, bob, listing, 11)
    found = await store.read.grouped(PROPERTY_VIEWS, ann, {"listingId": listing}, BY_KIND, index=INDEX)
    assert found == [{"_id": "agent", "views": 2, "seconds": 10.0}, {"_id": "anonymous", "views": 3, "seconds": 6.0}]
    other = await store.read.grouped(PROPERTY_VIEWS, bob, {"listingId": listing}, BY_KIND, index=INDEX)
    assert other == [{"_id": "anonymous", "views": 11, "seconds": 22.0}]


async def test_a_filter_never_loosens_the_rule(store: Store, empty: None) -> None:
    ann, bob, listing = _agent(), _agent(), ObjectId()
    await _views(store, ann, listing, 3)
    wide = {"agentId": ann.profiles[PRODUCT], "listingId": listing}
    assert await store.read.grouped(PROPERTY_VIEWS, bob, wide, BY_KIND, index=INDEX) == []


async def test_who_may_read_nothing_costs_no_question(store: Store, watched: tuple[Any, Calls], empty: None) -> None:
    await _views(store, _agent(), ObjectId(), 1)
    watched[1].seen.clear()
    assert await store.read.grouped(PROPERTY_VIEWS, ANONYMOUS, {}, BY_KIND, index=INDEX) == []
    assert watched[1].names == []


async def test_the_named_index_is_walked_and_no_further_than_the_match(
    store: Store, watched: tuple[Any, Calls], empty: None
) -> None:
    ann, listing = _agent(), ObjectId()
    await _views(store, ann, listing, 50)
    await _views(store, ann, ObjectId(), 500)
    watched[1].seen.clear()
    late = {"listingId": listing, "timestamp": {"$gte": 30}}
    assert (await store.read.grouped(PROPERTY_VIEWS, ann, late, BY_KIND, index=INDEX))[0]["views"] == 20
    [command] = watched[1].seen
    assert command["hint"] == INDEX
    assert command["maxTimeMS"] == 10_000
    plan = await explained(store._database, command)
    assert "COLLSCAN" not in set(stages(plan))
    # One key more: where the walk sees that the rest is older.
    assert (look(plan).keys, look(plan).documents) == (21, 0)


async def test_an_answer_longer_than_a_message_is_whole(store: Store, empty: None) -> None:
    ann, listing = _agent(), ObjectId()
    await _views(store, ann, listing, 2_500)
    by_time: list[dict[Any, Any]] = [{"$group": {"_id": "$timestamp"}}, {"$sort": {"_id": 1}}]
    found = await store.read.grouped(PROPERTY_VIEWS, ann, {"listingId": listing}, by_time, index=INDEX)
    assert [each["_id"] for each in found] == list(range(2_500))


LOOKUP = {"from": "estate_listings", "localField": "listingId", "foreignField": "_id", "as": "listing"}


@pytest.mark.parametrize(
    ("name", "operand"),
    [
        ("$lookup", LOOKUP),
        ("$unionWith", "estate_offers"),
        ("$facet", {"all": [{"$lookup": LOOKUP}]}),
        ("$out", "elsewhere"),
        ("$merge", "elsewhere"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_other_collections_are_out_of_reach(store: Store, empty: None, name: str, operand: Any) -> None:
    with pytest.raises(ValueError, match="past the rule of estate_property_views"):
        await store.read.grouped(PROPERTY_VIEWS, _agent(), {}, [{name: operand}], index=INDEX)
