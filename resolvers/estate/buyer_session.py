"""EstateBuyerSession: a portal that an agent has opened for one buyer."""

from collections.abc import Mapping
from typing import Any

import strawberry
from bson import ObjectId

from models.buyer.profile import PROFILES
from models.errors import not_found
from models.estate.agent import AGENTS
from models.estate.buyer_session import BUYER_SESSIONS, PORTAL, BuyerSessionRow
from models.estate.codes import portal_code
from models.estate.rules import OWN_AGENT, PRODUCT
from models.validation import build
from resolvers.adjectives import BOOLEANS, TIMES, ids, orders, where
from resolvers.connection import Connection, Edge
from resolvers.estate.agent import EstateAgent
from resolvers.estate.portal import check_end, edit, editable, opener
from resolvers.listing import Listing
from resolvers.scalars import Timestamp
from resolvers.table import Node, column, embedded, identity, node, reference, viewer_can
from resolvers.verbs.read import listed, one_by_id
from resolvers.verbs.relate import edge, one
from resolvers.verbs.watch import ListChange, watched
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, optional, required

KIND = "B"
"""How the codes of buyers begin."""


@strawberry.type(description="What the buyer of a portal looks for; an empty list means that all will do.")
class EstateBuyerPreferences:
    minPrice: float | None = column("Least price.")
    maxPrice: float | None = column("Highest price.")
    bedrooms: int | None = column("Least number of bedrooms.")
    bathrooms: float | None = column("Least number of bathrooms, in halves.")
    propertyTypes: list[str] = column("Kinds of home, e.g. 'condo'.")
    cities: list[str] = column("Cities.")
    mustHaveFeatures: list[str] = column("Features that the home must have.")


@node(BUYER_SESSIONS, "A portal that an agent has opened for one buyer. The agent and the portal itself see it.")
class EstateBuyerSession(Node):
    id: strawberry.ID = identity(BUYER_SESSIONS)
    agentId: strawberry.ID = reference(AGENTS, "agentId", "Agent who has opened the portal.")
    agent: EstateAgent | None = one(AGENTS, "agentId", "Agent who has opened the portal.")
    buyerName: str | None = column("Name of the buyer.")
    buyerEmail: str | None = column("E-mail address of the buyer.")
    buyerPhone: str | None = column("Telephone number of the buyer.")
    sessionCode: str | None = column("Code that opens the portal; shown to its agent alone.")
    preferences: EstateBuyerPreferences = embedded("What the buyer looks for.")
    active: bool = column("Whether the portal is switched on; one that is not lets nobody in.")
    lastActive: Timestamp = column("When the buyer last used it, to the minute.")
    expiresAt: Timestamp | None = column("When the portal ends; null for one that stays.")
    buyerProfileId: strawberry.ID | None = reference(PROFILES, "buyerProfileId", "The same buyer in the buyer chat.")
    version: int = column("Number that rises with each change, for `expectedVersion`.")
    createdAt: Timestamp = column("When the portal was opened.")
    updatedAt: Timestamp = column("When it was last changed.")
    viewerCanUpdate: bool = viewer_can(BUYER_SESSIONS, "update", "Whether you may change it.")


OWN = Listing(
    BUYER_SESSIONS,
    orders("EstateBuyerSession", LAST_ACTIVE=("-lastActive",), CREATED_AT=("-createdAt",)),
    fixed=("agentId",),
    scope=OWN_AGENT.filter,
    where=where(BUYER_SESSIONS, active=BOOLEANS, buyerProfileId=ids(PROFILES), lastActive=TIMES, createdAt=TIMES),
)


@strawberry.type
class BuyerSessionQueries:
    estateBuyerSession: EstateBuyerSession | None = one_by_id(BUYER_SESSIONS, "A buyer's portal.")
    estateBuyerSessions: Connection[EstateBuyerSession] = listed(
        OWN, "The portals that you as an agent have opened for buyers, the last used first."
    )


@strawberry.type
class BuyerSessionSubscriptions:
    estateBuyerSessionChanges: ListChange[EstateBuyerSession] = watched(
        OWN, "Your buyers' portals, kept up to date: who is active, and whatever else changes."
    )


@strawberry.input(description="What a buyer looks for; given as a whole, it takes the place of what was there.")
class EstateBuyerPreferencesInput:
    minPrice: float | None = optional("Least price, from 0.")
    maxPrice: float | None = optional("Highest price, not below `minPrice`.")
    bedrooms: int | None = optional("Least number of bedrooms, 0 to 1,000.")
    bathrooms: float | None = optional("Least number of bathrooms, 0 to 1,000, in halves.")
    propertyTypes: list[str] | None = optional("Kinds of home, at most 50; all unless given.")
    cities: list[str] | None = optional("Cities, at most 100; all unless given.")
    mustHaveFeatures: list[str] | None = optional("Features, at most 100.")


