"""A single mongod that crashes, stands still or is away: lists go on where they were once it is back."""

import asyncio

import httpx
import pytest

from graphql_api.app import build_app
from models.advisor.message import MESSAGES
from models.store import changes
from models.store.changes import Change
from tests.failover.scene import CONVERSATIONS_OF, MESSAGES_OF, Scene
from tests.fixtures.replica_set import Node, ReplicaSet
from tests.fixtures.wire import SETTINGS
from tests.models.store.live.copies import Copy


async def test_a_crash_costs_nothing(one: ReplicaSet, on_one: Scene, rounds: range) -> None:
    (node,) = one.nodes
    messages, conversations = on_one.follow(), on_one.follow(CONVERSATIONS_OF)
    for _ in rounds:
        async with on_one.writing():
            await asyncio.sleep(1)
            node.kill()
            await asyncio.sleep(1.5)
            node.start()
            await one.standing()
            await asyncio.sleep(1)
        await on_one.agree([messages], [conversations])
    assert (messages.resyncs, conversations.resyncs) == (0, 0)


class Killer:
    """Kills a mongod at the first change that the feed tells."""

    def __init__(self, node: Node) -> None:
        self.done = asyncio.Event()
        self._node = node

    def changed(self, _change: Change, /) -> None:
        """Kill it."""
        if not self.done.is_set():
            self._node.kill()
            self.done.set()

    def reset(self) -> None:
        """Nothing is missed by him."""


async def test_a_long_absence_costs_nothing(one: ReplicaSet, on_one: Scene) -> None:
    """Longer than the server waits for an answer, and begun between a change and the question for its advisor."""
    (node,) = one.nodes
    messages, conversations = on_one.follow(), on_one.follow(CONVERSATIONS_OF)
    await on_one.agree([messages], [conversations])
    killer = Killer(node)
    on_one.server.store.feed.subscribe([MESSAGES.collection], killer)
    async with on_one.writing():
        await killer.done.wait()
        await asyncio.sleep(7)
        node.start()
        await one.standing()
    await on_one.agree([messages], [conversations])
    assert (messages.resyncs, conversations.resyncs) == (0, 0)


async def test_a_frozen_mongod_is_waited_for(
    one: ReplicaSet, on_one: Scene, rounds: range, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "ANSWER_SECONDS", 1.0)
    (node,) = one.nodes
    messages, conversations = on_one.follow(), on_one.follow(CONVERSATIONS_OF)
    for _ in rounds:
        async with on_one.writing():
            await asyncio.sleep(0.5)
            node.freeze()
            await asyncio.sleep(4)
            node.thaw()
            await asyncio.sleep(0.5)
        await on_one.agree([messages], [conversations])
    assert (messages.resyncs, conversations.resyncs) == (0, 0)


async def test_lists_that_are_begun_or_resumed_without_mongodb_come_once_it_is_back(
    one: ReplicaSet, on_one: Scene
) -> None:
    """Who is known already, or need not be, waits.

    An error would end the list, and few clients of GraphQL begin one again by themselves. So nothing comes, as with the
    lists that were begun before, and then all of it, for those that are resumed exactly what they have missed.
    Meanwhile the transport's beats say that the server is there, and no SYNCED that the list is not.
    """
    (node,), start, resumed = one.nodes, asyncio.Barrier(4), Copy()
    await on_one.insert("first")
    async with on_one.following(MESSAGES_OF, resumed) as events:
        while resumed.cursor is None:
            resumed.take(await anext(events))
    await on_one.insert("missed")
    fresh, other = on_one.follow(start=start), on_one.follow(CONVERSATIONS_OF, start=start)
    on_one.follow(copy=resumed, start=start)
    await start.wait()
    node.kill()
    await asyncio.sleep(5)
    assert (fresh.rows, other.rows) == ({}, {})
    assert [row["content"] for row in resumed.rows.values()] == ["first"]
    node.start()
    await one.standing()
    await on_one.agree([fresh, resumed], [other])
    assert (fresh.resyncs, resumed.resyncs, other.resyncs) == (0, 0, 0)


async def test_who_is_not_known_without_mongodb_is_told_to_come_again(one: ReplicaSet, on_one: Scene) -> None:
    """Whoever has to be looked up first is refused within seconds: nothing can be promised to him, not even to wait.

    By its status and `Retry-After` a client sees that it is worth to try again, and so do the libraries.
    """
    (node,) = one.nodes
    app = build_app(SETTINGS, on_one.database)
    headers = {"Accept": "text/event-stream", "Authorization": f"Bearer {on_one.ada.token}"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://testserver") as http:
        node.kill()
        try:
            async with asyncio.timeout(30):
                response = await http.post("/graphql", json={"query": CONVERSATIONS_OF}, headers=headers)
        finally:
            node.start()
            await one.standing()
    assert (response.status_code, response.headers.get("retry-after")) == (503, "2")
    (error,) = response.json()["errors"]
    assert error["extensions"] == {"code": "UNAVAILABLE"}
