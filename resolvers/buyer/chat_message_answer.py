"""Ends the answer to a question: whole, with what the question tells about the buyer, or not at all."""

from typing import Any

import strawberry

from models.buyer.chat_message import CHAT_MESSAGES, AnswerStatus, MessageIntent, QuestionCategory
from models.buyer.chat_session import CHAT_SESSIONS
from models.buyer.values import LONG_CHARACTERS
from models.callers import ANSWERING
from models.clock import now
from models.errors import Code, Refusal, not_found
from models.policy import RowData, both
from resolvers.buyer.chat_agent_insight_found import report
from resolvers.buyer.chat_message import BuyerChatMessage
from resolvers.buyer.chat_message_claim import ENDED, OF_SERVICES, OPEN, refuse_other
from resolvers.buyer.chat_session_weighing import Weighed, weigh
from resolvers.verbs.relate import one
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, optional, required

LEASE = "Lease of the question, if it was claimed."
OVER = {"aiResponseDraft": None, "lease": None, "leaseUntil": None}


@strawberry.input(description="What a question tells about the buyer.")
class BuyerChatAnalysisInput:
    """Any part may be missing."""

    questionCategory: QuestionCategory | None = optional("What the question is about.")
    sentimentScore: float | None = optional("How the buyer feels, -1 to 1.")
    intentClassification: MessageIntent | None = optional("What the buyer is about to do.")
    agentPath: str | None = optional("What has handled the question, in turn, e.g. 1->2->3.")


@strawberry.input(description="An answer that is whole.")
class BuyerChatMessageAnswerInput(Input):
    id: strawberry.ID = required("The question.")
    aiResponse: str | None = optional(f"The answer, 1 to {LONG_CHARACTERS:,} characters; the draft unless given.")
    analysis: BuyerChatAnalysisInput | None = optional("What the question tells about the buyer.")
    lease: str | None = optional(LEASE)


@strawberry.type(description="The question with its answer.")
class BuyerChatMessageAnswerPayload(Payload):
    message: BuyerChatMessage | None = one(CHAT_MESSAGES, "message", "The question as it is now.")


async def answer(hand: Change, input: BuyerChatMessageAnswerInput) -> Outcome:
    """Answer a question, once. What it tells about the buyer is weighed in the chat and, if a rule fires, reported."""
    hand.demand(ANSWERING, {}, OF_SERVICES)
    key = hand.key(CHAT_MESSAGES, input.id)
    before = await hand.readable(CHAT_MESSAGES, key, "lease", "aiResponseDraft", "sessionId")
    # The chat first, as by its buyer's own writes: nobody waits for somebody who waits for him.
    session = await hand.store.write.hold(CHAT_SESSIONS, {"_id": before["sessionId"]})
    if session is None:
        raise not_found(CHAT_MESSAGES.noun, "id")
    text = before.get("aiResponseDraft") if input.aiResponse is None else input.aiResponse
    if not text:
        raise Refusal(Code.INVALID, "There is no draft: give the answer.", "aiResponse")
    given: Any = hand.given.get("analysis") or {}
    found = {name: given[name] for name in Weighed.COLUMNS if given.get(name) is not None}
    done = {"aiResponse": text, "answeredAt": now(), **found}
    await _end(hand, before, AnswerStatus.ANSWERED, done, input.lease)
    await _weigh(hand, session, found)
    return {"message": key}


async def _weigh(hand: Change, session: dict[str, Any], found: RowData) -> None:
    """Note in the chat what the question has told, and report to the agent what he should know at once."""
    weighed = weigh(session, found)
    scores = {"engagementScore": weighed.engagementScore, "decisionStage": weighed.decisionStage.value}
    await hand.store.write.effect_one(CHAT_SESSIONS, {"_id": session["_id"]}, {"$set": scores}, quiet=True)
    await report(hand, session, weighed)


async def _end(
    hand: Change, question: RowData, status: AnswerStatus, changes: dict[str, Any], lease: str | None
) -> None:
    """End the answer to a question that is open, in one statement; its lease is over."""
    ended = {**changes, **OVER, "answerStatus": status}
    refuse_other(question, lease)
    held = both(OPEN, {"lease": lease})
    await hand.store.write.update(CHAT_MESSAGES, question["_id"], hand.actor, ended, when=held, otherwise=ENDED)


@strawberry.input(description="A question that will have no answer.")
class BuyerChatMessageFailInput(Input):
    id: strawberry.ID = required("The question.")
    lease: str | None = optional(LEASE)


@strawberry.type(description="The question without an answer.")
class BuyerChatMessageFailPayload(Payload):
    message: BuyerChatMessage | None = one(CHAT_MESSAGES, "message", "The question as it is now.")


async def fail(hand: Change, input: BuyerChatMessageFailInput) -> Outcome:
    """End a question whose answer broke off; its draft is dropped."""
    hand.demand(ANSWERING, {}, OF_SERVICES)
    before = await hand.readable(CHAT_MESSAGES, hand.key(CHAT_MESSAGES, input.id), "lease")
    await _end(hand, before, AnswerStatus.FAILED, {}, input.lease)
    return {"message": before["_id"]}


@strawberry.type
class ChatMessageAnswerMutations:
    buyerChatMessageAnswer: BuyerChatMessageAnswerPayload = change(
        answer, "Answer a question, and say what it tells about the buyer; for services."
    )
    buyerChatMessageFail: BuyerChatMessageFailPayload = change(
        fail, "End a question that will have no answer; for services."
    )
