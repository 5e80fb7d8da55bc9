"""Viewer: who asks, and with which profiles."""

from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from models.account.account import ACCOUNTS
from models.actor import ActorKind
from models.advisor.rules import PRODUCT as ADVISOR
from models.advisor.user import USERS
from models.buyer.chat_session import CHAT_SESSIONS
from models.estate.agent import AGENTS
from models.estate.buyer_session import BUYER_SESSIONS
from models.estate.rules import BUYER, CHAT, SELLER
from models.estate.rules import PRODUCT as ESTATE
from models.estate.seller_session import SELLER_SESSIONS
from resolvers.account.account import Account
from resolvers.selection import Call
from resolvers.table import choice
from resolvers.verbs.relate import one
from resolvers.verbs.root import root

if TYPE_CHECKING:
    from resolvers.advisor.user import AdvisorUser
    from resolvers.buyer.chat_session import BuyerChatSession
    from resolvers.estate.agent import EstateAgent
    from resolvers.estate.buyer_session import EstateBuyerSession
    from resolvers.estate.seller_session import EstateSellerSession

choice(
    ActorKind,
    "ActorKind",
    "How the caller was recognised.",
    ANONYMOUS="No credential was sent.",
    ACCOUNT="A person, by a token.",
    OPERATOR="A person that runs the platform.",
    SERVICE="A trusted program, by its key.",
    BUYER_SESSION="A buyer in the portal that an agent has opened.",
    SELLER_SESSION="A seller in the portal that an agent has opened.",
    BUYER_CHAT="A buyer in the chat that an agent has opened.",
)


PROFILES = {
    "advisorUser": ADVISOR,
    "estateAgent": ESTATE,
    "estateBuyerSession": BUYER,
    "estateSellerSession": SELLER,
    "buyerChatSession": CHAT,
}
"""The profile that each of these fields shows."""


@strawberry.type(description="Who asks.")
class Viewer:
    """A row of ids, made from the actor."""

    kind: ActorKind = strawberry.field(description="How the caller was recognised.")
    account: Account | None = one(ACCOUNTS, "account", "Your account; null for who has none.")
    advisorUser: Annotated["AdvisorUser", strawberry.lazy("resolvers.advisor.user")] | None = one(
        USERS, "advisorUser", "Your profile in the advisor chat; null until its first use."
    )
    estateAgent: Annotated["EstateAgent", strawberry.lazy("resolvers.estate.agent")] | None = one(
        AGENTS, "estateAgent", "Yourself as a real-estate agent; null for who is none."
    )
    estateBuyerSession: Annotated["EstateBuyerSession", strawberry.lazy("resolvers.estate.buyer_session")] | None = one(
        BUYER_SESSIONS, "estateBuyerSession", "The buyer's portal that you are in."
    )
    estateSellerSession: Annotated["EstateSellerSession", strawberry.lazy("resolvers.estate.seller_session")] | None = (
        one(SELLER_SESSIONS, "estateSellerSession", "The seller's portal that you are in.")
    )
    buyerChatSession: Annotated["BuyerChatSession", strawberry.lazy("resolvers.buyer.chat_session")] | None = one(
        CHAT_SESSIONS, "buyerChatSession", "The chat about homes that you are in as a buyer."
    )


async def _viewer(call: Call) -> Any:
    actor = call.context.actor
    row = {"kind": actor.kind, "account": actor.account}
    row |= {name: actor.profiles.get(profile) for name, profile in PROFILES.items()}
    await call.context.store.read.attend(call.below.picked.children(call), [row], actor)
    return row


@strawberry.type
class ViewerQueries:
    """The root field of the viewer."""

    viewer: Viewer = root(_viewer, "Who asks, and with which profiles.")
