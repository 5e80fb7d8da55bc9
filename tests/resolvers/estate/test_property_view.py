"""Looks at listings: who sees whose, and that a seller never learns which buyer it was."""

from typing import Any

import pytest

from models import global_id
from models.clock import now
from models.store import Store
from tests.factories import estate as make
from tests.fixtures.estate import Parties
from tests.fixtures.live import Lists
from tests.fixtures.wire import Api, Caller, People
from tests.resolvers.estate.cast import Cast, cast, switch_off

ROW = "id listingId buyerSessionId buyerSession { id } viewerType viewDuration imagesViewed timestamp"
VIEWS = f"""query($l: ID, $b: ID, $w: EstatePropertyViewWhere, $o: EstatePropertyViewOrder, $first: Int, $after: String)
    {{ estatePropertyViews(listingId: $l, buyerSessionId: $b, where: $w, orderBy: $o, first: $first, after: $after)
    {{ nodes {{ {ROW} }} totalCount pageInfo {{ endCursor hasNextPage }} }} }}"""
NODE = f"query($id: ID!) {{ node(id: $id) {{ ... on EstatePropertyView {{ {ROW} }} }} }}"
CHANGES = f"""subscription($l: ID, $b: ID) {{ estatePropertyViewChanges(listingId: $l, buyerSessionId: $b)
    {{ kind id node {{ {ROW} }} }} }}"""


async def _seen(api: Api, by: Caller, **given: Any) -> list[float]:
    """The durations of the views that the list has, which tell them apart here."""
    answer = (await api.data(VIEWS, given, by=by))["estatePropertyViews"]
    assert answer["totalCount"] == len(answer["nodes"])
    return [node["viewDuration"] for node in answer["nodes"]]


async def _looks(world: Cast) -> dict[str, str]:
    """Five looks, the latest last; their ids by who looked."""
    time = now() - 1_000
    made = {
        "bea": await make.property_view(world.listing, world.bea.row, viewDuration=1.0, timestamp=time),
        "ben": await make.property_view(world.listing, world.ben.row, viewDuration=2.0, timestamp=time + 1),
        "stranger": await make.property_view(world.listing, viewDuration=3.0, timestamp=time + 2),
        "bea elsewhere": await make.property_view(
            world.other_listing, world.bea.row, viewDuration=4.0, timestamp=time + 3
        ),
        "bob's": await make.property_view(
            world.other_listing, world.bobs_buyer.row, viewDuration=5.0, timestamp=time + 4
        ),
    }
    return {name: global_id.encode("eVew", row["_id"]) for name, row in made.items()}


async def test_each_sees_ones_own_latest_first(api: Api, parties: Parties, people: People) -> None:
    world = await cast(parties, people)
    await _looks(world)
    own = {
        "ann": (world.ann, [3.0, 2.0, 1.0]),
        "bob": (world.bob, [5.0, 4.0]),
        "bea": (world.bea, [4.0, 1.0]),
        "ben": (world.ben, [2.0]),
        "sam": (world.sam, [3.0, 2.0, 1.0]),
        "other seller": (world.other_seller, [5.0, 4.0]),
        "operator": (world.operator, []),
    }
    assert {name: await _seen(api, by) for name, (by, _) in own.items()} == {
        name: wanted for name, (_, wanted) in own.items()
    }


async def test_those_at_one_listing(api: Api, parties: Parties, people: People) -> None:
    world = await cast(parties, people)
    await _looks(world)
    listing = world.listing_id
    assert await _seen(api, world.ann, l=listing) == [3.0, 2.0, 1.0]
    assert await _seen(api, world.sam, l=listing) == [3.0, 2.0, 1.0]
    assert await _seen(api, world.bea, l=listing) == [1.0]
    assert await _seen(api, world.operator, l=listing) == []
    found = {name: await _seen(api, by, l=listing) for name, by in world.strangers().items()}
    assert found == {name: [] for name in found}
    assert await _seen(api, world.ann, l=world.ann.id) == []


