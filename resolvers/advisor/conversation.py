"""AdvisorConversation: a conversation of one person with advisors."""

from typing import TYPE_CHECKING, Annotated

import strawberry
from bson import ObjectId

from models import global_id
from models.advisor.advisor import ADVISORS
from models.advisor.conversation import CONVERSATIONS, ConversationRow
from models.advisor.rules import PRODUCT
from models.advisor.selection import SELECTIONS
from models.advisor.user import USERS
from models.errors import not_found
from models.store.ask import Ask, One, Page
from models.table import Order
from models.validation import build
from resolvers.adjectives import TIMES, ids, orders, where
from resolvers.advisor.memory import OF_CONVERSATION as MEMORIES_OF_CONVERSATION
from resolvers.advisor.memory import AdvisorMemory
from resolvers.advisor.message import OF_CONVERSATION as MESSAGES_OF_CONVERSATION
from resolvers.advisor.message import AdvisorMessage
from resolvers.advisor.scope import CHOOSABLE_BY, answering, choosable, mine
from resolvers.advisor.thread_summary import OF_CONVERSATION as SUMMARIES_OF_CONVERSATION
from resolvers.advisor.thread_summary import AdvisorThreadSummary
from resolvers.advisor.typing_indicator import TYPING_NOW, AdvisorTypingIndicator
from resolvers.connection import Connection, Edge
from resolvers.listing import Listing
from resolvers.scalars import Timestamp
from resolvers.table import Node, column, identity, node, reference, viewer_can
from resolvers.verbs.read import listed, one_by_id
from resolvers.verbs.relate import edge, many, one
from resolvers.verbs.watch import ListChange, watched
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, optional, required

if TYPE_CHECKING:
    from resolvers.advisor.advisor import Advisor


@node(CONVERSATIONS, "A conversation of one person with advisors. Only its owner sees it.")
class AdvisorConversation(Node):
    id: strawberry.ID = identity(CONVERSATIONS)
    userId: strawberry.ID = reference(USERS, "userId", "Owner of the conversation.")
    title: str = column("Title of the conversation.")
    activeAdvisorId: strawberry.ID | None = reference(ADVISORS, "activeAdvisorId", "Advisor that answers next.")
    activeAdvisor: Annotated["Advisor", strawberry.lazy("resolvers.advisor.advisor")] | None = one(
        ADVISORS, "activeAdvisorId", "Advisor that answers next."
    )
    messageCount: int = column("Number of messages in the conversation.")
    messages: Connection[AdvisorMessage] = many(
        MESSAGES_OF_CONVERSATION, "conversationId", "Messages, oldest first; `last: 10` gives the newest ten."
    )
    memories: Connection[AdvisorMemory] = many(
        MEMORIES_OF_CONVERSATION, "conversationId", "What advisors remember in the conversation, last changed first."
    )
    summaries: Connection[AdvisorThreadSummary] = many(
        SUMMARIES_OF_CONVERSATION, "conversationId", "Summaries of the conversation, newest first."
    )
    typing: Connection[AdvisorTypingIndicator] = many(
        TYPING_NOW, "conversationId", "Who is typing in the conversation at this moment."
    )
    version: int = column("Number that rises with each change, for `expectedVersion`.")
    createdAt: Timestamp = column("When the conversation was begun.")
    updatedAt: Timestamp = column("When it was last changed or written in.")
    viewerCanUpdate: bool = viewer_can(CONVERSATIONS, "update", "Whether you may rename it.")
    viewerCanDelete: bool = viewer_can(CONVERSATIONS, "delete", "Whether you may delete it.")


CONVERSATION_WHERE = where(CONVERSATIONS, activeAdvisorId=ids(ADVISORS), createdAt=TIMES, updatedAt=TIMES)
ORDERS = orders("AdvisorConversation", UPDATED_AT=("-updatedAt",), CREATED_AT=("-createdAt",))

MINE = Listing(CONVERSATIONS, ORDERS, fixed=("userId",), scope=mine, where=CONVERSATION_WHERE)

BOARD_ENTRIES = 100
"""Board entries in which a new conversation's advisor is looked for."""

