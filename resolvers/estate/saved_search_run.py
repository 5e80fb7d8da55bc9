"""A saved search is run: the homes for sale that it finds now."""

from typing import Any

import strawberry

from models import global_id
from models.clock import now
from models.errors import Code, Refusal
from models.estate.criteria import found_by
from models.estate.listing import LISTINGS
from models.estate.saved_search import KEEPERS, SAVED_SEARCHES
from models.estate.saved_search_match import FOR_SALE
from models.policy import NOTHING, Filter, both
from models.store.ask import Ask, Page
from models.table import Order
from resolvers.adjectives import orders
from resolvers.connection import Connection
from resolvers.estate.listing import EstateListing
from resolvers.estate.saved_search import EstateSavedSearch
from resolvers.listing import PAGE_SIZE, REQUIRED, Listing, argument
from resolvers.plan import Listed
from resolvers.selection import Call
from resolvers.verbs.relate import one, several
from resolvers.verbs.root import Parameters, root
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, optional, required

MOST = 100
"""Homes that a run shows at once."""

FOUND = Listing(
    LISTINGS,
    orders("EstateSavedSearchResult", UPDATED_AT=("-updatedAt",), CREATED_AT=("-createdAt",), PRICE=("price",)),
    fixed=("status",),
    scope=lambda _actor: FOR_SALE,
)

WHICH: Parameters = {"savedSearchId": (argument(strawberry.ID, "Search whose homes are listed."), REQUIRED)}


async def _results(call: Call) -> Any:
    ask = FOUND.ask(call, call.arguments, call.below.page, await _within(call))
    return await call.context.store.read.page(ask, call.context.actor)


async def _within(call: Call) -> Filter:
    """The listings within the criteria of the search; none for a search that the caller may not see."""
    key = global_id.decode(SAVED_SEARCHES, call.arguments["savedSearchId"])
    if key is None:
        return NOTHING
    ask = Ask(SAVED_SEARCHES, frozenset({"criteria"}), where={"_id": key})
    search = await call.context.store.read.one(ask, call.context.actor)
    return NOTHING if search is None else found_by(search.get("criteria") or {})


@strawberry.type
class SavedSearchRunQueries:
    estateSavedSearchResults: Connection[EstateListing] = root(
        _results,
        "The homes for sale that a saved search finds now, last changed first; for the buyer's portal and its agent.",
        {**WHICH, **FOUND.parameters()},
        need=Listed(FOUND),
    )


@strawberry.input(description="A saved search to run.")
class EstateSavedSearchRunInput(Input):
    id: strawberry.ID = required("Search to run.")
    first: int | None = optional(f"Number of homes to show, 1 to {MOST}; {PAGE_SIZE} unless given.")


@strawberry.type(description="What a saved search has found.")
class EstateSavedSearchRunPayload(Payload):
    savedSearch: EstateSavedSearch | None = one(SAVED_SEARCHES, "savedSearch", "The search, with its new `lastRun`.")
    results: list[EstateListing] = several(
        LISTINGS, "results", "The homes, last changed first; `estateSavedSearchResults` has all of them."
    )


async def run(hand: Change, input: EstateSavedSearchRunInput) -> Outcome:
    """Find what a saved search finds now, and note when that was."""
    number = PAGE_SIZE if input.first is None else input.first
    if not 1 <= number <= MOST:
        raise Refusal(Code.OUT_OF_RANGE, f"first must be between 1 and {MOST}, not {number}.", "first")
    key = hand.key(SAVED_SEARCHES, input.id)
    row = await hand.readable(SAVED_SEARCHES, key, "criteria", "buyerSessionId", "agentId")
    hand.demand(KEEPERS, row, "Only the buyer, or the agent while switched on, runs it.")
    order = Order(("-updatedAt",))
    page = Page(order, number, FOUND.index(order))
    ask = Ask(LISTINGS, frozenset({"_id"}), where=both(FOR_SALE, found_by(row["criteria"])), page=page)
    found = await hand.store.read.page(ask, hand.actor)
    # Quietly: nobody's edit of the search goes stale by it.
    await hand.store.write.effect_one(SAVED_SEARCHES, {"_id": key}, {"$max": {"lastRun": now()}}, quiet=True)
    return {"savedSearch": key, "results": [listing["_id"] for listing in found.rows]}


@strawberry.type
class SavedSearchRunMutations:
    estateSavedSearchRun: EstateSavedSearchRunPayload = change(run, "Run a saved search, and note that it was run.")
