"""Outlasts the absence of the database: a crash, the election of another primary, a network that is cut."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from pymongo.errors import ConnectionFailure, OperationFailure

T = TypeVar("T")

PAUSE_SECONDS = 0.5
"""Between two attempts to reach a database that is away."""

GONE_WITH_IT = frozenset({43, 246})
"""Codes of errors that end with the next attempt: a cursor of a server that was restarted, and a time of the cluster
that a new primary does not reach back to."""


async def outlasting(ask: Callable[[], Awaitable[T]]) -> T:
    """The answer, as soon as there is one. All other errors are the caller's affair.

    Nothing is logged: the feed does, once for all who wait.
    """
    while True:
        try:
            return await _apart(ask())
        except (ConnectionFailure, OperationFailure, TimeoutError) as error:
            if not _passes(error):
                raise
        await asyncio.sleep(PAUSE_SECONDS)


async def _apart(asked: Awaitable[T]) -> T:
    """The answer, waited for in a task of its own: who is cancelled meanwhile is so at once.

    Python 3.11's `wait_for`, by which the driver sends, may swallow a cancellation.
    """
    asking = asyncio.ensure_future(asked)
    try:
        return await asyncio.shield(asking)
    except asyncio.CancelledError:
        asking.cancel()
        raise


def _passes(error: Exception) -> bool:
    if not isinstance(error, OperationFailure):
        return True
    return error.code in GONE_WITH_IT or error.has_error_label("ResumableChangeStreamError")
