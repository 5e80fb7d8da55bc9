"""Conversations: their owner's alone, each with an advisor that is active, deleted with everything in them."""

import asyncio
from typing import Any

from bson import ObjectId

from models.advisor.advisor import ADVISORS
from models.advisor.conversation import CONVERSATIONS
from models.advisor.memory import MEMORIES
from models.advisor.message import MESSAGES
from models.advisor.presence import PRESENCES
from models.advisor.thread_summary import THREAD_SUMMARIES
from models.advisor.typing_indicator import TYPING_INDICATORS
from models.store.connection import Database
from tests.factories import advisor as make
from tests.fixtures.wire import ANONYMOUS, Api, People
from tests.resolvers.advisor.writing import denied, done, gid, refusal, rows, write

CHILDREN = (MESSAGES, MEMORIES, THREAD_SUMMARIES, TYPING_INDICATORS)
ONE = "query($id: ID!) { advisorConversation(id: $id) { id title } }"
LIST = "{ advisorConversations { nodes { id } totalCount } }"
NESTED = """query($id: ID!) { advisorConversation(id: $id) {
    messages { nodes { content } } memories { nodes { key value } } summaries { nodes { content } }
    typing { nodes { userId isTyping advisorId } } } }"""
MANY = """{ advisorConversations { nodes {
    memories { nodes { id } } summaries { nodes { id } } typing { nodes { id } } } } }"""


async def test_create_stores_what_was_given(api: Api, people: People, database: Database) -> None:
    ann, advisor = await people.person("ann"), await make.advisor()
    key = ObjectId()
    shown = """conversation { id userId title activeAdvisorId activeAdvisor { persona { name } } messageCount version
        viewerCanUpdate viewerCanDelete createdAt updatedAt } conversationEdge { node { id } cursor }"""
    given = {"id": gid(CONVERSATIONS, key), "title": "Growth", "activeAdvisorId": gid(ADVISORS, advisor)}
    payload = await done(api, "advisorConversationCreate", ann, shown, **given)
    [[stored]] = await rows(database, CONVERSATIONS)
    assert payload["conversation"] == {
        **given,
        "userId": ann.id,
        "activeAdvisor": {"persona": {"name": "Ada"}},
        "messageCount": 0,
        "version": 1,
        "viewerCanUpdate": True,
        "viewerCanDelete": True,
        "createdAt": stored["createdAt"],
        "updatedAt": stored["updatedAt"],
    }
    assert payload["conversationEdge"]["node"] == {"id": given["id"]}
    assert (stored["_id"], stored["userId"], stored["activeAdvisorId"]) == (key, ann.profile, advisor["_id"])


async def test_create_takes_the_longest_on_the_board_that_is_active(api: Api, people: People) -> None:
    ann, bob = await people.person("ann"), await people.person("bob")
    shown = "conversation { title activeAdvisorId }"
    nobody = {"conversation": {"title": "New Conversation", "activeAdvisorId": None}}
    assert await done(api, "advisorConversationCreate", ann, shown) == nobody
    asleep, first, second = await make.advisor(status="inactive"), await make.advisor(), await make.advisor()
    archived = await make.advisor(status="archived")
    await make.selection(ann, second, selectedAt=400)
    await make.selection(ann, first, selectedAt=300)
    await make.selection(ann, asleep, selectedAt=200)
    await make.selection(ann, archived, selectedAt=100, hidden=True)
    await make.selection(bob, second, selectedAt=1)
    payload = await done(api, "advisorConversationCreate", ann, shown)
    assert payload == {"conversation": {"title": "New Conversation", "activeAdvisorId": gid(ADVISORS, first)}}
    assert await done(api, "advisorConversationCreate", ann, shown, activeAdvisorId=None) == nobody


async def test_create_is_refused(api: Api, people: People, database: Database) -> None:
    ann, bob = await people.person("ann"), await people.person("bob")
    private, archived = await make.advisor(bob), await make.advisor(status="archived")
    asleep = await make.advisor(ann, status="inactive")

    async def refused(by: Any, **given: Any) -> tuple[str, str | None]:
        return await refusal(api, "advisorConversationCreate", by, **given)

    assert await refused(ANONYMOUS) == ("UNAUTHENTICATED", None)
    assert await refused(people.service("answering")) == ("FORBIDDEN", None)
    for unseen in (gid(ADVISORS, private), gid(ADVISORS, archived), gid(ADVISORS, ObjectId()), ann.id, "x"):
        assert await refused(ann, activeAdvisorId=unseen) == ("NOT_FOUND", "activeAdvisorId")
    assert await refused(ann, activeAdvisorId=gid(ADVISORS, asleep)) == ("WRONG_STATE", "activeAdvisorId")
    assert await refused(ann, title="") == ("INVALID", "title")
    assert await refused(ann, title="x" * 201) == ("TOO_LONG", "title")
    assert await refused(ann, id=gid(MESSAGES, ObjectId())) == ("INVALID", "id")
    assert await rows(database, CONVERSATIONS) == [[]]


