"""Lets a service hold a question while it answers it, so that two workers never answer the same one."""

import secrets

import strawberry

from models.buyer.chat_message import (
    CHAT_MESSAGES,
    LEASE_SECONDS,
    LONGEST_LEASE_SECONDS,
    AnswerStatus,
    unheld,
)
from models.callers import ANSWERING
from models.clock import now
from models.errors import Code, Refusal
from models.policy import RowData, both
from resolvers.buyer.chat_message import BuyerChatMessage
from resolvers.table import column
from resolvers.verbs.relate import one
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, optional, required

OPEN = {"answerStatus": AnswerStatus.WAITING.value, "aiResponse": None}
"""The questions that can be answered: each is once."""

ENDED = "The question has its answer already, or there will be none."
NOT_TO_BE_HAD = "The question is answered, or somebody else answers it."
OF_SERVICES = "Questions are answered by a service."
LEASE_BYTES = 24


@strawberry.input(description="A question that a service wants to answer.")
class BuyerChatMessageClaimInput(Input):
    id: strawberry.ID = required("The question, which waits.")
    seconds: int | None = optional(
        f"How long it is to be yours, 1 to {LONGEST_LEASE_SECONDS} seconds; {LEASE_SECONDS} unless given."
    )
    lease: str | None = optional("The lease that you hold, to renew it.")


@strawberry.type(description="The question that is now yours to answer.")
class BuyerChatMessageClaimPayload(Payload):
    message: BuyerChatMessage | None = one(CHAT_MESSAGES, "message", "The question as it is now.")
    lease: str | None = column("The lease, to be given back with every piece and at the end.")
    restarted: bool | None = column("Whether an earlier holder left it, so that the draft begins anew.")


async def claim(hand: Change, input: BuyerChatMessageClaimInput) -> Outcome:
    """Take a question that nobody answers, or renew one's lease of it."""
    hand.demand(ANSWERING, {}, OF_SERVICES)
    key, until = hand.key(CHAT_MESSAGES, input.id), now() + 1000 * _seconds(input.seconds)
    before = await hand.readable(CHAT_MESSAGES, key, "lease")
    lease = input.lease or secrets.token_urlsafe(LEASE_BYTES)
    changes = {"lease": lease, "leaseUntil": until}
    restarted = input.lease is None and before.get("lease") is not None
    if input.lease is not None:
        refuse_other(before, input.lease)
        when = {"lease": input.lease}
    else:
        when = dict(unheld(now()))
        changes |= {"aiResponseDraft": None} if restarted else {}
    await hand.store.write.update(
        CHAT_MESSAGES, key, hand.actor, changes, when=both(OPEN, when), otherwise=NOT_TO_BE_HAD
    )
    return {"message": key, "lease": lease, "restarted": restarted}


def _seconds(given: int | None) -> int:
    seconds = LEASE_SECONDS if given is None else given
    if not 1 <= seconds <= LONGEST_LEASE_SECONDS:
        raise Refusal(Code.OUT_OF_RANGE, f"seconds must be between 1 and {LONGEST_LEASE_SECONDS}.", "seconds")
    return seconds


def refuse_other(question: RowData, lease: str | None) -> None:
    """Raise WRONG_STATE unless the lease, or the lack of one, is the question's own."""
    if question.get("lease") == lease:
        return
    if lease is None:
        raise Refusal(Code.WRONG_STATE, "Somebody answers it: claim it, and give back the lease.", "lease")
    raise Refusal(Code.WRONG_STATE, "The lease is over: the question is answered, or somebody else's.", "lease")


@strawberry.input(description="A question that a service gives up.")
class BuyerChatMessageReleaseInput(Input):
    id: strawberry.ID = required("The question.")
    lease: str = required("The lease that the claim gave.")


@strawberry.type(description="The question that waits for another service.")
class BuyerChatMessageReleasePayload(Payload):
    message: BuyerChatMessage | None = one(
        CHAT_MESSAGES, "message", "The question; its draft stays until it is claimed."
    )


async def release(hand: Change, input: BuyerChatMessageReleaseInput) -> Outcome:
    """Give up a question whose answer is not at its end, for another one to begin it anew at once."""
    hand.demand(ANSWERING, {}, OF_SERVICES)
    key = hand.key(CHAT_MESSAGES, input.id)
    refuse_other(await hand.readable(CHAT_MESSAGES, key, "lease"), input.lease)
    # A lease that is over and nobody's: until the next claim nobody writes, not even without one.
    changes = {"lease": secrets.token_urlsafe(LEASE_BYTES), "leaseUntil": now()}
    held = both(OPEN, {"lease": input.lease})
    await hand.store.write.update(CHAT_MESSAGES, key, hand.actor, changes, when=held, otherwise=ENDED)
    return {"message": key}


@strawberry.type
class ChatMessageClaimMutations:
    buyerChatMessageClaim: BuyerChatMessageClaimPayload = change(
        claim, "Take a question that is due, to answer it while nobody else does; for services."
    )
    buyerChatMessageRelease: BuyerChatMessageReleasePayload = change(
        release, "Give up a question that you have claimed; for services."
    )
