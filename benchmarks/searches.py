"""What is asked of the listings: by price, rooms and city; around a place; by words."""

from collections.abc import Iterator, Mapping
from typing import Any

from graphql_api.demo import keys, texts

PAGE = 20
SORTS = 24
"""Different requests of each kind, each of which every reader sends."""

CITIES = 3
"""Cities of which one is looked for."""

LOWEST, WIDTH = (300_000, 900_000), (100_000, 400_000)
"""Least and most of where a range of prices begins, and of how wide it is."""

ROOMS = (2, 3)

RADIUS_METRES = 600
"""Around the middle of a neighbourhood: about five hundred listings that are for sale."""

ASTRAY = 0.002
"""Degrees by which a place that is asked for lies beside the middle: two hundred metres."""

SEARCH = """query Search($status: EstateListingStatus!, $first: Int!, $where: EstateListingWhere!) {
  estateListings(first: $first, status: $status, where: $where, orderBy: {field: PRICE, direction: ASC}) {
    nodes {
      id address city zipCode price bedrooms bathrooms sqft propertyType updatedAt
      agent { firstName lastName }
    }
    pageInfo { hasNextPage endCursor }
  }
}"""

NEAR = """query Near($status: EstateListingStatus!, $first: Int!, $near: GeoNear!) {
  estateListings(first: $first, status: $status, near: $near) {
    nodes {
      id address city zipCode price bedrooms bathrooms sqft propertyType distance
      agent { firstName lastName }
    }
    pageInfo { hasNextPage endCursor }
  }
}"""

TEXT = """query Text($status: EstateListingStatus!, $first: Int!, $search: String!) {
  estateListings(first: $first, status: $status, search: $search) {
    nodes {
      id address city zipCode price bedrooms bathrooms sqft propertyType updatedAt
      agent { firstName lastName }
    }
    pageInfo { hasNextPage endCursor }
  }
}"""

Variables = Mapping[str, Any]
FOR_SALE = {"status": "ACTIVE", "first": PAGE}


def _cities() -> list[str]:
    return sorted({place["city"] for place in texts.places()})


def by_price() -> Iterator[Variables]:
    """Homes of a range of prices, with some bedrooms at least, in one of a few cities."""
    chance, cities = keys.chance("bench search"), _cities()
    for _ in range(SORTS):
        lowest = chance.randrange(*LOWEST, 10_000)
        yield {
            **FOR_SALE,
            "where": {
                "price": {"gte": lowest, "lte": lowest + chance.randrange(*WIDTH, 10_000)},
                "bedrooms": {"gte": chance.choice(ROOMS)},
                "city": {"in": chance.sample(cities, CITIES)},
            },
        }


def around() -> Iterator[Variables]:
    """Homes around a place in a neighbourhood."""
    chance = keys.chance("bench near")
    for _ in range(SORTS):
        place = chance.choice(texts.places())
        lat, lng = (round(place[name] + chance.uniform(-ASTRAY, ASTRAY), 6) for name in ("lat", "lng"))
        yield {**FOR_SALE, "near": {"lat": lat, "lng": lng, "radiusMeters": RADIUS_METRES}}


def by_words() -> Iterator[Variables]:
    """Homes in one of two streets of a neighbourhood: about a thousand listings have one of the words."""
    chance = keys.chance("bench text")
    for _ in range(SORTS):
        streets = chance.sample(chance.choice(texts.places())["streets"], 2)
        yield {**FOR_SALE, "search": " ".join(max(street.split(), key=len) for street in streets)}


def withdrawn(name: str) -> Variables:
    """What the workload asks of that name for listings that only their own agents see, of which it finds some."""
    first, dearest, widest = texts.places()[0], 10**9, 500_000
    kinds = " ".join(kind["words"] for kind in texts.homes()["kind"])
    asked: Mapping[str, Variables] = {
        "search": {"where": {"price": {"gte": 1, "lte": dearest}, "bedrooms": {"gte": 0}, "city": {"in": _cities()}}},
        "near": {"near": {"lat": first["lat"], "lng": first["lng"], "radiusMeters": widest}},
        "text": {"search": kinds},
    }
    return {**FOR_SALE, "status": "WITHDRAWN", **asked[name]}
