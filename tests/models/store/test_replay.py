"""Idempotency: fifty times the same write is one write with one answer."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bson import ObjectId

from models.advisor.conversation import CONVERSATIONS, ConversationRow
from models.errors import Code, Refusal
from models.store import Store
from models.store.replay import COLLECTION, KEPT, KEY_CHARACTERS, ReplayKey
from tests.models.store.people import person

OWNER = person()


def _key(key: str = "k", **parts: str) -> ReplayKey:
    return ReplayKey(**{"principal": OWNER.key, "mutation": "create", "key": key, "digest": "d", **parts})


def _creating(store: Store, title: str) -> Callable[[], Awaitable[dict[str, Any]]]:
    async def work() -> dict[str, Any]:
        row = ConversationRow(userId=OWNER.profiles["advisor"], title=title)
        return {"conversation": await store.write.insert(CONVERSATIONS, row, OWNER)}

    return work


async def _count(store: Store, title: str) -> int:
    return await store._database[CONVERSATIONS.collection].count_documents({"title": title})


async def test_fifty_at_once_are_one(store: Store, empty: None) -> None:
    key = _key("fifty")
    outcomes = await asyncio.gather(*(store.replays.once(key, _creating(store, "fifty")) for _ in range(50)))
    assert len({outcome["conversation"] for outcome in outcomes}) == 1
    assert await _count(store, "fifty") == 1
    assert await store._database[COLLECTION].count_documents({}) == 1


async def test_the_first_answer_comes_back(store: Store, empty: None) -> None:
    first = await store.replays.once(_key("again"), _creating(store, "again"))
    await store._database[CONVERSATIONS.collection].delete_many({"title": "again"})
    assert await store.replays.once(_key("again"), _creating(store, "again")) == first
    assert await _count(store, "again") == 0


async def test_another_input_under_the_key_is_refused(store: Store, empty: None) -> None:
    await store.replays.once(_key("reused"), _creating(store, "one"))
    with pytest.raises(Refusal) as refused:
        await store.replays.once(_key("reused", digest="other"), _creating(store, "two"))
    assert (refused.value.code, refused.value.field) == (Code.IDEMPOTENCY_KEY_REUSED, ("clientMutationId",))
    assert await _count(store, "two") == 0


@pytest.mark.parametrize("part", ["principal", "mutation", "key"])
async def test_keys_of_others_are_others(store: Store, empty: None, part: str) -> None:
    await store.replays.once(_key(), _creating(store, "mine"))
    await store.replays.once(_key(**{part: "other"}), _creating(store, "theirs"))
    assert (await _count(store, "mine"), await _count(store, "theirs")) == (1, 1)


def test_no_part_of_a_key_runs_into_another() -> None:
    assert ReplayKey("ab", "c", "d", "").id != ReplayKey("a", "bc", "d", "").id
    assert ReplayKey("a", "b", "cd", "").id != ReplayKey("a", "bc", "d", "").id


async def test_a_refused_write_leaves_no_record(store: Store, empty: None) -> None:
    async def refused() -> dict[str, Any]:
        await store.write.insert(CONVERSATIONS, ConversationRow(userId=ObjectId(), title="half"), person())
        return {}

    with pytest.raises(Refusal):
        await store.replays.once(_key("later"), refused)
    assert await store._database[COLLECTION].count_documents({}) == 0
    await store.replays.once(_key("later"), _creating(store, "later"))
    assert await _count(store, "later") == 1


async def test_is_kept_for_a_day(store: Store, empty: None) -> None:
    await store.replays.once(_key(), _creating(store, "day"))
    record = await store._database[COLLECTION].find_one({}) or {}
    expires = record["expiresAt"].replace(tzinfo=UTC)
    assert timedelta(hours=24) == KEPT
    assert datetime.now(UTC) + KEPT - timedelta(minutes=10) < expires <= datetime.now(UTC) + KEPT


@pytest.mark.parametrize("key", ["", "k" * (KEY_CHARACTERS + 1)])
async def test_the_length_of_a_key_is_bounded(store: Store, empty: None, key: str) -> None:
    with pytest.raises(Refusal) as refused:
        await store.replays.once(_key(key), _creating(store, "bound"))
    assert (refused.value.code, refused.value.message) == (Code.INVALID, "Must have 1 to 255 characters.")
    assert await _count(store, "bound") == 0