async def test_those_from_one_portal(api: Api, parties: Parties, people: People) -> None:
    world = await cast(parties, people)
    await _looks(world)
    assert await _seen(api, world.bea, b=world.bea.id) == [4.0, 1.0]
    assert await _seen(api, world.ben, b=world.bea.id) == []
    # Each agent of a listing sees the looks at his own.
    assert await _seen(api, world.ann, b=world.bea.id) == [1.0]
    assert await _seen(api, world.bob, b=world.bea.id) == [4.0]
    assert await _seen(api, world.ann, b=world.bea.id, l=world.listing_id) == [1.0]
    assert await _seen(api, world.ann, b=world.ben.id, l=world.listing_id) == [2.0]


async def test_an_agent_who_is_switched_off_reads_on_and_portals_are_shut(
    api: Api, parties: Parties, people: People, store: Store
) -> None:
    world = await cast(parties, people)
    await _looks(world)
    await switch_off(store, world.ann)
    assert await _seen(api, world.ann) == [3.0, 2.0, 1.0]
    for portal in (world.bea, world.sam):
        answer = await api.answer(VIEWS, by=portal)
        assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_a_seller_never_learns_the_buyer(api: Api, parties: Parties, people: People) -> None:
    world = await cast(parties, people)
    ids = await _looks(world)
    nodes = (await api.data(VIEWS, {"l": world.listing_id}, by=world.sam))["estatePropertyViews"]["nodes"]
    assert [node["viewerType"] for node in nodes] == ["ANONYMOUS", "BUYER", "BUYER"]
    shown = (await api.data(NODE, {"id": ids["bea"]}, by=world.sam))["node"]
    assert shown["viewDuration"] == 1.0
    for node in (*nodes, shown):
        assert (node["buyerSessionId"], node["buyerSession"]) == (None, None)
    for portal in (world.bea, world.ben):
        assert await _seen(api, world.sam, b=portal.id) == []
        assert await _seen(api, world.sam, b=portal.id, l=world.listing_id) == []


@pytest.mark.parametrize(
    "argument",
    [
        'where: {buyerSessionId: {eq: "eBuyAAAAAAAAAAAAAAAA"}}',
        'where: {not: {buyerSessionId: {eq: "eBuyAAAAAAAAAAAAAAAA"}}}',
        "orderBy: {field: BUYER_SESSION_ID, direction: ASC}",
    ],
)
async def test_nobody_finds_or_orders_by_the_buyer(api: Api, parties: Parties, people: People, argument: str) -> None:
    world = await cast(parties, people)
    answer = await api.answer(f"{{ estatePropertyViews({argument}) {{ totalCount }} }}", by=world.sam)
    assert answer["errors"]
    assert "data" not in answer or answer["data"] is None


async def test_the_agent_and_the_buyer_know_the_portal(api: Api, parties: Parties, people: People) -> None:
    world = await cast(parties, people)
    ids = await _looks(world)
    for by in (world.ann, world.bea):
        shown = (await api.data(NODE, {"id": ids["bea"]}, by=by))["node"]
        assert (shown["buyerSessionId"], shown["buyerSession"]) == (world.bea.id, {"id": world.bea.id})
    # The agent of another listing knows that one portal looked, and not whose it is.
    shown = (await api.data(NODE, {"id": ids["bea elsewhere"]}, by=world.bob))["node"]
    assert (shown["buyerSessionId"], shown["buyerSession"]) == (world.bea.id, None)


async def test_a_view_is_found_by_its_id_by_those_who_may(api: Api, parties: Parties, people: People) -> None:
    world = await cast(parties, people)
    ids = await _looks(world)
    others = {**world.strangers(), "ben": world.ben, "operator": world.operator}
    found = {name: (await api.data(NODE, {"id": ids["bea"]}, by=by))["node"] for name, by in others.items()}
    assert found == dict.fromkeys(others)


