"""What every search does once it is done: it is kept, and the buyer's open chats talk about it from then on."""

from typing import Any

from bson import ObjectId

from models.buyer.chat_search_context import CHAT_SEARCH_CONTEXTS, ChatSearchContextRow, ContextType
from models.buyer.chat_session import CHAT_SESSIONS, ChatSessionStatus
from models.buyer.profile import PROFILES
from models.buyer.search_transaction import SEARCH_TRANSACTIONS, SearchTransactionRow, SearchTrigger
from models.store.ask import Ask
from resolvers.verbs.write import Change

CHATS = 1_000
"""Open chats of one buyer that follow a search; an agent opens one or two."""

OPEN = [ChatSessionStatus.ACTIVE.value, ChatSessionStatus.PAUSED.value]

SNAPSHOT = (
    *("location", "budget", "budgetMin", "budgetMax", "homeType", "bedrooms", "bathrooms"),
    *("mustHaveFeatures", "dealbreakers", "preferredAreas", "lifestyleDrivers", "specialNeeds"),
    *("budgetFlexibility", "locationFlexibility", "timingFlexibility", "inferredTags", "profileVersion"),
)
"""The columns of a profile that go into the snapshot: wishes, and nothing by which the buyer is known or reached."""


def snapshot(profile: dict[str, Any]) -> dict[str, Any]:
    """What the profile said when the search was done."""
    return {column: profile[column] for column in SNAPSHOT if column in profile}


async def keep(hand: Change, row: SearchTransactionRow) -> ObjectId:
    """Store a search, as the buyer's latest one, and make it what the open chats talk about; within the caller's
    transaction, which holds the profile."""
    key = await hand.store.write.insert(SEARCH_TRANSACTIONS, row, hand.actor)
    versions = {"agentId": row.agentId, "rootProfileId": row.rootProfileId}
    await hand.store.write.effect(PROFILES, versions, {"$set": {"latestSearchId": key}}, quiet=True)
    await _switch(hand, row, key)
    return key


async def _switch(hand: Change, row: SearchTransactionRow, search: ObjectId) -> None:
    """First no context is active and then the new one: one alone may be."""
    chats = {"rootProfileId": row.rootProfileId, "status": {"$in": OPEN}}
    found = await hand.store.read.some(Ask(CHAT_SESSIONS, where=chats), hand.actor, CHATS)
    open_chats = [chat["_id"] for chat in found]
    if not open_chats:
        return
    active = {"sessionId": {"$in": open_chats}, "isActive": True}
    await hand.store.write.effect(CHAT_SEARCH_CONTEXTS, active, {"$set": {"isActive": False}})
    refined = row.searchTrigger in {SearchTrigger.REFINEMENT, SearchTrigger.PROFILE_UPDATE}
    kind = ContextType.REFINED_SEARCH if refined else ContextType.FOLLOW_UP_SEARCH
    for chat in open_chats:
        context = ChatSearchContextRow(
            sessionId=chat, agentId=row.agentId, searchTransactionId=search, contextType=kind
        )
        await hand.store.write.effect_insert(CHAT_SEARCH_CONTEXTS, context)
