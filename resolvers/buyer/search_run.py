"""Searching homes for a buyer, now and in the cache: who suits is told by the formula of docs/buyer-search.md."""

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import strawberry

from models.buyer.profile import PROFILES, HomeType
from models.buyer.repliers_listing import REPLIERS_LISTINGS
from models.buyer.search_transaction import RESULTS, SEARCH_TRANSACTIONS, SearchMethod, SearchTransactionRow
from models.buyer.search_transaction import SearchTrigger as Trigger
from models.errors import Code, Refusal, not_found
from models.estate.rules import WORKING_AGENT
from models.estate.texts import folded
from models.store.ask import Ask, Page
from models.table import Order
from models.validation import build
from resolvers.buyer.search_keeping import keep, snapshot
from resolvers.buyer.search_scoring import COLUMNS, Home, Scored, Wishes, dealbroken, scored
from resolvers.buyer.search_taste import taste_of
from resolvers.buyer.search_transaction import BuyerSearchTransaction
from resolvers.verbs.relate import one
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, optional, required

CANDIDATES = 500
"""Homes that are scored; of more, the dearest ones within the bounds."""

TOP, MATCH = 75, 40
"""From these scores on a home is a top pick, or a match."""

PLACES, WISHED = 50, 100
"""Cities or areas in the parameters, and features."""

TEXT_CHARACTERS = 100

BANDS = (0, 20, 40, 60, 80)
"""The lowest scores of the bands in `scoreDistribution`; the last one reaches to 100."""

DEAREST_FIRST = Order(("-price",))


@strawberry.input(description="What is searched for; what is absent is taken from the profile.")
class BuyerSearchParameters:
    cities: list[str] | None = optional(f"Cities, up to {PLACES}, whatever their case; an empty list is anywhere.")
    areas: list[str] | None = optional(f"Areas that are liked, up to {PLACES}.")
    priceMin: int | None = optional("Least price, in whole units of its currency; null is none.")
    priceMax: int | None = optional("Highest price; null is none.")
    bedrooms: int | None = optional("Number of bedrooms, or more.")
    bathrooms: float | None = optional("Number of bathrooms, or more.")
    homeType: HomeType | None = optional("Kind of home; null is any.")
    features: list[str] | None = optional(f"Features that are wanted, up to {WISHED}.")


@strawberry.input(description="A search for homes.")
class BuyerSearchRunInput(Input):
    profileId: strawberry.ID = required("Buyer that homes are searched for, by any version of the profile.")
    parameters: BuyerSearchParameters | None = optional("What is searched for, where it differs from the profile.")
    searchTrigger: Trigger | None = optional("What the search is done for; AGENT_INITIATED unless given.")
    sessionId: str | None = optional("Word that groups related searches, up to 100 characters.")


@strawberry.type(description="The search that was done.")
class BuyerSearchRunPayload(Payload):
    searchTransaction: BuyerSearchTransaction | None = one(
        SEARCH_TRANSACTIONS, "searchTransaction", "The search with what it has found."
    )


async def run(hand: Change, input: BuyerSearchRunInput) -> Outcome:
    """Score the homes in the cache for a buyer, and keep the search."""
    began = time.monotonic()
    profile = await _held(hand, input.profileId)
    wishes = wishes_of(profile, hand.given.get("parameters") or {})
    homes = await _candidates(hand, wishes)
    taste = await taste_of(hand, profile["rootProfileId"])
    suitable = [home for home in homes if not dealbroken(home, wishes.dealbreakers)]
    found = _Found([scored(home, wishes, taste) for home in suitable])
    row = build(
        SearchTransactionRow,
        {
            **{column: profile[column] for column in ("agentId", "rootProfileId")},
            **found.columns,
            "profileId": profile["_id"],
            "sessionId": input.sessionId,
            "profileSnapshot": snapshot(profile),
            "searchParameters": _told(wishes),
            "searchMethod": SearchMethod.BASIC,
            "searchTrigger": input.searchTrigger or Trigger.AGENT_INITIATED,
            "dealbreakerPropertiesCount": len(homes) - len(suitable),
            "totalExecutionTime": int((time.monotonic() - began) * 1000),
        },
    )
    return {"searchTransaction": await keep(hand, row)}


async def _held(hand: Change, text: str) -> dict[str, Any]:
    """The newest version of the profile, which stays until the search is kept."""
    key = hand.key(PROFILES, text, "profileId")
    given = await hand.readable(PROFILES, key, "agentId", "rootProfileId", field="profileId")
    hand.demand(WORKING_AGENT, given, "Searches are run by the buyer's agent, while he is switched on.")
    profile = await hand.store.write.hold(PROFILES, {"rootProfileId": given["rootProfileId"], "current": True})
    if profile is None:
        raise not_found(PROFILES.noun, "profileId")
    return profile


