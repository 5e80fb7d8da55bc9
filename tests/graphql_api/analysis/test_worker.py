"""The worker: an offer is analyzed for its agent alone, by what everybody may see, and ends when its time is over."""

import asyncio
from typing import Any

import pytest
from bson import ObjectId
from structlog.testing import capture_logs

from graphql_api.analysis.analyst import Opinion
from graphql_api.analysis.builtin import BuiltIn
from graphql_api.analysis.case import Case
from models.clock import now
from models.estate.listing import LISTINGS
from models.estate.offer import OFFERS, Analysis
from models.mail.mail import MAILS
from tests.factories import estate as make
from tests.fixtures.estate import Parties
from tests.fixtures.live import Lists
from tests.fixtures.wire import ANONYMOUS, Api, People
from tests.graphql_api.analysis.conftest import Bid, Start, logged
from tests.graphql_api.analysis.test_prompt import ANALYSIS
from tests.resolvers.advisor.writing import done, gid, rows
from tests.resolvers.estate.negotiating import TERMS, broken

SHOWN = "query($id: ID!) { estateOffer(id: $id) { version aiAnalysis { marketComparison confidence } } }"
LIVE = """subscription { estateOfferChanges(first: 9) { kind node { aiAnalysis { confidence } } } }"""


class Held:
    """An analyst that has seen what is in `cases`, and answers when it may `go`."""

    def __init__(self, said: str = "Slightly below.") -> None:
        self.cases: list[Case] = []
        self.go = asyncio.Event()
        self.most = 0
        self._now = 0
        self._said = said

    async def judge(self, case: Case) -> Opinion:
        """The analysis, once it may be told."""
        self.cases.append(case)
        self._now += 1
        self.most = max(self.most, self._now)
        try:
            await self.go.wait()
        finally:
            self._now -= 1
        return Opinion(Analysis(**{**ANALYSIS, "marketComparison": self._said}), "held")

    async def asked(self, number: int = 1) -> None:
        """Wait until it was asked so often."""
        async with asyncio.timeout(20):
            while len(self.cases) < number:  # noqa: ASYNC110  # no event for it
                await asyncio.sleep(0.01)


async def test_an_offer_has_its_analysis_for_the_agent(
    api: Api, parties: Parties, people: People, start: Start, bid: Bid
) -> None:
    listing = await make.listing(bid.there.agent.row)
    await start()
    given = {"id": gid(OFFERS, ObjectId()), "listingId": gid(LISTINGS, listing), "terms": TERMS}
    made = await done(api, "estateOfferCreate", bid.there.buyer, "offer { id }", **given)
    variables = {"id": made["offer"]["id"]}
    async with asyncio.timeout(20):
        while (await api.data(SHOWN, variables, by=bid.there.agent))["estateOffer"]["aiAnalysis"] is None:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    shown = (await api.data(SHOWN, variables, by=bid.there.agent))["estateOffer"]
    assert shown["version"] == 1
    assert shown["aiAnalysis"]["marketComparison"].startswith(
        "This is the built-in analyst speaking, which counts by rules and is not a language model. "
        "The offer of 480,000 is 4.0 % below the asking price of 500,000."
    )
    assert shown["aiAnalysis"]["confidence"] == 0.11
    for by in (bid.there.buyer, await parties.seller(listing)):
        assert (await api.data(SHOWN, variables, by=by))["estateOffer"] == {"version": 1, "aiAnalysis": None}
    strangers = [await parties.agent("bob"), await parties.buyer(bid.there.agent), people.service("search"), ANONYMOUS]
    for stranger in strangers:
        assert (await api.data(SHOWN, variables, by=stranger))["estateOffer"] is None


async def test_nothing_but_the_analysis_changes(start: Start, bid: Bid) -> None:
    before = await bid.now()
    await start()
    analysis = await bid.analyzed()
    assert await bid.now() == {**before, "aiAnalysis": analysis}
    assert await rows(bid.database, MAILS) == [[]]
    assert await broken(bid.database) == []


async def test_the_agent_hears_of_it_at_once(lists: Lists, start: Start, bid: Bid) -> None:
    live = await lists.follow(LIVE, by=bid.there.agent)
    assert len(await live.synced()) == 1
    await start()
    event = await live.event()
    assert (event["kind"], event["node"]) == ("CHANGED", {"aiAnalysis": {"confidence": 0.1}})


