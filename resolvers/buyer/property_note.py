"""BuyerPropertyNote: a note on a listing in a chat, the buyer's or the agent's own."""

from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from models.buyer.chat_session import CHAT_SESSIONS
from models.buyer.property_note import PROPERTY_NOTES, NoteType, PropertyNoteRow
from models.buyer.repliers_listing import REPLIERS_LISTINGS
from models.buyer.values import TEXT_CHARACTERS
from models.errors import Code, Refusal, not_found
from models.estate.rules import CHAT
from models.validation import build
from resolvers.adjectives import ids, orders, where
from resolvers.buyer.chat_session_reach import WHOSE, held, inside, own_session
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
    NoteType,
    "BuyerNoteType",
    "What a note is for; it says whose it is, and never changes.",
    PERSONAL="The buyer's, about the home.",
    AGENT="The agent's own: the buyer never sees it.",
    SHOWING="The buyer's, about seeing the home.",
    REMINDER="The buyer's, about something to do.",
)


@node(PROPERTY_NOTES, "A note on a home, in a chat. The agent sees all, the buyer the buyer's own.")
class BuyerPropertyNote(Node):
    id: strawberry.ID = identity(PROPERTY_NOTES)
    sessionId: strawberry.ID = reference(CHAT_SESSIONS, "sessionId", "Chat that the note belongs to.")
    listingId: strawberry.ID = reference(REPLIERS_LISTINGS, "listingId", "Listing that the note is on.")
    listing: Annotated["BuyerRepliersListing", strawberry.lazy("resolvers.buyer.repliers_listing")] | None = one(
        REPLIERS_LISTINGS, "listingId", "Listing that the note is on; null once it is in the cache no more."
    )
    noteText: str = column("The note.")
    noteType: NoteType = column("What it is for.")
    version: int = column("Number that rises with each change, for `expectedVersion`.")
    createdAt: Timestamp = column("When it was written.")
    updatedAt: Timestamp = column("When it was last changed.")
    viewerCanUpdate: bool = viewer_can(PROPERTY_NOTES, "update", "Whether you may change it.")
    viewerCanDelete: bool = viewer_can(PROPERTY_NOTES, "delete", "Whether you may delete it.")


ORDERS = orders("BuyerPropertyNote", CREATED_AT=("-createdAt",))
OF_SESSION = Listing(
    PROPERTY_NOTES, ORDERS, fixed=("sessionId",), where=where(PROPERTY_NOTES, listingId=ids(REPLIERS_LISTINGS))
)


@strawberry.type
class PropertyNoteQueries:
    buyerPropertyNotes: Connection[BuyerPropertyNote] = listed(
        OF_SESSION, "Notes on homes in a chat, newest first.", WHOSE, inside
    )


@strawberry.type
class PropertyNoteSubscriptions:
    buyerPropertyNoteChanges: ListChange[BuyerPropertyNote] = watched(
        OF_SESSION, "Notes on homes in a chat, kept up to date.", WHOSE, inside
    )


@strawberry.input(description="A new note.")
class BuyerPropertyNoteCreateInput(Input):
    id: strawberry.ID | None = optional("Id chosen by the client, to work offline.")
    sessionId: strawberry.ID | None = optional("Chat that the note belongs to: an agent names it, a buyer is in it.")
    listingId: strawberry.ID = required("Listing that the note is on.")
    noteText: str = required(f"The note, 1 to {TEXT_CHARACTERS:,} characters.")
    noteType: NoteType | None = optional("What it is for: an agent's is AGENT, a buyer's PERSONAL unless given.")


@strawberry.type(description="The note that was written.")
class BuyerPropertyNoteCreatePayload(Payload):
    note: BuyerPropertyNote | None = one(PROPERTY_NOTES, "note", "The new note.")
    noteEdge: Edge[BuyerPropertyNote] | None = edge(
        PROPERTY_NOTES, "note", ORDERS.order(None), "The new note in the list of its chat."
    )


async def create(hand: Change, input: BuyerPropertyNoteCreateInput) -> Outcome:
    """Write a note on a home."""
    session = await _session(hand, input.sessionId)
    listing = hand.key(REPLIERS_LISTINGS, input.listingId, "listingId")
    await hand.readable(REPLIERS_LISTINGS, listing, field="listingId")
    values = {
        "id": hand.new_key(PROPERTY_NOTES, input.id),
        "sessionId": session["_id"],
        "agentId": session["agentId"],
        "listingId": listing,
        "noteType": NoteType.PERSONAL if CHAT in hand.actor.profiles else NoteType.AGENT,
        **{name: value for name, value in hand.patch("noteText", "noteType").items() if value is not None},
    }
    return {"note": await hand.store.write.insert(PROPERTY_NOTES, build(PropertyNoteRow, values), hand.actor)}


async def _session(hand: Change, text: str | None) -> dict[str, Any]:
    """The chat that a note is written in, held: the one that asks, or the one that its agent names."""
    if CHAT in hand.actor.profiles:
        if text is not None and hand.key(CHAT_SESSIONS, text, "sessionId") != hand.actor.profiles[CHAT]:
            raise not_found(CHAT_SESSIONS.noun, "sessionId")
        return await held(hand)
    if text is None:
        raise Refusal(Code.INVALID, "Name the chat that the note belongs to.", "sessionId")
    return await own_session(hand, text)


@strawberry.input(description="Changes to a note.")
class BuyerPropertyNoteUpdateInput(Input):
    id: strawberry.ID = required("Note to change: your own.")
    noteText: str | None = optional(f"The note, 1 to {TEXT_CHARACTERS:,} characters.")
    expectedVersion: int | None = optional("Version that the change was made on; a stale one writes nothing.")


@strawberry.type(description="The note that was changed.")
class BuyerPropertyNoteUpdatePayload(Payload):
    note: BuyerPropertyNote | None = one(PROPERTY_NOTES, "note", "The note as it is now.")


async def update(hand: Change, input: BuyerPropertyNoteUpdateInput) -> Outcome:
    """Change the text of one's own note."""
    await _going_on(hand)
    key = hand.key(PROPERTY_NOTES, input.id)
    changes = hand.patch("noteText")
    await hand.store.write.update(PROPERTY_NOTES, key, hand.actor, changes, expected_version=input.expectedVersion)
    return {"note": key}


async def _going_on(hand: Change) -> None:
    """Raise WRONG_STATE for a buyer whose chat is paused."""
    if CHAT in hand.actor.profiles:
        await held(hand)


@strawberry.input(description="A note to delete.")
class BuyerPropertyNoteDeleteInput(Input):
    id: strawberry.ID = required("Note to delete: your own.")


@strawberry.type(description="The note that was deleted.")
class BuyerPropertyNoteDeletePayload(Payload):
    deletedId: strawberry.ID | None = column("Id of the note that is gone.")


async def delete(hand: Change, input: BuyerPropertyNoteDeleteInput) -> Outcome:
    """Delete one's own note."""
    await _going_on(hand)
    await hand.store.write.delete(PROPERTY_NOTES, hand.key(PROPERTY_NOTES, input.id), hand.actor)
    return {"deletedId": input.id}


@strawberry.type
class PropertyNoteMutations:
    buyerPropertyNoteCreate: BuyerPropertyNoteCreatePayload = change(
        create, "Write a note on a home: in the chat that you are in, or as an agent in one you opened."
    )
    buyerPropertyNoteUpdate: BuyerPropertyNoteUpdatePayload = change(
        update, "Change a note of your own.", current="note"
    )
    buyerPropertyNoteDelete: BuyerPropertyNoteDeletePayload = change(delete, "Delete a note of your own.")
