"""The mail that tells a buyer of a listing."""

from collections.abc import Mapping
from typing import Any

import structlog

from models import global_id
from models.estate.listing import LISTINGS
from models.estate.saved_search_match import Reason
from models.mail.mail import Mail
from models.store.alerts import Letter

log = structlog.get_logger(__name__)

KIND = "estate_saved_search"

# Nobody's words stand in a subject: they might hold what no header may.
SUBJECTS = {
    Reason.NEW: "A new home for your saved search",
    Reason.PRICE_CUT: "The price of a home in your saved search was cut",
    Reason.BACK_ON_MARKET: "A home in your saved search is for sale again",
}

TEXT = """\
Hello {name},

{what} your search "{search}":

{address}, {city}, {state} {zip_code}
{price}{before}
Bedrooms: {bedrooms}, bathrooms: {bathrooms:g}, floor area: {sqft:,} square feet

{link}

You get this because the search has notifications switched on. You can switch them off in your portal.
"""

WHAT = {
    Reason.NEW: "There is a new home for",
    Reason.PRICE_CUT: "A home costs less now that meets",
    Reason.BACK_ON_MARKET: "A home is for sale again that meets",
}


def letters(web_url: str) -> Letter:
    """What the mails say, with links into the web application at this address."""
    base = web_url.rstrip("/")

    def letter(
        listing: Mapping[str, Any], reason: Reason, search: Mapping[str, Any], portal: Mapping[str, Any]
    ) -> Mail | None:
        link = f"{base}/listings/{global_id.encode(LISTINGS.tag, listing['_id'])}"
        try:
            return Mail(portal["buyerEmail"], SUBJECTS[reason], _text(listing, reason, search, portal, link), KIND)
        except ValueError:
            log.warning("no mail can go to the address of a buyer", portal=str(portal["_id"]))
            return None

    return letter


def _text(
    listing: Mapping[str, Any], reason: Reason, search: Mapping[str, Any], portal: Mapping[str, Any], link: str
) -> str:
    before = listing.get("previousPrice") or 0.0
    cut = reason is Reason.PRICE_CUT and before > listing["price"]
    return TEXT.format(
        name=portal["buyerName"],
        what=WHAT[reason],
        search=search["searchName"],
        address=listing["address"],
        city=listing["city"],
        state=listing["state"],
        zip_code=listing["zipCode"],
        price=_money(listing["price"]),
        before=f" (before: {_money(before)})" if cut else "",
        bedrooms=listing["bedrooms"],
        bathrooms=listing["bathrooms"],
        sqft=listing["sqft"],
        link=link,
    )


def _money(amount: float) -> str:
    """An amount without its currency, which is the listing's own."""
    return f"{amount:,.2f}".removesuffix(".00")
