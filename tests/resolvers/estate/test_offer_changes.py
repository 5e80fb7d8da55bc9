"""Offers kept up to date: for the agent, the buyer and the listing's seller, each with what he may see."""

from typing import Any

from models.clock import now
from models.estate.listing import LISTINGS
from models.store.connection import Database
from tests.factories import estate as make
from tests.fixtures.estate import Parties
from tests.fixtures.live import Lists
from tests.fixtures.wire import ANONYMOUS, People
from tests.resolvers.advisor.following import NOT_YOURS, SIGN_IN, refusal
from tests.resolvers.advisor.writing import gid
from tests.resolvers.estate.negotiating import ANALYSIS, TERMS, back_up, key, listing_of, offer, scene

LIST = """subscription($listing: ID, $buyer: ID, $where: EstateOfferWhere) {
  estateOfferChanges(listingId: $listing, buyerSessionId: $buyer, where: $where) {
    kind node { id status version offerAmount buyerSessionId aiAnalysis { confidence } }
  } }"""

CREATE = """mutation($input: EstateOfferCreateInput!) {
  step: estateOfferCreate(input: $input) { offer { id } userErrors { code } } }"""


async def _step(lists: Lists, name: str, by: Any, **given: Any) -> None:
    kind = f"{name[0].upper()}{name[1:]}Input"
    document = f"mutation($input: {kind}!) {{ step: {name}(input: $input) {{ userErrors {{ code }} }} }}"
    assert (await lists.data(document, {"input": given}, by=by))["step"]["userErrors"] == []


def _told(kind: str, row: dict[str, Any]) -> dict[str, Any]:
    return {"kind": kind, "node": row}


async def test_each_side_and_the_seller_hear_of_every_step(parties: Parties, lists: Lists) -> None:
    there = await scene(parties)
    listing = await make.listing(there.agent.row)
    seller, on = await parties.seller(listing), gid(LISTINGS, listing)
    agents = await lists.follow(LIST, {"listing": on}, by=there.agent)
    inbox = await lists.follow(LIST, by=there.agent)
    buyers = await lists.follow(LIST, by=there.buyer)
    sellers = await lists.follow(LIST, by=seller)
    knowing, others = (agents, inbox, buyers), (agents, inbox, buyers, sellers)
    for live in others:
        assert await live.synced() == []
    made = await lists.data(CREATE, {"input": {"listingId": on, "terms": TERMS}}, by=there.buyer)
    row: dict[str, Any] = {"id": made["step"]["offer"]["id"], "aiAnalysis": None}
    counter = {**TERMS, "offerAmount": 495_000.0}
    await _step(lists, "estateOfferCounter", there.agent, id=row["id"], version=1, terms=counter)
    await _step(lists, "estateOfferAccept", there.buyer, id=row["id"], version=2)
    steps = (
        ("ADDED", {"status": "PENDING", "version": 1, "offerAmount": 480_000.0}),
        ("CHANGED", {"status": "COUNTERED", "version": 2, "offerAmount": 495_000.0}),
        ("CHANGED", {"status": "ACCEPTED", "version": 3, "offerAmount": 495_000.0}),
    )
    for live in others:
        whose = there.buyer.id if live in knowing else None
        assert await live.events(3) == [_told(kind, {**row, **now_, "buyerSessionId": whose}) for kind, now_ in steps]


async def test_nobody_else_hears_of_them(parties: Parties, people: People, lists: Lists, database: Database) -> None:
    there = await scene(parties)
    row = await offer(database, there)
    listing = await listing_of(database, row)
    bob = await parties.agent("bob")
    others = [
        await parties.buyer(there.agent),
        bob,
        await parties.buyer(bob),
        await parties.seller(await make.listing(there.agent.row)),
    ]
    following = [await lists.follow(LIST, by=other) for other in others]
    following += [await lists.follow(LIST, {"listing": gid(LISTINGS, listing)}, by=other) for other in others]
    for live in following:
        assert await live.synced() == []
    await _step(lists, "estateOfferReject", there.agent, id=key(row), version=1)
    for live in following:
        await live.quiet()
    for by in (await people.person("paul"), people.service("search")):
        assert await refusal(lists, LIST, {}, by) == NOT_YOURS


async def test_a_seller_follows_no_buyer(parties: Parties, lists: Lists, database: Database) -> None:
    there = await scene(parties)
    seller = await parties.seller(await listing_of(database, await offer(database, there)))
    for given in ({"buyer": there.buyer.id}, {"where": {"buyerSessionId": {"eq": there.buyer.id}}}):
        assert (await refusal(lists, LIST, given, seller))["code"] == "FORBIDDEN"
    assert await refusal(lists, LIST, {}, ANONYMOUS) == SIGN_IN


async def test_an_analysis_is_told_to_the_agent(
    parties: Parties, people: People, lists: Lists, database: Database
) -> None:
    there = await scene(parties)
    row = await offer(database, there)
    seen = [await lists.follow(LIST, by=by) for by in (there.agent, there.buyer)]
    for live in seen:
        assert len(await live.synced()) == 1
    analyst = people.service("analysis")
    await _step(lists, "estateOfferAnalysisSet", analyst, id=key(row), version=1, aiAnalysis=ANALYSIS)
    await _step(lists, "estateOfferReject", there.agent, id=key(row), version=1)
    common = {"id": key(row), "offerAmount": 490_000.0, "buyerSessionId": there.buyer.id}
    steps = [{"status": "PENDING", "version": 1}, {"status": "REJECTED", "version": 2}]
    agents, buyers = (
        [_told("CHANGED", {**common, **step, "aiAnalysis": shown}) for step in steps]
        for shown in ({"confidence": 0.75}, None)
    )
    assert await seen[0].events(2) == agents
    # The buyer does not even hear that there is an analysis.
    assert await seen[1].event() == buyers[1]


async def test_a_filtered_list_is_entered_and_left(parties: Parties, lists: Lists, database: Database) -> None:
    there = await scene(parties)
    listing = await make.listing(there.agent.row, offerCount=1)
    live = await lists.follow(LIST, {"where": {"status": {"in": ["PENDING"]}}}, by=there.agent)
    assert await live.synced() == []
    row = await back_up(listing, there.buyer, createdAt=now())
    assert (await live.event())["kind"] == "ADDED"
    await _step(lists, "estateOfferCounter", there.agent, id=key(row), version=1, terms=TERMS)
    assert await live.event() == {"kind": "REMOVED", "node": None}
