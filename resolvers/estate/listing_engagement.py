"""EstateEngagementEntry: the looks at a listing and the offers for it on one line of time, newest first."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from bson import ObjectId

from models import cursor, global_id
from models.errors import Code, Refusal
from models.estate.offer import OFFERS
from models.estate.property_view import PROPERTY_VIEWS
from models.store.ask import COUNT_CAP, Ask, Page, Rows
from models.table import Order, Table
from resolvers.connection import Connection
from resolvers.estate.listing_analytics import WHICH, told
from resolvers.estate.property_view import OF_LISTING, EstatePropertyView
from resolvers.plan import Computed, Listed
from resolvers.scalars import TIMESTAMP_LIMIT, Timestamp
from resolvers.selection import Call
from resolvers.table import choice, shown
from resolvers.verbs.relate import one
from resolvers.verbs.root import root

if TYPE_CHECKING:
    from resolvers.estate.offer import EstateOffer


class EngagementKind(StrEnum):
    """What happened."""

    VIEW = "view"
    OFFER = "offer"


choice(
    EngagementKind,
    "EstateEngagementKind",
    "What happened to a listing.",
    VIEW="It was looked at.",
    OFFER="An offer was made for it.",
)

SOURCES: Mapping[EngagementKind, tuple[Table[Any], str, str]] = {
    EngagementKind.VIEW: (PROPERTY_VIEWS, "timestamp", "page_listing_time"),
    EngagementKind.OFFER: (OFFERS, "createdAt", "page_listing_created"),
}
"""Where each comes from: the table, its column of the time, and the index that carries both below a listing."""

TIMELINE = Order(("-at", "-kind", "-_id"))
"""The order of what comes from both tables; at the same time, looks come before offers."""

Position = tuple[int, EngagementKind, ObjectId]


def _id(entry: dict[Any, Any]) -> str:
    return global_id.encode(SOURCES[EngagementKind(entry["kind"])][0].tag, entry["_id"])


@strawberry.type(description="A look at a listing, or an offer for it.")
class EstateEngagementEntry:
    """Names no buyer: what is shown of one is the affair of the view or offer and its own rules."""

    id: strawberry.ID = shown(Computed(_id), "Global id of the view or the offer.")
    kind: EngagementKind = strawberry.field(description="What happened.")
    at: Timestamp = strawberry.field(description="When it happened.")
    view: EstatePropertyView | None = one(PROPERTY_VIEWS, "view", "The look; null for an offer.")
    offer: Annotated["EstateOffer", strawberry.lazy("resolvers.estate.offer")] | None = one(
        OFFERS, "offer", "The offer as it is now; null for a look."
    )


async def _engagement(call: Call) -> Any:
    page = _page(call)
    listing = await told(call, call.arguments["listingId"])
    if listing is None:
        return None
    actor, read, asked = call.context.actor, call.context.store.read, call.below.page
    found: dict[EngagementKind, Rows] = {}
    for kind, (table, time, index) in SOURCES.items():
        part = Page(
            *(Order((f"-{time}",)), page.limit, index, _position(page.after, kind), _position(page.before, kind)),
            backward=page.backward,
        )
        own = Ask(table, where={"listingId": listing}, page=part, counted=asked.counted, listed=asked.listed)
        found[kind] = await read.page(own, actor)
    rows = _merged(page, found)
    await read.attend(asked.picked.children(call), rows.rows, actor)
    return rows


def _page(call: Call) -> Page:
    """The stretch that the arguments name, with places in the common order."""
    given = call.arguments
    sized = OF_LISTING.page({name: given.get(name) for name in ("first", "last")}, call.context.page_limit)
    after, before = _place(given, "after"), _place(given, "before")
    return Page(TIMELINE, sized.limit, after=after, before=before, backward=sized.backward)


def _place(given: Mapping[str, Any], name: str) -> Position | None:
    text = given.get(name)
    if text is None:
        return None
    try:
        return _parted(cursor.decode(TIMELINE.keys, text))
    except ValueError as error:
        raise Refusal(Code.INVALID, f"{name} must be a cursor of this list.", name) from error


def _parted(values: tuple[Any, ...]) -> Position:
    at, kind, key = values
    if isinstance(at, int) and 0 <= at <= TIMESTAMP_LIMIT and isinstance(key, ObjectId):
        return at, EngagementKind(kind), key
    raise ValueError("not a cursor")


def _position(place: tuple[Any, ...] | None, kind: EngagementKind) -> tuple[Any, ...] | None:
    """The same place among the rows of one kind.

    No id, before which there is none, parts those of one time from those of the time before; where a row of the other
    kind lies among those of its own time, the order of the kinds says.
    """
    if place is None:
        return None
    at, other, key = place
    return (at, key) if kind is other else (at + (kind < other), None)


def _merged(page: Page, found: Mapping[EngagementKind, Rows]) -> Rows:
    entries = [_entry(kind, row) for kind, part in found.items() for row in part.rows]
    entries.sort(key=lambda entry: (entry["at"], entry["kind"], entry["_id"]), reverse=True)
    more = len(entries) > page.limit
    rows = entries[-page.limit :] if page.backward else entries[: page.limit]
    answer = Rows(page, rows)
    answer.has_next = any(part.has_next for part in found.values()) or (more and not page.backward)
    answer.has_previous = any(part.has_previous for part in found.values()) or (more and page.backward)
    number = sum(part.count or 0 for part in found.values())
    answer.count, answer.capped = min(number, COUNT_CAP), number > COUNT_CAP or any(p.capped for p in found.values())
    return answer


def _entry(kind: EngagementKind, row: Mapping[Any, Any]) -> dict[Any, Any]:
    return {"_id": row["_id"], "kind": kind.value, "at": row[SOURCES[kind][1]], kind.value: row["_id"]}


_PAGING = {name: kind for name, kind in OF_LISTING.parameters().items() if name in {"first", "after", "last", "before"}}


@strawberry.type
class ListingEngagementQueries:
    estateListingEngagement: Connection[EstateEngagementEntry] | None = root(
        _engagement,
        "Looks at a listing and offers for it, newest first; null for all but its agent and its seller.",
        {**WHICH, **_PAGING},
        need=Listed(OF_LISTING),
    )
