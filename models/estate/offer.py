"""An offer that a buyer makes on a listing: one row for the whole negotiation."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from models.estate.part import Part
from models.estate.rules import (
    ANALYSIS,
    OWN_AGENT,
    OWN_BUYER,
    OWN_SELLER_LISTING,
    PORTAL_AGENT,
    WORKING_AGENT,
)
from models.estate.terms import ROUNDS, Round, Terms
from models.estate.texts import Line, Long
from models.policy import OPERATOR, Filter, Is, Owner, Policy
from models.row import Id, Millis, Row
from models.table import Index, Table, index, unique

POINTS = 50
"""Strengths, or risks, that one analysis names."""


class OfferStatus(StrEnum):
    """pending ⇄ countered; either → accepted, rejected or withdrawn; accepted → withdrawn."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    COUNTERED = "countered"
    WITHDRAWN = "withdrawn"


OPEN = (OfferStatus.PENDING.value, OfferStatus.COUNTERED.value)
"""While an offer is in one of these, it is one side's turn."""


def standing(at: int) -> Filter:
    """The offers whose time is not over at this one (Unix milliseconds)."""
    return {"expiresAt": {"$not": {"$lte": at}}}


def lapsed(at: int) -> Filter:
    """The offers that nobody has decided on in time."""
    return {"status": {"$in": list(OPEN)}, "expiresAt": {"$lte": at}}


class Analysis(Part):
    """What the AI service makes of an offer; `confidence` runs from 0 to 1."""

    marketComparison: Long
    strengths: Annotated[list[Line], Field(max_length=POINTS)]
    risks: Annotated[list[Line], Field(max_length=POINTS)]
    recommendation: Long
    confidence: float = Field(ge=0, le=1, allow_inf_nan=False)


class OfferRow(Terms, Row):
    """The terms in force are the row's own columns, `rounds` is how it came to them, the last one theirs.

    Times are Unix milliseconds. `agentId` is the listing's agent, copied so that the rule needs no second table.
    `respondedAt` is when the other side last answered: countered, accepted or rejected. After `expiresAt` nobody
    accepts or counters any more. An analysis is one of the terms in force, and goes with them. `closedReason` is why
    the offer was withdrawn.
    """

    listingId: Id
    buyerSessionId: Id
    status: OfferStatus = OfferStatus.PENDING
    aiAnalysis: Analysis | None = None
    agentId: Id
    rounds: Annotated[list[Round], Field(min_length=1, max_length=ROUNDS)]
    respondedAt: Millis | None = None
    expiresAt: Millis | None = None
    closedReason: Line | None = None

    class Settings:
        name = "estate_offers"
        keep_nulls = False


OF_ITS_AGENT = Owner("agentId", PORTAL_AGENT, "the portal's own agent")

BIDDERS = OWN_BUYER
"""Who makes an offer, counters a counter, accepts one or withdraws."""

DECIDERS = WORKING_AGENT
"""Who counters, accepts and rejects on the seller's behalf, and says that an accepted offer fell through."""

ANALYSTS = ANALYSIS
"""Who writes `aiAnalysis`, and nothing else."""

_BEHIND = ("agentId", "listingId", "buyerSessionId", "status")


def _page(name: str, *columns: str) -> Index:
    return Index(f"page_{name}", columns, covered=tuple(column for column in _BEHIND if column not in columns))


OFFERS = Table(
    OfferRow,
    type_name="EstateOffer",
    tag="eOff",
    noun="offer",
    policy=Policy(
        read=OWN_AGENT | OWN_BUYER | OWN_SELLER_LISTING | OPERATOR | ANALYSIS,
        create=BIDDERS & OF_ITS_AGENT & Is("status", (OfferStatus.PENDING.value,)),
        update=DECIDERS | BIDDERS | ANALYSTS,
        private={
            "buyerSessionId": OWN_AGENT | OWN_BUYER,
            "aiAnalysis": OWN_AGENT | OPERATOR | ANALYSIS,
        },
    ),
    indexes=(
        index("byListingId", "listingId"),
        index("byBuyerSessionId", "buyerSessionId"),
        index("byStatus", "status"),
        index("byListingStatus", "listingId", "status", "-createdAt"),
        index("byAgentStatus", "agentId", "status", "-updatedAt"),
        unique("byAcceptedListing", "listingId", partial={"status": OfferStatus.ACCEPTED.value}),
        unique("oneOpenOffer", "listingId", "buyerSessionId", partial={"status": {"$in": list(OPEN)}}),
        _page("agent_created", "agentId", "-createdAt", "-_id"),
        _page("agent_updated", "agentId", "-updatedAt", "-_id"),
        _page("agent_amount", "agentId", "-offerAmount", "-_id"),
        _page("agent_status_created", "agentId", "status", "-createdAt", "-_id"),
        _page("agent_status_updated", "agentId", "status", "-updatedAt", "-_id"),
        _page("agent_listing_created", "agentId", "listingId", "-createdAt", "-_id"),
        _page("agent_buyer_created", "agentId", "buyerSessionId", "-createdAt", "-_id"),
        _page("listing_created", "listingId", "-createdAt", "-_id"),
        _page("listing_updated", "listingId", "-updatedAt", "-_id"),
        _page("listing_amount", "listingId", "-offerAmount", "-_id"),
        _page("listing_status_created", "listingId", "status", "-createdAt", "-_id"),
        _page("buyer_created", "buyerSessionId", "-createdAt", "-_id"),
        _page("buyer_updated", "buyerSessionId", "-updatedAt", "-_id"),
        _page("buyer_amount", "buyerSessionId", "-offerAmount", "-_id"),
        index("page_unanalyzed_created", "status", "aiAnalysis.confidence", "createdAt", "_id"),
        index("page_status_expires", "status", "expiresAt", "_id"),
    ),
    shard_key=("listingId",),
    watched=True,
)
