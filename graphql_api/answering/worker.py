"""The worker: gives the answers that are due, several at once, until it is told to stop."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from contextvars import Context
from typing import Any

import structlog

from graphql_api.answering.advisor.desk import AdvisorDesk
from graphql_api.answering.builtin import BuiltIn
from graphql_api.answering.buyer.desk import BuyerDesk
from graphql_api.answering.desk import Desk, Due
from graphql_api.answering.endpoint import endpoint
from graphql_api.answering.giving import Bounds, give
from graphql_api.answering.queue import queue
from graphql_api.answering.responder import Responder
from graphql_api.schema import executable_schema
from graphql_api.settings import Settings
from models.ending import ended
from models.store import Store

log = structlog.get_logger(__name__)

Queue = Callable[[Desk[Any]], AsyncGenerator[Due, None]]


class Worker:
    """Gives at most `concurrency` answers at once, of those that the `queue` names of each desk."""

    def __init__(
        self,
        desks: Sequence[Desk[Any]],
        responder: Responder,
        *,
        concurrency: int,
        bounds: Bounds,
        queue: Queue = queue,
    ) -> None:
        self._desks = desks
        self._responder = responder
        self._bounds = bounds
        self._queue = queue
        self._room = asyncio.Semaphore(concurrency)
        self._giving: set[str] = set()

    async def run(self) -> None:
        """Give answers for ever. Who cancels this waits until each that is under way was left to another worker."""
        async with asyncio.TaskGroup() as group:
            for desk in self._desks:
                group.create_task(self._serve(desk, group))

    async def _serve(self, desk: Desk[Any], group: asyncio.TaskGroup) -> None:
        async with aclosing(self._queue(desk)) as waiting:
            async for due in waiting:
                if due.id not in self._giving:
                    await self._room.acquire()
                    self._giving.add(due.id)
                    group.create_task(self._give(desk, due))

    async def _give(self, desk: Desk[Any], due: Due) -> None:
        try:
            await give(desk, self._responder, due, self._bounds)
        except Exception:
            # The group would stop all others for it.
            log.exception("answer broke the worker", answer=due.id)
        finally:
            self._giving.discard(due.id)
            self._room.release()


@asynccontextmanager
async def at_work(settings: Settings, store: Store) -> AsyncIterator[asyncio.Task[None]]:
    """A worker beside whatever is done inside; its task ends by itself only by a fault."""
    async with _responder(settings) as responder:
        schema, seconds = executable_schema(), settings.operation_seconds
        worker = Worker(
            [AdvisorDesk(schema, store, seconds=seconds), BuyerDesk(schema, store, seconds=seconds)],
            responder,
            concurrency=settings.answer_concurrency,
            bounds=Bounds(settings.answer_writes, settings.answer_seconds),
        )
        # In a context of its own: neither a request nor its transaction are the worker's.
        task = asyncio.get_running_loop().create_task(worker.run(), name="answering", context=Context())
        task.add_done_callback(_ended)
        try:
            yield task
        finally:
            await ended([task])


def _ended(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (fault := task.exception()):
        log.error("answering worker ended", exc_info=(type(fault), fault, fault.__traceback__))


@asynccontextmanager
async def _responder(settings: Settings) -> AsyncIterator[Responder]:
    if settings.answer_url is None:
        yield BuiltIn()
        return
    async with endpoint(settings, settings.answer_url) as found:
        yield found
