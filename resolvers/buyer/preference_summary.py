"""BuyerPreferenceSummary: what a buyer's reactions in the chats say, added up."""

from typing import Any

import strawberry
from bson import ObjectId

from models import global_id
from models.buyer.profile import PROFILES
from models.buyer.property_interaction import PROPERTY_INTERACTIONS, InteractionType
from models.buyer.repliers_listing import REPLIERS_LISTINGS
from models.store.ask import Ask
from resolvers.buyer.profile_reach import WHOSE
from resolvers.buyer.property_interaction import BuyerPropertyInteraction  # noqa: F401  # words for InteractionType
from resolvers.buyer.repliers_listing import BuyerRepliersListing
from resolvers.selection import Call
from resolvers.table import column, reference
from resolvers.verbs.relate import several
from resolvers.verbs.root import root

HOMES = 50
"""Homes of each kind that are shown, those that were reacted to last."""

REASONS = 20

KINDS = {
    "liked": InteractionType.LIKE.value,
    "disliked": InteractionType.DISLIKE.value,
    "favorites": InteractionType.FAVORITE.value,
}


@strawberry.type(description="A reason that a buyer gave.")
class BuyerPreferenceReason:
    interactionType: InteractionType = column("What it was given for.")
    reason: str = column("The reason, in the buyer's words.")
    number: int = column("How often it was given.")


@strawberry.type(description="What a buyer's reactions say, of all chats that you may see.")
class BuyerPreferenceSummary:
    profileId: strawberry.ID = reference(PROFILES, "rootProfileId", "First version of the buyer's profile.")
    likedCount: int = column("Number of homes that are liked.")
    dislikedCount: int = column("Number of homes that are disliked.")
    favoritesCount: int = column("Number of homes that are favourites.")
    averageRating: float | None = column("Mean of the ratings, 1 to 5; null without one.")
    liked: list[BuyerRepliersListing] = several(
        REPLIERS_LISTINGS, "liked", f"Homes that are liked, the last ones first, {HOMES} at most."
    )
    disliked: list[BuyerRepliersListing] = several(REPLIERS_LISTINGS, "disliked", "Homes that are disliked, likewise.")
    favorites: list[BuyerRepliersListing] = several(REPLIERS_LISTINGS, "favorites", "Favourites, likewise.")
    reasons: list[BuyerPreferenceReason] = column(
        f"Reasons that were given, the most frequent first, {REASONS} at most."
    )


_HOMES: list[dict[str, Any]] = [
    {"$match": {"interactionType": {"$in": list(KINDS.values())}}},
    {"$group": {"_id": {"kind": "$interactionType", "home": "$listingId"}, "last": {"$max": "$createdAt"}}},
    {"$sort": {"last": -1, "_id.home": 1}},
    {"$group": {"_id": "$_id.kind", "homes": {"$push": "$_id.home"}}},
    {"$project": {"number": {"$size": "$homes"}, "homes": {"$slice": ["$homes", HOMES]}}},
]
_REASONS: list[dict[str, Any]] = [
    {"$match": {"reason": {"$type": "string"}}},
    {"$group": {"_id": {"kind": "$interactionType", "reason": "$reason"}, "number": {"$sum": 1}}},
    {"$sort": {"number": -1, "_id": 1}},
    {"$limit": REASONS},
    {"$project": {"_id": 0, "interactionType": "$_id.kind", "reason": "$_id.reason", "number": 1}},
]
_RATING: list[dict[str, Any]] = [{"$group": {"_id": None, "mean": {"$avg": "$rating"}}}]
_STAGES = [{"$facet": {"homes": _HOMES, "reasons": _REASONS, "rating": _RATING}}]


async def _summary(call: Call) -> Any:
    actor, store = call.context.actor, call.context.store
    key = global_id.decode(PROFILES, call.arguments["profileId"])
    ask = Ask(PROFILES, frozenset({"rootProfileId"}), where={"_id": key})
    profile = None if key is None else await store.read.one(ask, actor)
    if profile is None:
        return None
    buyer: ObjectId = profile["rootProfileId"]
    found = await store.read.grouped(
        PROPERTY_INTERACTIONS, actor, {"rootProfileId": buyer}, _STAGES, index="by_root_type"
    )
    if not found:
        # Who may read the profile, and no reaction.
        return None
    summary = {"rootProfileId": buyer, **_told(found[0])}
    await store.read.attend(call.below.picked.children(call), [summary], actor)
    return summary


def _told(found: dict[Any, Any]) -> dict[str, Any]:
    homes = {group["_id"]: group for group in found["homes"]}
    mean = found["rating"][0]["mean"] if found["rating"] else None
    told: dict[str, Any] = {"reasons": found["reasons"], "averageRating": None if mean is None else round(mean, 2)}
    for name, kind in KINDS.items():
        group = homes.get(kind, {"number": 0, "homes": []})
        told |= {name: group["homes"], f"{name}Count": group["number"]}
    return told


@strawberry.type
class PreferenceSummaryQueries:
    buyerPreferenceSummary: BuyerPreferenceSummary | None = root(
        _summary, "What a buyer's reactions say, for the agent, or in the buyer's own chat.", WHOSE
    )
