"""EstateSavedSearch: what a buyer looks for, kept under a name, with word of new homes."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from models import global_id
from models.errors import not_found
from models.estate.agent import AGENTS
from models.estate.buyer_session import BUYER_SESSIONS
from models.estate.saved_search import SAVED_SEARCHES, SavedSearchRow, derived
from models.policy import NOTHING, Filter
from models.validation import build
from resolvers.adjectives import BOOLEANS, TIMES, orders, where
from resolvers.connection import Connection, Edge
from resolvers.listing import REQUIRED, Listing, argument
from resolvers.scalars import Timestamp
from resolvers.table import Node, column, embedded, identity, node, reference, viewer_can
from resolvers.verbs.read import listed, one_by_id
from resolvers.verbs.relate import edge, one
from resolvers.verbs.root import Parameters
from resolvers.verbs.watch import ListChange, watched
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, optional, required

if TYPE_CHECKING:
    from resolvers.estate.buyer_session import EstateBuyerSession


@strawberry.type(description="What a saved search finds; an empty list means that all will do.")
class EstateSearchCriteria:
    minPrice: float | None = column("Least price.")
    maxPrice: float | None = column("Highest price.")
    bedrooms: int | None = column("Least number of bedrooms.")
    bathrooms: float | None = column("Least number of bathrooms, in halves.")
    cities: list[str] = column("Cities, in capital or small letters alike.")
    features: list[str] = column("Features that the home must have, all of them.")


@node(SAVED_SEARCHES, "What a buyer looks for, kept under a name. The buyer's portal and its agent see it.")
class EstateSavedSearch(Node):
    id: strawberry.ID = identity(SAVED_SEARCHES)
    buyerSessionId: strawberry.ID = reference(BUYER_SESSIONS, "buyerSessionId", "Portal of the buyer.")
    buyerSession: Annotated["EstateBuyerSession", strawberry.lazy("resolvers.estate.buyer_session")] | None = one(
        BUYER_SESSIONS, "buyerSessionId", "Portal of the buyer."
    )
    agentId: strawberry.ID = reference(AGENTS, "agentId", "Agent of the portal.")
    searchName: str = column("Name of the search.")
    criteria: EstateSearchCriteria = embedded("What it finds.")
    notificationsEnabled: bool = column("Whether the buyer gets word of homes that are new, cheaper or for sale again.")
    lastRun: Timestamp | None = column("When it was last run, or last found a home by itself; null before.")
    version: int = column("Number that rises with each change, for `expectedVersion`; running it is none.")
    createdAt: Timestamp = column("When it was saved.")
    updatedAt: Timestamp = column("When it was last changed.")
    viewerCanUpdate: bool = viewer_can(SAVED_SEARCHES, "update", "Whether you may change and run it.")
    viewerCanDelete: bool = viewer_can(SAVED_SEARCHES, "delete", "Whether you may delete it.")


OF_BUYER = Listing(
    SAVED_SEARCHES,
    orders("EstateSavedSearch", CREATED_AT=("-createdAt",), NAME=("searchName",)),
    fixed=("buyerSessionId",),
    where=where(SAVED_SEARCHES, notificationsEnabled=BOOLEANS, createdAt=TIMES),
)

WHOSE: Parameters = {
    "buyerSessionId": (argument(strawberry.ID, "Portal whose searches are listed: a buyer's of yours."), REQUIRED)
}


def _of_buyer(given: Mapping[str, Any]) -> Filter:
    key = global_id.decode(BUYER_SESSIONS, given["buyerSessionId"])
    return NOTHING if key is None else {"buyerSessionId": key}


@strawberry.type
class SavedSearchQueries:
    estateSavedSearch: EstateSavedSearch | None = one_by_id(SAVED_SEARCHES, "A saved search.")
    estateSavedSearches: Connection[EstateSavedSearch] = listed(
        OF_BUYER, "The saved searches of a buyer, newest first; for the buyer's portal and its agent.", WHOSE, _of_buyer
    )


@strawberry.type
class SavedSearchSubscriptions:
    estateSavedSearchChanges: ListChange[EstateSavedSearch] = watched(
        OF_BUYER, "The saved searches of a buyer, kept up to date.", WHOSE, _of_buyer
    )


@strawberry.input(description="What a saved search finds; given as a whole, it takes the place of what was there.")
class EstateSearchCriteriaInput:
    minPrice: float | None = optional("Least price, from 0.")
    maxPrice: float | None = optional("Highest price, not below `minPrice`.")
    bedrooms: int | None = optional("Least number of bedrooms, 0 to 1,000.")
    bathrooms: float | None = optional("Least number of bathrooms, 0 to 1,000, in halves.")
    cities: list[str] | None = optional("Cities, at most 100; all unless given.")
    features: list[str] | None = optional("Features that the home must have, at most 100.")


@strawberry.input(description="A search to be saved.")
class EstateSavedSearchCreateInput(Input):
    id: strawberry.ID | None = optional("Id chosen by the client.")
    buyerSessionId: strawberry.ID = required("Portal that it is saved in: your own, or one of a buyer of yours.")
    searchName: str = required("Name of the search, 1 to 200 characters.")
    criteria: EstateSearchCriteriaInput = required("What it finds.")
    notificationsEnabled: bool | None = optional("Whether the buyer gets word of homes; true unless given.")


@strawberry.type(description="The search that was saved.")
class EstateSavedSearchCreatePayload(Payload):
    savedSearch: EstateSavedSearch | None = one(SAVED_SEARCHES, "savedSearch", "The new search.")
    savedSearchEdge: Edge[EstateSavedSearch] | None = edge(
        SAVED_SEARCHES, "savedSearch", OF_BUYER.orders.order(None), "The new search in the list of the buyer's."
    )


async def create(hand: Change, input: EstateSavedSearchCreateInput) -> Outcome:
    """Save a search in a portal that one may see."""
    portal = hand.key(BUYER_SESSIONS, input.buyerSessionId, "buyerSessionId")
    agent = (await hand.readable(BUYER_SESSIONS, portal, "agentId", field="buyerSessionId"))["agentId"]
    # The portal must not be erased before the search is stored in it.
    if await hand.store.write.hold(BUYER_SESSIONS, {"_id": portal, "agentId": agent}) is None:
        raise not_found(BUYER_SESSIONS.noun, "buyerSessionId")
    values = {
        "id": hand.new_key(SAVED_SEARCHES, input.id),
        "buyerSessionId": portal,
        "agentId": agent,
        "searchName": input.searchName,
        "criteria": stated(hand.given["criteria"]),
        "notificationsEnabled": input.notificationsEnabled is not False,
    }
    row = build(SavedSearchRow, values)
    return {"savedSearch": await hand.store.write.insert(SAVED_SEARCHES, row, hand.actor)}


def stated(criteria: Mapping[str, Any]) -> dict[str, Any]:
    """Criteria as they are stored: what is null is as good as not given."""
    return {name: value for name, value in criteria.items() if value is not None}


@strawberry.input(description="Changes to a saved search.")
class EstateSavedSearchUpdateInput(Input):
    id: strawberry.ID = required("Search to change.")
    expectedVersion: int | None = optional("Version that the change was made on; a stale one writes nothing.")
    searchName: str | None = optional("Name of the search, 1 to 200 characters.")
    criteria: EstateSearchCriteriaInput | None = optional(
        "What it finds, as a whole. Homes that are for sale already bring no word; run the search to see them."
    )
    notificationsEnabled: bool | None = optional("Whether the buyer gets word of homes.")


@strawberry.type(description="The search that was changed.")
class EstateSavedSearchUpdatePayload(Payload):
    savedSearch: EstateSavedSearch | None = one(SAVED_SEARCHES, "savedSearch", "The search as it is now.")


async def update(hand: Change, input: EstateSavedSearchUpdateInput) -> Outcome:
    """Change a saved search."""
    key = hand.key(SAVED_SEARCHES, input.id)
    changes = hand.patch("searchName", "criteria", "notificationsEnabled")
    if changes.get("criteria") is not None:
        changes["criteria"] = stated(changes["criteria"])
    changes |= derived(changes)
    await hand.store.write.update(SAVED_SEARCHES, key, hand.actor, changes, expected_version=input.expectedVersion)
    return {"savedSearch": key}


@strawberry.type
class SavedSearchMutations:
    estateSavedSearchCreate: EstateSavedSearchCreatePayload = change(
        create, "Save a search: for yourself in your portal, or as its agent for a buyer."
    )
    estateSavedSearchUpdate: EstateSavedSearchUpdatePayload = change(
        update, "Change a saved search; what is absent stays.", current="savedSearch"
    )
