"""The terms that one side puts to the other: what clients give, and what becomes of it in the row."""

from collections.abc import Mapping
from typing import Any

import strawberry

from models.clock import now
from models.errors import Code, Refusal
from models.estate.offer import OfferRow
from models.estate.terms import TERMS, FinancingType, OfferParty, is_over
from models.validation import Refusals, check
from resolvers.scalars import Date
from resolvers.verbs.write import Change, optional, required


@strawberry.input(description="Terms that one side puts to the other. They replace those in force as a whole.")
class EstateOfferTermsInput:
    """What is absent here is absent in the terms."""

    offerAmount: float = required("Price, above 0.")
    earnestMoney: float = required("Money that the buyer pays at once, 0 or more.")
    downPayment: float = required("What the buyer pays without a loan, 0 to the price.")
    financingType: FinancingType = required("How the buyer pays.")
    contingencies: list[str] | None = optional(
        "Conditions, up to 50 of 100 characters, such as `inspection`. Who pays cash has no `financing`."
    )
    inspectionPeriod: int | None = optional("Days for an inspection, 0 to 3,650.")
    closingDate: Date | None = optional("Day on which the property changes hands; not in the past.")
    additionalTerms: str | None = optional("Whatever else is offered, up to 20,000 characters.")
    note: str | None = optional("Word to the other side, up to 20,000 characters; kept with the round.")


def put(hand: Change, by: OfferParty) -> dict[str, Any]:
    """The round that the input's `terms` make, as it is stored. Raises `Refusals` naming those at fault."""
    given = {name: value for name, value in hand.given["terms"].items() if value is not None}
    try:
        [fresh] = check(OfferRow, {"rounds": [{**given, "by": by, "at": now()}]})["rounds"]
    except Refusals as wrong:
        # The row says "rounds.0.downPayment", the client has written "terms.downPayment".
        raise Refusals([_of_the_terms(refusal) for refusal in wrong.refusals]) from wrong
    if "closingDate" in fresh and is_over(fresh["closingDate"]):
        raise Refusal(Code.OUT_OF_RANGE, "closingDate must not be in the past.", "terms", "closingDate")
    found: dict[str, Any] = fresh
    return found


def _of_the_terms(refusal: Refusal) -> Refusal:
    return Refusal(refusal.code, refusal.message, "terms", *refusal.field[2:])


def in_force(fresh: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that hold the terms of this round."""
    return {name: fresh[name] for name in TERMS if name in fresh}


def expiry(given: int | None) -> int | None:
    """Until when terms are good (Unix milliseconds). Raises OUT_OF_RANGE for a time that has passed."""
    if given is not None and given <= now():
        raise Refusal(Code.OUT_OF_RANGE, "expiresAt must lie in the future.", "expiresAt")
    return given
