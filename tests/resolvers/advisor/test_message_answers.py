"""Answers begin with the message that asks for them: of the advisors mentioned, else of the active one."""

import asyncio
from typing import Any

from bson import ObjectId

from models.advisor.advisor import ADVISORS
from models.advisor.conversation import CONVERSATIONS
from models.advisor.message import MESSAGES
from models.advisor.user import USERS
from models.store.connection import Database
from tests.factories import advisor as make
from tests.fixtures.wire import ANONYMOUS, Api, Caller, People
from tests.resolvers.advisor.writing import done, gid, refusal, rows, write

SHOWN = """message { id createdAt } answers { id sender status content advisorId createdAt version
    conversation { messageCount } }"""
Stored = dict[str, Any]


async def _board(owner: Caller, number: int) -> list[Stored]:
    advisors = [await make.advisor() for _ in range(number)]
    for advisor in advisors:
        await make.selection(owner, advisor)
    return advisors


async def _sent(api: Api, by: Caller, conversation: Stored, **given: Any) -> dict[str, Any]:
    here = {"conversationId": gid(CONVERSATIONS, conversation), "content": "Hello"}
    return await done(api, "advisorMessageSend", by, SHOWN, **{**here, **given})


def _advisors(payload: dict[str, Any]) -> list[str]:
    return [answer["advisorId"] for answer in payload["answers"]]


async def test_the_active_advisor_begins_to_answer(api: Api, people: People, database: Database) -> None:
    ann, advisor = await people.person("ann"), await make.advisor()
    conversation = await make.conversation(ann, activeAdvisorId=advisor["_id"])
    payload = await _sent(api, ann, conversation)
    [answer] = payload["answers"]
    assert answer == {
        "id": answer["id"],
        "sender": "ADVISOR",
        "status": "STREAMING",
        "content": "",
        "advisorId": gid(ADVISORS, advisor),
        "createdAt": payload["message"]["createdAt"] + 1,
        "version": 1,
        "conversation": {"messageCount": 2},
    }
    [[_, stored], [touched], [user]] = await rows(database, MESSAGES, CONVERSATIONS, USERS)
    assert (stored["userId"], stored["conversationId"]) == (ann.profile, conversation["_id"])
    assert gid(MESSAGES, stored["questionId"]) == payload["message"]["id"]
    assert (touched["messageCount"], touched["version"]) == (2, 1)
    assert (user["metAdvisorIds"], user["version"]) == ([advisor["_id"]], 1)


async def test_those_mentioned_answer_instead_in_their_order(api: Api, people: People) -> None:
    ann, active = await people.person("ann"), await make.advisor()
    conversation = await make.conversation(ann, activeAdvisorId=active["_id"])
    board = [gid(ADVISORS, advisor) for advisor in await _board(ann, 6)]
    # An id of the message's own that is greater than any that the server makes.
    last = gid(MESSAGES, ObjectId("ffffffffffffffffffffffff"))
    payload = await _sent(api, ann, conversation, mentions=[ann.id, *reversed(board)], id=last)
    assert _advisors(payload) == board[::-1][:5]
    listed = """query($id: ID!) { advisorMessages(conversationId: $id) { nodes { id } } }"""
    found = await api.data(listed, {"id": gid(CONVERSATIONS, conversation)}, by=ann)
    order = [payload["message"]["id"], *(answer["id"] for answer in payload["answers"])]
    assert [node["id"] for node in found["advisorMessages"]["nodes"]] == order


async def test_nobody_answers_where_nobody_may(api: Api, people: People, database: Database) -> None:
    ann, bob = await people.person("ann"), await people.person("bob")
    resting, theirs = await make.advisor(status="inactive"), await make.advisor(bob)
    await make.selection(ann, resting)
    for active in (None, resting["_id"], theirs["_id"], ObjectId()):
        payload = await _sent(api, ann, await make.conversation(ann, activeAdvisorId=active))
        assert payload["answers"] == []
    active = await make.advisor()
    conversation = await make.conversation(ann, activeAdvisorId=active["_id"])
    # Who rests is asked, so that nobody else answers in its place.
    assert (await _sent(api, ann, conversation, mentions=[gid(ADVISORS, resting)]))["answers"] == []
    assert await database[MESSAGES.collection].count_documents({"sender": "advisor"}) == 0


async def test_an_own_private_advisor_answers(api: Api, people: People) -> None:
    ann = await people.person("ann")
    advisor = await make.advisor(ann)
    payload = await _sent(api, ann, await make.conversation(ann, activeAdvisorId=advisor["_id"]))
    assert _advisors(payload) == [gid(ADVISORS, advisor)]


async def test_who_gives_an_answer_begins_no_other_there(api: Api, people: People) -> None:
    ann = await people.person("ann")
    first, second = await _board(ann, 2)
    here = await make.conversation(ann, activeAdvisorId=first["_id"])
    there = await make.conversation(ann, activeAdvisorId=first["_id"])
    [answer] = (await _sent(api, ann, here))["answers"]
    assert (await _sent(api, ann, here))["answers"] == []
    both = [gid(ADVISORS, first), gid(ADVISORS, second)]
    assert _advisors(await _sent(api, ann, here, mentions=both)) == [gid(ADVISORS, second)]
    assert _advisors(await _sent(api, ann, there)) == [gid(ADVISORS, first)]
    await done(api, "advisorMessageFinish", people.service("answering"), id=answer["id"], tokensUsed=1)
    assert _advisors(await _sent(api, ann, here)) == [gid(ADVISORS, first)]


