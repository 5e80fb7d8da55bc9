"""Who does not read is told to begin anew, holds no more than he may, and keeps nobody else waiting."""

import pytest
from bson import ObjectId
from bson.timestamp import Timestamp

from models.advisor.message import MESSAGES
from models.store.changes import Change
from models.store.connection import Database
from models.store.live import following, inbox
from models.store.live.inbox import Inbox
from tests.factories import advisor as rows
from tests.fixtures.live import Lists
from tests.fixtures.wire import People
from tests.models.store.live.copies import END, FOLLOW, Copy, Writers, of

PASSING = 600


async def test_who_falls_behind_begins_anew_and_nobody_else_does(
    people: People, lists: Lists, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    inboxes: list[Inbox] = []

    class Noted(Inbox):
        def __init__(self) -> None:
            super().__init__()
            inboxes.append(self)

    monkeypatch.setattr(following, "Inbox", Noted)
    ada = await people.person("ada")
    conversation = await rows.conversation(ada)
    row = await rows.message(conversation, "0")
    slow, quick = Copy(), Copy()
    late = await lists.follow(FOLLOW, of(conversation), by=ada)
    prompt = await lists.follow(FOLLOW, of(conversation), by=ada)
    slow.take(await late.event())
    slow.take(await late.event())
    quick.take(await prompt.event())
    quick.take(await prompt.event())
    most = 0
    for number in range(1, PASSING + 1):
        await database[MESSAGES.collection].update_one({"_id": row["_id"]}, {"$set": {"content": f"{number}"}})
        quick.take(await prompt.event())
        most = max(most, *(len(each._waiting) for each in inboxes))
    writer = Writers(database, conversation, 1)
    await writer.insert(END)
    await quick.read_to_end(prompt)
    await slow.read_to_end(late)
    assert quick.contents == slow.contents == await writer.contents()
    assert (quick.resyncs, slow.resyncs) == (0, 1)
    assert most == inbox.WAITING


def test_an_inbox_holds_no_more_than_it_has_room_for() -> None:
    change = Change("rows", "delete", ObjectId(), Timestamp(1, 1), "82")
    full = Inbox(room=3)
    for _ in range(3):
        full.put(change)
    assert (full.lost, full.take()) == (False, change)
    full.put(change)
    full.put(change)
    assert (full.lost, full.take()) == (True, None)
    full.put(change)
    assert full.take() is None
    full.begin()
    full.put(change)
    assert (full.lost, full.take(), full.take()) == (False, change, None)
