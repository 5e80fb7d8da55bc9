"""A seller's dashboard: for the seller and the agent, without any buyer."""

from typing import Any

from models.clock import now
from models.store import Store
from tests.factories import estate as make
from tests.fixtures.estate import Parties
from tests.fixtures.wire import Api, Caller, People
from tests.laws.explaining import explained, look, stages
from tests.resolvers.estate.cast import Cast, cast, switch_off

DAY = 86_400_000
QUERY = """query($s: ID!) { estateSellerDashboard(sellerSessionId: $s) { daysOnMarket
    views { views uniqueBuyers anonymousViews totalSeconds meanSeconds }
    offers { offers highestAmount averageAmount byStatus { status offers highestAmount averageAmount } } } }"""


async def _dashboard(api: Api, by: Caller, portal: str) -> Any:
    return (await api.data(QUERY, {"s": portal}, by=by))["estateSellerDashboard"]


async def _listed(store: Store, world: Cast, days: float) -> None:
    changed = {"$set": {"createdAt": now() - int(days * DAY)}}
    await store._database["estate_listings"].update_one({"_id": world.listing["_id"]}, changed)


async def _activity(world: Cast) -> None:
    await make.property_view(world.listing, world.bea.row, viewDuration=10.0)
    await make.property_view(world.listing, world.bea.row, viewDuration=20.0)
    await make.property_view(world.listing, viewDuration=60.0)
    await make.property_view(world.other_listing, viewDuration=999.0)
    await make.offer(world.listing, world.bea.row, 400_000.0, status="rejected")
    await make.offer(world.listing, world.bea.row, 500_000.0)
    await make.offer(world.listing, world.ben.row, 460_000.0)
    await make.offer(world.other_listing, world.bobs_buyer.row, 900_000.0)


async def test_the_seller_and_the_agent_are_told(api: Api, parties: Parties, people: People, store: Store) -> None:
    world = await cast(parties, people)
    await _activity(world)
    await _listed(store, world, 12.5)
    wanted = {
        "daysOnMarket": 12,
        "views": {
            "views": 3,
            "uniqueBuyers": 1,
            "anonymousViews": 1,
            "totalSeconds": 90.0,
            "meanSeconds": 30.0,
        },
        "offers": {
            "offers": 3,
            "highestAmount": 500_000.0,
            "averageAmount": 1_360_000.0 / 3,
            "byStatus": [
                {"status": "PENDING", "offers": 2, "highestAmount": 500_000.0, "averageAmount": 480_000.0},
                {"status": "REJECTED", "offers": 1, "highestAmount": 400_000.0, "averageAmount": 400_000.0},
            ],
        },
    }
    assert await _dashboard(api, world.sam, world.sam.id) == wanted
    assert await _dashboard(api, world.ann, world.sam.id) == wanted


async def test_nobody_else_is_told(api: Api, parties: Parties, people: People) -> None:
    world = await cast(parties, people)
    await _activity(world)
    others = {**world.strangers(), "bea": world.bea, "operator": world.operator}
    told = {name: await _dashboard(api, by, world.sam.id) for name, by in others.items()}
    assert told == dict.fromkeys(others)
    for nothing in ("eSelAAAAAAAAAAAAAAAA", world.listing_id, "nothing"):
        assert await _dashboard(api, world.ann, nothing) is None


async def test_a_listing_that_nobody_cares_for(api: Api, parties: Parties, people: People, store: Store) -> None:
    world = await cast(parties, people)
    await switch_off(store, world.ann)
    assert await _dashboard(api, world.ann, world.sam.id) == {
        "daysOnMarket": 0,
        "views": {"views": 0, "uniqueBuyers": 0, "anonymousViews": 0, "totalSeconds": 0.0, "meanSeconds": None},
        "offers": {"offers": 0, "highestAmount": None, "averageAmount": None, "byStatus": []},
    }


async def test_the_market_ends_with_an_accepted_offer(api: Api, parties: Parties, people: People, store: Store) -> None:
    world = await cast(parties, people)
    await _listed(store, world, 30)
    await make.offer(world.listing, world.ben.row, status="withdrawn", respondedAt=now() - 25 * DAY)
    await make.offer(world.listing, world.bea.row, status="accepted", respondedAt=now() - 10 * DAY)
    assert (await _dashboard(api, world.sam, world.sam.id))["daysOnMarket"] == 20


async def test_it_costs_two_walks_along_indexes(api: Api, parties: Parties, people: People, store: Store) -> None:
    world = await cast(parties, people)
    await _activity(world)
    await _dashboard(api, world.sam, world.sam.id)
    # Who asks, the portal, the listing, the looks, the offers.
    assert api.calls.names == ["find", "find", "find", "aggregate", "aggregate"]
    indexes = ("page_listing_time", "page_listing_amount")
    for command, index in zip(api.calls.seen[3:], indexes, strict=True):
        plan = await explained(store._database, command)
        assert command["hint"] == index
        assert "COLLSCAN" not in set(stages(plan))
        assert look(plan).keys == 3
