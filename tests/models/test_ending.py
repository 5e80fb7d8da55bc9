"""What is to end ends, also where it swallows the first cancellation."""

import asyncio

from models.ending import AGAIN_SECONDS, ended


async def _stubborn(times: int) -> None:
    for _ in range(times):
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            continue
    await asyncio.sleep(30)


async def test_tasks_are_cancelled_until_they_are_over() -> None:
    tasks = [asyncio.create_task(_stubborn(times)) for times in (0, 1, 3)]
    await asyncio.sleep(0)
    await ended(tasks)
    assert all(task.cancelled() for task in tasks)


async def test_after_its_time_it_waits_no_longer() -> None:
    task = asyncio.create_task(_stubborn(4))
    await asyncio.sleep(0)
    await ended([task], AGAIN_SECONDS * 1.5)
    assert not task.done()
    await ended([task])
    assert task.cancelled()


async def test_what_is_over_needs_no_end() -> None:
    task = asyncio.create_task(asyncio.sleep(0))
    await task
    await ended([task])
    assert not task.cancelled()
