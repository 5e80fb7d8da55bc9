"""Rows that a write leaves are shown without being read back, and to nobody who may not read them."""

from typing import Any

from bson import ObjectId
from pymongo.errors import OperationFailure

from models.actor import Actor
from models.advisor.conversation import CONVERSATIONS, ConversationRow
from models.store import Store
from models.store.ask import Ask, One
from models.store.connection import Database
from models.store.written import Written, noted
from tests.fixtures.wire import Calls
from tests.models.store.people import person

SHOWN = (One("shown", "key", Ask(CONVERSATIONS, frozenset({"title"}))),)


async def _begun(store: Store, owner: Actor, *, cascade: bool = False) -> tuple[ObjectId, Written]:
    async def work() -> ObjectId:
        row = ConversationRow(userId=owner.profiles["advisor"], title="New")
        key = await store.write.insert(CONVERSATIONS, row, owner)
        if cascade:
            await store.write.effect(CONVERSATIONS, {"userId": owner.profiles["advisor"]}, {"$set": {"title": "Later"}})
        return key

    with noted() as written:
        return await store.write.transact(work), written


async def _shown(store: Store, key: ObjectId, actor: Actor, written: Written) -> Any:
    outcome: dict[Any, Any] = {"key": key}
    await store.read.attend(SHOWN, [outcome], actor, written)
    return outcome["shown"] and outcome["shown"]["title"]


async def test_its_writer_sees_it_at_once(watched: tuple[Database, Calls], store: Store, empty: None) -> None:
    owner = person()
    key, written = await _begun(store, owner)
    watched[1].seen.clear()
    assert await _shown(store, key, owner, written) == "New"
    assert watched[1].names == []


async def test_who_may_not_read_it_does_not_see_it(store: Store, empty: None) -> None:
    key, written = await _begun(store, person())
    assert await _shown(store, key, person(), written) is None


async def test_what_a_cascade_may_have_changed_is_read(
    watched: tuple[Database, Calls], store: Store, empty: None
) -> None:
    owner = person()
    key, written = await _begun(store, owner, cascade=True)
    watched[1].seen.clear()
    assert await _shown(store, key, owner, written) == "Later"
    assert watched[1].names == ["find"]


async def test_an_attempt_that_is_given_up_leaves_nothing(store: Store, empty: None) -> None:
    owner, tries = person(), list[ObjectId]()
    mine = await store.write.insert(CONVERSATIONS, ConversationRow(userId=owner.profiles["advisor"]), owner)

    async def work() -> None:
        tries.append(await store.write.insert(CONVERSATIONS, ConversationRow(userId=owner.profiles["advisor"]), owner))
        if len(tries) == 1:
            # As MongoDB says that somebody else wrote first: the transaction begins anew.
            raise OperationFailure("write conflict", 112, {"errorLabels": ["TransientTransactionError"]})
        await store.write.effect_one(CONVERSATIONS, {"_id": mine}, {"$set": {"title": "Done"}})

    with noted() as written:
        await store.write.transact(work)
    assert len(tries) == 2
    assert [await _shown(store, key, owner, written) for key in (tries[0], tries[1], mine)] == [
        None,
        "New Conversation",
        "Done",
    ]
