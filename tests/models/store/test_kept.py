"""What is kept of actors: for how long, how much, and never what has changed since its load began."""

import math
import time

import pytest
from bson import ObjectId
from bson.timestamp import Timestamp

from models.actor import Actor
from models.principal import Identity
from models.store.changes import Change, Operation
from models.store.connection import Database
from models.store.feed import Feed
from models.store.kept import FRESH_SECONDS, Kept
from models.store.principals import Key
from tests.models.store.people import person

ACTOR = person()
ROW, PROFILE = ("accounts", ObjectId()), ("profiles", ObjectId())


@pytest.fixture
async def feed(database: Database) -> Feed:
    """A feed as it is while it listens and nothing happens."""
    feed = Feed(database)
    feed.alive_at, feed.openings = math.inf, 1
    return feed


@pytest.fixture
async def kept(feed: Feed) -> Kept[Key, Actor]:
    """Room for three actors."""
    return Kept[Key, Actor](feed, {"accounts": None, "profiles": frozenset({"met"})}, capacity=3)


def _key(name: str) -> Key:
    return Identity("https://id.example", name), ("advisor",)


def _keep(kept: Kept[Key, Actor], name: str = "ann", seconds: float = 60) -> None:
    kept.keep(_key(name), ACTOR, [ROW, PROFILE], kept.moment(), seconds)


def _change(operation: Operation, collection: str, key: ObjectId, *columns: str) -> Change:
    touched = frozenset(columns) if operation == "update" else None
    return Change(collection, operation, key, Timestamp(1, 1), "token", touched)


async def test_finds_what_was_kept_and_counts_it(kept: Kept[Key, Actor]) -> None:
    assert kept.find(_key("ann")) is None
    _keep(kept)
    assert kept.find(_key("ann")) is ACTOR
    assert kept.find(_key("bob")) is None
    assert kept.find((_key("ann")[0], ())) is None
    assert kept.hits == 1


async def test_the_least_recently_used_leave_first(kept: Kept[Key, Actor]) -> None:
    for name in ("ann", "bob", "cat"):
        _keep(kept, name)
    assert kept.find(_key("ann")) is ACTOR
    _keep(kept, "dan")
    assert len(kept) == 3
    assert [name for name in ("ann", "bob", "cat", "dan") if kept.find(_key(name))] == ["ann", "cat", "dan"]
    _keep(kept, "dan")
    assert len(kept) == 3


async def test_is_used_only_while_the_feed_is_fresh(kept: Kept[Key, Actor], feed: Feed) -> None:
    _keep(kept)
    feed.alive_at = time.monotonic() - FRESH_SECONDS - 0.01
    assert kept.find(_key("ann")) is None
    feed.alive_at = math.inf
    assert kept.find(_key("ann")) is ACTOR
    feed.openings = 2
    assert kept.find(_key("ann")) is None


async def test_is_used_for_its_time(kept: Kept[Key, Actor]) -> None:
    _keep(kept, seconds=-0.01)
    assert kept.find(_key("ann")) is None


async def test_nothing_is_kept_that_the_feed_has_not_watched(kept: Kept[Key, Actor], feed: Feed) -> None:
    feed.openings = 0
    _keep(kept)
    began = kept.moment()
    feed.openings = 1
    kept.keep(_key("ann"), ACTOR, [ROW], began, 60)
    began = kept.moment()
    feed.openings = 2
    kept.keep(_key("ann"), ACTOR, [ROW], began, 60)
    assert len(kept) == 0


@pytest.mark.parametrize(
    ("change", "left"),
    [
        (_change("update", *ROW, "status"), 0),
        (_change("delete", *ROW), 0),
        (_change("replace", *ROW), 0),
        (_change("update", *PROFILE, "met", "name"), 0),
        (_change("delete", *PROFILE), 0),
        (_change("replace", *PROFILE), 0),
        (_change("insert", *ROW), 1),
        (_change("update", *PROFILE, "@held", "name"), 1),
        (_change("update", "accounts", ObjectId(), "status"), 1),
        (_change("delete", "profiles", ROW[1]), 1),
    ],
)
async def test_goes_with_the_rows_it_was_made_from(kept: Kept[Key, Actor], change: Change, left: int) -> None:
    _keep(kept)
    began = kept.moment()
    kept.changed(change)
    assert len(kept) == left
    # Nor does what was being loaded meanwhile come back.
    kept.keep(_key("ann"), ACTOR, [ROW, PROFILE], began, 60)
    assert len(kept) == left
    _keep(kept)
    assert len(kept) == 1


async def test_the_writes_of_this_process_are_noticed(kept: Kept[Key, Actor]) -> None:
    for collection, keys, left in (
        ("messages", None, 1),
        ("profiles", [ObjectId()], 1),
        ("profiles", [ObjectId(), PROFILE[1]], 0),
        ("profiles", None, 0),
        ("accounts", [ROW[1]], 0),
    ):
        _keep(kept)
        began = kept.moment()
        kept.drop(collection, keys)
        kept.keep(_key("ann"), ACTOR, [ROW, PROFILE], began, 60)
        assert len(kept) == left


async def test_a_reset_takes_everything(kept: Kept[Key, Actor]) -> None:
    _keep(kept)
    began = kept.moment()
    kept.reset()
    kept.keep(_key("bob"), ACTOR, [], began, 60)
    assert len(kept) == 0


async def test_what_it_notes_of_changes_is_bounded(kept: Kept[Key, Actor]) -> None:
    began = kept.moment()
    for _ in range(100):
        kept.drop("accounts", [ObjectId()])
    assert len(kept._changed) <= 3
    # What it has forgotten may have been this very row.
    kept.keep(_key("ann"), ACTOR, [ROW, PROFILE], began, 60)
    assert len(kept) == 0
    _keep(kept)
    kept.drop(*ROW[:1], [ROW[1]])
    assert (len(kept), kept._made_from) == (0, {})
