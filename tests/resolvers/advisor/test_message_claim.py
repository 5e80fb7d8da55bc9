"""Claims: an answer is one holder's at a time, and who lost it writes no more."""

import asyncio
from typing import Any

from bson import ObjectId

from models.advisor.advisor import ADVISORS
from models.advisor.conversation import CONVERSATIONS
from models.advisor.message import MESSAGES
from models.clock import now
from models.store.connection import Database
from tests.factories import advisor as make
from tests.fixtures.wire import ANONYMOUS, Api, Caller, People
from tests.resolvers.advisor.writing import done, gid, refusal, rows, write

DUE = "query($first: Int) { advisorAnswersDue(first: $first) { nodes { id content } totalCount } }"
CLAIMED = "message { content status version } lease restarted"
Stored = dict[str, Any]


async def _begun(owner: Caller, **values: Any) -> tuple[str, dict[str, str]]:
    """An answer that is due, and what a piece of it names."""
    advisor = await make.advisor()
    conversation = await make.conversation(owner, activeAdvisorId=advisor["_id"], messageCount=1)
    given = {"sender": "advisor", "advisorId": advisor["_id"], "status": "streaming", **values}
    key = gid(MESSAGES, await make.message(conversation, given.pop("content", ""), **given))
    return key, {"conversationId": gid(CONVERSATIONS, conversation), "advisorId": gid(ADVISORS, advisor), "id": key}


async def _over(database: Database, key: str) -> None:
    """Let the lease of the answer be over."""
    changed = await database[MESSAGES.collection].update_one(
        {"lease": {"$type": "string"}}, {"$set": {"leaseUntil": now() - 1}}
    )
    assert changed.modified_count == 1


async def _due(api: Api, by: Caller) -> list[str]:
    page = (await api.data(DUE, by=by))["advisorAnswersDue"]
    assert page["totalCount"] == len(page["nodes"])
    return [node["id"] for node in page["nodes"]]


async def test_what_is_due_comes_oldest_first_to_the_service_alone(api: Api, people: People) -> None:
    ann, olga, service = await people.person("ann"), await people.operator("olga"), people.service("answering")
    second, first = [(await _begun(ann, createdAt=created))[0] for created in (200, 100)]
    await _begun(ann, status="complete")
    await _begun(ann, status="failed")
    await _begun(ann, content="Somebody writes it")
    assert await _due(api, service) == [first, second]
    for nobody in (ann, olga, ANONYMOUS, people.service("billing")):
        assert await _due(api, nobody) == []


async def test_a_claim_holds_until_the_end(api: Api, people: People, database: Database) -> None:
    service = people.service("answering")
    key, place = await _begun(await people.person("ann"))
    payload = await done(api, "advisorMessageClaim", service, CLAIMED, id=key)
    lease = payload.pop("lease")
    assert payload == {"message": {"content": "", "status": "STREAMING", "version": 2}, "restarted": False}
    [[held]] = await rows(database, MESSAGES)
    assert 25_000 < held["leaseUntil"] - now() <= 30_000
    assert await _due(api, service) == []
    await done(api, "advisorMessageAppend", service, **place, content="Well", lease=lease)
    [[grown]] = await rows(database, MESSAGES)
    assert grown["leaseUntil"] > held["leaseUntil"]
    shown = "message { content status tokensUsed }"
    payload = await done(api, "advisorMessageFinish", service, shown, id=key, tokensUsed=3, lease=lease)
    assert payload == {"message": {"content": "Well", "status": "COMPLETE", "tokensUsed": 3}}
    [[ended]] = await rows(database, MESSAGES)
    assert (ended["lease"], ended["leaseUntil"]) == (None, None)
    for late in ({"lease": lease}, {}):
        assert await refusal(api, "advisorMessageClaim", service, id=key, **late) == (
            "WRONG_STATE",
            "lease" if late else None,
        )


async def test_who_has_no_lease_writes_nothing_into_a_held_answer(api: Api, people: People, database: Database) -> None:
    service = people.service("answering")
    key, place = await _begun(await people.person("ann"))
    await done(api, "advisorMessageClaim", service, id=key)
    before = await rows(database, MESSAGES, CONVERSATIONS)
    for other in ({}, {"lease": "another"}):
        wrong = ("WRONG_STATE", "lease")
        assert await refusal(api, "advisorMessageAppend", service, **place, content="x", **other) == wrong
        assert await refusal(api, "advisorMessageFinish", service, id=key, tokensUsed=1, **other) == wrong
        assert await refusal(api, "advisorMessageFail", service, id=key, **other) == wrong
    assert await refusal(api, "advisorMessageRelease", service, id=key, lease="another") == ("WRONG_STATE", "lease")
    assert await refusal(api, "advisorMessageClaim", service, id=key) == ("WRONG_STATE", None)
    assert await refusal(api, "advisorMessageClaim", service, id=key, lease="another") == ("WRONG_STATE", "lease")
    assert await rows(database, MESSAGES, CONVERSATIONS) == before


