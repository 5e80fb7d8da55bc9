"""What goes wrong around an answer: a database that is away, an advisor that is gone, a fault of ours."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from graphql import GraphQLSchema
from structlog.testing import capture_logs
from structlog.typing import EventDict

from graphql_api.answering.advisor.desk import AdvisorDesk, Due
from graphql_api.answering.desk import Claimed, Unavailable
from graphql_api.answering.endpoint import Endpoint
from graphql_api.answering.giving import Bounds, give
from graphql_api.answering.prompt import Prompt
from graphql_api.answering.queue import queue
from graphql_api.answering.responder import Piece
from models.advisor.advisor import ADVISORS
from models.store import Store
from models.store.connection import Database, connect
from tests.fixtures.wire import Api
from tests.graphql_api.answering.conftest import Start, Talk
from tests.graphql_api.answering.model import DONE, Model, delta, stream

Asked = tuple[Endpoint, list[float]]


@pytest.fixture
async def nowhere(schema: GraphQLSchema, mongodb_uri: str) -> AdvisorDesk:
    """The desk of a worker whose database is gone."""
    client = connect(mongodb_uri)
    await client.close()
    return AdvisorDesk(schema, Store(client["nothing"]), seconds=5)


async def _logged(logs: list[EventDict], event: str) -> EventDict:
    async with asyncio.timeout(20):
        while not (found := [line for line in logs if line["event"] == event]):  # noqa: ASYNC110  # the log has no event
            await asyncio.sleep(0.02)
    return found[0]


async def test_a_worker_waits_for_its_database(nowhere: AdvisorDesk) -> None:
    with capture_logs() as logs:
        waiting = asyncio.create_task(anext(queue(nowhere)))
        line = await _logged(logs, "no word of answers that are due")
        assert not waiting.done()
        waiting.cancel()
        await asyncio.wait([waiting])
    assert line["error"].startswith("Internal error.")


async def test_what_cannot_be_claimed_is_left(nowhere: AdvisorDesk, endpoint: Asked, model: Model) -> None:
    with capture_logs() as logs:
        await give(nowhere, endpoint[0], Due("aMsgAAAAAAAAAAAAAAAA", "", "", 1), Bounds())
    assert [line["event"] for line in logs if line["log_level"] == "warning"][-1] == "answer not claimed"
    assert model.asked == []


class Away(AdvisorDesk):
    """The desk of a worker whose database goes away while it writes."""

    async def append(self, claimed: Claimed[Due], text: str) -> None:  # noqa: ARG002  # it writes neither
        """Nothing is written."""
        raise Unavailable("The database cannot be reached now.")


async def test_an_answer_that_cannot_be_written_is_another_ones_when_its_lease_is_over(
    start: Start, talk: Talk, endpoint: Asked, model: Model, schema: GraphQLSchema, store: Store
) -> None:
    model.replies = [stream(delta("Well"), DONE)]
    with capture_logs() as logs:
        await start(endpoint[0], at=Away(schema, store, seconds=30))
        line = await _logged(logs, "answer")
    assert (line["outcome"], line["writes"]) == ("abandoned", 0)
    row = await talk.now()
    assert (row["status"], row["content"], row["lease"] is not None) == ("streaming", "", True)


async def test_an_advisor_that_is_gone_answers_nothing(
    start: Start, talk: Talk, endpoint: Asked, model: Model, database: Database
) -> None:
    await database[ADVISORS.collection].delete_one({"_id": talk.advisor["_id"]})
    await start(endpoint[0])
    assert ((await talk.ended())["status"], model.asked) == ("failed", [])


class Unclaimable(AdvisorDesk):
    """The desk of a worker that has a fault where it claims."""

    async def claim(self, due: Due) -> Claimed[Due]:
        """One answer cannot be claimed."""
        if self.claims:
            return await super().claim(due)
        self.claims += 1
        raise ZeroDivisionError

    claims = 0


async def test_a_fault_at_the_claim_stops_nobody(
    start: Start, talk: Talk, endpoint: Asked, model: Model, schema: GraphQLSchema, store: Store
) -> None:
    model.replies = [stream(delta("Well"), DONE)]
    with capture_logs() as logs:
        await start(endpoint[0], at=Unclaimable(schema, store, seconds=30))
        row = await talk.ended()
    assert (row["content"], row["status"]) == ("Well", "complete")
    assert [line["event"] for line in logs if line["log_level"] == "error"] == ["answer broke the worker"]


class Faulty:
    """A responder with a fault."""

    async def respond(self, prompt: Prompt) -> AsyncGenerator[Piece, None]:  # noqa: ARG002  # it does not matter
        """Half an answer."""
        yield Piece("Half")
        raise ZeroDivisionError


async def test_a_fault_of_ours_ends_one_answer_and_not_the_worker(
    start: Start, talk: Talk, api: Api, database: Database
) -> None:
    with capture_logs() as logs:
        working = await start(Faulty())
        row = await talk.ended()
        line = await _logged(logs, "answer")
    assert (row["content"], row["status"]) == ("Half", "failed")
    assert (line["outcome"], line["error"]) == ("failed", "ZeroDivisionError")
    assert [line["log_level"] for line in logs if line["event"] == "answer broke the worker"] == ["error"]
    assert not working.done()


async def test_a_conversation_that_is_deleted_takes_its_answer_along(
    start: Start, talk: Talk, endpoint: Asked, model: Model, database: Database
) -> None:
    go = asyncio.Event()
    model.replies = [stream(delta("Half"), go, delta(" more"), DONE)]
    counts: dict[str, Any] = {}
    with capture_logs() as logs:
        await start(endpoint[0])
        await talk.until(lambda row: row["content"] == "Half")
        for name in ("advisor_messages", "advisor_conversations"):
            await database[name].delete_many({})
        go.set()
        line = await _logged(logs, "answer")
        counts = {
            name: await database[name].count_documents({}) for name in ("advisor_messages", "advisor_conversations")
        }
    assert line["outcome"] == "lost"
    assert counts == {"advisor_messages": 0, "advisor_conversations": 0}
