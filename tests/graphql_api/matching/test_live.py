"""From an agent's mutation to a buyer's list: what is offered or made cheaper arrives by itself."""

import asyncio

from graphql_api.matching.letter import letters
from graphql_api.matching.worker import Worker
from models import global_id
from models.estate.saved_search import SAVED_SEARCHES
from tests.factories import estate as make
from tests.fixtures.estate import Parties
from tests.fixtures.live import Lists
from tests.graphql_api.matching.conftest import Scene

MATCHES = """subscription ($of: ID!) { estateSavedSearchMatchChanges(savedSearchId: $of) {
    kind node { price reason listing { address previousPrice } } } }"""

OFFER = """mutation ($input: EstateListingCreateInput!) { estateListingCreate(input: $input) {
    listing { id } userErrors { message } } }"""

CUT = """mutation ($id: ID!) { estateListingUpdate(input: {id: $id, price: 450000}) { userErrors { message } } }"""

MOVE = """mutation ($id: ID!, $status: EstateListingStatus!) {
    estateListingStatusChange(input: {id: $id, status: $status}) { userErrors { message } } }"""

HOUSE = {
    "address": "1 Corner Street",
    "city": "portland",
    "state": "OR",
    "zipCode": "97201",
    "price": 500_000,
    "bedrooms": 3,
    "bathrooms": 2.5,
    "sqft": 1_800,
    "propertyType": "single-family",
    "description": "A bright house.",
    "features": ["Garage"],
    "coordinates": {"lat": 45.5, "lng": -122.7},
}


async def test_what_an_agent_does_reaches_the_buyer(lists: Lists, parties: Parties, scene: Scene) -> None:
    ann = await parties.agent("ann", licenseNumber="1")
    buyer = await parties.buyer(ann)
    search = await make.saved_search(buyer.row, criteria={"features": ["GARAGE"], "maxPrice": 500_000.0})
    given = {"of": global_id.encode(SAVED_SEARCHES.tag, search["_id"])}
    live = await lists.follow(MATCHES, given, by=buyer)
    assert await live.synced() == []
    worker = Worker(lists.server.store, letters("https://homes.example"))
    scene.started.append(asyncio.create_task(worker.run()))
    await scene.until(lambda: _follows(scene))
    made = await lists.data(OFFER, {"input": HOUSE}, by=ann)
    assert made["estateListingCreate"]["userErrors"] == []
    home = {"id": made["estateListingCreate"]["listing"]["id"]}
    shown = {"address": "1 Corner Street"}
    new = {"price": 500_000, "reason": "NEW", "listing": {**shown, "previousPrice": None}}
    assert await live.event() == {"kind": "ADDED", "node": new}
    assert (await lists.data(CUT, home, by=ann))["estateListingUpdate"]["userErrors"] == []
    cut = {"price": 450_000, "reason": "PRICE_CUT", "listing": {**shown, "previousPrice": 500_000}}
    assert await live.event() == {"kind": "ADDED", "node": cut}
    for status in ("WITHDRAWN", "ACTIVE"):
        moved = await lists.data(MOVE, {**home, "status": status}, by=ann)
        assert moved["estateListingStatusChange"]["userErrors"] == []
    assert await live.event() == {"kind": "ADDED", "node": {**cut, "reason": "BACK_ON_MARKET"}}


async def _follows(scene: Scene) -> bool:
    return bool((await scene.trail()).get("place"))
