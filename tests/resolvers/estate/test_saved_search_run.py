"""A saved search finds the homes for sale within its criteria, when it is run and whenever it is asked."""

from typing import Any

import pytest

from models import global_id
from models.clock import now
from models.estate.listing import LISTINGS
from models.estate.saved_search import SAVED_SEARCHES
from models.store import Store
from models.store.connection import Database
from tests.factories import estate as make
from tests.fixtures.estate import Parties
from tests.fixtures.wire import Api, Caller, People
from tests.laws.explaining import check
from tests.resolvers.estate.cast import switch_off
from tests.resolvers.estate.portals import Cast, cast, unseen

RESULTS = """query ($id: ID!) { estateSavedSearchResults(savedSearchId: $id%s) {
    nodes { address } totalCount pageInfo { hasNextPage endCursor } } }"""

RUN = """mutation ($id: ID!, $first: Int) { estateSavedSearchRun(input: {id: $id, first: $first}) {
    savedSearch { lastRun version } results { address } userErrors { code field message } } }"""


@pytest.fixture
async def scene(parties: Parties, people: People, database: Database) -> Cast:
    """Everybody, without the listings that belong to the portals."""
    found = await cast(parties, people)
    await database[LISTINGS.collection].update_many({}, {"$set": {"status": "sold"}})
    return found


async def _search(scene: Cast, **criteria: Any) -> dict[str, Any]:
    return await make.saved_search(scene.buyer.row, criteria=criteria)


def _id(row: dict[str, Any]) -> str:
    return global_id.encode(SAVED_SEARCHES.tag, row["_id"])


async def _homes(scene: Cast) -> None:
    """Three for sale, the later the dearer, and some that are not to be found."""
    for number, name in enumerate(("a", "b", "c")):
        await make.listing(scene.ann.row, address=name, updatedAt=number, price=100.0 + number)
    await make.listing(scene.others["other agent"].row, address="d", updatedAt=9, city=" PORTLAND")  # type: ignore[attr-defined]  # an agent
    for values in ({"status": "pending"}, {"agentActive": False}, {"city": "Salem"}, {"features": ["Pool"]}):
        await make.listing(scene.ann.row, address="hidden", **values)


async def _found(api: Api, by: Caller, search: dict[str, Any], more: str = "") -> str:
    answer = await api.data(RESULTS % more, {"id": _id(search)}, by=by)
    return "".join(home["address"] for home in answer["estateSavedSearchResults"]["nodes"])


async def test_it_finds_what_is_for_sale_last_changed_first(api: Api, scene: Cast, database: Database) -> None:
    await _homes(scene)
    search = await _search(scene, cities=["portland"], features=["GARAGE"])
    for by in (scene.buyer, scene.ann):
        assert await _found(api, by, search) == "dcba"
    for more, found in {
        " first: 2": "dc",
        " last: 1": "a",
        " orderBy: {field: PRICE, direction: ASC}": "abcd",
        " orderBy: {field: UPDATED_AT, direction: ASC}": "abcd",
    }.items():
        assert await _found(api, scene.buyer, search, more) == found
        [command] = [command for command in api.calls.seen if command.get("find") == LISTINGS.collection]
        await check(database, command, more)


async def test_it_goes_on_where_a_page_ended(api: Api, scene: Cast) -> None:
    await _homes(scene)
    search = await _search(scene, features=["Garage"], maxPrice=102.0)
    page = (await api.data(RESULTS % " first: 2", {"id": _id(search)}, by=scene.buyer))["estateSavedSearchResults"]
    assert (page["totalCount"], page["pageInfo"]["hasNextPage"]) == (3, True)
    assert await _found(api, scene.buyer, search, f' after: "{page["pageInfo"]["endCursor"]}"') == "a"


async def test_nobody_else_finds_anything_by_it(api: Api, scene: Cast, database: Database) -> None:
    await _homes(scene)
    search = await _search(scene)
    before = await database[SAVED_SEARCHES.collection].find().to_list()
    for name, by in {**scene.blind, "operator": scene.operator}.items():
        assert await _found(api, by, search) == "", name
        payload = (await api.data(RUN, {"id": _id(search)}, by=by))["estateSavedSearchRun"]
        [error] = payload["userErrors"]
        assert (error["code"], error["field"] and error["field"][0]) == unseen(by), name
        assert (payload["savedSearch"], payload["results"]) == (None, []), name
    assert await database[SAVED_SEARCHES.collection].find().to_list() == before


@pytest.mark.parametrize("by", ["buyer", "ann"])
async def test_a_run_is_noted(api: Api, scene: Cast, by: str) -> None:
    await _homes(scene)
    search, began = await _search(scene, features=["garage"], cities=["portland"]), now()
    payload = (await api.data(RUN, {"id": _id(search), "first": 3}, by=getattr(scene, by)))["estateSavedSearchRun"]
    assert payload["userErrors"] == []
    assert began <= payload["savedSearch"]["lastRun"] <= now()
    assert payload["savedSearch"]["version"] == 1
    assert [home["address"] for home in payload["results"]] == ["d", "c", "b"]


async def test_an_agent_who_is_switched_off_finds_and_does_not_run(
    api: Api, scene: Cast, store: Store, database: Database
) -> None:
    await make.listing(scene.others["other agent"].row, address="d")  # type: ignore[attr-defined]  # an agent
    search = await _search(scene)
    await switch_off(store, scene.ann)
    assert await _found(api, scene.ann, search) == "d"
    payload = (await api.data(RUN, {"id": _id(search)}, by=scene.ann))["estateSavedSearchRun"]
    assert [error["code"] for error in payload["userErrors"]] == ["FORBIDDEN"]
    row = await database[SAVED_SEARCHES.collection].find_one({"_id": search["_id"]})
    assert row is not None
    assert row.get("lastRun") is None


@pytest.mark.parametrize("first", [0, 101])
async def test_a_run_shows_a_hundred_homes_at_most(api: Api, scene: Cast, first: int) -> None:
    search = await _search(scene)
    payload = (await api.data(RUN, {"id": _id(search), "first": first}, by=scene.buyer))["estateSavedSearchRun"]
    [error] = payload["userErrors"]
    assert (error["code"], error["field"]) == ("OUT_OF_RANGE", ["first"])
    assert error["message"] == f"first must be between 1 and 100, not {first}."
