"""EstateListing: a property for sale, as everybody sees it, and as its agent writes it."""

from collections.abc import Mapping
from typing import Any

import strawberry
from bson import ObjectId

from models import global_id
from models.actor import Actor
from models.callers import Has
from models.clock import now
from models.errors import Code, Refusal
from models.estate.agent import AGENTS
from models.estate.listing import EDITORS, LISTINGS, ListingRow, ListingStatus, derived
from models.estate.rules import AGENT_ON, OWN_AGENT, WORKING
from models.estate.texts import fold
from models.policy import EVERYTHING, Filter
from models.store.ask import NEAREST, Ask
from models.validation import build
from resolvers.adjectives import FLOATS, INTS, TAGS, TEXTS, TIMES, ids, keyed, orders, where
from resolvers.connection import Connection, Edge
from resolvers.estate.agent import EstateAgent
from resolvers.estate.listing_input import CONTENT, EstateListingCreateInput, EstateListingUpdateInput
from resolvers.estate.listing_parts import EstateCoordinates, EstateEnrichedData
from resolvers.estate.matching import MatchReason, reasons_of
from resolvers.geography import distance
from resolvers.listing import REQUIRED, Listing, argument
from resolvers.plan import Columns, Computed
from resolvers.ranking import rank
from resolvers.scalars import Timestamp
from resolvers.selection import Call
from resolvers.table import Node, choice, column, embedded, identity, node, reference, shown, viewer_can
from resolvers.verbs.read import listed, one_by_id
from resolvers.verbs.relate import edge, one
from resolvers.verbs.root import root
from resolvers.verbs.write import Change, Outcome, Payload, change

COMPARED = 10
"""Listings that are asked for by their ids at once, to be compared."""

choice(
    ListingStatus,
    "EstateListingStatus",
    "How far the sale of a listing has come.",
    ACTIVE="It is for sale.",
    PENDING="An offer is accepted, or a sale is being settled otherwise.",
    SOLD="It is sold; that is final.",
    WITHDRAWN="It is not offered for now; its agent and the seller see it.",
)


@node(LISTINGS, "A property for sale. A withdrawn one, or one whose agent is switched off, the public does not see.")
class EstateListing(Node):
    id: strawberry.ID = identity(LISTINGS)
    agentId: strawberry.ID = reference(AGENTS, "agentId", "Agent who offers it.")
    agent: EstateAgent | None = one(AGENTS, "agentId", "Agent who offers it.")
    mlsId: str | None = column("Number at the multiple listing service.")
    address: str = column("Street and number.")
    city: str = column("City.")
    state: str = column("State.")
    zipCode: str = column("Postal code.")
    price: float = column("Price that is asked.")
    previousPrice: float | None = column("Price before it was last cut; null where it was raised since, or never cut.")
    priceCutAt: Timestamp | None = column("When the price was last cut; null as `previousPrice`.")
    bedrooms: int = column("Number of bedrooms.")
    bathrooms: float = column("Number of bathrooms, in halves.")
    sqft: int = column("Floor area in square feet.")
    lotSize: float | None = column("Size of the lot in acres.")
    yearBuilt: int | None = column("Year in which it was built, or will be.")
    propertyType: str = column("Kind of property in small letters, e.g. 'single-family', 'condo' or 'townhouse'.")
    status: ListingStatus = column("How far its sale has come.")
    description: str = column("What the agent says of it.")
    features: list[str] = column("What it offers, e.g. 'Garage'.")
    images: list[str] = column("Addresses of pictures, in the order in which they are shown.")
    videos: list[str] = column("Addresses of films, in the order in which they are shown.")
    virtualTourUrl: str | None = column("Address of a virtual tour.")
    coordinates: EstateCoordinates = embedded("Where it is.")
    enrichedData: EstateEnrichedData | None = embedded("What public sources know about the place.")
    distance: float | None = distance("How far it is from the place asked for, in metres; null in other orders.")
    score: int | None = rank("How well it matches a buyer, 0 to 100; null but in `estateMatchingListings`.")
    reasons: list[MatchReason] | None = shown(
        Computed(reasons_of), "What it was scored for; null but in `estateMatchingListings`.", Columns(("_id",))
    )
    version: int = column("Number that rises with each change, for `expectedVersion`.")
    createdAt: Timestamp = column("When it was first offered.")
    updatedAt: Timestamp = column("When it was last changed; what public sources say of it does not count.")
    viewerCanUpdate: bool = viewer_can(LISTINGS, "update", "Whether you may change it.")
    viewerCanDelete: bool = viewer_can(LISTINGS, "delete", "Whether you may delete it, while nobody has made an offer.")


LISTING_WHERE = where(
    LISTINGS,
    price=FLOATS,
    bedrooms=INTS,
    bathrooms=FLOATS,
    city=keyed(TEXTS, "cityKey", fold),
    propertyType=keyed(TEXTS, "propertyType", fold),
    features=keyed(TAGS, "featureKeys", fold),
    mlsId=TEXTS,
    agentId=ids(AGENTS),
    createdAt=TIMES,
    updatedAt=TIMES,
)

ORDERS = {"UPDATED_AT": ("-updatedAt",), "CREATED_AT": ("-createdAt",), "PRICE": ("price",)}


def public(actor: Actor) -> Filter:
    """The listings of agents who are switched on; the operator sees all."""
    return EVERYTHING if actor.operator else AGENT_ON.filter(actor)


