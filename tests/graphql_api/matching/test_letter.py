"""What the mails say."""

from typing import Any

import pytest
from bson import ObjectId

from graphql_api.matching.letter import letters
from models.estate.saved_search_match import Reason

KEY = ObjectId("0123456789abcdef01234567")

LISTING: dict[str, Any] = {
    "_id": KEY,
    "address": "1 Corner Street",
    "city": "Portland",
    "state": "OR",
    "zipCode": "97201",
    "price": 450_000.0,
    "previousPrice": 500_000.5,
    "bedrooms": 3,
    "bathrooms": 2.0,
    "sqft": 1_800,
}
PORTAL = {"_id": KEY, "buyerName": "Bea {Buyer}", "buyerEmail": "bea@example.com"}
SEARCH = {"searchName": "Near\nthe river"}

CUT = """\
Hello Bea {Buyer},

A home costs less now that meets your search "Near
the river":

1 Corner Street, Portland, OR 97201
450,000 (before: 500,000.50)
Bedrooms: 3, bathrooms: 2, floor area: 1,800 square feet

https://homes.example/listings/eLstASNFZ4mrze8BI0Vn

You get this because the search has notifications switched on. You can switch them off in your portal.
"""


def test_it_tells_the_home_the_search_and_the_cut() -> None:
    mail = letters("https://homes.example/")(LISTING, Reason.PRICE_CUT, SEARCH, PORTAL)
    assert mail is not None
    assert (mail.to, mail.subject) == ("bea@example.com", "The price of a home in your saved search was cut")
    assert (mail.text, mail.kind) == (CUT, "estate_saved_search")


@pytest.mark.parametrize(
    ("reason", "subject", "words"),
    [
        (Reason.NEW, "A new home for your saved search", "There is a new home for your search"),
        (Reason.BACK_ON_MARKET, "A home in your saved search is for sale again", "A home is for sale again that meets"),
    ],
)
def test_a_former_price_is_told_of_cuts_alone(reason: Reason, subject: str, words: str) -> None:
    mail = letters("https://homes.example")(LISTING, reason, SEARCH, PORTAL)
    assert mail is not None
    assert mail.subject == subject
    assert words in mail.text
    assert "450,000\n" in mail.text
    assert "before" not in mail.text


def test_there_is_none_to_an_address_that_is_no_line() -> None:
    assert letters("https://homes.example")(LISTING, Reason.NEW, SEARCH, {**PORTAL, "buyerEmail": "a\x01@b"}) is None
