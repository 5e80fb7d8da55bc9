"""Searching homes for a buyer: found in the cache, scored, kept, and talked about in the open chats."""

from typing import Any

import pytest
from bson import ObjectId

from models import global_id
from models.buyer.chat_search_context import CHAT_SEARCH_CONTEXTS
from models.buyer.profile import PROFILES
from models.buyer.search_transaction import SEARCH_TRANSACTIONS
from models.store.connection import Database
from tests.factories import buyer as make
from tests.fixtures.estate import Parties, Party
from tests.fixtures.wire import Api, People
from tests.laws.explaining import explained, stages
from tests.resolvers.advisor.writing import done, gid, refusal, rows
from tests.resolvers.buyer.profile_cast import agent_who_is_off, cast

SHOWN = (
    "searchTransaction { id rawListingsCount scoredListingsCount topPicksCount otherMatchesCount noImageCount "
    "averageScore scoreDistribution dealbreakerPropertiesCount searchParameters profileSnapshot searchMethod "
    "results { listingId score reasons } listings { address } }"
)
WISHES: dict[str, Any] = {
    "location": "Portland, Oregon",
    "budgetMin": 300_000,
    "budgetMax": 500_000,
    "homeType": "condo",
    "bedrooms": 2,
    "bathrooms": "1+",
    "mustHaveFeatures": ["garden"],
    "dealbreakers": ["pool"],
}


async def _scene(parties: Parties, **wishes: Any) -> tuple[Party, dict[str, Any]]:
    """An agent with a buyer, and homes: A suits wholly, B less, C hardly, D has a pool, and others do not count."""
    ann = await parties.agent("ann")
    profile = await make.profile(ann.row["_id"], **{**WISHES, **wishes})
    fits = {"bedrooms": 2, "bathrooms": 1.0, "features": ["Garden"], "images": ["https://example.com/a.jpg"]}
    await make.repliers_listing(address="A", city="PORTLAND", **fits)
    await make.repliers_listing(address="B", propertyType="House", bedrooms=1, bathrooms=1.0)
    await make.repliers_listing(address="C", price=549_000, propertyType="House", bedrooms=1)
    await make.repliers_listing(address="D", **{**fits, "features": ["garden", "pool"]})
    await make.repliers_listing(address="sold", status="sold", **fits)
    await make.repliers_listing(address="elsewhere", city="Salem", **fits)
    await make.repliers_listing(address="dear", price=900_000, **fits)
    return ann, profile


async def _run(api: Api, by: Party, profile: dict[str, Any], **given: Any) -> dict[str, Any]:
    payload = await done(api, "buyerSearchRun", by, SHOWN, profileId=gid(PROFILES, profile), **given)
    found: dict[str, Any] = payload["searchTransaction"]
    return found


def _scores(found: dict[str, Any]) -> dict[str, int]:
    pairs = zip(found["listings"], found["results"], strict=True)
    return {home["address"]: result["score"] for home, result in pairs}


async def test_finds_scores_and_counts(api: Api, parties: Parties) -> None:
    ann, profile = await _scene(parties)
    found = await _run(api, ann, profile)
    assert _scores(found) == {"A": 100, "B": 60}
    assert found["results"][0]["reasons"][:2] == ["Within the budget.", "In PORTLAND."]
    counts = ("rawListingsCount", "scoredListingsCount", "topPicksCount", "otherMatchesCount", "noImageCount")
    assert [found[name] for name in counts] == [3, 3, 1, 1, 2]
    assert found["dealbreakerPropertiesCount"] == 1
    assert found["scoreDistribution"] == {"0-19": 0, "20-39": 1, "40-59": 0, "60-79": 1, "80-100": 1}
    assert found["averageScore"] == 63.67
    assert found["searchMethod"] == "BASIC"
    assert found["profileSnapshot"]["dealbreakers"] == ["pool"]
    assert "email" not in found["profileSnapshot"]
    assert "dealbreakers" not in found["searchParameters"]
    assert found["searchParameters"]["cities"] == ["Portland"]


async def test_parameters_go_before_the_profile(api: Api, parties: Parties) -> None:
    ann, profile = await _scene(parties)
    found = await _run(api, ann, profile, parameters={"cities": ["salem"], "features": [], "homeType": None})
    assert _scores(found) == {"elsewhere": 100}
    anywhere = await _run(api, ann, profile, parameters={"cities": [], "priceMax": None})
    assert {"A", "elsewhere", "dear"} <= set(_scores(anywhere))


