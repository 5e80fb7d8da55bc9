"""Rows of the buyer chat."""

from typing import Any

from bson import ObjectId

from models.buyer.chat_agent_insight import ChatAgentInsightRow
from models.buyer.chat_message import ChatMessageRow
from models.buyer.chat_search_context import ChatSearchContextRow
from models.buyer.chat_session import ChatSessionRow
from models.buyer.profile import ProfileRow
from models.buyer.property_interaction import PropertyInteractionRow
from models.buyer.property_note import PropertyNoteRow
from models.buyer.repliers_listing import RepliersListingRow
from models.buyer.search_transaction import SearchTransactionRow
from models.row import Row
from models.table import stored

Stored = dict[str, Any]


async def _kept(row: Row) -> Stored:
    await row.insert()
    return stored(row.model_dump())


async def profile(agent: ObjectId, *, name: str = "Bea Buyer", **values: Any) -> Stored:
    """The first and only version of a buyer's profile, kept by the agent of that id."""
    key = ObjectId()
    given = {
        "id": key,
        "rootProfileId": key,
        "email": "bea@example.com",
        "location": "Portland",
        "budget": "400 to 500 thousand",
        "homeType": "condo",
        "bedrooms": 2,
        "bathrooms": "1+",
        "rawInput": "Bea wants a small condo.",
        **values,
    }
    return await _kept(ProfileRow(agentId=agent, name=name, **given))


async def search_transaction(profile: Stored, **values: Any) -> Stored:
    """A search for the buyer, with three homes found."""
    counts = ("noImageCount", "visualAnalysisCount", "totalExecutionTime", "apiCallsCount")
    given = {
        **{column: profile[column] for column in ("agentId", "rootProfileId")},
        "profileSnapshot": {"name": profile["name"]},
        "searchParameters": {"city": "Portland"},
        "searchMethod": "basic",
        "searchTrigger": "agent_initiated",
        "rawListingsCount": 3,
        "scoredListingsCount": 3,
        "topPicksCount": 1,
        "otherMatchesCount": 2,
        **dict.fromkeys(counts, 1),
        **values,
    }
    return await _kept(SearchTransactionRow(profileId=profile["_id"], **given))


async def repliers_listing(**values: Any) -> Stored:
    """A listing in the cache."""
    given = {"externalId": str(ObjectId()), "address": "1 Elm Street", "price": 450_000, "propertyType": "Condo"}
    return await _kept(RepliersListingRow(**{**given, "city": "Portland", "state": "OR", **values}))


async def chat_session(profile: Stored, **values: Any) -> Stored:
    """A chat with the buyer, about no search yet."""
    copied = {column: profile[column] for column in ("agentId", "rootProfileId")}
    given = {**copied, "accessTokenHash": str(ObjectId()), **values}
    return await _kept(ChatSessionRow(profileId=profile["_id"], **given))


async def chat_message(session: Stored, message: str = "Is it quiet there?", **values: Any) -> Stored:
    """A question that waits for its answer; the chat's count is not touched."""
    return await _kept(ChatMessageRow(**_of(session), message=message, **values))


async def property_note(session: Stored, listing: Stored, text: str = "Nice garden.", **values: Any) -> Stored:
    """A note of the buyer, or of the agent if `noteType` says so."""
    return await _kept(PropertyNoteRow(**_of(session), listingId=listing["_id"], noteText=text, **values))


async def property_interaction(session: Stored, listing: Stored, **values: Any) -> Stored:
    """The buyer likes a listing, or does what `interactionType` says."""
    given = {**_of(session), "rootProfileId": session["rootProfileId"], "interactionType": "like", **values}
    return await _kept(PropertyInteractionRow(listingId=listing["_id"], **given))


async def chat_agent_insight(session: Stored, **values: Any) -> Stored:
    """A new insight about the buyer."""
    given = {
        **_of(session),
        "profileId": session["profileId"],
        "insightType": "hot_lead",
        "insightMessage": "Bea is about to decide.",
        "confidenceScore": 0.9,
        **values,
    }
    return await _kept(ChatAgentInsightRow(**given))


async def chat_search_context(session: Stored, search: Stored, **values: Any) -> Stored:
    """The search that the chat talks about now."""
    given = {**_of(session), "contextType": "initial_search", **values}
    return await _kept(ChatSearchContextRow(searchTransactionId=search["_id"], **given))


def _of(session: Stored) -> Stored:
    return {"sessionId": session["_id"], "agentId": session["agentId"]}
