"""Searches: who sees them, what the buyer's chat does not, and how the search service keeps its own."""

from typing import Any

import pytest

from models.buyer.profile import PROFILES
from models.buyer.repliers_listing import REPLIERS_LISTINGS
from models.buyer.search_transaction import SEARCH_TRANSACTIONS
from models.store.connection import Database
from tests.factories import buyer as make
from tests.fixtures.estate import Parties
from tests.fixtures.live import Lists
from tests.fixtures.wire import Api, People
from tests.resolvers.advisor.following import NOT_YOURS, SIGN_IN
from tests.resolvers.advisor.following import refusal as refused
from tests.resolvers.advisor.writing import done, gid, refusal, rows
from tests.resolvers.buyer.profile_cast import Cast, cast

PRIVATE = {
    "profileSnapshot": {"name": "SECRET"},
    "visualAnalysisCount": 11,
    "totalExecutionTime": 12,
    "apiCallsCount": 13,
    "visualAnalysisTime": 14,
    "dealbreakerPropertiesCount": 15,
}
FIELDS = f"rawListingsCount {' '.join(PRIVATE)}"
ALL = {"rawListingsCount": 3, **PRIVATE}
BLANK = {"rawListingsCount": 3, **dict.fromkeys(PRIVATE)}
KNOWN = {"chat": BLANK, "analysis": BLANK, "answering": BLANK, "search": ALL}
LIST = f"query($id: ID!) {{ buyerSearchTransactions(profileId: $id) {{ nodes {{ {FIELDS} }} totalCount }} }}"
GIVEN: dict[str, Any] = {
    "searchParameters": {"city": "Salem"},
    "searchMethod": "ENHANCED",
    "searchTrigger": "PROFILE_UPDATE",
    **dict.fromkeys(("rawListingsCount", "scoredListingsCount", "topPicksCount", "otherMatchesCount"), 1),
    **dict.fromkeys(("noImageCount", "visualAnalysisCount", "totalExecutionTime", "apiCallsCount"), 2),
}


@pytest.fixture
async def there(people: People, parties: Parties) -> Cast:
    """Everybody, and a buyer."""
    return await cast(people, parties)


async def test_each_sees_what_is_theirs(api: Api, there: Cast) -> None:
    search = await make.search_transaction(there.profile, **PRIVATE)
    one = (
        f"query($uuid: String!, $id: ID!) {{ a: buyerSearchTransaction(transactionId: $uuid) {{ {FIELDS} }} "
        f"b: node(id: $id) {{ ... on BuyerSearchTransaction {{ {FIELDS} }} }} }}"
    )
    ids = {"uuid": search["transactionId"], "id": gid(SEARCH_TRANSACTIONS, search)}
    for name, caller in {"own agent": there.ann, **there.callers}.items():
        expected = ALL if name == "own agent" else KNOWN.get(name)
        assert await api.data(one, ids, by=caller) == {"a": expected, "b": expected}, name
        listed = (await api.data(LIST, {"id": there.id}, by=caller))["buyerSearchTransactions"]
        nodes = [] if expected is None else [expected]
        assert listed == {"nodes": nodes, "totalCount": len(nodes)}, name


async def test_the_latest_one_shows_the_chat_no_more(api: Api, there: Cast, database: Database) -> None:
    search = await make.search_transaction(there.profile, **PRIVATE)
    latest = {"$set": {"latestSearchId": search["_id"]}}
    await database["buyer_profiles"].update_one({"_id": there.profile["_id"]}, latest)
    document = f"query($id: ID!) {{ buyerProfile(id: $id) {{ latestSearch {{ {FIELDS} }} }} }}"
    for name, expected in KNOWN.items():
        found = (await api.data(document, {"id": there.id}, by=there[name]))["buyerProfile"]["latestSearch"]
        assert found == expected, name


