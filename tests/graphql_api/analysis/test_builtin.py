"""The built-in analyst: exact words for exact terms."""

from datetime import date
from typing import Any

import pytest

from graphql_api.analysis.builtin import BuiltIn, judged
from tests.graphql_api.analysis.cases import HOMES, case, home

DAY = date(2026, 11, 21)
NO_MODEL = "This is the built-in analyst speaking, which counts by rules and is not a language model. "
NO_ADVICE = " These are rules of thumb of a program, no advice: you know the house, the seller and the buyer."


async def test_it_says_what_it_is_and_what_it_has_counted() -> None:
    opinion = await BuiltIn(lambda: DAY).judge(case(*HOMES))
    assert (opinion.by, opinion.tokens, opinion.why) == ("built-in", 0, "")
    assert opinion.analysis.model_dump() == {
        "marketComparison": NO_MODEL + "The offer of 490,000 is 2.0 % below the asking price of 500,000. "
        "Of 4 other public homes (condo in Portland, OR: 1 for sale, 1 pending, 2 sold) the middle price is 490,000, "
        "and 245 the middle one of a square foot; at that rate these 2,000 square feet come to 490,000, and the offer "
        "is equal to that. Compared are asking prices; what was paid for sold homes is not known here, nor is their "
        "condition.",
        "strengths": ["A down payment of 20.4 % of the price.", "No conditions."],
        "risks": ["A lender has to agree.", "No day for the closing."],
        "recommendation": "Consider a counter near 495,000, halfway to the asking price." + NO_ADVICE,
        "confidence": 0.14,
    }


@pytest.mark.parametrize(
    ("homes", "says"),
    [
        ([], "No other public home of its kind is known to compare it with (condo in Portland, OR)."),
        (
            [home(400_000), home(600_000)],
            "Other public homes of its kind are too few to speak of a market (condo in Portland, OR: 2 for sale).",
        ),
    ],
    ids=["none", "two"],
)
def test_too_few_homes_are_no_market(homes: list[dict[str, Any]], says: str) -> None:
    analysis = judged(case(*homes), DAY)
    assert analysis.marketComparison.endswith(f"the asking price of 500,000. {says}")
    assert analysis.confidence == round(0.1 + len(homes) / 100, 2)


def test_it_is_never_sure() -> None:
    assert judged(case(*[home(400_000 + number) for number in range(150)]), DAY).confidence == 0.3


def test_only_other_homes_in_the_state_count() -> None:
    others = [
        home(100_000, id="eLstA"),
        home(100_000, state="ME"),
        home(100_000, sqft=0),
    ]
    assert case(*HOMES, *others).market == case(*HOMES).market
    assert case(*HOMES, home(100_000, state=" or ")).market.homes == 5


STRENGTHS: dict[str, tuple[dict[str, Any], str]] = {
    "price": ({"offerAmount": 500_000.0}, "The price is no less than what is asked."),
    "cash": ({"financingType": "CASH"}, "Cash: no lender has to agree."),
    "down": ({"downPayment": 98_000.0}, "A down payment of 20.0 % of the price."),
    "earnest": ({"earnestMoney": 9_800.0}, "Earnest money of 2.0 % of the price."),
    "free": ({"contingencies": []}, "No conditions."),
    "soon": ({"closingDate": "2026-12-21"}, "Closing within 30 days, on 2026-12-21."),
}
NONE_OF_THEM: dict[str, Any] = {"downPayment": 97_000.0, "contingencies": ["inspection"]}


@pytest.mark.parametrize(("terms", "says"), STRENGTHS.values(), ids=STRENGTHS)
def test_what_speaks_for_an_offer(terms: dict[str, Any], says: str) -> None:
    assert judged(case(**NONE_OF_THEM), DAY).strengths == []
    assert says in judged(case(**{**NONE_OF_THEM, **terms}), DAY).strengths


RISKS: dict[str, tuple[dict[str, Any], str]] = {
    "price": ({"offerAmount": 470_000.0}, "The price is 6.0 % below what is asked."),
    "lender": ({"financingType": "CONVENTIONAL"}, "A lender has to agree."),
    "down": (
        {"financingType": "CONVENTIONAL", "downPayment": 24_500.0},
        "A down payment of only 5.0 % of the price.",
    ),
    "fha": (
        {"financingType": "FHA"},
        "A loan of the kind FHA wants an appraisal by its own rules, and perhaps repairs.",
    ),
    "va": ({"financingType": "VA"}, "A loan of the kind VA wants an appraisal by its own rules, and perhaps repairs."),
    "earnest": ({"earnestMoney": 2_450.0}, "Earnest money of only 0.5 % of the price."),
    "conditions": (
        {"contingencies": ["inspection", "sale of\n another home", "a", "b", "c", "d", "e"]},
        "Conditions: inspection, sale of another home, a, b, c and 2 more.",
    ),
    "inspection": ({"inspectionPeriod": 15}, "15 days for an inspection."),
    "no closing": ({"closingDate": None}, "No day for the closing."),
    "late closing": ({"closingDate": "2027-01-21"}, "Closing as late as 2027-01-21."),
    "additional": (
        {"additionalTerms": "The piano stays."},
        "Additional terms, which the rules cannot weigh: read them.",
    ),
}
SAFE: dict[str, Any] = {"financingType": "CASH", "closingDate": "2027-01-20", "inspectionPeriod": 14}


@pytest.mark.parametrize(("terms", "says"), RISKS.values(), ids=RISKS)
def test_what_speaks_against_an_offer(terms: dict[str, Any], says: str) -> None:
    assert judged(case(**SAFE), DAY).risks == []
    assert says in judged(case(**{**SAFE, **terms}), DAY).risks


@pytest.mark.parametrize(("kind", "risk"), [("CONVENTIONAL", True), ("CASH", False)])
def test_a_lender_may_not_follow_far_above_the_market(kind: str, risk: bool) -> None:
    says = "The price is well above what comparable homes suggest: an appraisal for the loan may fall short of it."
    cheap = [home(400_000 + number) for number in range(3)]
    assert (says in judged(case(*cheap, financingType=kind), DAY).risks) is risk
    assert says not in judged(case(*HOMES, financingType=kind), DAY).risks


@pytest.mark.parametrize(
    ("terms", "says"),
    [
        (
            {"offerAmount": 500_000.0, "financingType": "CASH"},
            "Consider accepting: the price is what is asked, and little speaks against the terms.",
        ),
        (
            {"offerAmount": 510_000.0, "contingencies": ["inspection"]},
            "Consider a counter with other terms: the price is what is asked, but there are 4 risks.",
        ),
        ({"offerAmount": 465_000.0}, "Consider a counter near 482,500, halfway to the asking price."),
        (
            {"offerAmount": 464_000.0},
            "Consider a counter near the asking price: the offer is only 92.8 % of it.",
        ),
    ],
    ids=["accept", "terms", "halfway", "low"],
)
def test_what_it_recommends(terms: dict[str, Any], says: str) -> None:
    assert judged(case(**terms), DAY).recommendation == says + NO_ADVICE


def test_the_largest_terms_still_make_an_analysis() -> None:
    terms = {"contingencies": ["x" * 100] * 50, "earnestMoney": 1e12, "downPayment": 0.01, "offerAmount": 0.01}
    analysis = judged(case(*HOMES, asked=1e12, **terms), DAY)
    assert max(map(len, [*analysis.strengths, *analysis.risks])) < 1_000
