"""Trusted programs are trusted with their own work: who bills reads no conversation and writes no answer."""

import pytest

from models.advisor.advisor import ADVISORS
from models.advisor.conversation import CONVERSATIONS
from models.advisor.memory import MEMORIES
from models.advisor.message import MESSAGES
from models.advisor.thread_summary import THREAD_SUMMARIES
from models.store.connection import Database
from tests.factories import advisor as make
from tests.fixtures.wire import Api, People
from tests.resolvers.advisor.writing import gid, refusal, rows


@pytest.mark.parametrize(("service", "sees"), [("answering", True), ("billing", False)])
async def test_the_answering_service_alone_reads_what_was_said(
    api: Api, people: People, service: str, sees: bool
) -> None:
    conversation, advisor = await make.conversation(await people.person("ann")), await make.advisor()
    ids = [
        gid(MESSAGES, await make.message(conversation)),
        gid(MEMORIES, await make.memory(conversation, advisor)),
        gid(THREAD_SUMMARIES, await make.thread_summary(conversation)),
    ]
    found = await api.data("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": ids}, by=people.service(service))
    assert found == {"nodes": [{"id": key} if sees else None for key in ids]}


async def test_the_billing_service_writes_nothing_into_the_chat(api: Api, people: People, database: Database) -> None:
    conversation, advisor = await make.conversation(await people.person("ann")), await make.advisor()
    message = gid(MESSAGES, await make.message(conversation, sender="advisor", advisorId=advisor["_id"]))
    place = {"conversationId": gid(CONVERSATIONS, conversation), "advisorId": gid(ADVISORS, advisor)}
    before = await rows(database, CONVERSATIONS, MESSAGES, MEMORIES, THREAD_SUMMARIES)
    billing = people.service("billing")
    assert await refusal(api, "advisorMessageAppend", billing, **place, content="x") == ("FORBIDDEN", None)
    assert await refusal(api, "advisorMessageFinish", billing, id=message, tokensUsed=1) == ("FORBIDDEN", None)
    assert await refusal(api, "advisorMessageFail", billing, id=message) == ("FORBIDDEN", None)
    remembered = {**place, "key": "k", "value": 1}
    assert await refusal(api, "advisorMemorySet", billing, **remembered) == ("NOT_FOUND", "conversationId")
    assert await refusal(api, "advisorMemoryClear", billing, **place) == ("NOT_FOUND", "conversationId")
    summary = {"conversationId": place["conversationId"], "content": "x"}
    assert await refusal(api, "advisorThreadSummaryCreate", billing, **summary) == ("FORBIDDEN", None)
    assert await rows(database, CONVERSATIONS, MESSAGES, MEMORIES, THREAD_SUMMARIES) == before
