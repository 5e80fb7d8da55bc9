"""A buyer's engagement: for the buyer and the agent, and for nobody else."""

from typing import Any

from models.store import Store
from tests.factories import estate as make
from tests.fixtures.estate import Parties
from tests.fixtures.wire import Api, Caller, People
from tests.laws.explaining import explained, look, stages
from tests.resolvers.estate.cast import Cast, cast, switch_off

QUERY = """query($b: ID!) { estateBuyerEngagement(buyerSessionId: $b)
    { propertiesViewed views totalSeconds meanSeconds offersSubmitted } }"""


async def _engagement(api: Api, by: Caller, buyer: str) -> Any:
    return (await api.data(QUERY, {"b": buyer}, by=by))["estateBuyerEngagement"]


async def _activity(world: Cast) -> None:
    second = await make.listing(world.ann.row)
    for listing, seconds in ((world.listing, 10.0), (world.listing, 20.0), (second, 31.5), (world.other_listing, 4.0)):
        await make.property_view(listing, world.bea.row, viewDuration=seconds)
    await make.property_view(world.listing, world.ben.row, viewDuration=500.0)
    await make.property_view(world.listing, viewDuration=500.0)
    await make.offer(world.listing, world.bea.row, status="rejected")
    await make.offer(second, world.bea.row)
    await make.offer(world.listing, world.ben.row)


async def test_a_buyer_and_the_agent_are_told(api: Api, parties: Parties, people: People) -> None:
    world = await cast(parties, people)
    await _activity(world)
    assert await _engagement(api, world.bea, world.bea.id) == {
        "propertiesViewed": 3,
        "views": 4,
        "totalSeconds": 65.5,
        "meanSeconds": 16.375,
        "offersSubmitted": 2,
    }
    # What the buyer looks at elsewhere is the other agent's affair.
    assert await _engagement(api, world.ann, world.bea.id) == {
        "propertiesViewed": 2,
        "views": 3,
        "totalSeconds": 61.5,
        "meanSeconds": 20.5,
        "offersSubmitted": 2,
    }


async def test_nobody_else_is_told(api: Api, parties: Parties, people: People) -> None:
    world = await cast(parties, people)
    await _activity(world)
    others = {**world.strangers(), "ben": world.ben, "sam": world.sam, "operator": world.operator}
    told = {name: await _engagement(api, by, world.bea.id) for name, by in others.items()}
    assert told == dict.fromkeys(others)
    for nothing in ("eBuyAAAAAAAAAAAAAAAA", world.listing_id, "nothing"):
        assert await _engagement(api, world.ann, nothing) is None


async def test_a_buyer_who_has_done_nothing(api: Api, parties: Parties, people: People, store: Store) -> None:
    world = await cast(parties, people)
    await switch_off(store, world.ann)
    assert await _engagement(api, world.ann, world.ben.id) == {
        "propertiesViewed": 0,
        "views": 0,
        "totalSeconds": 0.0,
        "meanSeconds": None,
        "offersSubmitted": 0,
    }


async def test_it_costs_two_walks_along_indexes(api: Api, parties: Parties, people: People, store: Store) -> None:
    world = await cast(parties, people)
    await _activity(world)
    await _engagement(api, world.bea, world.bea.id)
    assert api.calls.names == ["find", "find", "aggregate", "aggregate"]
    for command, index, keys in zip(api.calls.seen[2:], ("page_buyer_time", "page_buyer_amount"), (4, 2), strict=True):
        plan = await explained(store._database, command)
        assert command["hint"] == index
        assert "COLLSCAN" not in set(stages(plan))
        assert (look(plan).keys, look(plan).documents) == (keys, 0)
