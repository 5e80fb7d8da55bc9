"""Keeping a search that the search service has done by its own means."""

from collections.abc import Mapping, Sequence
from typing import Any

import strawberry

from models.buyer.profile import PROFILES
from models.buyer.repliers_listing import REPLIERS_LISTINGS
from models.buyer.search_transaction import (
    RESULTS,
    SEARCH_TRANSACTIONS,
    SearchMethod,
    SearchTransactionRow,
    SearchTrigger,
)
from models.errors import Code, Refusal, not_found
from models.estate.rules import SEARCH
from models.store.ask import Ask
from models.validation import build
from resolvers.buyer.search_keeping import keep, snapshot
from resolvers.buyer.search_transaction import BuyerSearchTransaction
from resolvers.scalars import JSON
from resolvers.verbs.relate import one
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, optional, required

FIGURES = (
    *("transactionId", "sessionId", "searchParameters", "searchMethod", "searchTrigger"),
    *("rawListingsCount", "scoredListingsCount", "topPicksCount", "otherMatchesCount", "noImageCount"),
    *("visualAnalysisCount", "totalExecutionTime", "apiCallsCount", "visualAnalysisTime"),
    *("averageScore", "scoreDistribution", "dealbreakerPropertiesCount"),
)
"""The columns that the service tells."""


@strawberry.input(description="A home that a search has found.")
class BuyerSearchResultInput:
    listingId: strawberry.ID = required("The home in the cache.")
    score: int = required("How well it suits, 0 to 100.")
    reasons: list[str] | None = optional("What speaks for it, in words for the buyer; up to 20.")


@strawberry.input(description="A search that was done.")
class BuyerSearchTransactionRecordInput(Input):
    profileId: strawberry.ID = required("Version of the profile that it was done with.")
    transactionId: str | None = optional("UUID of the search, in small letters; a fresh one unless given.")
    sessionId: str | None = optional("Word that groups related searches, up to 100 characters.")
    searchParameters: JSON = required("What was searched for; the buyer sees it.")
    searchMethod: SearchMethod = required("How it was done.")
    searchTrigger: SearchTrigger = required("What it was done for.")
    rawListingsCount: int = required("Number of homes that were looked at.")
    scoredListingsCount: int = required("Number of homes that were given a score.")
    topPicksCount: int = required("Number of homes that suit very well.")
    otherMatchesCount: int = required("Number of homes that suit less well.")
    noImageCount: int = required("Number of homes without a picture.")
    visualAnalysisCount: int = required("Number of homes whose pictures were looked at.")
    totalExecutionTime: int = required("How long it took, in milliseconds.")
    apiCallsCount: int = required("Number of calls of outside sources.")
    visualAnalysisTime: int | None = optional("How long pictures took, in milliseconds.")
    averageScore: float | None = optional("Mean score, 0 to 100.")
    scoreDistribution: JSON | None = optional("Number of homes by bands of scores.")
    dealbreakerPropertiesCount: int | None = optional("Number of homes with a dealbreaker.")
    results: list[BuyerSearchResultInput] | None = optional(f"The best homes, best first, up to {RESULTS}.")


@strawberry.type(description="The search that was kept.")
class BuyerSearchTransactionRecordPayload(Payload):
    searchTransaction: BuyerSearchTransaction | None = one(SEARCH_TRANSACTIONS, "searchTransaction", "The search.")


async def record(hand: Change, input: BuyerSearchTransactionRecordInput) -> Outcome:
    """Keep a search of the service, as the buyer's latest one."""
    hand.demand(SEARCH, {}, "Searches are recorded by the search service; run your own by buyerSearchRun.")
    profile = await hand.store.write.hold(PROFILES, {"_id": hand.key(PROFILES, input.profileId, "profileId")})
    if profile is None:
        raise not_found(PROFILES.noun, "profileId")
    row = build(
        SearchTransactionRow,
        {
            **hand.patch(*FIGURES),
            **{column: profile[column] for column in ("agentId", "rootProfileId")},
            "profileId": profile["_id"],
            "profileSnapshot": snapshot(profile),
            "results": await _results(hand, hand.given.get("results") or []),
        },
    )
    return {"searchTransaction": await keep(hand, row)}


async def _results(hand: Change, given: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The homes as they are kept. Raises NOT_FOUND for one that is not in the cache."""
    if len(given) > RESULTS:
        raise Refusal(Code.TOO_LONG, f"A search keeps {RESULTS} homes.", "results")
    places = enumerate(given)
    keys = [
        hand.key(REPLIERS_LISTINGS, result["listingId"], "results", str(place), "listingId") for place, result in places
    ]
    there = await hand.store.read.several(Ask(REPLIERS_LISTINGS), keys, hand.actor)
    for place, key in enumerate(keys):
        if key not in there:
            raise not_found(REPLIERS_LISTINGS.noun, "results", str(place), "listingId")
    return [
        {"listingId": key, "score": result["score"], "reasons": result.get("reasons") or []}
        for key, result in zip(keys, given, strict=True)
    ]


@strawberry.type
class SearchTransactionRecordMutations:
    buyerSearchTransactionRecord: BuyerSearchTransactionRecordPayload = change(
        record, "Keep a search that was done for a buyer; for the search service."
    )
