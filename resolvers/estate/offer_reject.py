"""Rejecting an offer: the agent says no to a pending one, or takes his own counter back."""

import strawberry

from models.clock import now
from models.estate.offer import DECIDERS, OPEN, OfferStatus
from models.estate.terms import OfferParty
from resolvers.estate.offer_mail import REJECTED, tell
from resolvers.estate.offer_move import StepInput, StepPayload, Turn, move, turn_of
from resolvers.verbs.write import Change, Outcome, change

REJECTING = (Turn(DECIDERS, OPEN, ""),)
"""An open offer is pending or countered: there is no other state in which it could not be rejected."""


@strawberry.input(description="An offer to reject.")
class EstateOfferRejectInput(StepInput):
    """A negotiation that is rejected is over; the buyer may begin another one."""


@strawberry.type(description="The offer that was rejected.")
class EstateOfferRejectPayload(StepPayload):
    """The terms stay as they were."""


async def reject(hand: Change, input: EstateOfferRejectInput) -> Outcome:
    """End a negotiation on the seller's behalf."""
    turn = await turn_of(hand, input, REJECTING)
    update = {"$set": {"status": OfferStatus.REJECTED.value, "respondedAt": now()}}
    row = await move(hand, input, turn, update)
    await tell(hand, row, OfferParty.BUYER, REJECTED)
    return {"offer": row["_id"]}


@strawberry.type
class OfferRejectMutations:
    estateOfferReject: EstateOfferRejectPayload = change(
        reject, "Reject a pending offer, or take back your own counter; for the agent.", current="offer"
    )
