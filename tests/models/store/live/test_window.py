"""How far a list reaches: to where its first or last rows ended at its start, in whatever order."""

from typing import Any

import pytest
from bson import ObjectId

from models import global_id
from models.advisor.message import MESSAGES
from models.store.connection import Database
from tests.factories import advisor as rows
from tests.fixtures.live import Lists, Live
from tests.fixtures.wire import People
from tests.models.store.live.copies import hurry, of

LIST = """subscription ($id: ID!, $first: Int, $last: Int, $order: AdvisorMessageOrder, $after: String) {
  advisorMessageChanges(conversationId: $id, first: $first, last: $last, orderBy: $order, after: $after) {
    kind cursor id node { content }
  }
}"""

TITLES = """subscription ($first: Int, $order: AdvisorConversationOrder, $where: AdvisorConversationWhere) {
  advisorConversationChanges(first: $first, orderBy: $order, where: $where) { kind id node { title } }
}"""

NAMES = """subscription ($first: Int, $order: AdvisorMarketplaceOrder, $where: AdvisorWhere) {
  advisorMarketplaceChanges(first: $first, orderBy: $order, where: $where) { kind id node { persona { name } } }
}"""


class Talk:
    """A conversation whose messages are told apart by their times."""

    def __init__(self, database: Database, conversation: Any) -> None:
        self._collection = database[MESSAGES.collection]
        self._conversation = conversation
        self._ids: dict[int, ObjectId] = {}

    async def say(self, *moments: int) -> None:
        """A message at each of these moments."""
        for moment in moments:
            row = await rows.message(self._conversation, f"at {moment}", createdAt=moment)
            self._ids[moment] = row["_id"]

    async def move(self, moment: int, to: int) -> None:
        """Let a message have been at another moment."""
        await self._collection.update_one(
            {"_id": self._ids[moment]}, {"$set": {"createdAt": to, "content": f"at {to}"}}
        )
        self._ids[to] = self._ids.pop(moment)

    async def unsay(self, moment: int) -> None:
        """Delete a message."""
        await self._collection.delete_one({"_id": self._ids[moment]})


async def _told(live: Live, number: int) -> list[tuple[str, str | None]]:
    return [(event["kind"], event["node"] and event["node"]["content"]) for event in await live.events(number)]


async def _contents(live: Live) -> list[str]:
    return [node["content"] for node in await live.synced()]


@pytest.mark.parametrize(
    ("window", "begins", "inside", "beyond"),
    [
        ({"first": 2}, ["at 10", "at 20"], 5, 25),
        ({"last": 2}, ["at 30", "at 40"], 45, 25),
        ({"first": 2, "order": {"field": "CREATED_AT", "direction": "DESC"}}, ["at 40", "at 30"], 35, 25),
        ({"last": 2, "order": {"field": "CREATED_AT", "direction": "DESC"}}, ["at 20", "at 10"], 15, 25),
    ],
)
async def test_what_lies_beyond_the_edge_does_not_enter(
    people: People,
    lists: Lists,
    database: Database,
    window: dict[str, Any],
    begins: list[str],
    inside: int,
    beyond: int,
) -> None:
    ada = await people.person("ada")
    conversation = await rows.conversation(ada)
    talk = Talk(database, conversation)
    await talk.say(10, 20, 30, 40)
    live = await lists.follow(LIST, {**of(conversation), **window}, by=ada)
    assert await _contents(live) == begins
    await talk.say(beyond, inside)
    assert await _told(live, 1) == [("ADDED", f"at {inside}")]
    await talk.move(beyond, to=beyond + 1)
    await talk.move(beyond + 1, to=inside + 1)
    await talk.move(inside, to=inside + 2)
    await talk.move(inside + 1, to=beyond + 1)
    await talk.unsay(beyond + 1)
    await talk.unsay(inside + 2)
    assert await _told(live, 4) == [
        ("ADDED", f"at {inside + 1}"),
        ("CHANGED", f"at {inside + 2}"),
        ("REMOVED", None),
        ("REMOVED", None),
    ]
    await live.quiet()


async def test_a_list_that_was_whole_at_its_start_has_no_end(people: People, lists: Lists, database: Database) -> None:
    ada = await people.person("ada")
    conversation = await rows.conversation(ada)
    talk = Talk(database, conversation)
    await talk.say(10, 20)
    live = await lists.follow(LIST, {**of(conversation), "first": 2}, by=ada)
    assert await _contents(live) == ["at 10", "at 20"]
    await talk.say(30, 5)
    assert await _told(live, 2) == [("ADDED", "at 30"), ("ADDED", "at 5")]


