"""The change feed: nothing lost, nothing twice, whatever happens to the stream; and its word on how fresh it is."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator

import pymongo
import pytest
from bson import ObjectId

from models.store import changes
from models.store import feed as module
from models.store.changes import Change
from models.store.connection import Database
from models.store.feed import Feed
from models.store.writing import Writer
from tests.models.store.listening import Notes, behind, kill_streams, listening, standing, streams, until


@pytest.fixture
async def own(database: Database) -> AsyncIterator[Database]:
    """A database that a test may break."""
    name = f"{database.name}_{secrets.token_hex(3)}"
    yield database.client[name]
    await database.client.drop_database(name)


def _writer(own: Database) -> Writer:
    return Writer(own, lambda _collection, _keys: None, 10)


async def test_tells_each_kind_of_change_in_order(own: Database) -> None:
    notes, key = Notes(), ObjectId()
    async with listening(own, notes, "rows", "others"):
        await own["rows"].insert_one({"_id": key, "name": "a", "tags": [1, 2, 3], "at": {"x": 1, "y": 2}})
        await own["rows"].update_one({"_id": key}, {"$set": {"at.x": 2, "size": 1}, "$unset": {"name": ""}})
        await own["rows"].update_one({"_id": key}, [{"$set": {"tags": [1]}}])
        await own["unwatched"].insert_one({})
        await own["rows"].replace_one({"_id": key}, {"name": "b"})
        await own["rows"].delete_one({"_id": key})
        await own["others"].insert_one({"_id": key})
        await until(lambda: len(notes.changes) >= 6)
    rows = [change for change in notes.changes if change.collection == "rows"]
    assert [change.collection for change in notes.changes] == ["rows"] * 5 + ["others"]
    assert notes.keys == [key] * 6
    assert [(change.operation, change.columns, change.after) for change in rows] == [
        ("insert", None, {"_id": key, "name": "a", "tags": [1, 2, 3], "at": {"x": 1, "y": 2}}),
        ("update", {"at", "size", "name"}, None),
        ("update", {"tags"}, None),
        ("replace", None, {"_id": key, "name": "b"}),
        ("delete", None, None),
    ]
    assert notes.resets == 0
    assert [change.time for change in notes.changes] == sorted({change.time for change in notes.changes})
    assert len({change.token for change in notes.changes}) == 6


async def test_tells_of_a_transaction_once_it_is_done(own: Database) -> None:
    notes, writer, kept = Notes(), _writer(own), ObjectId()
    await own.create_collection("rows")

    async def fails() -> None:
        await own["rows"].insert_one({})
        raise ArithmeticError

    async def works() -> None:
        await own["rows"].insert_one({"_id": kept})
        await asyncio.sleep(0.05)
        assert notes.changes == []

    async with listening(own, notes, "rows") as feed:
        with pytest.raises(ArithmeticError):
            await writer.transact(fails)
        await writer.transact(works)
        await standing(feed)
    assert notes.keys == [kept]


async def test_a_broken_stream_loses_nothing_and_repeats_nothing(own: Database) -> None:
    notes, written = Notes(), [ObjectId() for _ in range(400)]
    async with listening(own, notes, "rows") as feed:
        for number, key in enumerate(written):
            await own["rows"].insert_one({"_id": key})
            if number % 100 == 50:
                await kill_streams(own)
                broken = feed.openings
        await until(lambda: len(notes.changes) >= 400)
        assert feed.openings > broken
        await standing(feed)
    assert notes.keys == written
    assert notes.resets == 0


async def test_an_unreachable_database_is_waited_for(own: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Frozen at the start and again later: what changed meanwhile is told once it is back."""
    monkeypatch.setattr(changes, "ANSWER_SECONDS", 0.6)
    monkeypatch.setattr(changes, "CLOSE_SECONDS", 0.1)
    notes, key = Notes(), ObjectId()
    async with behind(own) as (network, seen):
        network.freeze()
        feed = Feed(seen)
        feed.subscribe(["rows"], notes)
        feed.open()
        await asyncio.sleep(0.7)
        assert (feed.fresh(60), feed.openings) == (False, 0)
        network.thaw()
        await standing(feed)
        network.freeze()
        await own["rows"].insert_one({"_id": key})
        await until(lambda: not feed.fresh(1.0))
        await asyncio.sleep(0.2)
        assert notes.keys == []
        network.thaw()
        await until(lambda: feed.fresh(1.0))
        assert (notes.keys, notes.resets) == ([key], 1)
        network.freeze()
        began = time.monotonic()
        await feed.close()
        assert time.monotonic() - began < 3
        assert not feed.fresh(60)


async def test_what_ends_a_stream_is_told_as_a_reset(own: Database) -> None:
    notes = Notes()
    await own["rows"].insert_one({})
    await own["news"].insert_one({})
    async with listening(own, notes, "rows", "others") as feed:
        await own["rows"].drop()
        await until(lambda: notes.resets == 1)
        await own["news"].rename("rows")
        await until(lambda: notes.resets == 2)
        opened = feed.openings
        await own.client.drop_database(own.name)
        await until(lambda: feed.openings > opened)
        assert notes.resets > 2
        await own["rows"].insert_one({"_id": (key := ObjectId())})
        await until(lambda: notes.keys == [key])