async def test_a_message_sent_again_begins_nothing_twice(api: Api, people: People, database: Database) -> None:
    ann = await people.person("ann")
    board = [gid(ADVISORS, advisor) for advisor in await _board(ann, 3)]
    for key in ("clientMessageId", "clientMutationId"):
        conversation = await make.conversation(ann)
        given = {"mentions": board, key: "once"}
        first = await _sent(api, ann, conversation, **given)
        assert _advisors(first) == board
        assert await _sent(api, ann, conversation, **given) == first
        stored = await database[CONVERSATIONS.collection].find_one({"_id": conversation["_id"]})
        assert stored is not None
        assert stored["messageCount"] == 4
        assert await database[MESSAGES.collection].count_documents({"conversationId": conversation["_id"]}) == 4


async def test_messages_at_once_begin_one_answer(api: Api, people: People, database: Database) -> None:
    ann, advisor = await people.person("ann"), await make.advisor()
    conversation = await make.conversation(ann, activeAdvisorId=advisor["_id"])
    payloads = await asyncio.gather(*(_sent(api, ann, conversation) for _ in range(20)))
    assert sorted(len(payload["answers"]) for payload in payloads) == [0] * 19 + [1]
    [[touched]] = await rows(database, CONVERSATIONS)
    assert touched["messageCount"] == 21


async def test_an_answer_asked_for_again_and_a_message_at_once_are_one_answer(
    api: Api, people: People, database: Database
) -> None:
    ann, advisor = await people.person("ann"), await make.advisor()
    conversation = await make.conversation(ann, activeAdvisorId=advisor["_id"], messageCount=1)
    answer = await make.message(conversation, "Well", sender="advisor", advisorId=advisor["_id"])
    again = write(api, "advisorMessageRegenerate", ann, id=gid(MESSAGES, answer))
    await asyncio.gather(again, *(_sent(api, ann, conversation) for _ in range(5)))
    assert await database[MESSAGES.collection].count_documents({"status": "streaming"}) == 1
    [messages, [touched]] = await rows(database, MESSAGES, CONVERSATIONS)
    assert touched["messageCount"] == len(messages)


async def test_a_message_costs_few_calls(api: Api, people: People) -> None:
    ann, advisor = await people.person("ann"), await make.advisor()

    async def calls(**values: Any) -> list[str]:
        here = gid(CONVERSATIONS, await make.conversation(ann, **values))
        await done(api, "advisorMessageSend", ann, "answers { id }", conversationId=here, content="Hi")
        # Who asks is found out by an aggregation, now and then.
        return [name for name in api.calls.names if name != "aggregate"]

    assert await calls() == ["findAndModify", "insert", "commitTransaction"]
    begun = ["findAndModify", "insert", "find", "find", "insert", "findAndModify"]
    assert await calls(activeAdvisorId=advisor["_id"]) == [*begun, "findAndModify", "commitTransaction"]
    # Whom the person has met already, need not be noted.
    assert await calls(activeAdvisorId=advisor["_id"]) == [*begun, "commitTransaction"]


async def test_lists_of_a_conversation_are_its_owners_and_the_services(api: Api, people: People) -> None:
    ann, bob, olga = await people.person("ann"), await people.person("bob"), await people.operator("olga")
    conversation = await make.conversation(ann)
    await make.message(conversation, "Hi")
    await make.thread_summary(conversation, "They met.")
    text = """query($id: ID!) { advisorMessages(conversationId: $id) { nodes { content } }
        advisorThreadSummaries(conversationId: $id) { nodes { content } } }"""
    for by in (ann, people.service("answering")):
        assert await api.data(text, {"id": gid(CONVERSATIONS, conversation)}, by=by) == {
            "advisorMessages": {"nodes": [{"content": "Hi"}]},
            "advisorThreadSummaries": {"nodes": [{"content": "They met."}]},
        }
    nothing: dict[str, Any] = {"advisorMessages": {"nodes": []}, "advisorThreadSummaries": {"nodes": []}}
    for by in (bob, olga, ANONYMOUS, people.service("billing")):
        assert await api.data(text, {"id": gid(CONVERSATIONS, conversation)}, by=by) == nothing
    for elsewhere in (ann.id, "nothing"):
        assert await api.data(text, {"id": elsewhere}, by=people.service("answering")) == nothing


async def test_a_refused_message_begins_nothing(api: Api, people: People, database: Database) -> None:
    ann, bob, advisor = await people.person("ann"), await people.person("bob"), await make.advisor()
    conversation = await make.conversation(ann, activeAdvisorId=advisor["_id"])
    here = {"conversationId": gid(CONVERSATIONS, conversation), "content": "Hello"}
    for by, code in ((bob, "NOT_FOUND"), (ANONYMOUS, "UNAUTHENTICATED"), (people.service("answering"), "FORBIDDEN")):
        assert (await refusal(api, "advisorMessageSend", by, **here))[0] == code
        payload = await write(api, "advisorMessageSend", by, "answers { id }", **here)
        assert payload["answers"] == []
    assert await rows(database, MESSAGES) == [[]]
