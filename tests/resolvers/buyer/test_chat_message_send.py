"""Asking a question: whose it is to ask, and what is counted with it."""

import asyncio

import pytest

from models.buyer.chat_message import CHAT_MESSAGES
from models.buyer.chat_session import CHAT_SESSIONS
from models.buyer.search_transaction import SEARCH_TRANSACTIONS
from models.clock import now
from models.store.connection import Database
from tests.fixtures.live import Lists
from tests.fixtures.wire import ANONYMOUS, Api
from tests.resolvers.advisor.writing import done, gid, refusal, rows
from tests.resolvers.buyer.chat_scene import Scene

SEND = "buyerChatMessageSend"
DAY = 24 * 3_600_000


async def test_a_question_is_stored_and_counted(api: Api, here: Scene) -> None:
    shown = (
        "message { sessionId message aiResponse answerStatus propertyMentioned property { address } "
        "searchTransactionId timestamp } messageEdge { cursor node { message } }"
    )
    payload = await done(api, SEND, here.chat, shown, message="Is it quiet?", propertyMentioned=here.home)
    row = await here.chat_now()
    assert payload["message"] == {
        "sessionId": here.chat.id,
        "message": "Is it quiet?",
        "aiResponse": None,
        "answerStatus": "WAITING",
        "propertyMentioned": here.home,
        "property": {"address": "1 Elm Street"},
        "searchTransactionId": gid(SEARCH_TRANSACTIONS, here.search),
        "timestamp": row["lastActivity"],
    }
    assert payload["messageEdge"]["node"] == {"message": "Is it quiet?"}
    assert (row["totalQuestions"], row["returnVisits"], row["version"]) == (1, 0, 1)
    assert row["lastActivity"] >= here.session["lastActivity"]


@pytest.mark.parametrize(("pause", "visits"), [(DAY - 60_000, 0), (DAY, 1), (30 * DAY, 1)])
async def test_who_comes_back_after_a_day_is_counted_once(api: Api, here: Scene, pause: int, visits: int) -> None:
    await here.set(lastActivity=now() - pause)
    await done(api, SEND, here.chat, message="one")
    await done(api, SEND, here.chat, message="two")
    row = await here.chat_now()
    assert (row["totalQuestions"], row["returnVisits"]) == (2, visits)


async def test_many_questions_at_once_are_all_counted(api: Api, here: Scene, database: Database) -> None:
    await here.set(lastActivity=now() - 2 * DAY)
    await asyncio.gather(*(done(api, SEND, here.chat, message=f"{place}") for place in range(20)))
    row = await here.chat_now()
    assert (row["totalQuestions"], row["returnVisits"]) == (20, 1)
    assert await database[CHAT_MESSAGES.collection].count_documents({"sessionId": row["_id"]}) == 20


async def test_a_question_sent_again_is_the_same(api: Api, here: Scene) -> None:
    given = {"message": "one", "clientMutationId": "once"}
    first = await done(api, SEND, here.chat, "message { id }", **given)
    assert await done(api, SEND, here.chat, "message { id }", **given) == first
    assert (await here.chat_now())["totalQuestions"] == 1
    key = first["message"]["id"]
    assert await refusal(api, SEND, here.chat, message="other", id=key) == ("ALREADY_EXISTS", "id")
    assert (await here.chat_now())["totalQuestions"] == 1


async def test_only_a_buyer_in_a_chat_asks(api: Api, here: Scene, database: Database) -> None:
    before = await rows(database, CHAT_MESSAGES, CHAT_SESSIONS)
    assert await refusal(api, SEND, ANONYMOUS, message="Hello?") == ("UNAUTHENTICATED", None)
    others = (here.ann, here.bob, here.buyer, here.seller, here.operator, here.account, *here.services.values())
    for caller in others:
        assert await refusal(api, SEND, caller, message="Hello?") == ("FORBIDDEN", None), caller.name
    assert await rows(database, CHAT_MESSAGES, CHAT_SESSIONS) == before


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"message": ""}, ("INVALID", "message")),
        ({"message": " \n"}, ("INVALID", "message")),
        ({"message": "x" * 5_001}, ("TOO_LONG", "message")),
        ({"message": "x", "propertyMentioned": "nonsense"}, ("NOT_FOUND", "propertyMentioned")),
        ({"message": "x", "propertyMentioned": "bLisAAAAAAAAAAAAAAAA"}, ("NOT_FOUND", "propertyMentioned")),
        ({"message": "x", "id": "nonsense"}, ("INVALID", "id")),
    ],
)
async def test_a_refused_question_counts_for_nothing(
    api: Api, here: Scene, database: Database, given: dict[str, str], expected: tuple[str, str]
) -> None:
    before = await rows(database, CHAT_MESSAGES, CHAT_SESSIONS)
    assert await refusal(api, SEND, here.chat, **given) == expected
    assert await rows(database, CHAT_MESSAGES, CHAT_SESSIONS) == before


async def test_an_input_holds_nothing_that_is_the_servers(api: Api, here: Scene) -> None:
    for column in ("sessionId", "agentId", "aiResponse", "answerStatus", "timestamp", "sentimentScore"):
        document = f'mutation {{ {SEND}(input: {{message: "x", {column}: "x"}}) {{ message {{ id }} }} }}'
        answer = await api.answer(document, by=here.chat)
        assert answer["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED", column


async def test_a_question_is_seen_at_once_by_its_agent(api: Api, here: Scene, lists: Lists) -> None:
    document = "subscription($id: ID!) { buyerChatMessageChanges(sessionId: $id) { kind node { message } } }"
    live = await lists.follow(document, {"id": here.chat.id}, by=here.ann)
    assert await live.synced() == []
    await done(api, SEND, here.chat, message="Hello?")
    assert await live.event() == {"kind": "ADDED", "node": {"message": "Hello?"}}
