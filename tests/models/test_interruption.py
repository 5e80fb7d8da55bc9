"""What is late is interrupted, and nothing else is."""

import asyncio

import pytest

from models.interruption import LATE_SECONDS, Interrupted, Interruptible, until


class Timer:
    """What a late block waits with."""

    def __init__(self) -> None:
        self.begun = 0
        self.cancelled = 0

    def begin(self, _interrupt: object) -> "Timer":
        """Note that a block is late."""
        self.begun += 1
        return self

    def cancel(self) -> None:
        """Note that the block is over."""
        self.cancelled += 1


def cancelling() -> int:
    """How often the current task is to be cancelled."""
    task = asyncio.current_task()
    assert task is not None
    return task.cancelling()


async def test_what_lasts_too_long_is_interrupted() -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()
    with pytest.raises(Interrupted), until(LATE_SECONDS * 4):
        await asyncio.sleep(30)
    assert loop.time() - began >= LATE_SECONDS * 4
    assert cancelling() == 0


async def test_a_time_shorter_than_a_round_is_kept_at_the_round() -> None:
    with pytest.raises(Interrupted), until(0.001):
        await asyncio.sleep(30)


async def test_what_is_over_in_time_is_not_touched() -> None:
    with until(LATE_SECONDS * 4):
        await asyncio.sleep(LATE_SECONDS * 3)
    await asyncio.sleep(LATE_SECONDS * 3)
    assert cancelling() == 0


async def test_only_what_is_late_begins_to_wait() -> None:
    quick, late = Timer(), Timer()
    with Interruptible(quick.begin):
        await asyncio.sleep(0)
    with Interruptible(late.begin):
        await asyncio.sleep(LATE_SECONDS * 5)
    assert (quick.begun, quick.cancelled) == (0, 0)
    assert (late.begun, late.cancelled) == (1, 1)


async def test_an_error_in_the_block_stays_what_it_is() -> None:
    with pytest.raises(KeyError), until(30):
        raise KeyError("x")


async def test_a_cancellation_by_others_stays_one() -> None:
    async def block() -> None:
        with until(30):
            await asyncio.sleep(30)

    task = asyncio.create_task(block())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_blocks_within_blocks_end_at_their_own_time() -> None:
    ended: list[str] = []

    async def both() -> None:
        try:
            with until(LATE_SECONDS):
                await asyncio.sleep(30)
        except Interrupted:
            ended.append(f"inner {cancelling()}")
        await asyncio.sleep(30)

    with pytest.raises(Interrupted), until(LATE_SECONDS * 4):
        await both()
    assert ended == ["inner 0"]
    assert cancelling() == 0


async def test_many_at_once_are_each_looked_after() -> None:
    async def block(seconds: float) -> bool:
        try:
            with until(LATE_SECONDS * 4):
                await asyncio.sleep(seconds)
        except Interrupted:
            return False
        return True

    found = await asyncio.gather(*(block(seconds) for seconds in [0.001, 30] * 50))
    assert found == [True, False] * 50


def test_a_loop_that_ended_in_between_leaves_the_next_one_as_it_was() -> None:
    async def left() -> None:
        with until(30):
            await asyncio.sleep(0)

    async def late() -> None:
        with until(LATE_SECONDS):
            await asyncio.sleep(30)

    asyncio.run(left())
    with pytest.raises(Interrupted):
        asyncio.run(late())


async def _swallowing(times: int) -> int:
    """Sleeps on through so many cancellations."""
    for swallowed in range(times):
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            continue
        return swallowed
    await asyncio.sleep(30)
    return times


async def test_what_swallows_an_interruption_is_interrupted_again() -> None:
    """As `asyncio.wait_for` of Python 3.11 may do, by which the driver sends every command."""
    with pytest.raises(Interrupted), until(LATE_SECONDS):
        await _swallowing(2)
    assert cancelling() == 0
