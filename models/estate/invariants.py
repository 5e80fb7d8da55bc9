"""What is always true of the platform's rows: counters, copies and states that its writes keep together."""

from typing import Any

from models.estate.agent import AGENTS
from models.estate.agent_interaction import AGENT_INTERACTIONS, SessionType
from models.estate.buyer_session import BUYER_SESSIONS
from models.estate.listing import LISTINGS, ListingStatus
from models.estate.offer import OFFERS, OPEN, OfferStatus
from models.estate.property_view import PROPERTY_VIEWS, ViewerType
from models.estate.saved_search import SAVED_SEARCHES
from models.estate.saved_search_match import SAVED_SEARCH_MATCHES
from models.estate.seller_session import SELLER_SESSIONS
from models.estate.terms import TERMS, OfferParty
from models.invariant import Invariant, Stage, joined
from models.table import Table


def _apart(ours: str, theirs: str) -> Stage:
    """The rows whose column is not that of the row joined to them."""
    return {"$match": {"$expr": {"$ne": [{"$first": f"$joined.{theirs}"}, f"${ours}"]}}}


def _same_agent(child: Table[Any], parent: Table[Any], by: str, *only: Stage) -> Invariant:
    """The child has the agent of the `parent` that its column `by` names."""
    return Invariant(
        name=f"{child.noun} {parent.noun}".replace(" ", "_"),
        table=child,
        words=f"the {parent.noun} is gone or has another agent",
        mend=f"Copy the agentId of the {parent.noun}, or delete the row when there is none.",
        stages=(
            *({"$match": condition} for condition in only),
            joined(parent, by, "_id", {"$project": {"agentId": 1}}),
            _apart("agentId", "agentId"),
        ),
    )


def _agent_active(child: Table[Any]) -> Invariant:
    return Invariant(
        name="agentActive",
        table=child,
        words="agentActive is not the agent's `active`, or the agent is gone",
        mend="Copy the agent's `active`.",
        stages=(joined(AGENTS, "agentId", "_id", {"$project": {"active": 1}}), _apart("agentActive", "active")),
    )


def _in_portal(kind: SessionType, portals: Table[Any]) -> Invariant:
    return _same_agent(AGENT_INTERACTIONS, portals, "sessionId", {"sessionType": kind.value})


WITH_THE_AGENT = Invariant(
    name="sessionId",
    table=AGENT_INTERACTIONS,
    words="it was the agent who asked, and sessionId is somebody else",
    mend="Copy sessionId from agentId.",
    stages=(
        {"$match": {"sessionType": SessionType.AGENT.value}},
        {"$match": {"$expr": {"$ne": ["$sessionId", "$agentId"]}}},
    ),
)

LOCATION = Invariant(
    name="location",
    table=LISTINGS,
    words="location is not the place that the coordinates name",
    mend="Set location to the GeoJSON point of the coordinates, longitude first.",
    stages=({"$match": {"$expr": {"$ne": ["$location.coordinates", ["$coordinates.lng", "$coordinates.lat"]]}}},),
)

OFFER_COUNT = Invariant(
    name="offerCount",
    table=LISTINGS,
    words="offerCount is not the number of the listing's offers",
    mend="Set it to that number.",
    stages=(
        joined(OFFERS, "_id", "listingId", {"$count": "rows"}),
        {"$match": {"$expr": {"$ne": ["$offerCount", {"$ifNull": [{"$first": "$joined.rows"}, 0]}]}}},
    ),
)

SOLD = Invariant(
    name="sold",
    table=LISTINGS,
    words="sold, but neither by an accepted offer nor outside",
    mend="Set outsideSale to true, or acceptedOfferId to the offer that was accepted.",
    sample=False,
    stages=({"$match": {"status": ListingStatus.SOLD.value, "outsideSale": False, "acceptedOfferId": None}},),
)