async def test_lists_that_end_at_the_same_row_lie_on_either_side_of_it(
    people: People, lists: Lists, database: Database
) -> None:
    ada = await people.person("ada")
    conversation = await rows.conversation(ada)
    talk = Talk(database, conversation)
    await talk.say(10, 20, 30)
    up = await lists.follow(LIST, {**of(conversation), "first": 2}, by=ada)
    down = await lists.follow(LIST, {**of(conversation), "last": 2}, by=ada)
    assert [await _contents(live) for live in (up, down)] == [["at 10", "at 20"], ["at 20", "at 30"]]
    await talk.say(15, 25)
    assert [await _told(live, 1) for live in (up, down)] == [[("ADDED", "at 15")], [("ADDED", "at 25")]]


async def test_a_list_that_is_resumed_ends_where_it_did(people: People, lists: Lists, database: Database) -> None:
    ada = await people.person("ada")
    conversation = await rows.conversation(ada)
    talk = Talk(database, conversation)
    await talk.say(10, 20, 30)
    given = {**of(conversation), "last": 2}
    async with lists.following(LIST, given, by=ada) as live:
        assert await _contents(live) == ["at 20", "at 30"]
    await talk.say(15, 25)
    again = await lists.follow(LIST, {**given, "after": live.cursors[-1]}, by=ada)
    assert await _told(again, 1) == [("ADDED", "at 25")]
    await talk.say(16, 40)
    assert await _told(again, 1) == [("ADDED", "at 40")]


async def test_a_row_that_moves_up_is_told(people: People, lists: Lists, database: Database) -> None:
    """Though nothing that is shown of it has changed; by another order it stays where it is."""
    ada = await people.person("ada")
    row = await rows.conversation(ada, title="old", updatedAt=1_000)
    await rows.conversation(ada, title="new", updatedAt=2_000)
    by_update = await lists.follow(TITLES, by=ada)
    by_creation = await lists.follow(TITLES, {"order": {"field": "CREATED_AT", "direction": "DESC"}}, by=ada)
    assert [node["title"] for node in await by_update.synced()] == ["new", "old"]
    await by_creation.synced()
    await database["advisor_conversations"].update_one({"_id": row["_id"]}, {"$set": {"updatedAt": 3_000}})
    key = global_id.encode("aCon", row["_id"])
    assert await by_update.event() == {"kind": "CHANGED", "id": key, "node": {"title": "old"}}
    await by_creation.quiet()


async def test_edits_lead_into_a_filter_and_out_of_it(
    people: People, lists: Lists, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurry(monkeypatch)
    row = await rows.advisor(name="Ada", category="business")
    given = {"where": {"category": {"eq": "technical"}, "persona_name": {"startsWith": "A"}}}
    live = await lists.follow(NAMES, given)
    assert await live.synced() == []
    collection, key = database["advisor_advisors"], {"_id": row["_id"]}
    told = []
    for change in (
        {"category": "technical"},
        {"persona.name": "Alan"},
        {"persona.name": "Bea"},
        {"persona.name": "Ann"},
        {"status": "inactive"},
        {"status": "active"},
        {"isPublic": False},
    ):
        await collection.update_one(key, {"$set": change})
        if change != {"persona.name": "Alan"}:
            event = await live.event()
            told.append((event["kind"], event["node"] and event["node"]["persona"]["name"]))
        else:
            assert (await live.event())["node"] == {"persona": {"name": "Alan"}}
    assert told == [
        ("ADDED", "Ada"),
        ("REMOVED", None),
        ("ADDED", "Ann"),
        ("REMOVED", None),
        ("ADDED", "Ann"),
        ("REMOVED", None),
    ]


async def test_two_lists_that_hold_nothing_end_in_peace(people: People, lists: Lists) -> None:
    """A filter that no row can match has no value by which changes find the way to it."""
    nothing: dict[str, Any] = {"where": {"tags": {"hasAny": []}}}
    async with lists.following(NAMES, nothing) as one:
        assert await one.synced() == []
        async with lists.following(NAMES, nothing) as two, lists.following(NAMES) as all_of_them:
            assert await two.synced() == []
            assert await all_of_them.synced() == []
    assert lists.server.store.live._switchboard._inboxes == {}
