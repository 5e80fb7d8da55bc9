"""Clients that leave, and what becomes of the task that serves them."""

import asyncio
from typing import Any

import pytest
from starlette.types import Message

from graphql_api.http.body import ClientGone
from graphql_api.http.departure import while_connected
from models.interruption import LATE_SECONDS


async def silent() -> Message:
    """A client that stays and says nothing."""
    await asyncio.Event().wait()
    raise AssertionError


class Leaving:
    """A client that says something, and leaves when it is told to."""

    def __init__(self) -> None:
        self.asked = 0
        self.left = asyncio.Event()

    async def receive(self) -> Message:
        """What the client does next."""
        self.asked += 1
        if self.asked == 1:
            return {"type": "http.request", "body": b"more", "more_body": False}
        await self.left.wait()
        return {"type": "http.disconnect"}


async def waits(cancelled: list[str]) -> str:
    """An operation that lasts."""
    try:
        await asyncio.sleep(30)
    except asyncio.CancelledError:
        cancelled.append("operation")
        raise
    return "done"


def cancellations() -> int:
    """How often the current task is to be cancelled."""
    task = asyncio.current_task()
    assert task is not None
    return task.cancelling()


async def test_a_client_that_leaves_cancels_the_operation_and_not_the_request() -> None:
    client = Leaving()
    cancelled: list[str] = []
    asyncio.get_running_loop().call_later(LATE_SECONDS * 3, client.left.set)
    with pytest.raises(ClientGone):
        await while_connected(waits(cancelled), client.receive)
    assert cancelled == ["operation"]
    assert client.asked == 2
    assert cancellations() == 0
    await asyncio.sleep(0)


async def test_a_client_that_left_before_the_operation_began_cancels_it() -> None:
    client = Leaving()
    client.left.set()
    cancelled: list[str] = []
    with pytest.raises(ClientGone):
        await while_connected(waits(cancelled), client.receive)
    assert cancelled == ["operation"]


async def test_a_quick_operation_has_no_second_task_and_asks_the_client_nothing() -> None:
    client = Leaving()
    before = asyncio.all_tasks()

    async def quick() -> set[Any]:
        await asyncio.sleep(0)
        return asyncio.all_tasks() - before

    assert await while_connected(quick(), client.receive) == set()
    await asyncio.sleep(LATE_SECONDS * 3)
    assert client.asked == 0


async def test_a_long_operation_returns_what_it_found_and_leaves_no_task() -> None:
    before = asyncio.all_tasks()

    async def long() -> str:
        await asyncio.sleep(LATE_SECONDS * 3)
        assert len(asyncio.all_tasks() - before) == 1
        return "found"

    assert await while_connected(long(), silent) == "found"
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == before


async def test_an_error_of_the_operation_stays_what_it_is() -> None:
    async def fails() -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        await while_connected(fails(), silent)


async def test_a_server_that_stops_cancels_the_request_itself() -> None:
    cancelled: list[str] = []
    serving = asyncio.create_task(while_connected(waits(cancelled), silent))
    await asyncio.sleep(LATE_SECONDS * 3)
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving
    assert cancelled == ["operation"]
