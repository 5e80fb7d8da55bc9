"""The worker answers buyers as it answers advisors' people: live, whole, once."""

import asyncio
from typing import Any

from graphql import GraphQLSchema
from structlog.testing import capture_logs

from graphql_api.answering.advisor.desk import AdvisorDesk
from graphql_api.answering.builtin import BuiltIn
from graphql_api.answering.buyer.desk import BuyerDesk
from graphql_api.answering.endpoint import Endpoint
from graphql_api.answering.giving import Bounds
from graphql_api.answering.queue import queue
from graphql_api.answering.worker import Worker
from models.buyer.chat_agent_insight import CHAT_AGENT_INSIGHTS
from models.buyer.chat_message import CHAT_MESSAGES
from models.buyer.profile import PROFILES
from models.store import Store
from models.store.connection import Database
from tests.factories import buyer as make
from tests.fixtures.live import Lists
from tests.fixtures.wire import Api, People
from tests.graphql_api.answering.conftest import WAIT_SECONDS, Start, begun
from tests.graphql_api.answering.model import DONE, Model, delta, stream
from tests.resolvers.advisor.writing import done
from tests.resolvers.buyer.chat_scene import Scene, Stored

Asked = tuple[Endpoint, list[float]]
TOUR = "I love the garden! Can we schedule a tour?"


async def _ended(here: Scene, row: Stored) -> Stored:
    async with asyncio.timeout(WAIT_SECONDS):
        while (found := await here.now(CHAT_MESSAGES, row))["answerStatus"] == "waiting":  # noqa: ASYNC110  # as above
            await asyncio.sleep(0.02)
    return found


async def test_a_question_is_answered_and_its_agent_alerted(
    api: Api, start: Start, here: Scene, buyers: BuyerDesk, lists: Lists
) -> None:
    document = "subscription { buyerChatAgentInsightChanges { kind node { insightType priority } } }"
    live = await lists.follow(document, by=here.ann)
    assert await live.synced() == []
    await start(BuiltIn(0), at=buyers)
    await done(api, "buyerChatMessageSend", here.chat, message=TOUR)
    event = await live.event()
    assert event["node"] == {"insightType": "HOT_LEAD", "priority": "URGENT"}
    text = """query($id: ID!) { buyerChatMessages(sessionId: $id) {
      nodes { aiResponse aiResponseDraft answerStatus sentimentScore agentPath } } }"""
    [seen] = (await api.data(text, {"id": here.chat.id}, by=here.chat))["buyerChatMessages"]["nodes"]
    assert seen == {
        "aiResponse": (
            "This is the built-in responder speaking, not a language model. Here the assistant, who knows the 0 homes "
            f"that were found for you, would answer you. You wrote: “{TOUR}”. "
            "Set ANSWER_URL and ANSWER_MODEL to have a model think about it."
        ),
        "aiResponseDraft": None,
        "answerStatus": "ANSWERED",
        "sentimentScore": None,
        "agentPath": None,
    }
    [row] = await here.database[CHAT_MESSAGES.collection].find().to_list()
    found = {name: row[name] for name in ("questionCategory", "sentimentScore", "intentClassification", "agentPath")}
    assert found == {
        "questionCategory": "logistics",
        "sentimentScore": 1.0,
        "intentClassification": "scheduling",
        "agentPath": "built-in->words",
    }
    chat = await here.chat_now()
    assert (chat["engagementScore"], chat["decisionStage"]) == (4.5, "ready")


async def test_the_draft_grows_while_the_model_speaks(
    start: Start, here: Scene, buyers: BuyerDesk, endpoint: Asked, model: Model, lists: Lists
) -> None:
    go = asyncio.Event()
    model.replies = [stream(delta("It is "), go, delta("quiet."), DONE)]
    row = await make.chat_message(here.session)
    document = """subscription($id: ID!) { buyerChatMessageChanges(sessionId: $id) {
      kind node { aiResponse aiResponseDraft answerStatus } } }"""
    live = await lists.follow(document, {"id": here.chat.id}, by=here.chat)
    await live.synced()
    with capture_logs() as logs:
        await start(endpoint[0], at=buyers)
        first = {"aiResponse": None, "aiResponseDraft": "It is ", "answerStatus": "WAITING"}
        assert (await live.event())["node"] == first
        go.set()
        stored = await _ended(here, row)
        # The line comes when the answer has been stored.
        async with asyncio.timeout(WAIT_SECONDS):
            while not [line for line in logs if line["event"] == "answer"]:  # noqa: ASYNC110  # the log has no event
                await asyncio.sleep(0.02)
    assert (stored["aiResponse"], stored["agentPath"], stored["lease"]) == ("It is quiet.", "test-model->words", None)
    assert [said["content"] for said in model.asked[0]["messages"]][1:] == ["Is it quiet there?"]
    [line] = [line for line in logs if line["event"] == "answer"]
    assert (line["chat"], line["outcome"]) == (here.chat.id, "complete")


async def test_two_workers_answer_a_question_once(
    start: Start, here: Scene, buyers: BuyerDesk, endpoint: Asked, model: Model
) -> None:
    model.replies = [stream(delta("Well"), DONE)]
    questions = [await make.chat_message(here.session, f"{place}", timestamp=place) for place in range(6)]
    for _ in range(3):
        await start(endpoint[0], at=buyers)
    assert [(await _ended(here, row))["aiResponse"] for row in questions] == ["Well"] * 6
    assert len(model.asked) == 6


async def test_a_stopped_worker_leaves_its_question_to_another(
    start: Start, here: Scene, buyers: BuyerDesk, endpoint: Asked, model: Model
) -> None:
    hang = asyncio.Event()
    model.replies = [stream(delta("Half"), hang), stream(delta("All of it"), DONE)]
    row = await make.chat_message(here.session)
    first = await start(endpoint[0], at=buyers)
    async with asyncio.timeout(WAIT_SECONDS):
        while (await here.now(CHAT_MESSAGES, row)).get("aiResponseDraft") != "Half":  # noqa: ASYNC110  # as above
            await asyncio.sleep(0.02)
    first.cancel()
    await asyncio.wait([first])
    hang.set()
    await start(endpoint[0], at=buyers)
    stored = await _ended(here, row)
    assert (stored["aiResponse"], stored["aiResponseDraft"]) == ("All of it", None)


async def test_a_question_that_cannot_be_answered_fails_alone(
    start: Start, here: Scene, buyers: BuyerDesk, database: Database
) -> None:
    row, other = await make.chat_message(here.session), await make.chat_message(here.other_chat.row)
    await database[PROFILES.collection].delete_one({"_id": here.profile["_id"]})
    await start(BuiltIn(0), at=buyers)
    assert (await _ended(here, row))["answerStatus"] == "failed"
    assert (await _ended(here, other))["answerStatus"] == "answered"
    assert await database[CHAT_AGENT_INSIGHTS.collection].count_documents({}) == 0


async def test_one_worker_serves_both_products(
    schema: GraphQLSchema, store: Store, here: Scene, people: People, database: Database
) -> None:
    row, talk = await make.chat_message(here.session), await begun(await people.person("ada"), database)
    desks: list[Any] = [desk(schema, store, seconds=30) for desk in (AdvisorDesk, BuyerDesk)]
    worker = Worker(desks, BuiltIn(0), concurrency=1, bounds=Bounds(20), queue=lambda where: queue(where, 0.02))
    running = asyncio.create_task(worker.run())
    try:
        assert (await _ended(here, row))["answerStatus"] == "answered"
        assert (await talk.ended())["status"] == "complete"
    finally:
        running.cancel()
        await asyncio.wait([running])
