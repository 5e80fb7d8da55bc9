"""Lets a service hold an answer while it gives it, so that two workers never write into the same one."""

import secrets

import strawberry

from models.advisor.message import (
    LEASE_SECONDS,
    LONGEST_LEASE_SECONDS,
    MESSAGES,
    MessageSender,
    MessageStatus,
    unheld,
)
from models.callers import ANSWERING
from models.clock import now
from models.errors import Code, Refusal
from models.policy import RowData, both
from resolvers.advisor.message import AdvisorMessage
from resolvers.table import column
from resolvers.verbs.relate import one
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, optional, required

STREAMING = {"status": MessageStatus.STREAMING, "sender": MessageSender.ADVISOR}
ENDED = "The answer has ended already."
NOT_TO_BE_HAD = "The answer has ended, or somebody else gives it."
LEASE_BYTES = 24


@strawberry.input(description="An answer that a service wants to give.")
class AdvisorMessageClaimInput(Input):
    id: strawberry.ID = required("The answer, which is streaming.")
    seconds: int | None = optional(
        f"How long it is to be yours, 1 to {LONGEST_LEASE_SECONDS} seconds; {LEASE_SECONDS} unless given."
    )
    lease: str | None = optional("The lease that you hold, to renew it.")


@strawberry.type(description="The answer that is now yours to give.")
class AdvisorMessageClaimPayload(Payload):
    message: AdvisorMessage | None = one(MESSAGES, "message", "The answer as it is now.")
    lease: str | None = column("The lease, to be given back with every piece and at the end.")
    restarted: bool | None = column("Whether an earlier holder left it, so that it begins anew, without a text.")


async def claim(hand: Change, input: AdvisorMessageClaimInput) -> Outcome:
    """Take an answer that nobody holds, or renew one's lease of it."""
    hand.demand(ANSWERING, {}, "Answers are written by a service.")
    key, until = hand.key(MESSAGES, input.id), now() + 1000 * _seconds(input.seconds)
    before = await hand.readable(MESSAGES, key, "lease")
    lease = input.lease or secrets.token_urlsafe(LEASE_BYTES)
    changes = {"lease": lease, "leaseUntil": until}
    restarted = input.lease is None and before.get("lease") is not None
    if input.lease is not None:
        refuse_other(before, input.lease)
        when = {"lease": input.lease}
    else:
        when = dict(unheld(now()))
        changes |= {"content": ""} if restarted else {}
    await hand.store.write.update(
        MESSAGES, key, hand.actor, changes, when=both(STREAMING, when), otherwise=NOT_TO_BE_HAD
    )
    return {"message": key, "lease": lease, "restarted": restarted}


def _seconds(given: int | None) -> int:
    seconds = LEASE_SECONDS if given is None else given
    if not 1 <= seconds <= LONGEST_LEASE_SECONDS:
        raise Refusal(Code.OUT_OF_RANGE, f"seconds must be between 1 and {LONGEST_LEASE_SECONDS}.", "seconds")
    return seconds


def refuse_other(answer: RowData, lease: str | None) -> None:
    """Raise WRONG_STATE unless the lease, or the lack of one, is the answer's own."""
    if answer.get("lease") == lease:
        return
    if lease is None:
        raise Refusal(Code.WRONG_STATE, "Somebody holds the answer: claim it, and give back the lease.", "lease")
    raise Refusal(Code.WRONG_STATE, "The lease is over: the answer has ended, or somebody else gives it.", "lease")


@strawberry.input(description="An answer that a service gives up.")
class AdvisorMessageReleaseInput(Input):
    id: strawberry.ID = required("The answer.")
    lease: str = required("The lease that the claim gave.")


@strawberry.type(description="The answer that waits for another service.")
class AdvisorMessageReleasePayload(Payload):
    message: AdvisorMessage | None = one(MESSAGES, "message", "The answer; its text stays until the next claim.")


async def release(hand: Change, input: AdvisorMessageReleaseInput) -> Outcome:
    """Give up an answer that is not at its end, for another one to begin it anew at once."""
    hand.demand(ANSWERING, {}, "Answers are written by a service.")
    key = hand.key(MESSAGES, input.id)
    refuse_other(await hand.readable(MESSAGES, key, "lease"), input.lease)
    # A lease that is over and nobody's: until the next claim nobody writes, not even without one.
    changes = {"lease": secrets.token_urlsafe(LEASE_BYTES), "leaseUntil": now()}
    held = both(STREAMING, {"lease": input.lease})
    await hand.store.write.update(MESSAGES, key, hand.actor, changes, when=held, otherwise=ENDED)
    return {"message": key}


@strawberry.type
class MessageClaimMutations:
    advisorMessageClaim: AdvisorMessageClaimPayload = change(
        claim, "Take an answer that is due, to give it while nobody else does; for services."
    )
    advisorMessageRelease: AdvisorMessageReleasePayload = change(
        release, "Give up an answer that you have claimed; for services."
    )
