"""What a free text says of a buyer, by a small grammar of English phrases; no model reads it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import takewhile

from models.buyer.profile import BEDROOMS, HomeType
from models.buyer.values import INT

SURE_EACH = 12
"""Per cent of confidence for each of the five main things that are found: never above 60, nothing being understood."""

NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")

FEATURES = (
    *("home office", "open kitchen", "air conditioning", "central heating", "swimming pool", "walk-in closet"),
    *("garden", "yard", "garage", "parking", "balcony", "terrace", "patio", "deck", "pool", "fireplace", "basement"),
    *("attic", "elevator", "laundry", "office", "storage", "view", "gym", "doorman", "driveway", "stairs", "hoa"),
)
"""Features that are known, the longer names first."""

_KINDS = (
    (HomeType.TOWNHOUSE, r"town ?(?:house|home)|row ?house"),
    (HomeType.CONDO, r"condo(?:minium)?"),
    (HomeType.DUPLEX, r"duplex"),
    (HomeType.APARTMENT, r"apartment|flat"),
    (HomeType.SINGLE_FAMILY, r"single[- ]family(?: home| house)?|detached(?: home| house)?|house"),
)
_UNITS = {"k": 1_000, "thousand": 1_000, "m": 1_000_000, "mil": 1_000_000, "million": 1_000_000}
_UNIT = r"(?:k|thousand|million|mil|m)\b"
_AMOUNT = rf"\$?\s?\d[\d,]{{0,11}}(?:\.\d{{1,3}})?\s?(?:{_UNIT})?"
_RANGE = re.compile(
    rf"(?:between\s+|from\s+)?(?P<low>{_AMOUNT})\s?(?:-|–|to|and)\s?(?P<high>{_AMOUNT})",  # noqa: RUF001  # as written
    re.IGNORECASE,
)
_MOST = re.compile(
    rf"(?:up to|under|below|at most|no more than|max(?:imum)?(?: of)?|budget(?: is| of)?(?: about| around)?:?)\s+"
    rf"(?P<amount>{_AMOUNT})",
    re.IGNORECASE,
)
_LEAST = re.compile(rf"(?:at least|over|above|more than|min(?:imum)?(?: of)?)\s+(?P<amount>{_AMOUNT})", re.IGNORECASE)
_MONEY = 10_000
"""What is less and has neither a currency nor a unit is no price."""

_NUMBER = rf"(?P<number>\d{{1,2}}(?:\.5)?|{'|'.join(NUMBERS)})"
_MORE = r"(?P<more>\s?\+|\s?or more)?"
# ASCII, for Unicode takes a dotless i or a long s for the letters, in words that are then no number of ours.
_BEDS = re.compile(rf"\b{_NUMBER}{_MORE}[\s-]?(?:bed(?:room)?s?|bdrms?|br)\b", re.IGNORECASE | re.ASCII)
_BATHS = re.compile(rf"\b{_NUMBER}{_MORE}[\s-]?(?:bath(?:room)?s?|ba)\b", re.IGNORECASE | re.ASCII)
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_PHONE = re.compile(r"\+?\(?\d{2,4}\)?(?:[ .-]\d{2,4}){2,4}")
_WORD = r"[A-Z][\w'’-]{0,40}"  # noqa: RUF001  # as people write it
_PROPER = rf"{_WORD}(?: {_WORD}){{0,3}}"
_NAME = re.compile(rf"(?:[Mm]y name is|[Nn]ame:|[Cc]lient:|[Bb]uyer:)\s*(?P<name>{_PROPER})")
_IN = re.compile(rf"\b[Ii]n\s+(?P<place>{_PROPER})")
_NEAR = re.compile(rf"\b(?:near|around|close to|by)\s+(?P<places>{_PROPER}(?:(?:, | and | or ){_PROPER}){{0,9}})")
_AND = re.compile(r", | and | or ")
_REFUSED = re.compile(
    r"\b(?:no|not|without|avoid|never|(?:do not|don't|doesn't|does not) (?:want|need|like)) (?:an? |any )?$"
)
_BACK = 40


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found; None where the text does not say it."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None
    location: str | None = None
    budget: str | None = None
    budgetMin: int | None = None
    budgetMax: int | None = None
    homeType: HomeType | None = None
    bedrooms: int | None = None
    bathrooms: str | None = None
    mustHaveFeatures: list[str] = field(default_factory=list)
    dealbreakers: list[str] = field(default_factory=list)
    preferredAreas: list[str] = field(default_factory=list)

    @property
    def confidence(self) -> int:
        """How sure the reading is, 0 to 60 per cent."""
        main = (self.budget, self.bedrooms, self.bathrooms, self.homeType, self.location)
        return SURE_EACH * sum(value is not None for value in main)


def read(text: str) -> Reading:
    """The reading of a text. The same text is always read alike."""
    wanted, refused = _features(text)
    words, least, most = _budget(text)
    beds, baths = _BEDS.search(text), _BATHS.search(text)
    return Reading(
        name=_named(_NAME, text, "name"),
        email=_whole(_EMAIL, text),
        phone=_whole(_PHONE, text),
        location=_named(_IN, text, "place"),
        budget=words,
        budgetMin=least,
        budgetMax=most,
        homeType=_kind(text),
        bedrooms=None if beds is None else min(int(_counted(beds)), BEDROOMS),
        bathrooms=None if baths is None else f"{_counted(baths):g}{'+' if baths['more'] else ''}",
        mustHaveFeatures=wanted,
        dealbreakers=refused,
        preferredAreas=_areas(text),
    )


def _whole(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.search(text)
    return found[0] if found else None


def _named(pattern: re.Pattern[str], text: str, group: str) -> str | None:
    found = pattern.search(text)
    return found[group] if found else None


def _counted(found: re.Match[str]) -> float:
    number = found["number"].lower()
    return float(NUMBERS.index(number)) if number in NUMBERS else float(number)


def _budget(text: str) -> tuple[str | None, int | None, int | None]:
    """The words of the budget, and its bounds."""
    for found in _RANGE.finditer(text):
        unit = _unit(found["high"])
        low, high = _money(found["low"], unit), _money(found["high"])
        if low is not None and high is not None and low <= high:
            return found[0].strip(), low, high
    for pattern, upper in ((_MOST, True), (_LEAST, False)):
        for found in pattern.finditer(text):
            amount = _money(found["amount"])
            if amount is not None:
                return found[0].strip(), None if upper else amount, amount if upper else None
    return None, None, None


def _unit(text: str) -> str:
    found = re.search(_UNIT, text, re.IGNORECASE)
    return found[0].lower() if found else ""


def _money(text: str, unit: str = "") -> int | None:
    """The amount in whole units of the currency; None for a number that is no price."""
    own = _unit(text) or unit
    digits = "".join(takewhile(lambda letter: letter in "0123456789.,", text.replace("$", "").strip()))
    amount = float(digits.replace(",", "").rstrip(".") or 0) * _UNITS.get(own, 1)
    is_price = own or "$" in text or amount >= _MONEY
    return int(amount) if is_price and amount <= INT else None


def _kind(text: str) -> HomeType | None:
    """The kind of home that is named first."""
    places = [
        (found.start(), number, kind)
        for number, (kind, words) in enumerate(_KINDS)
        if (found := re.search(rf"\b(?:{words})s?\b", text, re.IGNORECASE))
    ]
    return min(places)[2] if places else None


def _features(text: str) -> tuple[list[str], list[str]]:
    """The features that are wanted, and those that are refused, each once and in the order of the text."""
    small = text.lower()
    wanted: list[str] = []
    refused: list[str] = []
    for place, feature in sorted(_mentions(small)):
        kept = refused if _REFUSED.search(small[max(0, place - _BACK) : place]) else wanted
        if feature not in kept:
            kept.append(feature)
    return wanted, refused


def _mentions(small: str) -> Iterator[tuple[int, str]]:
    """Each feature where it stands, the longest name at a place alone."""
    taken: set[int] = set()
    for feature in FEATURES:
        for found in re.finditer(rf"\b{re.escape(feature)}\b", small):
            if taken.isdisjoint(range(found.start(), found.end())):
                taken.update(range(found.start(), found.end()))
                yield found.start(), feature


def _areas(text: str) -> list[str]:
    found = [place for match in _NEAR.finditer(text) for place in _AND.split(match["places"])]
    return list(dict.fromkeys(found))[:100]
