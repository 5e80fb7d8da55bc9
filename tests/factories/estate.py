"""Rows of the real-estate platform."""

from datetime import UTC, datetime, timedelta
from typing import Any

from bson import ObjectId

from models.clock import now
from models.estate.agent import AgentRow
from models.estate.agent_credential import AgentCredentialRow
from models.estate.agent_interaction import AgentInteractionRow
from models.estate.audit_entry import AuditEntryRow, AuditEvent
from models.estate.buyer_session import BuyerSessionRow
from models.estate.listing import ListingRow
from models.estate.offer import OfferRow
from models.estate.place import Coordinates
from models.estate.property_view import PropertyViewRow
from models.estate.saved_search import SavedSearchRow
from models.estate.saved_search_match import Reason, SavedSearchMatchRow
from models.estate.seller_session import SellerSessionRow
from models.estate.terms import TERMS, OfferParty, Round
from models.row import Row
from models.table import stored

Stored = dict[str, Any]


async def _kept(row: Row) -> Stored:
    await row.insert()
    return stored(row.model_dump())


async def agent(account: ObjectId, **values: Any) -> Stored:
    """An agent who is switched on, with the account of that id."""
    key = ObjectId()
    email = values.pop("email", f"{key}@example.com")
    given = {"firstName": "Ann", "lastName": "Agent", "agencyName": "Corner Homes", "inviteCode": f"invite-{key}"}
    return await _kept(AgentRow(**{"accountId": account, "email": email, "emailKey": email.lower(), **given, **values}))


async def agent_credential(agent: Stored, **values: Any) -> Stored:
    """An agent's way in, with whatever secrets `values` names; without them there is none."""
    return await _kept(AgentCredentialRow(agentId=agent["_id"], accountId=agent["accountId"], **values))


async def audit_entry(agent: Stored, **values: Any) -> Stored:
    """An agent's sign-in, kept for a year."""
    given = {"event": AuditEvent.SIGNED_IN, "expiresAt": datetime.now(UTC) + timedelta(days=365)}
    return await _kept(AuditEntryRow(**{"agentId": agent["_id"], **given, **values}))


async def listing(agent: Stored, **values: Any) -> Stored:
    """A house in Portland, offered by the agent."""
    given = {
        "address": "1 Corner Street",
        "city": "Portland",
        "state": "OR",
        "zipCode": "97201",
        "price": 500_000.0,
        "bedrooms": 3,
        "bathrooms": 2.5,
        "sqft": 1_800,
        "propertyType": "single-family",
        "description": "A bright house on a quiet corner.",
        "features": ["Garage", "Garden"],
        "coordinates": Coordinates(lat=45.5, lng=-122.7),
        "agentActive": agent["active"],
    }
    return await _kept(ListingRow(**{"agentId": agent["_id"], **given, **values}))


async def buyer_session(agent: Stored, **values: Any) -> Stored:
    """A buyer's portal, opened by the agent."""
    given = {"buyerName": "Bea Buyer", "buyerEmail": "bea@example.com", "agentActive": agent["active"]}
    return await _kept(
        BuyerSessionRow(**{"agentId": agent["_id"], "sessionCode": f"buyer-{ObjectId()}", **given, **values})
    )


async def seller_session(listing: Stored, **values: Any) -> Stored:
    """The portal of a listing's seller, opened by its agent."""
    about = {"agentId": listing["agentId"], "listingId": listing["_id"], "agentActive": listing["agentActive"]}
    given = {"sellerName": "Sam Seller", "sellerEmail": "sam@example.com", "sessionCode": f"seller-{ObjectId()}"}
    return await _kept(SellerSessionRow(**{**about, **given, **values}))


async def property_view(listing: Stored, buyer_session: Stored | None = None, **values: Any) -> Stored:
    """A minute's look at a listing, from a buyer's portal or by somebody unknown."""
    about = {"listingId": listing["_id"], "agentId": listing["agentId"]}
    buyer = None if buyer_session is None else buyer_session["_id"]
    kind = "anonymous" if buyer is None else "buyer"
    given = {"buyerSessionId": buyer, "viewerType": kind, "viewDuration": 60.0}
    return await _kept(PropertyViewRow(**{**about, **given, **values}))


async def offer(listing: Stored, buyer_session: Stored, offer_amount: float = 490_000.0, **values: Any) -> Stored:
    """A pending offer in its first round; the listing's count is not touched."""
    put = {"earnestMoney": 5_000.0, "downPayment": 100_000.0, "financingType": "conventional"}
    terms = {"offerAmount": offer_amount, **put, **{name: values.pop(name) for name in TERMS if name in values}}
    about = {"listingId": listing["_id"], "buyerSessionId": buyer_session["_id"], "agentId": listing["agentId"]}
    first = Round(**terms, by=OfferParty.BUYER, at=now())
    return await _kept(OfferRow(**{**about, **terms, "rounds": [first], **values}))


async def agent_interaction(agent: Stored, session: Stored | None = None, **values: Any) -> Stored:
    """A turn of the assistant with the agent, or in the portal of a buyer or seller."""
    kind = "agent" if session is None else "buyer" if "buyerName" in session else "seller"
    about = {"sessionType": kind, "sessionId": (session or agent)["_id"], "agentId": agent["_id"]}
    given = {"agentQuery": "Which homes have a garden?", "agentResponse": "One of them."}
    return await _kept(AgentInteractionRow(**{**about, **given, **values}))


async def saved_search(buyer_session: Stored, **values: Any) -> Stored:
    """A buyer's search for anything in Portland, with word of new listings."""
    about = {"buyerSessionId": buyer_session["_id"], "agentId": buyer_session["agentId"]}
    given = {"searchName": "Portland", "criteria": {"cities": ["Portland"]}, "notificationsEnabled": True}
    return await _kept(SavedSearchRow(**{**about, **given, **values}))


async def saved_search_match(saved_search: Stored, listing: Stored, **values: Any) -> Stored:
    """A listing that a saved search has found when it was new, at the price that it has; no mail tells of it."""
    about = {name: saved_search[name] for name in ("buyerSessionId", "agentId")}
    found = {"savedSearchId": saved_search["_id"], "listingId": listing["_id"], "price": listing["price"]}
    return await _kept(SavedSearchMatchRow(**{**about, **found, "reason": Reason.NEW, **values}))
