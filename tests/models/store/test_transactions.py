"""Transactions: all of a write happens or none, and of two that meet, one is run again."""

import asyncio

import pytest
from bson import ObjectId

from models.advisor.conversation import CONVERSATIONS, ConversationRow
from models.advisor.memory import MEMORIES, MemoryRow
from models.store import Store
from tests.models.store.people import person


class Broken(Exception):
    """Stands for whatever may go wrong half-way."""


async def _conversation(store: Store) -> ObjectId:
    owner = person()
    return await store.write.insert(CONVERSATIONS, ConversationRow(userId=owner.profiles["advisor"]), owner)


async def test_nothing_is_kept_of_work_that_fails(store: Store) -> None:
    key, owner = await _conversation(store), person()
    mine = owner.profiles["advisor"]

    async def work() -> None:
        await store.write.effect(CONVERSATIONS, {"_id": key}, {"$inc": {"messageCount": 1}})
        await store.write.insert(CONVERSATIONS, ConversationRow(userId=mine), owner)
        raise Broken

    with pytest.raises(Broken):
        await store.write.transact(work)
    rows = store._database[CONVERSATIONS.collection]
    assert (await rows.find_one({"_id": key}) or {})["messageCount"] == 0
    assert await rows.count_documents({"userId": mine}) == 0


async def test_nobody_sees_half_of_it(store: Store) -> None:
    key = await _conversation(store)
    rows = store._database[CONVERSATIONS.collection]
    inside, looked = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        await store.write.effect(CONVERSATIONS, {"_id": key}, {"$inc": {"messageCount": 1}})
        inside.set()
        await looked.wait()

    writing = asyncio.create_task(store.write.transact(work))
    await inside.wait()
    assert (await rows.find_one({"_id": key}) or {})["messageCount"] == 0
    looked.set()
    await writing
    assert (await rows.find_one({"_id": key}) or {})["messageCount"] == 1


async def test_is_run_again_when_it_met_another_writer(store: Store) -> None:
    key = await _conversation(store)
    rows = store._database[CONVERSATIONS.collection]
    runs = 0

    async def work() -> int:
        nonlocal runs
        runs += 1
        seen = (await rows.find_one({"_id": key}) or {})["messageCount"]
        if runs == 1:
            # Outside of the transaction: a write that comes between its look and its own write.
            await asyncio.create_task(_outside(store, key))
        await store.write.effect(CONVERSATIONS, {"_id": key}, {"$set": {"messageCount": seen + 1}})
        return int(seen)

    assert await store.write.transact(work) == 10
    assert runs == 2
    assert (await rows.find_one({"_id": key}) or {})["messageCount"] == 11


async def _outside(store: Store, key: ObjectId) -> None:
    # A session of its own, which the surrounding transaction is not bound to.
    async with store._database.client.start_session() as session:
        await store._database[CONVERSATIONS.collection].update_one(
            {"_id": key}, {"$inc": {"messageCount": 10}}, session=session
        )


async def test_fifty_at_once_count_to_fifty(store: Store) -> None:
    key = await _conversation(store)

    async def work() -> None:
        row = await store._database[CONVERSATIONS.collection].find_one({"_id": key}) or {}
        await store.write.effect(CONVERSATIONS, {"_id": key}, {"$set": {"messageCount": row["messageCount"] + 1}})

    await asyncio.gather(*(store.write.transact(work) for _ in range(50)))
    row = await store._database[CONVERSATIONS.collection].find_one({"_id": key}) or {}
    assert (row["messageCount"], row["version"]) == (50, 51)


async def test_fifty_upserts_at_once_make_one_row(store: Store) -> None:
    owner = person()
    unique = {"conversationId": ObjectId(), "advisorId": ObjectId(), "key": "goal"}

    async def work() -> bool:
        row = MemoryRow(userId=owner.profiles["advisor"], value="grow", **unique)
        return (await store.write.upsert(MEMORIES, unique, row, owner, {}))[1]

    made = await asyncio.gather(*(store.write.transact(work) for _ in range(50)))
    assert made.count(True) == 1
    assert await store._database[MEMORIES.collection].count_documents(unique) == 1
