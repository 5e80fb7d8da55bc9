"""What goes wrong around an analysis: a database that is away, rows that nobody can read, a fault of ours."""

import asyncio

import pytest
from graphql import GraphQLSchema
from structlog.testing import capture_logs

from graphql_api.analysis.analyst import Opinion
from graphql_api.analysis.builtin import BuiltIn
from graphql_api.analysis.case import Case
from graphql_api.analysis.desk import Desk, Faulty, Overtaken, Page, Unavailable
from graphql_api.analysis.queue import Queue
from models.clock import now
from models.estate.listing import LISTINGS
from models.estate.offer import OFFERS, Analysis
from models.store import Store
from models.store.connection import connect
from tests.factories import estate as make
from tests.graphql_api.analysis.conftest import Bid, Start, logged
from tests.graphql_api.analysis.test_prompt import ANALYSIS


async def test_a_worker_waits_for_its_database(start: Start, schema: GraphQLSchema) -> None:
    client = connect("mongodb://127.0.0.1:1/?replicaSet=rs0&serverSelectionTimeoutMS=50")
    nowhere = Desk(schema, Store(client["nothing"]), seconds=5)
    with pytest.raises(Unavailable):
        await nowhere.due(1)
    with capture_logs() as logs:
        working = await start(at=nowhere)
        await logged(logs, "no word of offers to be analyzed")
        await logged(logs, "no offers expired")
        assert not working.done()
    await client.close()


class Away(Desk):
    """The desk of a worker whose database is away the first time that it writes."""

    writes = 0

    async def write(self, case: Case, analysis: Analysis) -> None:
        """Write the second time."""
        self.writes += 1
        if self.writes == 1:
            raise Unavailable("The database cannot be reached now.")
        await super().write(case, analysis)


async def test_what_could_not_be_written_is_tried_again(
    start: Start, bid: Bid, schema: GraphQLSchema, store: Store
) -> None:
    desk = Away(schema, store, seconds=30)
    with capture_logs() as logs:
        await start(at=desk)
        await bid.analyzed()
        line = await logged(logs, "analysis", outcome="failed")
    assert (line["offer"], line["error"]) == (bid.id, "The database cannot be reached now.")
    assert desk.writes == 2


async def test_rows_that_nobody_can_read_stand_in_nobodys_way(
    start: Start, bid: Bid, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graphql_api.analysis.queue.PAGE", 2)
    for values in ({"offerAmount": "much"}, {"rounds": "none"}, {"version": "first"}):
        other = await bid.another(createdAt=1)
        await bid.database[OFFERS.collection].update_one({"_id": other.row["_id"]}, {"$set": values})
    alone = await bid.another(createdAt=2)
    await bid.database[LISTINGS.collection].delete_one({"_id": alone.listing["_id"]})
    with capture_logs() as logs:
        working = await start()
        await bid.analyzed()
        line = await logged(logs, "analysis", offer=alone.id)
    assert not working.done()
    assert (line["outcome"], line["error"]) == ("failed", "its listing is gone")


async def test_a_home_that_nobody_can_read_costs_the_comparison_alone(start: Start, bid: Bid) -> None:
    other = await make.listing(bid.there.agent.row)
    await bid.database[LISTINGS.collection].update_one({"_id": other["_id"]}, {"$set": {"sqft": "large"}})
    await start()
    assert "No other public home of its kind is known" in (await bid.analyzed())["marketComparison"]


class Odd:
    """An analyst with a fault, the first time."""

    asked = 0

    async def judge(self, case: Case) -> Opinion:
        """Fail once."""
        self.asked += 1
        if self.asked == 1:
            raise ZeroDivisionError
        return await BuiltIn().judge(case)


async def test_a_fault_of_ours_stops_nobody(start: Start, bid: Bid) -> None:
    with capture_logs() as logs:
        await start(Odd())
        await bid.analyzed()
    assert [line["event"] for line in logs if line["log_level"] == "error"] == ["an offer broke the worker"]
    assert [line["error"] for line in logs if line.get("outcome") == "failed"] == ["ZeroDivisionError"]


class Unending(Desk):
    """The desk of a worker that cannot end offers, the first time by a fault of ours."""

    tries = 0

    async def expire(self) -> int:
        """End offers the third time."""
        self.tries += 1
        if self.tries == 1:
            raise ZeroDivisionError
        if self.tries == 2:
            raise Faulty("Internal error.")
        return await super().expire()


async def test_offers_that_could_not_end_do_so_later(
    start: Start, bid: Bid, schema: GraphQLSchema, store: Store
) -> None:
    over = await bid.another(expiresAt=now() - 1)
    with capture_logs() as logs:
        await start(at=Unending(schema, store, seconds=30), sweep=0.02)
        await over.until(lambda row: row["status"] == "rejected")
        await bid.analyzed()
    told = [line["event"] for line in logs if line["log_level"] in {"warning", "error"}]
    assert told == ["the end of offers broke off", "no offers expired"]


async def test_the_desk_says_what_is_wrong(desk: Desk, bid: Bid) -> None:
    case = await desk.case(bid.id)
    good = Analysis(**ANALYSIS)
    with pytest.raises(Faulty, match="TOO_LONG"):
        await desk.write(case, good.model_copy(update={"risks": ["x" * 1_001]}))
    await desk.write(case, good)
    with pytest.raises(Overtaken, match="somebody else was faster"):
        await desk.case(bid.id)
    await bid.database[OFFERS.collection].update_one({"_id": bid.row["_id"]}, {"$set": {"version": 2}})
    with pytest.raises(Overtaken, match="STALE_VERSION"):
        await desk.write(case, good)
    await bid.database[OFFERS.collection].delete_one({"_id": bid.row["_id"]})
    with pytest.raises(Overtaken, match="NOT_FOUND"):
        await desk.write(case, good)
    with pytest.raises(Overtaken):
        await desk.case(bid.id)


class Listed(Desk):
    """A desk with two offers that wait for ever; `pages` counts how often it was asked."""

    pages = 0

    async def due(self, first: int, after: str | None = None) -> Page:  # noqa: ARG002  # always the same
        """The same two."""
        self.pages += 1
        return Page(("bad", "good"), None)


async def test_an_offer_that_fails_is_left_alone_for_a_while(schema: GraphQLSchema, store: Store) -> None:
    desk = Listed(schema, store, seconds=5)
    queue = Queue(desk, poll=0.001, rest=1_000)
    queue.failed("bad")
    offers = queue.offers()
    assert {await anext(offers) for _ in range(5)} == {"good"}
    queue.done("bad")
    assert {await anext(offers) for _ in range(10)} == {"good", "bad"}
    await offers.aclose()


async def test_rests_grow_and_are_forgotten(schema: GraphQLSchema, store: Store) -> None:
    queue = Queue(Listed(schema, store, seconds=5), poll=0.001, rest=5)
    loop = asyncio.get_running_loop()
    rests = []
    for _ in range(9):
        queue.failed("bad")
        rests.append(round(queue._resting["bad"].until - loop.time()))
    assert rests == [5, 10, 20, 40, 80, 160, 320, 600, 600]
    for _ in range(2_000):
        queue.failed("always")
    queue.failed("gone")
    queue._resting["gone"] = type(queue._resting["gone"])(1, loop.time() - 1)
    offers = queue.offers()
    for _ in range(3):
        await anext(offers)
    assert set(queue._resting) == {"bad", "always"}
    await offers.aclose()