async def test_only_the_answering_service_claims(api: Api, people: People, database: Database) -> None:
    ann, olga = await people.person("ann"), await people.operator("olga")
    key, _ = await _begun(ann)
    own = gid(MESSAGES, await make.message(await make.conversation(ann)))
    before = await rows(database, MESSAGES)
    callers = ((ann, "FORBIDDEN"), (olga, "FORBIDDEN"), (people.service("billing"), "FORBIDDEN"))
    for by, code in (*callers, (ANONYMOUS, "UNAUTHENTICATED")):
        assert await refusal(api, "advisorMessageClaim", by, id=key) == (code, None)
        assert await refusal(api, "advisorMessageRelease", by, id=key, lease="x") == (code, None)
    service = people.service("answering")
    assert await refusal(api, "advisorMessageClaim", service, id=own) == ("FORBIDDEN", None)
    nowhere = gid(MESSAGES, ObjectId())
    assert await refusal(api, "advisorMessageClaim", service, id=nowhere) == ("NOT_FOUND", "id")
    for seconds in (0, 301, -1):
        refused = await refusal(api, "advisorMessageClaim", service, id=key, seconds=seconds)
        assert refused == ("OUT_OF_RANGE", "seconds")
    assert await rows(database, MESSAGES) == before


async def test_of_many_claims_at_once_one_holds(api: Api, people: People) -> None:
    service = people.service("answering")
    key, _ = await _begun(await people.person("ann"))
    claims = [write(api, "advisorMessageClaim", service, "lease", id=key) for _ in range(20)]
    payloads = await asyncio.gather(*claims)
    assert sorted(payload["lease"] is not None for payload in payloads) == [False] * 19 + [True]


async def test_an_answer_whose_holder_died_begins_anew(api: Api, people: People, database: Database) -> None:
    service = people.service("answering")
    key, place = await _begun(await people.person("ann"))
    old = (await done(api, "advisorMessageClaim", service, "lease", id=key))["lease"]
    await done(api, "advisorMessageAppend", service, **place, content="Half of it", lease=old)
    await _over(database, key)
    assert await _due(api, service) == [key]
    payload = await done(api, "advisorMessageClaim", service, CLAIMED, id=key, seconds=1)
    new = payload.pop("lease")
    assert payload["restarted"] is True
    assert payload["message"]["content"] == ""
    wrong = ("WRONG_STATE", "lease")
    assert await refusal(api, "advisorMessageAppend", service, **place, content="x", lease=old) == wrong
    assert await refusal(api, "advisorMessageFinish", service, id=key, tokensUsed=1, lease=old) == wrong
    await done(api, "advisorMessageAppend", service, **place, content="All of it", lease=new)
    [[stored]] = await rows(database, MESSAGES)
    assert (stored["content"], stored["status"]) == ("All of it", "streaming")


async def test_a_late_holder_goes_on_while_nobody_else_came(api: Api, people: People, database: Database) -> None:
    service = people.service("answering")
    key, place = await _begun(await people.person("ann"))
    lease = (await done(api, "advisorMessageClaim", service, "lease", id=key))["lease"]
    await _over(database, key)
    payload = await done(api, "advisorMessageClaim", service, "lease restarted", id=key, lease=lease, seconds=120)
    assert payload == {"lease": lease, "restarted": False}
    assert await _due(api, service) == []
    # A piece never shortens what was asked for.
    await done(api, "advisorMessageAppend", service, **place, content="Well", lease=lease)
    [[stored]] = await rows(database, MESSAGES)
    assert stored["leaseUntil"] - now() > 60_000


async def test_a_released_answer_is_anybodys(api: Api, people: People) -> None:
    service = people.service("answering")
    key, place = await _begun(await people.person("ann"))
    old = (await done(api, "advisorMessageClaim", service, "lease", id=key))["lease"]
    await done(api, "advisorMessageAppend", service, **place, content="Half", lease=old)
    shown = "message { content status }"
    payload = await done(api, "advisorMessageRelease", service, shown, id=key, lease=old)
    assert payload == {"message": {"content": "Half", "status": "STREAMING"}}
    assert await _due(api, service) == [key]
    for writer in ({}, {"lease": old}):
        refused = await refusal(api, "advisorMessageAppend", service, **place, content="x", **writer)
        assert refused == ("WRONG_STATE", "lease")
    payload = await done(api, "advisorMessageClaim", service, "restarted message { content }", id=key)
    assert payload == {"restarted": True, "message": {"content": ""}}


async def test_a_holder_never_begins_an_answer(api: Api, people: People, database: Database) -> None:
    ann, service = await people.person("ann"), people.service("answering")
    key, place = await _begun(ann)
    lease = (await done(api, "advisorMessageClaim", service, "lease", id=key))["lease"]
    await done(api, "advisorMessageDelete", ann, id=key)
    refused = await refusal(api, "advisorMessageAppend", service, **place, content="x", lease=lease)
    assert refused == ("WRONG_STATE", "lease")
    assert await rows(database, MESSAGES) == [[]]


async def test_an_answer_given_again_is_due_again(api: Api, people: People) -> None:
    ann, service = await people.person("ann"), people.service("answering")
    key, place = await _begun(ann)
    for content in ("Well", "Better"):
        assert await _due(api, service) == [key]
        claimed = await done(api, "advisorMessageClaim", service, "lease restarted", id=key)
        assert claimed["restarted"] is False
        held = {"lease": claimed["lease"]}
        await done(api, "advisorMessageAppend", service, **place, **held, content=content)
        payload = await done(api, "advisorMessageFinish", service, "message { content }", **held, id=key, tokensUsed=1)
        assert payload == {"message": {"content": content}}
        await done(api, "advisorMessageRegenerate", ann, id=key)
