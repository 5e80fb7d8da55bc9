"""BuyerPropertyInteraction: what a buyer does with a listing in a chat."""

from typing import TYPE_CHECKING, Annotated

import strawberry
from bson import ObjectId

from models import global_id
from models.buyer.chat_session import CHAT_SESSIONS
from models.buyer.property_interaction import (
    MARKS,
    OPINIONS,
    PROPERTY_INTERACTIONS,
    EmotionalResponse,
    InteractionType,
    PropertyInteractionRow,
)
from models.buyer.repliers_listing import REPLIERS_LISTINGS
from models.buyer.values import TEXT_CHARACTERS
from models.validation import build
from resolvers.adjectives import choices, ids, orders, where
from resolvers.buyer.chat_session_reach import WHOSE, held, inside, touched
from resolvers.connection import Connection, Edge
from resolvers.listing import Listing
from resolvers.scalars import Timestamp
from resolvers.table import Node, choice, column, identity, node, reference, viewer_can
from resolvers.verbs.read import listed
from resolvers.verbs.relate import edge, one
from resolvers.verbs.watch import ListChange, watched
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, optional, required

if TYPE_CHECKING:
    from resolvers.buyer.repliers_listing import BuyerRepliersListing

choice(
    InteractionType,
    "BuyerInteractionType",
    "What a buyer does with a home.",
    LIKE="Likes it: it is disliked no more.",
    DISLIKE="Dislikes it: it is liked no more.",
    FAVORITE="Prefers it to others.",
    VIEWED="Has looked at it.",
    SHARED="Has shown it to others.",
    SAVED="Keeps it for later.",
)
choice(
    EmotionalResponse,
    "BuyerEmotionalResponse",
    "What a buyer feels about a home.",
    EXCITED="Joy.",
    CONCERNED="Worry.",
    INTERESTED="Interest.",
    DISAPPOINTED="Disappointment.",
)


@node(PROPERTY_INTERACTIONS, "What a buyer does with a home, in a chat. The agent and the buyer see it.")
class BuyerPropertyInteraction(Node):
    id: strawberry.ID = identity(PROPERTY_INTERACTIONS)
    sessionId: strawberry.ID = reference(CHAT_SESSIONS, "sessionId", "Chat that it was done in.")
    listingId: strawberry.ID = reference(REPLIERS_LISTINGS, "listingId", "Listing that it was done with.")
    listing: Annotated["BuyerRepliersListing", strawberry.lazy("resolvers.buyer.repliers_listing")] | None = one(
        REPLIERS_LISTINGS, "listingId", "Listing that it was done with; null once it is in the cache no more."
    )
    interactionType: InteractionType = column("What was done.")
    rating: int | None = column("How good the home is, 1 to 5.")
    reason: str | None = column("Why.")
    emotionalResponse: EmotionalResponse | None = column("What the buyer felt.")
    version: int = column("Number that rises with each change.")
    createdAt: Timestamp = column("When it was done.")
    updatedAt: Timestamp = column("When it was last said again.")
    viewerCanDelete: bool = viewer_can(PROPERTY_INTERACTIONS, "delete", "Whether you may take it back.")


ORDERS = orders("BuyerPropertyInteraction", CREATED_AT=("-createdAt",))
OF_SESSION = Listing(
    PROPERTY_INTERACTIONS,
    ORDERS,
    fixed=("sessionId",),
    where=where(
        PROPERTY_INTERACTIONS,
        listingId=ids(REPLIERS_LISTINGS),
        interactionType=choices(InteractionType, "BuyerInteractionType"),
    ),
)


@strawberry.type
class PropertyInteractionQueries:
    buyerPropertyInteractions: Connection[BuyerPropertyInteraction] = listed(
        OF_SESSION, "What the buyer of a chat did with homes, newest first.", WHOSE, inside
    )


@strawberry.type
class PropertyInteractionSubscriptions:
    buyerPropertyInteractionChanges: ListChange[BuyerPropertyInteraction] = watched(
        OF_SESSION, "What the buyer of a chat does with homes, as it is done.", WHOSE, inside
    )


