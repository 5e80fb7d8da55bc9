"""Saved searches: kept by the buyer in the portal and by its agent, and seen by nobody else."""

from typing import Any

import pytest
from bson import ObjectId

from models import global_id
from models.estate.saved_search import SAVED_SEARCHES
from models.store import Store
from models.store.connection import Database
from tests.factories import estate as make
from tests.fixtures.estate import Parties
from tests.fixtures.live import Lists
from tests.fixtures.wire import Api, Caller, People
from tests.laws.explaining import check
from tests.resolvers.estate.cast import switch_off
from tests.resolvers.estate.portals import Cast, cast, unseen

ONE = """query ($id: ID!) { estateSavedSearch(id: $id) {
    buyerSessionId agentId searchName notificationsEnabled lastRun version viewerCanUpdate viewerCanDelete
    buyerSession { buyerName } criteria { minPrice maxPrice bedrooms bathrooms cities features } } }"""

LIST = "query ($of: ID!) { estateSavedSearches(buyerSessionId: $of) { nodes { searchName } totalCount } }"

LIVE = """subscription ($of: ID!) { estateSavedSearchChanges(buyerSessionId: $of) {
    kind node { searchName notificationsEnabled } } }"""

CREATE = """mutation ($input: EstateSavedSearchCreateInput!) { estateSavedSearchCreate(input: $input) {
    savedSearch { id agentId searchName notificationsEnabled lastRun criteria { maxPrice cities features } }
    savedSearchEdge { cursor node { searchName } } userErrors { code field message } } }"""

UPDATE = """mutation ($input: EstateSavedSearchUpdateInput!) { estateSavedSearchUpdate(input: $input) {
    savedSearch { searchName notificationsEnabled version criteria { maxPrice cities } }
    userErrors { code field message } } }"""

CRITERIA = {"maxPrice": 600_000, "cities": ["Portland", " portland"], "features": ["Pool"]}


@pytest.fixture
async def scene(parties: Parties, people: People) -> Cast:
    """Everybody."""
    return await cast(parties, people)


def _id(row: dict[str, Any]) -> str:
    return global_id.encode(SAVED_SEARCHES.tag, row["_id"])


async def _rows(database: Database) -> list[dict[str, Any]]:
    return await database[SAVED_SEARCHES.collection].find().sort("_id").to_list()


def _told(errors: list[dict[str, Any]]) -> tuple[str, str | None]:
    [error] = errors
    return error["code"], error["field"][0] if error["field"] else None


async def test_the_buyer_and_the_agent_see_it_whole(api: Api, scene: Cast) -> None:
    search = await make.saved_search(scene.buyer.row, criteria={"minPrice": 1.5, "bedrooms": 2, "cities": ["Oslo"]})
    shown = {
        "buyerSessionId": scene.buyer.id,
        "agentId": scene.ann.id,
        "searchName": "Portland",
        "notificationsEnabled": True,
        "lastRun": None,
        "version": 1,
        "viewerCanUpdate": True,
        "viewerCanDelete": True,
        "buyerSession": {"buyerName": "Bea Buyer"},
        "criteria": {
            "minPrice": 1.5,
            "maxPrice": None,
            "bedrooms": 2,
            "bathrooms": None,
            "cities": ["Oslo"],
            "features": [],
        },
    }
    for by in (scene.buyer, scene.ann):
        assert await api.data(ONE, {"id": _id(search)}, by=by) == {"estateSavedSearch": shown}


async def test_nobody_else_sees_any(api: Api, scene: Cast) -> None:
    search = await make.saved_search(scene.buyer.row)
    for name, by in {**scene.blind, "operator": scene.operator}.items():
        assert await api.data(ONE, {"id": _id(search)}, by=by) == {"estateSavedSearch": None}, name
        found = await api.data(LIST, {"of": scene.buyer.id}, by=by)
        assert found == {"estateSavedSearches": {"nodes": [], "totalCount": 0}}, name


