"""BuyerChatPreview: whether a chat can be opened for a buyer, and what it would be about."""

from enum import StrEnum
from typing import Any

import strawberry
from bson import ObjectId

from models import global_id
from models.actor import Actor
from models.buyer.profile import PROFILES
from models.buyer.search_transaction import SEARCH_TRANSACTIONS
from models.estate.rules import OWN_AGENT, PRODUCT, WORKING
from models.policy import both
from models.store import Store
from models.store.ask import Ask, Page
from models.table import Order
from resolvers.listing import REQUIRED, argument
from resolvers.scalars import Timestamp
from resolvers.selection import Call
from resolvers.table import choice
from resolvers.verbs.root import root

NO_SEARCH = "no_search_data: there is no search for this buyer to talk about."
NEWEST = Order(("-createdAt",))
BY_ROOT = SEARCH_TRANSACTIONS.index_for(("rootProfileId",), NEWEST).name


class ChatProblem(StrEnum):
    """What a chat lacks."""

    AGENT_NOT_ACTIVATED = "agent_not_activated"
    BUYER_NOT_FOUND = "buyer_not_found"
    NO_SEARCH_DATA = "no_search_data"


choice(
    ChatProblem,
    "BuyerChatProblem",
    "Why no chat can be opened for a buyer.",
    AGENT_NOT_ACTIVATED="You are switched off.",
    BUYER_NOT_FOUND="There is no such buyer, or it is another agent's.",
    NO_SEARCH_DATA="There was no search for the buyer yet.",
)


@strawberry.type(description="Whether a chat can be opened for a buyer, and what it would be about.")
class BuyerChatPreview:
    """Computed when it is asked for."""

    ready: bool = strawberry.field(description="Whether a chat can be opened.")
    problem: ChatProblem | None = strawberry.field(description="Why none can; null when one can.")
    propertyCount: int = strawberry.field(description="Number of homes that the latest search has rated.")
    searchedAt: Timestamp | None = strawberry.field(description="When the latest search was done.")


async def latest_search(store: Store, actor: Actor, buyer: ObjectId) -> dict[str, Any] | None:
    """The latest search for a buyer, by the id of the profile's first version; None when there was none."""
    ask = Ask(
        SEARCH_TRANSACTIONS,
        frozenset({"createdAt", "scoredListingsCount"}),
        where={"rootProfileId": buyer},
        page=Page(NEWEST, 1, BY_ROOT),
    )
    found = (await store.read.page(ask, actor)).rows
    return found[0] if found else None


async def _preview(call: Call) -> Any:
    actor, store = call.context.actor, call.context.store
    if PRODUCT not in actor.profiles:
        return None
    key = global_id.decode(PROFILES, call.arguments["profileId"])
    ask = Ask(PROFILES, frozenset({"rootProfileId"}), where=both({"_id": key}, OWN_AGENT.filter(actor)))
    profile = None if key is None else await store.read.one(ask, actor)
    search = None if profile is None else await latest_search(store, actor, profile["rootProfileId"])
    problem = _problem(actor, profile, search)
    found = search or {"scoredListingsCount": 0, "createdAt": None}
    told = {"propertyCount": found["scoredListingsCount"], "searchedAt": found["createdAt"]}
    return {"ready": problem is None, "problem": problem, **told}


def _problem(actor: Actor, profile: dict[str, Any] | None, search: dict[str, Any] | None) -> str | None:
    if WORKING not in actor.profiles:
        return ChatProblem.AGENT_NOT_ACTIVATED.value
    if profile is None:
        return ChatProblem.BUYER_NOT_FOUND.value
    return ChatProblem.NO_SEARCH_DATA.value if search is None else None


@strawberry.type
class ChatPreviewQueries:
    buyerChatPreview: BuyerChatPreview | None = root(
        _preview,
        "Whether you can open a chat for a buyer of yours; null for who is no agent.",
        {"profileId": (argument(strawberry.ID, "Profile of the buyer."), REQUIRED)},
    )
