"""AdvisorUsage: what a person's conversations have cost."""

from typing import Any

import strawberry

from models.advisor.message import MESSAGES, MessageSender
from models.advisor.rules import OWNER, PRODUCT
from models.errors import Code, Refusal
from models.policy import both
from resolvers.listing import REQUIRED, argument
from resolvers.scalars import Timestamp
from resolvers.selection import Call
from resolvers.verbs.root import root

RANGE_DAYS = 366
"""Days that are summed up at most."""

RANGE_MILLISECONDS = RANGE_DAYS * 86_400_000


@strawberry.type(description="What your conversations have cost in a time; messages that were deleted do not count.")
class AdvisorUsage:
    """Sums, computed when they are asked for."""

    tokensUsed: float = strawberry.field(
        description="Number of tokens that the answers cost; whole, and a Float since it may exceed an Int."
    )
    answers: int = strawberry.field(description="Number of answers by advisors.")
    messages: int = strawberry.field(description="Number of messages that you sent.")


async def _usage(call: Call) -> Any:
    start, end = call.arguments["from"], call.arguments["to"]
    if not 0 <= end - start <= RANGE_MILLISECONDS:
        raise Refusal(Code.OUT_OF_RANGE, f"to must be 0 to {RANGE_DAYS} days after from.", "to")
    actor, store = call.context.actor, call.context.store
    if PRODUCT not in actor.profiles:
        return None
    mine_then = both(OWNER.filter(actor), {"createdAt": {"$gte": start, "$lt": end}})
    sums = await store.read.sums(MESSAGES, actor, mine_then, by="sender", of="tokensUsed", index="page_user_created")
    answers, tokens = sums.get(MessageSender.ADVISOR, (0, 0))
    return {"tokensUsed": tokens, "answers": answers, "messages": sums.get(MessageSender.USER, (0, 0))[0]}


@strawberry.type
class UsageQueries:
    advisorUsage: AdvisorUsage | None = root(
        _usage,
        "What your conversations have cost; null for who is not signed in.",
        {
            "from_": (argument(Timestamp, "Start of the time, included.", "from"), REQUIRED),
            "to": (argument(Timestamp, f"End of the time, not included; {RANGE_DAYS} days later at most."), REQUIRED),
        },
    )
