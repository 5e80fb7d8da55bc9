"""Listings kept up to date: of a status, one's own, and a single one, each for who may see it."""

from typing import Any

import pytest

from models.estate.listing import LISTINGS
from models.store.connection import Database
from tests.factories import estate as make
from tests.fixtures.estate import Parties
from tests.fixtures.live import Lists
from tests.fixtures.wire import ANONYMOUS, People
from tests.models.store.live.copies import hurry
from tests.resolvers.advisor.following import NOT_YOURS, SIGN_IN, out_of_range, refusal
from tests.resolvers.advisor.writing import gid
from tests.resolvers.estate.listing_callers import LICENCE, scene

LIST = """subscription (
  $first: Int, $status: EstateListingStatus, $where: EstateListingWhere, $order: EstateListingOrder
) {
  estateListingChanges(first: $first, status: $status, where: $where, orderBy: $order) {
    kind id node { address price previousPrice status agent { firstName } }
  }
}"""

ONE = "subscription ($id: ID!) { estateListingChanges(id: $id) { kind node { status price } } }"

MINE = """subscription ($status: EstateListingStatus) {
  estateListingMineChanges(status: $status) { kind node { address status } }
}"""

UPDATE = "mutation ($input: EstateListingUpdateInput!) { estateListingUpdate(input: $input) { userErrors { code } } }"
MOVE = """mutation ($input: EstateListingStatusChangeInput!) {
  estateListingStatusChange(input: $input) { userErrors { code } }
}"""


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    hurry(monkeypatch)


async def _write(lists: Lists, by: Any, document: str, row: dict[str, Any], **given: Any) -> None:
    answer = await lists.data(document, {"input": {"id": gid(LISTINGS, row), **given}}, by=by)
    assert [payload["userErrors"] for payload in answer.values()] == [[]]


async def test_a_cut_moves_a_row_and_a_withdrawal_takes_it_out(parties: Parties, lists: Lists) -> None:
    ann = await parties.agent("ann", **LICENCE)
    dear, cheap = await make.listing(ann.row, address="dear", price=900.0), await make.listing(ann.row, address="cheap")
    live = await lists.follow(LIST, {"order": {"field": "PRICE", "direction": "ASC"}})
    assert [node["address"] for node in await live.synced()] == ["dear", "cheap"]
    await _write(lists, ann, UPDATE, dear, price=800.0)
    event = await live.event()
    assert (event["kind"], event["node"]) == (
        "CHANGED",
        {"address": "dear", "price": 800.0, "previousPrice": 900.0, "status": "ACTIVE", "agent": {"firstName": "Ann"}},
    )
    await _write(lists, ann, MOVE, cheap, status="WITHDRAWN")
    assert await live.event() == {"kind": "REMOVED", "id": gid(LISTINGS, cheap), "node": None}
    await _write(lists, ann, MOVE, cheap, status="ACTIVE")
    event = await live.event()
    assert (event["kind"], event["node"]["address"]) == ("ADDED", "cheap")


async def test_a_cut_brings_a_row_within_a_price(parties: Parties, lists: Lists) -> None:
    ann = await parties.agent("ann", **LICENCE)
    row = await make.listing(ann.row, price=900.0)
    live = await lists.follow(LIST, {"where": {"price": {"lte": 850}, "city": {"eq": "PORTLAND"}}})
    assert await live.synced() == []
    await _write(lists, ann, UPDATE, row, price=850.0)
    event = await live.event()
    assert (event["kind"], event["node"]["price"]) == ("ADDED", 850.0)
    await _write(lists, ann, UPDATE, row, price=851.0)
    assert (await live.event())["kind"] == "REMOVED"


async def test_a_list_is_of_one_status(parties: Parties, lists: Lists) -> None:
    ann = await parties.agent("ann", **LICENCE)
    row = await make.listing(ann.row)
    active, pending = await lists.follow(LIST), await lists.follow(LIST, {"status": "PENDING"})
    assert [len(await live.synced()) for live in (active, pending)] == [1, 0]
    await _write(lists, ann, MOVE, row, status="PENDING")
    assert [(await live.event())["kind"] for live in (active, pending)] == ["REMOVED", "ADDED"]