OFFERED = Listing(
    LISTINGS,
    orders("EstateListing", **ORDERS, DISTANCE=NEAREST.columns),
    fixed=("status",),
    within=public,
    where=LISTING_WHERE,
    search=True,
    near="location",
)

MINE = Listing(
    LISTINGS, orders("EstateListingMine", **ORDERS), fixed=("agentId",), scope=OWN_AGENT.filter, where=LISTING_WHERE
)

STATUS = {"status": (argument(ListingStatus, "Status of the listings."), ListingStatus.ACTIVE)}
ANY_STATUS = {"status": (argument(ListingStatus | None, "Only listings of this status."), strawberry.UNSET)}


def of_status(given: Mapping[str, Any]) -> Filter:
    """The listings of the status that the argument names, if it names one."""
    status = given.get("status")
    return EVERYTHING if status is None else {"status": ListingStatus(status).value}


async def _by_ids(call: Call) -> Any:
    texts = list(dict.fromkeys(call.arguments["ids"]))
    if len(texts) > COMPARED:
        raise Refusal(Code.OUT_OF_RANGE, f"At most {COMPARED} ids are allowed.", "ids")
    keys = [key for text in texts if (key := global_id.decode(LISTINGS, text))]
    picked = call.below.picked
    ask = Ask(LISTINGS, picked.columns, children=picked.children(call))
    found = await call.context.store.read.several(ask, keys, call.context.actor)
    return [found[key] for key in keys if key in found]


@strawberry.type
class ListingQueries:
    estateListing: EstateListing | None = one_by_id(LISTINGS, "A listing.")
    estateListings: Connection[EstateListing] = listed(
        OFFERED,
        "The listings of one status, unless you choose otherwise those for sale, last changed first. "
        "Of the withdrawn ones you see your own.",
        STATUS,
        of_status,
    )
    estateListingsMine: Connection[EstateListing] = listed(
        MINE, "The listings that you offer as an agent, last changed first.", ANY_STATUS, of_status
    )
    estateListingsByIds: list[EstateListing] = root(
        _by_ids,
        "Listings to be compared, in the order of the ids, without those that you may not see.",
        {"ids": (argument(list[strawberry.ID], f"Ids of the listings, at most {COMPARED}."), REQUIRED)},
    )


@strawberry.type(description="The listing that was made.")
class EstateListingCreatePayload(Payload):
    listing: EstateListing | None = one(LISTINGS, "listing", "The new listing.")
    listingEdge: Edge[EstateListing] | None = edge(
        LISTINGS, "listing", MINE.orders.order(None), "The new listing in the list of your own."
    )


WORKERS = Has(WORKING, "any agent who is switched on")


async def create(hand: Change, input: EstateListingCreateInput) -> Outcome:
    """Offer a property, for sale at once."""
    hand.demand(WORKERS, {}, "Only an agent who is switched on offers listings.")
    agent = hand.profile(WORKING)
    await hold_licensed(hand, agent)
    values = {**hand.patch(*CONTENT), "id": hand.new_key(LISTINGS, input.id), "agentId": agent}
    return {"listing": await hand.store.write.insert(LISTINGS, build(ListingRow, values), hand.actor)}


async def hold_licensed(hand: Change, agent: ObjectId) -> None:
    """Keep an agent switched on until a listing of his is published: else it could stay public when he no longer is.

    Raises FORBIDDEN for one who was just switched off, and WRONG_STATE for one without a licence.
    """
    row = await hand.store.write.hold(AGENTS, {"_id": agent, "active": True})
    if row is None:
        raise Refusal(Code.FORBIDDEN, "You have been switched off as an agent.")
    if not row.get("licenseNumber"):
        message = "Listings are published under a licence: set your licenseNumber by estateAgentUpdate first."
        raise Refusal(Code.WRONG_STATE, message)


@strawberry.type(description="The listing that was changed.")
class EstateListingUpdatePayload(Payload):
    listing: EstateListing | None = one(LISTINGS, "listing", "The listing as it is now.")


async def update(hand: Change, input: EstateListingUpdateInput) -> Outcome:
    """Change what the agent says of a listing."""
    key = hand.key(LISTINGS, input.id)
    # Whoever changes the price meanwhile writes the same row: one of the two is run again.
    row = await editable(hand, key, "price")
    changes = hand.patch(*CONTENT)
    changes |= derived(changes) | _cut(row["price"], input.price)
    await hand.store.write.update(LISTINGS, key, hand.actor, changes, expected_version=input.expectedVersion)
    return {"listing": key}


async def editable(hand: Change, key: ObjectId, *columns: str) -> dict[str, Any]:
    """The columns of a listing that the caller edits. Raises NOT_FOUND, and FORBIDDEN for who may only see it."""
    row = await hand.readable(LISTINGS, key, "agentId", *columns)
    hand.demand(EDITORS, row, "Only its own agent, while switched on, changes a listing.")
    return row


def _cut(before: float, after: float | None) -> dict[str, Any]:
    """What is noted of a change of the price: a cut, or that there is none any more."""
    if after is None or after == before:
        return {}
    cut = after < before
    return {"previousPrice": before if cut else None, "priceCutAt": now() if cut else None}


@strawberry.type
class ListingMutations:
    estateListingCreate: EstateListingCreatePayload = change(create, "Offer a property for sale.")
    estateListingUpdate: EstateListingUpdatePayload = change(
        update, "Change one of your listings; what is absent stays, null clears.", current="listing"
    )