async def test_id_is_taken_once(api: Api, people: People, database: Database) -> None:
    ann, bob = await people.person("ann"), await people.person("bob")
    taken = await make.conversation(bob)
    refused = await refusal(api, "advisorConversationCreate", ann, id=gid(CONVERSATIONS, taken))
    assert refused == ("ALREADY_EXISTS", "id")
    assert await database[CONVERSATIONS.collection].distinct("userId") == [bob.profile]


async def test_only_the_owner_reads(api: Api, people: People) -> None:
    ann, bob, olga = await people.person("ann"), await people.person("bob"), await people.operator("olga")
    conversation = await make.conversation(ann, title="Mine")
    key = gid(CONVERSATIONS, conversation)
    assert await api.data(ONE, {"id": key}, by=ann) == {"advisorConversation": {"id": key, "title": "Mine"}}
    assert await api.data(LIST, by=ann) == {"advisorConversations": {"nodes": [{"id": key}], "totalCount": 1}}
    for stranger in (bob, olga, ANONYMOUS, people.service("answering")):
        assert await api.data(ONE, {"id": key}, by=stranger) == {"advisorConversation": None}
        assert await api.data(LIST, by=stranger) == {"advisorConversations": {"nodes": [], "totalCount": 0}}


async def test_children_are_shown_to_the_owner(api: Api, people: People) -> None:
    ann, advisor = await people.person("ann"), await make.advisor()
    conversation = await make.conversation(ann)
    await make.message(conversation, "Hello")
    await make.memory(conversation, advisor, "old", 1, updatedAt=1)
    await make.memory(conversation, advisor, "new", 2, updatedAt=2)
    await make.thread_summary(conversation, "old", createdAt=1)
    await make.thread_summary(conversation, "new", createdAt=2)
    await make.typing_indicator(conversation)
    found = (await api.data(NESTED, {"id": gid(CONVERSATIONS, conversation)}, by=ann))["advisorConversation"]
    assert found == {
        "messages": {"nodes": [{"content": "Hello"}]},
        "memories": {"nodes": [{"key": "new", "value": 2}, {"key": "old", "value": 1}]},
        "summaries": {"nodes": [{"content": "new"}, {"content": "old"}]},
        "typing": {"nodes": [{"userId": ann.id, "isTyping": True, "advisorId": None}]},
    }


async def test_children_cost_one_call_each_for_any_number_of_conversations(api: Api, people: People) -> None:
    ann, advisor = await people.person("ann"), await make.advisor()
    for _ in range(2):
        conversation = await make.conversation(ann)
        await make.memory(conversation, advisor)
    await api.data(MANY, by=ann)
    few = api.calls.names
    for _ in range(8):
        conversation = await make.conversation(ann)
        await make.memory(conversation, advisor)
    found = await api.data(MANY, by=ann)
    assert [len(node["memories"]["nodes"]) for node in found["advisorConversations"]["nodes"]] == [1] * 10
    assert api.calls.names == few == ["aggregate", "find", "aggregate", "aggregate", "aggregate"]


async def test_update_renames(api: Api, people: People, database: Database) -> None:
    ann = await people.person("ann")
    conversation = await make.conversation(ann, title="Old")
    key = gid(CONVERSATIONS, conversation)
    shown = "conversation { title version }"
    payload = await done(api, "advisorConversationUpdate", ann, shown, id=key, title="New", expectedVersion=1)
    assert payload == {"conversation": {"title": "New", "version": 2}}
    stale = await write(api, "advisorConversationUpdate", ann, shown, id=key, title="Late", expectedVersion=1)
    assert [(error["code"], error["field"]) for error in stale["userErrors"]] == [
        ("STALE_VERSION", ["expectedVersion"])
    ]
    assert stale["conversation"] == {"title": "New", "version": 2}
    [[stored]] = await rows(database, CONVERSATIONS)
    assert (stored["title"], stored["version"]) == ("New", 2)


async def test_update_and_delete_are_refused_to_all_others(api: Api, people: People, database: Database) -> None:
    ann, bob, olga = await people.person("ann"), await people.person("bob"), await people.operator("olga")
    conversation, advisor = await make.conversation(ann), await make.advisor()
    key = gid(CONVERSATIONS, conversation)
    await make.message(conversation)
    before = await rows(database, CONVERSATIONS, MESSAGES)
    for stranger in (bob, olga, people.service("answering"), ANONYMOUS):
        for mutation, given in (
            ("advisorConversationUpdate", {"title": "x"}),
            ("advisorConversationActiveAdvisorSet", {"advisorId": gid(ADVISORS, advisor)}),
            ("advisorConversationDelete", {}),
        ):
            assert await refusal(api, mutation, stranger, id=key, **given) == denied(stranger)
    assert await refusal(api, "advisorConversationUpdate", ann, id=key, title=None) == ("INVALID", "title")
    assert await rows(database, CONVERSATIONS, MESSAGES) == before


