"""An agent opens a chat for a buyer, and hands out its link, which can be changed."""

import strawberry
from bson import ObjectId

from models.buyer.chat_search_context import CHAT_SEARCH_CONTEXTS, ChatSearchContextRow, ContextType
from models.buyer.chat_session import CHAT_SESSIONS, ChatSessionRow, ChatSessionStatus
from models.buyer.profile import PROFILES
from models.errors import Code, Refusal, not_found
from models.estate.agent import AGENTS
from models.estate.codes import digest, secret
from models.estate.rules import AGENTS as ANY_AGENT
from models.estate.rules import OWN_AGENT, PRODUCT
from models.policy import both
from models.validation import build
from resolvers.buyer.chat_preview import NO_SEARCH, latest_search
from resolvers.buyer.chat_session import ORDERS, BuyerChatSession
from resolvers.connection import Edge
from resolvers.table import column
from resolvers.verbs.relate import edge, one
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, optional, required

PATH = "buyer/chat"
"""The web application's page that takes the secret of a link."""

LINK = ("linkToken", "link")
SWITCHED_OFF = "agent_not_activated: an agent who is switched off opens no chat."
SECRET = "Secret of the link, shown only now: whoever has it is let into the chat."  # noqa: S105  # words for people
ADDRESS = "The link for the buyer, shown only now."


@strawberry.input(description="A new chat.")
class BuyerChatSessionCreateInput(Input):
    id: strawberry.ID | None = optional("Id chosen by the client, to work offline.")
    profileId: strawberry.ID = required("Profile of the buyer, for whom there is a search: one of your own.")


@strawberry.type(description="The chat that was opened.")
class BuyerChatSessionCreatePayload(Payload):
    session: BuyerChatSession | None = one(CHAT_SESSIONS, "session", "The new chat.")
    sessionEdge: Edge[BuyerChatSession] | None = edge(
        CHAT_SESSIONS, "session", ORDERS.order(None), "The new chat in your list."
    )
    linkToken: str | None = column(SECRET)
    link: str | None = column(ADDRESS)


async def create(hand: Change, input: BuyerChatSessionCreateInput) -> Outcome:
    """Open a chat about the latest search for a buyer."""
    hand.demand(ANY_AGENT, {}, "Only an agent opens chats.")
    # Held, so that neither the agent is switched off nor the profile deleted before the chat is there.
    if await hand.store.write.hold(AGENTS, {"_id": hand.profile(PRODUCT), "active": True}) is None:
        raise Refusal(Code.WRONG_STATE, SWITCHED_OFF)
    own = both({"_id": hand.key(PROFILES, input.profileId, "profileId")}, OWN_AGENT.filter(hand.actor))
    profile = await hand.store.write.hold(PROFILES, own)
    if profile is None:
        raise not_found(PROFILES.noun, "profileId")
    search = await latest_search(hand.store, hand.actor, profile["rootProfileId"])
    if search is None:
        raise Refusal(Code.WRONG_STATE, NO_SEARCH, "profileId")
    token = secret()
    copied = {column: profile[column] for column in ("agentId", "rootProfileId")}
    given = {"id": hand.new_key(CHAT_SESSIONS, input.id), "profileId": profile["_id"], "accessTokenHash": digest(token)}
    row = build(ChatSessionRow, {**copied, **given})
    key = await hand.store.write.insert(CHAT_SESSIONS, row, hand.actor)
    await hand.store.write.insert(CHAT_SEARCH_CONTEXTS, _first(key, row.agentId, search["_id"]), hand.actor)
    return {"session": key, **_link(hand, token)}


def _first(session: ObjectId, agent: ObjectId, search: ObjectId) -> ChatSearchContextRow:
    about = {"sessionId": session, "agentId": agent, "searchTransactionId": search}
    return build(ChatSearchContextRow, {**about, "contextType": ContextType.INITIAL_SEARCH})


def _link(hand: Change, token: str) -> Outcome:
    return {"linkToken": token, "link": hand.gate.link(PATH, token)}


@strawberry.input(description="A chat whose link is changed.")
class BuyerChatSessionLinkRotateInput(Input):
    id: strawberry.ID = required("The chat.")


@strawberry.type(description="The chat with another link.")
class BuyerChatSessionLinkRotatePayload(Payload):
    session: BuyerChatSession | None = one(CHAT_SESSIONS, "session", "The chat; whoever was in it is let out.")
    linkToken: str | None = column(SECRET)
    link: str | None = column(ADDRESS)


async def rotate(hand: Change, input: BuyerChatSessionLinkRotateInput) -> Outcome:
    """Change the link of a chat: the one before leads nowhere, and who came by it is let out at once."""
    key, token = hand.key(CHAT_SESSIONS, input.id), secret()
    going_on = {"status": {"$ne": ChatSessionStatus.COMPLETED.value}}
    fresh = {"accessTokenHash": digest(token)}
    await hand.store.write.update(
        CHAT_SESSIONS, key, hand.actor, fresh, when=going_on, otherwise="The chat is over: open a new one."
    )
    await hand.store.write.effect_one(CHAT_SESSIONS, {"_id": key}, {"$inc": {"signInVersion": 1}}, quiet=True)
    return {"session": key, **_link(hand, token)}


@strawberry.type
class ChatSessionCreateMutations:
    buyerChatSessionCreate: BuyerChatSessionCreatePayload = change(
        create, "Open a chat for a buyer, about the latest search; for agents.", secrets=LINK
    )
    buyerChatSessionLinkRotate: BuyerChatSessionLinkRotatePayload = change(
        rotate, "Change the link of a chat you opened.", secrets=LINK
    )
