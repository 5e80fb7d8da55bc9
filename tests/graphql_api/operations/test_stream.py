"""Results one by one: what compiled code writes of an event is, byte for byte, what the stock executor would."""

import asyncio
import random
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import orjson
import pytest
from bson import ObjectId
from pymongo.errors import OperationFailure
from structlog.testing import capture_logs

from graphql_api.operations import stream as module
from graphql_api.operations.compilation import Compilation
from graphql_api.operations.stream import stream
from models import global_id
from models.advisor.conversation import CONVERSATIONS
from models.advisor.message import MESSAGES
from models.store.connection import Database
from models.store.live.sources import Sources
from tests.factories import advisor as rows
from tests.fixtures.live import QUIET_SECONDS, SECONDS, Lists, Live
from tests.fixtures.wire import Caller, People

HEAD = "subscription Changes($id: ID!, $yes: Boolean!, $no: Boolean!, $first: Int)"

LEAVES = ("id", "content", "sender", "status", "mentions", "version", "createdAt", "viewerCanUpdate", "contentJson")
PIECES = (
    "__typename",
    "... on AdvisorMessage { words: content }",
    "... @include(if: $yes) { tokensUsed }",
    "status @skip(if: $yes)",
    "sender @include(if: $no)",
    "...Own",
    "advisor { id persona { name title } }",
    "conversation { title activeAdvisor { persona { name } } }",
    "conversation { messages(first: $first) { totalCount nodes { content } } }",
    "again: advisor { __typename viewerCanUpdate modelHint }",
)
OF_EVENTS = ("kind", "cursor", "id", "what: kind", "__typename", "at: cursor @include(if: $yes)")
FRAGMENT = "fragment Own on AdvisorMessage { id by: sender conversationId advisorId }"


def _document(dice: random.Random) -> str:
    """A selection of an event, with one or two of its row."""

    def node() -> str:
        own = dice.sample(LEAVES, dice.randint(1, 4)) + dice.sample(PIECES, dice.randint(0, 3))
        dice.shuffle(own)
        return " ".join(own)

    parts = [*dice.sample(OF_EVENTS, dice.randint(1, 4)), f"node {{ {node()} }}"]
    if dice.random() < 0.4:
        parts.append(f"twin: node {{ {node()} }}")
    dice.shuffle(parts)
    used = FRAGMENT if "...Own" in " ".join(parts) else ""
    variables = " ".join(part for part in ("yes", "no", "first") if f"${part}" in " ".join(parts))
    given = {"yes": "$yes: Boolean!", "no": "$no: Boolean!", "first": "$first: Int"}
    head = ", ".join(["$id: ID!", *(given[name] for name in variables.split())])
    return f"subscription ({head}) {{ of: advisorMessageChanges(conversationId: $id) {{ {' '.join(parts)} }} }} {used}"


@asynccontextmanager
async def _both_ways(
    lists: Lists, document: str, variables: Mapping[str, Any], by: Caller
) -> AsyncIterator[tuple[Live, Live]]:
    """The same subscription by compiled code and by the stock executor."""
    async with AsyncExitStack() as stack:
        compiled = await stack.enter_async_context(lists.following(document, variables, by=by))
        stock = await stack.enter_async_context(lists.following(document, variables, by=by))
        prepared = lists.server.operations.prepare(document, None)
        deliveries = module._by_the_executor(prepared, dict(variables), stock.context)
        stack.push_async_callback(deliveries.aclose)
        yield compiled, Live(stock.context, deliveries)


async def _bodies(live: Live) -> list[tuple[bytes, bool]]:
    """Up to the end of the snapshot, or to a row that leaves: neither shows a row."""
    found: list[tuple[bytes, bool]] = []
    async with asyncio.timeout(SECONDS):
        while not found or b'"node":{' in found[-1][0] or b'"errors"' in found[-1][0]:
            delivery = await anext(live._deliveries)
            # The id of a fault is another each time, and so is the time at which a list was read.
            body = re.sub(rb"(?<=Quote id )\w+|(?<=\"id\":\")[0-9a-f]{16}(?=\")", b"-", delivery.body)
            found.append((re.sub(rb'"[0-9]{10}:[0-9]+\.', b'"T.', body), delivery.cursor is not None))
    return found