def wishes_of(profile: Mapping[str, Any], given: Mapping[str, Any]) -> Wishes:
    """What is looked for: the parameters as given, and the profile for the rest. Raises `Refusal` for wrong ones."""
    _check(given)
    areas = list(profile["preferredAreas"])
    least = given.get("priceMin", profile.get("budgetMin"))
    most = given.get("priceMax", profile.get("budgetMax"))
    if least is not None and most is not None and most < least:
        raise Refusal(Code.INVALID, f"priceMax must not be below the least price, {least}.", "parameters", "priceMax")
    return Wishes(
        cities=tuple(_given(given, "cities", [profile["location"].split(",")[0], *areas])),
        areas=tuple(_given(given, "areas", areas)),
        priceMin=least,
        priceMax=most,
        priceFlexibility=profile["budgetFlexibility"],
        bedrooms=_given(given, "bedrooms", profile["bedrooms"]),
        bathrooms=_given(given, "bathrooms", _number(profile["bathrooms"])),
        homeType=HomeType(given.get("homeType", profile["homeType"]) or HomeType.OTHER),
        features=tuple(_given(given, "features", profile["mustHaveFeatures"])),
        dealbreakers=tuple(profile["dealbreakers"]),
    )


def _given(given: Mapping[str, Any], name: str, otherwise: Any) -> Any:
    return otherwise if given.get(name) is None else given[name]


def _number(text: str) -> float:
    """The number in a text such as `2+`; 0 without one."""
    found = re.search(r"\d{1,3}(?:\.\d)?", text)
    return float(found[0]) if found else 0.0


def _check(given: Mapping[str, Any]) -> None:
    for name, most in (("cities", PLACES), ("areas", PLACES), ("features", WISHED)):
        texts: Sequence[str] = given.get(name) or ()
        if len(texts) > most:
            raise Refusal(Code.TOO_LONG, f"At most {most} are allowed.", "parameters", name)
        for place, text in enumerate(texts):
            if not text.strip() or "\0" in text or len(text) > TEXT_CHARACTERS:
                message = f"Must have 1 to {TEXT_CHARACTERS} characters that can be seen."
                raise Refusal(Code.INVALID, message, "parameters", name, str(place))
    for name in ("priceMin", "priceMax", "bedrooms", "bathrooms"):
        if (number := given.get(name)) is not None and not 0 <= number <= 2**31 - 1:
            raise Refusal(Code.OUT_OF_RANGE, f"{name} must not be below 0.", "parameters", name)


def _told(wishes: Wishes) -> dict[str, Any]:
    """The parameters as they are kept; the buyer sees them, so that no dealbreaker is among them."""
    told = {name: value for name, value in asdict(wishes).items() if name not in {"dealbreakers", "priceFlexibility"}}
    told["homeType"] = wishes.homeType.value
    return {name: list(value) if isinstance(value, tuple) else value for name, value in told.items()}


async def _candidates(hand: Change, wishes: Wishes) -> list[dict[Any, Any]]:
    """The homes to be had in these cities, with these prices and at most one bedroom less; found by an index."""
    low, high = wishes.prices
    bounds = {"$gte": low or 0} | ({} if high is None else {"$lte": high})
    where: dict[str, Any] = {"status": "active", "price": bounds, "bedrooms": {"$gte": wishes.bedrooms - 1}}
    if wishes.cities:
        where["cityKey"] = {"$in": folded(list(wishes.cities))}
    index = "page_status_city_price" if wishes.cities else "page_status_price"
    ask = Ask(REPLIERS_LISTINGS, COLUMNS, where=where, page=Page(DEAREST_FIRST, CANDIDATES, index))
    return (await hand.store.read.page(ask, hand.actor)).rows


@dataclass(frozen=True, slots=True)
class _Found:
    """The homes that were scored."""

    homes: Sequence[Scored]

    @property
    def columns(self) -> dict[str, Any]:
        """What a search keeps of them."""
        best = sorted((home for home in self.homes if home.score >= MATCH), key=lambda home: -home.score)
        top = sum(home.score >= TOP for home in best)
        return {
            "rawListingsCount": len(self.homes),
            "scoredListingsCount": len(self.homes),
            "topPicksCount": top,
            "otherMatchesCount": len(best) - top,
            "noImageCount": sum(not home.home.get("images") for home in self.homes),
            "visualAnalysisCount": 0,
            "apiCallsCount": 0,
            "averageScore": self._average,
            "scoreDistribution": self._distribution,
            "results": [_result(home.home, home) for home in best[:RESULTS]],
        }

    @property
    def _average(self) -> float | None:
        return round(sum(home.score for home in self.homes) / len(self.homes), 2) if self.homes else None

    @property
    def _distribution(self) -> dict[str, int]:
        ends = [*(band - 1 for band in BANDS[1:]), 100]
        return {
            f"{low}-{high}": sum(low <= home.score <= high for home in self.homes)
            for low, high in zip(BANDS, ends, strict=True)
        }


def _result(home: Home, found: Scored) -> dict[str, Any]:
    return {"listingId": home["_id"], "score": found.score, "reasons": list(found.reasons)}


@strawberry.type
class SearchRunMutations:
    buyerSearchRun: BuyerSearchRunPayload = change(
        run, "Search homes for a buyer of yours, now and in the cache; the open chats talk about it from then on."
    )
