"""The formula of docs/buyer-search.md, point by point."""

from typing import Any

import pytest

from models.buyer.profile import HomeType
from resolvers.buyer.search_scoring import Taste, Wishes, dealbroken, scored

HOME: dict[str, Any] = {
    "_id": 1,
    "price": 400_000,
    "bedrooms": 2,
    "bathrooms": 2.0,
    "city": "Portland",
    "address": "1 Hawthorne Boulevard",
    "propertyType": "Condo",
    "features": ["Garden", "Garage"],
    "description": "Quiet, no pool.",
}
WISHES: dict[str, Any] = {
    "cities": ("portland",),
    "areas": ("Hawthorne",),
    "priceMin": 300_000,
    "priceMax": 500_000,
    "priceFlexibility": 50,
    "bedrooms": 2,
    "bathrooms": 2.0,
    "homeType": HomeType.CONDO,
    "features": ("garden", "garage"),
}


@pytest.mark.parametrize(
    ("home", "wishes", "score"),
    [
        ({}, {}, 100),
        ({"price": 500_001}, {}, 100),
        ({"price": 525_000}, {}, 88),
        ({"price": 550_000}, {}, 75),
        ({"price": 285_000}, {}, 88),
        ({"address": "2 Elm"}, {}, 90),
        ({"address": "2 Elm", "city": "Salem"}, {}, 80),
        ({"address": "2 Elm"}, {"areas": ()}, 100),
        ({"bedrooms": 1}, {}, 90),
        ({"bedrooms": 0}, {}, 85),
        ({"bathrooms": 1.0}, {}, 95),
        ({"bathrooms": 0.5}, {}, 90),
        ({"propertyType": "Townhouse"}, {}, 90),
        ({"propertyType": "Townhouse"}, {"homeType": HomeType.SINGLE_FAMILY}, 90),
        ({"propertyType": "Boat"}, {"homeType": HomeType.OTHER}, 100),
        ({"features": ["garden"]}, {}, 90),
        ({"features": None, "description": None}, {}, 80),
        ({}, {"features": ("pool", "garden")}, 90),
    ],
)
def test_parts(home: dict[str, Any], wishes: dict[str, Any], score: int) -> None:
    assert scored({**HOME, **home}, Wishes(**{**WISHES, **wishes}), Taste()).score == score


@pytest.mark.parametrize(
    ("taste", "score"),
    [
        (Taste({1: -30.0}), 70),
        (Taste({1: 25.0}), 100),
        (Taste({2: -30.0}), 100),
        (Taste({}, {"type condo": -1.0}), 90),
        (Taste({}, {"type condo": -1.0, "feature garden": 0.0}), 95),
        (Taste({}, {"feature pool": -1.0}), 100),
        (Taste({1: -40.0}, {"type condo": -1.0}), 50),
    ],
)
def test_reactions(taste: Taste, score: int) -> None:
    assert scored(HOME, Wishes(**WISHES), taste).score == score


def test_reasons_say_what_speaks_for_it_and_nothing_private() -> None:
    found = scored(HOME, Wishes(**WISHES, dealbreakers=("stairs",)), Taste({1: 10.0}, {"type condo": 1.0}))
    assert found.reasons == (
        "Within the budget.",
        "In Hawthorne.",
        "Bedrooms: 2.",
        "Bathrooms: 2.",
        "The kind of home: Condo.",
        "Has garden.",
        "Has garage.",
        "You liked it before.",
        "Like homes that you liked.",
    )


@pytest.mark.parametrize(
    ("dealbreaker", "broken"),
    [
        ("garage", True),
        ("GARAGE ", True),
        ("rage", False),
        ("pool", False),
        ("no pool", True),
        ("no garage", False),
        ("without elevator", True),
        ("quiet", True),
    ],
)
def test_dealbreakers(dealbreaker: str, broken: bool) -> None:
    assert dealbroken(HOME, [dealbreaker]) is broken
