"""Typing: said by the person or, for an advisor, by a service; over after ten seconds, whatever is stored."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from bson import ObjectId

from models.advisor.advisor import ADVISORS
from models.advisor.conversation import CONVERSATIONS
from models.advisor.typing_indicator import TYPING_INDICATORS
from models.store.connection import Database
from tests.factories import advisor as make
from tests.fixtures.wire import ANONYMOUS, Api, Caller, People
from tests.resolvers.advisor.writing import done, gid, refusal, rows

SHOWN = "typing { conversationId userId advisorId isTyping lastTypingAt expiresAt version }"
NOW = "query($id: ID!) { advisorConversation(id: $id) { typing { nodes { userId advisorId } totalCount } } }"
NODE = "query($id: ID!) { node(id: $id) { ... on AdvisorTypingIndicator { isTyping } } }"


async def test_person_types_for_ten_seconds(api: Api, people: People, database: Database) -> None:
    ann = await people.person("ann")
    here = {"conversationId": gid(CONVERSATIONS, await make.conversation(ann))}
    said = (await done(api, "advisorTypingSet", ann, SHOWN, **here, isTyping=True))["typing"]
    assert abs(said.pop("expiresAt") - said.pop("lastTypingAt") - 10_000) <= 5
    assert said == {**here, "userId": ann.id, "advisorId": None, "isTyping": True, "version": 1}
    said = (await done(api, "advisorTypingSet", ann, SHOWN, **here, isTyping=False))["typing"]
    assert (said["isTyping"], said["version"]) == (False, 2)
    assert len((await rows(database, TYPING_INDICATORS))[0]) == 1


async def test_service_says_it_of_an_advisor(api: Api, people: People, database: Database) -> None:
    ann, advisor = await people.person("ann"), await make.advisor()
    conversation = await make.conversation(ann)
    here: dict[str, Any] = {"conversationId": gid(CONVERSATIONS, conversation), "isTyping": True}
    service = people.service("answering")
    await done(api, "advisorTypingSet", service, **here, advisorId=gid(ADVISORS, advisor))
    await done(api, "advisorTypingSet", ann, **here)
    found = await api.data(NOW, {"id": here["conversationId"]}, by=ann)
    assert found["advisorConversation"]["typing"] == {
        "nodes": [
            {"userId": ann.id, "advisorId": None},
            {"userId": ann.id, "advisorId": gid(ADVISORS, advisor)},
        ],
        "totalCount": 2,
    }
    assert await database[TYPING_INDICATORS.collection].distinct("userId") == [ann.profile]


async def test_fifty_signs_at_once_are_one_row(api: Api, people: People, database: Database) -> None:
    ann = await people.person("ann")
    here: dict[str, Any] = {"conversationId": gid(CONVERSATIONS, await make.conversation(ann)), "isTyping": True}
    await asyncio.gather(*(done(api, "advisorTypingSet", ann, **here) for _ in range(50)))
    [[stored]] = await rows(database, TYPING_INDICATORS)
    assert stored["version"] == 50


async def test_only_who_types_now_is_shown(api: Api, people: People) -> None:
    ann = await people.person("ann")
    conversation = await make.conversation(ann)
    over = datetime.now(UTC) - timedelta(seconds=1)
    await make.typing_indicator(conversation, expiresAt=over)
    await make.typing_indicator(conversation, isTyping=False, advisorId=ObjectId())
    found = await api.data(NOW, {"id": gid(CONVERSATIONS, conversation)}, by=ann)
    assert found["advisorConversation"]["typing"] == {"nodes": [], "totalCount": 0}


async def test_refused(api: Api, people: People, database: Database) -> None:
    ann, bob, olga = await people.person("ann"), await people.person("bob"), await people.operator("olga")
    advisor = gid(ADVISORS, await make.advisor())
    here: dict[str, Any] = {"conversationId": gid(CONVERSATIONS, await make.conversation(ann)), "isTyping": True}

    async def refused(by: Caller, **given: Any) -> tuple[str, str | None]:
        return await refusal(api, "advisorTypingSet", by, **{**here, **given})

    assert await refused(ANONYMOUS) == ("UNAUTHENTICATED", None)
    for stranger in (bob, olga):
        assert await refused(stranger) == ("NOT_FOUND", "conversationId")
    assert await refused(ann, advisorId=advisor) == ("FORBIDDEN", None)
    service = people.service("answering")
    assert await refused(service) == ("INVALID", "advisorId")
    assert await refused(service, advisorId=gid(ADVISORS, ObjectId())) == ("NOT_FOUND", "advisorId")
    nowhere = gid(CONVERSATIONS, ObjectId())
    assert await refused(service, conversationId=nowhere, advisorId=advisor) == ("NOT_FOUND", "conversationId")
    assert await rows(database, TYPING_INDICATORS) == [[]]


async def test_only_the_owner_reads(api: Api, people: People) -> None:
    ann, bob = await people.person("ann"), await people.person("bob")
    key = gid(TYPING_INDICATORS, await make.typing_indicator(await make.conversation(ann)))
    assert await api.data(NODE, {"id": key}, by=ann) == {"node": {"isTyping": True}}
    for stranger in (bob, ANONYMOUS):
        assert await api.data(NODE, {"id": key}, by=stranger) == {"node": None}
