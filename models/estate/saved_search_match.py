"""A home that a saved search has found by itself, because it is new, cheaper, or for sale again."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from pydantic import Field

from models.clock import now
from models.estate.listing import ListingStatus
from models.estate.numbers import Price
from models.estate.rules import OWN_AGENT, OWN_BUYER
from models.policy import Policy
from models.row import Id, Millis, Row
from models.table import Index, Table, index, unique


class Reason(StrEnum):
    """Why a listing is worth a word."""

    NEW = "new"
    PRICE_CUT = "price_cut"
    BACK_ON_MARKET = "back_on_market"


class SavedSearchMatchRow(Row):
    """`price` is what was asked when it matched, `matchedAt` in Unix milliseconds.

    `buyerSessionId` and `agentId` are those of the saved search, copied for the rule.
    """

    savedSearchId: Id
    listingId: Id
    buyerSessionId: Id
    agentId: Id
    price: Price
    reason: Reason
    matchedAt: Millis = Field(default_factory=now)

    class Settings:
        name = "estate_saved_search_matches"
        keep_nulls = False


SAVED_SEARCH_MATCHES = Table(
    SavedSearchMatchRow,
    type_name="EstateSavedSearchMatch",
    tag="eMat",
    noun="match of a saved search",
    policy=Policy(read=OWN_BUYER | OWN_AGENT),
    indexes=(
        # Whatever happens to the worker that makes them, each match is made once.
        unique("bySearchListingReasonPrice", "savedSearchId", "listingId", "reason", "price"),
        Index(
            "page_search_matched",
            ("savedSearchId", "-matchedAt", "-_id"),
            covered=("buyerSessionId", "agentId", "reason"),
        ),
        index("byListingId", "listingId"),
        index("byBuyerSessionId", "buyerSessionId"),
    ),
    shard_key=("savedSearchId",),
    watched=True,
)

ACTIVE = ListingStatus.ACTIVE.value
FOR_SALE = {"status": ACTIVE, "agentActive": True}
"""The listings of which word is given: those that everybody may see and buy."""


def reason(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> Reason | None:
    """Why the change of a listing is worth a word; None where it is not. `before` is None for a listing just made."""
    if any(after.get(column) != value for column, value in FOR_SALE.items()):
        return None
    if before is None:
        return Reason.NEW
    if before.get("status") != ACTIVE:
        return Reason.BACK_ON_MARKET
    return Reason.PRICE_CUT if after["price"] < before["price"] else None


def reason_since(listing: Mapping[str, Any], since: int) -> Reason | None:
    """The same where nobody knows any more what has happened since that time (Unix milliseconds).

    That a listing has come back to the market cannot be told from a listing alone.
    """
    if any(listing.get(column) != value for column, value in FOR_SALE.items()):
        return None
    if listing["createdAt"] >= since:
        return Reason.NEW
    return Reason.PRICE_CUT if (listing.get("priceCutAt") or 0) >= since else None
