"""EstateSellerSession: a portal that an agent has opened for the seller of one listing."""

from typing import TYPE_CHECKING, Annotated

import strawberry
from bson import ObjectId

from models.errors import Code, Refusal, not_found
from models.estate.agent import AGENTS
from models.estate.codes import portal_code
from models.estate.listing import LISTINGS, ListingStatus
from models.estate.rules import OWN_AGENT
from models.estate.seller_session import PORTAL, SELLER_SESSIONS, SellerSessionRow
from models.policy import Filter, RowData
from models.validation import build
from resolvers.adjectives import BOOLEANS, TIMES, ids, orders, where
from resolvers.connection import Connection, Edge
from resolvers.estate.agent import EstateAgent
from resolvers.estate.portal import check_end, edit, editable, opener
from resolvers.listing import Listing
from resolvers.scalars import Timestamp
from resolvers.table import Node, column, identity, node, reference, viewer_can
from resolvers.verbs.read import listed, one_by_id
from resolvers.verbs.relate import edge, one
from resolvers.verbs.watch import ListChange, watched
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, optional, required

if TYPE_CHECKING:
    from resolvers.estate.listing import EstateListing

KIND = "S"
"""How the codes of sellers begin: none is a buyer's as well."""


@node(SELLER_SESSIONS, "A portal that an agent has opened for the seller of a listing. Both see it.")
class EstateSellerSession(Node):
    id: strawberry.ID = identity(SELLER_SESSIONS)
    agentId: strawberry.ID = reference(AGENTS, "agentId", "Agent who has opened the portal.")
    agent: EstateAgent | None = one(AGENTS, "agentId", "Agent who has opened the portal.")
    listingId: strawberry.ID = reference(LISTINGS, "listingId", "Listing that the portal is about.")
    listing: Annotated["EstateListing", strawberry.lazy("resolvers.estate.listing")] | None = one(
        LISTINGS, "listingId", "Listing that the portal is about."
    )
    sellerName: str | None = column("Name of the seller.")
    sellerEmail: str | None = column("E-mail address of the seller.")
    sellerPhone: str | None = column("Telephone number of the seller.")
    sessionCode: str | None = column("Code that opens the portal; shown to its agent alone.")
    active: bool = column("Whether the portal is switched on; one that is not lets nobody in.")
    lastActive: Timestamp = column("When the seller last used it, to the minute.")
    expiresAt: Timestamp | None = column("When the portal ends; null for one that stays.")
    version: int = column("Number that rises with each change, for `expectedVersion`.")
    createdAt: Timestamp = column("When the portal was opened.")
    updatedAt: Timestamp = column("When it was last changed.")
    viewerCanUpdate: bool = viewer_can(SELLER_SESSIONS, "update", "Whether you may change it.")


OWN = Listing(
    SELLER_SESSIONS,
    orders("EstateSellerSession", LAST_ACTIVE=("-lastActive",), CREATED_AT=("-createdAt",)),
    fixed=("agentId",),
    scope=OWN_AGENT.filter,
    where=where(SELLER_SESSIONS, active=BOOLEANS, listingId=ids(LISTINGS), lastActive=TIMES, createdAt=TIMES),
)


@strawberry.type
class SellerSessionQueries:
    estateSellerSession: EstateSellerSession | None = one_by_id(SELLER_SESSIONS, "A seller's portal.")
    estateSellerSessions: Connection[EstateSellerSession] = listed(
        OWN, "The portals that you as an agent have opened for sellers, the last used first."
    )


@strawberry.type
class SellerSessionSubscriptions:
    estateSellerSessionChanges: ListChange[EstateSellerSession] = watched(
        OWN, "Your sellers' portals, kept up to date: who is active, and whatever else changes."
    )


@strawberry.input(description="A new portal for the seller of a listing.")
class EstateSellerSessionCreateInput(Input):
    id: strawberry.ID | None = optional("Id chosen by the client.")
    listingId: strawberry.ID = required("Listing that it is about: one of your own that is not sold.")
    sellerName: str = required("Name of the seller, 1 to 200 characters.")
    sellerEmail: str = required("E-mail address of the seller.")
    sellerPhone: str | None = optional("Telephone number of the seller.")
    expiresAt: Timestamp | None = optional("When the portal ends; never unless given.")


