"""The rules that several tables of the real-estate platform and of the buyer chat share: whose a row is."""

from models.callers import Has, NamedService
from models.policy import Is, Owner

PRODUCT = "estate"
"""The profile of an agent, who works in both products."""

WORKING = "estate.working"
"""The same profile while the agent is switched on: what an agent writes, one who is switched off may only read."""

BUYER = "estate.buyer"
SELLER = "estate.seller"
"""The portal of a buyer or seller who asks."""

SELLER_LISTING = "estate.sellerListing"
"""The listing that a seller's portal is about."""

CHAT = "buyer.chat"
CHAT_PROFILE = "buyer.profile"
"""The chat of a buyer who asks, and the profile that it is about."""

PORTAL_AGENT = "estate.portalAgent"
"""The agent who has opened the portal or the chat of who asks."""

OWN_AGENT = Owner("agentId", PRODUCT, "own agent")
"""Every row of an agent's work carries the agent's id, so that no rule has to look at another table."""

WORKING_AGENT = Owner("agentId", WORKING, "own agent, switched on")

AGENTS = Has(PRODUCT, "any agent")
CHATS = Has(CHAT, "any chat")

OWN_BUYER = Owner("buyerSessionId", BUYER, "own buyer portal")
OWN_SELLER_LISTING = Owner("listingId", SELLER_LISTING, "seller portal of the listing")

OWN_CHAT = Owner("sessionId", CHAT, "own chat")

AGENT_ON = Is("agentActive", (True,))
"""Rows that others see carry whether their agent is switched on."""

ENRICHMENT = NamedService("enrichment")
"""Adds to listings what public sources know: schools, walks, prices nearby."""

ANALYSIS = NamedService("analysis")
"""Analyses offers, buyers and what they say for the agent."""

SEARCH = NamedService("search")
"""Runs the searches of buyer profiles and keeps the cache of external listings."""
