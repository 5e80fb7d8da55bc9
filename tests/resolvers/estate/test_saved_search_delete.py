"""A saved search goes with all that it has found, by the hand of who keeps it."""

import pytest

from models import global_id
from models.estate.saved_search import SAVED_SEARCHES
from models.estate.saved_search_match import SAVED_SEARCH_MATCHES
from models.store import Store
from models.store.connection import Database
from tests.factories import estate as make
from tests.fixtures.estate import Parties
from tests.fixtures.wire import Api, Caller, People
from tests.resolvers.estate.cast import switch_off
from tests.resolvers.estate.portals import Cast, cast, unseen

DELETE = """mutation ($id: ID!) { estateSavedSearchDelete(input: {id: $id}) {
    deletedId userErrors { code field } } }"""


@pytest.fixture
async def scene(parties: Parties, people: People) -> Cast:
    """Everybody."""
    return await cast(parties, people)


async def _counts(database: Database) -> tuple[int, int]:
    tables = (SAVED_SEARCHES, SAVED_SEARCH_MATCHES)
    searches, matches = [await database[table.collection].count_documents({}) for table in tables]
    return searches, matches


@pytest.mark.parametrize("by", ["buyer", "ann"])
async def test_it_goes_with_its_matches(api: Api, scene: Cast, database: Database, by: str) -> None:
    search, other = [await make.saved_search(scene.buyer.row) for _ in range(2)]
    for each in (search, other):
        await make.saved_search_match(each, scene.listing)
    key = global_id.encode(SAVED_SEARCHES.tag, search["_id"])
    gone = await api.data(DELETE, {"id": key}, by=getattr(scene, by))
    assert gone == {"estateSavedSearchDelete": {"deletedId": key, "userErrors": []}}
    assert await _counts(database) == (1, 1)
    left = await database[SAVED_SEARCH_MATCHES.collection].find_one({})
    assert left is not None
    assert left["savedSearchId"] == other["_id"]


async def test_nobody_else_deletes_it(api: Api, scene: Cast, store: Store, database: Database) -> None:
    search = await make.saved_search(scene.buyer.row)
    await make.saved_search_match(search, scene.listing)
    key = global_id.encode(SAVED_SEARCHES.tag, search["_id"])

    async def told(by: Caller) -> tuple[str, str | None]:
        payload = (await api.data(DELETE, {"id": key}, by=by))["estateSavedSearchDelete"]
        assert payload["deletedId"] is None
        [error] = payload["userErrors"]
        return error["code"], error["field"][0] if error["field"] else None

    for name, by in {**scene.blind, "operator": scene.operator}.items():
        assert await told(by) == unseen(by), name
    await switch_off(store, scene.ann)
    assert await told(scene.ann) == ("FORBIDDEN", None)
    assert await _counts(database) == (1, 1)
