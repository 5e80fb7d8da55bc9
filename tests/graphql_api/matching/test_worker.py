"""A saved search gives word of each home once for each reason, and of nothing else."""

from typing import Any

import pytest
from bson import ObjectId
from structlog.testing import capture_logs

from models.clock import now
from models.estate.buyer_session import BUYER_SESSIONS
from models.estate.listing import LISTINGS
from models.estate.saved_search import SAVED_SEARCHES
from models.estate.saved_search_match import Reason
from tests.factories import estate as make
from tests.graphql_api.matching.conftest import Scene


async def test_a_new_listing_is_told_to_who_looks_for_it(scene: Scene) -> None:
    await scene.at_work()
    before = now()
    house = await make.listing(scene.agent)
    [match] = await scene.matched(1)
    about = {"savedSearchId": scene.search["_id"], "buyerSessionId": scene.portal["_id"]}
    found = {"listingId": house["_id"], "agentId": scene.agent["_id"], "price": 500_000.0, "reason": "new"}
    assert {name: match[name] for name in (*about, *found)} == {**about, **found}
    assert match["matchedAt"] >= before
    [mail] = await scene.mails()
    assert (mail["to"], mail["subject"]) == ("bea@example.com", "A new home for your saved search")
    search = await scene.database[SAVED_SEARCHES.collection].find_one({"_id": scene.search["_id"]})
    assert search is not None
    assert (search["lastRun"], search["version"]) == (match["matchedAt"], 1)


async def test_each_reason_is_told_once(scene: Scene) -> None:
    await scene.at_work()
    house = await make.listing(scene.agent)
    for changes in (
        {"price": 450_000.0},
        {"status": "pending"},
        {"status": "active"},
        {"price": 470_000.0},
        {"price": 450_000.0},
        {"status": "withdrawn"},
        {"status": "active"},
    ):
        # What is not for sale any more when it is heard would be told to nobody.
        await scene.settled()
        await scene.change(house, **changes)
    assert await scene.told() == [
        (house["_id"], "new", 500_000.0),
        (house["_id"], "price_cut", 450_000.0),
        (house["_id"], "back_on_market", 450_000.0),
    ]
    assert [mail["subject"] for mail in await scene.mails()] == [
        "A new home for your saved search",
        "The price of a home in your saved search was cut",
        "A home in your saved search is for sale again",
    ]


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ({}, {"description": "Now with a new roof."}),
        ({}, {"price": 500_001.0}),
        ({}, {"price": 500_000.0}),
        ({}, {"status": "pending"}),
        ({"status": "pending"}, {"price": 400_000.0}),
        ({"status": "withdrawn"}, {"description": "Not for sale."}),
        ({"agentActive": False}, {"agentActive": True}),
        ({"agentActive": False, "status": "pending"}, {"status": "active"}),
        ({"city": "Salem"}, {"price": 400_000.0}),
    ],
    ids=["edited", "raised", "same", "sold", "cut unseen", "withdrawn", "switched", "hidden", "elsewhere"],
)
async def test_other_changes_are_told_to_nobody(scene: Scene, first: dict[str, Any], then: dict[str, Any]) -> None:
    house = await make.listing(scene.agent, **first)
    await scene.at_work()
    await scene.change(house, **then)
    assert await scene.told() == []
    assert await scene.mails() == []


@pytest.mark.parametrize("values", [{"agentActive": False}, {"status": "pending"}], ids=["agent off", "not for sale"])
async def test_a_new_listing_that_nobody_may_buy_is_told_to_nobody(scene: Scene, values: dict[str, Any]) -> None:
    await scene.at_work()
    await make.listing(scene.agent, **values)
    assert await scene.told() == []


@pytest.mark.parametrize(
    ("portal", "search"),
    [
        ({"active": False}, {}),
        ({"agentActive": False}, {}),
        ({"expiresAt": 1}, {}),
        ({}, {"notificationsEnabled": False}),
        ({}, {"criteria": {"maxPrice": 499_999.0}}),
    ],
    ids=["portal off", "agent off", "portal over", "no notifications", "too dear"],
)
async def test_it_is_told_to_nobody_else(scene: Scene, portal: dict[str, Any], search: dict[str, Any]) -> None:
    other = await make.buyer_session(scene.agent, buyerEmail="other@example.com", **portal)
    await make.saved_search(other, **search)
    await scene.at_work()
    house = await make.listing(scene.agent)
    assert await scene.told() == [(house["_id"], "new", 500_000.0)]
    assert [mail["to"] for mail in await scene.mails()] == ["bea@example.com"]


async def test_a_portal_that_is_not_over_yet_is_told(scene: Scene) -> None:
    await scene.database[BUYER_SESSIONS.collection].update_one({}, {"$set": {"expiresAt": now() + 3_600_000}})
    await scene.at_work()
    house = await make.listing(scene.agent)
    assert await scene.told() == [(house["_id"], "new", 500_000.0)]


async def test_changed_criteria_bring_no_word_of_old_listings(scene: Scene) -> None:
    await scene.set_search(cityKeys=["salem"])
    await scene.at_work()
    await make.listing(scene.agent)
    await scene.settled()
    await scene.set_search(cityKeys=["portland"])
    assert await scene.told() == []


async def test_what_is_withdrawn_before_it_is_heard_is_told_to_nobody(scene: Scene) -> None:
    await scene.at_work()
    await scene.crash()
    await scene.held_elsewhere(0)
    house = await make.listing(scene.agent)
    await scene.change(house, status="withdrawn")
    scene.start()
    assert await scene.told() == []


async def test_the_first_worker_ever_begins_at_the_present(scene: Scene) -> None:
    await make.listing(scene.agent)
    await scene.at_work()
    assert await scene.told() == []


async def test_a_listing_that_nobody_can_read_keeps_no_other_waiting(scene: Scene) -> None:
    await scene.at_work()
    with capture_logs() as logs:
        odd = {"_id": ObjectId(), "status": "active", "agentActive": True}
        await scene.database[LISTINGS.collection].insert_one(odd)
        await scene.change(odd, price=5.0)
        house = await make.listing(scene.agent)
        assert await scene.told() == [(house["_id"], "new", 500_000.0)]
    told = [line["listing"] for line in logs if line["event"] == "a listing was matched with no saved search"]
    assert told == [str(odd["_id"])] * 2


async def test_an_address_to_which_no_mail_can_go_costs_the_mail_alone(scene: Scene) -> None:
    await scene.database[BUYER_SESSIONS.collection].update_one({}, {"$set": {"buyerEmail": "bea\x01@example.com"}})
    await scene.at_work()
    house = await make.listing(scene.agent)
    assert await scene.told() == [(house["_id"], "new", 500_000.0)]
    assert await scene.mails() == []


async def test_match_and_mail_are_one(scene: Scene) -> None:
    listing = await scene.store.alerts.listing((await make.listing(scene.agent))["_id"])
    assert listing is not None

    def broken(*_: Any) -> None:
        raise LookupError("no paper")

    with pytest.raises(LookupError, match="no paper"):
        await scene.store.alerts.tell(listing, Reason.NEW, None, broken)
    assert (await scene.matches(), await scene.mails()) == ([], [])
    search = await scene.database[SAVED_SEARCHES.collection].find_one({"_id": scene.search["_id"]})
    assert search is not None
    assert search.get("lastRun") is None


async def _logged(logs: list[Any], event: str) -> bool:
    return any(line["event"] == event for line in logs)
