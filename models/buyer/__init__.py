"""The home-buyer chat: what agents know of buyers, the homes that were found for them, and the talk about these."""

from typing import Any

from models.buyer.chat_agent_insight import CHAT_AGENT_INSIGHTS
from models.buyer.chat_message import CHAT_MESSAGES
from models.buyer.chat_search_context import CHAT_SEARCH_CONTEXTS
from models.buyer.chat_session import CHAT_SESSIONS
from models.buyer.profile import PROFILES
from models.buyer.property_interaction import PROPERTY_INTERACTIONS
from models.buyer.property_note import PROPERTY_NOTES
from models.buyer.repliers_listing import REPLIERS_LISTINGS
from models.buyer.search_transaction import SEARCH_TRANSACTIONS
from models.table import Table

BELOW_SESSIONS: tuple[Table[Any], ...] = (
    CHAT_MESSAGES,
    PROPERTY_NOTES,
    PROPERTY_INTERACTIONS,
    CHAT_AGENT_INSIGHTS,
    CHAT_SEARCH_CONTEXTS,
)
"""The tables whose rows are gone with their chat, which they name in `sessionId`."""

TABLES: tuple[Table[Any], ...] = (
    PROFILES,
    SEARCH_TRANSACTIONS,
    REPLIERS_LISTINGS,
    CHAT_SESSIONS,
    *BELOW_SESSIONS,
)
