"""A listing's timeline: looks and offers as one list, which names no buyer to the seller."""

import itertools
from typing import Any

import pytest
from bson import ObjectId

from models import cursor
from models.store import Store
from models.table import Order
from tests.factories import estate as make
from tests.fixtures.estate import Parties
from tests.fixtures.wire import Api, Caller, People
from tests.laws.explaining import explained, look, stages
from tests.resolvers.estate.cast import Cast, cast, switch_off

ENTRY = """id kind at view { id viewDuration buyerSessionId buyerSession { id } }
    offer { id offerAmount buyerSessionId buyerSession { id } }"""
LIST = f"""query($l: ID!, $first: Int, $after: String, $last: Int, $before: String) {{ estateListingEngagement(
    listingId: $l, first: $first, after: $after, last: $last, before: $before) {{
    edges {{ cursor node {{ {ENTRY} }} }} nodes {{ id }} totalCount
    pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }}"""

PLAN = ["v5", "o5", "o4", "v3", "v3", "o3", "o3", "o3", "v2", "v1"]
"""Kinds and times of ten entries in their order: at the same time, looks come first."""


async def _page(api: Api, by: Caller, listing: str, **given: Any) -> Any:
    return (await api.data(LIST, {"l": listing, **given}, by=by))["estateListingEngagement"]


async def _entries(world: Cast) -> list[str]:
    """Makes the entries in an order of its own; the listing's timeline as it must come."""
    for name in (PLAN[place] for place in (9, 2, 5, 0, 3, 7, 1, 4, 8, 6)):
        time = int(name[1:])
        if name[0] == "v":
            await make.property_view(world.listing, world.bea.row, timestamp=time)
        else:
            await make.offer(world.listing, world.bea.row, createdAt=time, status="rejected")
    await make.property_view(world.other_listing, world.bea.row, timestamp=4)
    await make.offer(world.other_listing, world.bobs_buyer.row, createdAt=4)
    return PLAN


def _names(page: Any) -> list[str]:
    return [f"{edge['node']['kind'][0].lower()}{edge['node']['at']}" for edge in page["edges"]]


async def test_looks_and_offers_come_newest_first(api: Api, parties: Parties, people: People) -> None:
    world = await cast(parties, people)
    wanted = await _entries(world)
    for by in (world.ann, world.sam):
        page = await _page(api, by, world.listing_id)
        assert _names(page) == wanted
        assert (page["totalCount"], page["pageInfo"]["hasNextPage"]) == (10, False)
        for edge in page["edges"]:
            node = edge["node"]
            shown, other = (node["view"], node["offer"]) if node["kind"] == "VIEW" else (node["offer"], node["view"])
            assert (shown["id"], other) == (node["id"], None)


@pytest.mark.parametrize("size", [1, 2, 3, 4, 9, 10, 11])
async def test_pages_neither_repeat_nor_skip(api: Api, parties: Parties, people: People, size: int) -> None:
    world = await cast(parties, people)
    await _entries(world)
    whole = [edge["node"]["id"] for edge in (await _page(api, world.ann, world.listing_id))["edges"]]
    forward: list[str] = []
    after = None
    for _ in itertools.count():
        page = await _page(api, world.ann, world.listing_id, first=size, after=after)
        forward += [node["id"] for node in page["nodes"]]
        assert page["pageInfo"]["hasPreviousPage"] == (after is not None)
        assert page["pageInfo"]["hasNextPage"] == (len(forward) < 10)
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert forward == whole
    backward: list[str] = []
    before = None
    for _ in itertools.count():
        page = await _page(api, world.ann, world.listing_id, last=size, before=before)
        backward = [node["id"] for node in page["nodes"]] + backward
        assert page["pageInfo"]["hasNextPage"] == (before is not None)
        assert page["pageInfo"]["hasPreviousPage"] == (len(backward) < 10)
        if not page["pageInfo"]["hasPreviousPage"]:
            break
        before = page["pageInfo"]["startCursor"]
    assert backward == whole


async def test_a_stretch_lies_between_any_two_places(api: Api, parties: Parties, people: People) -> None:
    world = await cast(parties, people)
    wanted = await _entries(world)
    places = [edge["cursor"] for edge in (await _page(api, world.ann, world.listing_id))["edges"]]
    for start, end in itertools.combinations(range(10), 2):
        page = await _page(api, world.ann, world.listing_id, after=places[start], before=places[end])
        assert _names(page) == wanted[start + 1 : end], (start, end)