@strawberry.input(description="A new portal for a buyer.")
class EstateBuyerSessionCreateInput(Input):
    id: strawberry.ID | None = optional("Id chosen by the client.")
    buyerName: str = required("Name of the buyer, 1 to 200 characters.")
    buyerEmail: str = required("E-mail address of the buyer.")
    buyerPhone: str | None = optional("Telephone number of the buyer.")
    preferences: EstateBuyerPreferencesInput | None = optional("What the buyer looks for.")
    expiresAt: Timestamp | None = optional("When the portal ends; never unless given.")
    buyerProfileId: strawberry.ID | None = optional("The same buyer in the buyer chat: a profile of your own.")


@strawberry.type(description="The portal that was opened.")
class EstateBuyerSessionCreatePayload(Payload):
    buyerSession: EstateBuyerSession | None = one(BUYER_SESSIONS, "buyerSession", "The new portal, with its code.")
    buyerSessionEdge: Edge[EstateBuyerSession] | None = edge(
        BUYER_SESSIONS, "buyerSession", OWN.orders.order(None), "The new portal in your list."
    )


async def create(hand: Change, input: EstateBuyerSessionCreateInput) -> Outcome:
    """Open a portal for a buyer."""
    agent = await opener(hand)
    check_end(input.expiresAt)
    values = {
        **hand.patch("buyerName", "buyerEmail", "buyerPhone", "expiresAt"),
        "id": hand.new_key(BUYER_SESSIONS, input.id),
        "agentId": agent,
        "sessionCode": portal_code(KIND),
        "preferences": sought(hand.given.get("preferences") or {}),
        "buyerProfileId": None if input.buyerProfileId is None else await _profile(hand, input.buyerProfileId),
    }
    row = build(BuyerSessionRow, values)
    return {"buyerSession": await hand.store.write.insert(BUYER_SESSIONS, row, hand.actor)}


def sought(preferences: Mapping[str, Any]) -> dict[str, Any]:
    """Preferences as they are stored: what is null is as good as not given."""
    return {name: value for name, value in preferences.items() if value is not None}


async def _profile(hand: Change, text: str) -> ObjectId:
    """A buyer profile of the agent's own, which stays until the portal is stored."""
    key = hand.key(PROFILES, text, "buyerProfileId")
    if await hand.store.write.hold(PROFILES, {"_id": key, "agentId": hand.profile(PRODUCT)}) is None:
        raise not_found(PROFILES.noun, "buyerProfileId")
    return key


@strawberry.input(description="Changes to a buyer's portal.")
class EstateBuyerSessionUpdateInput(Input):
    id: strawberry.ID = required("Portal to change: one that you have opened, or your own.")
    expectedVersion: int | None = optional("Version that the change was made on; a stale one writes nothing.")
    buyerName: str | None = optional("Name of the buyer, 1 to 200 characters; for the agent.")
    buyerEmail: str | None = optional("E-mail address of the buyer.")
    buyerPhone: str | None = optional("Telephone number of the buyer; null removes it.")
    expiresAt: Timestamp | None = optional("When the portal ends; null for never. For the agent.")
    buyerProfileId: strawberry.ID | None = optional("The same buyer in the buyer chat; null unlinks. For the agent.")


@strawberry.type(description="The portal that was changed.")
class EstateBuyerSessionUpdatePayload(Payload):
    buyerSession: EstateBuyerSession | None = one(BUYER_SESSIONS, "buyerSession", "The portal as it is now.")


CONTACT = frozenset({"buyerEmail", "buyerPhone"})
"""What the buyer may change."""


async def update(hand: Change, input: EstateBuyerSessionUpdateInput) -> Outcome:
    """Change a portal; the buyer changes how to be reached."""
    row = await editable(hand, PORTAL, input.id, CONTACT)
    changes = hand.patch("buyerName", "buyerEmail", "buyerPhone", "expiresAt", "buyerProfileId")
    if input.buyerProfileId is not None:
        changes["buyerProfileId"] = await _profile(hand, input.buyerProfileId)
    await edit(hand, BUYER_SESSIONS, row, changes, input.expectedVersion)
    return {"buyerSession": row["_id"]}


@strawberry.type
class BuyerSessionMutations:
    estateBuyerSessionCreate: EstateBuyerSessionCreatePayload = change(create, "Open a portal for a buyer.")
    estateBuyerSessionUpdate: EstateBuyerSessionUpdatePayload = change(
        update, "Change a buyer's portal; what is absent stays, null clears.", current="buyerSession"
    )
