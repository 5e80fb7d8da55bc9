"""A note on a listing, in a chat: the buyer's, or the agent's own."""

from enum import StrEnum

from models.buyer.values import Text
from models.callers import ANSWERING
from models.estate.rules import ANALYSIS, OWN_AGENT, OWN_CHAT, SEARCH, WORKING_AGENT
from models.policy import Is, Policy
from models.row import Id, Row
from models.table import Table, index


class NoteType(StrEnum):
    """What the note is for; that of an agent is the agent's own."""

    PERSONAL = "personal"
    AGENT = "agent"
    SHOWING = "showing"
    REMINDER = "reminder"


class PropertyNoteRow(Row):
    """`noteType` says whose the note is, so it never changes. `agentId` is the agent of the chat, copied so that the
    rule needs no second table.
    """

    sessionId: Id
    agentId: Id
    listingId: Id
    noteText: Text
    noteType: NoteType = NoteType.PERSONAL

    class Settings:
        name = "buyer_property_notes"
        keep_nulls = False


OF_BUYERS = Is("noteType", (NoteType.PERSONAL.value, NoteType.SHOWING.value, NoteType.REMINDER.value))
OF_AGENTS = Is("noteType", (NoteType.AGENT.value,))
WRITER = (OWN_CHAT & OF_BUYERS) | (WORKING_AGENT & OF_AGENTS)

PROPERTY_NOTES = Table(
    PropertyNoteRow,
    type_name="BuyerPropertyNote",
    tag="bNot",
    noun="note",
    policy=Policy(
        # What the answering service reads comes out in what it tells the buyer, so it reads the buyer's notes alone.
        read=OWN_AGENT | ANALYSIS | (OWN_CHAT & OF_BUYERS) | (ANSWERING & OF_BUYERS) | (SEARCH & OF_BUYERS),
        create=WRITER,
        update=WRITER,
        delete=WRITER,
    ),
    indexes=(
        index("idx_property_notes_session_property", "sessionId", "listingId"),
        index("by_listing", "listingId"),
        index("page_session_created", "sessionId", "-createdAt", "-_id"),
        index("page_session_listing_created", "sessionId", "listingId", "-createdAt", "-_id"),
    ),
    shard_key=("agentId", "sessionId"),
    hidden=frozenset({"agentId"}),
    watched=True,
)
