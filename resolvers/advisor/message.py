"""AdvisorMessage: a message in a conversation."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from models.actor import Actor
from models.advisor.advisor import ADVISORS
from models.advisor.conversation import CONVERSATIONS
from models.advisor.message import MESSAGES, MessageSender, MessageStatus, unheld
from models.callers import ANSWERING
from models.clock import now
from models.errors import Code, Refusal
from models.policy import NOTHING, SIGNED_IN, Filter
from resolvers.adjectives import TIMES, choices, ids, orders, where
from resolvers.advisor.scope import WHOSE, inside, mine
from resolvers.connection import Connection
from resolvers.listing import Listing, argument
from resolvers.scalars import JSON, Timestamp
from resolvers.table import Node, choice, column, identity, node, reference, viewer_can
from resolvers.verbs.read import listed
from resolvers.verbs.relate import one
from resolvers.verbs.watch import ListChange, watched
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, optional, required

if TYPE_CHECKING:
    from resolvers.advisor.advisor import Advisor
    from resolvers.advisor.conversation import AdvisorConversation

choice(
    MessageSender,
    "AdvisorMessageSender",
    "Who wrote a message.",
    USER="The person that owns the conversation.",
    ADVISOR="An advisor.",
    SYSTEM="The server, about the conversation itself.",
)
choice(
    MessageStatus,
    "AdvisorMessageStatus",
    "Whether a message is still growing.",
    STREAMING="An answer that still arrives.",
    COMPLETE="Whole.",
    FAILED="An answer that broke off.",
)


@node(MESSAGES, "A message in a conversation.")
class AdvisorMessage(Node):
    id: strawberry.ID = identity(MESSAGES)
    conversationId: strawberry.ID = reference(
        CONVERSATIONS, "conversationId", "Conversation that the message belongs to."
    )
    conversation: Annotated["AdvisorConversation", strawberry.lazy("resolvers.advisor.conversation")] | None = one(
        CONVERSATIONS, "conversationId", "Conversation that the message belongs to."
    )
    sender: MessageSender = column("Who wrote it.")
    advisorId: strawberry.ID | None = reference(
        ADVISORS, "advisorId", "Advisor that wrote it; null for the person's own."
    )
    advisor: Annotated["Advisor", strawberry.lazy("resolvers.advisor.advisor")] | None = one(
        ADVISORS, "advisorId", "Advisor that wrote it; null for the person's own."
    )
    content: str = column("Text of the message.")
    contentJson: JSON | None = column("The message as the client's editor keeps it.")
    mentions: list[str] = column("Global ids of the advisors and people that the message mentions.")
    tokensUsed: int | None = column(
        "Number of tokens that the answer cost, earlier attempts included; null for the person's own messages."
    )
    status: MessageStatus = column("Whether the text is still growing.")
    clientMessageId: str | None = column("The sending client's own id of the message.")
    version: int = column("Number that rises with each change, for `expectedVersion`.")
    createdAt: Timestamp = column("When it was sent.")
    updatedAt: Timestamp = column("When it was last changed.")
    viewerCanUpdate: bool = viewer_can(MESSAGES, "update", "Whether you may edit the text.")
    viewerCanDelete: bool = viewer_can(MESSAGES, "delete", "Whether you may delete it.")


MESSAGE_WHERE = where(
    MESSAGES,
    sender=choices(MessageSender, "AdvisorMessageSender"),
    advisorId=ids(ADVISORS),
    createdAt=TIMES,
)

ORDERS = orders("AdvisorMessage", CREATED_AT=("createdAt",))

OF_CONVERSATION = Listing(MESSAGES, ORDERS, fixed=("conversationId",), where=MESSAGE_WHERE)
FOUND = Listing(MESSAGES, ORDERS, fixed=("userId",), scope=mine, searched=True)


def _streaming(actor: Actor) -> Filter:
    return {"status": MessageStatus.STREAMING} if ANSWERING.admits(actor, {}) else NOTHING


def _unheld(_actor: Actor) -> Filter:
    return unheld(now())


DUE = Listing(MESSAGES, ORDERS, fixed=("status",), scope=_streaming, within=_unheld)


@strawberry.type
class MessageQueries:
    advisorMessages: Connection[AdvisorMessage] = listed(
        OF_CONVERSATION, "Messages of a conversation, oldest first; `last: 10` gives the newest ten.", WHOSE, inside
    )
    advisorAnswersDue: Connection[AdvisorMessage] = listed(
        DUE,
        "Answers that have begun and that nobody gives, oldest first; empty for all but the service that gives them.",
    )
    advisorMessageSearch: Connection[AdvisorMessage] = listed(
        FOUND,
        "Messages in your conversations that hold the words, by relevance.",
        {"conversationId": (argument(strawberry.ID | None, "Only in this conversation."), strawberry.UNSET)},
        inside,
    )


def spoken(content: str | None) -> None:
    """Go on when there is something to read in the text; else raise INVALID. Its length is the row's affair."""
    if content is not None and not content.strip():
        raise Refusal(Code.INVALID, "content must hold more than white space.", "content")


@strawberry.input(description="Changes to a message of your own.")
class AdvisorMessageUpdateInput(Input):
    id: strawberry.ID = required("Message to change.")
    content: str | None = optional("Text, 1 to 32,000 characters.")
    contentJson: JSON | None = optional("The message as your editor keeps it; null removes it.")
    expectedVersion: int | None = optional("Version that the change was made on; a stale one writes nothing.")


@strawberry.type(description="The message that was changed.")
class AdvisorMessageUpdatePayload(Payload):
    message: AdvisorMessage | None = one(MESSAGES, "message", "The message as it is now.")


async def update(hand: Change, input: AdvisorMessageUpdateInput) -> Outcome:
    """Change the text of one's own message."""
    # A service may write into an answer, but piece by piece and never under an editor's hand.
    hand.demand(SIGNED_IN, {}, "Only a person can change a message.")
    spoken(input.content)
    key = hand.key(MESSAGES, input.id)
    changes = hand.patch("content", "contentJson")
    await hand.store.write.update(MESSAGES, key, hand.actor, changes, expected_version=input.expectedVersion)
    return {"message": key}


@strawberry.input(description="A message to delete.")
class AdvisorMessageDeleteInput(Input):
    id: strawberry.ID = required("Message to delete, your own or an advisor's.")


@strawberry.type(description="The message that was deleted.")
class AdvisorMessageDeletePayload(Payload):
    deletedId: strawberry.ID | None = column("Id of the message that is gone.")


async def delete(hand: Change, input: AdvisorMessageDeleteInput) -> Outcome:
    """Delete a message in one's own conversation."""
    gone = await hand.store.write.delete(MESSAGES, hand.key(MESSAGES, input.id), hand.actor)
    conversation = {"_id": gone["conversationId"], "userId": gone["userId"]}
    await hand.store.write.effect_one(CONVERSATIONS, conversation, {"$inc": {"messageCount": -1}}, quiet=True)
    return {"deletedId": input.id}


@strawberry.type
class MessageMutations:
    advisorMessageUpdate: AdvisorMessageUpdatePayload = change(
        update, "Change the text of a message of your own.", current="message"
    )
    advisorMessageDelete: AdvisorMessageDeletePayload = change(delete, "Delete a message in your conversation.")


@strawberry.type
class MessageSubscriptions:
    advisorMessageChanges: ListChange[AdvisorMessage] = watched(
        OF_CONVERSATION,
        "The messages of a conversation, kept up to date; answers grow as they arrive.",
        WHOSE,
        inside,
    )
