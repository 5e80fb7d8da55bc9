"""Figures about looks at listings, computed by MongoDB along an index and never from rows."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import strawberry

from models.estate.property_view import PROPERTY_VIEWS, ViewerType
from models.policy import Filter
from resolvers.listing import Listing
from resolvers.selection import Call

DAY = 86_400_000
"""Milliseconds."""

Stages = list[dict[Any, Any]]
Figures = dict[str, Any]

_COUNTED = {"views": {"$sum": 1}, "seconds": {"$sum": "$viewDuration"}}
_SUMMED = {"views": {"$sum": "$views"}, "seconds": {"$sum": "$seconds"}}

BY_KIND: Stages = [
    # First by portal, so that each is one viewer however often it comes.
    {"$group": {"_id": {"kind": "$viewerType", "portal": "$buyerSessionId"}, **_COUNTED}},
    {"$group": {"_id": "$_id.kind", **_SUMMED, "portals": {"$sum": 1}}},
    {"$sort": {"_id": 1}},
]
"""For each kind of viewer: looks, seconds, and the number of portals, which is told of buyers alone."""

BY_LISTING: Stages = [
    {"$group": {"_id": "$listingId", **_COUNTED}},
    {"$group": {"_id": None, **_SUMMED, "listings": {"$sum": 1}}},
]
"""Looks, seconds, and the number of listings."""


def by_day(most: int) -> Stages:
    """The latest days in UTC that had any look, each by its first millisecond."""
    day = {"$subtract": ["$timestamp", {"$mod": ["$timestamp", DAY]}]}
    return [{"$group": {"_id": day, **_COUNTED}}, {"$sort": {"_id": -1}}, {"$limit": most}]


def by_image(most: int) -> Stages:
    """The positions of the images with the most looks; one look counts once, however often it came back."""
    return [
        {"$project": {"position": {"$setUnion": ["$imagesViewed", []]}}},
        {"$unwind": "$position"},
        {"$group": {"_id": "$position", "views": {"$sum": 1}}},
        {"$sort": {"views": -1, "_id": 1}},
        {"$limit": most},
    ]


async def computed(
    call: Call, listing: Listing, where: Filter, parts: Mapping[str, Stages]
) -> dict[str, list[Figures]]:
    """Several figures of the readable views that match, in one walk along the index that carries the list of them."""
    index = PROPERTY_VIEWS.index_for(listing.fixed, listing.orders.order(None)).name
    found = await call.context.store.read.grouped(
        PROPERTY_VIEWS, call.context.actor, where, [{"$facet": parts}], index=index
    )
    return found[0] if found else {name: [] for name in parts}


def mean(seconds: float, number: int) -> float | None:
    """Seconds of one look; None where there was none."""
    return seconds / number if number else None


def totals(kinds: Sequence[Figures]) -> Figures:
    """What `EstateViewTotals` and its kin show of the figures by kind."""
    buyers = _of(kinds, ViewerType.BUYER)
    views, seconds = (sum(each[name] for each in kinds) for name in ("views", "seconds"))
    return {
        "views": views,
        "uniqueBuyers": sum(each["portals"] for each in buyers),
        "anonymousViews": sum(each["views"] for each in _of(kinds, ViewerType.ANONYMOUS)),
        "totalSeconds": float(seconds),
        "meanSeconds": mean(seconds, views),
    }


def _of(kinds: Iterable[Figures], kind: ViewerType) -> list[Figures]:
    return [each for each in kinds if each["_id"] == kind.value]


@strawberry.type(description="How often and how long a listing was looked at.")
class EstateViewTotals:
    """Sums, computed when they are asked for."""

    views: int = strawberry.field(description="Number of looks.")
    uniqueBuyers: int = strawberry.field(
        description="Number of buyers' portals that the looks came from; strangers are in `anonymousViews`."
    )
    anonymousViews: int = strawberry.field(description="Number of looks by strangers, who are not told apart.")
    totalSeconds: float = strawberry.field(description="How long all looks took together, in seconds.")
    meanSeconds: float | None = strawberry.field(description="How long one took on average; null where there was none.")
