"""Where the worker learns of answers that are due: the one place that asks again and again."""

import asyncio
from collections.abc import AsyncGenerator

import structlog

from graphql_api.answering.desk import D, Desk, Unavailable

log = structlog.get_logger(__name__)

POLL_SECONDS = 0.5
AWAY_SECONDS = 2.0
"""Between two questions while the database is away."""

PAGE = 20


async def queue(desk: Desk[D], seconds: float = POLL_SECONDS) -> AsyncGenerator[D, None]:
    """Answers that nobody gives, oldest first, as they fall due; one that nobody has claimed comes again."""
    while True:
        try:
            for due in await desk.due(PAGE):
                yield due
        except Unavailable as error:
            log.warning("no word of answers that are due", error=str(error))
            await asyncio.sleep(AWAY_SECONDS)
        await asyncio.sleep(seconds)
