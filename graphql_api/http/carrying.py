"""Carries the results of one operation to whatever transport: bounded, with the caller's standing, and logged."""

import time
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from typing import Any

import structlog

from graphql_api.http.connections import Seat
from graphql_api.operations.prepare import PreparedOperation
from graphql_api.operations.stream import Delivery, stream
from graphql_api.standing import Standing

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """An operation that is to be run: prepared, with its variables and the context of its resolvers."""

    prepared: PreparedOperation
    variables: dict[str, Any] | None
    context: Any
    seconds: float


async def carried(asked: Asked, seat: Seat, standing: Standing) -> AsyncGenerator[Delivery, None]:
    """Yield the results of the operation; raises `Full` for one subscription too many.

    Each result is taken when the one before it has been sent: a slow client holds one in memory, and no more.
    """
    results = stream(asked.prepared, asked.variables, asked.context, seconds=asked.seconds)
    async with aclosing(results):
        if asked.prepared.kind != "subscription":
            async for delivery in results:
                yield delivery
            return
        with seat.subscription(), standing.following(asked.prepared, asked.context), _logged(asked, seat) as sent:
            async for delivery in results:
                yield delivery
                sent()


@contextmanager
def _logged(asked: Asked, seat: Seat) -> Iterator[Callable[[], None]]:
    """Write one line at the end of a subscription; what this yields counts a result that was sent."""
    began, events = time.monotonic(), 0

    def sent() -> None:
        nonlocal events
        events += 1
        seat.delivered()

    try:
        yield sent
    finally:
        log.info(
            "subscription",
            transport=seat.transport,
            operation=asked.prepared.name,
            fields=sorted(asked.prepared.root_fields),
            events=events,
            seconds=round(time.monotonic() - began, 1),
        )
