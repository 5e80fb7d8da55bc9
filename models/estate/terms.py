"""The terms of an offer, and the rounds in which the two sides have put them to each other."""

from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, Field, ValidationInfo, field_validator

from models.estate.numbers import Amount, Price
from models.estate.part import Part
from models.estate.texts import Day, Long, Short, fold
from models.row import Millis

FINANCING = "financing"
"""The contingency that who pays cash cannot have."""

CONTINGENCIES = 50
ROUNDS = 100
INSPECTION_DAYS = 3_650
WESTERNMOST = timedelta(hours=12)
"""How far behind UTC a day may still be going on."""


class FinancingType(StrEnum):
    """How the buyer pays."""

    CASH = "cash"
    CONVENTIONAL = "conventional"
    FHA = "fha"
    VA = "va"


class OfferParty(StrEnum):
    """Who put the terms of a round."""

    BUYER = "buyer"
    AGENT = "agent"


class Terms(BaseModel):
    """What one side offers. `inspectionPeriod` is in days, `closingDate` a day of the calendar."""

    offerAmount: Price
    earnestMoney: Amount
    downPayment: Amount
    financingType: FinancingType
    contingencies: Annotated[list[Short], Field(max_length=CONTINGENCIES)] = Field(default_factory=list[str])
    inspectionPeriod: int | None = Field(default=None, ge=0, le=INSPECTION_DAYS)
    closingDate: Day | None = None
    additionalTerms: Long | None = None

    @field_validator("downPayment")
    @classmethod
    def _within_the_offer(cls, paid: float, info: ValidationInfo) -> float:
        if "offerAmount" in info.data and paid > info.data["offerAmount"]:
            raise ValueError("must not be more than offerAmount")
        return paid

    @field_validator("contingencies")
    @classmethod
    def _cash_needs_no_lender(cls, contingencies: list[str], info: ValidationInfo) -> list[str]:
        if info.data.get("financingType") is FinancingType.CASH and FINANCING in map(fold, contingencies):
            raise ValueError('must not hold "financing" where the buyer pays cash')
        return contingencies


class Round(Terms, Part):
    """The terms that one side put at one time (Unix milliseconds), with a note to the other."""

    by: OfferParty
    note: Long | None = None
    at: Millis


TERMS = tuple(Terms.model_fields)
"""The columns of an offer that hold the terms in force: those of its last round."""


def is_over(day: str) -> bool:
    """Whether the day (YYYY-MM-DD) has passed everywhere on earth."""
    return date.fromisoformat(day) < (datetime.now(UTC) - WESTERNMOST).date()
