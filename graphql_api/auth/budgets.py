"""How often something may be tried: counted in this process, in windows that move with the clock."""

import time
from collections.abc import Mapping

from limits import RateLimitItem, parse_many
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from models.errors import Code, Refusal
from resolvers.gate import Budget


class Budgets:
    """Counts attempts by budget and key; `most` says how many each allows, e.g. "20/minute;200/hour"."""

    def __init__(self, most: Mapping[Budget, str]) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._most: dict[Budget, list[RateLimitItem]] = {budget: parse_many(text) for budget, text in most.items()}

    async def spend(self, budget: Budget, key: str) -> None:
        """Count one attempt. Raises RATE_LIMITED when there were too many."""
        for item in self._most[budget]:
            if not await self._limiter.hit(item, budget.name, key):
                again, _ = await self._limiter.get_window_stats(item, budget.name, key)
                seconds = max(1, round(again - time.time()))
                raise Refusal(Code.RATE_LIMITED, f"Too many {budget}: try again in {seconds} s.")
