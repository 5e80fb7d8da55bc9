"""AdvisorMessage: a message in a conversation."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from models.advisor.advisor import ADVISORS
from models.advisor.conversation import CONVERSATIONS
from models.advisor.message import MESSAGES, MessageSender, MessageStatus
from resolvers.adjectives import TIMES, choices, ids, orders, where
from resolvers.listing import Listing
from resolvers.scalars import JSON, Timestamp
from resolvers.table import Node, choice, column, identity, node, reference, viewer_can
from resolvers.verbs.relate import one

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
    conversationId: strawberry.ID = reference(CONVERSATIONS, "Conversation that the message belongs to.")
    conversation: Annotated["AdvisorConversation", strawberry.lazy("resolvers.advisor.conversation")] | None = one(
        CONVERSATIONS, "conversationId", "Conversation that the message belongs to."
    )
    sender: MessageSender = column("Who wrote it.")
    advisorId: strawberry.ID | None = reference(ADVISORS, "Advisor that wrote it; null for the person's own.")
    advisor: Annotated["Advisor", strawberry.lazy("resolvers.advisor.advisor")] | None = one(
        ADVISORS, "advisorId", "Advisor that wrote it; null for the person's own."
    )
    content: str = column("Text of the message.")
    contentJson: JSON | None = column("The message as the client's editor keeps it.")
    mentions: list[str] = column("Global ids of the advisors and people that the message mentions.")
    tokensUsed: int | None = column("Number of tokens that the answer cost; null for the person's own messages.")
    status: MessageStatus = column("Whether the text is still growing.")
    clientMessageId: str | None = column("The sending client's own id of the message.")
    version: int = column("Number that rises with each change, for `expectedVersion`.")
    createdAt: Timestamp = column("When it was sent.")
    updatedAt: Timestamp = column("When it was last changed.")
    viewerCanUpdate: bool = viewer_can(MESSAGES.policy.update, "Whether you may edit the text.")
    viewerCanDelete: bool = viewer_can(MESSAGES.policy.delete, "Whether you may delete it.")


MESSAGE_WHERE = where(
    MESSAGES,
    sender=choices(MessageSender, "AdvisorMessageSender"),
    advisorId=ids(ADVISORS),
    createdAt=TIMES,
)

OF_CONVERSATION = Listing(
    MESSAGES,
    orders("AdvisorMessage", CREATED_AT=("createdAt",)),
    fixed=("conversationId",),
    where=MESSAGE_WHERE,
)
