"""EstateSellerDashboard: what a seller's portal opens with, for the seller and the agent."""

from collections.abc import Sequence
from typing import Any

import strawberry

from models import global_id
from models.clock import now
from models.estate.listing import LISTINGS
from models.estate.offer import OFFERS, OfferStatus
from models.estate.seller_session import KNOWN_TO, SELLER_SESSIONS
from models.policy import both
from models.store.ask import Ask
from resolvers.estate.offer import ORDERS
from resolvers.estate.property_view import OF_LISTING
from resolvers.estate.property_view_figures import BY_KIND, DAY, EstateViewTotals, Figures, Stages, computed, totals
from resolvers.listing import REQUIRED, argument
from resolvers.selection import Call
from resolvers.verbs.root import root

_BY_AMOUNT = OFFERS.index_for(("listingId",), ORDERS.choices["OFFER_AMOUNT"]).name
_ACCEPTED = {"$eq": ["$status", OfferStatus.ACCEPTED.value]}

BY_STATUS: Stages = [
    {
        "$group": {
            "_id": "$status",
            "offers": {"$sum": 1},
            "highest": {"$max": "$offerAmount"},
            "amount": {"$sum": "$offerAmount"},
            "accepted": {"$max": {"$cond": [_ACCEPTED, {"$ifNull": ["$respondedAt", "$updatedAt"]}, None]}},
        }
    },
    {"$sort": {"_id": 1}},
]
"""For each status: the number of offers, the highest amount, the sum of all, and when one was accepted."""


@strawberry.type(description="The offers that stand in one status.")
class EstateOfferStatusFigures:
    """Sums of one status."""

    status: OfferStatus = strawberry.field(description="The status.")
    offers: int = strawberry.field(description="Number of offers.")
    highestAmount: float = strawberry.field(description="The highest amount that is offered.")
    averageAmount: float = strawberry.field(description="The average amount.")


@strawberry.type(description="The offers on a listing, by what they offer now.")
class EstateOfferFigures:
    """Sums, computed when they are asked for."""

    offers: int = strawberry.field(description="Number of all offers ever made.")
    highestAmount: float | None = strawberry.field(description="The highest amount of them all; null without offers.")
    averageAmount: float | None = strawberry.field(description="The average amount of them all; null without offers.")
    byStatus: list[EstateOfferStatusFigures] = strawberry.field(description="By status; one without offers is absent.")


@strawberry.type(description="How the sale of a listing goes. The seller and the agent are told.")
class EstateSellerDashboard:
    """Figures, computed when they are asked for."""

    views: EstateViewTotals = strawberry.field(description="How much the listing is looked at.")
    offers: EstateOfferFigures = strawberry.field(description="What is offered for it.")
    daysOnMarket: int = strawberry.field(
        description="Whole days since the listing was made, until an offer was accepted that still stands."
    )


async def _dashboard(call: Call) -> Any:
    actor, read = call.context.actor, call.context.store.read
    key = global_id.decode(SELLER_SESSIONS, call.arguments["sellerSessionId"])
    mine = both(KNOWN_TO.filter(actor), {"_id": key})
    portal = None if key is None else await read.one(Ask(SELLER_SESSIONS, frozenset({"listingId"}), mine), actor)
    if portal is None:
        return None
    of_listing = {"listingId": portal["listingId"]}
    listing = await read.one(Ask(LISTINGS, frozenset({"createdAt"}), {"_id": portal["listingId"]}), actor)
    if listing is None:
        return None
    views = await computed(call, OF_LISTING, of_listing, {"kinds": BY_KIND})
    offers = await read.grouped(OFFERS, actor, of_listing, BY_STATUS, index=_BY_AMOUNT)
    ended = next((each["accepted"] for each in offers if each["accepted"] is not None), now())
    return {
        "views": totals(views["kinds"]),
        "offers": _figures(offers),
        "daysOnMarket": max(ended - listing["createdAt"], 0) // DAY,
    }


def _figures(found: Sequence[Figures]) -> Figures:
    number = sum(each["offers"] for each in found)
    return {
        "offers": number,
        "highestAmount": max((each["highest"] for each in found), default=None),
        "averageAmount": sum(each["amount"] for each in found) / number if number else None,
        "byStatus": [
            {
                "status": each["_id"],
                "offers": each["offers"],
                "highestAmount": each["highest"],
                "averageAmount": each["amount"] / each["offers"],
            }
            for each in found
        ],
    }


@strawberry.type
class SellerDashboardQueries:
    estateSellerDashboard: EstateSellerDashboard | None = root(
        _dashboard,
        "How the sale of a portal's listing goes; null for all but the seller and the agent.",
        {"sellerSessionId": (argument(strawberry.ID, "Portal of the seller."), REQUIRED)},
    )
