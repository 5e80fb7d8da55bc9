"""Summaries: written by a service, read and deleted by the owner of the conversation."""

from bson import ObjectId

from models.advisor.conversation import CONVERSATIONS
from models.advisor.message import MESSAGES
from models.advisor.thread_summary import THREAD_SUMMARIES
from models.store.connection import Database
from tests.factories import advisor as make
from tests.fixtures.wire import ANONYMOUS, Api, People
from tests.resolvers.advisor.writing import denied, done, gid, refusal, rows

SHOWN = "summary { id conversationId content startMessageId endMessageId version viewerCanDelete }"
NODE = "query($id: ID!) { node(id: $id) { ... on AdvisorThreadSummary { content viewerCanDelete } } }"


async def test_service_writes(api: Api, people: People, database: Database) -> None:
    ann = await people.person("ann")
    conversation = await make.conversation(ann)
    first, last = await make.message(conversation), await make.message(conversation)
    given = {
        "id": gid(THREAD_SUMMARIES, ObjectId()),
        "conversationId": gid(CONVERSATIONS, conversation),
        "content": "They agreed.",
        "startMessageId": gid(MESSAGES, first),
        "endMessageId": gid(MESSAGES, last),
    }
    payload = await done(api, "advisorThreadSummaryCreate", people.service("answering"), SHOWN, **given)
    assert payload == {"summary": {**given, "version": 1, "viewerCanDelete": False}}
    [[stored]] = await rows(database, THREAD_SUMMARIES)
    assert (stored["userId"], stored["startMessageId"]) == (ann.profile, first["_id"])


async def test_create_is_refused(api: Api, people: People, database: Database) -> None:
    ann = await people.person("ann")
    conversation, other = await make.conversation(ann), await make.conversation(ann)
    elsewhere = gid(MESSAGES, await make.message(other))
    given = {"conversationId": gid(CONVERSATIONS, conversation), "content": "So far."}
    mutation, service = "advisorThreadSummaryCreate", people.service("answering")
    assert await refusal(api, mutation, ann, **given) == ("FORBIDDEN", None)
    assert await refusal(api, mutation, await people.operator("olga"), **given) == ("FORBIDDEN", None)
    assert await refusal(api, mutation, ANONYMOUS, **given) == ("UNAUTHENTICATED", None)
    nowhere = {**given, "conversationId": gid(CONVERSATIONS, ObjectId())}
    assert await refusal(api, mutation, service, **nowhere) == ("NOT_FOUND", "conversationId")
    for message in (elsewhere, gid(MESSAGES, ObjectId()), "x"):
        for field in ("startMessageId", "endMessageId"):
            assert await refusal(api, mutation, service, **given, **{field: message}) == ("NOT_FOUND", field)
    assert await refusal(api, mutation, service, **{**given, "content": ""}) == ("INVALID", "content")
    assert await refusal(api, mutation, service, **{**given, "content": "x" * 32_001}) == ("TOO_LONG", "content")
    assert await rows(database, THREAD_SUMMARIES) == [[]]


async def test_owner_and_services_read_and_the_owner_deletes(api: Api, people: People, database: Database) -> None:
    ann, bob, olga = await people.person("ann"), await people.person("bob"), await people.operator("olga")
    key = gid(THREAD_SUMMARIES, await make.thread_summary(await make.conversation(ann)))
    service = people.service("answering")
    for by, deletes in ((ann, True), (service, False)):
        found = (await api.data(NODE, {"id": key}, by=by))["node"]
        assert found == {"content": "They agreed.", "viewerCanDelete": deletes}
    for stranger in (bob, olga, ANONYMOUS):
        assert await api.data(NODE, {"id": key}, by=stranger) == {"node": None}
        assert await refusal(api, "advisorThreadSummaryDelete", stranger, id=key) == denied(stranger)
    assert await refusal(api, "advisorThreadSummaryDelete", service, id=key) == ("FORBIDDEN", None)
    assert len((await rows(database, THREAD_SUMMARIES))[0]) == 1
    assert await done(api, "advisorThreadSummaryDelete", ann, "deletedId", id=key) == {"deletedId": key}
    assert await rows(database, THREAD_SUMMARIES) == [[]]
