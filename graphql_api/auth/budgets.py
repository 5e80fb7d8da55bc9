"""How often something may be tried: counted in this process, in windows that move with the clock."""

import hashlib
import time
from collections.abc import Mapping
from ipaddress import ip_address, ip_network

from limits import RateLimitItem, parse_many
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from models.errors import Code, Refusal
from resolvers.gate import Budget

SUBNET = 64
"""Leading bits of an IPv6 address that a provider gives to one customer at least (RFC 6177)."""


class Budgets:
    """Counts attempts by budget and key; `most` says how many each allows, e.g. "20/minute;200/hour"."""

    def __init__(self, most: Mapping[Budget, str]) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._most: dict[Budget, list[RateLimitItem]] = {budget: parse_many(text) for budget, text in most.items()}

    async def spend(self, budget: Budget, key: str) -> None:
        """Count one attempt. Raises RATE_LIMITED when there were too many."""
        # Keys come from strangers, a megabyte of them at a time if they like: what is remembered of each is small.
        short = hashlib.sha256(_owner(key).encode()).hexdigest()
        for item in self._most[budget]:
            if not await self._limiter.hit(item, budget.name, short):
                again, _ = await self._limiter.get_window_stats(item, budget.name, short)
                seconds = max(1, round(again - time.time()))
                raise Refusal(Code.RATE_LIMITED, f"Too many {budget}: try again in {seconds} s.")


def _owner(key: str) -> str:
    """Who is behind a key: a client with IPv6 has all addresses of a network, which count as one."""
    try:
        address = ip_address(key)
    except ValueError:
        return key
    return key if address.version == 4 else str(ip_network((address, SUBNET), strict=False))
