"""A draft from a text: read by the grammar, stored nowhere, for agents alone."""

from typing import Any

import pytest

from models.buyer.profile import PROFILES
from models.store.connection import Database
from resolvers.buyer.profile_grammar import read
from tests.fixtures.estate import Parties
from tests.fixtures.wire import Api, People
from tests.resolvers.advisor.writing import done, refusal, rows
from tests.resolvers.buyer.profile_cast import agent_who_is_off, cast

TEXT = (
    "My name is Bea Buyer (bea@example.com, 503-555-0100). We look for a condo with three bedrooms and 2+ baths in "
    "Portland, near Hawthorne and Mount Tabor, between 400k and $500k. We love a garden and a home office, but no pool."
)


async def test_an_agent_gets_a_draft_and_nothing_is_stored(
    api: Api, parties: Parties, people: People, database: Database
) -> None:
    ann = await parties.agent("ann")
    shown = (
        "missing readBy draft { name email phone location budget budgetMin budgetMax homeType bedrooms bathrooms "
        "mustHaveFeatures dealbreakers preferredAreas rawInput inputMethod nlpConfidence }"
    )
    payload = await done(api, "buyerProfileExtract", ann, shown, text=TEXT)
    assert payload == {
        "missing": [],
        "readBy": "built-in grammar",
        "draft": {
            "name": "Bea Buyer",
            "email": "bea@example.com",
            "phone": "503-555-0100",
            "location": "Portland",
            "budget": "between 400k and $500k",
            "budgetMin": 400_000,
            "budgetMax": 500_000,
            "homeType": "CONDO",
            "bedrooms": 3,
            "bathrooms": "2+",
            "mustHaveFeatures": ["garden", "home office"],
            "dealbreakers": ["pool"],
            "preferredAreas": ["Hawthorne", "Mount Tabor"],
            "rawInput": TEXT,
            "inputMethod": "TEXT",
            "nlpConfidence": 60,
        },
    }
    empty = await done(api, "buyerProfileExtract", ann, "missing draft { nlpConfidence }", text="Hello there.")
    assert empty["draft"] == {"nlpConfidence": 0}
    assert empty["missing"] == ["name", "email", "location", "budget", "homeType", "bedrooms", "bathrooms"]
    assert await rows(database, PROFILES) == [[]]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("400-500k", {"budgetMin": 400_000, "budgetMax": 500_000}),
        ("up to $600,000", {"budgetMin": None, "budgetMax": 600_000}),
        ("at least 1.5 million", {"budgetMin": 1_500_000, "budgetMax": None}),
        ("2-3 bedrooms", {"budget": None}),
        ("a budget of 2,500,000", {"budgetMax": 2_500_000}),
        ("4 BR house, 2.5 ba", {"bedrooms": 4, "bathrooms": "2.5", "homeType": "single-family"}),
        ("a townhouse", {"homeType": "townhouse"}),
        ("99 bedrooms", {"bedrooms": 10}),
        ("without stairs, don't want a garage", {"mustHaveFeatures": [], "dealbreakers": ["stairs", "garage"]}),
        ("swimming pool", {"mustHaveFeatures": ["swimming pool"]}),
    ],
)
def test_phrases(text: str, found: dict[str, Any]) -> None:
    reading = read(text)
    assert {name: getattr(reading, name) for name in found} == found


def test_a_long_text_is_read_at_once() -> None:
    for piece in ("1,1,", "A b ", "near A and ", "$1 - ", "no " * 3, "a@", "12 "):
        assert read((piece * 32_000)[:32_000]).confidence <= 12


async def test_nobody_else_gets_one(api: Api, people: People, parties: Parties) -> None:
    there = await cast(people, parties)
    off, _ = await agent_who_is_off(parties)
    for name, caller in {**there.callers, "off": off}.items():
        if name != "other agent":
            expected = "UNAUTHENTICATED" if name == "anonymous" else "FORBIDDEN"
            assert (await refusal(api, "buyerProfileExtract", caller, text=TEXT))[0] == expected, name
    assert await refusal(api, "buyerProfileExtract", there.ann, text=" ") == ("INVALID", "text")
    assert await refusal(api, "buyerProfileExtract", there.ann, text="x" * 32_001) == ("TOO_LONG", "text")
