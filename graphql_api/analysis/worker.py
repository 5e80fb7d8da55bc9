"""The worker: analyzes the offers that wait, several at once, and ends those whose time is over."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from contextvars import Context

import structlog

from graphql_api.analysis.analyst import Analyst, Opinion
from graphql_api.analysis.builtin import BuiltIn
from graphql_api.analysis.desk import Desk, Faulty, Overtaken, Unavailable
from graphql_api.analysis.model import Model
from graphql_api.analysis.queue import Queue
from graphql_api.answering.endpoint import endpoint
from graphql_api.schema import executable_schema
from graphql_api.settings import Settings
from models.ending import ended
from models.store import Store

log = structlog.get_logger(__name__)

SWEEP_SECONDS = 60.0
"""Between two looks for offers whose time is over."""


class Worker:
    """Analyzes at most `concurrency` offers at once."""

    def __init__(
        self, desk: Desk, analyst: Analyst, queue: Queue, *, concurrency: int, sweep: float = SWEEP_SECONDS
    ) -> None:
        self._desk = desk
        self._analyst = analyst
        self._queue = queue
        self._sweep = sweep
        self._room = asyncio.Semaphore(concurrency)
        self._under_way: set[str] = set()

    async def run(self) -> None:
        """Work for ever. Who cancels this leaves what is under way to another worker: nothing of it is written."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._expire())
            async with aclosing(self._queue.offers()) as waiting:
                async for offer in waiting:
                    if offer not in self._under_way:
                        await self._room.acquire()
                        self._under_way.add(offer)
                        group.create_task(self._analyze(offer))

    async def _analyze(self, offer: str) -> None:
        began = time.monotonic()
        try:
            outcome, opinion, error = await self._outcome(offer)
        finally:
            self._under_way.discard(offer)
            self._room.release()
        log.info(
            "analysis",
            offer=offer,
            outcome=outcome,
            seconds=round(time.monotonic() - began, 1),
            **({"by": opinion.by, "tokens": opinion.tokens} if opinion else {}),
            **({"error": error} if error else {}),
        )

    async def _outcome(self, offer: str) -> tuple[str, Opinion | None, str]:
        """How it went, in one word, what was made of the offer, and why it went so."""
        opinion = None
        try:
            case = await self._desk.case(offer)
            opinion = await self._analyst.judge(case)
            await self._desk.write(case, opinion.analysis)
        except Overtaken as overtaken:
            self._queue.done(offer)
            return "overtaken", opinion, str(overtaken)
        except (Unavailable, Faulty) as error:
            self._queue.failed(offer)
            return "failed", opinion, str(error)
        except Exception as fault:
            # A fault of ours with this one: the group would stop all others for it.
            log.exception("an offer broke the worker", offer=offer)
            self._queue.failed(offer)
            return "failed", opinion, type(fault).__name__
        self._queue.done(offer)
        return "analyzed", opinion, opinion.why

    async def _expire(self) -> None:
        while True:
            try:
                while number := await self._desk.expire():
                    log.info("offers expired", offers=number)
            except (Unavailable, Faulty) as error:
                log.warning("no offers expired", error=str(error))
            except Exception:
                log.exception("the end of offers broke off")
            await asyncio.sleep(self._sweep)


@asynccontextmanager
async def at_work(settings: Settings, store: Store) -> AsyncIterator[asyncio.Task[None]]:
    """A worker beside whatever is done inside; its task ends by itself only by a fault."""
    async with _analyst(settings) as analyst:
        desk = Desk(executable_schema(), store, seconds=settings.operation_seconds)
        worker = Worker(desk, analyst, Queue(desk), concurrency=settings.answer_concurrency)
        # In a context of its own: neither a request nor its transaction are the worker's.
        task = asyncio.get_running_loop().create_task(worker.run(), name="analysis", context=Context())
        task.add_done_callback(_ended)
        try:
            yield task
        finally:
            await ended([task])


def _ended(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (fault := task.exception()):
        log.error("analyzing worker ended", exc_info=(type(fault), fault, fault.__traceback__))


@asynccontextmanager
async def _analyst(settings: Settings) -> AsyncIterator[Analyst]:
    if settings.answer_url is None:
        yield BuiltIn()
        return
    async with endpoint(settings, settings.answer_url) as model:
        yield Model(model, BuiltIn(), settings.answer_seconds)


@asynccontextmanager
async def in_server(settings: Settings, store: Store) -> AsyncIterator[None]:
    """A worker beside a server, where that is to analyze: when it is told to, and always on the bundled MongoDB."""
    if settings.analyze_in_server or settings.mongodb_uri is None:
        async with at_work(settings, store):
            yield
    else:
        yield
