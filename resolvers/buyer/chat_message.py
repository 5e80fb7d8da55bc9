"""BuyerChatMessage: a question of a buyer, the one answer to it, and what the question tells about the buyer."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from models.actor import Actor
from models.buyer.chat_message import CHAT_MESSAGES, AnswerStatus, MessageIntent, QuestionCategory, unheld
from models.buyer.chat_session import CHAT_SESSIONS
from models.buyer.repliers_listing import REPLIERS_LISTINGS
from models.buyer.search_transaction import SEARCH_TRANSACTIONS
from models.callers import ANSWERING
from models.clock import now
from models.policy import NOTHING, Filter
from resolvers.adjectives import TIMES, choices, orders, where
from resolvers.buyer.chat_session_reach import WHOSE, inside
from resolvers.connection import Connection
from resolvers.listing import Listing
from resolvers.scalars import Timestamp
from resolvers.table import Node, choice, column, identity, node, reference
from resolvers.verbs.read import listed, one_by_id
from resolvers.verbs.relate import one
from resolvers.verbs.watch import ListChange, watched

if TYPE_CHECKING:
    from resolvers.buyer.repliers_listing import BuyerRepliersListing

choice(
    QuestionCategory,
    "BuyerQuestionCategory",
    "What a question is about.",
    LOCATION="Where the home is, and what is around it.",
    PRICING="What the home costs.",
    FEATURES="What the home has.",
    LOGISTICS="How to see the home, and when.",
    GENERAL="Anything else.",
)
choice(
    MessageIntent,
    "BuyerMessageIntent",
    "What a buyer is about to do.",
    BROWSING="To look around.",
    COMPARING="To weigh homes against each other.",
    DECIDING="To decide.",
    SCHEDULING="To see a home.",
)
choice(
    AnswerStatus,
    "BuyerAnswerStatus",
    "How far the answer to a question is.",
    WAITING="Not whole yet; what there is of it is the draft.",
    ANSWERED="Whole.",
    FAILED="There will be none.",
)


@node(CHAT_MESSAGES, "A question of a buyer, with the answer to it.")
class BuyerChatMessage(Node):
    id: strawberry.ID = identity(CHAT_MESSAGES)
    sessionId: strawberry.ID = reference(CHAT_SESSIONS, "sessionId", "Chat that the question was asked in.")
    message: str = column("The question.")
    aiResponse: str | None = column("The answer, once it is whole.")
    aiResponseDraft: str | None = column("What there is of the answer while it is being written.")
    answerStatus: AnswerStatus = column("How far the answer is.")
    answeredAt: Timestamp | None = column("When the answer was whole.")
    timestamp: Timestamp = column("When the question was asked.")
    questionCategory: QuestionCategory | None = column("What the question is about; shown to the agent alone.")
    sentimentScore: float | None = column("How the buyer feels, -1 to 1; shown to the agent alone.")
    propertyMentioned: strawberry.ID | None = reference(
        REPLIERS_LISTINGS, "propertyMentioned", "Listing that the question is about."
    )
    property: Annotated["BuyerRepliersListing", strawberry.lazy("resolvers.buyer.repliers_listing")] | None = one(
        REPLIERS_LISTINGS, "propertyMentioned", "Listing that the question is about."
    )
    intentClassification: MessageIntent | None = column("What the buyer is about to do; shown to the agent alone.")
    agentPath: str | None = column("What has handled the question, in turn; shown to the agent alone.")
    searchTransactionId: strawberry.ID | None = reference(
        SEARCH_TRANSACTIONS, "searchTransactionId", "Search that the chat was about when the question was asked."
    )
    version: int = column("Number that rises with each change.")
    createdAt: Timestamp = column("When the question was asked.")
    updatedAt: Timestamp = column("When the answer last grew.")


ORDERS = orders("BuyerChatMessage", TIMESTAMP=("timestamp",))

OF_SESSION = Listing(
    CHAT_MESSAGES,
    ORDERS,
    fixed=("sessionId",),
    where=where(CHAT_MESSAGES, timestamp=TIMES, answerStatus=choices(AnswerStatus, "BuyerAnswerStatus")),
)


def _waiting(actor: Actor) -> Filter:
    return {"answerStatus": AnswerStatus.WAITING.value} if ANSWERING.admits(actor, {}) else NOTHING


def _unheld(_actor: Actor) -> Filter:
    return unheld(now())


DUE = Listing(CHAT_MESSAGES, ORDERS, fixed=("answerStatus",), scope=_waiting, within=_unheld)


@strawberry.type
class ChatMessageQueries:
    buyerChatMessage: BuyerChatMessage | None = one_by_id(CHAT_MESSAGES, "A question in a chat, with its answer.")
    buyerChatMessages: Connection[BuyerChatMessage] = listed(
        OF_SESSION, "Questions and answers of a chat, oldest first; `last: 10` gives the newest.", WHOSE, inside
    )
    buyerChatAnswersDue: Connection[BuyerChatMessage] = listed(
        DUE, "Questions that nobody answers, oldest first; empty for all but the service that answers."
    )


@strawberry.type
class ChatMessageSubscriptions:
    buyerChatMessageChanges: ListChange[BuyerChatMessage] = watched(
        OF_SESSION, "Questions and answers of a chat, kept up to date; drafts grow as they arrive.", WHOSE, inside
    )
