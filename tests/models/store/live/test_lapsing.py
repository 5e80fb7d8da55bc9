"""Rows that time alone changes: whoever wrote them may be gone, and the list still tells what becomes of them."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bson import ObjectId

from models.advisor.presence import PRESENCES
from models.advisor.typing_indicator import TYPING_INDICATORS
from models.clock import now
from models.store.connection import Database
from models.store.live.lapsing import Lapsing
from resolvers.advisor import presence, typing_indicator
from tests.factories import advisor as rows
from tests.fixtures.live import Lists
from tests.fixtures.wire import People
from tests.models.store.live.copies import of

TYPING = """subscription ($id: ID!) {
  advisorTypingChanges(conversationId: $id) { kind id node { isTyping advisorId } }
}"""

SET = """mutation ($id: ID!, $typing: Boolean!) {
  advisorTypingSet(input: {conversationId: $id, isTyping: $typing}) { typing { id } userErrors { code } }
}"""

PRESENCE = "subscription ($ids: [ID!]!) { advisorPresenceChanges(userIds: $ids) { kind node { isOnline } } }"

BEAT = "mutation { advisorPresenceHeartbeat(input: {online: true}) { presence { isOnline } } }"


async def test_a_sign_of_typing_ends_by_itself(people: People, lists: Lists, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typing_indicator, "TYPING_MILLISECONDS", 900)
    ada = await people.person("ada")
    given = of(await rows.conversation(ada))
    live = await lists.follow(TYPING, given, by=ada)
    assert await live.synced() == []
    began = time.monotonic()
    sign = (await lists.data(SET, {**given, "typing": True}, by=ada))["advisorTypingSet"]["typing"]["id"]
    assert await live.event() == {"kind": "ADDED", "id": sign, "node": {"isTyping": True, "advisorId": None}}
    assert await live.event() == {"kind": "REMOVED", "id": sign, "node": None}
    assert time.monotonic() - began > 0.8
    await live.quiet()


async def test_a_sign_that_is_renewed_stays_and_one_that_is_taken_back_goes(
    people: People, lists: Lists, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typing_indicator, "TYPING_MILLISECONDS", 1_500)
    ada = await people.person("ada")
    given = of(await rows.conversation(ada))
    live = await lists.follow(TYPING, given, by=ada)
    await live.synced()
    began = time.monotonic()
    kinds = []
    for _ in range(3):
        await lists.data(SET, {**given, "typing": True}, by=ada)
        kinds.append((await live.event())["kind"])
        await asyncio.sleep(0.8)
    assert time.monotonic() - began > 1.5
    await lists.data(SET, {**given, "typing": False}, by=ada)
    kinds.append((await live.event())["kind"])
    # Its time comes, and it is gone already; typing again is another sign in the same row.
    await asyncio.sleep(1.6)
    await lists.data(SET, {**given, "typing": True}, by=ada)
    kinds.append((await live.event())["kind"])
    assert kinds == ["ADDED", "CHANGED", "CHANGED", "REMOVED", "ADDED"]


async def test_a_sign_outlives_whoever_wrote_it_by_its_time_alone(people: People, lists: Lists) -> None:
    """Read by a server that has not seen it come."""
    ada = await people.person("ada")
    conversation = await rows.conversation(ada)
    soon = datetime.now(UTC) + timedelta(seconds=1)
    await rows.typing_indicator(conversation, expiresAt=soon)
    await rows.typing_indicator(conversation, advisorId=ObjectId(), expiresAt=datetime.now(UTC) - timedelta(seconds=1))
    live = await lists.follow(TYPING, of(conversation), by=ada)
    assert await live.synced() == [{"isTyping": True, "advisorId": None}]
    assert (await live.event())["kind"] == "REMOVED"
    assert datetime.now(UTC) >= soon.replace(microsecond=soon.microsecond // 1000 * 1000)
    await live.quiet()


async def test_what_the_database_sweeps_later_is_not_told_again(
    people: People, lists: Lists, database: Database
) -> None:
    ada = await people.person("ada")
    conversation = await rows.conversation(ada)
    await rows.typing_indicator(conversation, expiresAt=datetime.now(UTC) + timedelta(seconds=0.5))
    live = await lists.follow(TYPING, of(conversation), by=ada)
    await live.synced()
    assert (await live.event())["kind"] == "REMOVED"
    await database[TYPING_INDICATORS.collection].delete_many({})
    await live.quiet()


async def test_silence_makes_offline_once(people: People, lists: Lists, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "OFFLINE_AFTER_MILLISECONDS", 900)
    ada = await people.person("ada")
    await rows.presence(ada)
    live = await lists.follow(PRESENCE, {"ids": [ada.id]}, by=ada)
    assert await live.synced() == [{"isOnline": True}]
    assert await live.event() == {"kind": "CHANGED", "node": {"isOnline": False}}
    await asyncio.sleep(0.3)
    await lists.data(BEAT, by=ada)
    assert await live.event() == {"kind": "CHANGED", "node": {"isOnline": True}}
    assert await live.event() == {"kind": "CHANGED", "node": {"isOnline": False}}
    await live.quiet()


async def test_who_is_away_for_long_is_offline_from_the_start(people: People, lists: Lists, database: Database) -> None:
    ada = await people.person("ada")
    await rows.presence(ada, lastSeenAt=now() - 400_000)
    live = await lists.follow(PRESENCE, {"ids": [ada.id]}, by=ada)
    assert await live.synced() == [{"isOnline": False}]
    await database[PRESENCES.collection].delete_many({})
    assert (await live.event())["kind"] in {"CHANGED", "REMOVED"}


async def test_a_list_whose_rows_end_by_time_cannot_be_resumed_and_says_so(people: People, lists: Lists) -> None:
    ada = await people.person("ada")
    conversation = await rows.conversation(ada)
    async with lists.following(TYPING, of(conversation), by=ada) as live:
        await live.synced()
    async with lists.following(TYPING, of(conversation), by=ada, resume=live.cursors[-1]) as again:
        assert (await again.event())["kind"] == "RESYNC"
        assert await again.synced() == []


def test_a_moment_comes_once() -> None:
    row: dict[str, Any] = {"_id": ObjectId(), "at": now() - 5}
    lapsing = Lapsing(lambda row: row["at"])
    lapsing.note(row)
    assert list(lapsing.due()) == [row["_id"]]
    lapsing.note(row)
    assert (list(lapsing.due()), lapsing.seconds(), lapsing.has(row["_id"])) == ([], None, True)
    lapsing.note({**row, "at": now() - 1})
    assert list(lapsing.due()) == [row["_id"]]
    lapsing.forget(row["_id"])
    lapsing.note(row)
    assert list(lapsing.due()) == [row["_id"]]


def test_a_moment_that_was_put_off_does_not_come() -> None:
    row: dict[str, Any] = {"_id": ObjectId(), "at": now() - 5}
    lapsing = Lapsing(lambda row: row["at"])
    lapsing.note(row)
    lapsing.note({**row, "at": now() + 60_000})
    assert list(lapsing.due()) == []
    assert 50 < (lapsing.seconds() or 0) <= 60
