"""Figures of a listing: exact, along an index, for its agent and its seller."""

from typing import Any

import pytest
from bson import ObjectId

from models.clock import now
from models.store import Store
from tests.factories import estate as make
from tests.fixtures.estate import Parties
from tests.fixtures.wire import Api, Caller, People
from tests.laws.explaining import explained, look, stages
from tests.resolvers.estate.cast import Cast, cast, switch_off

DAY = 86_400_000
TOTALS = "views uniqueBuyers anonymousViews totalSeconds meanSeconds"
FIGURES = f"""since totals {{ {TOTALS} }} byViewerType {{ viewerType views totalSeconds meanSeconds }}"""
ALL = f"{FIGURES} topImages {{ position views }} perDay {{ start views totalSeconds }}"

NOTHING: dict[str, Any] = {
    "since": None,
    "totals": {"views": 0, "uniqueBuyers": 0, "anonymousViews": 0, "totalSeconds": 0.0, "meanSeconds": None},
    "byViewerType": [],
    "topImages": [],
    "perDay": [],
}


async def _figures(api: Api, by: Caller, listing: str, time: str = "ALL", shown: str = ALL) -> Any:
    query = f"""query($l: ID!, $r: EstateAnalyticsRange!)
        {{ estateListingAnalytics(listingId: $l, range: $r) {{ {shown} }} }}"""
    return (await api.data(query, {"l": listing, "r": time}, by=by))["estateListingAnalytics"]


async def _looks(world: Cast) -> int:
    """Seven looks at the listing on two days, and others elsewhere; the first millisecond of the later day, in UTC."""
    today = now() // DAY * DAY
    for who, seconds, images, time in (
        (world.bea.row, 10.0, [0, 1], today),
        (world.bea.row, 20.0, [1, 1, 1], today - 1),
        (world.bea.row, 30.5, [], today - DAY),
        (world.ben.row, 40.0, [1], today),
        (None, 5.0, [0], today),
        (None, 7.0, [2], today),
    ):
        await make.property_view(world.listing, who, viewDuration=seconds, imagesViewed=images, timestamp=time)
    await make.property_view(world.listing, viewerType="agent", viewDuration=1.0, timestamp=today)
    await make.property_view(world.other_listing, world.bea.row, viewDuration=1_000.0, imagesViewed=[0])
    return today


async def test_figures_are_exact(api: Api, parties: Parties, people: People) -> None:
    world = await cast(parties, people)
    today = await _looks(world)
    wanted = {
        "since": None,
        "totals": {
            "views": 7,
            "uniqueBuyers": 2,
            "anonymousViews": 2,
            "totalSeconds": 113.5,
            "meanSeconds": 113.5 / 7,
        },
        "byViewerType": [
            {"viewerType": "AGENT", "views": 1, "totalSeconds": 1.0, "meanSeconds": 1.0},
            {"viewerType": "ANONYMOUS", "views": 2, "totalSeconds": 12.0, "meanSeconds": 6.0},
            {"viewerType": "BUYER", "views": 4, "totalSeconds": 100.5, "meanSeconds": 25.125},
        ],
        # Of looks alike, the image that comes first.
        "topImages": [{"position": 1, "views": 3}, {"position": 0, "views": 2}, {"position": 2, "views": 1}],
        "perDay": [
            {"start": today - DAY, "views": 2, "totalSeconds": 50.5},
            {"start": today, "views": 5, "totalSeconds": 63.0},
        ],
    }
    assert await _figures(api, world.ann, world.listing_id) == wanted
    assert await _figures(api, world.sam, world.listing_id) == wanted


async def test_nobody_else_is_told(api: Api, parties: Parties, people: People) -> None:
    world = await cast(parties, people)
    await _looks(world)
    others = {**world.strangers(), "bea": world.bea, "ben": world.ben, "operator": world.operator}
    told = {name: await _figures(api, by, world.listing_id) for name, by in others.items()}
    assert told == dict.fromkeys(others)
    for nothing in ("eLstAAAAAAAAAAAAAAAA", world.ann.id, "nothing"):
        assert await _figures(api, world.ann, nothing) is None


async def test_an_agent_who_is_switched_off_is_told_still(
    api: Api, parties: Parties, people: People, store: Store
) -> None:
    world = await cast(parties, people)
    await _looks(world)
    await switch_off(store, world.ann)
    assert (await _figures(api, world.ann, world.listing_id))["totals"]["views"] == 7


