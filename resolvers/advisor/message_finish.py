"""Ends an advisor's answer: whole, or broken off."""

import strawberry

from models.advisor.message import MESSAGES, TOKENS, MessageSender, MessageStatus
from models.advisor.rules import ANSWERING
from models.validation import check
from resolvers.advisor.message import AdvisorMessage
from resolvers.verbs.relate import one
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, required

STREAMING = {"status": MessageStatus.STREAMING, "sender": MessageSender.ADVISOR}
ENDED = "The answer has ended already."


@strawberry.input(description="An answer that is whole.")
class AdvisorMessageFinishInput(Input):
    id: strawberry.ID = required("The answer.")
    tokensUsed: int = required("Number of tokens that it cost; added to those of earlier attempts.")


@strawberry.type(description="The answer that is whole.")
class AdvisorMessageFinishPayload(Payload):
    message: AdvisorMessage | None = one(MESSAGES, "message", "The answer as it is now.")


async def finish(hand: Change, input: AdvisorMessageFinishInput) -> Outcome:
    """End an answer that is whole, and note its cost."""
    hand.demand(ANSWERING, {}, "Answers are written by a service.")
    check(MESSAGES.row, {"tokensUsed": input.tokensUsed})
    key = hand.key(MESSAGES, input.id)
    # What was read stays true until the write: in a transaction, another writer of the row makes it run again.
    before = await hand.readable(MESSAGES, key, "tokensUsed")
    tokens = min(before.get("tokensUsed", 0) + input.tokensUsed, TOKENS)
    changes = {"status": MessageStatus.COMPLETE, "tokensUsed": tokens}
    await hand.store.write.update(MESSAGES, key, hand.actor, changes, when=STREAMING, otherwise=ENDED)
    return {"message": key}


@strawberry.input(description="An answer that broke off.")
class AdvisorMessageFailInput(Input):
    id: strawberry.ID = required("The answer.")


@strawberry.type(description="The answer that broke off.")
class AdvisorMessageFailPayload(Payload):
    message: AdvisorMessage | None = one(MESSAGES, "message", "The answer as it is now.")


async def fail(hand: Change, input: AdvisorMessageFailInput) -> Outcome:
    """End an answer that broke off; what has arrived of it stays."""
    hand.demand(ANSWERING, {}, "Answers are written by a service.")
    key = hand.key(MESSAGES, input.id)
    changes = {"status": MessageStatus.FAILED}
    await hand.store.write.update(MESSAGES, key, hand.actor, changes, when=STREAMING, otherwise=ENDED)
    return {"message": key}


@strawberry.type
class MessageFinishMutations:
    advisorMessageFinish: AdvisorMessageFinishPayload = change(finish, "End an answer that is whole; for services.")
    advisorMessageFail: AdvisorMessageFailPayload = change(fail, "End an answer that broke off; for services.")