async def test_an_agent_who_is_switched_off_takes_them_along(
    parties: Parties, people: People, lists: Lists, database: Database
) -> None:
    ann = await parties.agent("ann")
    await make.listing(ann.row)
    public, operator = await lists.follow(LIST), await lists.follow(LIST, by=await people.operator("olga"))
    assert [len(await live.synced()) for live in (public, operator)] == [1, 1]
    await database[LISTINGS.collection].update_many({}, {"$set": {"agentActive": False}})
    assert (await public.event())["kind"] == "REMOVED"
    # Who still sees it sees no difference.
    await operator.quiet()


async def test_a_single_one_is_followed_through_every_status(
    parties: Parties, people: People, lists: Lists, database: Database
) -> None:
    there = await scene(parties, people)
    names = ("agent", "seller", "operator", "other agent", "buyer", "anonymous")
    following = {
        name: await lists.follow(ONE, {"id": gid(LISTINGS, there.house)}, by=there.callers[name]) for name in names
    }
    for live in following.values():
        assert await live.synced() == [{"status": "ACTIVE", "price": 500_000.0}]
    await make.listing(there.ann.row)
    for status in ("PENDING", "ACTIVE", "WITHDRAWN"):
        await _write(lists, there.ann, MOVE, there.house, status=status)
        events = {name: await live.event() for name, live in following.items()}
        for name, event in events.items():
            hidden = status == "WITHDRAWN" and name not in {"agent", "seller", "operator"}
            node = None if hidden else {"status": status, "price": 500_000.0}
            assert event == {"kind": "REMOVED" if hidden else "CHANGED", "node": node}, name
    await database[LISTINGS.collection].delete_one({"_id": there.house["_id"]})
    for name in ("agent", "seller", "operator"):
        assert (await following[name].event())["kind"] == "REMOVED"
    await following["anonymous"].quiet()


async def test_what_one_may_not_see_does_not_come(parties: Parties, lists: Lists) -> None:
    ann = await parties.agent("ann", **LICENCE)
    row = await make.listing(ann.row, status="withdrawn")
    live = await lists.follow(ONE, {"id": gid(LISTINGS, row)})
    assert await live.synced() == []
    await _write(lists, ann, UPDATE, row, price=1.0)
    await _write(lists, ann, MOVE, row, status="ACTIVE")
    # The first that is told is what everybody sees.
    assert await live.event() == {"kind": "ADDED", "node": {"status": "ACTIVE", "price": 1.0}}


async def test_one_that_is_none_is_refused(parties: Parties, lists: Lists) -> None:
    ann = await parties.agent("ann")
    await make.listing(ann.row)
    assert await refusal(lists, ONE, {"id": ann.id}, ANONYMOUS) == SIGN_IN
    assert await refusal(lists, ONE, {"id": ann.id}, ann) == NOT_YOURS


async def test_ones_own(parties: Parties, people: People, lists: Lists) -> None:
    ann, bob = await parties.agent("ann", **LICENCE), await parties.agent("bob", **LICENCE)
    row = await make.listing(ann.row, status="withdrawn")
    every, withdrawn = await lists.follow(MINE, by=ann), await lists.follow(MINE, {"status": "WITHDRAWN"}, by=ann)
    others = await lists.follow(MINE, by=bob)
    assert [len(await live.synced()) for live in (every, withdrawn, others)] == [1, 1, 0]
    await _write(lists, ann, MOVE, row, status="ACTIVE")
    assert [(await live.event())["kind"] for live in (every, withdrawn)] == ["CHANGED", "REMOVED"]
    await others.quiet()
    assert await refusal(lists, MINE, {}, ANONYMOUS) == SIGN_IN
    assert await refusal(lists, MINE, {}, people.service("enrichment")) == NOT_YOURS


async def test_wrong_arguments_are_named(lists: Lists) -> None:
    assert await refusal(lists, LIST, {"first": 0}, ANONYMOUS) == out_of_range("first", 0)
    by_distance = {"order": {"field": "DISTANCE", "direction": "ASC"}}
    found = await refusal(lists, LIST, by_distance, ANONYMOUS)
    assert (found["code"], found["field"]) == ("INVALID", ["orderBy"])
