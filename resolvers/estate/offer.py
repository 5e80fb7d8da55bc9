"""EstateOffer: a purchase offer of a buyer on a listing, with the rounds of its negotiation."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from models import global_id
from models.actor import Actor
from models.clock import now
from models.errors import Code, Refusal
from models.estate.agent import AGENTS
from models.estate.buyer_session import BUYER_SESSIONS
from models.estate.listing import LISTINGS
from models.estate.offer import ANALYSTS, OFFERS, OfferStatus, standing
from models.estate.rules import BUYER, OWN_AGENT, OWN_BUYER, OWN_SELLER_LISTING, SELLER_LISTING
from models.estate.terms import FinancingType, OfferParty
from models.policy import EVERYTHING, NOTHING, Filter, both
from models.store.ask import Ask
from models.table import Table
from resolvers.adjectives import FLOATS, TIMES, choices, ids, orders, where
from resolvers.connection import Connection
from resolvers.estate.agent import EstateAgent
from resolvers.listing import Listing, argument
from resolvers.picking import Paged
from resolvers.plan import Listed
from resolvers.scalars import Date, Timestamp
from resolvers.selection import Call
from resolvers.table import Node, choice, column, embedded, identity, node, reference, viewer_can
from resolvers.verbs.read import listed, one_by_id
from resolvers.verbs.relate import one
from resolvers.verbs.root import root
from resolvers.verbs.watch import ListChange, watch

if TYPE_CHECKING:
    from resolvers.estate.buyer_session import EstateBuyerSession
    from resolvers.estate.listing import EstateListing

choice(
    OfferStatus,
    "EstateOfferStatus",
    "Where a negotiation stands.",
    PENDING="The buyer has put terms: it is the agent's turn.",
    COUNTERED="The agent has put other terms: it is the buyer's turn.",
    ACCEPTED="The terms in force are agreed on.",
    REJECTED="The agent has said no, or nobody has decided in time.",
    WITHDRAWN="The buyer has taken the offer back, or the deal fell through after it was accepted.",
)
choice(
    FinancingType,
    "EstateFinancingType",
    "How the buyer pays.",
    CASH="Without a loan.",
    CONVENTIONAL="With a loan that no public office insures.",
    FHA="With a loan insured by the Federal Housing Administration.",
    VA="With a loan guaranteed by the Department of Veterans Affairs.",
)
choice(
    OfferParty,
    "EstateOfferParty",
    "Which side put the terms of a round.",
    BUYER="The buyer.",
    AGENT="The agent, on the seller's behalf.",
)


@strawberry.type(description="The terms that one side put to the other at one time.")
class EstateOfferRound:
    """A round never changes."""

    by: OfferParty = column("Which side put them.")
    offerAmount: float = column("Price.")
    earnestMoney: float = column("Money that the buyer pays at once.")
    downPayment: float = column("What the buyer pays without a loan.")
    financingType: FinancingType = column("How the buyer pays.")
    contingencies: list[str] = column("Conditions.")
    inspectionPeriod: int | None = column("Days for an inspection.")
    closingDate: Date | None = column("Day on which the property changes hands.")
    additionalTerms: str | None = column("Whatever else is agreed on.")
    note: str | None = column("Word to the other side.")
    at: Timestamp = column("When they were put.")


@strawberry.type(description="What the analysis service makes of the terms in force.")
class EstateOfferAnalysis:
    """It goes when other terms are put."""

    marketComparison: str = column("How the offer compares with the market.")
    strengths: list[str] = column("What speaks for it.")
    risks: list[str] = column("What speaks against it.")
    recommendation: str = column("What the agent had better do.")
    confidence: float = column("How certain that is, 0 to 1.")


@node(OFFERS, "An offer: its buyer, its agent and the listing's seller see it; the seller not whose it is.")
class EstateOffer(Node):
    id: strawberry.ID = identity(OFFERS)
    listingId: strawberry.ID = reference(LISTINGS, "listingId", "Listing that it is on.")
    listing: Annotated["EstateListing", strawberry.lazy("resolvers.estate.listing")] | None = one(
        LISTINGS, "listingId", "Listing that it is on."
    )
    buyerSessionId: strawberry.ID | None = reference(
        BUYER_SESSIONS, "buyerSessionId", "Portal of the buyer; shown to the agent and the buyer alone."
    )
    buyerSession: Annotated["EstateBuyerSession", strawberry.lazy("resolvers.estate.buyer_session")] | None = one(
        BUYER_SESSIONS, "buyerSessionId", "Portal of the buyer; shown to the agent and the buyer alone."
    )
    agentId: strawberry.ID = reference(AGENTS, "agentId", "Agent of the listing.")
    agent: EstateAgent | None = one(AGENTS, "agentId", "Agent of the listing.")
    offerAmount: float = column("Price, in the terms in force.")
    earnestMoney: float = column("Money that the buyer pays at once.")
    downPayment: float = column("What the buyer pays without a loan.")
    financingType: FinancingType = column("How the buyer pays.")
    contingencies: list[str] = column("Conditions.")
    inspectionPeriod: int | None = column("Days for an inspection.")
    closingDate: Date | None = column("Day on which the property changes hands.")
    additionalTerms: str | None = column("Whatever else is offered.")
    status: OfferStatus = column("Where the negotiation stands, and so whose turn it is.")
    rounds: list[EstateOfferRound] = embedded("How it came to the terms in force, which are those of the last round.")
    aiAnalysis: EstateOfferAnalysis | None = embedded("Analysis of the terms in force; shown to the agent alone.")
    respondedAt: Timestamp | None = column("When the other side last countered, accepted or rejected.")
    expiresAt: Timestamp | None = column("Until when the terms in force can be accepted or countered; null for always.")
    closedReason: str | None = column("Why it was withdrawn.")
    version: int = column("Number that rises with each step, for `version` of the next one.")
    createdAt: Timestamp = column("When the buyer made it.")
    updatedAt: Timestamp = column("When the last step was taken.")
    viewerCanUpdate: bool = viewer_can(OFFERS, "update", "Whether you take part in the negotiation.")


OFFER_WHERE = where(
    OFFERS,
    status=choices(OfferStatus, "EstateOfferStatus"),
    listingId=ids(LISTINGS),
    buyerSessionId=ids(BUYER_SESSIONS),
    offerAmount=FLOATS,
    createdAt=TIMES,
    updatedAt=TIMES,
    expiresAt=TIMES,
)
ORDERS = orders("EstateOffer", CREATED_AT=("-createdAt",), UPDATED_AT=("-updatedAt",), OFFER_AMOUNT=("-offerAmount",))

OF_AGENT = Listing(OFFERS, ORDERS, fixed=("agentId",), where=OFFER_WHERE)
OF_LISTING = Listing(OFFERS, ORDERS, fixed=("listingId",), where=OFFER_WHERE)
OF_BUYER = Listing(OFFERS, ORDERS, fixed=("buyerSessionId",), where=OFFER_WHERE)

MINE = OWN_AGENT | OWN_BUYER | OWN_SELLER_LISTING
"""Whose offers are listed where neither a listing nor a buyer is named."""

WHICH = {
    "listingId": (argument(strawberry.ID | None, "Only those on this listing."), strawberry.UNSET),
    "buyerSessionId": (argument(strawberry.ID | None, "Only those of this buyer's portal."), strawberry.UNSET),
}


def _chosen(actor: Actor, given: Mapping[str, Any]) -> tuple[Listing, Filter]:
    """The list whose index holds what the arguments, or else the caller, fix; and what they fix."""
    on, whose = given.get("listingId"), given.get("buyerSessionId")
    parts = [_named("listingId", LISTINGS, on), _named("buyerSessionId", BUYER_SESSIONS, whose)]
    if whose is not None:
        parts.append(_known_buyers(actor))
    if on is None and whose is None:
        parts.append(MINE.filter(actor))
    if on is not None or SELLER_LISTING in actor.profiles:
        return OF_LISTING, both(*parts)
    return (OF_BUYER if whose is not None or BUYER in actor.profiles else OF_AGENT), both(*parts)


def _named(column_: str, table: Table[Any], text: str | None) -> Filter:
    if text is None:
        return EVERYTHING
    key = global_id.decode(table, text)
    return NOTHING if key is None else {column_: key}


def _known_buyers(actor: Actor) -> Filter:
    """The offers of which the caller may know the buyer: for others the argument would tell it."""
    known = OFFERS.policy.private["buyerSessionId"].filter(actor)
    if known is NOTHING:
        raise Refusal(Code.FORBIDDEN, "You may not read buyerSessionId, nor find by it.", "buyerSessionId")
    return known


def _asked(call: Call, given: Mapping[str, Any], shown: Paged) -> Ask:
    listing, extra = _chosen(call.context.actor, given)
    return listing.ask(call, given, shown, extra)


async def _offers(call: Call) -> Any:
    return await call.context.store.read.page(_asked(call, call.arguments, call.below.page), call.context.actor)


def _followed(call: Call) -> Ask:
    given = {name: value for name, value in call.arguments.items() if name != "after"}
    return _asked(call, given, call.below.change)


def _to_analyze(actor: Actor) -> Filter:
    if not ANALYSTS.admits(actor, {}):
        return NOTHING
    # One column of it, that the index holds: offers that have an analysis are not even read.
    return {"status": OfferStatus.PENDING.value, "aiAnalysis.confidence": None}


def _unanalyzed(_actor: Actor) -> Filter:
    return standing(now())


TO_ANALYZE = Listing(
    OFFERS,
    orders("EstateOfferToAnalyze", CREATED_AT=("createdAt",)),
    fixed=("status", "aiAnalysis.confidence"),
    scope=_to_analyze,
    within=_unanalyzed,
)


@strawberry.type
class OfferQueries:
    estateOffer: EstateOffer | None = one_by_id(OFFERS, "An offer.")
    estateOffers: Connection[EstateOffer] = root(
        _offers,
        "Offers, newest first: those on a listing, those of a buyer, or else all of yours.",
        {**WHICH, **OF_AGENT.parameters()},
        need=Listed(OF_AGENT),
    )
    estateOffersToAnalyze: Connection[EstateOffer] = listed(
        TO_ANALYZE,
        "Offers whose terms in force nobody has analyzed, oldest first; empty for all but the service that does.",
    )


@strawberry.type
class OfferSubscriptions:
    estateOfferChanges: ListChange[EstateOffer] = watch(
        _followed,
        "Offers, kept up to date: those on a listing, those of a buyer, or else all of yours.",
        {**WHICH, **{name: kind for name, kind in OF_AGENT.parameters().items() if name not in {"after", "before"}}},
    )
