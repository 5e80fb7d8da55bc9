"""Changing a listing: by its own agent alone, on the version that was seen, with cuts of the price noted."""

import asyncio
from typing import Any

import pytest

from models.estate.listing import LISTINGS
from models.store.connection import Database
from tests.factories import estate as make
from tests.fixtures.estate import Parties
from tests.fixtures.wire import Api, People
from tests.resolvers.advisor.writing import done, gid, refusal, rows, write
from tests.resolvers.estate.listing_callers import expected, scene

UPDATE = "estateListingUpdate"


async def _stored(database: Database, row: dict[str, Any]) -> dict[str, Any]:
    found = await database[LISTINGS.collection].find_one({"_id": row["_id"]})
    assert found is not None
    return found


async def test_what_is_named_changes_and_what_follows_from_it(api: Api, parties: Parties, database: Database) -> None:
    ann = await parties.agent("ann")
    row = await make.listing(ann.row, mlsId="MLS-1", lotSize=1.0)
    given = {"city": " Salem", "features": ["POOL"], "coordinates": {"lat": 1.0, "lng": 2.0}, "lotSize": None}
    shown = "listing { city features coordinates { lat lng } lotSize mlsId propertyType version }"
    payload = await done(api, UPDATE, ann, shown, id=gid(LISTINGS, row), propertyType="CONDO", **given)
    kept = {"mlsId": "MLS-1", "version": 2, "propertyType": "condo"}
    assert payload["listing"] == {**given, **kept}
    found = await _stored(database, row)
    assert (found["cityKey"], found["featureKeys"]) == ("salem", ["pool"])
    assert found["location"] == {"type": "Point", "coordinates": [2.0, 1.0]}
    changed = {"cityKey", "featureKeys", "location", "updatedAt", "version", "propertyType", *given}
    assert {name: found[name] for name in found if name not in changed} == {
        name: value for name, value in row.items() if name not in changed and name in found
    }


@pytest.mark.parametrize("status", ["active", "withdrawn"])
async def test_nobody_else_does(api: Api, parties: Parties, people: People, database: Database, status: str) -> None:
    there = await scene(parties, people, status=status)
    before = await rows(database, LISTINGS)
    given = {"id": gid(LISTINGS, there.house), "price": 1.0}
    found = {name: await refusal(api, UPDATE, caller, **given) for name, caller in there.others.items()}
    visible = status == "active"
    sees = dict.fromkeys(("operator", "seller", "enrichment", "analysis"), ("FORBIDDEN", None))
    told = {**sees, "anonymous": ("UNAUTHENTICATED", None)}
    wanted = expected(there, told, ("FORBIDDEN", None) if visible else ("NOT_FOUND", "id"))
    assert found == {name: wanted[name] for name in there.others}
    assert await rows(database, LISTINGS) == before


async def test_an_agent_who_is_switched_off_does_not(api: Api, parties: Parties, database: Database) -> None:
    off = await parties.agent("off", active=False)
    row = await make.listing(off.row)
    assert await refusal(api, UPDATE, off, id=gid(LISTINGS, row), price=1.0) == ("FORBIDDEN", None)
    assert await _stored(database, row) == {name: value for name, value in row.items() if value is not None} | {
        "_id": row["_id"]
    }


async def test_a_cut_of_the_price_is_noted(api: Api, parties: Parties, database: Database) -> None:
    ann = await parties.agent("ann")
    row = await make.listing(ann.row, price=500_000.0)
    shown = "listing { price previousPrice priceCutAt updatedAt }"

    async def priced(price: float) -> tuple[float, float | None, bool]:
        payload = await done(api, UPDATE, ann, shown, id=gid(LISTINGS, row), price=price)
        listing = payload["listing"]
        at = listing["priceCutAt"]
        assert at is None or 0 <= listing["updatedAt"] - at < 60_000
        return listing["price"], listing["previousPrice"], at is not None

    assert await priced(500_000.0) == (500_000.0, None, False)
    assert await priced(450_000.0) == (450_000.0, 500_000.0, True)
    assert await priced(450_000.0) == (450_000.0, 500_000.0, True)
    assert await priced(400_000.0) == (400_000.0, 450_000.0, True)
    assert await priced(420_000.0) == (420_000.0, None, False)


async def test_a_stale_version_writes_nothing(api: Api, parties: Parties, database: Database) -> None:
    ann = await parties.agent("ann")
    row = await make.listing(ann.row)
    given: dict[str, Any] = {"id": gid(LISTINGS, row), "expectedVersion": 1}
    await done(api, UPDATE, ann, price=490_000.0, **given)
    before = await rows(database, LISTINGS)
    payload = await write(api, UPDATE, ann, "listing { version price }", price=1.0, **given)
    assert payload["listing"] == {"version": 2, "price": 490_000.0}
    assert [(error["code"], error["field"]) for error in payload["userErrors"]] == [
        ("STALE_VERSION", ["expectedVersion"])
    ]
    assert await rows(database, LISTINGS) == before


async def test_of_two_cuts_at_once_each_is_noted_from_what_it_cut(
    api: Api, parties: Parties, database: Database
) -> None:
    ann = await parties.agent("ann")
    row = await make.listing(ann.row, price=500_000.0)
    prices = [490_000.0, 480_000.0, 470_000.0, 460_000.0]
    writes = [done(api, UPDATE, ann, "listing { id }", id=gid(LISTINGS, row), price=price) for price in prices]
    await asyncio.gather(*writes)
    found = await _stored(database, row)
    assert found["version"] == 5
    # Whichever was last, its former price is one that was there.
    assert found["price"] in prices
    former = found["previousPrice"]
    assert former is None or (former > found["price"] and former in {500_000.0, *prices})


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"price": None}, "INVALID", "price"),
    ({"price": -1.0}, "OUT_OF_RANGE", "price"),
    ({"features": None}, "INVALID", "features"),
    ({"coordinates": None}, "INVALID", "coordinates"),
    ({"coordinates": {"lat": 0, "lng": 181}}, "OUT_OF_RANGE", "coordinates.lng"),
    ({"city": None}, "INVALID", "city"),
    ({"mlsId": ""}, "INVALID", "mlsId"),
    ({"propertyType": ""}, "INVALID", "propertyType"),
]


@pytest.mark.parametrize(("values", "code", "field"), WRONG)
async def test_wrong_values_are_named(
    api: Api, parties: Parties, database: Database, values: dict[str, Any], code: str, field: str
) -> None:
    ann = await parties.agent("ann")
    row = await make.listing(ann.row)
    before = await rows(database, LISTINGS)
    assert await refusal(api, UPDATE, ann, id=gid(LISTINGS, row), **values) == (code, field)
    assert await rows(database, LISTINGS) == before


async def test_the_number_of_another_listing_is_taken(api: Api, parties: Parties) -> None:
    ann = await parties.agent("ann")
    await make.listing(ann.row, mlsId="MLS-1")
    row = await make.listing(ann.row, mlsId="MLS-2")
    assert await refusal(api, UPDATE, ann, id=gid(LISTINGS, row), mlsId="MLS-1") == ("ALREADY_EXISTS", "mlsId")


async def test_what_is_the_servers_is_in_no_input(api: Api, parties: Parties) -> None:
    query = '{ __type(name: "EstateListingUpdateInput") { inputFields { name } } }'
    shown = {field["name"] for field in (await api.data(query))["__type"]["inputFields"]}
    served = {"agentId", "status", "enrichedData", "offerCount", "previousPrice", "priceCutAt", "agentActive"}
    assert shown & served == set()
