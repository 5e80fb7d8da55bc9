"""Matches: seen by the buyer and the agent as they come, and by nobody else."""

from typing import Any

import pytest
from bson import ObjectId

from graphql_api.matching.letter import letters
from models import global_id
from models.estate.listing import LISTINGS
from models.estate.saved_search import SAVED_SEARCHES
from models.estate.saved_search_match import SAVED_SEARCH_MATCHES, Reason
from models.store import Store
from models.store.connection import Database
from tests.factories import estate as make
from tests.fixtures.estate import Parties
from tests.fixtures.live import Lists
from tests.fixtures.wire import Api, Caller, People
from tests.laws.explaining import check
from tests.resolvers.estate.cast import switch_off
from tests.resolvers.estate.portals import Cast, cast

SHOWN = "savedSearchId listingId buyerSessionId agentId price reason matchedAt version"

LIST = (
    "query ($of: ID!) { estateSavedSearchMatches(savedSearchId: $of%s) { nodes { "
    f"{SHOWN} savedSearch {{ searchName }} listing {{ address }} }} totalCount }} }}"
)

LIVE = """subscription ($of: ID!) { estateSavedSearchMatchChanges(savedSearchId: $of) {
    kind node { price reason listing { address } } } }"""


@pytest.fixture
async def scene(parties: Parties, people: People) -> Cast:
    """Everybody."""
    return await cast(parties, people)


def _id(row: dict[str, Any]) -> str:
    return global_id.encode(SAVED_SEARCHES.tag, row["_id"])


async def _nodes(api: Api, by: Caller, search: dict[str, Any], more: str = "") -> list[dict[str, Any]]:
    found = (await api.data(LIST % more, {"of": _id(search)}, by=by))["estateSavedSearchMatches"]
    nodes: list[dict[str, Any]] = found["nodes"]
    return nodes


async def test_the_buyer_and_the_agent_see_what_was_found(api: Api, scene: Cast) -> None:
    search = await make.saved_search(scene.buyer.row)
    await make.saved_search_match(search, scene.listing, matchedAt=5)
    await make.saved_search_match(await make.saved_search(scene.buyer.row), scene.listing)
    shown = {
        "savedSearchId": _id(search),
        "listingId": global_id.encode(LISTINGS.tag, scene.listing["_id"]),
        "buyerSessionId": scene.buyer.id,
        "agentId": scene.ann.id,
        "price": 500_000,
        "reason": "NEW",
        "matchedAt": 5,
        "version": 1,
        "savedSearch": {"searchName": "Portland"},
        "listing": {"address": "1 Corner Street"},
    }
    for by in (scene.buyer, scene.ann):
        assert await _nodes(api, by, search) == [shown]


async def test_nobody_else_sees_any(api: Api, scene: Cast) -> None:
    search = await make.saved_search(scene.buyer.row)
    match = await make.saved_search_match(search, scene.listing)
    one = {"id": global_id.encode(SAVED_SEARCH_MATCHES.tag, match["_id"])}
    for name, by in {**scene.blind, "operator": scene.operator}.items():
        assert await _nodes(api, by, search) == [], name
        assert await api.data("query ($id: ID!) { node(id: $id) { id } }", one, by=by) == {"node": None}, name


async def test_an_agent_who_is_switched_off_still_reads(api: Api, scene: Cast, store: Store) -> None:
    search = await make.saved_search(scene.buyer.row)
    await make.saved_search_match(search, scene.listing)
    await switch_off(store, scene.ann)
    assert [node["reason"] for node in await _nodes(api, scene.ann, search)] == ["NEW"]


async def test_a_home_that_is_hidden_by_now_is_not_shown(api: Api, scene: Cast, database: Database) -> None:
    search = await make.saved_search(scene.buyer.row)
    await make.saved_search_match(search, scene.listing)
    await database[LISTINGS.collection].update_one({"_id": scene.listing["_id"]}, {"$set": {"status": "withdrawn"}})
    assert [node["listing"] for node in await _nodes(api, scene.buyer, search)] == [None]
    assert [node["listing"] for node in await _nodes(api, scene.ann, search)] == [{"address": "1 Corner Street"}]


async def test_the_latest_come_first_and_can_be_told_apart(api: Api, scene: Cast, database: Database) -> None:
    search = await make.saved_search(scene.buyer.row)
    for number, why in enumerate(Reason):
        await make.saved_search_match(search, scene.listing, reason=why, matchedAt=number)
    asked = {
        "": ["BACK_ON_MARKET", "PRICE_CUT", "NEW"],
        " orderBy: {field: MATCHED_AT, direction: ASC} first: 1": ["NEW"],
        " where: {reason: {in: [NEW, PRICE_CUT]}}": ["PRICE_CUT", "NEW"],
        " where: {matchedAt: {gt: 1}}": ["BACK_ON_MARKET"],
    }
    for more, reasons in asked.items():
        assert [node["reason"] for node in await _nodes(api, scene.buyer, search, more)] == reasons
        [command] = [command for command in api.calls.seen if command.get("find") == SAVED_SEARCH_MATCHES.collection]
        await check(database, command, more)


async def test_a_match_arrives_at_once_where_it_may_be_seen(lists: Lists, scene: Cast, store: Store) -> None:
    search = await make.saved_search(scene.buyer.row)
    given = {"of": _id(search)}
    buyer, agent = [await lists.follow(LIVE, given, by=by) for by in (scene.buyer, scene.ann)]
    neighbour = await lists.follow(LIVE, given, by=scene.neighbour)
    for live in (buyer, agent, neighbour):
        assert await live.synced() == []
    listing = await store.alerts.listing(scene.listing["_id"])
    assert listing is not None
    told = await store.alerts.tell(listing, Reason.PRICE_CUT, None, letters("https://homes.example"))
    assert told.matches == 1
    event = {"price": 500_000, "reason": "PRICE_CUT", "listing": {"address": "1 Corner Street"}}
    for live in (buyer, agent):
        assert await live.event() == {"kind": "ADDED", "node": event}
    await neighbour.quiet()


async def test_who_has_nothing_to_do_with_buyers_may_not_follow(lists: Lists, scene: Cast) -> None:
    search = await make.saved_search(scene.buyer.row)
    for by in (scene.seller, scene.chat, scene.operator, scene.others["person"], scene.others["anonymous"]):
        answer = await (await lists.follow(LIVE, {"of": _id(search)}, by=by)).answer()
        [error] = answer["errors"]
        assert error["extensions"]["code"] in {"FORBIDDEN", "UNAUTHENTICATED"}


async def test_no_id_of_another_kind_lists_anything(api: Api, scene: Cast) -> None:
    for text in (scene.buyer.id, "nonsense", global_id.encode(SAVED_SEARCHES.tag, ObjectId())):
        found = await api.data(LIST % "", {"of": text}, by=scene.buyer)
        assert found == {"estateSavedSearchMatches": {"nodes": [], "totalCount": 0}}
