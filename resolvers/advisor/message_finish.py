"""Ends an advisor's answer: whole, or broken off."""

from typing import Any

import strawberry

from models.advisor.message import MESSAGES, TOKENS, MessageStatus
from models.callers import ANSWERING
from models.policy import RowData, both
from models.validation import check
from resolvers.advisor.message import AdvisorMessage
from resolvers.advisor.message_claim import ENDED, STREAMING, refuse_other
from resolvers.verbs.relate import one
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, optional, required

LEASE = "Lease of the answer, if it was claimed."


@strawberry.input(description="An answer that is whole.")
class AdvisorMessageFinishInput(Input):
    id: strawberry.ID = required("The answer.")
    tokensUsed: int = required("Number of tokens that it cost; added to those of earlier attempts.")
    lease: str | None = optional(LEASE)


@strawberry.type(description="The answer that is whole.")
class AdvisorMessageFinishPayload(Payload):
    message: AdvisorMessage | None = one(MESSAGES, "message", "The answer as it is now.")


async def finish(hand: Change, input: AdvisorMessageFinishInput) -> Outcome:
    """End an answer that is whole, and note its cost."""
    hand.demand(ANSWERING, {}, "Answers are written by a service.")
    check(MESSAGES.row, {"tokensUsed": input.tokensUsed})
    key = hand.key(MESSAGES, input.id)
    # What was read stays true until the write: in a transaction, another writer of the row makes it run again.
    before = await hand.readable(MESSAGES, key, "tokensUsed", "lease")
    tokens = min(before.get("tokensUsed", 0) + input.tokensUsed, TOKENS)
    await _end(hand, before, {"status": MessageStatus.COMPLETE, "tokensUsed": tokens}, input.lease)
    return {"message": key}


async def _end(hand: Change, answer: RowData, changes: dict[str, Any], lease: str | None) -> None:
    """End an answer with the changes; its lease is over. Raises WRONG_STATE for an ended one, or somebody else's."""
    refuse_other(answer, lease)
    over = {} if lease is None else {"lease": None, "leaseUntil": None}
    held = both(STREAMING, {"lease": lease})
    await hand.store.write.update(MESSAGES, answer["_id"], hand.actor, {**changes, **over}, when=held, otherwise=ENDED)


@strawberry.input(description="An answer that broke off.")
class AdvisorMessageFailInput(Input):
    id: strawberry.ID = required("The answer.")
    lease: str | None = optional(LEASE)


@strawberry.type(description="The answer that broke off.")
class AdvisorMessageFailPayload(Payload):
    message: AdvisorMessage | None = one(MESSAGES, "message", "The answer as it is now.")


async def fail(hand: Change, input: AdvisorMessageFailInput) -> Outcome:
    """End an answer that broke off; what has arrived of it stays."""
    hand.demand(ANSWERING, {}, "Answers are written by a service.")
    key = hand.key(MESSAGES, input.id)
    await _end(hand, await hand.readable(MESSAGES, key, "lease"), {"status": MessageStatus.FAILED}, input.lease)
    return {"message": key}


@strawberry.type
class MessageFinishMutations:
    advisorMessageFinish: AdvisorMessageFinishPayload = change(finish, "End an answer that is whole; for services.")
    advisorMessageFail: AdvisorMessageFailPayload = change(fail, "End an answer that broke off; for services.")