async def _changed(database: Database, conversation: Any, advisor: Any) -> None:
    """Changes of a conversation's messages; in the end one leaves."""
    first = await rows.message(conversation, "one", mentions=["a"], contentJson={"a": [1, None]})
    await rows.message(conversation, "two", sender="advisor", advisorId=advisor["_id"], tokensUsed=3)
    collection = database[MESSAGES.collection]
    await collection.update_one({"_id": first["_id"]}, {"$set": {"content": "uno", "version": 2, "updatedAt": 5}})
    await collection.replace_one({"_id": first["_id"]}, {**first, "content": "eins", "status": "streaming"})
    await collection.delete_one({"_id": first["_id"]})


@pytest.mark.parametrize("seed", range(12))
async def test_both_ways_write_the_same(people: People, lists: Lists, database: Database, seed: int) -> None:
    dice, ada = random.Random(seed), await people.person("ada")  # noqa: S311  # the same dice each time
    advisor = await rows.advisor(name="Grace", modelHint="small")
    conversation = await rows.conversation(ada, title="Plans", activeAdvisorId=advisor["_id"])
    await rows.message(conversation, "zero")
    document = _document(dice)
    given = {"id": global_id.encode(CONVERSATIONS.tag, conversation["_id"]), "yes": True, "no": False, "first": 2}
    async with _both_ways(lists, document, given, ada) as (compiled, stock):
        begun = await _bodies(compiled), await _bodies(stock)
        await _changed(database, conversation, advisor)
        found, expected = await _bodies(compiled), await _bodies(stock)
    assert begun[0] == begun[1], document
    assert found == expected, document
    assert len(found) >= 4
    assert all(resumable for _, resumable in found)


ODD = (
    {"content": 5},
    {"content": None},
    {"sender": "nobody"},
    {"mentions": "a"},
    {"mentions": [1, None]},
    {"version": 2**40},
    {"createdAt": "long ago"},
    {"advisorId": "no id"},
    {"status": ["complete"]},
    {"contentJson": ObjectId("0123456789abcdef01234567")},
)


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
async def test_both_ways_say_the_same_of_odd_values(
    people: People, lists: Lists, database: Database, odd: dict[str, Any]
) -> None:
    """At the start and by a change."""
    ada = await people.person("ada")
    conversation = await rows.conversation(ada)
    there = await rows.message(conversation, "there")
    collection = database[MESSAGES.collection]
    await collection.update_one({"_id": there["_id"]}, {"$set": odd})
    document = f"""{HEAD.split("(")[0]}($id: ID!) {{ advisorMessageChanges(conversationId: $id) {{
      kind cursor id
      node {{ content sender mentions version createdAt status contentJson advisorId advisor {{ id }} }}
    }} }}"""
    given = {"id": global_id.encode(CONVERSATIONS.tag, conversation["_id"])}
    # Each fault is logged, with all that was going on.
    with capture_logs():
        async with _both_ways(lists, document, given, ada) as (compiled, stock):
            begun = await _bodies(compiled), await _bodies(stock)
            await collection.insert_one({**there, "_id": ObjectId(), **odd})
            await collection.delete_one({"_id": there["_id"]})
            found, expected = await _bodies(compiled), await _bodies(stock)
    assert begun[0] == begun[1]
    assert found == expected


