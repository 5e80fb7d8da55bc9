"""Where the worker learns of offers that wait: the one place that asks again and again."""

import asyncio
import random
from collections.abc import AsyncGenerator
from dataclasses import dataclass

import structlog

from graphql_api.analysis.desk import Desk, Faulty, Unavailable

log = structlog.get_logger(__name__)

POLL_SECONDS = 1.0
AWAY_SECONDS = 2.0
"""Between two questions while the database is away."""

PAGE = 100

FIRST_REST_SECONDS = 5.0
LONGEST_REST_SECONDS = 600.0
"""Before an offer that could not be analyzed is tried again: doubled each time, up to this."""

DOUBLINGS = 10


@dataclass(frozen=True, slots=True)
class Rest:
    """An offer that has failed so many times is left alone until then, by the clock of the loop."""

    failures: int
    until: float


class Queue:
    """Offers that wait, those that fail again and again never in the way of the others."""

    def __init__(self, desk: Desk, *, poll: float = POLL_SECONDS, rest: float = FIRST_REST_SECONDS) -> None:
        self._desk = desk
        self._poll = poll
        self._rest = rest
        self._resting: dict[str, Rest] = {}

    async def offers(self) -> AsyncGenerator[str, None]:
        """Offers to be analyzed, older ones first, by global ids; one that still waits comes again."""
        while True:
            try:
                async for offer in self._all():
                    yield offer
            except (Unavailable, Faulty) as error:
                log.warning("no word of offers to be analyzed", error=str(error))
                await asyncio.sleep(AWAY_SECONDS)
            await asyncio.sleep(self._poll)

    async def _all(self) -> AsyncGenerator[str, None]:
        known, after, now = set[str](), None, asyncio.get_running_loop().time()
        while True:
            page = await self._desk.due(PAGE, after)
            known |= self._resting.keys() & set(page.offers)
            # Two workers that begin at the same time begin with different ones.
            for offer in random.sample(page.offers, len(page.offers)):
                if offer not in self._resting or self._resting[offer].until <= now:
                    yield offer
            after = page.after
            if after is None:
                break
        for gone in self._resting.keys() - known:
            self._forget(gone, before=now)

    def _forget(self, offer: str, *, before: float) -> None:
        # What has failed while the pages were read may stand on one that was read before.
        if self._resting[offer].until <= before:
            del self._resting[offer]

    def failed(self, offer: str) -> None:
        """Leave an offer alone for a while, each time for longer."""
        failures = self._resting[offer].failures + 1 if offer in self._resting else 1
        seconds = min(self._rest * 2.0 ** min(failures - 1, DOUBLINGS), LONGEST_REST_SECONDS)
        self._resting[offer] = Rest(failures, asyncio.get_running_loop().time() + seconds)

    def done(self, offer: str) -> None:
        """Forget that an offer has failed."""
        self._resting.pop(offer, None)
