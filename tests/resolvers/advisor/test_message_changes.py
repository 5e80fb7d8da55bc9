"""The messages of a conversation, kept up to date: what its owner sees, and nobody else."""

from typing import Any

from models import global_id
from models.advisor.conversation import CONVERSATIONS
from tests.factories import advisor as rows
from tests.fixtures.live import Lists
from tests.fixtures.wire import ANONYMOUS, Api, People

CHANGES = """subscription Changes($id: ID!, $last: Int, $after: String) {
  advisorMessageChanges(conversationId: $id, last: $last, after: $after) {
    kind cursor id node { id content sender status advisor { persona { name } } }
  }
}"""

SEND = """mutation Send($id: ID!, $text: String!) {
  advisorMessageSend(input: {conversationId: $id, content: $text}) { message { id } userErrors { code } }
}"""

UPDATE = """mutation Update($id: ID!, $text: String!) {
  advisorMessageUpdate(input: {id: $id, content: $text}) { message { id } userErrors { code } }
}"""

DELETE = "mutation Delete($id: ID!) { advisorMessageDelete(input: {id: $id}) { deletedId userErrors { code } } }"


def _id(row: Any) -> str:
    return global_id.encode(CONVERSATIONS.tag, row["_id"])


async def test_a_list_begins_as_it_stands_and_goes_on(api: Api, people: People, lists: Lists) -> None:
    ada = await people.person("ada")
    conversation = await rows.conversation(ada)
    given = {"id": _id(conversation)}
    first = (await api.data(SEND, {**given, "text": "one"}, by=ada))["advisorMessageSend"]["message"]["id"]
    live = await lists.follow(CHANGES, given, by=ada)
    assert [node["content"] for node in await live.synced()] == ["one"]
    second = (await api.data(SEND, {**given, "text": "two"}, by=ada))["advisorMessageSend"]["message"]["id"]
    await api.data(UPDATE, {"id": first, "text": "uno"}, by=ada)
    await api.data(DELETE, {"id": second}, by=ada)
    events = await live.events(3)
    assert [(event["kind"], event["id"]) for event in events] == [
        ("ADDED", second),
        ("CHANGED", first),
        ("REMOVED", second),
    ]
    assert [event["node"] and event["node"]["content"] for event in events] == ["two", "uno", None]
    assert all(event["cursor"] for event in events)
    assert live.cursors[-3:] == [event["cursor"] for event in events]
    await live.quiet()


async def test_nobody_else_hears_of_it(api: Api, people: People, lists: Lists) -> None:
    ada, bob = await people.person("ada"), await people.person("bob")
    conversation = await rows.conversation(ada)
    given = {"id": _id(conversation)}
    live = await lists.follow(CHANGES, given, by=bob)
    assert await live.synced() == []
    await api.data(SEND, {**given, "text": "secret"}, by=ada)
    await live.quiet()
    stranger = await lists.follow(CHANGES, given, by=ANONYMOUS)
    answer = await stranger.answer()
    assert answer == {
        "errors": [
            {
                "message": "Sign in to follow this list.",
                "locations": [{"line": 2, "column": 3}],
                "path": ["advisorMessageChanges"],
                "extensions": {"code": "UNAUTHENTICATED"},
            }
        ],
        "data": None,
    }