async def test_no_filter_nor_order_reaches_what_is_private(api: Api, there: Cast) -> None:
    for column in PRIVATE:
        for arguments in (f"where: {{{column}: {{eq: 1}}}}", f"orderBy: {{field: {column.upper()}, direction: ASC}}"):
            document = f'{{ buyerSearchTransactions(profileId: "{there.id}" {arguments}) {{ totalCount }} }}'
            answer = await api.answer(document, by=there["chat"])
            assert answer["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


async def test_is_followed_by_any_version(lists: Lists, api: Api, there: Cast) -> None:
    document = (
        f"subscription($id: ID!) {{ buyerSearchTransactionChanges(profileId: $id) {{ kind node {{ {FIELDS} }} }} }}"
    )
    newer = (await done(api, "buyerProfileUpdate", there.ann, "profile { id }", id=there.id, name="N"))["profile"]["id"]
    agent = await lists.follow(document, {"id": newer}, by=there.ann)
    chat = await lists.follow(document, {"id": there.id}, by=there["chat"])
    assert (await agent.synced(), await chat.synced()) == ([], [])
    await make.search_transaction(there.profile, **PRIVATE)
    assert await agent.event() == {"kind": "ADDED", "node": ALL}
    assert await chat.event() == {"kind": "ADDED", "node": BLANK}
    for name in ("other chat", "other agent", "portal", "seller", "person", "billing", "operator", "anonymous"):
        expected = SIGN_IN if name == "anonymous" else NOT_YOURS
        assert await refused(lists, document, {"id": there.id}, there[name]) == expected, name


async def test_the_search_service_keeps_its_own(api: Api, there: Cast, database: Database) -> None:
    home, session = await make.repliers_listing(), await make.chat_session(there.profile)
    results = [{"listingId": gid(REPLIERS_LISTINGS, home), "score": 88, "reasons": ["Near the park."]}]
    shown = "searchTransaction { searchParameters results { score reasons } listings { address } agentId }"
    payload = await done(
        api, "buyerSearchTransactionRecord", there["search"], shown, profileId=there.id, **GIVEN, results=results
    )
    assert payload["searchTransaction"] == {
        "searchParameters": {"city": "Salem"},
        "results": [{"score": 88, "reasons": ["Near the park."]}],
        "listings": [{"address": "1 Elm Street"}],
        "agentId": there.ann.id,
    }
    context = await database["buyer_chat_search_context"].find_one({"sessionId": session["_id"], "isActive": True})
    assert context is not None
    assert context["contextType"] == "refined_search"


@pytest.mark.parametrize(
    ("wrong", "code", "field"),
    [
        ({"transactionId": "x"}, "INVALID", "transactionId"),
        ({"averageScore": 101}, "OUT_OF_RANGE", "averageScore"),
        ({"rawListingsCount": -1}, "OUT_OF_RANGE", "rawListingsCount"),
        ({"results": [{"listingId": "bLis", "score": 1}]}, "NOT_FOUND", "results.0.listingId"),
    ],
)
async def test_wrong_records_are_named(
    api: Api, there: Cast, database: Database, wrong: dict[str, Any], code: str, field: str
) -> None:
    given = {**GIVEN, **wrong, "profileId": there.id}
    assert await refusal(api, "buyerSearchTransactionRecord", there["search"], **given) == (code, field)
    assert await rows(database, SEARCH_TRANSACTIONS) == [[]]


async def test_nobody_else_records(api: Api, there: Cast, database: Database) -> None:
    before = await rows(database, SEARCH_TRANSACTIONS, PROFILES)
    for name, caller in {"own agent": there.ann, **there.callers}.items():
        if name != "search":
            expected = "UNAUTHENTICATED" if name == "anonymous" else "FORBIDDEN"
            code, _ = await refusal(api, "buyerSearchTransactionRecord", caller, profileId=there.id, **GIVEN)
            assert code == expected, name
    assert await rows(database, SEARCH_TRANSACTIONS, PROFILES) == before
