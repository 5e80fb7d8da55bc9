"""BuyerChatSearchContext: which search a chat talks about."""

from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from bson import ObjectId

from models.buyer.chat_search_context import CHAT_SEARCH_CONTEXTS, ChatSearchContextRow, ContextType
from models.buyer.chat_session import CHAT_SESSIONS
from models.buyer.search_transaction import SEARCH_TRANSACTIONS
from models.errors import not_found
from models.estate.rules import AGENTS as ANY_AGENT
from models.validation import build
from resolvers.adjectives import BOOLEANS, orders, where
from resolvers.buyer.chat_session_reach import WHOSE, inside, own_session
from resolvers.connection import Connection
from resolvers.listing import Listing
from resolvers.scalars import Timestamp
from resolvers.table import Node, choice, column, identity, node, reference
from resolvers.verbs.read import listed
from resolvers.verbs.relate import one
from resolvers.verbs.watch import ListChange, watched
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, required

if TYPE_CHECKING:
    from resolvers.buyer.search_transaction import BuyerSearchTransaction

choice(
    ContextType,
    "BuyerContextType",
    "How a chat came to a search.",
    INITIAL_SEARCH="The chat began with it.",
    REFINED_SEARCH="It was narrowed down while the chat went on.",
    FOLLOW_UP_SEARCH="It followed from the chat.",
)


@node(CHAT_SEARCH_CONTEXTS, "A search that a chat talks about, or has talked about.")
class BuyerChatSearchContext(Node):
    id: strawberry.ID = identity(CHAT_SEARCH_CONTEXTS)
    sessionId: strawberry.ID = reference(CHAT_SESSIONS, "sessionId", "The chat.")
    searchTransactionId: strawberry.ID = reference(SEARCH_TRANSACTIONS, "searchTransactionId", "The search.")
    searchTransaction: (
        Annotated["BuyerSearchTransaction", strawberry.lazy("resolvers.buyer.search_transaction")] | None
    ) = one(SEARCH_TRANSACTIONS, "searchTransactionId", "The search.")
    contextType: ContextType = column("How the chat came to it.")
    isActive: bool = column("Whether the chat talks about it now; one in each chat is active.")
    version: int = column("Number that rises with each change.")
    createdAt: Timestamp = column("When the chat came to it.")
    updatedAt: Timestamp = column("When it last became active, or ceased to be.")


OF_SESSION = Listing(
    CHAT_SEARCH_CONTEXTS,
    orders("BuyerChatSearchContext", CREATED_AT=("-createdAt",)),
    fixed=("sessionId",),
    where=where(CHAT_SEARCH_CONTEXTS, isActive=BOOLEANS),
)


@strawberry.type
class ChatSearchContextQueries:
    buyerChatSearchContexts: Connection[BuyerChatSearchContext] = listed(
        OF_SESSION, "The searches that a chat has talked about, newest first.", WHOSE, inside
    )


@strawberry.type
class ChatSearchContextSubscriptions:
    buyerChatSearchContextChanges: ListChange[BuyerChatSearchContext] = watched(
        OF_SESSION, "The searches that a chat talks about, as another one becomes active.", WHOSE, inside
    )


@strawberry.input(description="A search that a chat is to talk about.")
class BuyerChatSearchContextActivateInput(Input):
    sessionId: strawberry.ID = required("The chat: one you opened.")
    transactionId: str = required("The search, by its `transactionId`; it is about the chat's buyer.")
    type: ContextType = required("How the chat comes to it.")


@strawberry.type(description="What the chat talks about now.")
class BuyerChatSearchContextActivatePayload(Payload):
    searchContext: BuyerChatSearchContext | None = one(
        CHAT_SEARCH_CONTEXTS, "searchContext", "The search context that is active now."
    )


async def activate(hand: Change, input: BuyerChatSearchContextActivateInput) -> Outcome:
    """Let a chat talk about another search for its buyer."""
    hand.demand(ANY_AGENT, {}, "Only the agent does this.")
    session = await own_session(hand, input.sessionId)
    of_buyer = {"transactionId": input.transactionId, "rootProfileId": session["rootProfileId"]}
    search = await hand.store.write.effect_read(SEARCH_TRANSACTIONS, of_buyer)
    if search is None:
        raise not_found(SEARCH_TRANSACTIONS.noun, "transactionId")
    return {"searchContext": await put(hand, session, search["_id"], ContextType(hand.given["type"]))}


async def put(hand: Change, session: dict[str, Any], search: ObjectId, kind: ContextType) -> ObjectId:
    """Make a search the one that a chat, which the caller holds, talks about; the id of its context.

    The one before ceases to be active first: the unique index lets no two be, not even within the transaction.
    """
    active = {"sessionId": session["_id"], "isActive": True, "searchTransactionId": {"$ne": search}}
    await hand.store.write.effect(CHAT_SEARCH_CONTEXTS, active, {"$set": {"isActive": False}})
    once = {"sessionId": session["_id"], "searchTransactionId": search}
    row = build(ChatSearchContextRow, {**once, "agentId": session["agentId"], "contextType": kind})
    now_active = {"isActive": True, "contextType": kind}
    found, _ = await hand.store.write.upsert(CHAT_SEARCH_CONTEXTS, once, row, hand.actor, now_active)
    key: ObjectId = found["_id"]
    return key


@strawberry.type
class ChatSearchContextMutations:
    buyerChatSearchContextActivate: BuyerChatSearchContextActivatePayload = change(
        activate, "Let a chat you opened talk about another search; the one before is active no more."
    )
