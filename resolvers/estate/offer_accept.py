"""Accepting an offer: its terms are agreed on, and its listing is pending from the same moment on."""

from typing import Any

import strawberry

from models.clock import now
from models.errors import Code, Refusal
from models.estate.listing import LISTINGS, ListingStatus
from models.estate.offer import OFFERS, OPEN, OfferStatus
from models.estate.terms import OfferParty
from models.store.ask import Ask
from resolvers.estate.offer_mail import ACCEPTED, REJECTED, other, tell
from resolvers.estate.offer_move import ANSWERS, StepInput, StepPayload, Turn, move, turn_of
from resolvers.table import column
from resolvers.verbs.write import Change, Outcome, change, optional

OTHERS = 500
"""Other offers that one acceptance rejects at most: all of it is one transaction."""


@strawberry.input(description="An offer to accept.")
class EstateOfferAcceptInput(StepInput):
    rejectOthers: bool | None = optional(
        f"Whether the other open offers on the listing are rejected, up to {OTHERS}; for the agent alone. "
        "Unless true they stay open, for the case that this one falls through."
    )


@strawberry.type(description="The offer that was accepted.")
class EstateOfferAcceptPayload(StepPayload):
    rejectedCount: int | None = column("Number of other offers that were rejected with that.")


async def accept(hand: Change, input: EstateOfferAcceptInput) -> Outcome:
    """Agree on the terms in force, and take the listing off the market."""
    turn = await turn_of(hand, input, ANSWERS)
    if input.rejectOthers and turn.by is OfferParty.BUYER:
        raise Refusal(Code.FORBIDDEN, "Only the agent rejects other offers: leave rejectOthers out.", "rejectOthers")
    row = await _accepted(hand, input, turn)
    sale = {"$set": {"status": ListingStatus.PENDING.value, "acceptedOfferId": row["_id"]}}
    active = {"_id": row["listingId"], "status": ListingStatus.ACTIVE.value}
    if await hand.store.write.effect_one(LISTINGS, active, sale) is None:
        raise _not_for_sale()
    await tell(hand, row, other(turn.by), ACCEPTED)
    rejected = await _reject_others(hand, row) if input.rejectOthers else 0
    return {"offer": row["_id"], "rejectedCount": rejected}


async def _accepted(hand: Change, input: EstateOfferAcceptInput, turn: Turn) -> dict[str, Any]:
    update = {"$set": {"status": OfferStatus.ACCEPTED.value, "respondedAt": now()}}
    try:
        return await move(hand, input, turn, update)
    except Refusal as refusal:
        # A unique index lets one accepted offer in for each listing, however many are accepted at once.
        if refusal.code is not Code.ALREADY_EXISTS:
            raise
        if turn.by is OfferParty.BUYER:
            # Of other offers a buyer learns nothing: a listing that is pending looks the same without one.
            raise _not_for_sale() from refusal
        raise Refusal(Code.CONFLICT, "Another offer on this listing has been accepted.") from refusal


def _not_for_sale() -> Refusal:
    return Refusal(Code.WRONG_STATE, "The listing is not for sale at the moment.")


async def _reject_others(hand: Change, row: dict[str, Any]) -> int:
    others = {"listingId": row["listingId"], "status": {"$in": list(OPEN)}}
    told = frozenset({"listingId", "buyerSessionId", "agentId"})
    found = await hand.store.read.some(Ask(OFFERS, told, where=others), hand.actor, OTHERS)
    update = {"$set": {"status": OfferStatus.REJECTED.value, "respondedAt": now()}}
    number = await hand.store.write.effect(OFFERS, {**others, "_id": {"$in": [each["_id"] for each in found]}}, update)
    for each in found:
        await tell(hand, each, OfferParty.BUYER, REJECTED)
    return number


@strawberry.type
class OfferAcceptMutations:
    estateOfferAccept: EstateOfferAcceptPayload = change(
        accept,
        "Accept the terms in force: the agent of a pending offer, the buyer of a countered one. The listing, which "
        "must be active, is pending with it.",
        current="offer",
    )
