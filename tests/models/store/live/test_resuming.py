"""A list that goes on after a cursor: of whatever server, however old; what cannot be resumed is told anew."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
from bson.timestamp import Timestamp

from graphql_api.app import build_server
from models.advisor.message import MESSAGES
from models.store.connection import Database
from models.store.indexes import IMAGES
from models.store.live import place, sources
from tests.factories import advisor as rows
from tests.fixtures.live import Answer, Lists, Live
from tests.fixtures.wire import SETTINGS, Caller, Calls, People
from tests.models.store.live.copies import FOLLOW, of


@asynccontextmanager
async def _server(watched: tuple[Database, Calls]) -> AsyncIterator[Lists]:
    """Another server on the same database."""
    server = build_server(SETTINGS, watched[0])
    await server.open()
    async with AsyncExitStack() as stack:
        yield Lists(server, watched[1], stack)
    await server.close()


async def _begun(lists: Lists, conversation: Any, ada: Caller) -> str:
    """The cursor of a list as it stands."""
    async with lists.following(FOLLOW, of(conversation), by=ada) as live:
        await live.synced()
    cursor = live.cursors[-1]
    assert cursor is not None
    return cursor


async def _told_anew(live: Live) -> list[str]:
    event = await live.event()
    assert event == {"kind": "RESYNC", "cursor": None, "id": None, "node": None}
    return [node["content"] for node in await live.synced()]


def _said(events: list[Answer]) -> list[tuple[str, str | None]]:
    return [(event["kind"], event["node"] and event["node"]["content"]) for event in events]


async def test_goes_on_with_exactly_what_was_missed(people: People, lists: Lists, database: Database) -> None:
    ada = await people.person("ada")
    conversation = await rows.conversation(ada)
    old = await rows.message(conversation, "old")
    cursor = await _begun(lists, conversation, ada)
    await rows.message(conversation, "missed")
    await rows.message(await rows.conversation(ada), "elsewhere")
    await database[MESSAGES.collection].update_one({"_id": old["_id"]}, {"$set": {"content": "older"}})
    await database[MESSAGES.collection].delete_one({"_id": old["_id"]})
    live = await lists.follow(FOLLOW, {**of(conversation), "after": cursor}, by=ada)
    told = await live.events(3)
    assert _said(told) == [("ADDED", "missed"), ("CHANGED", "older"), ("REMOVED", None)]
    await rows.message(conversation, "now")
    told.append(await live.event())
    assert _said(told[3:]) == [("ADDED", "now")]
    for number, event in enumerate(told[:3]):
        async with lists.following(FOLLOW, {**of(conversation), "after": event["cursor"]}, by=ada) as again:
            assert await again.events(3 - number) == told[number + 1 :]
    await live.quiet()


async def test_the_operations_own_cursor_comes_before_that_of_the_transport(people: People, lists: Lists) -> None:
    ada = await people.person("ada")
    conversation = await rows.conversation(ada)
    first = await _begun(lists, conversation, ada)
    await rows.message(conversation, "one")
    second = await _begun(lists, conversation, ada)
    await rows.message(conversation, "two")
    async with lists.following(FOLLOW, of(conversation), by=ada, resume=second) as live:
        assert _said([await live.event()]) == [("ADDED", "two")]
    async with lists.following(FOLLOW, {**of(conversation), "after": first}, by=ada, resume=second) as live:
        assert _said(await live.events(2)) == [("ADDED", "one"), ("ADDED", "two")]


async def test_a_cursor_holds_on_every_server(people: People, lists: Lists, watched: tuple[Database, Calls]) -> None:
    """Also on one whose feed has not come so far: it tells nothing twice."""
    ada = await people.person("ada")
    conversation = await rows.conversation(ada)
    async with _server(watched) as other:
        cursor = await _begun(other, conversation, ada)
        hear = other.server.store.feed._hear
        stopped = asyncio.Event()

        async def behind(stream: Any, asked: float) -> float:
            await stopped.wait()
            return await hear(stream, asked)

        other.server.store.feed._hear = behind  # type: ignore[method-assign]  # it hears nothing for a while
        await asyncio.sleep(0.3)
        live = await lists.follow(FOLLOW, {**of(conversation), "after": cursor}, by=ada)
        await rows.message(conversation, "one")
        one = await live.event()
        late = await other.follow(FOLLOW, {**of(conversation), "after": one["cursor"]}, by=ada)
        waiting = asyncio.create_task(late.event())
        await rows.message(conversation, "two")
        await asyncio.sleep(0.1)
        stopped.set()
        assert _said([one, await live.event(), await waiting]) == [("ADDED", "one"), ("ADDED", "two"), ("ADDED", "two")]


def _forged(cursor: str, at: str) -> str:
    return ".".join([at, *cursor.split(".")[1:]])


def _token(text: str) -> str:
    return base64.urlsafe_b64encode(bytes.fromhex(text)).decode().rstrip("=")


SOON = 3_000_000_000
"""Seconds since 1970."""


@pytest.mark.parametrize(
    "at",
    [
        _token("8250000000000000012B022C0100296F04"),
        _token(f"82{SOON:08X}000000012B022C0100296E04"),
        _token("8250000000000000012B"),
        _token("82FFFFFFFFFFFFFFFFFF"),
        f"{SOON}:1",
        "4294967294:4294967294",
    ],
)
async def test_a_place_that_leads_nowhere_is_told_anew(people: People, lists: Lists, at: str) -> None:
    """Long ago, unknown, or yet to come."""
    ada = await people.person("ada")
    conversation = await rows.conversation(ada)
    await rows.message(conversation, "one")
    cursor = await _begun(lists, conversation, ada)
    live = await lists.follow(FOLLOW, {**of(conversation), "after": _forged(cursor, at)}, by=ada)
    assert await _told_anew(live) == ["one"]
    await rows.message(conversation, "two")
    assert _said([await live.event()]) == [("ADDED", "two")]


async def test_more_than_is_worth_telling_is_told_anew(
    people: People, lists: Lists, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "MISSED", 3)
    ada = await people.person("ada")
    conversation = await rows.conversation(ada)
    cursor = await _begun(lists, conversation, ada)
    for number in range(4):
        await rows.message(conversation, f"{number}")
    live = await lists.follow(FOLLOW, {**of(conversation), "after": cursor}, by=ada)
    assert await _told_anew(live) == ["0", "1", "2", "3"]


async def test_nobody_who_is_slow_keeps_others_from_their_turn(people: People, lists: Lists) -> None:
    ada = await people.person("ada")
    conversation = await rows.conversation(ada)
    cursor = await _begun(lists, conversation, ada)
    for number in range(3):
        await rows.message(conversation, f"{number}")
    for _ in range(sources.LOOKING_BACK + 2):
        live = await lists.follow(FOLLOW, {**of(conversation), "after": cursor}, by=ada)
        assert _said([await live.event()]) == [("ADDED", "0")]


async def test_what_is_missed_without_an_image_is_told_anew(people: People, lists: Lists, database: Database) -> None:
    """Changes of a time before MongoDB kept rows as they were: nobody can say whom they concerned."""
    ada = await people.person("ada")
    conversation = await rows.conversation(ada)
    row = await rows.message(conversation, "one")
    cursor = await _begun(lists, conversation, ada)
    collection = MESSAGES.collection
    await database.command({"collMod": collection, IMAGES: {"enabled": False}})
    try:
        await database[collection].update_one({"_id": row["_id"]}, {"$set": {"content": "other"}})
    finally:
        await database.command({"collMod": collection, IMAGES: {"enabled": True}})
    live = await lists.follow(FOLLOW, {**of(conversation), "after": cursor}, by=ada)
    assert await _told_anew(live) == ["other"]


async def test_a_change_without_an_image_is_told_anew(people: People, lists: Lists, database: Database) -> None:
    """While the list is followed."""
    ada = await people.person("ada")
    conversation = await rows.conversation(ada)
    row = await rows.message(conversation, "one")
    live = await lists.follow(FOLLOW, of(conversation), by=ada)
    await live.synced()
    collection = MESSAGES.collection
    await database.command({"collMod": collection, IMAGES: {"enabled": False}})
    try:
        await database[collection].delete_one({"_id": row["_id"]})
    finally:
        await database.command({"collMod": collection, IMAGES: {"enabled": True}})
    assert await _told_anew(live) == []


async def test_somebody_elses_cursor_is_told_anew(people: People, lists: Lists) -> None:
    """Two who use one device: the place of the one says nothing of what the other has."""
    ada, bob = await people.person("ada"), await people.person("bob")
    await rows.conversation(ada, title="hers")
    await rows.conversation(bob, title="his")
    document = "subscription { advisorConversationChanges { kind cursor node { title } } }"
    async with lists.following(document, by=ada) as live:
        assert await live.synced() == [{"title": "hers"}]
    async with lists.following(document, by=bob, resume=live.cursors[-1]) as other:
        assert (await other.event())["kind"] == "RESYNC"
        assert await other.synced() == [{"title": "his"}]


KEYS = (("createdAt", 1), ("_id", 1))


@pytest.mark.parametrize(
    ("cursor", "words"),
    [
        ("", "not a cursor of changes"),
        ("nonsense", "not a cursor of changes"),
        ("1:1.00000000.00000000", "a cursor of another list"),
        ("1:1.%s.00000000.x", "not a cursor"),
        ("1:1.%s.00000000.x.y", "not a cursor of changes"),
        ("4294967295:1.%s.00000000", "not a cursor of changes"),
        ("-1:1.%s.00000000", "not a cursor of changes"),
        ("٣:1.%s.00000000", "not a cursor of changes"),
        ("AAAA.%s.00000000", "not a cursor of changes"),
        ("9" * (place.CHARACTERS + 1), "not a cursor of changes"),
    ],
)
def test_what_is_no_cursor_of_the_list_is_refused(cursor: str, words: str) -> None:
    given = cursor % place.fingerprint("list") if "%s" in cursor else cursor
    with pytest.raises(ValueError, match=words):
        place.decode(given, KEYS, "list")


def test_a_cursor_says_what_it_was_made_of() -> None:
    for at in (Timestamp(1_700_000_000, 7), "82691F00000000000B2B022C0100296E5A1004"):
        for edge in (None, (1_700_000_000_000, "a")):
            text = place.encode(at, place.rest(KEYS, "list", "rights", edge))
            assert place.decode(text, KEYS, "list") == place.Cursor(at, place.fingerprint("rights"), edge)


async def test_a_wrong_cursor_is_refused_at_its_argument(people: People, lists: Lists) -> None:
    ada = await people.person("ada")
    conversation, other = await rows.conversation(ada), await rows.conversation(ada)
    of_other = await _begun(lists, other, ada)
    for cursor, words in (
        (of_other, "a cursor of another list"),
        ("x", "not a cursor of changes"),
        ("", "not a cursor of changes"),
    ):
        live = await lists.follow(FOLLOW, {**of(conversation), "after": cursor}, by=ada)
        (error,) = (await live.answer())["errors"]
        assert error["message"] == (
            f"after is {words}: use the cursor of an event of this list with the same arguments."
        )
        assert error["extensions"] == {"code": "INVALID", "field": ["after"]}


async def test_who_was_away_for_too_long_is_told_anew(
    people: People, lists: Lists, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a look at what everybody has written since."""
    ada = await people.person("ada")
    conversation = await rows.conversation(ada)
    cursor = await _begun(lists, conversation, ada)
    await rows.message(conversation, "one")
    monkeypatch.setattr(sources, "LOOK_BACK_SECONDS", -1)
    live = await lists.follow(FOLLOW, {**of(conversation), "after": cursor}, by=ada)
    assert await _told_anew(live) == ["one"]
