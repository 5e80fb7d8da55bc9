"""Runs a worker alone, as a process of its own beside the servers, until it is told to stop."""

import asyncio
import signal
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import structlog

from graphql_api.commands.opening import opened
from graphql_api.logs import configure_logs
from graphql_api.settings import Settings
from models.store import Store

log = structlog.get_logger(__name__)

AtWork = Callable[[Store], AbstractAsyncContextManager[asyncio.Task[None]]]
"""A worker beside whatever is done inside; its task ends by itself only by a fault."""


async def work(settings: Settings, at_work: AtWork, doing: str, **told: Any) -> None:
    """Let the worker do its work until SIGINT or SIGTERM; the log says what it is `doing`, with what else is `told`.

    Raises what `trouble.MENDABLE` lists, and whatever ended the worker.
    """
    configure_logs(settings.log_format, settings.log_level)
    async with opened(settings) as database:
        store = Store(database.database, settings.operation_seconds)
        async with at_work(store) as working:
            log.info(doing, **told)
            stopping = asyncio.create_task(_told_to_stop())
            await asyncio.wait([working, stopping], return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            if working.done():
                working.result()
    log.info(f"stopped {doing}")


async def _told_to_stop() -> None:
    stop = asyncio.Event()
    for wanted in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(wanted, stop.set)
    await stop.wait()
