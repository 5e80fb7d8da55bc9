"""Countering: the side whose turn it is puts other terms, and then it is the other side's."""

import strawberry

from models.clock import now
from models.errors import Code, Refusal
from models.estate.offer import OfferStatus
from models.estate.terms import ROUNDS, TERMS, OfferParty
from resolvers.estate.offer_mail import COUNTERED, other, tell
from resolvers.estate.offer_move import ANSWERS, StepInput, StepPayload, move, turn_of
from resolvers.estate.offer_terms import EstateOfferTermsInput, expiry, in_force, put
from resolvers.scalars import Timestamp
from resolvers.verbs.write import Change, Outcome, change, optional, required

REPLACED = (*TERMS, "expiresAt", "aiAnalysis")
"""What goes with the terms that were in force."""


@strawberry.input(description="Other terms for an offer.")
class EstateOfferCounterInput(StepInput):
    terms: EstateOfferTermsInput = required("What you put instead of the terms in force.")
    expiresAt: Timestamp | None = optional("Until when they can be accepted or countered; for always unless given.")


@strawberry.type(description="The offer with other terms.")
class EstateOfferCounterPayload(StepPayload):
    """Its last round is the new one."""


async def counter(hand: Change, input: EstateOfferCounterInput) -> Outcome:
    """Append a round, whose terms are in force from now on."""
    turn = await turn_of(hand, input, ANSWERS)
    fresh, until = put(hand, turn.by), expiry(input.expiresAt)
    after = OfferStatus.PENDING if turn.by is OfferParty.BUYER else OfferStatus.COUNTERED
    fixed = {**in_force(fresh), **({} if until is None else {"expiresAt": until})}
    update = {
        "$set": {**fixed, "status": after.value, "respondedAt": now()},
        "$unset": {name: "" for name in REPLACED if name not in fixed},
        "$push": {"rounds": fresh},
    }
    row = await move(hand, input, turn, update)
    if len(row["rounds"]) > ROUNDS:
        raise Refusal(Code.CAPACITY_REACHED, f"A negotiation has {ROUNDS} rounds: accept, reject or withdraw.")
    await tell(hand, row, other(turn.by), COUNTERED)
    return {"offer": row["_id"]}


@strawberry.type
class OfferCounterMutations:
    estateOfferCounter: EstateOfferCounterPayload = change(
        counter,
        "Put other terms: the agent for a pending offer, the buyer for a countered one.",
        current="offer",
    )