async def test_the_seller_learns_no_buyer(api: Api, parties: Parties, people: People) -> None:
    world = await cast(parties, people)
    await _entries(world)
    answer = await api.post(LIST, {"l": world.listing_id}, world.sam)
    assert "eBuy" not in answer.text
    for edge in answer.json()["data"]["estateListingEngagement"]["edges"]:
        shown = edge["node"]["view"] or edge["node"]["offer"]
        assert (shown["buyerSessionId"], shown["buyerSession"]) == (None, None)
    own = await _page(api, world.ann, world.listing_id)
    assert {(e["node"]["view"] or e["node"]["offer"])["buyerSessionId"] for e in own["edges"]} == {world.bea.id}


async def test_nobody_else_is_told(api: Api, parties: Parties, people: People, store: Store) -> None:
    world = await cast(parties, people)
    await _entries(world)
    others = {**world.strangers(), "bea": world.bea, "ben": world.ben, "operator": world.operator}
    told = {name: await _page(api, by, world.listing_id) for name, by in others.items()}
    assert told == dict.fromkeys(others)
    for nothing in ("eLstAAAAAAAAAAAAAAAA", world.ann.id, "nothing"):
        assert await _page(api, world.ann, nothing) is None
    await switch_off(store, world.ann)
    assert len((await _page(api, world.ann, world.listing_id))["nodes"]) == 10


def _forged(*values: Any) -> str:
    return cursor.encode(Order(("-at", "-kind", "-_id")).keys, values)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nothing",
        _forged(5, "elsewhere", ObjectId("0" * 24)),
        _forged("5", "view", ObjectId("0" * 24)),
        _forged(-1, "view", ObjectId("0" * 24)),
        _forged(2**63 - 1, "view", ObjectId("0" * 24)),
        _forged(5, None, ObjectId("0" * 24)),
        _forged(5, "view", 7),
    ],
    ids=["empty", "text", "kind", "time", "before time", "end of time", "no kind", "no id"],
)
@pytest.mark.parametrize("name", ["after", "before"])
async def test_a_made_up_cursor_is_refused(*, api: Api, parties: Parties, people: People, name: str, text: str) -> None:
    world = await cast(parties, people)
    answer = await api.answer(LIST, {"l": world.listing_id, name: text}, by=world.ann)
    [error] = answer["errors"]
    assert error["extensions"]["code"] == "INVALID"
    assert answer["data"]["estateListingEngagement"] is None


async def test_a_page_has_bounds(api: Api, parties: Parties, people: People) -> None:
    world = await cast(parties, people)
    for given in ({"first": 0}, {"first": 101}, {"last": 0}, {"first": 1, "last": 1}):
        answer = await api.answer(LIST, {"l": world.listing_id, **given}, by=world.ann)
        assert answer["errors"][0]["extensions"]["code"] in {"OUT_OF_RANGE", "INVALID"}


async def test_a_page_costs_the_same_anywhere(api: Api, parties: Parties, people: People, store: Store) -> None:
    world = await cast(parties, people)
    mine = {"listingId": world.listing["_id"], "agentId": world.ann.row["_id"]}
    view = {**mine, "viewerType": "anonymous", "viewDuration": 1.0}
    database = store._database
    await database["estate_property_views"].insert_many({**view, "timestamp": n} for n in range(2_000))
    offer = {**mine, "buyerSessionId": ObjectId(), "status": "rejected"}
    await database["estate_offers"].insert_many({**offer, "createdAt": 2 * n} for n in range(1_000))
    far = _forged(900, "view", ObjectId("f" * 24))
    for after in (None, far):
        page = await api.data(
            """query($l: ID!, $after: String) { estateListingEngagement(listingId: $l, first: 20, after: $after) {
                nodes { kind at } } }""",
            {"l": world.listing_id, "after": after},
            by=world.ann,
        )
        assert len(page["estateListingEngagement"]["nodes"]) == 20
        # Who asks, whether the listing is one's own, the looks, the offers.
        assert api.calls.names == ["aggregate", "find", "find", "find"]
        for command, index in zip(list(api.calls.seen[2:]), ("time", "created"), strict=True):
            plan = await explained(database, command)
            assert command["hint"] == f"page_listing_{index}"
            assert not {"COLLSCAN", "SORT"} & set(stages(plan))
            assert look(plan).keys <= 24