async def test_a_listing_without_looks(api: Api, parties: Parties, people: People) -> None:
    world = await cast(parties, people)
    assert await _figures(api, world.sam, world.listing_id) == NOTHING


@pytest.mark.parametrize(("time", "days"), [("DAY", 1), ("WEEK", 7), ("MONTH", 30)])
async def test_a_range_ends_now(api: Api, parties: Parties, people: People, time: str, days: int) -> None:
    world = await cast(parties, people)
    edge = now() - days * DAY
    await make.property_view(world.listing, viewDuration=1.0, timestamp=edge - 1_000)
    await make.property_view(world.listing, viewDuration=2.0, timestamp=edge + 60_000)
    found = await _figures(api, world.ann, world.listing_id, time)
    assert found["totals"]["totalSeconds"] == 2.0
    assert edge <= found["since"] <= now() - days * DAY
    assert len(found["perDay"]) == 1


async def test_ten_images_and_a_year_of_days_are_told(api: Api, parties: Parties, people: People, store: Store) -> None:
    world = await cast(parties, people)
    given = {"listingId": world.listing["_id"], "agentId": world.ann.row["_id"], "viewerType": "anonymous"}
    rows = [
        {**given, "viewDuration": 1.0, "timestamp": day * DAY + 5, "imagesViewed": list(range(day % 20))}
        for day in range(400)
    ]
    await store._database["estate_property_views"].insert_many(rows)
    found = await _figures(api, world.ann, world.listing_id)
    assert [day["start"] // DAY for day in found["perDay"]] == list(range(34, 400))
    assert found["topImages"] == [{"position": position, "views": 380 - 20 * position} for position in range(10)]


async def _many(store: Store, world: Cast, number: int) -> list[ObjectId]:
    """Looks of the last days, the latest first: two of three from 1,000 portals, an hour apart."""
    portals = [ObjectId() for _ in range(1_000)]
    last = now()
    given = {"listingId": world.listing["_id"], "agentId": world.ann.row["_id"]}
    await store._database["estate_property_views"].insert_many(
        {
            **given,
            **(
                {"viewerType": "anonymous"}
                if n % 3 == 0
                else {"viewerType": "buyer", "buyerSessionId": portals[n % 1_000]}
            ),
            "viewDuration": float(n % 7),
            "imagesViewed": [n % 5],
            "timestamp": last - n * 3_600_000,
        }
        for n in range(number)
    )
    return portals


async def test_ten_thousand_looks_are_exact_and_cost_one_walk(
    api: Api, parties: Parties, people: People, store: Store
) -> None:
    world = await cast(parties, people)
    await _many(store, world, 10_000)
    await make.property_view(world.other_listing)
    found = await _figures(api, world.sam, world.listing_id)
    assert found["totals"] == {
        "views": 10_000,
        "uniqueBuyers": 1_000,
        "anonymousViews": 3_334,
        "totalSeconds": float(sum(n % 7 for n in range(10_000))),
        "meanSeconds": sum(n % 7 for n in range(10_000)) / 10_000,
    }
    assert found["topImages"] == [{"position": position, "views": 2_000} for position in range(5)]
    assert sum(day["views"] for day in found["perDay"]) <= 366 * 24
    assert api.calls.names == ["find", "find", "aggregate"]
    command = api.calls.seen[-1]
    plan = await explained(store._database, command)
    assert command["hint"] == "page_listing_time"
    assert "COLLSCAN" not in set(stages(plan))
    assert look(plan).keys == 10_000


async def test_a_range_looks_at_its_own_rows_and_fetches_none(
    api: Api, parties: Parties, people: People, store: Store
) -> None:
    world = await cast(parties, people)
    await _many(store, world, 1_000)
    found = await _figures(api, world.ann, world.listing_id, "WEEK", f"{FIGURES} perDay {{ views }}")
    assert found["totals"]["views"] == 7 * 24
    assert sum(day["views"] for day in found["perDay"]) == 7 * 24
    # Who asks, whether the listing is one's own, and the figures.
    assert api.calls.names == ["aggregate", "find", "aggregate"]
    looked = look(await explained(store._database, api.calls.seen[-1]))
    assert (looked.keys, looked.documents) == (7 * 24 + 1, 0)


async def test_what_is_not_asked_is_not_computed(api: Api, parties: Parties, people: People) -> None:
    world = await cast(parties, people)
    await _figures(api, world.ann, world.listing_id, shown="totals { views }")
    assert list(api.calls.seen[-1]["pipeline"][-1]["$facet"]) == ["kinds"]
