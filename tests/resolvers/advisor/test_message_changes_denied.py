"""Who may follow the messages of a conversation, and by which arguments."""

from typing import Any

import pytest

from models import global_id
from models.advisor.advisor import ADVISORS
from models.store.connection import Database
from tests.factories import advisor as rows
from tests.fixtures.live import Lists
from tests.fixtures.wire import ANONYMOUS, People
from tests.models.store.live.copies import of
from tests.resolvers.advisor.following import NOT_YOURS, SIGN_IN, out_of_range, refusal

LIST = """subscription ($id: ID!, $first: Int, $last: Int, $where: AdvisorMessageWhere, $after: String) {
  advisorMessageChanges(conversationId: $id, first: $first, last: $last, where: $where, after: $after) {
    kind cursor node { content }
  }
}"""


async def test_the_answering_service_follows_what_it_answers_to(people: People, lists: Lists) -> None:
    conversation = await rows.conversation(await people.person("ada"))
    live = await lists.follow(LIST, of(conversation), by=people.service("answering"))
    assert await live.synced() == []
    await rows.message(conversation, "Hello")
    assert (await live.event())["node"] == {"content": "Hello"}


async def test_nobody_else_follows_it(people: People, lists: Lists) -> None:
    """To an operator, as to anybody else, the list of another's conversation is empty and stays so."""
    given = of(conversation := await rows.conversation(await people.person("ada")))
    assert await refusal(lists, LIST, given, ANONYMOUS) == SIGN_IN
    assert await refusal(lists, LIST, given, people.service("billing")) == NOT_YOURS
    root = await lists.follow(LIST, given, by=await people.operator("root"))
    assert await root.synced() == []
    await rows.message(conversation, "Hello")
    await root.quiet()


async def test_what_names_no_conversation_is_refused(people: People, lists: Lists) -> None:
    ada = await people.person("ada")
    for text in ("nonsense", ada.id, ""):
        assert await refusal(lists, LIST, {"id": text}, ada) == NOT_YOURS


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"first": 0}, out_of_range("first", 0)),
        ({"last": 101}, out_of_range("last", 101)),
        (
            {"first": 1, "last": 1},
            {"code": "INVALID", "field": ["last"], "message": "Give first or last, not both."},
        ),
        (
            {"where": {"and": [{"and": []}] * 101}},
            {"code": "OUT_OF_RANGE", "field": ["where", "and"]},
        ),
        ({"after": "x" * 10_000}, {"code": "INVALID", "field": ["after"]}),
    ],
)
async def test_wrong_arguments_are_named(
    people: People, lists: Lists, arguments: dict[str, Any], expected: dict[str, Any]
) -> None:
    ada = await people.person("ada")
    given = {**of(await rows.conversation(ada)), **arguments}
    found = await refusal(lists, LIST, given, ada)
    assert {name: found.get(name) for name in expected} == expected


async def test_a_cursor_of_other_arguments_is_refused(people: People, lists: Lists) -> None:
    ada = await people.person("ada")
    given = of(await rows.conversation(ada))
    async with lists.following(LIST, {**given, "first": 5}, by=ada) as live:
        await live.synced()
    for arguments in ({}, {"first": 6}, {"last": 5}, {"first": 5, "where": {"sender": {"eq": "USER"}}}):
        found = await refusal(lists, LIST, {**given, **arguments, "after": live.cursors[-1]}, ada)
        assert (found["code"], found["field"]) == ("INVALID", ["after"])


async def test_a_filter_is_entered_and_left(people: People, lists: Lists, database: Database) -> None:
    ada, advisor = await people.person("ada"), await rows.advisor()
    conversation = await rows.conversation(ada)
    where = {"advisorId": {"eq": global_id.encode(ADVISORS.tag, advisor["_id"])}, "not": {"sender": {"eq": "SYSTEM"}}}
    live = await lists.follow(LIST, {**of(conversation), "where": where}, by=ada)
    assert await live.synced() == []
    await rows.message(conversation, "mine")
    row = await rows.message(conversation, "answer", sender="advisor", advisorId=advisor["_id"])
    await database["advisor_messages"].update_one({"_id": row["_id"]}, {"$set": {"sender": "system"}})
    await database["advisor_messages"].update_one({"_id": row["_id"]}, {"$set": {"sender": "advisor"}})
    await database["advisor_messages"].update_one({"_id": row["_id"]}, {"$unset": {"advisorId": ""}})
    events = await live.events(4)
    assert [(event["kind"], event["node"]) for event in events] == [
        ("ADDED", {"content": "answer"}),
        ("REMOVED", None),
        ("ADDED", {"content": "answer"}),
        ("REMOVED", None),
    ]
