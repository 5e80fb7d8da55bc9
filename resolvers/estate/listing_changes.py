"""Listings, kept up to date: those of one status, one's own, or a single one whatever becomes of it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import strawberry

from models import global_id
from models.estate.listing import LISTINGS, ListingStatus
from models.policy import NOTHING, Filter
from models.store.ask import Ask
from resolvers.estate.listing import ANY_STATUS, MINE, OFFERED, EstateListing, of_status
from resolvers.geography import PLACES
from resolvers.listing import argument
from resolvers.selection import Call
from resolvers.verbs.watch import ListChange, watch, watched

LEFT_OUT = {"after", "before", "search", *PLACES}
"""What a list that stays up to date does not take."""

WHICH = {
    "id": (argument(strawberry.ID | None, "Only this listing, whatever its status."), strawberry.UNSET),
    "status": (
        argument(ListingStatus | None, "Status of the listings: ACTIVE, unless given or `id` is."),
        strawberry.UNSET,
    ),
}


def _asked(call: Call) -> Ask:
    given = {name: value for name, value in call.arguments.items() if name != "after"}
    if given.get("id") is None:
        return OFFERED.ask(call, given, call.below.change, of_status({"status": given.get("status") or _FOR_SALE}))
    ask = OFFERED.ask(call, given, call.below.change, _this(given))
    assert ask.page is not None  # noqa: S101  # a list has a page
    # One row is found by its id; its status is not known, so that no index of the list's leads there.
    return replace(ask, page=replace(ask.page, index=None))


_FOR_SALE = ListingStatus.ACTIVE


def _this(given: Mapping[str, Any]) -> Filter:
    key = global_id.decode(LISTINGS, given["id"])
    return NOTHING if key is None else {"_id": key, **of_status(given)}


@strawberry.type
class ListingSubscriptions:
    estateListingChanges: ListChange[EstateListing] = watch(
        _asked,
        "The listings of one status, or a single listing, kept up to date.",
        {**WHICH, **{name: kind for name, kind in OFFERED.parameters().items() if name not in LEFT_OUT}},
    )
    estateListingMineChanges: ListChange[EstateListing] = watched(
        MINE, "The listings that you offer as an agent, kept up to date.", ANY_STATUS, of_status
    )
