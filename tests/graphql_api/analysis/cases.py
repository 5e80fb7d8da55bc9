"""Cases as the desk puts them together, for those who judge them."""

from typing import Any

from graphql_api.analysis.case import Case

OFFER = {
    "id": "eOffA",
    "version": 1,
    "status": "PENDING",
    "aiAnalysis": None,
    "offerAmount": 490_000.0,
    "earnestMoney": 5_000.0,
    "downPayment": 100_000.0,
    "financingType": "CONVENTIONAL",
    "contingencies": [],
    "inspectionPeriod": None,
    "closingDate": None,
    "additionalTerms": None,
    "rounds": [{"by": "BUYER", "offerAmount": 490_000.0, "note": None}],
}

LISTING = {
    "id": "eLstA",
    "city": "Portland",
    "state": "OR",
    "price": 500_000.0,
    "sqft": 2_000,
    "propertyType": "condo",
    "description": "A bright home.",
    "features": ["Garden"],
}


def home(price: float, status: str = "ACTIVE", **values: Any) -> dict[str, Any]:
    """A comparable home."""
    return {"id": f"eLst{price}", "state": "OR", "price": price, "sqft": 2_000, "status": status, **values}


HOMES = (home(400_000), home(480_000, "PENDING"), home(500_000, "SOLD"), home(600_000, "SOLD"))


def case(*homes: dict[str, Any], asked: float = 500_000.0, **terms: Any) -> Case:
    """An offer with these terms, beside these homes."""
    offer = {**OFFER, **terms}
    return Case({**offer, "listing": LISTING}, {**LISTING, "price": asked}, homes)
