"""Analysing an offer: the service writes what it makes of the terms in force, and nothing else."""

import strawberry

from models.estate.offer import ANALYSTS, OPEN, OfferRow
from models.validation import check
from resolvers.estate.offer_move import StepInput, StepPayload, Turn, move, turn_of
from resolvers.verbs.write import Change, Outcome, change, required

ANALYZING = (Turn(ANALYSTS, OPEN, ""),)


@strawberry.input(description="What speaks for and against an offer.")
class EstateOfferAnalysisInput:
    """The agent alone is shown it."""

    marketComparison: str = required("How the offer compares with the market, up to 20,000 characters.")
    strengths: list[str] = required("What speaks for it, up to 50 lines of 1,000 characters.")
    risks: list[str] = required("What speaks against it, up to 50 lines of 1,000 characters.")
    recommendation: str = required("What the agent had better do, up to 20,000 characters.")
    confidence: float = required("How certain that is, 0 to 1.")


@strawberry.input(description="The analysis of an offer.")
class EstateOfferAnalysisSetInput(StepInput):
    aiAnalysis: EstateOfferAnalysisInput = required("What you make of the terms in force.")


@strawberry.type(description="The offer that was analyzed.")
class EstateOfferAnalysisSetPayload(StepPayload):
    """Its version is the same as before: an analysis is no step of the negotiation."""


async def analyze(hand: Change, input: EstateOfferAnalysisSetInput) -> Outcome:
    """Keep an analysis with the terms that it is of."""
    turn = await turn_of(hand, input, ANALYZING)
    analysis = check(OfferRow, {"aiAnalysis": hand.given["aiAnalysis"]})
    # Quiet: who is about to decide on the same terms must not find his version stale, nor the buyer learn of it.
    row = await move(hand, input, turn, {"$set": analysis}, quiet=True)
    return {"offer": row["_id"]}


@strawberry.type
class OfferAnalysisSetMutations:
    estateOfferAnalysisSet: EstateOfferAnalysisSetPayload = change(
        analyze, "Write the analysis of an open offer; for the service that analyzes.", current="offer"
    )
