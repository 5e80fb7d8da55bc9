"""Rows as the factories make them keep every invariant of the platform; each invariant finds those that break it."""

from typing import Any

import pytest
from bson import ObjectId

from models.estate.invariants import INVARIANTS
from models.store import inspection
from models.store.connection import Database
from tests.factories import estate as make
from tests.fixtures.wire import Calls

pytestmark = pytest.mark.usefixtures("store", "empty")

STRANGER = ObjectId("5f0000000000000000000001")

BREAKS: list[tuple[str, dict[str, Any], set[str]]] = [
    (
        "agents",
        {"active": False},
        {"listings.agentActive", "buyer_sessions.agentActive", "seller_sessions.agentActive"},
    ),
    (
        "listings",
        {"agentId": STRANGER},
        {
            "listings.agentActive",
            "seller_sessions.seller_portal_listing",
            "property_views.view_listing",
            "offers.offer_listing",
        },
    ),
    ("listings", {"agentActive": False}, {"listings.agentActive"}),
    ("listings", {"coordinates.lat": 1.0}, {"listings.location"}),
    ("listings", {"offerCount": 2}, {"listings.offerCount"}),
    ("listings", {"status": "sold"}, {"listings.sold"}),
    ("listings", {"status": "sold", "outsideSale": True}, set()),
    ("listings", {"acceptedOfferId": STRANGER}, {"listings.acceptedOfferId"}),
    (
        "buyer_sessions",
        {"agentId": STRANGER},
        {
            *("buyer_sessions.agentActive", "offers.offer_buyer_portal"),
            *("saved_searches.saved_search_buyer_portal", "agent_interactions.interaction_buyer_portal"),
        },
    ),
    (
        "seller_sessions",
        {"agentId": STRANGER},
        {
            *("seller_sessions.agentActive", "seller_sessions.seller_portal_listing"),
            "agent_interactions.interaction_seller_portal",
        },
    ),
    ("seller_sessions", {"sessionCode": "the buyer's"}, {"seller_sessions.sessionCode"}),
    ("offers", {"status": "accepted"}, {"offers.accepted"}),
    ("offers", {"status": "countered"}, {"offers.turn"}),
    ("offers", {"status": "withdrawn"}, set()),
    ("offers", {"closingDate": "2027-01-01"}, {"offers.rounds"}),
    ("property_views", {"viewerType": "buyer"}, {"property_views.viewerType"}),
    ("agent_interactions", {"sessionId": STRANGER}, {"agent_interactions.sessionId"}),
]


async def _scene() -> None:
    """A listing with its portals and one row of every kind; where there are two, the first one made is broken."""
    agent = await make.agent(ObjectId())
    house = await make.listing(agent, offerCount=1)
    buyer, seller = await make.buyer_session(agent, sessionCode="the buyer's"), await make.seller_session(house)
    await make.offer(house, buyer)
    await make.saved_search(buyer)
    for portal in (None, buyer):
        await make.property_view(house, portal)
    for session in (None, buyer, seller):
        await make.agent_interaction(agent, session)


async def _wrong(database: Database) -> set[str]:
    found = [invariant for invariant in INVARIANTS if await inspection.violations(database, invariant)]
    return {f"{invariant.table.collection.removeprefix('estate_')}.{invariant.name}" for invariant in found}


async def test_sound_rows_break_none(watched: tuple[Database, Calls]) -> None:
    await _scene()
    assert await _wrong(watched[0]) == set()


@pytest.mark.parametrize(("table", "change", "broken"), BREAKS)
async def test_each_finds_its_rows(
    watched: tuple[Database, Calls], table: str, change: dict[str, Any], broken: set[str]
) -> None:
    await _scene()
    collection = watched[0][f"estate_{table}"]
    first = await collection.find_one({}, sort={"_id": 1})
    assert first is not None
    await collection.update_one({"_id": first["_id"]}, {"$set": change})
    assert await _wrong(watched[0]) == broken


async def test_an_accepted_offer_with_its_listing(watched: tuple[Database, Calls]) -> None:
    await _scene()
    offers, listings = watched[0]["estate_offers"], watched[0]["estate_listings"]
    offer = await offers.find_one_and_update({}, {"$set": {"status": "accepted"}})
    assert offer is not None
    for status in ("pending", "sold"):
        await listings.update_one({}, {"$set": {"status": status, "acceptedOfferId": offer["_id"]}})
        assert await _wrong(watched[0]) == set()
    await listings.update_one({}, {"$set": {"status": "active"}})
    assert await _wrong(watched[0]) == {"offers.accepted"}
