"""The homes of the demo on a real MongoDB: plausible, and as the writes of the platform would have left them."""

from collections import Counter
from itertools import pairwise

import pytest

from graphql_api.demo import texts
from graphql_api.demo.estate.agents import agents
from graphql_api.demo.estate.listings import listing_key
from graphql_api.demo.estate.views import numbers
from graphql_api.demo.seeding import fill, seed
from models.estate.criteria import found_by
from models.estate.offer import OPEN
from models.store.connection import Database
from tests.factories import estate as make
from tests.fixtures.estate import Parties
from tests.fixtures.wire import Calls
from tests.graphql_api.demo.test_seeding import ISSUER, NOW, TINY, everything, rows

DAY = 86_400_000


@pytest.fixture
async def small(watched: tuple[Database, Calls], empty: None) -> Database:
    """The demo in its smallest size."""
    await seed(watched[0], size="small", issuer=ISSUER, now=NOW, known=True)
    return watched[0]


@pytest.fixture
def blank(watched: tuple[Database, Calls], empty: None) -> Database:
    """A database without rows."""
    return watched[0]


async def test_listings_are_where_their_neighbourhood_is(small: Database) -> None:
    known = {place["zip"]: place for place in texts.places()}
    cities = set()
    for listing in await rows(small, "estate_listings"):
        place = known[listing["zipCode"]]
        assert (listing["city"], listing["state"]) == (place["city"], place["state"])
        assert abs(listing["coordinates"]["lat"] - place["lat"]) < 0.012
        assert abs(listing["coordinates"]["lng"] - place["lng"]) < 0.012
        assert any(street in listing["address"] for street in place["streets"])
        assert 0.7 < listing["price"] / listing["sqft"] / place["foot"] < 1.4
        assert all(image.startswith("https://images.example.com/homes/") for image in listing["images"])
        assert "{" not in listing["description"]
        cities.add(listing["city"])
    assert len(cities) == 10


async def test_most_listings_are_for_sale(small: Database) -> None:
    found = Counter(listing["status"] for listing in await rows(small, "estate_listings"))
    assert found == {"active": 148, "pending": 16, "sold": 22, "withdrawn": 14}


async def test_offers_are_in_every_state(small: Database) -> None:
    found = Counter(offer["status"] for offer in await rows(small, "estate_offers"))
    assert found == {"accepted": 35, "countered": 27, "pending": 29, "rejected": 46, "withdrawn": 60}


async def test_offers_went_the_way_that_the_machine_lets_them(small: Database) -> None:
    for offer in await rows(small, "estate_offers"):
        listing = await small["estate_listings"].find_one({"_id": offer["listingId"]})
        assert listing is not None
        sides, times = [r["by"] for r in offer["rounds"]], [r["at"] for r in offer["rounds"]]
        assert sides == ["buyer", "agent", "buyer", "agent"][: len(sides)]
        assert listing["createdAt"] < times[0] == offer["createdAt"]
        assert times == sorted(set(times))
        assert times[-1] <= offer["updatedAt"] < NOW
        fell = offer["status"] == "withdrawn" and offer["closedReason"] in texts.clients()["reasons"]
        assert offer["version"] == len(sides) + (offer["status"] not in OPEN) + fell
        answered = len(sides) > 1 or offer["status"] in ("accepted", "rejected")
        assert ("respondedAt" in offer) == answered
        if offer["status"] not in OPEN:
            assert "expiresAt" not in offer
        if listing["status"] in ("sold", "withdrawn"):
            assert offer["status"] not in OPEN
            assert offer["updatedAt"] <= listing["updatedAt"]


async def test_matches_are_what_the_searches_find(small: Database) -> None:
    searches = {search["_id"]: search for search in await rows(small, "estate_saved_searches")}
    matches = await rows(small, "estate_saved_search_matches")
    assert {match["reason"] for match in matches} == {"new", "price_cut"}
    for match in matches:
        search = searches[match["savedSearchId"]]
        assert search["notificationsEnabled"]
        assert match["matchedAt"] > search["createdAt"]
        found = {"$and": [{"_id": match["listingId"], "status": "active"}, found_by(search["criteria"])]}
        assert await small["estate_listings"].count_documents(found) == 1
        assert match["price"] <= search["criteria"]["maxPrice"]


