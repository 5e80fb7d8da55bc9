"""The listings of an outside source that the demo keeps in the cache."""

from datetime import UTC, datetime
from functools import lru_cache

from bson import ObjectId

from graphql_api.demo import keys, texts
from graphql_api.demo.advisors import DAY
from graphql_api.demo.estate.homes import home
from models.buyer.repliers_listing import RepliersListingRow
from models.store.bulk import Document
from models.table import document

WORDS = {"single-family": "Detached house", "townhouse": "Townhouse", "condo": "Condo apartment"}
"""The kinds of homes as the source calls them."""

KEPT = 512
"""Rows that are held because several searches look at them."""


def key(number: int) -> ObjectId:
    """The id of the listing of that number."""
    return keys.fixed("cached listing", str(number))


def in_city(city: str, cached: int, now: int) -> list[Document]:
    """Those of the `cached` listings that are there, as of `now` (Unix milliseconds)."""
    grounds = texts.places()
    there = [number for number in range(cached) if grounds[number % len(grounds)]["city"] == city]
    return [stored(number, now) for number in there]


@lru_cache(KEPT)
def stored(number: int, now: int) -> Document:
    """The listing of that number as it is stored: in the neighbourhoods by turns."""
    return document(_row(number, now))


def _row(number: int, now: int) -> RepliersListingRow:
    chance, grounds = keys.chance("cached listing", str(number)), texts.places()
    found = home(grounds[number % len(grounds)], chance)
    listed, synced = now - chance.randint(2 * DAY, 70 * DAY), now - chance.randint(DAY // 24, DAY)
    return RepliersListingRow(
        id=key(number),
        externalId=f"demo-{number:06}",
        address=f"{found.address}, {found.place['name']}",
        price=found.price,
        bedrooms=found.bedrooms,
        bathrooms=found.bathrooms,
        squareFeet=found.sqft,
        propertyType=WORDS[found.kind],
        city=found.place["city"],
        state=found.place["state"],
        zipCode=found.place["zip"],
        description=found.description,
        features=found.features,
        images=[f"https://images.example.com/cached/{number}/{place}.jpg" for place in range(found.pictures)],
        listingDate=datetime.fromtimestamp(listed // 1000, UTC).date().isoformat(),
        mlsNumber=f"{found.place['state']}{number + 5_000_000}",
        lotSize=found.lot,
        yearBuilt=found.built,
        garageSpaces=1 if "Garage" in found.features else None,
        syncedAt=synced,
        createdAt=listed,
        updatedAt=synced,
    )
