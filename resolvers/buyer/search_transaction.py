"""BuyerSearchTransaction: a search for homes for a buyer, and what it has found."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from models.buyer.profile import PROFILES
from models.buyer.repliers_listing import REPLIERS_LISTINGS
from models.buyer.search_transaction import RESULTS, SEARCH_TRANSACTIONS, SearchMethod, SearchTrigger
from models.estate.agent import AGENTS
from resolvers.adjectives import TIMES, orders, where
from resolvers.buyer.profile_reach import listed_of_buyer, watched_of_buyer
from resolvers.buyer.repliers_listing import BuyerRepliersListing
from resolvers.connection import Connection
from resolvers.listing import Listing
from resolvers.scalars import JSON, Timestamp
from resolvers.table import Node, choice, column, embedded, identity, node, reference
from resolvers.verbs.read import one_by
from resolvers.verbs.relate import one, several
from resolvers.verbs.watch import ListChange

if TYPE_CHECKING:
    from resolvers.buyer.profile import BuyerProfile

choice(
    SearchMethod,
    "BuyerSearchMethod",
    "How a search was done.",
    ENHANCED="With a look at the pictures.",
    BASIC="By what the listings say.",
    HYBRID="Both, one after the other.",
)
choice(
    SearchTrigger,
    "BuyerSearchTrigger",
    "What a search was done for.",
    AGENT_INITIATED="The agent asked for it.",
    PROFILE_UPDATE="The profile has changed.",
    REFINEMENT="An earlier search was made finer.",
)


@strawberry.type(description="A home that a search has found.")
class BuyerSearchResult:
    listingId: strawberry.ID = reference(REPLIERS_LISTINGS, "listingId", "The home; it is also among `listings`.")
    score: int = column("How well it suits, 0 to 100.")
    reasons: list[str] = column("What speaks for it, in words for the buyer.")


@node(SEARCH_TRANSACTIONS, "A search for homes for a buyer. The agent sees it, and the buyer in a chat.")
class BuyerSearchTransaction(Node):
    id: strawberry.ID = identity(SEARCH_TRANSACTIONS)
    transactionId: str = column("UUID of the search.")
    profileId: strawberry.ID = reference(PROFILES, "profileId", "Version of the profile that it was done with.")
    profile: Annotated["BuyerProfile", strawberry.lazy("resolvers.buyer.profile")] | None = one(
        PROFILES, "profileId", "Version of the profile that it was done with."
    )
    agentId: strawberry.ID = reference(AGENTS, "agentId", "Agent of the buyer.")
    sessionId: str | None = column("Word that groups related searches; no chat.")
    profileSnapshot: JSON | None = column("What the profile said then; for the agent alone.")
    searchParameters: JSON = column("What was searched for.")
    searchMethod: SearchMethod = column("How it was done.")
    searchTrigger: SearchTrigger = column("What it was done for.")
    rawListingsCount: int = column("Number of homes that were looked at; those with a dealbreaker are left out.")
    scoredListingsCount: int = column("Number of homes that were given a score.")
    topPicksCount: int = column("Number of homes that suit very well.")
    otherMatchesCount: int = column("Number of homes that suit less well.")
    noImageCount: int = column("Number of homes without a picture.")
    visualAnalysisCount: int | None = column("Number of homes whose pictures were looked at; for the agent alone.")
    totalExecutionTime: int | None = column("How long it took, in milliseconds; for the agent alone.")
    apiCallsCount: int | None = column("Number of calls of outside sources; for the agent alone.")
    visualAnalysisTime: int | None = column("How long pictures took, in milliseconds; for the agent alone.")
    averageScore: float | None = column("Mean score, 0 to 100; null without a home.")
    scoreDistribution: JSON | None = column("Number of homes by bands of scores.")
    dealbreakerPropertiesCount: int | None = column("Number of homes with a dealbreaker; for the agent alone.")
    results: list[BuyerSearchResult] = embedded(f"The best homes with their scores, best first, {RESULTS} at most.")
    listings: list[BuyerRepliersListing] = several(
        REPLIERS_LISTINGS, "listingIds", "The same homes, as the cache has them now."
    )
    version: int = column("Always 1: searches do not change.")
    createdAt: Timestamp = column("When it was done.")
    updatedAt: Timestamp = column("The same.")


OF_BUYER = Listing(
    SEARCH_TRANSACTIONS,
    orders("BuyerSearchTransaction", CREATED_AT=("-createdAt",)),
    fixed=("rootProfileId",),
    where=where(SEARCH_TRANSACTIONS, createdAt=TIMES),
)


@strawberry.type
class SearchTransactionQueries:
    buyerSearchTransaction: BuyerSearchTransaction | None = one_by(
        SEARCH_TRANSACTIONS, "transactionId", "A search for a buyer.", "UUID of the search."
    )
    buyerSearchTransactions: Connection[BuyerSearchTransaction] = listed_of_buyer(
        OF_BUYER, "The searches for a buyer, newest first."
    )


@strawberry.type
class SearchTransactionSubscriptions:
    buyerSearchTransactionChanges: ListChange[BuyerSearchTransaction] = watched_of_buyer(
        OF_BUYER, "The searches for a buyer, as they are done."
    )
