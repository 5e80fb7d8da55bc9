"""The real-estate platform: agents, listings, the portals of buyers and sellers, and what happens between them."""

from typing import Any

from models.estate.agent import AGENTS
from models.estate.agent_credential import AGENT_CREDENTIALS
from models.estate.agent_interaction import AGENT_INTERACTIONS
from models.estate.audit_entry import AUDIT_ENTRIES
from models.estate.buyer_session import BUYER_SESSIONS
from models.estate.listing import LISTINGS
from models.estate.offer import OFFERS
from models.estate.property_view import PROPERTY_VIEWS
from models.estate.saved_search import SAVED_SEARCHES
from models.estate.saved_search_match import SAVED_SEARCH_MATCHES
from models.estate.seller_session import SELLER_SESSIONS
from models.table import Table

TABLES: tuple[Table[Any], ...] = (
    AGENTS,
    AGENT_CREDENTIALS,
    AUDIT_ENTRIES,
    LISTINGS,
    BUYER_SESSIONS,
    SELLER_SESSIONS,
    PROPERTY_VIEWS,
    OFFERS,
    AGENT_INTERACTIONS,
    SAVED_SEARCHES,
    SAVED_SEARCH_MATCHES,
)
