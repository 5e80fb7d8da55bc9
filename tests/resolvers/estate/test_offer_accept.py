"""Accepting: the listing goes with the offer, and of many at once one wins."""

import asyncio
from typing import Any

import pytest

from models.clock import now
from models.estate.listing import LISTINGS
from models.estate.offer import OFFERS
from models.mail.mail import MAILS
from models.store.connection import Database
from tests.factories import estate as make
from tests.fixtures.estate import Parties
from tests.fixtures.wire import Api
from tests.resolvers.advisor.writing import done, gid, refusal, rows, write
from tests.resolvers.estate.negotiating import (
    STEPS,
    TERMS,
    back_up,
    broken,
    key,
    listing_of,
    offer,
    scene,
    stored,
)

ACCEPT, WITHDRAW = "estateOfferAccept", "estateOfferWithdraw"


def _codes(payloads: list[dict[str, Any]]) -> list[str]:
    return sorted("DONE" if not payload["userErrors"] else payload["userErrors"][0]["code"] for payload in payloads)


async def test_the_listing_is_pending_with_it(api: Api, parties: Parties, database: Database) -> None:
    there = await scene(parties)
    row = await offer(database, there)
    other = await back_up(await listing_of(database, row), await parties.buyer(there.agent))
    shown = "offer { status } rejectedCount"
    payload = await done(api, ACCEPT, there.agent, shown, id=key(row), version=1)
    assert payload == {"offer": {"status": "ACCEPTED"}, "rejectedCount": 0}
    home = await listing_of(database, row)
    assert (home["status"], home["acceptedOfferId"], home["version"]) == ("pending", row["_id"], 2)
    assert (await stored(database, other))["status"] == "pending"
    assert await refusal(api, ACCEPT, there.agent, id=key(other), version=1) == ("CONFLICT", None)
    assert (await stored(database, other))["status"] == "pending"


async def test_a_buyer_does_not_learn_that_another_offer_was_accepted(
    api: Api, parties: Parties, database: Database
) -> None:
    there = await scene(parties)
    accepted = await offer(database, there, "accepted")
    taken = await back_up(await listing_of(database, accepted), bea := await parties.buyer(there.agent), "countered")
    by_hand = await back_up(await make.listing(there.agent.row, status="pending", offerCount=1), bea, "countered")
    answers = [await write(api, ACCEPT, bea, "offer { id }", id=key(row), version=1) for row in (taken, by_hand)]
    error = {"code": "WRONG_STATE", "field": None, "message": "The listing is not for sale at the moment."}
    assert answers == [{"offer": None, "userErrors": [error]}] * 2
    assert [(await stored(database, row))["status"] for row in (taken, by_hand)] == ["countered", "countered"]


async def test_the_others_are_rejected_with_it_if_the_agent_wants_so(
    api: Api, parties: Parties, database: Database
) -> None:
    there = await scene(parties)
    row = await offer(database, there)
    home = await listing_of(database, row)
    states = ("pending", "countered", "withdrawn")
    others = [await back_up(home, await parties.buyer(there.agent), state) for state in states]
    elsewhere = await offer(database, there)
    payload = await done(api, ACCEPT, there.agent, "rejectedCount", id=key(row), version=1, rejectOthers=True)
    assert payload == {"rejectedCount": 2}
    found = [await stored(database, each) for each in (*others, elsewhere)]
    assert [(each["status"], each["version"]) for each in found] == [
        ("rejected", 2),
        ("rejected", 2),
        ("withdrawn", 1),
        ("pending", 1),
    ]
    [mails] = await rows(database, MAILS)
    subjects = ["An offer was accepted", "An offer was rejected", "An offer was rejected"]
    assert sorted(mail["subject"] for mail in mails) == subjects


async def test_a_buyer_does_not_reject_others(api: Api, parties: Parties, database: Database) -> None:
    there = await scene(parties)
    row = await offer(database, there, "countered")
    before = await rows(database, OFFERS, LISTINGS, MAILS)
    given: dict[str, Any] = {"id": key(row), "version": 1, "rejectOthers": True}
    assert await refusal(api, ACCEPT, there.buyer, **given) == ("FORBIDDEN", "rejectOthers")
    assert await rows(database, OFFERS, LISTINGS, MAILS) == before


