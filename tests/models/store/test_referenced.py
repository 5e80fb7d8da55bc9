"""Rows that others point to, kept until they change: no question for what is known, and none answered from the past."""

from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from bson import ObjectId

from models.actor import Actor
from models.advisor.advisor import ADVISORS
from models.store import Store
from models.store.ask import Ask, One
from models.store.connection import Database
from tests.factories import advisor as make
from tests.fixtures.wire import Calls
from tests.models.store.listening import standing
from tests.models.store.people import operator, person

PERSONA = frozenset({"persona", "modelHint"})


@dataclass
class Process:
    """A store that listens, and what it asks the database for besides news."""

    store: Store
    calls: Calls

    async def shown(self, actor: Actor, *keys: ObjectId, columns: frozenset[str] = PERSONA) -> list[Any]:
        """The advisors of these ids as conversations with them show them, None where the actor may not see one."""
        parents: list[dict[Any, Any]] = [{"_id": ObjectId(), "activeAdvisorId": key} for key in keys]
        child = One("advisor", "activeAdvisorId", Ask(ADVISORS, columns))
        await self.store.read.attend([child], parents, actor)
        return [parent["advisor"] for parent in parents]

    async def asked(self, showing: Awaitable[Any]) -> list[Any]:
        """The names of the commands that it takes."""
        self.calls.seen.clear()
        await showing
        return [name for name in self.calls.names if name != "getMore"]


@pytest.fixture
async def near(watched: tuple[Database, Calls], empty: None) -> AsyncIterator[Process]:
    """This process."""
    process = Process(Store(watched[0]), watched[1])
    process.store.feed.open()
    await standing(process.store.feed)
    yield process
    await process.store.feed.close()


async def test_what_is_known_costs_nothing(near: Process) -> None:
    ann, ada, bea = person(), await make.advisor(name="Ada"), await make.advisor(name="Bea")
    keys = (ada["_id"], bea["_id"])
    assert await near.asked(near.shown(ann, keys[0])) == ["find"]
    assert await near.asked(near.shown(ann, keys[0])) == []
    # Only the one that is not known is asked for, by whoever it is.
    assert await near.asked(near.shown(person(), *keys)) == ["find"]
    [question] = [f"{command}" for command in near.calls.seen if "find" in command]
    assert [f"{key}" in question for key in keys] == [False, True]
    assert await near.asked(near.shown(ann, *keys)) == []
    assert [row["persona"]["name"] for row in await near.shown(ann, *keys)] == ["Ada", "Bea"]
    # Other columns are another question.
    assert await near.asked(near.shown(ann, *keys, columns=frozenset({"tags"}))) == ["find"]
    assert near.store.read.referenced.hits == 6


async def test_each_caller_sees_what_is_his(near: Process) -> None:
    owner, ann = person(), person()
    mine = await make.advisor(ownerId=owner.profiles["advisor"], isPublic=False, modelHint="small")
    public = await make.advisor(ownerId=owner.profiles["advisor"], modelHint="large")
    keys = (mine["_id"], public["_id"])
    for actor, hints in ((owner, ["small", "large"]), (ann, [None, None]), (operator(), ["small", "large"])) * 2:
        shown = await near.shown(actor, *keys)
        assert [row and row.get("modelHint") for row in shown] == hints
        assert (shown[0] is None) == (actor is ann)
    # What one takes away of his copy is still there for the next.
    (await near.shown(owner, public["_id"]))[0]["persona"] = None
    assert (await near.shown(owner, public["_id"]))[0]["persona"]["name"] == public["persona"]["name"]


@pytest.mark.parametrize("gone", [False, True], ids=["changed", "deleted"])
async def test_what_another_process_writes_is_known_once_the_feed_tells(
    near: Process, database: Database, gone: bool
) -> None:
    ann, ada = person(), await make.advisor(name="Ada")
    rows = database[ADVISORS.collection]
    await near.shown(ann, ada["_id"])
    assert await near.asked(near.shown(ann, ada["_id"])) == []
    if gone:
        await rows.delete_one({"_id": ada["_id"]})
    else:
        await rows.update_one({"_id": ada["_id"]}, {"$set": {"persona.name": "Eve"}})
    await standing(near.store.feed)
    [shown] = await near.shown(ann, ada["_id"])
    assert (shown is None) if gone else (shown["persona"]["name"] == "Eve")


async def test_a_client_reads_what_this_process_wrote(near: Process) -> None:
    root, ada = operator(), await make.advisor(name="Ada")
    key = ada["_id"]
    for number in range(20):
        assert (await near.shown(root, key))[0]["persona"]["name"] == (f"{number - 1}" if number else "Ada")
        change = {"$set": {"persona.name": f"{number}"}}
        await near.store.write.transact(partial(near.store.write.effect_one, ADVISORS, {"_id": key}, change))


async def test_a_transaction_asks(near: Process) -> None:
    ann, ada = person(), await make.advisor()
    await near.shown(ann, ada["_id"])

    async def work() -> list[str]:
        return await near.asked(near.shown(ann, ada["_id"]))

    assert await near.store.write.transact(work) == ["find"]


async def test_without_a_feed_each_use_is_asked(near: Process) -> None:
    ann, ada = person(), await make.advisor()
    await near.shown(ann, ada["_id"])
    await near.store.feed.close()
    assert await near.asked(near.shown(ann, ada["_id"])) == ["find"]
    assert await near.asked(near.shown(ann, ada["_id"])) == ["find"]


async def test_rows_that_are_asked_for_themselves_are_asked(near: Process) -> None:
    """A page about a row, and what a mutation decides by, are of the present."""
    ann, ada = person(), await make.advisor()
    ask = Ask(ADVISORS, PERSONA, where={"_id": ada["_id"]})
    await near.shown(ann, ada["_id"])
    assert await near.asked(near.store.read.one(ask, ann)) == ["find"]
    assert await near.asked(near.store.read.several(Ask(ADVISORS, PERSONA), [ada["_id"]], ann)) == ["find"]
