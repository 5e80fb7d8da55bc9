"""AdvisorConversation: a conversation of one person with advisors."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from models.advisor.advisor import ADVISORS
from models.advisor.conversation import CONVERSATIONS, ConversationRow
from models.advisor.rules import PRODUCT
from models.advisor.user import USERS
from models.validation import build
from resolvers.adjectives import TIMES, ids, orders, where
from resolvers.advisor.message import OF_CONVERSATION as MESSAGES_OF_CONVERSATION
from resolvers.advisor.message import AdvisorMessage
from resolvers.advisor.scope import mine
from resolvers.connection import Connection, Edge
from resolvers.listing import Listing
from resolvers.scalars import Timestamp
from resolvers.table import Node, column, identity, node, reference, viewer_can
from resolvers.verbs.read import listed, one_by_id
from resolvers.verbs.relate import edge, many, one
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, optional

if TYPE_CHECKING:
    from resolvers.advisor.advisor import Advisor


@node(CONVERSATIONS, "A conversation of one person with advisors. Only its owner sees it.")
class AdvisorConversation(Node):
    id: strawberry.ID = identity(CONVERSATIONS)
    userId: strawberry.ID = reference(USERS, "Owner of the conversation.")
    title: str = column("Title of the conversation.")
    activeAdvisorId: strawberry.ID | None = reference(ADVISORS, "Advisor that answers next.")
    activeAdvisor: Annotated["Advisor", strawberry.lazy("resolvers.advisor.advisor")] | None = one(
        ADVISORS, "activeAdvisorId", "Advisor that answers next."
    )
    messageCount: int = column("Number of messages in the conversation.")
    messages: Connection[AdvisorMessage] = many(
        MESSAGES_OF_CONVERSATION, "conversationId", "Messages, oldest first; `last: 10` gives the newest ten."
    )
    version: int = column("Number that rises with each change, for `expectedVersion`.")
    createdAt: Timestamp = column("When the conversation was begun.")
    updatedAt: Timestamp = column("When it was last changed or written in.")
    viewerCanUpdate: bool = viewer_can(CONVERSATIONS.policy.update, "Whether you may rename it.")
    viewerCanDelete: bool = viewer_can(CONVERSATIONS.policy.delete, "Whether you may delete it.")


CONVERSATION_WHERE = where(CONVERSATIONS, activeAdvisorId=ids(ADVISORS), createdAt=TIMES, updatedAt=TIMES)
ORDERS = orders("AdvisorConversation", UPDATED_AT=("-updatedAt",), CREATED_AT=("-createdAt",))

MINE = Listing(CONVERSATIONS, ORDERS, fixed=("userId",), scope=mine, where=CONVERSATION_WHERE)


@strawberry.type
class ConversationQueries:
    advisorConversation: AdvisorConversation | None = one_by_id(CONVERSATIONS, "One of your conversations.")
    advisorConversations: Connection[AdvisorConversation] = listed(MINE, "Your conversations, newest first.")


@strawberry.input(description="A new conversation.")
class AdvisorConversationCreateInput(Input):
    id: strawberry.ID | None = optional("Id chosen by the client, to work offline.")
    title: str | None = optional("Title; 'New Conversation' unless given.")
    activeAdvisorId: strawberry.ID | None = optional("Advisor that answers first.")


@strawberry.type(description="The conversation that was begun.")
class AdvisorConversationCreatePayload(Payload):
    conversation: AdvisorConversation | None = one(CONVERSATIONS, "conversation", "The new conversation.")
    conversationEdge: Edge[AdvisorConversation] | None = edge(
        CONVERSATIONS, "conversation", MINE.orders.order(None), "The new conversation in your list."
    )


async def create(hand: Change, input: AdvisorConversationCreateInput) -> Outcome:
    """Begin a conversation."""
    owner = hand.profile(PRODUCT)
    row = build(
        ConversationRow,
        {"id": hand.new_key(CONVERSATIONS, input.id), "userId": owner, "title": input.title},
    )
    return {"conversation": await hand.store.write.insert(CONVERSATIONS, row, hand.actor)}


@strawberry.type
class ConversationMutations:
    advisorConversationCreate: AdvisorConversationCreatePayload = change(create, "Begin a conversation.")
