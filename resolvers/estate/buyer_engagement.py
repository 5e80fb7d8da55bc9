"""EstateBuyerEngagement: how much a buyer looks at listings and offers for them, for the buyer and the agent."""

from typing import Any

import strawberry

from models import global_id
from models.estate.buyer_session import BUYER_SESSIONS, KNOWN_TO
from models.estate.offer import OFFERS
from models.policy import both
from models.store.ask import Ask
from resolvers.estate.property_view import OF_BUYER
from resolvers.estate.property_view_figures import BY_LISTING, Figures, computed, mean
from resolvers.listing import REQUIRED, argument
from resolvers.selection import Call
from resolvers.verbs.root import root

NONE: Figures = {"listings": 0, "views": 0, "seconds": 0.0}


@strawberry.type(description="How much a buyer looks at listings and offers for them. The agent is told of his own.")
class EstateBuyerEngagement:
    """Figures, computed when they are asked for."""

    propertiesViewed: int = strawberry.field(description="Number of listings that the buyer has looked at.")
    views: int = strawberry.field(description="Number of looks.")
    totalSeconds: float = strawberry.field(description="How long they took together, in seconds.")
    meanSeconds: float | None = strawberry.field(description="How long one took on average; null where there was none.")
    offersSubmitted: int = strawberry.field(description="Number of offers that the buyer has ever made.")


async def _engagement(call: Call) -> Any:
    actor, read = call.context.actor, call.context.store.read
    key = global_id.decode(BUYER_SESSIONS, call.arguments["buyerSessionId"])
    mine = both(KNOWN_TO.filter(actor), {"_id": key})
    if key is None or await read.one(Ask(BUYER_SESSIONS, where=mine), actor) is None:
        return None
    of_buyer = {"buyerSessionId": key}
    found = await computed(call, OF_BUYER, of_buyer, {"all": BY_LISTING})
    seen = next(iter(found["all"]), NONE)
    offers = await read.sums(OFFERS, actor, of_buyer, by="status", of="offerAmount", index="page_buyer_amount")
    return {
        "propertiesViewed": seen["listings"],
        "views": seen["views"],
        "totalSeconds": float(seen["seconds"]),
        "meanSeconds": mean(seen["seconds"], seen["views"]),
        "offersSubmitted": sum(number for number, _ in offers.values()),
    }


@strawberry.type
class BuyerEngagementQueries:
    estateBuyerEngagement: EstateBuyerEngagement | None = root(
        _engagement,
        "How much a buyer looks at listings and offers for them; null for all but the buyer and the agent.",
        {"buyerSessionId": (argument(strawberry.ID, "Portal of the buyer."), REQUIRED)},
    )