ACCEPTED_OFFER = Invariant(
    name="acceptedOfferId",
    table=LISTINGS,
    words="the offer in acceptedOfferId is gone, is not accepted or is on another listing",
    mend="Unset it, or accept the offer.",
    stages=(
        {"$match": {"acceptedOfferId": {"$exists": True, "$ne": None}}},
        joined(
            *(OFFERS, "acceptedOfferId", "_id"),
            {"$match": {"status": OfferStatus.ACCEPTED.value}},
            {"$project": {"listingId": 1}},
        ),
        _apart("_id", "listingId"),
    ),
)

ACCEPTED = Invariant(
    name="accepted",
    table=OFFERS,
    words="accepted, but its listing is neither pending nor sold by it",
    mend="Set the listing's acceptedOfferId to it and the status to pending, or withdraw the offer.",
    sample=False,
    stages=(
        {"$match": {"status": OfferStatus.ACCEPTED.value}},
        joined(
            *(LISTINGS, "listingId", "_id"),
            {"$match": {"status": {"$in": [ListingStatus.PENDING.value, ListingStatus.SOLD.value]}}},
            {"$project": {"acceptedOfferId": 1}},
        ),
        _apart("_id", "acceptedOfferId"),
    ),
)

IN_FORCE = Invariant(
    name="rounds",
    table=OFFERS,
    words="the terms in force are not those of the last round",
    mend="Copy them from the last round.",
    stages=(
        {"$set": {"last": {"$last": "$rounds"}}},
        {"$match": {"$expr": {"$or": [{"$ne": [f"$last.{name}", f"${name}"]} for name in TERMS]}}},
    ),
)

TURN = Invariant(
    name="turn",
    table=OFFERS,
    words="pending after a round by the agent, or countered after one by the buyer",
    mend="Set status to pending after the buyer's round, to countered after the agent's.",
    sample=False,
    stages=(
        {"$match": {"status": {"$in": list(OPEN)}}},
        {
            "$match": {
                "$expr": {
                    "$ne": [
                        {"$eq": ["$status", OfferStatus.PENDING.value]},
                        {"$eq": [{"$last": "$rounds.by"}, OfferParty.BUYER.value]},
                    ]
                }
            }
        },
    ),
)

VIEWER = Invariant(
    name="viewerType",
    table=PROPERTY_VIEWS,
    words="a buyer's view without a portal, or somebody else's with one",
    mend="Set viewerType to buyer where buyerSessionId is set, and only there.",
    stages=(
        {
            "$match": {
                "$expr": {
                    "$ne": [
                        {"$eq": ["$viewerType", ViewerType.BUYER.value]},
                        {"$eq": [{"$type": "$buyerSessionId"}, "objectId"]},
                    ]
                }
            }
        },
    ),
)

CODES = Invariant(
    name="sessionCode",
    table=SELLER_SESSIONS,
    words="a buyer's portal has the same code",
    mend="Change the code of one of the two.",
    stages=(
        joined(BUYER_SESSIONS, "sessionCode", "sessionCode", {"$limit": 1}, {"$project": {"_id": 1}}),
        {"$match": {"joined": {"$ne": []}}},
    ),
)

INVARIANTS = (
    *(_agent_active(table) for table in (LISTINGS, BUYER_SESSIONS, SELLER_SESSIONS)),
    *(_same_agent(child, LISTINGS, "listingId") for child in (SELLER_SESSIONS, PROPERTY_VIEWS, OFFERS)),
    *(_same_agent(child, BUYER_SESSIONS, "buyerSessionId") for child in (OFFERS, SAVED_SEARCHES, SAVED_SEARCH_MATCHES)),
    _in_portal(SessionType.BUYER, BUYER_SESSIONS),
    _in_portal(SessionType.SELLER, SELLER_SESSIONS),
    WITH_THE_AGENT,
    LOCATION,
    OFFER_COUNT,
    SOLD,
    ACCEPTED_OFFER,
    ACCEPTED,
    IN_FORCE,
    TURN,
    VIEWER,
    CODES,
)