@pytest.mark.parametrize(
    ("parameters", "code", "field"),
    [
        ({"priceMax": 100}, "INVALID", "parameters.priceMax"),
        ({"bedrooms": -1}, "OUT_OF_RANGE", "parameters.bedrooms"),
        ({"cities": [""]}, "INVALID", "parameters.cities.0"),
        ({"features": ["x"] * 101}, "TOO_LONG", "parameters.features"),
    ],
)
async def test_wrong_parameters_are_named(
    api: Api, parties: Parties, database: Database, parameters: dict[str, Any], code: str, field: str
) -> None:
    ann, profile = await _scene(parties)
    given = {"profileId": gid(PROFILES, profile), "parameters": parameters}
    assert await refusal(api, "buyerSearchRun", ann, **given) == (code, field)
    assert await rows(database, SEARCH_TRANSACTIONS) == [[]]


async def test_likes_and_dislikes_feed_the_next_search(api: Api, parties: Parties, database: Database) -> None:
    ann, profile = await _scene(parties)
    before = _scores(await _run(api, ann, profile))
    session = await make.chat_session(profile)
    homes = {home["address"]: home async for home in database["buyer_repliers_listings"].find()}
    await make.property_interaction(session, homes["A"], interactionType="dislike")
    await make.property_interaction(session, homes["B"], interactionType="favorite", rating=5)
    after = _scores(await _run(api, ann, profile))
    assert before == {"A": 100, "B": 60}
    assert after == {"B": 90, "A": 63}


async def test_the_open_chats_talk_about_it(api: Api, parties: Parties, database: Database) -> None:
    ann, profile = await _scene(parties)
    first = await make.search_transaction(profile)
    chats = [await make.chat_session(profile, status=status) for status in ("active", "paused", "completed")]
    for chat in chats:
        await make.chat_search_context(chat, first)
    other = await make.chat_session(await make.profile(ann.row["_id"]))
    found = await _run(api, ann, profile, searchTrigger="REFINEMENT")
    key = global_id.decode(SEARCH_TRANSACTIONS, found["id"])
    active = await database[CHAT_SEARCH_CONTEXTS.collection].find({"isActive": True}).to_list()
    about = {row["sessionId"]: (row["searchTransactionId"], row["contextType"]) for row in active}
    refined = (key, "refined_search")
    assert about == {
        chats[0]["_id"]: refined,
        chats[1]["_id"]: refined,
        chats[2]["_id"]: (first["_id"], "initial_search"),
    }
    assert other["_id"] not in about


async def test_it_is_the_latest_of_every_version(api: Api, parties: Parties) -> None:
    ann, profile = await _scene(parties)
    old = gid(PROFILES, profile)
    newer = (await done(api, "buyerProfileUpdate", ann, "profile { id }", id=old, name="New"))["profile"]["id"]
    found = await _run(api, ann, profile)
    newest = (await done(api, "buyerProfileUpdate", ann, "profile { id }", id=newer, name="Newer"))["profile"]["id"]
    latest = "query($id: ID!) { buyerProfile(id: $id) { latestSearch { id profileId } } }"
    for version in (old, newer, newest):
        shown = (await api.data(latest, {"id": version}, by=ann))["buyerProfile"]["latestSearch"]
        assert shown == {"id": found["id"], "profileId": newer}


async def test_nobody_else_searches(api: Api, people: People, parties: Parties, database: Database) -> None:
    there = await cast(people, parties)
    off, own = await agent_who_is_off(parties)
    for name, caller in there.callers.items():
        readers = ("chat", "operator", "analysis", "answering", "search")
        expected = "FORBIDDEN" if name in readers else "UNAUTHENTICATED" if name == "anonymous" else "NOT_FOUND"
        assert (await refusal(api, "buyerSearchRun", caller, profileId=there.id))[0] == expected, name
    assert (await refusal(api, "buyerSearchRun", off, profileId=gid(PROFILES, own)))[0] == "FORBIDDEN"
    unknown = global_id.encode(PROFILES.tag, ObjectId())
    assert await refusal(api, "buyerSearchRun", there.ann, profileId=unknown) == ("NOT_FOUND", "profileId")
    assert await rows(database, SEARCH_TRANSACTIONS) == [[]]


async def test_candidates_are_found_by_an_index(api: Api, parties: Parties, database: Database) -> None:
    ann, profile = await _scene(parties, preferredAreas=["Salem", "Hawthorne"])
    await _run(api, ann, profile)
    [command] = [one for one in api.calls.seen if one.get("hint") == "page_status_city_price"]
    assert {"COLLSCAN", "SORT"}.isdisjoint(stages(await explained(database, command)))
