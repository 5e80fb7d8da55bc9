"""The searches for the demo's buyers, scored as the server itself scores."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from graphql_api.demo import keys
from graphql_api.demo.advisors import DAY
from graphql_api.demo.buyer import cache
from models.buyer.profile import ProfileRow
from models.buyer.search_transaction import (
    RESULTS,
    SearchMethod,
    SearchResult,
    SearchTransactionRow,
    SearchTrigger,
)
from models.table import document
from resolvers.buyer.search_keeping import snapshot
from resolvers.buyer.search_run import BANDS, MATCH, TOP, wishes_of
from resolvers.buyer.search_scoring import Home, Scored, Taste, Wishes, dealbroken, scored

AFTER = DAY // 12
"""Milliseconds from a version of the profile to the search for it."""


@dataclass(frozen=True, slots=True)
class Search:
    """A search with the homes that it is about, best first."""

    row: SearchTransactionRow
    homes: Sequence[Home]


def searches(versions: Sequence[ProfileRow], cached: int, now: int) -> list[Search]:
    """One search for the first version, and one for the newest if that is another."""
    found = [_search(versions[0], SearchTrigger.AGENT_INITIATED, cached, now)]
    if len(versions) > 1:
        found.append(_search(versions[-1], SearchTrigger.PROFILE_UPDATE, cached, now))
    return found


def _search(profile: ProfileRow, trigger: SearchTrigger, cached: int, now: int) -> Search:
    known = document(profile)
    wishes = wishes_of(known, {})
    there = cache.in_city(wishes.cities[0], cached, now)
    affordable = [home for home in there if _within(home, wishes)]
    kept = [home for home in affordable if not dealbroken(home, wishes.dealbreakers)]
    marks = sorted((scored(home, wishes, Taste()) for home in kept), key=lambda home: -home.score)
    chance, at = keys.chance("search", str(profile.id)), profile.createdAt + AFTER
    row = SearchTransactionRow(
        id=keys.fixed("search", str(profile.id)),
        transactionId=str(UUID(bytes=chance.randbytes(16), version=4)),
        profileId=profile.id,
        rootProfileId=profile.rootProfileId,
        agentId=profile.agentId,
        profileSnapshot=snapshot(known),
        searchParameters=_parameters(wishes),
        searchMethod=SearchMethod.BASIC,
        searchTrigger=trigger,
        totalExecutionTime=chance.randint(12, 60),
        apiCallsCount=0,
        visualAnalysisCount=0,
        dealbreakerPropertiesCount=len(affordable) - len(kept),
        **_figures(marks),
        createdAt=at,
        updatedAt=at,
    )
    # Where nothing suits, the talk is about what there is.
    return Search(row, [mark.home for mark in marks if mark.score >= MATCH] or there)


def _within(home: Home, wishes: Wishes) -> bool:
    low, high = wishes.prices
    price: int = home["price"]
    bedrooms: int = home["bedrooms"]
    return (low or 0) <= price <= (high or price) and bedrooms >= wishes.bedrooms - 1


def _figures(marks: Sequence[Scored]) -> dict[str, Any]:
    best = [mark for mark in marks if mark.score >= MATCH]
    top = sum(mark.score >= TOP for mark in marks)
    ends = [*(band - 1 for band in BANDS[1:]), 100]
    return {
        "rawListingsCount": len(marks),
        "scoredListingsCount": len(marks),
        "topPicksCount": top,
        "otherMatchesCount": len(best) - top,
        "noImageCount": 0,
        "averageScore": round(sum(mark.score for mark in marks) / len(marks), 2) if marks else None,
        "scoreDistribution": {
            f"{low}-{high}": sum(low <= mark.score <= high for mark in marks)
            for low, high in zip(BANDS, ends, strict=True)
        },
        "results": [
            SearchResult(listingId=mark.home["_id"], score=mark.score, reasons=list(mark.reasons))
            for mark in best[:RESULTS]
        ],
    }


def _parameters(wishes: Wishes) -> dict[str, Any]:
    """The parameters without what is private in a profile."""
    told = {name: value for name, value in asdict(wishes).items() if name not in {"dealbreakers", "priceFlexibility"}}
    told["homeType"] = wishes.homeType.value
    return {name: list(value) if isinstance(value, tuple) else value for name, value in told.items()}
