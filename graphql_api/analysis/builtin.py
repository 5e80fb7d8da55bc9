"""The built-in analyst: it judges offers by rules where no model is configured or of use, and says so."""

from collections.abc import Callable
from datetime import UTC, date, datetime

from graphql_api.analysis.analyst import Opinion
from graphql_api.analysis.case import Case
from graphql_api.analysis.terms import share, strengths, times, weaknesses
from models.estate.offer import Analysis

NAME = "built-in"

LEAST_CONFIDENCE = 0.1
MOST_CONFIDENCE = 0.3
"""However many homes there are: rules see neither the house nor the people."""

CONFIDENCE_A_HOME = 0.01

FAIR = 1.0
CLOSE = 0.93
"""Shares of the asking price from which an offer is good, or worth a counter that meets it halfway."""

FEW = 2
"""Risks with which an offer at the asking price is still one to accept."""

STATUSES = {"ACTIVE": "for sale", "PENDING": "pending", "SOLD": "sold"}


def today() -> date:
    """The day that it is, in UTC."""
    return datetime.now(UTC).date()


class BuiltIn:
    """Judges the same offer on the same day, beside the same homes, always the same way."""

    def __init__(self, day: Callable[[], date] = today) -> None:
        self._day = day

    async def judge(self, case: Case) -> Opinion:
        """What the rules say; it costs no tokens."""
        return Opinion(judged(case, self._day()), NAME)


def judged(case: Case, day: date) -> Analysis:
    """The analysis of an offer on that day."""
    risks = weaknesses(case, day)
    return Analysis(
        marketComparison=_comparison(case),
        strengths=strengths(case, day),
        risks=risks,
        recommendation=_recommendation(case, len(risks)),
        confidence=round(min(LEAST_CONFIDENCE + case.market.homes * CONFIDENCE_A_HOME, MOST_CONFIDENCE), 2),
    )


def _comparison(case: Case) -> str:
    return (
        "This is the built-in analyst speaking, which counts by rules and is not a language model. "
        f"The offer of {case.offered:,.0f} is {share(case.offered, case.asked)} the asking price of {case.asked:,.0f}. "
        f"{_market(case)}"
    )


def _market(case: Case) -> str:
    """What the comparable homes say."""
    market, home = case.market, case.listing
    place = f"{_line(home['propertyType'])} in {_line(home['city'])}, {_line(home['state'])}"
    if not market.homes:
        return f"No other public home of its kind is known to compare it with ({place})."
    parts = ", ".join(f"{market.counts[key]} {words}" for key, words in STATUSES.items() if key in market.counts)
    if market.price is None or market.rate is None:
        return f"Other public homes of its kind are too few to speak of a market ({place}: {parts})."
    expected = market.rate * home["sqft"]
    return (
        f"Of {market.homes} other public homes ({place}: {parts}) the middle price is {market.price:,.0f}, and "
        f"{market.rate:,.0f} the middle one of a square foot; at that rate these {home['sqft']:,} square feet come to "
        f"{expected:,.0f}, and the offer is {share(case.offered, expected)} that. "
        "Compared are asking prices; what was paid for sold homes is not known here, nor is their condition."
    )


def _line(text: str) -> str:
    return " ".join(text.split())


def _recommendation(case: Case, risks: int) -> str:
    part = case.offered / case.asked
    if part >= FAIR and risks <= FEW:
        word = "Consider accepting: the price is what is asked, and little speaks against the terms."
    elif part >= FAIR:
        word = f"Consider a counter with other terms: the price is what is asked, but there are {risks} risks."
    elif part >= CLOSE:
        word = f"Consider a counter near {(case.offered + case.asked) / 2:,.0f}, halfway to the asking price."
    else:
        word = f"Consider a counter near the asking price: the offer is only {times(part)} of it."
    return f"{word} These are rules of thumb of a program, no advice: you know the house, the seller and the buyer."
