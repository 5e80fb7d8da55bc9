"""The worker: answers arrive, are whole, and are nobody else's; what breaks ends one answer alone."""

import asyncio
import re
from typing import Any

import pytest
from graphql import GraphQLSchema
from structlog.testing import capture_logs

from graphql_api.answering.advisor.desk import AdvisorDesk
from graphql_api.answering.builtin import BuiltIn
from graphql_api.answering.endpoint import Endpoint
from graphql_api.answering.giving import Bounds
from models.advisor.advisor import ADVISORS
from models.advisor.conversation import CONVERSATIONS
from models.advisor.message import MESSAGES
from models.store import Store
from models.store.connection import Database
from tests.fixtures.wire import Api, People
from tests.graphql_api.answering.conftest import Start, Talk, begun
from tests.graphql_api.answering.model import DONE, Model, delta, refuse, stream, usage
from tests.resolvers.advisor.writing import done, gid

Asked = tuple[Endpoint, list[float]]


async def test_an_answer_arrives_and_is_paid_for(start: Start, talk: Talk, endpoint: Asked, model: Model) -> None:
    model.replies = [stream(delta("Raise "), delta("the price."), usage(42), DONE)]
    await start(endpoint[0])
    row = await talk.ended()
    assert (row["content"], row["status"], row["tokensUsed"]) == ("Raise the price.", "complete", 42)
    assert (row["lease"], row["leaseUntil"]) == (None, None)
    assert [message["content"] for message in model.asked[0]["messages"]][1:] == ["What now?"]


async def test_each_answer_has_its_line_in_the_log(start: Start, talk: Talk, endpoint: Asked, model: Model) -> None:
    model.replies = [stream(delta("Well"), usage(7), DONE)]
    with capture_logs() as logs:
        task = await start(endpoint[0])
        await talk.ended()
        task.cancel()
        await asyncio.wait([task])
    [line] = [line for line in logs if line["event"] == "answer"]
    assert line.pop("seconds") >= 0
    assert line == {
        "event": "answer",
        "log_level": "info",
        "answer": gid(MESSAGES, talk.answer),
        "advisor": gid(ADVISORS, talk.advisor),
        "outcome": "complete",
        "pieces": 1,
        "writes": 1,
        "characters": 4,
        "tokens": 7,
    }


