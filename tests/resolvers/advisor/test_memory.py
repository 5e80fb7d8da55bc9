"""Memories: the owner's and the services', one for each key of an advisor in a conversation."""

import asyncio
from typing import Any

from bson import ObjectId

from models.advisor.advisor import ADVISORS
from models.advisor.conversation import CONVERSATIONS
from models.advisor.memory import MEMORIES
from models.store.connection import Database
from tests.factories import advisor as make
from tests.fixtures.wire import ANONYMOUS, Api, Caller, People
from tests.resolvers.advisor.writing import denied, done, gid, refusal, rows

SHOWN = "memory { id conversationId advisorId key value version viewerCanUpdate viewerCanDelete } created"
LIST = """query($conversation: ID!, $advisor: ID, $key: String) {
    advisorMemories(conversationId: $conversation, advisorId: $advisor, key: $key) {
        nodes { key advisor { persona { name } } } totalCount } }"""


async def _names(owner: Caller) -> dict[str, str]:
    conversation, advisor = await make.conversation(owner), await make.advisor()
    return {"conversationId": gid(CONVERSATIONS, conversation), "advisorId": gid(ADVISORS, advisor)}


async def test_set_remembers_and_replaces(api: Api, people: People, database: Database) -> None:
    ann = await people.person("ann")
    named, key = await _names(ann), gid(MEMORIES, ObjectId())
    value = {"goal": "grow", "by": None, "steps": [1, None]}
    memory = {**named, "id": key, "key": "plan", "viewerCanUpdate": True, "viewerCanDelete": True}
    payload = await done(api, "advisorMemorySet", ann, SHOWN, **named, id=key, key="plan", value=value)
    assert payload == {"memory": {**memory, "value": value, "version": 1}, "created": True}
    payload = await done(api, "advisorMemorySet", people.service("answering"), SHOWN, **named, key="plan", value=7)
    assert payload == {"memory": {**memory, "value": 7, "version": 2}, "created": False}
    [[stored]] = await rows(database, MEMORIES)
    assert (stored["userId"], stored["value"]) == (ann.profile, 7)


async def test_fifty_sets_of_one_key_are_one_memory(api: Api, people: People, database: Database) -> None:
    ann = await people.person("ann")
    named = await _names(ann)
    sets = (done(api, "advisorMemorySet", ann, "created", **named, key="plan", value=i) for i in range(50))
    created = [payload["created"] for payload in await asyncio.gather(*sets)]
    assert (created.count(True), created.count(False)) == (1, 49)
    [[stored]] = await rows(database, MEMORIES)
    assert stored["version"] == 50


async def test_set_is_refused(api: Api, people: People, database: Database) -> None:
    ann, bob, olga = await people.person("ann"), await people.person("bob"), await people.operator("olga")
    named = {**await _names(ann), "key": "plan", "value": 1}
    mutation = "advisorMemorySet"
    assert await refusal(api, mutation, ANONYMOUS, **named) == ("UNAUTHENTICATED", None)
    for stranger in (bob, olga):
        assert await refusal(api, mutation, stranger, **named) == ("NOT_FOUND", "conversationId")
    nowhere = {**named, "conversationId": gid(CONVERSATIONS, ObjectId())}
    assert await refusal(api, mutation, people.service("answering"), **nowhere) == ("NOT_FOUND", "conversationId")
    for unseen in (await make.advisor(bob), await make.advisor(status="archived")):
        given = {**named, "advisorId": gid(ADVISORS, unseen)}
        assert await refusal(api, mutation, ann, **given) == ("NOT_FOUND", "advisorId")
    assert await refusal(api, mutation, ann, **{**named, "key": ""}) == ("INVALID", "key")
    assert await refusal(api, mutation, ann, **{**named, "key": "x" * 201}) == ("TOO_LONG", "key")
    assert await rows(database, MEMORIES) == [[]]


async def test_list_is_for_the_owner_and_services(api: Api, people: People) -> None:
    ann, bob, olga = await people.person("ann"), await people.person("bob"), await people.operator("olga")
    conversation, other = await make.conversation(ann), await make.conversation(ann)
    ada, grace = await make.advisor(), await make.advisor(name="Grace")
    await make.memory(conversation, ada, "goal", updatedAt=1)
    await make.memory(conversation, grace, "goal", updatedAt=2)
    await make.memory(conversation, grace, "fear", updatedAt=3)
    await make.memory(other, ada)

    async def listed(by: Caller, **given: Any) -> list[tuple[str, str]]:
        found = await api.data(LIST, {"conversation": gid(CONVERSATIONS, conversation), **given}, by=by)
        page = found["advisorMemories"]
        assert page["totalCount"] == len(page["nodes"])
        return [(node["advisor"]["persona"]["name"], node["key"]) for node in page["nodes"]]

    every = [("Grace", "fear"), ("Grace", "goal"), ("Ada", "goal")]
    for by in (ann, people.service("answering")):
        assert await listed(by) == every
    assert await listed(ann, advisor=gid(ADVISORS, grace)) == every[:2]
    assert await listed(ann, key="goal") == every[1:]
    assert await listed(ann, advisor=gid(ADVISORS, ada), key="goal") == every[2:]
    assert await listed(ann, advisor=gid(CONVERSATIONS, conversation)) == []
    assert await listed(ann, conversation=gid(ADVISORS, ada)) == []
    for stranger in (bob, olga, ANONYMOUS):
        assert await listed(stranger) == []


async def test_delete_and_clear(api: Api, people: People, database: Database) -> None:
    ann, advisor, other = await people.person("ann"), await make.advisor(), await make.advisor()
    conversation, elsewhere = await make.conversation(ann), await make.conversation(ann)
    one = await make.memory(conversation, advisor, "one")
    for key in ("two", "three", "four"):
        await make.memory(conversation, advisor, key)
    kept = [await make.memory(conversation, other), await make.memory(elsewhere, advisor)]
    key = gid(MEMORIES, one)
    assert await done(api, "advisorMemoryDelete", ann, "deletedId", id=key) == {"deletedId": key}
    named = {"conversationId": gid(CONVERSATIONS, conversation), "advisorId": gid(ADVISORS, advisor)}
    assert await done(api, "advisorMemoryClear", ann, "deletedCount", **named) == {"deletedCount": 3}
    service = people.service("answering")
    assert await done(api, "advisorMemoryClear", service, "deletedCount", **named) == {"deletedCount": 0}
    assert await database[MEMORIES.collection].distinct("_id") == [row["_id"] for row in kept]
    payload = await done(api, "advisorMemoryDelete", service, "deletedId", id=gid(MEMORIES, kept[0]))
    assert payload == {"deletedId": gid(MEMORIES, kept[0])}


async def test_delete_and_clear_are_refused(api: Api, people: People, database: Database) -> None:
    ann, bob, olga = await people.person("ann"), await people.person("bob"), await people.operator("olga")
    conversation, advisor = await make.conversation(ann), await make.advisor()
    key = gid(MEMORIES, await make.memory(conversation, advisor))
    named = {"conversationId": gid(CONVERSATIONS, conversation), "advisorId": gid(ADVISORS, advisor)}
    before = await rows(database, MEMORIES)
    for stranger in (bob, olga):
        assert await refusal(api, "advisorMemoryClear", stranger, **named) == ("NOT_FOUND", "conversationId")
    for stranger in (bob, olga, ANONYMOUS):
        assert await refusal(api, "advisorMemoryDelete", stranger, id=key) == denied(stranger)
    assert await refusal(api, "advisorMemoryClear", ANONYMOUS, **named) == ("UNAUTHENTICATED", None)
    assert await rows(database, MEMORIES) == before
