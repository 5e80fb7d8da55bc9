"""Tells the server of a look at a listing: what was looked at by the client, who looked by the server."""

from collections.abc import Sequence
from typing import Any

import strawberry

from models.actor import Actor
from models.clock import now
from models.errors import Code, Refusal
from models.estate.buyer_session import BUYER_SESSIONS
from models.estate.listing import LISTINGS, PUBLIC
from models.estate.property_view import PROPERTY_VIEWS, PropertyViewRow, ViewerType
from models.estate.rules import BUYER, WORKING
from models.policy import ANYONE
from models.validation import Refusals, build
from resolvers.estate.property_view import EstatePropertyView
from resolvers.gate import Budget
from resolvers.verbs.relate import one
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, optional, required

TOUCH_MILLISECONDS = 60_000
"""A portal's `lastActive` is not written more often than once in this time."""


@strawberry.input(description="A look at a listing. Who looked is the caller.")
class EstatePropertyViewTrackInput(Input):
    # Without an id of the client's: those made on one device look alike, and would tell sellers whose looks are one's.
    listingId: strawberry.ID = required("Listing that was looked at; it must be public.")
    viewDuration: float = required("For how long, in seconds, up to a day.")
    imagesViewed: list[int] | None = optional("Positions of the images that were looked at, from 0.")
    videosWatched: list[int] | None = optional("Positions of the videos that were watched, from 0.")
    sectionsVisited: list[str] | None = optional("Sections of the page that were visited, up to 100.")


@strawberry.type(description="The look that was noted.")
class EstatePropertyViewTrackPayload(Payload):
    view: EstatePropertyView | None = one(
        PROPERTY_VIEWS, "view", "The look; null for callers who may write it and not read it, as strangers may."
    )


async def track(hand: Change, input: EstatePropertyViewTrackInput) -> Outcome:
    """Note a look at a public listing.

    The listing is not held: looks are many, and each would have to wait for the one before. A look at a listing that is
    deleted in the same moment may stay, and the doctor finds it.
    """
    viewer = _viewer(hand.actor)
    address = viewer["viewerType"] is ViewerType.ANONYMOUS
    await hand.spend(Budget.VIEWS_OF_ADDRESS, hand.address if address else hand.actor.key)
    key = hand.key(LISTINGS, input.listingId, "listingId")
    listing = await hand.readable(
        LISTINGS, key, "agentId", "images", "videos", *sorted(PUBLIC.columns), field="listingId"
    )
    if not PUBLIC.admits(hand.actor, listing):
        raise Refusal(Code.WRONG_STATE, "Only looks at public listings are noted.", "listingId")
    said = hand.patch("viewDuration", "imagesViewed", "videosWatched", "sectionsVisited")
    row = build(PropertyViewRow, {**said, **viewer, "listingId": key, "agentId": listing["agentId"]})
    _check(imagesViewed=(row.imagesViewed, listing["images"]), videosWatched=(row.videosWatched, listing["videos"]))
    view = await hand.store.write.insert(PROPERTY_VIEWS, row, hand.actor)
    if row.buyerSessionId is not None:
        idle = {"_id": row.buyerSessionId, "lastActive": {"$lt": now() - TOUCH_MILLISECONDS}}
        await hand.store.write.effect_one(BUYER_SESSIONS, idle, {"$set": {"lastActive": now()}}, quiet=True)
    return {"view": view}


def _viewer(actor: Actor) -> dict[str, Any]:
    if BUYER in actor.profiles:
        return {"viewerType": ViewerType.BUYER, "buyerSessionId": actor.profiles[BUYER]}
    return {"viewerType": ViewerType.AGENT if WORKING in actor.profiles else ViewerType.ANONYMOUS}


def _check(**positions: tuple[Sequence[int], Sequence[str]]) -> None:
    """Raise `Refusals` naming each position that the listing has nothing at."""
    wrong = [
        Refusal(Code.OUT_OF_RANGE, f"The listing has {len(there)} of these, counted from 0.", name, str(place))
        for name, (given, there) in positions.items()
        for place, position in enumerate(given)
        if position >= len(there)
    ]
    if wrong:
        raise Refusals(wrong)


@strawberry.type
class PropertyViewTrackMutations:
    estatePropertyViewTrack: EstatePropertyViewTrackPayload = change(
        track, "Note a look at a listing; for buyers, agents and strangers alike.", by=ANYONE
    )
