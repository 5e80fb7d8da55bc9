"""Which search a chat talks about: one at a time, chosen by its agent."""

import asyncio
from typing import Any

import pytest

from models.buyer.chat_search_context import CHAT_SEARCH_CONTEXTS
from models.estate.agent import AGENTS
from models.store.connection import Database
from tests.factories import buyer as make
from tests.fixtures.live import Lists
from tests.fixtures.wire import ANONYMOUS, Api
from tests.resolvers.advisor.writing import done, gid, refusal, rows, write
from tests.resolvers.buyer.chat_scene import Scene, node, seen

ACTIVATE = "buyerChatSearchContextActivate"


def _given(here: Scene, search: dict[str, Any]) -> dict[str, Any]:
    return {"sessionId": here.chat.id, "transactionId": search["transactionId"], "type": "FOLLOW_UP_SEARCH"}


async def _active(here: Scene) -> list[object]:
    mine = {"sessionId": here.session["_id"], "isActive": True}
    found = await here.database[CHAT_SEARCH_CONTEXTS.collection].find(mine).to_list()
    return [row["searchTransactionId"] for row in found]


async def test_another_search_becomes_the_one(api: Api, here: Scene, lists: Lists) -> None:
    other = await make.search_transaction(here.profile)
    document = """subscription($id: ID!) {
      buyerChatSearchContextChanges(sessionId: $id, where: {isActive: {eq: true}}) { kind node { id } } }"""
    live = await lists.follow(document, {"id": here.chat.id}, by=here.chat)
    assert len(await live.synced()) == 1
    shown = "searchContext { isActive contextType searchTransaction { transactionId } }"
    payload = await done(api, ACTIVATE, here.ann, shown, **_given(here, other))
    assert payload["searchContext"] == {
        "isActive": True,
        "contextType": "FOLLOW_UP_SEARCH",
        "searchTransaction": {"transactionId": other["transactionId"]},
    }
    assert await _active(here) == [other["_id"]]
    assert sorted([event["kind"] for event in await live.events(2)]) == ["ADDED", "REMOVED"]
    await done(api, ACTIVATE, here.ann, **_given(here, here.search))
    assert await _active(here) == [here.search["_id"]]
    assert await here.database[CHAT_SEARCH_CONTEXTS.collection].count_documents({}) == 3


async def test_of_many_at_once_one_is_active(api: Api, here: Scene) -> None:
    searches = [here.search, *[await make.search_transaction(here.profile) for _ in range(4)]]
    payloads = await asyncio.gather(
        *(write(api, ACTIVATE, here.ann, **_given(here, search)) for search in searches * 3)
    )
    assert [payload["userErrors"] for payload in payloads] == [[]] * 15
    assert len(await _active(here)) == 1


async def test_a_search_for_another_buyer_is_none(api: Api, here: Scene, database: Database) -> None:
    before = await rows(database, CHAT_SEARCH_CONTEXTS)
    other = await make.search_transaction(await make.profile(here.ann.row["_id"]))
    foreign = await make.search_transaction(await make.profile(here.bob.row["_id"]))
    for search in (other, foreign, {"transactionId": "nonsense"}):
        assert await refusal(api, ACTIVATE, here.ann, **_given(here, search)) == ("NOT_FOUND", "transactionId")
    assert await rows(database, CHAT_SEARCH_CONTEXTS) == before


async def test_others_choose_none(api: Api, here: Scene, database: Database) -> None:
    before = await rows(database, CHAT_SEARCH_CONTEXTS)
    given = _given(here, here.search)
    assert await refusal(api, ACTIVATE, here.bob, **given) == ("NOT_FOUND", "sessionId")
    assert await refusal(api, ACTIVATE, ANONYMOUS, **given) == ("UNAUTHENTICATED", None)
    others = (here.chat, here.other_chat, here.buyer, here.seller, here.operator, here.account, *here.services.values())
    for caller in others:
        assert await refusal(api, ACTIVATE, caller, **given) == ("FORBIDDEN", None), caller.name
    await database[AGENTS.collection].update_one({"_id": here.ann.row["_id"]}, {"$set": {"active": False}})
    assert await refusal(api, ACTIVATE, here.ann, **given) == ("FORBIDDEN", None)
    assert await rows(database, CHAT_SEARCH_CONTEXTS) == before


@pytest.mark.parametrize("active", ["true", "false"])
async def test_who_sees_them(api: Api, here: Scene, active: str) -> None:
    old = await make.search_transaction(here.profile)
    row = await make.chat_search_context(here.session, old, isActive=False)
    key = gid(CHAT_SEARCH_CONTEXTS, row)
    readers = [here.ann, here.chat, *(here.services[name] for name in ("answering", "analysis", "search"))]
    where = f'sessionId: "{here.chat.id}" where: {{isActive: {{eq: {active}}}}}'
    for caller in [*readers, *here.outsiders, here.operator]:
        number = int(caller in readers)
        found = await seen(api, caller, "buyerChatSearchContexts", "totalCount", where)
        assert found == {"totalCount": number}, caller.name
        shown = await node(api, caller, key, "BuyerChatSearchContext", "isActive")
        assert shown == ({"isActive": False} if number else None), caller.name
