"""How well a home suits a buyer, 0 to 100: the formula of docs/buyer-search.md, word by word."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from models.buyer.profile import HomeType
from models.buyer.search_transaction import REASONS
from models.estate.texts import fold, folded

PRICE, PLACE, BEDROOMS, BATHROOMS, HOME_TYPE, FEATURES = 25, 20, 15, 10, 10, 20
"""Points of each part; together 100."""

FEWER_BEDROOMS, FEWER_BATHROOMS = 5, 5
"""Points for one room less than was asked for."""

SLACK = 0.2
"""By how much of a bound the price may be beyond it for a buyer whose budget is wholly flexible."""

LIKENESS = 10
"""Points that homes like those which the buyer liked gain at most, and the others lose."""

ALIKE = 3
"""From so many points of likeness on it is a reason."""

REASON_CHARACTERS = 200

Home = Mapping[str, Any]

COLUMNS = frozenset(
    {"price", "bedrooms", "bathrooms", "city", "address", "propertyType", "features", "description", "images"}
)
"""The columns of a listing that are looked at."""

_WORDS = {
    HomeType.CONDO: ("condo", "condominium"),
    HomeType.TOWNHOUSE: ("townhouse", "townhome", "town house", "town home", "rowhouse"),
    HomeType.SINGLE_FAMILY: ("single family", "single-family", "detached", "house"),
    HomeType.DUPLEX: ("duplex",),
    HomeType.APARTMENT: ("apartment", "flat"),
}
"""The words of sources for each kind of home; `other` is any."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is looked for. Prices are whole units of the currency, `priceFlexibility` is a percentage."""

    cities: Sequence[str] = ()
    areas: Sequence[str] = ()
    priceMin: int | None = None
    priceMax: int | None = None
    priceFlexibility: int = 0
    bedrooms: int = 0
    bathrooms: float = 0
    homeType: HomeType = HomeType.OTHER
    features: Sequence[str] = ()
    dealbreakers: Sequence[str] = ()

    @property
    def prices(self) -> tuple[int | None, int | None]:
        """The bounds beyond which a home is not looked at."""
        slack = SLACK * self.priceFlexibility / 100
        low = None if self.priceMin is None else math.floor(self.priceMin * (1 - slack))
        high = None if self.priceMax is None else math.ceil(self.priceMax * (1 + slack))
        return low, high


@dataclass(frozen=True, slots=True)
class Taste:
    """What the buyer's reactions say: points by home, and how much each trait of homes is liked, -1 to 1."""

    points: Mapping[Any, float] = field(default_factory=dict)
    traits: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scored:
    """A home with its score and what speaks for it, in words for the buyer."""

    home: Home
    score: int
    reasons: tuple[str, ...]


Part = tuple[float, str | None]
"""Points, and the reason for them where they speak for the home."""


def scored(home: Home, wishes: Wishes, taste: Taste) -> Scored:
    """The home's score; what is private in a profile is in no reason."""
    parts = [
        _price(home, wishes),
        _place(home, wishes),
        _bedrooms(home, wishes),
        _bathrooms(home, wishes),
        _home_type(home, wishes),
        *_features(home, wishes),
        *_reactions(home, taste),
    ]
    points = math.floor(sum(points for points, _ in parts) + 0.5)
    reasons = tuple(reason[:REASON_CHARACTERS] for _, reason in parts if reason is not None)
    return Scored(home, min(max(points, 0), 100), reasons[:REASONS])


def dealbroken(home: Home, dealbreakers: Iterable[str]) -> bool:
    """Whether the home has what the buyer does not take, or lacks what a dealbreaker of `no …` names."""
    text = _said(home)
    for dealbreaker in map(fold, dealbreakers):
        lacking = re.match(r"(?:no|without) (.+)", dealbreaker)
        if (says(text, lacking[1]) is False) if lacking else says(text, dealbreaker):
            return True
    return False


def says(text: str, phrase: str) -> bool:
    """Whether a text names something, as whole words and not after `no` or `without`."""
    return re.search(rf"(?<!\w)(?<!\bno )(?<!\bwithout ){re.escape(fold(phrase))}(?!\w)", text) is not None


def traits(home: Home) -> list[str]:
    """By what homes are alike: their kind, their city and each feature."""
    features = (f"feature {feature}" for feature in folded(home.get("features") or []))
    return [f"type {fold(home['propertyType'])}", f"city {fold(home['city'])}", *features]


def _said(home: Home) -> str:
    return fold(" | ".join([home["propertyType"], *(home.get("features") or []), home.get("description") or ""]))


def _price(home: Home, wishes: Wishes) -> Part:
    price = home["price"]
    least, most = wishes.priceMin, wishes.priceMax
    low, high = wishes.prices
    if least is not None and low is not None and price < least:
        return PRICE * max(0.0, (price - low) / max(least - low, 1)), None
    if most is not None and high is not None and price > most:
        return PRICE * max(0.0, (high - price) / max(high - most, 1)), None
    return PRICE, None if least is None and most is None else "Within the budget."


def _place(home: Home, wishes: Wishes) -> Part:
    in_city = not wishes.cities or fold(home["city"]) in folded(list(wishes.cities))
    whole = PLACE if not wishes.areas else PLACE / 2
    where = fold(" | ".join([home["address"], home["city"], home.get("description") or ""]))
    area = next((area for area in wishes.areas if says(where, area)), None)
    points = (whole if in_city else 0.0) + (PLACE / 2 if area else 0.0)
    named = area or (home["city"] if wishes.cities and in_city else None)
    return points, f"In {named}." if named else None


def _bedrooms(home: Home, wishes: Wishes) -> Part:
    if home["bedrooms"] >= wishes.bedrooms:
        return BEDROOMS, f"Bedrooms: {home['bedrooms']}." if wishes.bedrooms else None
    return (FEWER_BEDROOMS if home["bedrooms"] == wishes.bedrooms - 1 else 0), None


def _bathrooms(home: Home, wishes: Wishes) -> Part:
    if home["bathrooms"] >= wishes.bathrooms:
        return BATHROOMS, f"Bathrooms: {home['bathrooms']:g}." if wishes.bathrooms else None
    return (FEWER_BATHROOMS if home["bathrooms"] >= wishes.bathrooms - 1 else 0), None


def _home_type(home: Home, wishes: Wishes) -> Part:
    words = _WORDS.get(wishes.homeType)
    if words is None:
        return HOME_TYPE, None
    fits = any(says(fold(home["propertyType"]), word) for word in words)
    return (HOME_TYPE, f"The kind of home: {home['propertyType']}.") if fits else (0, None)


def _features(home: Home, wishes: Wishes) -> list[Part]:
    if not wishes.features:
        return [(FEATURES, None)]
    text, each = _said(home), FEATURES / len(wishes.features)
    return [(each, f"Has {feature}.") for feature in wishes.features if says(text, feature)]


def _reactions(home: Home, taste: Taste) -> list[Part]:
    own = taste.points.get(home.get("_id"), 0.0)
    known = [taste.traits[trait] for trait in traits(home) if trait in taste.traits]
    likeness = LIKENESS * sum(known) / len(known) if known else 0.0
    return [
        (own, "You liked it before." if own > 0 else None),
        (likeness, "Like homes that you liked." if likeness >= ALIKE else None),
    ]
