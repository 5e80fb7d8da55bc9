"""Filling the cache: new homes and known ones in one call, and each wrong one named."""

import asyncio
from typing import Any

from models.buyer.repliers_listing import REPLIERS_LISTINGS
from models.store.connection import Database
from tests.factories import buyer as make
from tests.fixtures.wire import Api, People
from tests.resolvers.advisor.writing import done, refusal, rows, write

SHOWN = "createdCount updatedCount listings { externalId price city features version }"


def home(name: str, **values: Any) -> dict[str, Any]:
    """A home as the source tells of it."""
    given = {"address": "1 Elm Street", "price": 100, "propertyType": "Condo", "city": "Salem", "state": "OR"}
    return {"externalId": name, **given, **values}


async def test_new_and_known_homes(api: Api, people: People, database: Database) -> None:
    known = await make.repliers_listing(externalId="x-1", features=["pool"], yearBuilt=1990)
    search = people.service("search")
    given = [home("x-1", price=200, city=" Eugene", yearBuilt=None), home("x-2", features=["garden"])]
    payload = await done(api, "buyerRepliersListingsUpsert", search, SHOWN, listings=given)
    assert payload == {
        "createdCount": 1,
        "updatedCount": 1,
        "listings": [
            {"externalId": "x-1", "price": 200, "city": " Eugene", "features": ["pool"], "version": 2},
            {"externalId": "x-2", "price": 100, "city": "Salem", "features": ["garden"], "version": 1},
        ],
    }
    first = await database["buyer_repliers_listings"].find_one({"externalId": "x-1"})
    second = await database["buyer_repliers_listings"].find_one({"externalId": "x-2"})
    assert first is not None
    assert second is not None
    assert (first["_id"], first["cityKey"], first["yearBuilt"]) == (known["_id"], "eugene", None)
    assert first["syncedAt"] >= known["syncedAt"]
    assert (second["cityKey"], second["status"], second["bedrooms"]) == ("salem", "active", 0)


async def test_wrong_homes_are_named_and_the_others_written(api: Api, people: People, database: Database) -> None:
    given = [
        home("x-1"),
        home("x-2", price=-1),
        home("x-1", price=5),
        home("x-3", images=["javascript:alert(1)"], bedrooms=None),
        home("x-4"),
    ]
    payload = await write(api, "buyerRepliersListingsUpsert", people.service("search"), SHOWN, listings=given)
    errors = [(error["code"], ".".join(error["field"])) for error in payload["userErrors"]]
    assert errors == [
        ("OUT_OF_RANGE", "listings.1.price"),
        ("INVALID", "listings.2.externalId"),
        ("INVALID", "listings.3.bedrooms"),
        ("INVALID", "listings.3.images.0"),
    ]
    assert (payload["createdCount"], payload["updatedCount"]) == (2, 0)
    stored = await database["buyer_repliers_listings"].find().sort("externalId").to_list()
    assert [(row["externalId"], row["price"]) for row in stored] == [("x-1", 100), ("x-4", 100)]


async def test_too_many_or_none_are_refused(api: Api, people: People, database: Database) -> None:
    search = people.service("search")
    for number in (0, 101):
        given = [home(f"x-{place}") for place in range(number)]
        answer = await refusal(api, "buyerRepliersListingsUpsert", search, listings=given)
        assert answer == ("OUT_OF_RANGE", "listings")
    assert await rows(database, REPLIERS_LISTINGS) == [[]]


async def test_a_hundred_at_once_make_each_home_once(api: Api, people: People, database: Database) -> None:
    search = people.service("search")
    given = [home(f"x-{place}") for place in range(100)]
    calls = [done(api, "buyerRepliersListingsUpsert", search, "createdCount", listings=given) for _ in range(3)]
    made = [payload["createdCount"] for payload in await asyncio.gather(*calls)]
    assert sum(made) == 100
    assert await database["buyer_repliers_listings"].count_documents({}) == 100