@strawberry.type(description="The portal that was opened.")
class EstateSellerSessionCreatePayload(Payload):
    sellerSession: EstateSellerSession | None = one(SELLER_SESSIONS, "sellerSession", "The new portal, with its code.")
    sellerSessionEdge: Edge[EstateSellerSession] | None = edge(
        SELLER_SESSIONS, "sellerSession", OWN.orders.order(None), "The new portal in your list."
    )


async def create(hand: Change, input: EstateSellerSessionCreateInput) -> Outcome:
    """Open a portal for the seller of a listing."""
    agent = await opener(hand)
    check_end(input.expiresAt)
    values = {
        **hand.patch("sellerName", "sellerEmail", "sellerPhone", "expiresAt"),
        "id": hand.new_key(SELLER_SESSIONS, input.id),
        "agentId": agent,
        "listingId": await _listing(hand, input.listingId, agent),
        "sessionCode": portal_code(KIND),
    }
    row = build(SellerSessionRow, values)
    return {"sellerSession": await hand.store.write.insert(SELLER_SESSIONS, row, hand.actor)}


async def _listing(hand: Change, text: str, agent: ObjectId) -> ObjectId:
    """A listing of the agent's own without an open portal, which stays so until the portal is stored."""
    key = hand.key(LISTINGS, text, "listingId")
    listing = await free(hand, {"_id": key, "agentId": agent}, "listingId")
    if listing["status"] == ListingStatus.SOLD:
        raise Refusal(Code.WRONG_STATE, "The listing is sold: there is nothing left to tell its seller.", "listingId")
    return key


async def free(hand: Change, condition: Filter, field: str) -> RowData:
    """A listing that has no open portal and gets none from anybody else until the write is over.

    Raises NOT_FOUND, or ALREADY_EXISTS for one that has.
    """
    listing = await hand.store.write.hold(LISTINGS, condition)
    if listing is None:
        raise not_found(LISTINGS.noun, field)
    if await hand.store.write.effect_read(SELLER_SESSIONS, {"listingId": listing["_id"], "active": True}) is not None:
        message = "The listing has another portal that is switched on: switch that one off first."
        raise Refusal(Code.ALREADY_EXISTS, message, field)
    return listing


@strawberry.input(description="Changes to a seller's portal.")
class EstateSellerSessionUpdateInput(Input):
    id: strawberry.ID = required("Portal to change: one that you have opened, or your own.")
    expectedVersion: int | None = optional("Version that the change was made on; a stale one writes nothing.")
    sellerName: str | None = optional("Name of the seller, 1 to 200 characters; for the agent.")
    sellerEmail: str | None = optional("E-mail address of the seller.")
    sellerPhone: str | None = optional("Telephone number of the seller; null removes it.")
    expiresAt: Timestamp | None = optional("When the portal ends; null for never. For the agent.")


@strawberry.type(description="The portal that was changed.")
class EstateSellerSessionUpdatePayload(Payload):
    sellerSession: EstateSellerSession | None = one(SELLER_SESSIONS, "sellerSession", "The portal as it is now.")


CONTACT = frozenset({"sellerEmail", "sellerPhone"})
"""What the seller may change."""


async def update(hand: Change, input: EstateSellerSessionUpdateInput) -> Outcome:
    """Change a portal; the seller changes how to be reached."""
    row = await editable(hand, PORTAL, input.id, CONTACT)
    changes = hand.patch("sellerName", "sellerEmail", "sellerPhone", "expiresAt")
    await edit(hand, SELLER_SESSIONS, row, changes, input.expectedVersion)
    return {"sellerSession": row["_id"]}


@strawberry.type
class SellerSessionMutations:
    estateSellerSessionCreate: EstateSellerSessionCreatePayload = change(
        create, "Open a portal for the seller of a listing; a listing has one that is switched on, at most."
    )
    estateSellerSessionUpdate: EstateSellerSessionUpdatePayload = change(
        update, "Change a seller's portal; what is absent stays, null clears.", current="sellerSession"
    )