@pytest.mark.parametrize("status", ["pending", "sold", "withdrawn"])
async def test_a_listing_that_is_not_for_sale(api: Api, parties: Parties, database: Database, status: str) -> None:
    there = await scene(parties)
    listing = await make.listing(there.agent.row, status=status, outsideSale=status == "sold", offerCount=1)
    row = await back_up(listing, there.buyer)
    assert await refusal(api, ACCEPT, there.agent, id=key(row), version=1) == ("WRONG_STATE", None)
    assert ((await stored(database, row))["status"], (await listing_of(database, row))["status"]) == ("pending", status)


@pytest.mark.parametrize(("state", "who"), [("pending", "agent"), ("countered", "buyer")])
async def test_terms_whose_time_is_over(api: Api, parties: Parties, database: Database, state: str, who: str) -> None:
    there = await scene(parties)
    row = await offer(database, there, state, expiresAt=now() - 1)
    by = there.agent if who == "agent" else there.buyer
    given: dict[str, Any] = {"id": key(row), "version": 1}
    before = await rows(database, OFFERS, LISTINGS, MAILS)
    assert await refusal(api, ACCEPT, by, **given) == ("WRONG_STATE", None)
    assert await refusal(api, "estateOfferCounter", by, **given, terms=TERMS) == ("WRONG_STATE", None)
    assert await rows(database, OFFERS, LISTINGS, MAILS) == before
    end = "estateOfferReject" if who == "agent" else WITHDRAW
    await done(api, end, by, **given)
    later = await offer(database, there, state, expiresAt=now() + 60_000)
    await done(api, ACCEPT, by, id=key(later), version=1)


async def test_ten_accepted_at_once(api: Api, parties: Parties, database: Database) -> None:
    there = await scene(parties)
    listing = await make.listing(there.agent.row, offerCount=10)
    offers = [await back_up(listing, await parties.buyer(there.agent)) for _ in range(10)]
    given: list[dict[str, Any]] = [{"id": key(row), "version": 1} for row in offers]
    payloads = await asyncio.gather(*(write(api, ACCEPT, there.agent, **each) for each in given))
    assert _codes(list(payloads)) == ["CONFLICT"] * 9 + ["DONE"]
    states = [(await stored(database, row))["status"] for row in offers]
    assert sorted(states) == ["accepted"] + ["pending"] * 9
    home = await listing_of(database, offers[0])
    assert (home["status"], home["acceptedOfferId"]) == ("pending", offers[states.index("accepted")]["_id"])
    assert len((await rows(database, MAILS))[0]) == 1
    assert await broken(database) == []


async def test_accepted_and_rejecting_the_others_at_once(api: Api, parties: Parties, database: Database) -> None:
    there = await scene(parties)
    listing = await make.listing(there.agent.row, offerCount=4)
    offers = [await back_up(listing, await parties.buyer(there.agent)) for _ in range(4)]
    given: list[dict[str, Any]] = [{"id": key(row), "version": 1, "rejectOthers": True} for row in offers]
    payloads = await asyncio.gather(*(write(api, ACCEPT, there.agent, **each) for each in given))
    codes = _codes(list(payloads))
    assert codes.count("DONE") == 1
    assert set(codes) <= {"DONE", "STALE_VERSION", "CONFLICT"}
    assert sorted([(await stored(database, row))["status"] for row in offers]) == ["accepted"] + ["rejected"] * 3
    assert await broken(database) == []


