"""The course of a chat: active and paused by turns, then completed; its agent says when."""

import strawberry

from models.buyer.chat_session import CHAT_SESSIONS, ChatSessionStatus
from resolvers.buyer.chat_session import BuyerChatSession
from resolvers.verbs.relate import one
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, optional, required

VERSION = "Version that you have seen; a stale one writes nothing."
CHAT_NOW = "The chat as it is now."


async def _moved(
    hand: Change, text: str, version: int | None, *before: ChatSessionStatus, to: ChatSessionStatus, otherwise: str
) -> Outcome:
    """Move a chat to another state from one of those `before`, in one statement."""
    key = hand.key(CHAT_SESSIONS, text)
    when = {"status": {"$in": [status.value for status in before]}}
    await hand.store.write.update(
        CHAT_SESSIONS, key, hand.actor, {"status": to}, expected_version=version, when=when, otherwise=otherwise
    )
    return {"session": key}


@strawberry.input(description="A chat to pause.")
class BuyerChatSessionPauseInput(Input):
    id: strawberry.ID = required("The chat.")
    expectedVersion: int | None = optional(VERSION)


@strawberry.type(description="The chat that was paused.")
class BuyerChatSessionPausePayload(Payload):
    session: BuyerChatSession | None = one(CHAT_SESSIONS, "session", CHAT_NOW)


async def pause(hand: Change, input: BuyerChatSessionPauseInput) -> Outcome:
    """Let the buyer only read for a while."""
    active, paused = ChatSessionStatus.ACTIVE, ChatSessionStatus.PAUSED
    return await _moved(hand, input.id, input.expectedVersion, active, to=paused, otherwise="The chat is not active.")


@strawberry.input(description="A chat to resume.")
class BuyerChatSessionResumeInput(Input):
    id: strawberry.ID = required("The chat.")
    expectedVersion: int | None = optional(VERSION)


@strawberry.type(description="The chat that was resumed.")
class BuyerChatSessionResumePayload(Payload):
    session: BuyerChatSession | None = one(CHAT_SESSIONS, "session", CHAT_NOW)


async def resume(hand: Change, input: BuyerChatSessionResumeInput) -> Outcome:
    """Let the buyer write again."""
    active, paused = ChatSessionStatus.ACTIVE, ChatSessionStatus.PAUSED
    return await _moved(hand, input.id, input.expectedVersion, paused, to=active, otherwise="The chat is not paused.")


@strawberry.input(description="A chat to end.")
class BuyerChatSessionCompleteInput(Input):
    id: strawberry.ID = required("The chat.")
    expectedVersion: int | None = optional(VERSION)


@strawberry.type(description="The chat that is over.")
class BuyerChatSessionCompletePayload(Payload):
    session: BuyerChatSession | None = one(CHAT_SESSIONS, "session", CHAT_NOW)


async def complete(hand: Change, input: BuyerChatSessionCompleteInput) -> Outcome:
    """End a chat: its link leads nowhere, and who is in it is let out at once."""
    before = (ChatSessionStatus.ACTIVE, ChatSessionStatus.PAUSED)
    over, otherwise = ChatSessionStatus.COMPLETED, "The chat is over already."
    return await _moved(hand, input.id, input.expectedVersion, *before, to=over, otherwise=otherwise)


@strawberry.type
class ChatSessionStatusMutations:
    buyerChatSessionPause: BuyerChatSessionPausePayload = change(
        pause, "Pause a chat you opened: the buyer can only read.", current="session"
    )
    buyerChatSessionResume: BuyerChatSessionResumePayload = change(
        resume, "Resume a chat you have paused.", current="session"
    )
    buyerChatSessionComplete: BuyerChatSessionCompletePayload = change(
        complete, "End a chat you opened, for good.", current="session"
    )
