"""A buyer gets into a chat by the link that the agent has handed out."""

import strawberry

from models.buyer.chat_session import CHAT_SESSIONS, PORTAL
from models.errors import Code, Refusal
from models.estate.codes import digest
from models.policy import ANYONE
from resolvers.buyer.chat_session import BuyerChatSession
from resolvers.estate.portal import SECRETS, PortalAccessPayload, attempt, enter
from resolvers.verbs.relate import one
from resolvers.verbs.write import Change, Input, Outcome, change, required


@strawberry.input(description="A buyer who comes by a link.")
class BuyerChatSessionSignInInput(Input):
    linkToken: str = required("Secret of the link.")


@strawberry.type(description="The chat that the link leads to, with a token for it.")
class BuyerChatSessionSignInPayload(PortalAccessPayload):
    session: BuyerChatSession | None = one(CHAT_SESSIONS, "session", "The chat, as its buyer sees it.")


async def sign_in(hand: Change, input: BuyerChatSessionSignInInput) -> Outcome:
    """Exchange the secret of a link for a token; a link that is unknown, over or switched off is refused alike."""
    await attempt(hand, input.linkToken)
    refused = Refusal(Code.UNAUTHENTICATED, "This link leads to no open chat: ask your agent for one.", "linkToken")
    key, token = await enter(hand, PORTAL, {"accessTokenHash": digest(input.linkToken)}, refused)
    return {"session": key, "accessToken": token.text, "expiresAt": token.expiresAt}


@strawberry.type
class ChatSessionSignInMutations:
    buyerChatSessionSignIn: BuyerChatSessionSignInPayload = change(
        sign_in, "Get into a chat by its link.", by=ANYONE, atomic=False, secrets=SECRETS, replays=False
    )
