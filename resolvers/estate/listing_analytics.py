"""EstateListingAnalytics: how much a listing is looked at, for its agent and its seller."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

import strawberry
from bson import ObjectId

from models import global_id
from models.clock import now
from models.estate.listing import LISTINGS
from models.estate.property_view import INTERESTED, ViewerType
from models.policy import EVERYTHING, Filter, both
from models.store.ask import Ask
from resolvers.estate.property_view import OF_LISTING
from resolvers.estate.property_view_figures import (
    BY_KIND,
    DAY,
    EstateViewTotals,
    Figures,
    by_day,
    by_image,
    computed,
    mean,
    totals,
)
from resolvers.listing import REQUIRED, argument
from resolvers.scalars import Timestamp
from resolvers.selection import Call
from resolvers.table import choice
from resolvers.verbs.root import root

IMAGES = 10
"""Images that are told."""

DAYS = 366
"""Days that are told, the latest ones."""


class AnalyticsRange(StrEnum):
    """Up to now."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    ALL = "all"


SPANS = {AnalyticsRange.DAY: DAY, AnalyticsRange.WEEK: 7 * DAY, AnalyticsRange.MONTH: 30 * DAY}
"""In milliseconds; all time has none."""

choice(
    AnalyticsRange,
    "EstateAnalyticsRange",
    "The time that figures are about; it ends now.",
    DAY="The last 24 hours.",
    WEEK="The last 7 times 24 hours.",
    MONTH="The last 30 times 24 hours.",
    ALL="Since the listing was made.",
)


@strawberry.type(description="How often and how long viewers of one kind have looked.")
class EstateViewerTypeViews:
    """Sums of one kind."""

    viewerType: ViewerType = strawberry.field(description="The kind.")
    views: int = strawberry.field(description="Number of looks.")
    totalSeconds: float = strawberry.field(description="How long they took together, in seconds.")
    meanSeconds: float | None = strawberry.field(description="How long one took on average, in seconds.")


@strawberry.type(description="How often an image was looked at.")
class EstateImageViews:
    """Sums of one image."""

    position: int = strawberry.field(description="Position in the listing's images when it was looked at, from 0.")
    views: int = strawberry.field(description="Number of looks at the listing in which it was seen.")


@strawberry.type(description="How often and how long a listing was looked at on one day.")
class EstateDayViews:
    """Sums of one day."""

    start: Timestamp = strawberry.field(description="The day's first millisecond, in UTC.")
    views: int = strawberry.field(description="Number of looks.")
    totalSeconds: float = strawberry.field(description="How long they took together, in seconds.")


@strawberry.type(description="How much a listing is looked at. Its agent and its seller are told.")
class EstateListingAnalytics:
    """Figures, computed when they are asked for."""

    since: Timestamp | None = strawberry.field(description="When the time begins that they are about; null for all.")
    totals: EstateViewTotals = strawberry.field(description="All looks together.")
    byViewerType: list[EstateViewerTypeViews] = strawberry.field(description="By who looked; kinds without are absent.")
    topImages: list[EstateImageViews] = strawberry.field(description=f"The {IMAGES} images seen most, the first ahead.")
    perDay: list[EstateDayViews] = strawberry.field(
        description=f"By day in UTC, the earliest first; days without are absent, and only the latest {DAYS} are told."
    )


WHICH = {"listingId": (argument(strawberry.ID, "Listing that is looked at."), REQUIRED)}

_PARTS = {"topImages": by_image(IMAGES), "perDay": by_day(DAYS)}


async def told(call: Call, text: str) -> ObjectId | None:
    """The listing of that id when the caller is one who is told its figures."""
    key = global_id.decode(LISTINGS, text)
    if key is None:
        return None
    ask = Ask(LISTINGS, where=both(INTERESTED.filter(call.context.actor), {"_id": key}))
    return None if await call.context.store.read.one(ask, call.context.actor) is None else key


async def _analytics(call: Call) -> Any:
    listing = await told(call, call.arguments["listingId"])
    if listing is None:
        return None
    span = SPANS.get(AnalyticsRange(call.arguments["range"]))
    since = None if span is None else now() - span
    time: Filter = EVERYTHING if since is None else {"timestamp": {"$gte": since}}
    parts = {"kinds": BY_KIND, **{name: stages for name, stages in _PARTS.items() if name in call.below.names}}
    found = await computed(call, OF_LISTING, both({"listingId": listing}, time), parts)
    return {
        "since": since,
        "totals": totals(found["kinds"]),
        "byViewerType": [_kind(each) for each in found["kinds"]],
        "topImages": [{"position": each["_id"], "views": each["views"]} for each in found.get("topImages", ())],
        "perDay": _days(found.get("perDay", ())),
    }


def _kind(found: Figures) -> Figures:
    seconds, views = float(found["seconds"]), found["views"]
    return {"viewerType": found["_id"], "views": views, "totalSeconds": seconds, "meanSeconds": mean(seconds, views)}


def _days(found: Sequence[Figures]) -> list[Figures]:
    return [
        {"start": each["_id"], "views": each["views"], "totalSeconds": float(each["seconds"])}
        for each in reversed(found)
    ]


@strawberry.type
class ListingAnalyticsQueries:
    estateListingAnalytics: EstateListingAnalytics | None = root(
        _analytics,
        "How much a listing is looked at; null for all but its agent and its seller.",
        {**WHICH, "range": (argument(AnalyticsRange, "The time that the figures are about."), REQUIRED)},
    )