async def test_a_lost_place_is_told_as_a_reset(own: Database) -> None:
    notes = Notes()
    async with listening(own, notes, "rows") as feed:
        await feed.close()
        # A change of the year 2012, which MongoDB does not find; it answers alike when its history is gone.
        feed.place = "8250000000000000012B022C0100296F04"
        await own["rows"].insert_one({})
        feed.open()
        await until(lambda: notes.resets == 1)
        await standing(feed)
        await own["rows"].insert_one({"_id": (key := ObjectId())})
        await until(lambda: notes.keys == [key])


async def test_a_change_that_is_too_large_is_stepped_over(own: Database) -> None:
    """A row of 15.5 MB, whose id stands twice more in the change and its token: MongoDB cannot tell of it."""
    notes = Notes()
    async with listening(own, notes, "rows") as feed:
        await own["rows"].insert_one({"_id": "k" * 1_000_000, "text": "v" * 14_500_000})
        await until(lambda: notes.resets == 1)
        await standing(feed)
        await own["rows"].insert_one({"_id": (key := ObjectId())})
        await until(lambda: notes.keys == [key])
        assert notes.resets == 1


class Faulty(Notes):
    """Breaks at its first change."""

    def changed(self, change: Change, /) -> None:
        """Note it, and break."""
        super().changed(change)
        if len(self.changes) == 1:
            raise ArithmeticError


async def test_a_subscriber_that_breaks_does_not_end_the_feed(own: Database) -> None:
    faulty, notes, key = Faulty(), Notes(), ObjectId()
    async with listening(own, faulty, "rows") as feed:
        feed.subscribe(["rows"], notes)
        await own["rows"].insert_one({})
        await until(lambda: faulty.resets == notes.resets == 1)
        await own["rows"].insert_one({"_id": key})
        await until(lambda: notes.keys == [key])
    assert faulty.keys[1:] == [key]


async def test_is_fresh_while_it_listens(own: Database) -> None:
    feed = Feed(own)
    feed.subscribe(["rows"], Notes())
    assert not feed.fresh(60)
    feed.open()
    await standing(feed)
    assert feed.fresh(60)
    alive_at = feed.alive_at
    await until(lambda: feed.alive_at > alive_at)
    await feed.close()
    assert not feed.fresh(60)


async def test_is_fresh_also_under_changes_without_a_pause(own: Database) -> None:
    """No answer is ever empty then, and none has a token beyond its last change."""
    notes = Notes()
    async with listening(own, notes, "rows") as feed:
        for _ in range(3):
            moment = time.monotonic()
            while feed.alive_at < moment:
                assert time.monotonic() - moment < 20
                await own["rows"].insert_one({})


async def test_answers_that_may_be_cut_vouch_for_nothing() -> None:
    events = [{"_id": {"_data": str(number)}} for number in range(5)]
    assert module._complete([], "9")
    assert module._complete(events[:4], "3")
    assert module._complete(events, "9")
    assert not module._complete(events, "4")


async def test_a_stream_that_breaks_before_its_first_answer_may_have_missed_something(own: Database) -> None:
    notes = Notes()
    async with listening(own, notes, "rows") as feed:
        await feed.close()
        # The place of a stream comes with its first answer.
        feed.place = None
        await own["rows"].insert_one({})
        assert notes.resets == 0
        feed.open()
        await until(lambda: notes.resets == 1)
    assert notes.changes == []


async def test_nothing_of_a_request_is_the_feeds(own: Database) -> None:
    """Opened amid a transaction and under a deadline, it goes on after both."""
    notes, feed, key = Notes(), Feed(own), ObjectId()
    feed.subscribe(["rows"], notes)

    async def work() -> None:
        feed.open()
        await own["marks"].insert_one({})

    with pymongo.timeout(0.5):
        await _writer(own).transact(work)
    await asyncio.sleep(0.6)
    await standing(feed)
    assert feed.openings == 1
    await own["rows"].insert_one({"_id": key})
    await until(lambda: notes.keys == [key])
    await feed.close()


async def _counted(own: Database, expected: int) -> bool:
    """Whether MongoDB comes to see so many streams: it does not list one that is just being asked or ended."""
    for _ in range(100):
        if len(await streams(own)) == expected:
            return True
        await asyncio.sleep(0.02)
    return False


async def test_leaves_nothing_behind(own: Database) -> None:
    others = asyncio.all_tasks()
    feed = Feed(own)
    feed.subscribe(["rows"], Notes())
    await feed.close()
    feed.open()
    feed.open()
    await standing(feed)
    assert await _counted(own, 1)
    await feed.close()
    await feed.close()
    assert await _counted(own, 0)
    assert {task.get_name() for task in asyncio.all_tasks() - others} & {module.COMMENT} == set()


async def test_goes_on_where_it_was_closed(own: Database) -> None:
    notes, key = Notes(), ObjectId()
    async with listening(own, notes, "rows") as feed:
        await standing(feed)
        await feed.close()
        await own["rows"].insert_one({"_id": key})
        feed.open()
        await until(lambda: notes.keys == [key])
    assert notes.resets == 0
