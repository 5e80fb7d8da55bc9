"""Offering a property: by an agent who is switched on and has a licence, for himself."""

import asyncio
from typing import Any

import pytest
from bson import ObjectId

from models.estate.agent import AGENTS
from models.estate.listing import LISTINGS
from models.store.connection import Database
from tests.fixtures.estate import Parties
from tests.fixtures.wire import Api, People
from tests.resolvers.advisor.writing import done, gid, refusal, write
from tests.resolvers.estate.listing_callers import LICENCE, expected, scene

HOUSE: dict[str, Any] = {
    "address": "1 Corner Street",
    "city": "Portland",
    "state": "OR",
    "zipCode": "97201",
    "price": 500_000.0,
    "bedrooms": 3,
    "bathrooms": 2.5,
    "sqft": 1_800,
    "propertyType": " Single-Family ",
    "description": "A bright house.",
    "coordinates": {"lat": 45.5, "lng": -122.7},
}


async def test_an_agent_offers_a_property(api: Api, parties: Parties, database: Database) -> None:
    ann = await parties.agent("ann", **LICENCE)
    key = ObjectId()
    more = {"mlsId": "MLS-1", "features": ["Garage", " garage", "Pool"], "yearBuilt": 1990, "lotSize": 0.2}
    urls = {"images": ["https://x.example/1.jpg"], "videos": [], "virtualTourUrl": "https://x.example/tour"}
    shown = "listing { id agentId status propertyType features version } listingEdge { cursor node { address } }"
    payload = await done(api, "estateListingCreate", ann, shown, **HOUSE, **more, **urls, id=gid(LISTINGS, key))
    assert payload["listing"] == {
        "id": gid(LISTINGS, key),
        "agentId": ann.id,
        "status": "ACTIVE",
        "propertyType": "single-family",
        "features": ["Garage", " garage", "Pool"],
        "version": 1,
    }
    after = "query ($after: String) { estateListingsMine(after: $after) { nodes { id } } }"
    edge = payload["listingEdge"]
    assert edge["node"] == {"address": "1 Corner Street"}
    assert (await api.data(after, {"after": edge["cursor"]}, by=ann))["estateListingsMine"]["nodes"] == []
    row = await database[LISTINGS.collection].find_one({"_id": key})
    assert row is not None
    derived = {name: row[name] for name in ("cityKey", "featureKeys", "location", "agentActive", "offerCount")}
    assert derived == {
        "cityKey": "portland",
        "featureKeys": ["garage", "pool"],
        "location": {"type": "Point", "coordinates": [-122.7, 45.5]},
        "agentActive": True,
        "offerCount": 0,
    }
    assert {name: row[name] for name in (*more, *urls)} == {**more, **urls}


async def test_it_is_public_at_once(api: Api, parties: Parties) -> None:
    ann = await parties.agent("ann", **LICENCE)
    await done(api, "estateListingCreate", ann, **HOUSE)
    found = await api.data("{ estateListings { nodes { address agent { firstName } } } }")
    assert found["estateListings"]["nodes"] == [{"address": "1 Corner Street", "agent": {"firstName": "Ann"}}]


async def test_nobody_else_does(api: Api, parties: Parties, people: People, database: Database) -> None:
    there = await scene(parties, people)
    off = {"off": await parties.agent("off", active=False, **LICENCE)}
    number = await database[LISTINGS.collection].count_documents({})
    found = {}
    for name, caller in {**there.callers, **off}.items():
        if name not in {"agent", "other agent"}:
            found[name] = await refusal(api, "estateListingCreate", caller, **HOUSE)
    told = {
        **expected(there, {"anonymous": ("UNAUTHENTICATED", None)}, ("FORBIDDEN", None)),
        "off": ("FORBIDDEN", None),
    }
    assert found == {name: told[name] for name in found}
    assert await database[LISTINGS.collection].count_documents({}) == number


