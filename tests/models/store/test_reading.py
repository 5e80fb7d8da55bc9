"""Reads: a number of calls that depends on the kinds of rows asked for, and never on how many there are."""

from typing import Any

import pytest
from bson import ObjectId

from models.actor import ANONYMOUS, Actor
from models.advisor.advisor import ADVISORS
from models.advisor.conversation import CONVERSATIONS
from models.advisor.message import MESSAGES
from models.store import Store
from models.store.ask import COUNT_CAP, Ask, Many, One, Page
from models.table import Order
from tests.fixtures.wire import Calls
from tests.models.store.people import person

NEWEST = Page(Order(("-updatedAt",)), 20, "page_user_updated")
LATEST = Page(Order(("createdAt",)), 3, "page_conversation_created", backward=True)


async def _talk(store: Store, owner: Actor, conversations: int, messages: int, advisor: ObjectId) -> None:
    mine = owner.profiles["advisor"]
    tops = [
        {"_id": ObjectId(), "userId": mine, "updatedAt": n, "activeAdvisorId": advisor} for n in range(conversations)
    ]
    await store._database["advisor_conversations"].insert_many(tops)
    await store._database["advisor_messages"].insert_many(
        {"conversationId": top["_id"], "userId": mine, "createdAt": n, "advisorId": advisor, "content": str(n)}
        for top in tops
        for n in range(messages)
    )


def _three_levels() -> Ask:
    advisor = Ask(ADVISORS, frozenset({"persona.name"}))
    messages = Ask(
        MESSAGES,
        frozenset({"content", "advisorId"}),
        page=LATEST,
        counted=True,
        children=(One("author", "advisorId", advisor),),
    )
    children = (One("active", "activeAdvisorId", advisor), Many("messages", "conversationId", messages))
    return Ask(CONVERSATIONS, frozenset({"title", "activeAdvisorId"}), page=NEWEST, children=children)


@pytest.mark.parametrize("conversations", [1, 20])
async def test_three_levels_are_three_calls(
    store: Store, watched: tuple[Any, Calls], empty: None, conversations: int
) -> None:
    owner, advisor = person(), ObjectId()
    row = {"_id": advisor, "isPublic": True, "status": "active", "persona": {"name": "Ada", "title": "T"}}
    await store._database["advisor_advisors"].insert_one(row)
    await _talk(store, owner, conversations, 5, advisor)
    watched[1].seen.clear()
    answer = await store.read.page(_three_levels(), owner)
    assert watched[1].names == ["find", "aggregate", "find"]
    assert len(answer.rows) == conversations
    for top in answer.rows:
        assert top["active"]["persona"] == {"name": "Ada"}
        assert [message["content"] for message in top["messages"].rows] == ["2", "3", "4"]
        assert (top["messages"].count, top["messages"].has_previous) == (5, True)
        assert [message["author"]["_id"] for message in top["messages"].rows] == [advisor] * 3


async def test_the_rule_reaches_every_level(store: Store, empty: None) -> None:
    owner, advisor = person(), ObjectId()
    await store._database["advisor_advisors"].insert_one({"_id": advisor, "isPublic": False, "status": "active"})
    await _talk(store, owner, 1, 2, advisor)
    await store._database["advisor_messages"].update_one({"content": "0"}, {"$set": {"userId": ObjectId()}})
    top = (await store.read.page(_three_levels(), owner)).rows[0]
    assert top["active"] is None
    assert [(message["content"], message["author"]) for message in top["messages"].rows] == [("1", None)]
    assert top["messages"].count == 1


async def test_who_may_read_nothing_costs_no_call(store: Store, watched: tuple[Any, Calls]) -> None:
    watched[1].seen.clear()
    ask = Ask(CONVERSATIONS, page=NEWEST, counted=True)
    answer = await store.read.page(ask, ANONYMOUS)
    assert (answer.rows, answer.count, answer.has_next, answer.has_previous) == ([], 0, False, False)
    assert await store.read.one(ask, ANONYMOUS) is None
    assert await store.read.several(ask, [ObjectId()], ANONYMOUS) == {}
    assert await store.read.count(ask, ANONYMOUS) == 0
    assert watched[1].names == []


@pytest.mark.parametrize(
    ("rows", "count", "capped"),
    [(COUNT_CAP - 1, COUNT_CAP - 1, False), (COUNT_CAP, COUNT_CAP, False), (COUNT_CAP + 1, COUNT_CAP, True)],
)
async def test_counts_up_to_the_cap(store: Store, empty: None, rows: int, count: int, capped: bool) -> None:
    owner = person()
    mine = owner.profiles["advisor"]
    await store._database["advisor_conversations"].insert_many({"userId": mine, "updatedAt": n} for n in range(rows))
    answer = await store.read.page(Ask(CONVERSATIONS, page=NEWEST, counted=True), owner)
    assert (answer.count, answer.capped, len(answer.rows)) == (count, capped, 20)


async def test_a_count_alone_fetches_no_row(store: Store, watched: tuple[Any, Calls], empty: None) -> None:
    owner = person()
    await store._database["advisor_conversations"].insert_one({"userId": owner.profiles["advisor"], "updatedAt": 1})
    watched[1].seen.clear()
    answer = await store.read.page(Ask(CONVERSATIONS, page=NEWEST, counted=True, listed=False), owner)
    assert (answer.count, answer.rows) == (1, [])
    assert watched[1].names == ["aggregate"]


async def test_asks_for_the_named_columns_alone(store: Store, empty: None) -> None:
    owner = person()
    row = {"_id": ObjectId(), "userId": owner.profiles["advisor"], "title": "Plans", "messageCount": 4}
    await store._database["advisor_conversations"].insert_one(row)
    assert await store.read.one(Ask(CONVERSATIONS, frozenset({"title"})), owner) == {
        "_id": row["_id"],
        "title": "Plans",
    }


async def test_references_in_a_list_come_in_its_order_without_the_unreadable(store: Store, empty: None) -> None:
    keys = [ObjectId() for _ in range(4)]
    await store._database["advisor_advisors"].insert_many(
        {"_id": key, "isPublic": key != keys[1], "status": "active"} for key in keys[:3]
    )
    parent: dict[Any, Any] = {"advisorIds": [keys[2], keys[1], keys[3], keys[0]]}
    child = One("advisors", "advisorIds", Ask(ADVISORS, frozenset({"status"})), many=True)
    await store.read.attend([child], [parent], ANONYMOUS)
    assert [row["_id"] for row in parent["advisors"]] == [keys[2], keys[0]]
