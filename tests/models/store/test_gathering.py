"""Rows by id that several ask at once: one question, and to each what his own rule admits."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from bson import ObjectId
from pymongo.errors import ServerSelectionTimeoutError

from models.actor import ANONYMOUS, Actor
from models.advisor.advisor import ADVISORS
from models.advisor.conversation import CONVERSATIONS
from models.policy import NOBODY
from models.store import Store
from models.store.ask import Ask
from models.store.connection import Database, connect
from tests.fixtures.wire import Calls
from tests.models.store.people import operator, person

TITLE = frozenset({"title"})


async def _talks(database: Database, owner: Actor, *titles: str) -> list[ObjectId]:
    keys = [ObjectId() for _ in titles]
    owned = {"userId": owner.profiles["advisor"]}
    rows = [{"_id": key, **owned, "title": title} for key, title in zip(keys, titles, strict=True)]
    await database[CONVERSATIONS.collection].insert_many(rows)
    return keys


def _by_id(key: ObjectId) -> Ask:
    return Ask(CONVERSATIONS, TITLE, where={"_id": key})


def _titles(rows: list[Any]) -> list[str | None]:
    return [None if row is None else row["title"] for row in rows]


async def test_those_who_ask_at_once_share_a_question(
    watched: tuple[Database, Calls], store: Store, empty: None
) -> None:
    database, calls = watched
    ann, bob = person(), person()
    [mine, other] = await _talks(database, ann, "Ann's", "Ann's other")
    [his] = await _talks(database, bob, "Bob's")
    calls.seen.clear()
    asked = [(mine, ann), (other, ann), (his, ann), (mine, bob), (his, bob), (mine, ANONYMOUS), (ObjectId(), ann)]
    rows = await asyncio.gather(*(store.read.one(_by_id(key), actor) for key, actor in asked))
    assert _titles(rows) == ["Ann's", "Ann's other", None, None, "Bob's", None, None]
    [command] = calls.seen
    assert command["filter"]["$and"][0]["_id"]["$in"] == sorted({mine, other, his, asked[-1][0]})
    owners = {"$or": [{"userId": ann.profiles["advisor"]}, {"userId": bob.profiles["advisor"]}]}
    assert (command["filter"]["$and"][1], command["hint"]) == (owners, "_id_")


async def test_who_asks_alone_asks_for_his_own_rows(watched: tuple[Database, Calls], store: Store, empty: None) -> None:
    database, calls = watched
    ann = person()
    [mine] = await _talks(database, ann, "Mine")
    calls.seen.clear()
    assert _titles([await store.read.one(_by_id(mine), ann)]) == ["Mine"]
    [command] = calls.seen
    assert command["filter"] == {"$and": [{"userId": ann.profiles["advisor"]}, {"_id": mine}]}


async def test_other_columns_and_tables_are_other_questions(
    watched: tuple[Database, Calls], store: Store, empty: None
) -> None:
    database, calls = watched
    ann = person()
    [mine] = await _talks(database, ann, "Mine")
    calls.seen.clear()
    asks = [_by_id(mine), _by_id(mine), Ask(CONVERSATIONS, where={"_id": mine}), Ask(ADVISORS, where={"_id": mine})]
    await asyncio.gather(*(store.read.one(ask, ann) for ask in asks))
    assert sorted(command["find"] for command in calls.seen) == [
        "advisor_advisors",
        "advisor_conversations",
        "advisor_conversations",
    ]


async def test_what_one_may_not_read_of_a_shared_row_the_other_still_does(store: Store, empty: None) -> None:
    ann, other = person(), person()
    row = {"_id": ObjectId(), "isPublic": True, "status": "active", "ownerId": ann.profiles["advisor"]}
    row |= {"persona": {"name": "Ada", "title": "T"}, "roleDefinition": {"coreResponsibilities": ["secret"]}}
    await store._database[ADVISORS.collection].insert_one(row)
    ask = Ask(ADVISORS, frozenset({"persona.name", "roleDefinition"}), where={"_id": row["_id"]})
    found = await asyncio.gather(*(store.read.one(ask, actor) for actor in (other, ann, other, operator())))
    assert [one is not None and "roleDefinition" in one for one in found] == [False, True, False, True]
    assert [one and one["persona"]["name"] for one in found] == ["Ada"] * 4
    assert len({id(one) for one in found}) == 4


async def test_a_path_is_blanked_in_a_copy(store: Store, empty: None) -> None:
    hidden = replace(ADVISORS, policy=replace(ADVISORS.policy, private={"persona.title": NOBODY}))
    row = {"_id": ObjectId(), "isPublic": True, "status": "active", "persona": {"name": "Ada", "title": "T"}}
    await store._database[ADVISORS.collection].insert_one(row)
    asks = [Ask(table, frozenset({"persona"}), where={"_id": row["_id"]}) for table in (hidden, ADVISORS, hidden)]
    found = await asyncio.gather(*(store.read.one(ask, person()) for ask in asks))
    assert [one and one["persona"].get("title") for one in found] == [None, "T", None]


async def test_a_transaction_reads_for_itself(store: Store, empty: None) -> None:
    ann = person()
    [mine] = await _talks(store._database, ann, "Old")
    inside, outside = asyncio.Event(), asyncio.Event()

    async def work() -> Any:
        await store.write.update(CONVERSATIONS, mine, ann, {"title": "New"})
        inside.set()
        own = asyncio.create_task(asyncio.sleep(0))
        row = await store.read.one(_by_id(mine), ann)
        await own
        await outside.wait()
        return row

    writing = asyncio.create_task(store.write.transact(work))
    await inside.wait()
    seen = await asyncio.gather(*(store.read.one(_by_id(mine), ann) for _ in range(3)))
    outside.set()
    assert _titles(seen) == ["Old"] * 3
    assert _titles([await writing]) == ["New"]


async def test_one_who_leaves_takes_nobody_along(watched: tuple[Database, Calls], store: Store, empty: None) -> None:
    ann = person()
    [mine] = await _talks(store._database, ann, "Mine")
    first, second = (asyncio.create_task(store.read.one(_by_id(mine), ann)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    assert _titles([await second]) == ["Mine"]
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_what_goes_wrong_is_told_to_all() -> None:
    client = connect("mongodb://127.0.0.1:1/?replicaSet=nowhere", wait_seconds=0.2)
    store, ann = Store(client["nothing"]), person()
    asking = (store.read.one(_by_id(ObjectId()), ann) for _ in range(3))
    found = await asyncio.gather(*asking, return_exceptions=True)
    assert [type(one) for one in found] == [ServerSelectionTimeoutError] * 3
    await client.close()


async def test_a_question_has_its_bounds(
    watched: tuple[Database, Calls], store: Store, empty: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.store.gathering.GATHERED", 2)
    ann = person()
    keys = await _talks(store._database, ann, *"abcde")
    watched[1].seen.clear()
    rows = await asyncio.gather(*(store.read.one(_by_id(key), ann) for key in keys))
    assert _titles(rows) == list("abcde")
    assert watched[1].names == ["find", "find", "find"]
