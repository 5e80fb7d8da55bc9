"""Messages: sent and edited by the person, deleted by the owner of the conversation, found by their words."""

import asyncio
from typing import Any

import pytest
from bson import ObjectId

from models.advisor.advisor import ADVISORS
from models.advisor.conversation import CONVERSATIONS
from models.advisor.message import MESSAGES
from models.advisor.user import USERS
from models.store.connection import Database
from tests.factories import advisor as make
from tests.fixtures.wire import ANONYMOUS, Api, People
from tests.resolvers.advisor.writing import denied, done, gid, refusal, rows, write

NODE = "query($id: ID!) { node(id: $id) { ... on AdvisorMessage { content viewerCanUpdate viewerCanDelete } } }"
FIND = """query($search: String!, $conversation: ID) {
    advisorMessageSearch(search: $search, conversationId: $conversation, first: 2) {
        nodes { content } totalCount pageInfo { hasNextPage endCursor } } }"""


async def test_send_stores_the_message_and_touches_the_conversation(
    api: Api, people: People, database: Database
) -> None:
    ann, advisor = await people.person("ann"), await make.advisor()
    await make.selection(ann, advisor)
    conversation = await make.conversation(ann, updatedAt=1, createdAt=1)
    key = ObjectId()
    given = {
        "id": gid(MESSAGES, key),
        "conversationId": gid(CONVERSATIONS, conversation),
        "content": "Hello $name",
        "contentJson": {"type": "doc", "mark": None, "content": [{"text": None}]},
        "mentions": [gid(ADVISORS, advisor), ann.id, ann.id],
        "clientMessageId": "m1",
    }
    shown = """message { id conversationId conversation { messageCount } sender advisorId advisor { id } content
        contentJson mentions tokensUsed status clientMessageId version viewerCanUpdate viewerCanDelete }
        messageEdge { node { content } }"""
    payload = await done(api, "advisorMessageSend", ann, shown, **given)
    assert payload == {
        "message": {
            **given,
            "mentions": [gid(ADVISORS, advisor), ann.id],
            "conversation": {"messageCount": 2},
            "sender": "USER",
            "advisorId": None,
            "advisor": None,
            "tokensUsed": None,
            "status": "COMPLETE",
            "version": 1,
            "viewerCanUpdate": True,
            "viewerCanDelete": True,
        },
        "messageEdge": {"node": {"content": "Hello $name"}},
    }
    [[stored, _answer], [touched]] = await rows(database, MESSAGES, CONVERSATIONS)
    assert (stored["_id"], stored["userId"], stored["sender"]) == (key, ann.profile, "user")
    assert stored["contentJson"] == given["contentJson"]
    assert (touched["messageCount"], touched["version"]) == (2, 1)
    assert touched["updatedAt"] >= stored["createdAt"] > 1


async def test_send_is_refused(api: Api, people: People, database: Database) -> None:
    ann, bob, olga = await people.person("ann"), await people.person("bob"), await people.operator("olga")
    here = {"conversationId": gid(CONVERSATIONS, await make.conversation(ann))}
    before = await rows(database, CONVERSATIONS)

    async def refused(by: Any, **given: Any) -> tuple[str, str | None]:
        return await refusal(api, "advisorMessageSend", by, **{"content": "Hello", **here, **given})

    assert await refused(ANONYMOUS) == ("UNAUTHENTICATED", None)
    assert await refused(people.service("answering")) == ("FORBIDDEN", None)
    for stranger in (bob, olga):
        assert await refused(stranger) == ("NOT_FOUND", "conversationId")
    assert await refused(ann, conversationId=gid(CONVERSATIONS, ObjectId())) == ("NOT_FOUND", "conversationId")
    assert await refused(ann, content="") == ("INVALID", "content")
    assert await refused(ann, content=" \n\t") == ("INVALID", "content")
    assert await refused(ann, content="x" * 32_001) == ("TOO_LONG", "content")
    assert await refused(ann, clientMessageId="") == ("INVALID", "clientMessageId")
    assert await refused(ann, clientMessageId="x" * 129) == ("TOO_LONG", "clientMessageId")
    assert await refused(ann, mentions=[ann.id] * 51) == ("TOO_LONG", "mentions")
    assert await rows(database, MESSAGES, CONVERSATIONS) == [[], *before]
    payload = await done(api, "advisorMessageSend", ann, "message { content }", **here, content="x" * 32_000)
    assert payload == {"message": {"content": "x" * 32_000}}


async def test_unknown_mentions_are_left_out_and_told(api: Api, people: People, database: Database) -> None:
    ann, bob = await people.person("ann"), await people.person("bob")
    chosen, other, gone = await make.advisor(), await make.advisor(), await make.advisor(status="archived")
    await make.selection(ann, chosen)
    await make.selection(ann, gone, hidden=True)
    await make.selection(bob, other)
    mentions = [gid(ADVISORS, other), gid(ADVISORS, chosen), bob.id, gid(ADVISORS, gone), "nobody"]
    here = {"conversationId": gid(CONVERSATIONS, await make.conversation(ann))}
    given = {**here, "content": "Hello", "mentions": mentions, "clientMutationId": "once"}
    payload = await write(api, "advisorMessageSend", ann, "message { mentions }", **given)
    assert payload["message"] == {"mentions": [gid(ADVISORS, chosen)]}
    told = [(error["code"], error["field"]) for error in payload["userErrors"]]
    assert told == [("NOT_FOUND", ["mentions", place]) for place in ("0", "2", "3", "4")]
    assert await write(api, "advisorMessageSend", ann, "message { mentions }", **given) == payload
    assert await database[MESSAGES.collection].count_documents({"sender": "user"}) == 1


