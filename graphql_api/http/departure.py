"""Ends an operation whose client has left."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from starlette.types import Receive

from graphql_api.http.body import ClientGone
from models.interruption import Interrupt, Interrupted, Interruptible

T = TypeVar("T")


async def while_connected(operation: Awaitable[T], receive: Receive) -> T:
    """Return what the operation returns; cancels it and raises `ClientGone` when the client leaves before.

    The operation runs in the task of its request, and only one that is late gets a second task to watch the client.
    """
    try:
        with Interruptible(lambda interrupt: asyncio.create_task(_departure(receive, interrupt))):
            return await operation
    except Interrupted:
        raise ClientGone from None


async def _departure(receive: Receive, interrupt: Interrupt) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    interrupt()