async def test_active_advisor_is_set_and_cleared(api: Api, people: People, database: Database) -> None:
    ann, advisor = await people.person("ann"), await make.advisor()
    mine = await make.advisor(ann)
    await make.selection(ann, mine)
    conversation = await make.conversation(ann)
    given = {"id": gid(CONVERSATIONS, conversation)}
    shown = "conversation { activeAdvisorId version }"
    mutation = "advisorConversationActiveAdvisorSet"
    for version, chosen in enumerate((gid(ADVISORS, advisor), gid(ADVISORS, mine), None), start=2):
        payload = await done(api, mutation, ann, shown, **given, advisorId=chosen, expectedVersion=version - 1)
        assert payload == {"conversation": {"activeAdvisorId": chosen, "version": version}}
    [[stored]] = await rows(database, CONVERSATIONS)
    assert stored["activeAdvisorId"] is None


async def test_active_advisor_must_be_readable_and_active(api: Api, people: People, database: Database) -> None:
    ann, bob = await people.person("ann"), await people.person("bob")
    given = {"id": gid(CONVERSATIONS, await make.conversation(ann))}
    mutation = "advisorConversationActiveAdvisorSet"
    before = await rows(database, CONVERSATIONS)
    for unseen in (await make.advisor(bob), await make.advisor(status="archived")):
        refused = await refusal(api, mutation, ann, **given, advisorId=gid(ADVISORS, unseen))
        assert refused == ("NOT_FOUND", "advisorId")
    for asleep in (await make.advisor(ann, status="inactive"), await make.advisor(ann, status="archived")):
        refused = await refusal(api, mutation, ann, **given, advisorId=gid(ADVISORS, asleep))
        assert refused == ("WRONG_STATE", "advisorId")
    assert await refusal(api, mutation, ann, **given) == ("INVALID", "advisorId")
    assert await rows(database, CONVERSATIONS) == before


async def test_no_archived_advisor_stays_active(api: Api, people: People, database: Database) -> None:
    ann = await people.person("ann")
    for chosen in (False, True):
        advisor = await make.advisor(ann)
        if chosen:
            await make.selection(ann, advisor)
        key = gid(ADVISORS, advisor)
        conversations = [gid(CONVERSATIONS, await make.conversation(ann)) for _ in range(12)]
        setting = [
            write(api, "advisorConversationActiveAdvisorSet", ann, id=one, advisorId=key) for one in conversations
        ]
        creating = [write(api, "advisorConversationCreate", ann, activeAdvisorId=key) for _ in range(8)]
        archiving = write(api, "advisorArchive", ann, id=key)
        await asyncio.gather(*setting[:6], *creating[:4], archiving, *setting[6:], *creating[4:])
        archived = await database[ADVISORS.collection].find_one({"_id": advisor["_id"]})
        assert archived is not None
        assert archived["status"] == "archived"
        assert await database[CONVERSATIONS.collection].count_documents({"activeAdvisorId": advisor["_id"]}) == 0


async def test_delete_takes_the_children_with_it(api: Api, people: People, database: Database) -> None:
    ann, advisor = await people.person("ann"), await make.advisor()
    conversation, other = await make.conversation(ann), await make.conversation(ann)
    for one in (conversation, other):
        await make.message(one)
        await make.memory(one, advisor)
        await make.thread_summary(one)
        await make.typing_indicator(one)
    await make.presence(ann, currentConversationId=conversation["_id"])
    key = gid(CONVERSATIONS, conversation)
    assert await done(api, "advisorConversationDelete", ann, "deletedId", id=key) == {"deletedId": key}
    for table in CHILDREN:
        assert await database[table.collection].distinct("conversationId") == [other["_id"]]
    assert await database[CONVERSATIONS.collection].distinct("_id") == [other["_id"]]
    [[presence]] = await rows(database, PRESENCES)
    assert presence["currentConversationId"] is None
    assert await refusal(api, "advisorConversationDelete", ann, id=key) == ("NOT_FOUND", "id")


async def test_nothing_outlives_a_deleted_conversation(api: Api, people: People, database: Database) -> None:
    ann, advisor = await people.person("ann"), await make.advisor()
    await make.selection(ann, advisor)
    answering = people.service("answering")
    for _ in range(3):
        conversation = await make.conversation(ann)
        here = {"conversationId": gid(CONVERSATIONS, conversation)}
        theirs = {**here, "advisorId": gid(ADVISORS, advisor)}
        writes = [
            *(write(api, "advisorMessageSend", ann, **here, content="Hello") for _ in range(10)),
            *(write(api, "advisorMemorySet", ann, **theirs, key=str(i), value=i) for i in range(4)),
            write(api, "advisorThreadSummaryCreate", answering, **here, content="So far."),
            write(api, "advisorMessageAppend", answering, **theirs, content="Well"),
        ]
        deleting = write(api, "advisorConversationDelete", ann, id=here["conversationId"])
        await asyncio.gather(*writes[:5], deleting, *writes[5:])
        for table in (MESSAGES, MEMORIES, THREAD_SUMMARIES):
            assert await database[table.collection].count_documents({}) == 0
        assert await database[CONVERSATIONS.collection].count_documents({}) == 0
