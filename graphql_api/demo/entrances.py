"""The ways into the demo of the bundled database that a banner shows."""

from graphql_api.demo.buyer.chats import link_token
from graphql_api.demo.doors import PASSWORD, Doors
from graphql_api.demo.estate.agents import agents
from graphql_api.demo.estate.portals import buyer_code, seller_code
from resolvers.buyer.chat_session_create import PATH

AGENT, *_OTHERS = agents(0, {})
"""The agent who comes from the identity provider, and whose first listing, buyer and chat are shown."""


def entrances(web: str) -> tuple[tuple[str, str], ...]:
    """Agents who have a password, the codes of a buyer's and a seller's portal, and a chat's link, each with its label.

    The link leads to the application at `web`.
    """
    doors = Doors(known=True)
    return (
        ("Agents", f"{' or '.join(agent.email for agent in _OTHERS)}, password {PASSWORD}"),
        ("Buyer", buyer_code(doors, AGENT, 0)),
        ("Seller", seller_code(doors, AGENT, 0)),
        ("Chat", f"{web.rstrip('/')}/{PATH}#{link_token(doors, AGENT, 0)}"),
    )
