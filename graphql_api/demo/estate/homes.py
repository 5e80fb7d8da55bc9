"""Homes as they might be for sale: somewhere in a neighbourhood, of a size, and at the price that goes with both."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql_api.demo import texts
from models.estate.place import Coordinates

SPREAD = 0.011
"""Degrees from the middle of a neighbourhood to its edge: about a kilometre."""

OLDEST, NEWEST = 1895, 2024
ROUND_PRICE = 1_000

Place = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Home:
    """A home without whoever offers it. `sqft` is in square feet, `lot` in acres, `price` in dollars."""

    place: Place
    address: str
    kind: str
    price: int
    bedrooms: int
    bathrooms: float
    sqft: int
    lot: float | None
    built: int
    features: list[str]
    description: str
    coordinates: Coordinates
    pictures: int


def home(place: Place, chance: random.Random) -> Home:
    """A home in that neighbourhood."""
    found = _kind(place, chance)
    size = chance.betavariate(2, 3)
    sqft = round(_between(found["sqft"], size) / 10) * 10
    bedrooms = round(_between(found["beds"], min(1.0, size * 1.4)))
    street, built = chance.choice(place["streets"]), chance.randint(OLDEST, NEWEST)
    number = chance.randint(1, 98) * 100 + chance.randint(1, 98)
    unit = (
        f" #{chance.randint(1, 18)}{chance.choice('0123456')}{chance.randint(1, 9)}" if found["name"] == "condo" else ""
    )
    return Home(
        place=place,
        address=f"{number} {street}{unit}",
        kind=found["name"],
        price=_price(place, sqft, chance),
        bedrooms=bedrooms,
        bathrooms=max(1.0, round(bedrooms * chance.uniform(0.55, 1.0) * 2) / 2),
        sqft=sqft,
        lot=round(chance.uniform(*found["lot"]), 2) if "lot" in found else None,
        built=built,
        features=_features(place, chance),
        description=_description(place, found["words"], street, built, chance),
        coordinates=Coordinates(
            lat=round(place["lat"] + chance.uniform(-SPREAD, SPREAD), 6),
            lng=round(place["lng"] + chance.uniform(-SPREAD, SPREAD), 6),
        ),
        pictures=chance.randint(6, 16),
    )


def _kind(place: Place, chance: random.Random) -> Mapping[str, Any]:
    kinds = texts.homes()["kind"]
    weights = [kind["weight"] for kind in kinds]
    found: Mapping[str, Any] = chance.choices(kinds, weights[::-1] if place.get("urban") else weights)[0]
    return found


def _between(ends: list[int], part: float) -> float:
    return ends[0] + (ends[1] - ends[0]) * part


def _price(place: Place, sqft: int, chance: random.Random) -> int:
    # Large homes cost less for each square foot, and few ask for a round sum.
    worth: float = place["foot"] * sqft * (1_500 / sqft) ** 0.12 * chance.uniform(0.88, 1.14)
    return round(worth / ROUND_PRICE) * ROUND_PRICE - chance.choice((0, 100, 1_000))


def _features(place: Place, chance: random.Random) -> list[str]:
    said = texts.homes()
    known = said["urban_features"] if place.get("urban") else said["features"]
    return [*chance.sample(known, chance.randint(3, 6)), *said["always"]]


def _description(place: Place, words: str, street: str, built: int, chance: random.Random) -> str:
    said = texts.homes()
    slots = {"kind": words, "street": street, "year": built, "adjective": chance.choice(said["adjectives"])}
    slots |= {"place": place["name"], "city": place["city"], "near": place["near"]}
    sentences = (said["openings"], said["middles"], said["endings"])
    return " ".join(chance.choice(those).format_map(slots) for those in sentences)