async def test_it_is_judged_by_what_everybody_may_see(parties: Parties, start: Start, bid: Bid) -> None:
    bob = (await parties.agent("bob")).row
    off = (await parties.agent("off", active=False)).row
    seen = [
        await make.listing(bob, price=600_000.0, city="PORTLAND"),
        await make.listing(bob, price=700_000.0, status="pending"),
        await make.listing(bob, price=800_000.0, status="sold"),
    ]
    for agent, values in (
        (bob, {"status": "withdrawn"}),
        (bid.there.agent.row, {"status": "withdrawn"}),
        (off, {}),
        (off, {"status": "sold"}),
        (bob, {"city": "Salem"}),
        (bob, {"propertyType": "condo"}),
    ):
        await make.listing(agent, price=1_000.0, **values)
    await make.listing(bob, price=1_000.0, state="ME")
    analyst = Held()
    await start(analyst)
    await analyst.asked()
    [case] = analyst.cases
    own = gid(LISTINGS, bid.listing)
    in_state = {home["id"] for home in case.homes if home["state"] == "OR" and home["id"] != own}
    assert in_state == {gid(LISTINGS, listing) for listing in seen}
    assert (case.market.counts, case.market.price) == ({"ACTIVE": 1, "PENDING": 1, "SOLD": 1}, 700_000.0)


async def test_what_is_said_of_old_terms_is_not_kept(api: Api, start: Start, bid: Bid) -> None:
    analyst = Held()
    with capture_logs() as logs:
        await start(analyst)
        await analyst.asked()
        await done(api, "estateOfferCounter", bid.there.agent, id=bid.id, version=1, terms=TERMS)
        await done(api, "estateOfferCounter", bid.there.buyer, id=bid.id, version=2, terms=TERMS)
        analyst.go.set()
        await logged(logs, "analysis", outcome="analyzed")
    assert [case.offer["version"] for case in analyst.cases] == [1, 3]
    told = [(line["outcome"], line.get("by")) for line in logs if line["event"] == "analysis"]
    assert told == [("overtaken", "held"), ("analyzed", "held")]


async def test_what_was_analyzed_meanwhile_is_left(start: Start, bid: Bid) -> None:
    other = await bid.another()
    slow, fast = Held("Slow."), Held("Fast.")
    fast.go.set()
    await start(slow, concurrency=1)
    await slow.asked()
    await start(fast)
    for each in (bid, other):
        assert (await each.analyzed())["marketComparison"] == "Fast."
    slow.go.set()
    [first] = {case.offer["id"] for case in slow.cases}
    of_slow, of_fast = (bid, other) if bid.id == first else (other, bid)
    await of_slow.until(lambda row: row["aiAnalysis"]["marketComparison"] == "Slow.")
    assert (await of_fast.now())["aiAnalysis"]["marketComparison"] == "Fast."
    assert (await of_slow.now())["version"] == 1


async def test_so_many_at_once(start: Start, bid: Bid) -> None:
    bids = [bid, *[await bid.another() for _ in range(4)]]
    analyst = Held()
    await start(analyst, concurrency=2)
    await analyst.asked(2)
    await asyncio.sleep(0.2)
    assert (len(analyst.cases), analyst.most) == (2, 2)
    analyst.go.set()
    for each in bids:
        await each.analyzed()
    assert (len(analyst.cases), analyst.most) == (5, 2)


async def test_more_than_a_page_is_analyzed(start: Start, bid: Bid, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graphql_api.analysis.queue.PAGE", 2)
    bids = [bid, *[await bid.another() for _ in range(4)]]
    await start()
    for each in bids:
        await each.analyzed()


async def test_what_a_worker_leaves_the_next_one_does(start: Start, bid: Bid) -> None:
    analyst = Held()
    stopped = await start(analyst)
    await analyst.asked()
    stopped.cancel()
    await asyncio.wait([stopped])
    assert "aiAnalysis" not in await bid.now()
    await start()
    assert (await bid.analyzed())["confidence"] == 0.1


@pytest.mark.parametrize("state", ["countered", "rejected", "withdrawn"])
async def test_what_waits_for_nobody_is_left(start: Start, bid: Bid, state: str) -> None:
    idle = await bid.another(status=state)
    over = await bid.another(expiresAt=now() - 1)
    await start()
    await bid.analyzed()
    assert "aiAnalysis" not in await idle.now()
    assert "aiAnalysis" not in await over.now()


async def test_offers_end_in_time_and_both_sides_hear_of_it_once(start: Start, bid: Bid) -> None:
    over: list[Bid] = [await bid.another(expiresAt=now() - 1) for _ in range(3)]
    with capture_logs() as logs:
        await asyncio.gather(start(sweep=0.02), start(sweep=0.02))
        for each in over:
            await each.until(lambda row: row["status"] == "rejected")
        await bid.analyzed()
    [mails] = await rows(bid.database, MAILS)
    assert sorted(mail["to"] for mail in mails) == ["ann@example.com"] * 3 + ["bea@example.com"] * 3
    assert {mail["subject"] for mail in mails} == {"An offer has expired"}
    assert sum(line["offers"] for line in logs if line["event"] == "offers expired") == 3
    assert (await bid.now())["status"] == "pending"


async def test_the_next_sweep_comes_by_itself(start: Start, bid: Bid) -> None:
    await start(BuiltIn(), sweep=0.05)
    await bid.analyzed()
    await bid.database[OFFERS.collection].update_one({"_id": bid.row["_id"]}, {"$set": {"expiresAt": now() - 1}})
    row: dict[str, Any] = await bid.until(lambda row: row["status"] == "rejected")
    assert row["version"] == 2
