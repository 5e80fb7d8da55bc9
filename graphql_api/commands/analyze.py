"""Runs the worker that analyzes offers alone, as a process of its own beside the servers."""

import asyncio
import signal

import structlog

from graphql_api.analysis.worker import at_work
from graphql_api.commands.opening import opened
from graphql_api.logs import configure_logs
from graphql_api.settings import load_settings
from models.store import Store

log = structlog.get_logger(__name__)


async def run() -> None:
    """Analyze until SIGINT or SIGTERM. Raises what `trouble.MENDABLE` lists, and whatever ended the worker."""
    settings = load_settings()
    configure_logs(settings.log_format, settings.log_level)
    async with opened(settings) as database:
        store = Store(database.database, settings.operation_seconds)
        async with at_work(settings, store) as working:
            log.info("analyzing offers", endpoint=settings.answer_url is not None)
            told = asyncio.create_task(_told_to_stop())
            await asyncio.wait([working, told], return_when=asyncio.FIRST_COMPLETED)
            told.cancel()
            if working.done():
                working.result()
    log.info("stopped analyzing offers")


async def _told_to_stop() -> None:
    stop = asyncio.Event()
    for wanted in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(wanted, stop.set)
    await stop.wait()