async def test_fifty_sends_under_one_client_id_are_one_message(api: Api, people: People, database: Database) -> None:
    ann = await people.person("ann")
    here = {"conversationId": gid(CONVERSATIONS, await make.conversation(ann))}
    sends = [
        done(api, "advisorMessageSend", ann, "message { id }", **here, content=f"Hello {i}", clientMessageId="m1")
        for i in range(50)
    ]
    answers = await asyncio.gather(*sends)
    [[stored], [conversation]] = await rows(database, MESSAGES, CONVERSATIONS)
    assert answers == [{"message": {"id": gid(MESSAGES, stored)}}] * 50
    assert (conversation["messageCount"], conversation["version"]) == (1, 1)
    assert stored["version"] == 1


async def test_client_ids_of_two_conversations_do_not_meet(api: Api, people: People, database: Database) -> None:
    ann, bob = await people.person("ann"), await people.person("bob")
    for by in (ann, ann, bob):
        here = {"conversationId": gid(CONVERSATIONS, await make.conversation(by))}
        await done(api, "advisorMessageSend", by, **here, content="Hello", clientMessageId="m1")
    assert await database[MESSAGES.collection].count_documents({}) == 3


async def test_fifty_messages_at_once_are_counted(api: Api, people: People, database: Database) -> None:
    ann = await people.person("ann")
    conversation = await make.conversation(ann)
    here = {"conversationId": gid(CONVERSATIONS, conversation)}
    await asyncio.gather(*(done(api, "advisorMessageSend", ann, **here, content="Hello") for _ in range(50)))
    [messages, [touched]] = await rows(database, MESSAGES, CONVERSATIONS)
    assert (len(messages), touched["messageCount"]) == (50, 50)


async def test_read_is_for_the_owner_and_services(api: Api, people: People) -> None:
    ann, bob, olga = await people.person("ann"), await people.person("bob"), await people.operator("olga")
    conversation, advisor = await make.conversation(ann), await make.advisor()
    own = gid(MESSAGES, await make.message(conversation, "Hi"))
    answer = gid(MESSAGES, await make.message(conversation, "Well", sender="advisor", advisorId=advisor["_id"]))

    async def seen(key: str, by: Any) -> Any:
        found = (await api.data(NODE, {"id": key}, by=by))["node"]
        return found and tuple(found.values())

    assert await seen(own, ann) == ("Hi", True, True)
    assert await seen(answer, ann) == ("Well", False, True)
    assert await seen(own, people.service("answering")) == ("Hi", False, False)
    assert await seen(answer, people.service("answering")) == ("Well", True, False)
    for stranger in (bob, olga, ANONYMOUS):
        assert await seen(own, stranger) is None
        assert await seen(answer, stranger) is None


async def test_update_changes_own_words(api: Api, people: People) -> None:
    ann = await people.person("ann")
    key = gid(MESSAGES, await make.message(await make.conversation(ann), "Hi", contentJson={"a": 1}))
    shown = "message { content contentJson version }"
    payload = await done(api, "advisorMessageUpdate", ann, shown, id=key, content="Hello", expectedVersion=1)
    assert payload == {"message": {"content": "Hello", "contentJson": {"a": 1}, "version": 2}}
    payload = await done(api, "advisorMessageUpdate", ann, shown, id=key, contentJson=None)
    assert payload == {"message": {"content": "Hello", "contentJson": None, "version": 3}}
    stale = await write(api, "advisorMessageUpdate", ann, shown, id=key, content="Late", expectedVersion=1)
    assert [error["code"] for error in stale["userErrors"]] == ["STALE_VERSION"]
    assert stale["message"] == {"content": "Hello", "contentJson": None, "version": 3}


