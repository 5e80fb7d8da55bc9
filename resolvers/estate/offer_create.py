"""Making an offer: a buyer's first terms on an active listing of the portal's own agent."""

from typing import Any

import strawberry
from bson import ObjectId

from models.clock import now
from models.errors import Code, Refusal
from models.estate.listing import LISTINGS, ListingStatus
from models.estate.offer import OFFERS, OfferRow, OfferStatus, lapsed
from models.estate.rules import BUYER, PORTAL_AGENT
from models.estate.terms import OfferParty
from models.validation import build
from resolvers.connection import Edge
from resolvers.estate.offer import ORDERS, EstateOffer
from resolvers.estate.offer_mail import MADE, tell
from resolvers.estate.offer_terms import EstateOfferTermsInput, expiry, in_force, put
from resolvers.gate import Budget
from resolvers.scalars import Timestamp
from resolvers.verbs.relate import edge, one
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, optional, required


@strawberry.input(description="A new offer.")
class EstateOfferCreateInput(Input):
    id: strawberry.ID | None = optional("Id chosen by the client.")
    listingId: strawberry.ID = required("Listing to make it on: active, and of your own agent.")
    terms: EstateOfferTermsInput = required("What you offer.")
    expiresAt: Timestamp | None = optional(
        "Until when the terms can be accepted or countered; for always unless given."
    )


@strawberry.type(description="The offer that was made.")
class EstateOfferCreatePayload(Payload):
    offer: EstateOffer | None = one(OFFERS, "offer", "The new offer.")
    offerEdge: Edge[EstateOffer] | None = edge(
        OFFERS, "offer", ORDERS.order(None), "The new offer as an edge of lists in their first order."
    )


async def create(hand: Change, input: EstateOfferCreateInput) -> Outcome:
    """Make an offer, the first round of a negotiation."""
    buyer = _buyer(hand)
    await hand.spend(Budget.OFFERS_OF_BUYER, hand.actor.key)
    listing = await _counted(hand, input)
    first, until = put(hand, OfferParty.BUYER), expiry(input.expiresAt)
    about = {"listingId": listing["_id"], "buyerSessionId": buyer, "agentId": listing["agentId"]}
    # One that has expired is open no more, whether or not it was swept already.
    over = {"$set": {"status": OfferStatus.REJECTED.value}}
    await hand.store.write.effect(OFFERS, {**about, **lapsed(now())}, over)
    values = {**about, **in_force(first), "rounds": [first], "expiresAt": until, "id": hand.new_key(OFFERS, input.id)}
    row = build(OfferRow, values)
    try:
        key = await hand.store.write.insert(OFFERS, row, hand.actor)
    except Refusal as refusal:
        raise _clearer(refusal) from refusal
    await tell(hand, about, OfferParty.AGENT, MADE)
    return {"offer": key}


def _buyer(hand: Change) -> ObjectId:
    buyer = hand.actor.profiles.get(BUYER)
    if buyer is None:
        raise Refusal(Code.FORBIDDEN, "Only a buyer, in a portal, makes offers.")
    return buyer


async def _counted(hand: Change, input: EstateOfferCreateInput) -> dict[str, Any]:
    """The listing, with one offer more, by a statement that it is still to be had.

    Whoever accepts another offer on it at the same time writes it, too: one of the two is run again.
    """
    key = hand.key(LISTINGS, input.listingId, "listingId")
    mine = {"_id": key, "agentId": hand.profile(PORTAL_AGENT), "agentActive": True}
    active = {**mine, "status": ListingStatus.ACTIVE.value}
    listing = await hand.store.write.effect_one(LISTINGS, active, {"$inc": {"offerCount": 1}}, quiet=True)
    if listing is not None:
        return listing
    seen = await hand.readable(LISTINGS, key, "status", "agentId", field="listingId")
    if seen["agentId"] != mine["agentId"]:
        raise Refusal(Code.FORBIDDEN, "The listing is another agent's: make offers on those of your own.", "listingId")
    raise Refusal(Code.WRONG_STATE, f"The listing is {seen['status']}: it takes no new offers.", "listingId")


def _clearer(refusal: Refusal) -> Refusal:
    if refusal.code is Code.ALREADY_EXISTS and refusal.field != ("id",):
        words = "You have an open offer on this listing already: go on with that one, or withdraw it first."
        return Refusal(Code.ALREADY_EXISTS, words, "listingId")
    return refusal


@strawberry.type
class OfferCreateMutations:
    estateOfferCreate: EstateOfferCreatePayload = change(
        create, "Make an offer on an active listing of your agent's; for buyers, who have one open on each listing."
    )
