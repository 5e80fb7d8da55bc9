"""Telling of a look: the server says who looked, and nobody can tell it otherwise."""

import asyncio
from typing import Any

import pytest

from models import global_id
from models.clock import now
from models.store import Store
from tests.factories import estate as make
from tests.fixtures.estate import Parties
from tests.fixtures.wire import ANONYMOUS, Api, Caller, People
from tests.resolvers.estate.cast import Cast, cast, switch_off

TRACK = """mutation($i: EstatePropertyViewTrackInput!) { estatePropertyViewTrack(input: $i) {
    view { id listingId buyerSessionId agentId viewerType viewDuration imagesViewed videosWatched sectionsVisited }
    userErrors { code message field } } }"""

MINUTE = 60_000


async def _track(api: Api, by: Caller, listing: str, **given: Any) -> dict[str, Any]:
    said = {"listingId": listing, "viewDuration": 12.5, **given}
    found: dict[str, Any] = (await api.data(TRACK, {"i": said}, by=by))["estatePropertyViewTrack"]
    return found


async def _stored(store: Store) -> list[dict[str, Any]]:
    return await store._database["estate_property_views"].find().sort("_id", 1).to_list()


def _errors(payload: dict[str, Any]) -> list[tuple[str, list[str] | None]]:
    return [(error["code"], error["field"]) for error in payload["userErrors"]]


async def test_a_buyer_tells_of_a_look(api: Api, parties: Parties, people: People, store: Store) -> None:
    world = await cast(parties, people)
    before = now()
    looked = {"imagesViewed": [0, 2], "videosWatched": [0], "sectionsVisited": ["map", "schools"]}
    payload = await _track(api, world.bea, world.listing_id, **looked)
    [row] = await _stored(store)
    assert payload["view"] == {
        "id": global_id.encode("eVew", row["_id"]),
        "listingId": world.listing_id,
        "buyerSessionId": world.bea.id,
        "agentId": world.ann.id,
        "viewerType": "BUYER",
        "viewDuration": 12.5,
        **looked,
    }
    assert (row["buyerSessionId"], row["agentId"]) == (world.bea.row["_id"], world.ann.row["_id"])
    assert before <= row["timestamp"] <= now()


async def test_the_caller_says_who_looked(api: Api, parties: Parties, people: People, store: Store) -> None:
    world = await cast(parties, people)
    kinds = {
        "ann": (world.ann, "agent"),
        "bea": (world.bea, "buyer"),
        "sam": (world.sam, "anonymous"),
        "operator": (world.operator, "anonymous"),
        **{name: (by, "anonymous") for name, by in world.strangers().items()},
        "other agent": (world.bob, "agent"),
        "buyer of the other agent": (world.bobs_buyer, "buyer"),
    }
    for by, _ in kinds.values():
        assert _errors(await _track(api, by, world.listing_id)) == []
    rows = await _stored(store)
    assert [row["viewerType"] for row in rows] == [kind for _, kind in kinds.values()]
    portals = [row["buyerSessionId"] for row in rows if "buyerSessionId" in row]
    assert portals == [world.bea.row["_id"], world.bobs_buyer.row["_id"]]
    assert {row["agentId"] for row in rows} == {world.ann.row["_id"]}


async def test_who_may_not_read_looks_is_shown_none(api: Api, parties: Parties, people: People) -> None:
    world = await cast(parties, people)
    for by in (ANONYMOUS, world.plain, world.bob):
        assert await _track(api, by, world.listing_id) == {"view": None, "userErrors": []}
    seen = (await _track(api, world.sam, world.listing_id))["view"]
    assert (seen["viewerType"], seen["buyerSessionId"]) == ("ANONYMOUS", None)


@pytest.mark.parametrize("name", ["buyerSessionId", "viewerType", "agentId", "timestamp", "id"])
async def test_nobody_names_the_viewer(api: Api, parties: Parties, people: People, store: Store, name: str) -> None:
    world = await cast(parties, people)
    given = {"listingId": world.listing_id, "viewDuration": 1.0, name: world.bea.id}
    answer = await api.answer(TRACK, {"i": given}, by=world.ben)
    assert "data" not in answer or answer["data"] is None
    assert await _stored(store) == []


async def test_an_agent_who_is_switched_off_is_a_stranger(
    api: Api, parties: Parties, people: People, store: Store
) -> None:
    world = await cast(parties, people)
    await switch_off(store, world.bob)
    assert await _track(api, world.bob, world.listing_id) == {"view": None, "userErrors": []}
    assert [row["viewerType"] for row in await _stored(store)] == ["anonymous"]


async def test_only_public_listings_are_looked_at(api: Api, parties: Parties, people: People, store: Store) -> None:
    world = await cast(parties, people)
    withdrawn = await make.listing(world.ann.row, status="withdrawn")
    hidden = global_id.encode("eLst", withdrawn["_id"])
    seller = await parties.seller(withdrawn)
    for by in (ANONYMOUS, world.bea, world.bob, world.plain):
        assert _errors(await _track(api, by, hidden)) == [("NOT_FOUND", ["listingId"])]
    # Who may see it knows that it is there.
    for by in (world.ann, seller, world.operator):
        assert _errors(await _track(api, by, hidden)) == [("WRONG_STATE", ["listingId"])]
    for unknown in (world.ann.id, "eLstAAAAAAAAAAAAAAAA", "nothing"):
        assert _errors(await _track(api, world.bea, unknown)) == [("NOT_FOUND", ["listingId"])]
    assert await _stored(store) == []


