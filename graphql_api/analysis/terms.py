"""What the terms of an offer have for and against them, by rules: price, money at hand, conditions, days."""

from collections.abc import Iterator
from datetime import date

from graphql_api.analysis.case import Case

CASH = "CASH"
INSURED = {"FHA": "FHA", "VA": "VA"}
"""Loans for which a public office answers, after an appraisal by rules of its own."""

LOW = 0.95
"""Share of the asking price below which the price is a risk."""

HIGH = 1.1
"""Times what comparable homes suggest, above which a lender may not follow."""

DOWN_GOOD, DOWN_POOR = 0.2, 0.1
EARNEST_GOOD, EARNEST_POOR = 0.02, 0.01
"""Shares of the price offered."""

SOON_DAYS, LATE_DAYS, INSPECTION_DAYS = 30, 60, 14

NAMED = 5
"""Conditions that are named; more are counted."""


def share(part: float, whole: float) -> str:
    """How far the one is below or above the other, as words before it."""
    percent = (part / whole - 1) * 100
    if round(abs(percent), 1) == 0:
        return "equal to"
    return f"{abs(percent):,.1f} % {'above' if percent > 0 else 'below'}"


def times(part: float) -> str:
    """A share as a percentage."""
    return f"{part * 100:,.1f} %"


def strengths(case: Case, day: date) -> list[str]:
    """What speaks for the terms on that day."""
    return list(_strengths(case, day))


def weaknesses(case: Case, day: date) -> list[str]:
    """What speaks against the terms on that day."""
    return [*_of_the_price(case), *_of_the_money(case), *_of_the_rest(case, day)]


def _strengths(case: Case, day: date) -> Iterator[str]:
    offer = case.offer
    if case.offered >= case.asked:
        yield "The price is no less than what is asked."
    if offer["financingType"] == CASH:
        yield "Cash: no lender has to agree."
    elif _down(case) >= DOWN_GOOD:
        yield f"A down payment of {times(_down(case))} of the price."
    if _earnest(case) >= EARNEST_GOOD:
        yield f"Earnest money of {times(_earnest(case))} of the price."
    if not offer["contingencies"]:
        yield "No conditions."
    days = _days(case, day)
    if days is not None and 0 <= days <= SOON_DAYS:
        yield f"Closing within {SOON_DAYS} days, on {offer['closingDate']}."


def _of_the_price(case: Case) -> Iterator[str]:
    if case.offered < case.asked * LOW:
        yield f"The price is {share(case.offered, case.asked)} what is asked."
    rate = case.market.rate
    loan = case.offer["financingType"] != CASH
    if loan and rate is not None and case.offered > rate * case.listing["sqft"] * HIGH:
        yield "The price is well above what comparable homes suggest: an appraisal for the loan may fall short of it."


def _of_the_money(case: Case) -> Iterator[str]:
    kind = case.offer["financingType"]
    if kind != CASH:
        yield "A lender has to agree."
        if _down(case) < DOWN_POOR:
            yield f"A down payment of only {times(_down(case))} of the price."
    if kind in INSURED:
        yield f"A loan of the kind {INSURED[kind]} wants an appraisal by its own rules, and perhaps repairs."
    if _earnest(case) < EARNEST_POOR:
        yield f"Earnest money of only {times(_earnest(case))} of the price."


def _of_the_rest(case: Case, day: date) -> Iterator[str]:
    offer = case.offer
    if conditions := offer["contingencies"]:
        more = len(conditions) - NAMED
        named = ", ".join(" ".join(each.split()) for each in conditions[:NAMED])
        yield f"Conditions: {named}{f' and {more} more' if more > 0 else ''}."
    if (offer["inspectionPeriod"] or 0) > INSPECTION_DAYS:
        yield f"{offer['inspectionPeriod']:,} days for an inspection."
    days = _days(case, day)
    if days is None:
        yield "No day for the closing."
    elif days > LATE_DAYS:
        yield f"Closing as late as {offer['closingDate']}."
    if offer["additionalTerms"]:
        yield "Additional terms, which the rules cannot weigh: read them."


def _down(case: Case) -> float:
    return float(case.offer["downPayment"] / case.offered)


def _earnest(case: Case) -> float:
    return float(case.offer["earnestMoney"] / case.offered)


def _days(case: Case, day: date) -> int | None:
    """Days until the closing; None where none is named."""
    named = case.offer["closingDate"]
    return None if named is None else (date.fromisoformat(named) - day).days