OLDEST_FIRST = Order(("selectedAt",))
LONGEST_ON_BOARD = Ask(
    SELECTIONS,
    frozenset({"advisorId"}),
    where={"hidden": False},
    page=Page(OLDEST_FIRST, BOARD_ENTRIES, SELECTIONS.index_for(("userId", "hidden"), OLDEST_FIRST).name),
    children=(One("advisor", "advisorId", Ask(ADVISORS, frozenset(CHOOSABLE_BY))),),
)
"""The caller's board from its oldest entry on; whose board it is, the table's rule says."""


@strawberry.type
class ConversationQueries:
    advisorConversation: AdvisorConversation | None = one_by_id(CONVERSATIONS, "One of your conversations.")
    advisorConversations: Connection[AdvisorConversation] = listed(MINE, "Your conversations, newest first.")


@strawberry.input(description="A new conversation.")
class AdvisorConversationCreateInput(Input):
    id: strawberry.ID | None = optional("Id chosen by the client, to work offline.")
    title: str | None = optional("Title; 'New Conversation' unless given.")
    activeAdvisorId: strawberry.ID | None = optional(
        "Advisor that answers first. Unless given, the one that is longest on your board and active; null for none."
    )


@strawberry.type(description="The conversation that was begun.")
class AdvisorConversationCreatePayload(Payload):
    conversation: AdvisorConversation | None = one(CONVERSATIONS, "conversation", "The new conversation.")
    conversationEdge: Edge[AdvisorConversation] | None = edge(
        CONVERSATIONS, "conversation", MINE.orders.order(None), "The new conversation in your list."
    )


async def create(hand: Change, input: AdvisorConversationCreateInput) -> Outcome:
    """Begin a conversation."""
    owner = hand.profile(PRODUCT)
    if await hand.store.write.hold(USERS, {"_id": owner}) is None:
        # The profile is being deleted: nothing may be made that outlives it.
        raise not_found(USERS.noun)
    values = {
        "id": hand.new_key(CONVERSATIONS, input.id),
        "userId": owner,
        "title": input.title,
        "activeAdvisorId": await _first_advisor(hand, input.activeAdvisorId, owner),
    }
    row = build(ConversationRow, values)
    return {"conversation": await hand.store.write.insert(CONVERSATIONS, row, hand.actor)}


async def _first_advisor(hand: Change, text: str | None, owner: ObjectId) -> ObjectId | None:
    if text is not None:
        return await answering(hand, text, owner, "activeAdvisorId")
    if "activeAdvisorId" in hand.given:
        return None
    entries = await hand.store.read.page(LONGEST_ON_BOARD, hand.actor)
    for entry in entries.rows:
        if entry["advisor"] is not None and choosable(entry["advisor"], owner):
            first = global_id.encode(ADVISORS.tag, entry["advisorId"])
            return await answering(hand, first, owner, "activeAdvisorId")
    return None


@strawberry.input(description="Changes to a conversation.")
class AdvisorConversationUpdateInput(Input):
    id: strawberry.ID = required("Conversation to change.")
    title: str | None = optional("Title, 1 to 200 characters.")
    expectedVersion: int | None = optional("Version that the change was made on; a stale one writes nothing.")


@strawberry.type(description="The conversation that was changed.")
class AdvisorConversationUpdatePayload(Payload):
    conversation: AdvisorConversation | None = one(CONVERSATIONS, "conversation", "The conversation as it is now.")


async def update(hand: Change, input: AdvisorConversationUpdateInput) -> Outcome:
    """Rename a conversation."""
    key = hand.key(CONVERSATIONS, input.id)
    changes = hand.patch("title")
    await hand.store.write.update(CONVERSATIONS, key, hand.actor, changes, expected_version=input.expectedVersion)
    return {"conversation": key}


@strawberry.type
class ConversationMutations:
    advisorConversationCreate: AdvisorConversationCreatePayload = change(create, "Begin a conversation.")
    advisorConversationUpdate: AdvisorConversationUpdatePayload = change(
        update, "Rename one of your conversations.", current="conversation"
    )


@strawberry.type
class ConversationSubscriptions:
    advisorConversationChanges: ListChange[AdvisorConversation] = watched(
        MINE, "Your conversations, kept up to date: new ones, other titles, and those that move up."
    )