@pytest.mark.parametrize("status", ["pending", "sold"])
async def test_a_listing_that_is_sold_is_looked_at_still(
    api: Api, parties: Parties, people: People, store: Store, status: str
) -> None:
    world = await cast(parties, people)
    sold = await make.listing(world.ann.row, status=status)
    assert _errors(await _track(api, world.bea, global_id.encode("eLst", sold["_id"]))) == []
    assert len(await _stored(store)) == 1


async def test_listings_of_an_agent_who_is_switched_off_are_not_there(
    api: Api, parties: Parties, people: People, store: Store
) -> None:
    world = await cast(parties, people)
    await switch_off(store, world.ann)
    assert _errors(await _track(api, world.bob, world.listing_id)) == [("NOT_FOUND", ["listingId"])]
    assert _errors(await _track(api, world.ann, world.listing_id)) == [("WRONG_STATE", ["listingId"])]
    assert await _stored(store) == []


@pytest.mark.parametrize(
    ("given", "code", "fields"),
    [
        ({"imagesViewed": [0, 3, 1, 4]}, "OUT_OF_RANGE", ["imagesViewed.1", "imagesViewed.3"]),
        ({"imagesViewed": [-1]}, "OUT_OF_RANGE", ["imagesViewed.0"]),
        ({"videosWatched": [0, 1]}, "OUT_OF_RANGE", ["videosWatched.1"]),
        ({"imagesViewed": [0, 100]}, "OUT_OF_RANGE", ["imagesViewed.1"]),
        ({"imagesViewed": [0] * 101}, "TOO_LONG", ["imagesViewed"]),
        ({"viewDuration": -0.5}, "OUT_OF_RANGE", ["viewDuration"]),
        ({"viewDuration": 86_400.5}, "OUT_OF_RANGE", ["viewDuration"]),
        ({"sectionsVisited": ["map", " "]}, "INVALID", ["sectionsVisited.1"]),
        ({"sectionsVisited": ["x" * 101]}, "TOO_LONG", ["sectionsVisited.0"]),
        ({"sectionsVisited": ["x"] * 101}, "TOO_LONG", ["sectionsVisited"]),
    ],
)
async def test_what_is_no_look_is_refused_by_name(
    *, api: Api, parties: Parties, people: People, store: Store, given: dict[str, Any], code: str, fields: list[str]
) -> None:
    world = await cast(parties, people)
    payload = await _track(api, world.bea, world.listing_id, **given)
    assert _errors(payload) == [(code, field.split(".")) for field in fields]
    assert payload["view"] is None
    assert await _stored(store) == []
    portal = await store._database["estate_buyer_sessions"].find_one({"_id": world.bea.row["_id"]})
    assert portal is not None
    assert portal["lastActive"] == world.bea.row["lastActive"]


async def test_nothing_looked_at_is_a_look_too(api: Api, parties: Parties, people: People) -> None:
    world = await cast(parties, people)
    view = (await _track(api, world.bea, world.listing_id, viewDuration=0.0, imagesViewed=None))["view"]
    assert (view["viewDuration"], view["imagesViewed"], view["sectionsVisited"]) == (0.0, [], [])


async def _portal(store: Store, world: Cast) -> dict[str, Any]:
    row = await store._database["estate_buyer_sessions"].find_one({"_id": world.bea.row["_id"]})
    assert row is not None
    return row


async def test_a_look_touches_the_portal_once_a_minute(
    api: Api, parties: Parties, people: People, store: Store
) -> None:
    world = await cast(parties, people)
    portals = store._database["estate_buyer_sessions"]
    recently = now() - MINUTE // 2
    await portals.update_one({"_id": world.bea.row["_id"]}, {"$set": {"lastActive": recently}})
    await _track(api, world.bea, world.listing_id)
    assert (await _portal(store, world))["lastActive"] == recently
    await portals.update_one({"_id": world.bea.row["_id"]}, {"$set": {"lastActive": recently - MINUTE}})
    before = now()
    await _track(api, world.bea, world.listing_id)
    touched = await _portal(store, world)
    assert before <= touched["lastActive"] <= now()
    # A touch is no change that anybody edits against.
    assert (touched["version"], touched["updatedAt"]) == (world.bea.row["version"], world.bea.row["updatedAt"])


async def test_looks_at_once_are_all_kept(api: Api, parties: Parties, people: People, store: Store) -> None:
    world = await cast(parties, people)
    await store._database["estate_buyer_sessions"].update_one(
        {"_id": world.bea.row["_id"]}, {"$set": {"lastActive": 0}}
    )
    payloads = await asyncio.gather(*(_track(api, world.bea, world.listing_id) for _ in range(10)))
    assert [payload["userErrors"] for payload in payloads] == [[]] * 10
    assert len(await _stored(store)) == 10


async def test_a_repeated_look_is_one(api: Api, parties: Parties, people: People, store: Store) -> None:
    world = await cast(parties, people)
    first = await _track(api, world.bea, world.listing_id, clientMutationId="once")
    assert await _track(api, world.bea, world.listing_id, clientMutationId="once") == first
    assert len(await _stored(store)) == 1


async def test_strangers_share_a_budget_and_buyers_have_their_own(
    api: Api, parties: Parties, people: People, store: Store
) -> None:
    world = await cast(parties, people)
    for _ in range(120):
        assert _errors(await _track(api, ANONYMOUS, world.listing_id)) == []
    refused = await _track(api, world.plain, world.listing_id)
    [error] = refused["userErrors"]
    assert (error["code"], refused["view"]) == ("RATE_LIMITED", None)
    assert "try again in" in error["message"]
    assert len(await _stored(store)) == 120
    assert _errors(await _track(api, world.bea, world.listing_id)) == []
    assert _errors(await _track(api, world.ann, world.listing_id)) == []
