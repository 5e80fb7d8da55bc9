"""Writes the buyer chat of the demo, an agent at a time."""

from graphql_api.demo.buyer import cache
from graphql_api.demo.buyer.chats import context_rows, session_row, talk
from graphql_api.demo.buyer.profiles import versions
from graphql_api.demo.buyer.reactions import interaction_rows, note_rows
from graphql_api.demo.buyer.searches import searches
from graphql_api.demo.estate.portals import Buyer
from graphql_api.demo.writing import Outbox
from models.buyer.chat_agent_insight import CHAT_AGENT_INSIGHTS
from models.buyer.chat_message import CHAT_MESSAGES
from models.buyer.chat_search_context import CHAT_SEARCH_CONTEXTS
from models.buyer.chat_session import CHAT_SESSIONS
from models.buyer.profile import PROFILES
from models.buyer.property_interaction import PROPERTY_INTERACTIONS
from models.buyer.property_note import PROPERTY_NOTES
from models.buyer.repliers_listing import REPLIERS_LISTINGS
from models.buyer.search_transaction import SEARCH_TRANSACTIONS


async def listings(out: Outbox, cached: int) -> None:
    """The listings in the cache, which are nobody's."""
    for number in range(cached):
        await out.documents(REPLIERS_LISTINGS, [cache.stored(number, out.run.now)])


async def buyer(out: Outbox, whom: Buyer, cached: int) -> None:
    """What the buyer's agent has written down, the searches for it, and the chat about these."""
    known = versions(whom)
    done = searches(known, cached, out.run.now)
    for version in known:
        version.latestSearchId = done[-1].row.id
    chat = talk(whom, done)
    await out.rows(PROFILES, known)
    await out.rows(SEARCH_TRANSACTIONS, [search.row for search in done])
    await out.rows(CHAT_SESSIONS, [session_row(chat, out.run.doors)])
    await out.rows(CHAT_SEARCH_CONTEXTS, context_rows(chat))
    await out.rows(CHAT_MESSAGES, chat.messages)
    await out.rows(CHAT_AGENT_INSIGHTS, chat.insights)
    await out.rows(PROPERTY_INTERACTIONS, interaction_rows(chat))
    await out.rows(PROPERTY_NOTES, note_rows(chat))
