"""Ends tasks for certain."""

import asyncio
from collections.abc import Iterable
from typing import Any

AGAIN_SECONDS = 0.1
"""When what was cancelled and goes on is cancelled again: `asyncio.wait_for` of Python 3.11, by which the driver sends
every command, may swallow a cancellation."""


async def ended(tasks: Iterable[asyncio.Task[Any]], seconds: float | None = None) -> None:
    """Cancel the tasks and return once they are over, or after so many seconds."""
    pending = {task for task in tasks if not task.done()}
    loop = asyncio.get_running_loop()
    end = None if seconds is None else loop.time() + seconds
    while pending and (end is None or loop.time() < end):
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=AGAIN_SECONDS)