async def test_what_was_not_told_is_estimated(start: Start, talk: Talk, endpoint: Asked, model: Model) -> None:
    model.replies = [stream(delta("x" * 400), DONE)]
    await start(endpoint[0])
    row = await talk.ended()
    told = sum(len(message["content"]) for message in model.asked[0]["messages"])
    assert row["tokensUsed"] == -(-(told + 400) // 4)


async def test_pieces_are_written_together(start: Start, talk: Talk, endpoint: Asked, model: Model) -> None:
    written = asyncio.Event()
    model.replies = [stream(delta("0"), written, *(delta("x") for _ in range(500)), DONE)]
    # A write a second: what comes between two of them is written by the second one.
    await start(endpoint[0], bounds=Bounds(writes=1))
    first = await talk.until(lambda row: row["content"] != "")
    written.set()
    row = await talk.ended()
    assert (first["content"], row["content"]) == ("0", "0" + "x" * 500)
    # The claim, the two writes, the end.
    assert row["version"] == 1 + 1 + 2 + 1


async def test_an_answer_is_cut_at_its_longest(start: Start, talk: Talk, endpoint: Asked, model: Model) -> None:
    hang = asyncio.Event()
    model.replies = [stream(delta("ä" * 31_990), delta("ö" * 20), hang)]
    await start(endpoint[0])
    row = await talk.ended()
    hang.set()
    assert (row["content"], row["status"]) == ("ä" * 31_990 + "ö" * 10, "complete")


async def test_half_a_character_is_no_reason_to_fail(start: Start, talk: Talk, endpoint: Asked, model: Model) -> None:
    half = b'data: {"choices":[{"delta":{"content":"a\\ud83d"}}]}\n\n'
    model.replies = [stream(half, delta("b"), DONE)]
    await start(endpoint[0])
    row = await talk.ended()
    assert (row["content"], row["status"]) == ("a?b", "complete")


@pytest.mark.parametrize(
    ("events", "content"),
    [
        ([delta("Half"), b'data: {"error":{}}\n\n'], "Half"),
        ([delta("Half"), b"data: {oops\n\n"], "Half"),
        ([delta(None), DONE], ""),
    ],
)
async def test_a_broken_answer_is_told_and_keeps_what_came(
    events: list[bytes], content: str, start: Start, talk: Talk, endpoint: Asked, model: Model
) -> None:
    model.replies = [stream(*events)]
    await start(endpoint[0])
    row = await talk.ended()
    assert (row["content"], row["status"]) == (content, "failed")
    assert len(model.asked) == 1


async def test_a_busy_endpoint_is_asked_again(start: Start, talk: Talk, endpoint: Asked, model: Model) -> None:
    model.replies = [refuse(429, Retry_After="3"), refuse(503), stream(delta("Well"), DONE)]
    await start(endpoint[0])
    row = await talk.ended()
    assert (row["content"], row["status"], endpoint[1]) == ("Well", "complete", [3.0, 1.0])


async def test_an_answer_that_takes_too_long_fails(start: Start, talk: Talk, endpoint: Asked, model: Model) -> None:
    hang = asyncio.Event()
    model.replies = [stream(delta("Half"), hang)]
    await start(endpoint[0], bounds=Bounds(writes=20, seconds=0.3))
    row = await talk.ended()
    hang.set()
    assert (row["content"], row["status"]) == ("Half", "failed")


async def test_typing_is_shown_until_the_first_piece(
    start: Start, talk: Talk, endpoint: Asked, model: Model, api: Api
) -> None:
    wait = asyncio.Event()
    model.replies = [stream(wait, delta("Well"), DONE)]
    text = "query($id: ID!) { advisorConversation(id: $id) { typing { nodes { advisorId } } } }"

    async def typing() -> Any:
        found = await api.data(text, {"id": gid(CONVERSATIONS, talk.conversation)}, by=talk.owner)
        return found["advisorConversation"]["typing"]["nodes"]

    await start(endpoint[0])
    async with asyncio.timeout(20):
        while not model.asked:  # noqa: ASYNC110  # the endpoint has no event for it
            await asyncio.sleep(0.02)
    assert await typing() == [{"advisorId": gid(ADVISORS, talk.advisor)}]
    wait.set()
    await talk.ended()
    assert await typing() == []


async def test_no_more_than_so_many_at_once(
    start: Start, people: People, database: Database, endpoint: Asked, model: Model
) -> None:
    ann, go = await people.person("ann"), asyncio.Event()
    talks = [await begun(ann, database) for _ in range(3)]
    model.replies = [stream(delta("We"), go, delta("ll"), DONE)]
    await start(endpoint[0], concurrency=2)
    for talk in talks[:2]:
        await talk.until(lambda row: row["content"] == "We")
    assert (len(model.asked), (await talks[2].now())["content"]) == (2, "")
    go.set()
    assert [(await talk.ended())["content"] for talk in talks] == ["Well"] * 3


async def test_two_workers_give_an_answer_once(
    start: Start, people: People, database: Database, endpoint: Asked, model: Model
) -> None:
    ann = await people.person("ann")
    talks = [await begun(ann, database) for _ in range(6)]
    model.replies = [stream(delta("Well"), DONE)]
    for _ in range(3):
        await start(endpoint[0])
    assert [(await talk.ended())["content"] for talk in talks] == ["Well"] * 6
    assert len(model.asked) == 6


async def test_a_stopped_worker_leaves_its_answers_to_another(
    start: Start, talk: Talk, endpoint: Asked, model: Model
) -> None:
    hang = asyncio.Event()
    model.replies = [stream(delta("Half"), hang), stream(delta("All of it"), DONE)]
    first = await start(endpoint[0])
    await talk.until(lambda row: row["content"] == "Half")
    first.cancel()
    await asyncio.wait([first])
    hang.set()
    left = await talk.now()
    assert (left["content"], left["status"]) == ("Half", "streaming")
    await start(endpoint[0])
    row = await talk.ended()
    assert (row["content"], row["status"]) == ("All of it", "complete")


class Dying(AdvisorDesk):
    """The desk of a worker that is killed: it lets go of nothing."""

    async def release(self, claimed: Any) -> None:
        """Nobody is there any more."""


async def test_an_answer_whose_worker_died_is_given_by_another(
    start: Start, talk: Talk, endpoint: Asked, model: Model, schema: GraphQLSchema, store: Store
) -> None:
    hang = asyncio.Event()
    model.replies = [stream(delta("Half"), hang), stream(delta("All of it"), DONE)]
    first = await start(endpoint[0], at=Dying(schema, store, seconds=30, lease_seconds=1))
    await talk.until(lambda row: row["content"] == "Half")
    first.cancel()
    await asyncio.wait([first])
    hang.set()
    held = await talk.now()
    await talk.database[MESSAGES.collection].update_one({"lease": held["lease"]}, {"$set": {"leaseUntil": 1}})
    with capture_logs() as logs:
        await start(endpoint[0])
        row = await talk.ended()
        await asyncio.sleep(0.05)
    assert (row["content"], row["status"]) == ("All of it", "complete")
    assert [line["restarted"] for line in logs if line["event"] == "answer"] == [True]


async def test_a_lease_is_kept_while_the_model_thinks(
    start: Start, talk: Talk, endpoint: Asked, model: Model, schema: GraphQLSchema, store: Store
) -> None:
    wait = asyncio.Event()
    model.replies = [stream(wait, delta("Well"), DONE)]
    await start(endpoint[0], at=AdvisorDesk(schema, store, seconds=30, lease_seconds=2))
    first = await talk.until(lambda row: row.get("lease") is not None)
    await talk.until(lambda row: row["leaseUntil"] > first["leaseUntil"])
    wait.set()
    row = await talk.ended()
    assert (row["content"], len(model.asked)) == ("Well", 1)


async def test_who_lost_its_lease_writes_no_more(start: Start, talk: Talk, endpoint: Asked, model: Model) -> None:
    go = asyncio.Event()
    model.replies = [stream(delta("Half"), go, delta(" more"), DONE)]
    with capture_logs() as logs:
        await start(endpoint[0])
        await talk.until(lambda row: row["content"] == "Half")
        # As if another had claimed it, and holds it.
        taken = {"lease": "another", "leaseUntil": 4_000_000_000_000}
        await talk.database[MESSAGES.collection].update_one({"_id": talk.answer["_id"]}, {"$set": taken})
        go.set()
        async with asyncio.timeout(20):
            while not [line for line in logs if line["event"] == "answer"]:  # noqa: ASYNC110  # the log has none
                await asyncio.sleep(0.02)
    row = await talk.now()
    assert (row["content"], row["status"], row["lease"]) == ("Half", "streaming", "another")
    assert [line["outcome"] for line in logs if line["event"] == "answer"] == ["lost"]


async def test_a_deleted_answer_does_not_come_back(
    start: Start, talk: Talk, endpoint: Asked, model: Model, api: Api, database: Database
) -> None:
    go = asyncio.Event()
    model.replies = [stream(delta("Half"), go, delta(" more"), DONE)]
    with capture_logs() as logs:
        await start(endpoint[0])
        await talk.until(lambda row: row["content"] == "Half")
        await done(api, "advisorMessageDelete", talk.owner, id=gid(MESSAGES, talk.answer))
        go.set()
        async with asyncio.timeout(20):
            while not [line for line in logs if line["event"] == "answer"]:  # noqa: ASYNC110  # the log has none
                await asyncio.sleep(0.02)
    assert await database[MESSAGES.collection].count_documents({"sender": "advisor"}) == 0
    assert [line["outcome"] for line in logs if line["event"] == "answer"] == ["lost"]


async def test_a_message_is_answered_and_the_answer_given_again(
    start: Start, talk: Talk, endpoint: Asked, model: Model, api: Api
) -> None:
    model.replies = [stream(delta("One"), usage(1), DONE), stream(delta("Two"), usage(2), DONE)]
    await start(endpoint[0])
    assert (await talk.ended())["content"] == "One"
    await done(api, "advisorMessageRegenerate", talk.owner, id=gid(MESSAGES, talk.answer))
    row = await talk.until(lambda row: row["content"] == "Two" and row["status"] == "complete")
    assert row["tokensUsed"] == 3
    model.replies = [stream(delta("Three"), DONE)]
    here = {"conversationId": gid(CONVERSATIONS, talk.conversation), "content": "Anything else?"}
    payload = await done(api, "advisorMessageSend", talk.owner, "answers { id }", **here)
    text = "query($id: ID!) { node(id: $id) { ... on AdvisorMessage { content status } } }"
    async with asyncio.timeout(20):
        while True:
            node = (await api.data(text, payload["answers"][0], by=talk.owner))["node"]
            if node["status"] != "STREAMING":
                break
            await asyncio.sleep(0.02)
    assert node == {"content": "Three", "status": "COMPLETE"}
    said = [message["content"] for message in model.asked[-1]["messages"]][1:]
    assert said == ["What now?", "Two", "Anything else?"]


async def test_without_a_model_the_builtin_responder_answers(start: Start, talk: Talk) -> None:
    await start(BuiltIn(0))
    row = await talk.ended()
    assert re.match(r"This is the built-in responder speaking, not a language model\. ", row["content"])
    assert (row["status"], row["tokensUsed"]) == ("complete", 0)