async def test_an_agent_who_is_switched_off_reads_and_writes_nothing_and_the_portal_is_shut(
    api: Api, scene: Cast, store: Store, database: Database
) -> None:
    search = await make.saved_search(scene.buyer.row)
    await switch_off(store, scene.ann)
    found = (await api.data(ONE, {"id": _id(search)}, by=scene.ann))["estateSavedSearch"]
    assert (found["searchName"], found["viewerCanUpdate"], found["viewerCanDelete"]) == ("Portland", False, False)
    before = await _rows(database)
    assert (await _update(api, scene.ann, search, searchName="Mine"))[1] == ("FORBIDDEN", None)
    assert (await _create(api, scene.ann, scene.buyer.id))[1] == ("FORBIDDEN", None)
    assert await _rows(database) == before
    assert "errors" in await api.answer(ONE, {"id": _id(search)}, by=scene.buyer)


async def test_they_are_listed_by_buyer_newest_first_or_by_name(api: Api, scene: Cast, database: Database) -> None:
    for number, name in enumerate(("b", "c", "a")):
        await make.saved_search(scene.buyer.row, searchName=name, createdAt=number, notificationsEnabled=name != "a")
    await make.saved_search(scene.neighbour.row, searchName="d")
    listed = "{ estateSavedSearches(buyerSessionId: %s%s) { nodes { searchName } } }"
    asked = {
        "": "acb",
        " orderBy: {field: CREATED_AT, direction: ASC}": "bca",
        " orderBy: {field: NAME, direction: ASC}": "abc",
        " last: 2 orderBy: {field: NAME, direction: DESC}": "ba",
        " where: {notificationsEnabled: {eq: true}}": "cb",
        " where: {createdAt: {gte: 1}}": "ac",
    }
    for arguments, names in asked.items():
        for by in (scene.buyer, scene.ann):
            text = listed % (f'"{scene.buyer.id}"', arguments)
            found = await api.data(text, by=by)
            assert "".join(each["searchName"] for each in found["estateSavedSearches"]["nodes"]) == names, arguments
            sent = [command for command in api.calls.seen if command.get("find") == SAVED_SEARCHES.collection]
            assert len(sent) == 1
            await check(database, sent[0], text)
    none = await api.data(listed % (f'"{scene.ann.id}"', ""), by=scene.ann)
    assert none == {"estateSavedSearches": {"nodes": []}}


async def test_a_list_is_kept_up_to_date(lists: Lists, scene: Cast) -> None:
    search = await make.saved_search(scene.buyer.row)
    live = await lists.follow(LIVE, {"of": scene.buyer.id}, by=scene.buyer)
    stranger = await lists.follow(LIVE, {"of": scene.buyer.id}, by=scene.neighbour)
    assert await live.synced() == [{"searchName": "Portland", "notificationsEnabled": True}]
    assert await stranger.synced() == []
    given = {"input": {"id": _id(search), "notificationsEnabled": False}}
    await lists.data(UPDATE, given, by=scene.ann)
    changed = {"kind": "CHANGED", "node": {"searchName": "Portland", "notificationsEnabled": False}}
    assert await live.event() == changed
    await stranger.quiet()


async def _create(api: Api, by: Caller, of: str, **values: Any) -> tuple[Any, Any]:
    """The new search, or why there is none."""
    given = {"buyerSessionId": of, "searchName": "Homes", "criteria": CRITERIA, **values}
    made = (await api.data(CREATE, {"input": given}, by=by))["estateSavedSearchCreate"]
    return (made, None) if made["savedSearch"] else (None, _told(made["userErrors"]))


async def test_the_buyer_and_the_agent_save_searches(api: Api, scene: Cast, database: Database) -> None:
    for by in (scene.buyer, scene.ann):
        made, _ = await _create(api, by, scene.buyer.id)
        shown = made["savedSearch"]
        assert (shown["searchName"], shown["notificationsEnabled"], shown["lastRun"]) == ("Homes", True, None)
        assert (shown["agentId"], shown["criteria"]) == (scene.ann.id, CRITERIA)
        assert made["savedSearchEdge"]["node"] == {"searchName": "Homes"}
    for row in await _rows(database):
        assert (row["buyerSessionId"], row["agentId"]) == (scene.buyer.row["_id"], scene.ann.row["_id"])
        assert (row["cityKeys"], row["featureKeys"], row["criteria"]) == (["portland"], ["pool"], CRITERIA)


async def test_a_search_has_the_id_that_the_client_chose_and_may_be_silent(api: Api, scene: Cast) -> None:
    chosen = global_id.encode(SAVED_SEARCHES.tag, ObjectId())
    made, _ = await _create(
        api, scene.buyer, scene.buyer.id, id=chosen, notificationsEnabled=False, criteria={"cities": None}
    )
    shown = made["savedSearch"]
    assert (shown["id"], shown["notificationsEnabled"]) == (chosen, False)
    assert shown["criteria"] == {"maxPrice": None, "cities": [], "features": []}