async def test_what_cannot_be_compiled_is_followed_all_the_same(
    people: People, lists: Lists, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And refused all the same, and resumed."""
    monkeypatch.setattr(Compilation, "subscribed", lambda *_: None)
    ada = await people.person("ada")
    document = "subscription { advisorConversationChanges { kind node { title } } }"
    async with lists.following(document) as stranger:
        assert (await stranger.answer())["errors"] == [
            {
                "message": "Sign in to follow this list.",
                "locations": [{"line": 1, "column": 16}],
                "path": ["advisorConversationChanges"],
                "extensions": {"code": "UNAUTHENTICATED"},
            }
        ]
        assert [delivery async for delivery in stranger._deliveries] == []
    async with lists.following(document, by=ada) as live:
        assert await live.synced() == []
        await rows.conversation(ada, title="Plans")
        assert await live.event() == {"kind": "ADDED", "node": {"title": "Plans"}}
    assert all(live.cursors)
    async with lists.following(document, by=ada, resume=live.cursors[0]) as again:
        assert await again.event() == {"kind": "ADDED", "node": {"title": "Plans"}}


async def test_a_query_gives_one_result_as_run_does(people: People, lists: Lists) -> None:
    async with lists.following("{ viewer { kind } }", by=await people.person("ada")) as live:
        assert await live.answer() == {"data": {"viewer": {"kind": "ACCOUNT"}}}
        assert [delivery async for delivery in live._deliveries] == []
        assert live.cursors == [None]


@pytest.mark.parametrize(
    ("document", "variables", "code"),
    [
        ("subscription ($n: Int) { advisorMarketplaceChanges(first: $n) { kind } }", {"n": "x"}, "BAD_USER_INPUT"),
        ("subscription ($n: Int) { advisorMarketplaceChanges(first: $n) { kind } }", {"n": 0}, "OUT_OF_RANGE"),
        (
            "subscription ($n: Int) { advisorMarketplaceChanges(first: $n) { node { id } } }",
            {"n": 1_000_000},
            "TOO_EXPENSIVE",
        ),
    ],
)
async def test_what_cannot_begin_ends_with_its_error(
    lists: Lists, document: str, variables: dict[str, Any], code: str
) -> None:
    async with lists.following(document, variables) as live:
        answer = await live.answer()
        assert [delivery async for delivery in live._deliveries] == []
    assert answer.get("data") is None
    assert [error.get("extensions", {}).get("code") for error in answer["errors"]] == [code]


async def test_a_wrong_list_below_fails_at_its_own_place(people: People, lists: Lists) -> None:
    ada = await people.person("ada")
    await rows.conversation(ada, title="Plans")
    document = """subscription ($n: Int) {
      advisorConversationChanges { kind node { title messages(first: $n) { nodes { content } } } }
    }"""
    live = await lists.follow(document, {"n": 0}, by=ada)
    answer = await live.answer()
    assert [error["path"] for error in answer["errors"]] == [["advisorConversationChanges", "node", "messages"]]
    assert (await live.answer())["data"] == {"advisorConversationChanges": {"kind": "SYNCED", "node": None}}


async def test_a_fault_amid_a_list_is_told_at_its_event_and_ends_nothing_else(
    people: People, lists: Lists, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When rows beside it cannot be fetched the first time, the event is shown by the stock executor."""
    ada = await people.person("ada")
    advisor = await rows.advisor(name="Grace")
    conversation = await rows.conversation(ada)
    document = """subscription ($id: ID!) {
      advisorMessageChanges(conversationId: $id) { kind node { content advisor { persona { name } } } }
    }"""
    given = {"id": global_id.encode(CONVERSATIONS.tag, conversation["_id"])}
    live = await lists.follow(document, given, by=ada)
    await live.synced()
    shown, failures = Sources.shown, [OperationFailure("for once", 1)]

    async def fails_once(*given: Any) -> Any:
        if failures:
            raise failures.pop()
        return await shown(*given)

    monkeypatch.setattr(Sources, "shown", fails_once)
    await rows.message(conversation, "answer", sender="advisor", advisorId=advisor["_id"])
    node = {"content": "answer", "advisor": {"persona": {"name": "Grace"}}}
    assert await live.event() == {"kind": "ADDED", "node": node}
    assert failures == []


async def test_closing_ends_all_that_it_has_begun(people: People, lists: Lists) -> None:
    """Whether it is closed between events or cancelled while it waits."""
    ada = await people.person("ada")
    document = "subscription { advisorConversationChanges { kind node { title } } }"
    switchboard, others = lists.server.store.live._switchboard, asyncio.all_tasks()
    async with lists.following(document, by=ada) as live:
        await live.synced()
        assert set(switchboard._inboxes) == {CONVERSATIONS.collection}
    assert switchboard._inboxes == {}
    async with lists.following(document, by=ada) as live:
        await live.synced()
        waiting = asyncio.create_task(live.event())
        await asyncio.sleep(QUIET_SECONDS)
        waiting.cancel()
        await asyncio.wait([waiting])
        assert switchboard._inboxes == {}
    assert [task for task in asyncio.all_tasks() - others if "/graphql_api/" in repr(task)] == []


async def test_only_contexts_of_ours_are_compiled(lists: Lists) -> None:
    prepared = lists.server.operations.prepare("{ __typename }", None)
    found = [delivery async for delivery in stream(prepared, None, object(), seconds=5)]
    assert [orjson.loads(delivery.body) for delivery in found] == [{"data": {"__typename": "Query"}}]
