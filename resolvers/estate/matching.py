"""How well a listing matches what a buyer looks for: a score of 0 to 100, and what it was given for.

Each part of the score is said twice, for MongoDB, which ranks by it, and in Python; a test compares the two. The
formula is explained in docs/matching.md.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from models.estate.criteria import Preferences
from models.estate.texts import fold, folded
from models.policy import Filter, RowData
from resolvers.ranking import Ranking, key_of
from resolvers.table import choice

HIGHEST = 100
"""The score of a listing that has all that is looked for."""

TOLERANCE = 0.1
"""By what share of a bound the price may lie beyond it; there it is worth nothing."""

ROOMS_SHORT = 1
"""How many bedrooms, or bathrooms, may be missing."""

PARTS = "parts"
"""Under this name a ranked row carries the points of each part."""


class MatchReason(StrEnum):
    """What a listing has of what a buyer looks for."""

    WITHIN_BUDGET = "within_budget"
    NEAR_BUDGET = "near_budget"
    ALL_FEATURES = "all_features"
    SOME_FEATURES = "some_features"
    ENOUGH_BEDROOMS = "enough_bedrooms"
    ENOUGH_BATHROOMS = "enough_bathrooms"


choice(
    MatchReason,
    "EstateMatchReason",
    "What a listing has of what a buyer looks for.",
    WITHIN_BUDGET="The price is within the buyer's bounds.",
    NEAR_BUDGET="The price is a little beyond the buyer's bounds.",
    ALL_FEATURES="It has every feature that the buyer must have.",
    SOME_FEATURES="It has some of the features that the buyer must have.",
    ENOUGH_BEDROOMS="It has as many bedrooms as the buyer looks for.",
    ENOUGH_BATHROOMS="It has as many bathrooms as the buyer looks for.",
)


@dataclass(frozen=True, slots=True)
class Weight:
    """The points of a part that is wholly there, with the reasons for those and for fewer points."""

    most: int
    whole: MatchReason
    partly: MatchReason | None = None

    def reason(self, points: int) -> MatchReason | None:
        """What so many points are for."""
        return self.whole if points == self.most else self.partly if points > 0 else None


WEIGHTS = {
    "price": Weight(40, MatchReason.WITHIN_BUDGET, MatchReason.NEAR_BUDGET),
    "features": Weight(30, MatchReason.ALL_FEATURES, MatchReason.SOME_FEATURES),
    "bedrooms": Weight(15, MatchReason.ENOUGH_BEDROOMS),
    "bathrooms": Weight(15, MatchReason.ENOUGH_BATHROOMS),
}


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the score that the buyer has asked for: MongoDB's expression of its points, and the same in Python."""

    name: str
    number: Any
    points: Callable[[RowData], int]


def parts(wanted: Preferences) -> tuple[Part, ...]:
    """The parts that a buyer has asked for; what he has not, every listing has."""
    rooms = (("bedrooms", wanted.bedrooms), ("bathrooms", wanted.bathrooms))
    keys = folded(wanted.mustHaveFeatures)
    return (
        *([_price(wanted)] if wanted.minPrice or wanted.maxPrice else []),
        *([_features(keys)] if keys else []),
        *(_rooms(name, number) for name, number in rooms if number),
    )


def score(wanted: Preferences, row: RowData) -> int:
    """The score of a listing."""
    found = parts(wanted)
    return _given(found) + sum(part.points(row) for part in found)


def ranking(wanted: Preferences) -> Ranking:
    """How MongoDB ranks listings for a buyer."""
    found = parts(wanted)
    number = {"$add": [_given(found), *(part.number for part in found)]}
    # To MongoDB an object without keys is no projection.
    points = {part.name: part.number for part in found} or {"$literal": {}}
    return Ranking(number, candidates(wanted), {PARTS: points})


def candidates(wanted: Preferences) -> Filter:
    """The listings that are scored at all; the others lack too much."""
    found: dict[str, Any] = {}
    if wanted.maxPrice is not None:
        found["price"] = {"$lte": wanted.maxPrice + _margin(wanted.maxPrice)}
    if wanted.minPrice:
        found["price"] = {**found.get("price", {}), "$gte": wanted.minPrice - _margin(wanted.minPrice)}
    for name, number in (("bedrooms", wanted.bedrooms), ("bathrooms", wanted.bathrooms)):
        if number:
            found[name] = {"$gte": number - ROOMS_SHORT}
    if wanted.cities:
        found["cityKey"] = {"$in": folded(wanted.cities)}
    if wanted.propertyTypes:
        found["propertyType"] = {"$in": [fold(kind) for kind in wanted.propertyTypes]}
    return found


def reasons_of(row: RowData) -> list[str] | None:
    """What a ranked listing was scored for; None for a row of another list."""
    points = row.get(key_of(PARTS))
    if points is None:
        return None
    found = (WEIGHTS[name].reason(number) for name, number in points.items())
    return [reason.value for reason in found if reason is not None]


def _given(asked: tuple[Part, ...]) -> int:
    return HIGHEST - sum(WEIGHTS[part.name].most for part in asked)


def _margin(bound: float) -> float:
    return bound * TOLERANCE


def _price(wanted: Preferences) -> Part:
    """All points within the bounds, fewer the farther it is beyond one of them, in proportion."""
    most = WEIGHTS["price"].most
    beyond = [
        {"$divide": [{"$multiply": [{"$subtract": ["$price", bound]}, way]}, _margin(bound)]}
        for bound, way in _bounds(wanted)
    ]
    left = {"$max": [0, {"$subtract": [1, {"$max": [0, *beyond]}]}]}

    def points(row: RowData) -> int:
        far: float = max(0.0, *((row["price"] - bound) * way / _margin(bound) for bound, way in _bounds(wanted)))
        return math.floor(most * max(0.0, 1 - far))

    return Part("price", {"$toInt": {"$floor": {"$multiply": [most, left]}}}, points)


def _bounds(wanted: Preferences) -> Iterator[tuple[float, int]]:
    """Each bound of the price, with the direction that leads beyond it."""
    if wanted.maxPrice:
        yield wanted.maxPrice, 1
    if wanted.minPrice:
        yield wanted.minPrice, -1


def _features(keys: list[str]) -> Part:
    """As large a share of all points as the listing has of the features."""
    most = WEIGHTS["features"].most
    # Literal: a feature may begin with a dollar.
    there = {"$size": {"$setIntersection": [{"$literal": keys}, "$featureKeys"]}}

    def points(row: RowData) -> int:
        return math.floor(most * len({*keys} & {*row["featureKeys"]}) / len(keys))

    share = {"$divide": [{"$multiply": [most, there]}, len(keys)]}
    return Part("features", {"$toInt": {"$floor": share}}, points)


def _rooms(name: str, number: float) -> Part:
    """All points for enough rooms, none for fewer."""
    most = WEIGHTS[name].most
    expression = {"$cond": [{"$gte": [f"${name}", number]}, most, 0]}
    return Part(name, expression, lambda row: most if row[name] >= number else 0)
