"""AdvisorUsage: what a person's conversations have cost."""

from typing import Annotated

import strawberry

from models.advisor.message import MESSAGES, MessageSender
from models.advisor.rules import OWNER, PRODUCT
from models.errors import Code, Refusal
from models.policy import both
from resolvers.context import Info
from resolvers.scalars import Timestamp

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


async def _usage(
    info: Info,
    from_: Annotated[Timestamp, strawberry.argument(name="from", description="Start of the time, included.")],
    to: Annotated[
        Timestamp, strawberry.argument(description=f"End of the time, not included; {RANGE_DAYS} days later at most.")
    ],
) -> AdvisorUsage | None:
    if not 0 <= to - from_ <= RANGE_MILLISECONDS:
        raise Refusal(Code.OUT_OF_RANGE, f"to must be 0 to {RANGE_DAYS} days after from.", "to")
    actor, store = info.context.actor, info.context.store
    if PRODUCT not in actor.profiles:
        return None
    mine_then = both(OWNER.filter(actor), {"createdAt": {"$gte": from_, "$lt": to}})
    sums = await store.read.sums(MESSAGES, actor, mine_then, by="sender", of="tokensUsed", index="page_user_created")
    answers, tokens = sums.get(MessageSender.ADVISOR, (0, 0))
    return AdvisorUsage(tokensUsed=tokens, answers=answers, messages=sums.get(MessageSender.USER, (0, 0))[0])


@strawberry.type
class UsageQueries:
    advisorUsage: AdvisorUsage | None = strawberry.field(
        resolver=_usage, description="What your conversations have cost; null for who is not signed in."
    )
