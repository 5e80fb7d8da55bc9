"""EstateSavedSearchMatch: a home that a saved search has found by itself."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from models import global_id
from models.estate.agent import AGENTS
from models.estate.buyer_session import BUYER_SESSIONS
from models.estate.listing import LISTINGS
from models.estate.saved_search import SAVED_SEARCHES
from models.estate.saved_search_match import SAVED_SEARCH_MATCHES, Reason
from models.policy import NOTHING, Filter
from resolvers.adjectives import TIMES, choices, orders, where
from resolvers.connection import Connection
from resolvers.estate.saved_search import EstateSavedSearch
from resolvers.listing import REQUIRED, Listing, argument
from resolvers.scalars import Timestamp
from resolvers.table import Node, choice, column, identity, node, reference
from resolvers.verbs.read import listed
from resolvers.verbs.relate import one
from resolvers.verbs.root import Parameters
from resolvers.verbs.watch import ListChange, watched

if TYPE_CHECKING:
    from resolvers.estate.listing import EstateListing

choice(
    Reason,
    "EstateSavedSearchMatchReason",
    "Why a saved search has given word of a home.",
    NEW="It is new.",
    PRICE_CUT="It costs less than before.",
    BACK_ON_MARKET="It is for sale again.",
)


@node(SAVED_SEARCH_MATCHES, "A home that a saved search has found by itself. The buyer's portal and its agent see it.")
class EstateSavedSearchMatch(Node):
    id: strawberry.ID = identity(SAVED_SEARCH_MATCHES)
    savedSearchId: strawberry.ID = reference(SAVED_SEARCHES, "savedSearchId", "Search that has found it.")
    savedSearch: EstateSavedSearch | None = one(SAVED_SEARCHES, "savedSearchId", "Search that has found it.")
    listingId: strawberry.ID = reference(LISTINGS, "listingId", "The home.")
    listing: Annotated["EstateListing", strawberry.lazy("resolvers.estate.listing")] | None = one(
        LISTINGS, "listingId", "The home as it is now; null when you may not see it any more."
    )
    buyerSessionId: strawberry.ID = reference(BUYER_SESSIONS, "buyerSessionId", "Portal of the buyer.")
    agentId: strawberry.ID = reference(AGENTS, "agentId", "Agent of the portal.")
    price: float = column("Price that was asked when it was found.")
    reason: Reason = column("Why it was found.")
    matchedAt: Timestamp = column("When it was found.")
    version: int = column("Always 1: matches do not change.")
    createdAt: Timestamp = column("When it was stored.")
    updatedAt: Timestamp = column("The same.")


OF_SEARCH = Listing(
    SAVED_SEARCH_MATCHES,
    orders("EstateSavedSearchMatch", MATCHED_AT=("-matchedAt",)),
    fixed=("savedSearchId",),
    where=where(SAVED_SEARCH_MATCHES, matchedAt=TIMES, reason=choices(Reason, "EstateSavedSearchMatchReason")),
)

WHICH: Parameters = {"savedSearchId": (argument(strawberry.ID, "Search whose matches are listed."), REQUIRED)}


def _of_search(given: Mapping[str, Any]) -> Filter:
    key = global_id.decode(SAVED_SEARCHES, given["savedSearchId"])
    return NOTHING if key is None else {"savedSearchId": key}


@strawberry.type
class SavedSearchMatchQueries:
    estateSavedSearchMatches: Connection[EstateSavedSearchMatch] = listed(
        OF_SEARCH,
        "What a saved search has found by itself, latest first; for the buyer's portal and its agent.",
        WHICH,
        _of_search,
    )


@strawberry.type
class SavedSearchMatchSubscriptions:
    estateSavedSearchMatchChanges: ListChange[EstateSavedSearchMatch] = watched(
        OF_SEARCH, "What a saved search finds by itself, as it finds it.", WHICH, _of_search
    )
