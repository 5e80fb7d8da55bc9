"""What a change costs: one question for all who see it, one stream for all who listen."""

import asyncio
from typing import Any

import pytest
from bson import ObjectId

from graphql_api.operations.showing import Showing
from models.advisor.advisor import ADVISORS
from models.advisor.conversation import CONVERSATIONS
from models.advisor.message import MESSAGES
from models.advisor.selection import SELECTIONS
from models.store import feed as feeds
from models.store.connection import Database
from tests.factories import advisor as rows
from tests.fixtures.live import Lists
from tests.fixtures.wire import Calls, People
from tests.models.store.listening import Notes, streams, until
from tests.models.store.live.copies import FOLLOW, hurry, of

MARKETPLACE = """subscription {
  advisorMarketplaceChanges { kind cursor id node { persona { name } owner { id name } } }
}"""

MANY = 50


def _asked(calls: Calls) -> list[tuple[str, str]]:
    """What was asked beside the feed's stream."""
    found = [(name, command) for name, command in zip(calls.names, calls.seen, strict=True)]
    return [(name, str(command[name])) for name, command in found if name != "getMore"]


async def _inserted(database: Database, row: dict[str, Any]) -> None:
    await database[ADVISORS.collection].insert_one({**row, "_id": ObjectId()})


async def test_a_change_costs_the_same_for_one_and_for_many(
    people: People, lists: Lists, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Different people, each shown by his own rights, with other rows beside."""
    hurry(monkeypatch)
    ada = await people.person("ada")
    row = await rows.advisor(ada, isPublic=True)
    await database[ADVISORS.collection].delete_many({})
    following = [await lists.follow(MARKETPLACE, by=await people.operator("operator 0"))]
    costs = []
    for number in (1, MANY):
        while len(following) < number:
            caller = await people.operator(f"operator {len(following)}")
            following.append(await lists.follow(MARKETPLACE, by=caller))
        for live in following:
            if not live.cursors:
                await live.synced()
        lists.calls.seen.clear()
        await _inserted(database, row)
        events = await asyncio.gather(*(live.event() for live in following))
        costs.append(_asked(lists.calls))
        owner = {"id": ada.id, "name": "Ada"}
        assert [event["node"]["owner"] for event in events] == [owner] * number
    assert costs == [[("find", "advisor_users")]] * 2


async def test_what_several_see_is_written_once(
    people: People, lists: Lists, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though where they resume differs."""
    written = []
    nodes = Showing._nodes

    async def noted(self: Showing, happening: Any, actor: Any) -> Any:
        written.append(actor.name)
        return await nodes(self, happening, actor)

    hurry(monkeypatch)
    monkeypatch.setattr(Showing, "_nodes", noted)
    document = """subscription ($first: Int) {
      advisorMarketplaceChanges(first: $first) { kind cursor node { persona { name } modelHint } }
    }"""
    ada, row = await people.person("ada"), await rows.advisor(name="Ada", modelHint="small", createdAt=1_000)
    await rows.advisor(name="Bea", createdAt=500)
    callers = [ada, await people.person("bob"), await people.operator("root")]
    following = [
        await lists.follow(document, {"first": 1}, by=ada),
        *[await lists.follow(document, by=c) for c in callers],
    ]
    for live in following:
        await live.synced()
    changed = {"modelHint": "large", "persona.name": "Ada L."}
    await database[ADVISORS.collection].update_one({"_id": row["_id"]}, {"$set": changed})
    events = await asyncio.gather(*(live.event() for live in following))
    assert [event["node"]["modelHint"] for event in events] == [None, None, None, "large"]
    assert len(written) == 2
    assert len({event["cursor"] for event in events}) == 4


async def test_one_stream_serves_all_lists(people: People, lists: Lists, database: Database) -> None:
    """Collections come to it while it runs, and lose nothing; those that nobody follows are not in it."""
    ada, feed = await people.person("ada"), lists.server.store.feed
    conversation = await rows.conversation(ada)
    watched, streaming = set(feed._covered), len(await streams(database))
    assert not watched & {MESSAGES.collection, CONVERSATIONS.collection, SELECTIONS.collection}
    first = await lists.follow(FOLLOW, of(conversation), by=ada)
    await first.synced()
    assert feed._covered == watched | {MESSAGES.collection}
    writing = asyncio.create_task(_say(conversation, 30))
    others = "subscription { advisorConversationChanges { kind node { title } } }"
    board = "subscription { advisorBoardChanges { kind cursor } }"
    for document in (others, board):
        live = await lists.follow(document, by=ada)
        await live.synced()
    await writing
    events = await first.events(30)
    assert [event["node"]["content"] for event in events] == [f"{number}" for number in range(30)]
    assert feed._covered == watched | {MESSAGES.collection, CONVERSATIONS.collection, SELECTIONS.collection}
    assert await _come_to(database, streaming)


async def _come_to(database: Database, expected: int) -> bool:
    """Whether MongoDB comes to see so many streams: it does not list one that is just being asked or ended."""
    for _ in range(1_000):
        if len(await streams(database)) == expected:
            return True
        await asyncio.sleep(0.02)
    return False


async def _say(conversation: Any, number: int) -> None:
    for each in range(number):
        await rows.message(conversation, f"{each}")


async def test_what_nobody_follows_any_more_leaves_the_stream(
    people: People, lists: Lists, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "NARROW_SECONDS", 0.2)
    ada, feed = await people.person("ada"), lists.server.store.feed
    conversation, notes = await rows.conversation(ada), Notes()
    feed.subscribe([CONVERSATIONS.collection], notes)
    await feed.covers(CONVERSATIONS.collection)
    async with lists.following(FOLLOW, of(conversation), by=ada) as live:
        await live.synced()
        assert MESSAGES.collection in feed._covered
    openings = feed.openings
    written = [await rows.conversation(ada) for _ in range(5)]
    await until(lambda: MESSAGES.collection not in feed._covered)
    written += [await rows.conversation(ada) for _ in range(5)]
    assert feed.openings == openings
    await until(lambda: notes.keys[-1:] == [written[-1]["_id"]])
    assert notes.keys[-10:] == [row["_id"] for row in written]
    assert notes.resets == 0
    again = await lists.follow(FOLLOW, of(conversation), by=ada)
    await again.synced()
    await rows.message(conversation, "back")
    assert (await again.event())["node"]["content"] == "back"