async def test_a_licence_comes_first(api: Api, parties: Parties, database: Database) -> None:
    ann = await parties.agent("ann")
    payload = await write(api, "estateListingCreate", ann, "listing { id }", **HOUSE)
    [error] = payload["userErrors"]
    assert (payload["listing"], error["code"], error["field"]) == (None, "WRONG_STATE", None)
    assert (
        error["message"] == "Listings are published under a licence: set your licenseNumber by estateAgentUpdate first."
    )
    assert await database[LISTINGS.collection].count_documents({}) == 0
    await done(api, "estateAgentUpdate", ann, id=ann.id, licenseNumber="OR-1")
    await done(api, "estateListingCreate", ann, **HOUSE)


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"price": 0}, "OUT_OF_RANGE", "price"),
    ({"price": 2e12}, "OUT_OF_RANGE", "price"),
    ({"bedrooms": -1}, "OUT_OF_RANGE", "bedrooms"),
    ({"bathrooms": 1.25}, "INVALID", "bathrooms"),
    ({"sqft": 0}, "OUT_OF_RANGE", "sqft"),
    ({"yearBuilt": 1599}, "INVALID", "yearBuilt"),
    ({"address": "  "}, "INVALID", "address"),
    ({"city": "x" * 101}, "TOO_LONG", "city"),
    ({"propertyType": " "}, "INVALID", "propertyType"),
    ({"description": "x" * 20_001}, "TOO_LONG", "description"),
    ({"features": ["x"] * 101}, "TOO_LONG", "features"),
    ({"images": ["https://x.example/1.jpg", "javascript:alert(1)"]}, "INVALID", "images.1"),
    ({"virtualTourUrl": "file:///etc/passwd"}, "INVALID", "virtualTourUrl"),
    ({"coordinates": {"lat": 90.5, "lng": 0}}, "OUT_OF_RANGE", "coordinates.lat"),
    ({"id": "nonsense"}, "INVALID", "id"),
]


@pytest.mark.parametrize(("values", "code", "field"), WRONG)
async def test_wrong_values_are_named(
    api: Api, parties: Parties, database: Database, values: dict[str, Any], code: str, field: str
) -> None:
    ann = await parties.agent("ann", **LICENCE)
    assert await refusal(api, "estateListingCreate", ann, **{**HOUSE, **values}) == (code, field)
    assert await database[LISTINGS.collection].count_documents({}) == 0


async def test_a_number_at_the_listing_service_is_an_agents_once(api: Api, parties: Parties) -> None:
    ann, bob = await parties.agent("ann", **LICENCE), await parties.agent("bob", **LICENCE)
    await done(api, "estateListingCreate", ann, **HOUSE, mlsId="MLS-1")
    assert await refusal(api, "estateListingCreate", ann, **HOUSE, mlsId="MLS-1") == ("ALREADY_EXISTS", "mlsId")
    await done(api, "estateListingCreate", bob, **HOUSE, mlsId="MLS-1")
    for _ in range(2):
        await done(api, "estateListingCreate", ann, **HOUSE)


async def test_sent_again_it_is_one_listing(api: Api, parties: Parties, database: Database) -> None:
    ann = await parties.agent("ann", **LICENCE)
    again = {**HOUSE, "clientMutationId": "once"}
    first, second = [await done(api, "estateListingCreate", ann, "listing { id }", **again) for _ in range(2)]
    assert first == second
    assert await database[LISTINGS.collection].count_documents({}) == 1


async def test_the_agent_of_a_new_listing_is_still_switched_on(api: Api, parties: Parties, database: Database) -> None:
    """The caller may be known as he was a moment ago; the row decides."""
    ann = await parties.agent("ann", **LICENCE)
    await api.data("{ estateAgentMe { id } }", by=ann)
    await database[AGENTS.collection].update_one({"_id": ann.row["_id"]}, {"$set": {"active": False}})
    assert (await refusal(api, "estateListingCreate", ann, **HOUSE))[0] == "FORBIDDEN"
    assert await database[LISTINGS.collection].count_documents({}) == 0


async def test_a_listing_made_while_its_agent_is_switched_off_is_hidden_with_the_others(
    api: Api, parties: Parties, people: People, database: Database
) -> None:
    olga = await people.operator("olga")
    for number in range(5):
        agent = await parties.agent(f"agent{number}", **LICENCE)
        made, off = await asyncio.gather(
            write(api, "estateListingCreate", agent, **HOUSE), done(api, "estateAgentDeactivate", olga, id=agent.id)
        )
        assert off == {}
        rows = await database[LISTINGS.collection].find({"agentId": agent.row["_id"]}).to_list()
        codes = [error["code"] for error in made["userErrors"]]
        assert (codes, [row["agentActive"] for row in rows]) in (([], [False]), (["FORBIDDEN"], []))