async def test_update_and_delete_are_refused(api: Api, people: People, database: Database) -> None:
    ann, bob, olga = await people.person("ann"), await people.person("bob"), await people.operator("olga")
    conversation, advisor = await make.conversation(ann, messageCount=2), await make.advisor()
    own = gid(MESSAGES, await make.message(conversation, "Hi"))
    answer = gid(MESSAGES, await make.message(conversation, "Well", sender="advisor", advisorId=advisor["_id"]))
    before = await rows(database, MESSAGES, CONVERSATIONS)
    for stranger in (bob, olga):
        assert await refusal(api, "advisorMessageUpdate", stranger, id=own, content="x") == ("NOT_FOUND", "id")
    for stranger in (bob, olga, ANONYMOUS):
        assert await refusal(api, "advisorMessageDelete", stranger, id=own) == denied(stranger)
    service = people.service("answering")
    assert await refusal(api, "advisorMessageUpdate", ANONYMOUS, id=own, content="x") == ("UNAUTHENTICATED", None)
    assert await refusal(api, "advisorMessageUpdate", service, id=answer, content="x") == ("FORBIDDEN", None)
    assert await refusal(api, "advisorMessageUpdate", ann, id=answer, content="x") == ("FORBIDDEN", None)
    assert await refusal(api, "advisorMessageDelete", service, id=answer) == ("FORBIDDEN", None)
    for content, code in ((None, "INVALID"), (" ", "INVALID"), ("", "INVALID"), ("x" * 32_001, "TOO_LONG")):
        assert await refusal(api, "advisorMessageUpdate", ann, id=own, content=content) == (code, "content")
    assert await rows(database, MESSAGES, CONVERSATIONS) == before


async def test_delete_takes_any_message_and_counts_down(api: Api, people: People, database: Database) -> None:
    ann, advisor = await people.person("ann"), await make.advisor()
    conversation = await make.conversation(ann, messageCount=2, updatedAt=1)
    own = gid(MESSAGES, await make.message(conversation, "Hi"))
    answer = gid(MESSAGES, await make.message(conversation, "Well", sender="advisor", advisorId=advisor["_id"]))
    for key in (own, answer):
        assert await done(api, "advisorMessageDelete", ann, "deletedId", id=key) == {"deletedId": key}
    [messages, [touched]] = await rows(database, MESSAGES, CONVERSATIONS)
    assert (messages, touched["messageCount"], touched["updatedAt"]) == ([], 0, 1)


async def test_one_message_is_deleted_once(api: Api, people: People, database: Database) -> None:
    ann = await people.person("ann")
    conversation = await make.conversation(ann, messageCount=5)
    key = gid(MESSAGES, await make.message(conversation))
    answers = await asyncio.gather(*(write(api, "advisorMessageDelete", ann, "deletedId", id=key) for _ in range(20)))
    assert sorted(len(answer["userErrors"]) for answer in answers) == [0] + [1] * 19
    [[touched]] = await rows(database, CONVERSATIONS)
    assert touched["messageCount"] == 4


async def test_search_finds_own_words_by_relevance(api: Api, people: People) -> None:
    ann, bob = await people.person("ann"), await people.person("bob")
    first, second = await make.conversation(ann), await make.conversation(ann)
    await make.message(first, "growth growth growth")
    await make.message(first, "no such word")
    await make.message(second, "growth of a company that sells many other things as well")
    await make.message(second, "growth and more")
    await make.message(await make.conversation(bob), "growth of bob")

    async def found(by: Any, search: str = "growth", conversation: str | None = None) -> Any:
        return (await api.data(FIND, {"search": search, "conversation": conversation}, by=by))["advisorMessageSearch"]

    page = await found(ann)
    assert [node["content"] for node in page["nodes"]] == ["growth growth growth", "growth and more"]
    assert (page["totalCount"], page["pageInfo"]["hasNextPage"]) == (3, True)
    inside = await found(ann, conversation=gid(CONVERSATIONS, second))
    assert [node["content"] for node in inside["nodes"]] == [
        "growth and more",
        "growth of a company that sells many other things as well",
    ]
    assert (await found(bob))["nodes"] == [{"content": "growth of bob"}]
    for nobody in (ANONYMOUS, people.service("answering")):
        assert (await found(nobody))["nodes"] == []
    for elsewhere in (gid(CONVERSATIONS, ObjectId()), ann.id):
        assert (await found(ann, conversation=elsewhere))["nodes"] == []
    assert (await found(bob, conversation=gid(CONVERSATIONS, first)))["nodes"] == []


@pytest.mark.parametrize(("search", "code"), [(" ", "INVALID"), ("x" * 257, "TOO_LONG")])
async def test_search_needs_words(api: Api, people: People, search: str, code: str) -> None:
    answer = await api.answer(FIND, {"search": search}, by=await people.person("ann"))
    assert answer["errors"][0]["extensions"]["code"] == code


async def test_messages_of_a_conversation_come_in_order(api: Api, people: People) -> None:
    ann = await people.person("ann")
    conversation = await make.conversation(ann)
    for created in (300, 100, 200):
        await make.message(conversation, str(created), createdAt=created)
    document = """query($id: ID!) { advisorConversation(id: $id) {
        all: messages { nodes { content } } newest: messages(last: 2) { nodes { content } } } }"""
    found = (await api.data(document, {"id": gid(CONVERSATIONS, conversation)}, by=ann))["advisorConversation"]
    assert found == {
        "all": {"nodes": [{"content": "100"}, {"content": "200"}, {"content": "300"}]},
        "newest": {"nodes": [{"content": "200"}, {"content": "300"}]},
    }


async def test_ids_of_other_tables_are_no_messages(api: Api, people: People) -> None:
    ann = await people.person("ann")
    assert ann.profile is not None
    assert await refusal(api, "advisorMessageDelete", ann, id=gid(USERS, ann.profile)) == ("NOT_FOUND", "id")
