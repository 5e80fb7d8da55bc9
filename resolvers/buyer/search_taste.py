"""What a buyer's reactions in the chats say of the homes to come: likes and dislikes feed the next search."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from bson import ObjectId

from models.buyer.property_interaction import PROPERTY_INTERACTIONS, InteractionType
from models.buyer.repliers_listing import REPLIERS_LISTINGS
from models.store.ask import Ask
from resolvers.buyer.search_scoring import COLUMNS, Taste, traits
from resolvers.verbs.write import Change

REACTIONS = 2_000
"""Reactions that are looked at."""

POINTS = {
    InteractionType.LIKE.value: 10.0,
    InteractionType.FAVORITE.value: 15.0,
    InteractionType.SAVED.value: 5.0,
    InteractionType.DISLIKE.value: -30.0,
}
"""What a reaction to a home itself is worth in points."""

RATED, MIDDLE = 5.0, 3
"""Points for each star above the middle, and against it for each below."""

LOWEST, HIGHEST = -40.0, 25.0
"""Points that all reactions to a home are worth together."""

FULL = 15.0
"""With so many points a home counts wholly for its traits, or against them."""


async def taste_of(hand: Change, buyer: ObjectId) -> Taste:
    """The taste of a buyer, by the id of the profile's first version, as the caller may know it."""
    wanted = frozenset({"listingId", "interactionType", "rating"})
    ask = Ask(PROPERTY_INTERACTIONS, wanted, where={"rootProfileId": buyer})
    points = weighed(await hand.store.read.some(ask, hand.actor, REACTIONS))
    homes = await hand.store.read.several(Ask(REPLIERS_LISTINGS, COLUMNS), list(points), hand.actor)
    return Taste(points, liked_traits(points, homes))


def weighed(reactions: Iterable[Mapping[str, Any]]) -> dict[ObjectId, float]:
    """Points of each home that the buyer reacted to."""
    points: dict[ObjectId, float] = defaultdict(float)
    for reaction in reactions:
        stars = reaction.get("rating")
        rated = 0.0 if stars is None else RATED * (stars - MIDDLE)
        points[reaction["listingId"]] += POINTS.get(reaction["interactionType"], 0.0) + rated
    return {home: min(max(worth, LOWEST), HIGHEST) for home, worth in points.items() if worth}


def liked_traits(points: Mapping[ObjectId, float], homes: Mapping[ObjectId, Mapping[str, Any]]) -> dict[str, float]:
    """How much each trait is liked, -1 to 1: the mean over the homes that have it."""
    weights: dict[str, list[float]] = defaultdict(list)
    for key, home in homes.items():
        for trait in traits(home):
            weights[trait].append(min(max(points[key] / FULL, -1.0), 1.0))
    return {trait: sum(each) / len(each) for trait, each in weights.items()}