async def test_nobody_else_saves_any(api: Api, scene: Cast, database: Database) -> None:
    for name, by in scene.blind.items():
        assert (await _create(api, by, scene.buyer.id))[1] == unseen(by, "buyerSessionId"), name
    assert (await _create(api, scene.operator, scene.buyer.id))[1] == ("FORBIDDEN", None)
    assert (await _create(api, scene.ann, scene.ann.id))[1] == ("NOT_FOUND", "buyerSessionId")
    assert await _rows(database) == []


@pytest.mark.parametrize(
    ("values", "code", "path"),
    [
        ({"searchName": " "}, "INVALID", ["searchName"]),
        ({"searchName": "x" * 201}, "TOO_LONG", ["searchName"]),
        ({"criteria": {"minPrice": 2, "maxPrice": 1}}, "INVALID", ["criteria", "maxPrice"]),
        ({"criteria": {"minPrice": -1}}, "OUT_OF_RANGE", ["criteria", "minPrice"]),
        ({"criteria": {"bathrooms": 1.3}}, "INVALID", ["criteria", "bathrooms"]),
        ({"criteria": {"cities": [""]}}, "INVALID", ["criteria", "cities", "0"]),
        ({"criteria": {"cities": ["x"] * 101}}, "TOO_LONG", ["criteria", "cities"]),
    ],
    ids=["blank", "long", "bounds", "negative", "halves", "city", "cities"],
)
async def test_wrong_values_are_named(
    api: Api, scene: Cast, database: Database, values: dict[str, Any], code: str, path: list[str]
) -> None:
    search = await make.saved_search(scene.buyer.row)
    before = await _rows(database)
    given = {"buyerSessionId": scene.buyer.id, "searchName": "Homes", "criteria": {}, **values}
    made = (await api.data(CREATE, {"input": given}, by=scene.buyer))["estateSavedSearchCreate"]
    changed = await api.data(UPDATE, {"input": {"id": _id(search), **values}}, by=scene.buyer)
    for payload in (made, changed["estateSavedSearchUpdate"]):
        assert [(error["code"], error["field"]) for error in payload["userErrors"]] == [(code, path)]
    assert await _rows(database) == before


async def _update(api: Api, by: Caller, search: dict[str, Any], **values: Any) -> tuple[Any, Any]:
    answer = await api.data(UPDATE, {"input": {"id": _id(search), **values}}, by=by)
    payload = answer["estateSavedSearchUpdate"]
    return payload["savedSearch"], _told(payload["userErrors"]) if payload["userErrors"] else None


async def test_the_buyer_and_the_agent_change_it(api: Api, scene: Cast, database: Database) -> None:
    search = await make.saved_search(scene.buyer.row, criteria={"maxPrice": 5.0, "features": ["Pool"]})
    changed, _ = await _update(api, scene.ann, search, searchName="Silent", notificationsEnabled=False)
    kept = {"maxPrice": 5, "cities": []}
    assert changed == {"searchName": "Silent", "notificationsEnabled": False, "version": 2, "criteria": kept}
    changed, _ = await _update(api, scene.buyer, search, criteria={"cities": ["OSLO"], "maxPrice": None})
    assert changed["criteria"] == {"maxPrice": None, "cities": ["OSLO"]}
    [row] = await _rows(database)
    assert (row["criteria"], row["cityKeys"], row["featureKeys"]) == (
        {"cities": ["OSLO"], "features": []},
        ["oslo"],
        [],
    )


async def test_nobody_else_changes_it_and_nothing_goes_unseen(api: Api, scene: Cast, database: Database) -> None:
    search = await make.saved_search(scene.buyer.row)
    before = await _rows(database)
    for name, by in {**scene.blind, "operator": scene.operator}.items():
        assert (await _update(api, by, search, searchName="Mine"))[1] == unseen(by), name
    stale, why = await _update(api, scene.buyer, search, searchName="Late", expectedVersion=7)
    assert (stale["searchName"], why) == ("Portland", ("STALE_VERSION", "expectedVersion"))
    assert (await _update(api, scene.buyer, search, criteria=None))[1] == ("INVALID", "criteria")
    assert await _rows(database) == before