async def test_filters_and_order(api: Api, parties: Parties, people: People) -> None:
    world = await cast(parties, people)
    await _looks(world)
    assert await _seen(api, world.sam, w={"viewerType": {"eq": "BUYER"}}) == [2.0, 1.0]
    assert await _seen(api, world.ann, w={"viewerType": {"in": ["ANONYMOUS", "AGENT"]}}) == [3.0]
    assert await _seen(api, world.ann, o={"field": "TIMESTAMP", "direction": "ASC"}) == [1.0, 2.0, 3.0]
    times = [node["timestamp"] for node in (await api.data(VIEWS, by=world.ann))["estatePropertyViews"]["nodes"]]
    assert await _seen(api, world.ann, w={"timestamp": {"lt": times[0]}}) == [2.0, 1.0]
    assert await _seen(api, world.bea, l=world.listing_id, w={"timestamp": {"gt": times[2]}}) == []


@pytest.mark.parametrize("argument", ["none", "listing", "buyer", "both"])
async def test_pages_walk_an_index_of_the_arguments(api: Api, parties: Parties, people: People, argument: str) -> None:
    world = await cast(parties, people)
    for number in range(5):
        await make.property_view(world.listing, world.bea.row, viewDuration=float(number), timestamp=number // 2)
    listing, buyer = {"l": world.listing_id}, {"b": world.bea.id}
    given: dict[str, Any] = {"none": {}, "listing": listing, "buyer": buyer, "both": {**listing, **buyer}}[argument]
    hints = {
        "none": "page_agent_time",
        "listing": "page_listing_time",
        "buyer": "page_buyer_time",
        "both": "page_listing_buyer_time",
    }
    found: list[float] = []
    after = None
    while len(found) < 5:
        page = await api.data(VIEWS, {**given, "first": 2, "after": after}, by=world.ann)
        assert api.calls.seen[1]["hint"] == hints[argument]
        found += [node["viewDuration"] for node in page["estatePropertyViews"]["nodes"]]
        after = page["estatePropertyViews"]["pageInfo"]["endCursor"]
    assert found == [4.0, 3.0, 2.0, 1.0, 0.0]
    assert not page["estatePropertyViews"]["pageInfo"]["hasNextPage"]


async def test_the_dashboard_hears_of_each_look_and_the_seller_without_the_buyer(
    lists: Lists, parties: Parties, people: People
) -> None:
    world = await cast(parties, people)
    given = {"l": world.listing_id}
    agent, seller, buyer, other = [
        await lists.follow(CHANGES, given, by=by) for by in (world.ann, world.sam, world.ben, world.bob)
    ]
    for live in (agent, seller, buyer, other):
        assert await live.synced() == []
    view = await make.property_view(world.listing, world.bea.row, viewDuration=7.0)
    event = await agent.event()
    assert (event["kind"], event["node"]["buyerSessionId"]) == ("ADDED", world.bea.id)
    told = await seller.event()
    assert (told["kind"], told["id"]) == ("ADDED", global_id.encode("eVew", view["_id"]))
    assert told["node"]["viewDuration"] == 7.0
    assert (told["node"]["buyerSessionId"], told["node"]["buyerSession"]) == (None, None)
    await buyer.quiet()
    await other.quiet()


async def test_a_seller_cannot_follow_one_buyer(lists: Lists, parties: Parties, people: People) -> None:
    world = await cast(parties, people)
    for portal in (world.bea.id, world.bobs_buyer.id):
        for given in ({"b": portal}, {"l": world.listing_id, "b": portal}):
            answer = await (await lists.follow(CHANGES, given, by=world.sam)).answer()
            # The same of every portal, whether it has looked or not.
            assert answer["errors"][0]["message"] == "You may not read this list."
            assert answer["data"] is None
