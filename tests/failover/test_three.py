"""Three mongods, whose primary steps down, crashes or stands still: another one takes over, and lists go on."""

import asyncio

import pytest

from models.store import changes
from tests.failover.scene import CONVERSATIONS_OF, Scene
from tests.fixtures.replica_set import ReplicaSet


async def test_a_step_down_costs_nothing(three: ReplicaSet, on_three: Scene, rounds: range) -> None:
    messages, resumed = on_three.follow(), on_three.come_again()
    conversations = on_three.follow(CONVERSATIONS_OF)
    for _ in rounds:
        async with on_three.writing():
            await asyncio.sleep(1)
            before = await three.primary()
            await three.step_down()
            await three.primary(besides=before)
            await asyncio.sleep(1)
        await on_three.agree([messages, resumed], [conversations])
        await three.standing()
    assert (messages.resyncs, resumed.resyncs, conversations.resyncs) == (0, 0, 0)


async def test_a_crash_of_the_primary_costs_nothing(three: ReplicaSet, on_three: Scene, rounds: range) -> None:
    messages, resumed = on_three.follow(), on_three.come_again()
    conversations = on_three.follow(CONVERSATIONS_OF)
    for _ in rounds:
        async with on_three.writing():
            await asyncio.sleep(1)
            primary = await three.primary()
            primary.kill()
            await three.primary(besides=primary)
            await asyncio.sleep(1)
            primary.start()
        await on_three.agree([messages, resumed], [conversations])
        await three.standing()
    assert (messages.resyncs, resumed.resyncs, conversations.resyncs) == (0, 0, 0)


async def test_a_frozen_primary_is_replaced(
    three: ReplicaSet, on_three: Scene, rounds: range, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one that stood still wakes as a primary of the past: what it was told last is not to be seen."""
    monkeypatch.setattr(changes, "ANSWER_SECONDS", 1.0)
    messages, resumed = on_three.follow(), on_three.come_again()
    conversations = on_three.follow(CONVERSATIONS_OF)
    for _ in rounds:
        async with on_three.writing():
            await asyncio.sleep(0.5)
            primary = await three.primary()
            primary.freeze()
            await asyncio.sleep(5)
            primary.thaw()
            await asyncio.sleep(0.5)
        await on_three.agree([messages, resumed], [conversations])
        await three.standing()
    assert (messages.resyncs, resumed.resyncs, conversations.resyncs) == (0, 0, 0)