@pytest.mark.parametrize("attempt", range(4))
async def test_accepted_while_the_buyer_withdraws(api: Api, parties: Parties, database: Database, attempt: int) -> None:
    there = await scene(parties)
    row = await offer(database, there)
    given: dict[str, Any] = {"id": key(row), "version": 1}
    steps = [write(api, ACCEPT, there.agent, **given), write(api, WITHDRAW, there.buyer, **given)]
    payloads = await asyncio.gather(*(steps if attempt % 2 else steps[::-1]))
    assert _codes(list(payloads)) == ["DONE", "STALE_VERSION"]
    home, after = await listing_of(database, row), await stored(database, row)
    assert (after["status"], home["status"], after["version"]) in {
        ("accepted", "pending", 2),
        ("withdrawn", "active", 2),
    }
    assert await broken(database) == []


@pytest.mark.parametrize("status", ["WITHDRAWN", "PENDING"])
async def test_accepted_while_the_listing_is_taken_off(
    api: Api, parties: Parties, database: Database, status: str
) -> None:
    there = await scene(parties)
    row = await offer(database, there)
    listing = gid(LISTINGS, row["listingId"])
    payloads = await asyncio.gather(
        write(api, ACCEPT, there.agent, id=key(row), version=1),
        write(api, "estateListingStatusChange", there.agent, id=listing, status=status),
    )
    assert _codes(list(payloads)) == ["DONE", "WRONG_STATE"]
    home, after = await listing_of(database, row), await stored(database, row)
    accepted = payloads[0]["userErrors"] == []
    assert (after["status"], home["status"], home.get("acceptedOfferId")) == (
        ("accepted", "pending", row["_id"]) if accepted else ("pending", status.lower(), None)
    )
    assert await broken(database) == []


async def test_a_deal_that_falls_through_makes_room_for_another(api: Api, parties: Parties, database: Database) -> None:
    there = await scene(parties)
    row = await offer(database, there, "accepted")
    other = await back_up(await listing_of(database, row), await parties.buyer(there.agent))
    shown = "offer { status closedReason }"
    for reason in ({}, {"reason": None}, {"reason": " "}):
        assert await refusal(api, WITHDRAW, there.agent, id=key(row), version=1, **reason) == ("INVALID", "reason")
    assert await refusal(api, WITHDRAW, there.agent, id=key(row), version=1, reason="x" * 1_001) == (
        "TOO_LONG",
        "reason",
    )
    assert (await listing_of(database, row))["acceptedOfferId"] == row["_id"]
    payload = await done(api, WITHDRAW, there.agent, shown, id=key(row), version=1, **STEPS[WITHDRAW])
    assert payload == {"offer": {"status": "WITHDRAWN", "closedReason": "The bank said no."}}
    home = await listing_of(database, row)
    assert (home["status"], "acceptedOfferId" in home) == ("active", False)
    await done(api, ACCEPT, there.agent, id=key(other), version=1)
    home = await listing_of(database, row)
    assert (home["status"], home["acceptedOfferId"]) == ("pending", other["_id"])


async def test_what_is_sold_stays_accepted(api: Api, parties: Parties, database: Database) -> None:
    there = await scene(parties)
    row = await offer(database, there, "accepted")
    await done(api, "estateListingStatusChange", there.agent, id=gid(LISTINGS, row["listingId"]), status="SOLD")
    before = await rows(database, OFFERS, LISTINGS, MAILS)
    given: dict[str, Any] = {"id": key(row), "version": 1, "reason": "Too late."}
    assert await refusal(api, WITHDRAW, there.agent, **given) == ("WRONG_STATE", None)
    assert await rows(database, OFFERS, LISTINGS, MAILS) == before
    assert await broken(database) == []


async def test_a_repetition_accepts_once(api: Api, parties: Parties, database: Database) -> None:
    there = await scene(parties)
    row = await offer(database, there)
    given: dict[str, Any] = {"id": key(row), "version": 1, "clientMutationId": "once"}
    shown = "offer { status version } clientMutationId"
    first = await done(api, ACCEPT, there.agent, shown, **given)
    assert await done(api, ACCEPT, there.agent, shown, **given) == first
    assert first == {"offer": {"status": "ACCEPTED", "version": 2}, "clientMutationId": "once"}
    assert len((await rows(database, MAILS))[0]) == 1
