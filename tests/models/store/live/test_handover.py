"""From the snapshot to what happens now, and from a cursor on: nothing is missed or told twice, whoever writes."""

import asyncio
import gc
import random

import pytest

from models.store.connection import Database
from tests.factories import advisor as rows
from tests.fixtures.live import Lists, Live
from tests.fixtures.wire import People
from tests.models.store.live.copies import END, FOLLOW, Copy, Writers, of

ROUNDS = 40
CLOSINGS = 100
LONGEST_SECONDS = 0.04


async def test_nothing_is_missed_or_repeated_at_the_start(people: People, lists: Lists, database: Database) -> None:
    """Lists that are begun while four others write."""
    ada, dice = await people.person("ada"), random.Random(7)  # noqa: S311  # the same dice each time
    for number in range(ROUNDS):
        conversation = await rows.conversation(ada)
        writers = [Writers(database, conversation, number * 10 + each) for each in range(4)]
        await asyncio.gather(*(writer.write(4) for writer in writers))
        writing = [asyncio.create_task(writer.write(10)) for writer in writers]
        await asyncio.sleep(dice.random() * 0.03)
        copy = Copy()
        async with lists.following(FOLLOW, of(conversation), by=ada) as live:
            copy.take(await live.event())
            await asyncio.gather(*writing)
            await writers[0].insert(END)
            await copy.read_to_end(live)
        assert copy.contents == await writers[0].contents()
        assert copy.resyncs == 0


async def _taking(copy: Copy, live: Live) -> None:
    while True:
        copy.take(await live.event())


# The driver leaves the socket of a connection that is being made when its task is cancelled.
@pytest.mark.filterwarnings("ignore:.*ResourceWarning|.*socket:pytest.PytestUnraisableExceptionWarning")
async def test_a_list_that_is_closed_again_and_again_goes_on(people: People, lists: Lists, database: Database) -> None:
    """At random moments, while four others write."""
    ada, dice = await people.person("ada"), random.Random(11)  # noqa: S311  # the same dice each time
    conversation, copy, resumed = await rows.conversation(ada), Copy(), 0
    writers = [Writers(database, conversation, each) for each in range(4)]
    writing = [asyncio.create_task(writer.write(100_000, pause=0.01)) for writer in writers]
    for _ in range(CLOSINGS):
        if copy.cursor is None:
            copy.rows.clear()
        resumed += copy.cursor is not None
        async with lists.following(FOLLOW, of(conversation), by=ada, resume=copy.cursor) as live:
            taking = asyncio.create_task(_taking(copy, live))
            await asyncio.wait([taking], timeout=dice.random() * LONGEST_SECONDS)
            assert not taking.done(), taking.result()
            taking.cancel()
            await asyncio.wait([taking])
    for each in writing:
        each.cancel()
    await asyncio.wait(writing)
    await writers[0].insert(END)
    async with lists.following(FOLLOW, of(conversation), by=ada, resume=copy.cursor) as live:
        await copy.read_to_end(live)
    assert copy.contents == await writers[0].contents()
    assert copy.resyncs == 0
    assert resumed > CLOSINGS / 2
    gc.collect()