@strawberry.input(description="What you do with a home, in the chat that asks.")
class BuyerPropertyInteractionRecordInput(Input):
    id: strawberry.ID | None = optional("Id chosen by the client, to work offline.")
    listingId: strawberry.ID = required("Listing that it is done with.")
    interactionType: InteractionType = required("What is done.")
    rating: int | None = optional("How good the home is, 1 to 5.")
    reason: str | None = optional(f"Why, up to {TEXT_CHARACTERS:,} characters.")
    emotionalResponse: EmotionalResponse | None = optional("What you feel about it.")


@strawberry.type(description="What was done.")
class BuyerPropertyInteractionRecordPayload(Payload):
    interaction: BuyerPropertyInteraction | None = one(PROPERTY_INTERACTIONS, "interaction", "What was done.")
    interactionEdge: Edge[BuyerPropertyInteraction] | None = edge(
        PROPERTY_INTERACTIONS, "interaction", ORDERS.order(None), "What was done, in the list of its chat."
    )
    removedId: strawberry.ID | None = column("Id of the opposite opinion, which is gone; null when there was none.")


SAID = ("rating", "reason", "emotionalResponse")


async def record(hand: Change, input: BuyerPropertyInteractionRecordInput) -> Outcome:
    """Note what a buyer does with a home. What can be true once only is said again rather than made twice."""
    session = await touched(hand)
    listing = hand.key(REPLIERS_LISTINGS, input.listingId, "listingId")
    await hand.readable(REPLIERS_LISTINGS, listing, field="listingId")
    kind = InteractionType(hand.given["interactionType"])
    about = {"sessionId": session["_id"], "listingId": listing, "interactionType": kind.value}
    copied = {column: session[column] for column in ("agentId", "rootProfileId")}
    said = hand.patch(*SAID)
    values = {"id": hand.new_key(PROPERTY_INTERACTIONS, input.id), **copied, **about, **said}
    row = build(PropertyInteractionRow, values)
    if kind.value not in (*OPINIONS, *MARKS):
        return {"interaction": await hand.store.write.insert(PROPERTY_INTERACTIONS, row, hand.actor)}
    gone = await _opposite_removed(hand, about)
    found, _ = await hand.store.write.upsert(PROPERTY_INTERACTIONS, about, row, hand.actor, said)
    return {"interaction": found["_id"], "removedId": gone}


async def _opposite_removed(hand: Change, about: dict[str, object]) -> str | None:
    """Take back the other opinion on the listing; its global id, if there was one. The caller holds the chat."""
    if about["interactionType"] not in OPINIONS:
        return None
    (other,) = set(OPINIONS) - {about["interactionType"]}
    opposite = {**about, "interactionType": other}
    found = await hand.store.write.effect_read(PROPERTY_INTERACTIONS, opposite)
    if found is None:
        return None
    key: ObjectId = found["_id"]
    await hand.store.write.effect_delete(PROPERTY_INTERACTIONS, {"_id": key})
    return global_id.encode(PROPERTY_INTERACTIONS.tag, key)


@strawberry.input(description="Something you have done, to be taken back.")
class BuyerPropertyInteractionRemoveInput(Input):
    id: strawberry.ID = required("What was done, in the chat that asks.")


@strawberry.type(description="What was taken back.")
class BuyerPropertyInteractionRemovePayload(Payload):
    deletedId: strawberry.ID | None = column("Id of what is gone.")


async def remove(hand: Change, input: BuyerPropertyInteractionRemoveInput) -> Outcome:
    """Take back what was done with a home."""
    await held(hand)
    await hand.store.write.delete(PROPERTY_INTERACTIONS, hand.key(PROPERTY_INTERACTIONS, input.id), hand.actor)
    return {"deletedId": input.id}


@strawberry.type
class PropertyInteractionMutations:
    buyerPropertyInteractionRecord: BuyerPropertyInteractionRecordPayload = change(
        record, "Say what you do with a home, in the chat that you are in; liking it ends a dislike."
    )
    buyerPropertyInteractionRemove: BuyerPropertyInteractionRemovePayload = change(
        remove, "Take back what you did with a home."
    )