async def test_views_are_of_thirty_days(small: Database) -> None:
    views = await rows(small, "estate_property_views")
    assert NOW - 30 * DAY <= min(view["timestamp"] for view in views) < NOW - 29 * DAY
    assert NOW - DAY < max(view["timestamp"] for view in views) < NOW
    assert {view["viewerType"] for view in views} == {"buyer", "anonymous", "agent"}
    pictures = {listing["_id"]: len(listing["images"]) for listing in await rows(small, "estate_listings")}
    assert all(max(view["imagesViewed"], default=0) < pictures[view["listingId"]] for view in views)
    portals = {portal["_id"]: portal for portal in await rows(small, "estate_buyer_sessions")}
    for view in views:
        if (portal := portals.get(view.get("buyerSessionId"))) is not None:
            assert portal["createdAt"] <= view["timestamp"] <= portal["lastActive"]


@pytest.mark.parametrize(("listings", "views"), [(1, 7), (2, 0), (3, 10), (8, 61), (200, 6_000)])
def test_all_views_are_somebodys(listings: int, views: int) -> None:
    found = list(numbers(listings, views))
    assert (len(found), sum(found)) == (listings, views)
    assert min(found) >= 0


async def test_colleagues_have_their_share(blank: Database) -> None:
    await fill(blank, TINY, issuer=ISSUER, now=NOW, known=True)
    shares = [await blank["estate_listings"].count_documents({"agentId": agent.id}) for agent in agents(1, {})]
    assert shares == [6, 6, 5, 5]


async def test_chats_are_as_their_messages_make_them(small: Database) -> None:
    for chat in await rows(small, "buyer_chat_sessions"):
        said = await small["buyer_chat_messages"].find({"sessionId": chat["_id"]}).sort("timestamp").to_list()
        times = [chat["sessionStart"], *(message["timestamp"] for message in said)]
        assert chat["returnVisits"] == sum(after - before > DAY for before, after in pairwise(times))
        assert chat["lastActivity"] == times[-1]
        assert all("{" not in message["message"] + message.get("aiResponse", "") for message in said)
        searches = {context["searchTransactionId"] for context in await rows(small, "buyer_chat_search_context")}
        assert {message["searchTransactionId"] for message in said} <= searches


async def test_the_latest_search_is_in_every_version(small: Database) -> None:
    for profile in await rows(small, "buyer_profiles"):
        found = small["buyer_search_transactions"].find({"rootProfileId": profile["rootProfileId"]})
        latest = await found.sort("createdAt", -1).limit(1).to_list()
        assert profile["latestSearchId"] == latest[0]["_id"]
        assert latest[0]["listingIds"] != []


async def test_others_keep_what_is_theirs(blank: Database, parties: Parties) -> None:
    await fill(blank, TINY, issuer=ISSUER, now=NOW, known=True)
    ann = await parties.agent("ann")
    listing, buyer = await make.listing(ann.row), await parties.buyer(ann)
    search = await make.saved_search(buyer.row)
    await make.property_view(listing, buyer.row)
    first = next(agents(0, {}))
    before = await everything(blank)
    [ours] = await rows(blank, "estate_listings", _id=listing_key(first, 0))
    await make.property_view(ours, buyer.row)
    await make.saved_search_match(search, ours)

    await fill(blank, TINY, issuer=ISSUER, now=NOW, known=True, force=True)

    assert await everything(blank) == before


async def test_an_agent_who_signed_in_before_keeps_the_account(blank: Database, parties: Parties) -> None:
    early = await parties.agent("demo-agent")
    report = await fill(blank, TINY, issuer=ISSUER, now=NOW)
    assert [name for name in report.counts if name.startswith(("estate", "buyer"))] == []
    await fill(blank, TINY, issuer=ISSUER, now=NOW, force=True)
    [agent] = await rows(blank, "estate_agents", email="demo-agent@example.com")
    assert agent["accountId"] == early.account
    assert agent["_id"] == next(agents(0, {})).id
