"""Answers: written by a service piece by piece, ended whole or broken off, given again when the owner asks."""

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

SHOWN = "message { id content status sender advisorId tokensUsed version } created"


async def _talk(people: People) -> tuple[Caller, dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Ann, an advisor on her board, a conversation, and what an answer there names."""
    ann, advisor = await people.person("ann"), await make.advisor()
    await make.selection(ann, advisor)
    conversation = await make.conversation(ann)
    named = {"conversationId": gid(CONVERSATIONS, conversation), "advisorId": gid(ADVISORS, advisor)}
    return ann, advisor, conversation, named


async def _answer(conversation: dict[str, Any], advisor: dict[str, Any], **values: Any) -> str:
    given = {"sender": "advisor", "advisorId": advisor["_id"], **values}
    return gid(MESSAGES, await make.message(conversation, "Well", **given))


async def test_answer_begins_grows_and_ends(api: Api, people: People, database: Database) -> None:
    ann, advisor, conversation, named = await _talk(people)
    service, key = people.service("answering"), gid(MESSAGES, ObjectId())
    row = {"id": key, "sender": "ADVISOR", "advisorId": named["advisorId"], "tokensUsed": None}
    payload = await done(api, "advisorMessageAppend", service, SHOWN, **named, id=key, content="It costs ")
    begun = {**row, "content": "It costs ", "status": "STREAMING", "version": 1}
    assert payload == {"message": begun, "created": True}
    payload = await done(api, "advisorMessageAppend", service, SHOWN, **named, content="$5 and $content")
    grown = {**row, "content": "It costs $5 and $content", "status": "STREAMING", "version": 2}
    assert payload == {"message": grown, "created": False}
    shown = SHOWN.removesuffix("created")
    payload = await done(api, "advisorMessageFinish", service, shown, id=key, tokensUsed=12)
    assert payload == {"message": {**grown, "status": "COMPLETE", "tokensUsed": 12, "version": 3}}
    [[stored], [touched], [user]] = await rows(database, MESSAGES, CONVERSATIONS, USERS)
    assert (stored["userId"], stored["conversationId"]) == (ann.profile, conversation["_id"])
    assert (touched["messageCount"], touched["version"]) == (1, 1)
    assert user["metAdvisorIds"] == [advisor["_id"]]


async def test_advisor_is_met_once(api: Api, people: People, database: Database) -> None:
    _, advisor, _, named = await _talk(people)
    service = people.service("answering")
    for _ in range(2):
        payload = await done(api, "advisorMessageAppend", service, SHOWN, **named, content="Well")
        await done(api, "advisorMessageFinish", service, id=payload["message"]["id"], tokensUsed=1)
    [[user]] = await rows(database, USERS)
    assert (user["metAdvisorIds"], user["version"]) == ([advisor["_id"]], 1)


async def test_fifty_pieces_at_once_are_one_answer(api: Api, people: People, database: Database) -> None:
    _, _, _, named = await _talk(people)
    service = people.service("answering")
    pieces = (done(api, "advisorMessageAppend", service, SHOWN, **named, content="piece ") for _ in range(50))
    created = [payload["created"] for payload in await asyncio.gather(*pieces)]
    assert (created.count(True), created.count(False)) == (1, 49)
    [[stored], [touched]] = await rows(database, MESSAGES, CONVERSATIONS)
    assert (stored["content"], stored["version"], touched["messageCount"]) == ("piece " * 50, 50, 1)


async def test_two_advisors_answer_beside_each_other(api: Api, people: People, database: Database) -> None:
    ann, _, _, named = await _talk(people)
    other = await make.advisor()
    await make.selection(ann, other)
    service = people.service("answering")
    for advisor in (named["advisorId"], gid(ADVISORS, other)):
        await done(api, "advisorMessageAppend", service, **{**named, "advisorId": advisor}, content="Well")
    assert await database[MESSAGES.collection].count_documents({"status": "streaming"}) == 2


async def test_answer_has_a_longest_length(api: Api, people: People, database: Database) -> None:
    _, _, _, named = await _talk(people)
    service = people.service("answering")
    refused = await refusal(api, "advisorMessageAppend", service, **named, content="ä" * 32_001)
    assert refused == ("TOO_LONG", "content")
    assert await rows(database, MESSAGES) == [[]]
    await done(api, "advisorMessageAppend", service, **named, content="ä" * 31_990)
    before = await rows(database, MESSAGES, CONVERSATIONS)
    assert await refusal(api, "advisorMessageAppend", service, **named, content="ä" * 11) == ("TOO_LONG", "content")
    assert await rows(database, MESSAGES, CONVERSATIONS) == before
    payload = await done(api, "advisorMessageAppend", service, "message { content }", **named, content="ä" * 10)
    assert payload == {"message": {"content": "ä" * 32_000}}


async def test_only_services_write_answers(api: Api, people: People, database: Database) -> None:
    ann, advisor, conversation, named = await _talk(people)
    key = await _answer(conversation, advisor, status="streaming")
    before = await rows(database, MESSAGES, CONVERSATIONS, USERS)
    for by, code in ((ann, "FORBIDDEN"), (ANONYMOUS, "UNAUTHENTICATED")):
        assert await refusal(api, "advisorMessageAppend", by, **named, content="x") == (code, None)
        assert await refusal(api, "advisorMessageFinish", by, id=key, tokensUsed=1) == (code, None)
        assert await refusal(api, "advisorMessageFail", by, id=key) == (code, None)
    assert await rows(database, MESSAGES, CONVERSATIONS, USERS) == before


async def test_advisor_must_be_on_the_board_or_active(api: Api, people: People, database: Database) -> None:
    ann, _, conversation, named = await _talk(people)
    service = people.service("answering")
    stranger, active, hidden = await make.advisor(), await make.advisor(), await make.advisor(status="archived")
    await make.selection(ann, hidden, hidden=True)
    await database[CONVERSATIONS.collection].update_one(
        {"_id": conversation["_id"]}, {"$set": {"activeAdvisorId": active["_id"]}}
    )
    before = await rows(database, CONVERSATIONS, USERS)
    for other in (stranger, hidden):
        given = {**named, "advisorId": gid(ADVISORS, other), "content": "Well"}
        assert await refusal(api, "advisorMessageAppend", service, **given) == ("WRONG_STATE", "advisorId")
    nowhere = {**named, "conversationId": gid(CONVERSATIONS, ObjectId()), "content": "Well"}
    assert await refusal(api, "advisorMessageAppend", service, **nowhere) == ("NOT_FOUND", "conversationId")
    assert await rows(database, MESSAGES, CONVERSATIONS, USERS) == [[], *before]
    given = {**named, "advisorId": gid(ADVISORS, active), "content": "Well"}
    await done(api, "advisorMessageAppend", service, **given)
    assert await database[MESSAGES.collection].distinct("advisorId") == [active["_id"]]


async def test_advisor_that_rests_begins_no_answer_and_ends_its_own(
    api: Api, people: People, database: Database
) -> None:
    ann, advisor, conversation, named = await _talk(people)
    service = people.service("answering")
    await database[CONVERSATIONS.collection].update_one(
        {"_id": conversation["_id"]}, {"$set": {"activeAdvisorId": advisor["_id"]}}
    )
    begun = await done(api, "advisorMessageAppend", service, SHOWN, **named, content="Well")
    await database[ADVISORS.collection].update_one({"_id": advisor["_id"]}, {"$set": {"status": "inactive"}})
    grown = await done(api, "advisorMessageAppend", service, SHOWN, **named, content=" then")
    assert (grown["message"]["id"], grown["message"]["content"]) == (begun["message"]["id"], "Well then")
    await done(api, "advisorMessageFinish", service, id=begun["message"]["id"], tokensUsed=1)
    before = await rows(database, MESSAGES, CONVERSATIONS, USERS)
    again = await write(api, "advisorMessageAppend", service, **named, content="x")
    regenerated = await write(api, "advisorMessageRegenerate", ann, id=begun["message"]["id"])
    resting = {"code": "WRONG_STATE", "field": ["advisorId"], "message": "The advisor is not active."}
    assert again == regenerated == {"userErrors": [resting]}
    assert await rows(database, MESSAGES, CONVERSATIONS, USERS) == before


async def test_answer_keeps_its_id(api: Api, people: People, database: Database) -> None:
    _, _, _, named = await _talk(people)
    service, key = people.service("answering"), gid(MESSAGES, ObjectId())
    for _ in range(2):
        await done(api, "advisorMessageAppend", service, **named, id=key, content="Well")
    other = gid(MESSAGES, ObjectId())
    assert await refusal(api, "advisorMessageAppend", service, **named, id=other, content="x") == ("CONFLICT", "id")
    await done(api, "advisorMessageFinish", service, id=key, tokensUsed=1)
    late = await refusal(api, "advisorMessageAppend", service, **named, id=key, content="x")
    assert late == ("ALREADY_EXISTS", "id")
    [[stored]] = await rows(database, MESSAGES)
    assert (stored["content"], stored["status"]) == ("WellWell", "complete")


async def test_answer_ends_once(api: Api, people: People, database: Database) -> None:
    _, advisor, conversation, _ = await _talk(people)
    service = people.service("answering")
    failed = await _answer(conversation, advisor, status="streaming")
    payload = await done(api, "advisorMessageFail", service, "message { status content }", id=failed)
    assert payload == {"message": {"status": "FAILED", "content": "Well"}}
    own = gid(MESSAGES, await make.message(conversation))
    before = await rows(database, MESSAGES)
    for ended in (failed, await _answer(conversation, advisor)):
        assert await refusal(api, "advisorMessageFinish", service, id=ended, tokensUsed=1) == ("WRONG_STATE", None)
        assert await refusal(api, "advisorMessageFail", service, id=ended) == ("WRONG_STATE", None)
    assert await refusal(api, "advisorMessageFinish", service, id=own, tokensUsed=1) == ("FORBIDDEN", None)
    nobody = gid(MESSAGES, ObjectId())
    assert await refusal(api, "advisorMessageFinish", service, id=nobody, tokensUsed=1) == ("NOT_FOUND", "id")
    refused = await refusal(api, "advisorMessageFinish", service, id=failed, tokensUsed=-1)
    assert refused == ("OUT_OF_RANGE", "tokensUsed")
    assert (await rows(database, MESSAGES))[0][:2] == before[0]


async def test_owner_has_an_answer_given_again(api: Api, people: People, database: Database) -> None:
    ann, advisor, conversation, named = await _talk(people)
    service = people.service("answering")
    for status in ("complete", "failed"):
        key = await _answer(conversation, advisor, status=status, tokensUsed=5, contentJson={"a": 1})
        shown = "message { content contentJson status version }"
        payload = await done(api, "advisorMessageRegenerate", ann, shown, id=key)
        again = {"content": "", "contentJson": None, "status": "STREAMING", "version": 2}
        assert payload == {"message": again}
        payload = await done(api, "advisorMessageAppend", service, SHOWN, **named, content="Better")
        assert (payload["message"]["id"], payload["created"]) == (key, False)
        payload = await done(
            api, "advisorMessageFinish", service, "message { content tokensUsed }", id=key, tokensUsed=7
        )
        assert payload == {"message": {"content": "Better", "tokensUsed": 12}}
    most = await _answer(conversation, advisor, status="streaming", tokensUsed=2**31 - 2)
    payload = await done(api, "advisorMessageFinish", service, "message { tokensUsed }", id=most, tokensUsed=7)
    assert payload == {"message": {"tokensUsed": 2**31 - 1}}


async def test_again_is_refused(api: Api, people: People, database: Database) -> None:
    ann, advisor, conversation, _ = await _talk(people)
    bob, olga = await people.person("bob"), await people.operator("olga")
    answer, own = await _answer(conversation, advisor), gid(MESSAGES, await make.message(conversation))
    left = await _answer(conversation, await make.advisor())
    streaming = await _answer(conversation, advisor, status="streaming")
    before = await rows(database, MESSAGES)
    for stranger in (bob, olga):
        assert await refusal(api, "advisorMessageRegenerate", stranger, id=answer) == ("NOT_FOUND", "id")
    assert await refusal(api, "advisorMessageRegenerate", ANONYMOUS, id=answer) == ("UNAUTHENTICATED", None)
    service = people.service("answering")
    assert await refusal(api, "advisorMessageRegenerate", service, id=answer) == ("FORBIDDEN", None)
    assert await refusal(api, "advisorMessageRegenerate", ann, id=own) == ("WRONG_STATE", "id")
    assert await refusal(api, "advisorMessageRegenerate", ann, id=streaming) == ("WRONG_STATE", "id")
    assert await refusal(api, "advisorMessageRegenerate", ann, id=left) == ("WRONG_STATE", "advisorId")
    assert await refusal(api, "advisorMessageRegenerate", ann, id=answer) == ("CONFLICT", "id")
    assert await rows(database, MESSAGES) == before


async def test_one_answer_streams_whatever_is_asked_at_once(api: Api, people: People, database: Database) -> None:
    ann, advisor, conversation, _ = await _talk(people)
    answers = [await _answer(conversation, advisor) for _ in range(10)]
    asked = [write(api, "advisorMessageRegenerate", ann, id=key) for key in answers * 5]
    errors = [payload["userErrors"] for payload in await asyncio.gather(*asked)]
    assert sum(not refused for refused in errors) == 1
    assert {error["code"] for refused in errors for error in refused} <= {"CONFLICT", "WRONG_STATE"}
    assert await database[MESSAGES.collection].count_documents({"status": "streaming"}) == 1
