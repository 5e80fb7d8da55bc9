"""Making an offer: who may, on what, with which terms, and how often."""

import asyncio
from typing import Any

import pytest
from bson import ObjectId

from models import global_id
from models.clock import now
from models.estate.listing import LISTINGS
from models.estate.offer import OFFERS
from models.mail.mail import MAILS
from models.store.connection import Database
from tests.factories import estate as make
from tests.fixtures.estate import Parties
from tests.fixtures.wire import Api, People
from tests.resolvers.advisor.writing import done, gid, refusal, rows, write
from tests.resolvers.estate.negotiating import STORED_TERMS, TERMS, WHO, back_up, broken, caller, key, scene, switch_off

CREATE = "estateOfferCreate"
DENIED = tuple(who for who in WHO if who not in {"buyer", "other buyer"})


MORE = {"contingencies": ["inspection"], "inspectionPeriod": 7, "closingDate": "2090-01-31"}
PUT = {**TERMS, **MORE, "additionalTerms": "With the curtains.", "note": "Please."}


async def test_a_buyer_makes_an_offer(api: Api, parties: Parties, database: Database) -> None:
    there = await scene(parties)
    listing = gid(LISTINGS, await make.listing(there.agent.row))
    chosen = global_id.encode(OFFERS.tag, ObjectId())
    shown = """offer { id status version viewerCanUpdate buyerSession { id }
      rounds { by offerAmount note closingDate } } offerEdge { cursor node { id } }"""
    payload = await done(api, CREATE, there.buyer, shown, id=chosen, listingId=listing, terms=PUT)
    first = {"by": "BUYER", "offerAmount": 480_000.0, "note": "Please.", "closingDate": "2090-01-31"}
    assert payload["offerEdge"].pop("cursor")
    buyer, state = {"id": there.buyer.id}, {"status": "PENDING", "version": 1, "viewerCanUpdate": True}
    assert payload == {
        "offer": {"id": chosen, **state, "rounds": [first], "buyerSession": buyer},
        "offerEdge": {"node": {"id": chosen}},
    }
    [[home]] = await rows(database, LISTINGS)
    assert (home["offerCount"], home["version"], home["status"]) == (1, 1, "active")
    assert await broken(database) == []


async def test_what_is_stored_of_it(api: Api, parties: Parties, database: Database) -> None:
    there = await scene(parties)
    listing = await make.listing(there.agent.row)
    until = 4_000_000_000_000
    await done(api, CREATE, there.buyer, listingId=gid(LISTINGS, listing), terms=PUT, expiresAt=until)
    [[row]] = await rows(database, OFFERS)
    terms = {**STORED_TERMS, **MORE, "additionalTerms": "With the curtains."}
    assert row["rounds"] == [{**terms, "note": "Please.", "by": "buyer", "at": row["rounds"][0]["at"]}]
    for name in ("_id", "rounds", "createdAt", "updatedAt"):
        del row[name]
    whose = {"agentId": there.agent.row["_id"], "buyerSessionId": there.buyer.row["_id"], "listingId": listing["_id"]}
    assert row == {**terms, **whose, "version": 1, "status": "pending", "expiresAt": until}


@pytest.mark.parametrize("who", DENIED)
async def test_nobody_else_does(api: Api, parties: Parties, people: People, database: Database, who: str) -> None:
    there = await scene(parties)
    listing = await make.listing(there.agent.row)
    by = await caller(who, there, listing, parties, people)
    if who == "switched off":
        await switch_off(database, there.agent)
    before = await rows(database, OFFERS, LISTINGS, MAILS)
    code = "UNAUTHENTICATED" if who == "anonymous" else "FORBIDDEN"
    assert await refusal(api, CREATE, by, listingId=gid(LISTINGS, listing), terms=TERMS) == (code, None)
    assert await rows(database, OFFERS, LISTINGS, MAILS) == before


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({"status": "pending"}, ("WRONG_STATE", "listingId")),
        ({"status": "sold", "outsideSale": True}, ("WRONG_STATE", "listingId")),
        ({"status": "withdrawn"}, ("NOT_FOUND", "listingId")),
        ({"agentActive": False}, ("NOT_FOUND", "listingId")),
    ],
    ids=["pending", "sold", "withdrawn", "switched off"],
)
async def test_only_on_a_listing_that_is_for_sale(
    api: Api, parties: Parties, database: Database, values: dict[str, Any], found: tuple[str, str]
) -> None:
    there = await scene(parties)
    listing = await make.listing(there.agent.row, **values)
    assert await refusal(api, CREATE, there.buyer, listingId=gid(LISTINGS, listing), terms=TERMS) == found
    assert await rows(database, OFFERS, MAILS) == [[], []]


async def test_only_on_listings_of_the_portals_own_agent(api: Api, parties: Parties, database: Database) -> None:
    there, bob = await scene(parties), await parties.agent("bob")
    listing = await make.listing(bob.row)
    for named, found in (
        (gid(LISTINGS, listing), ("FORBIDDEN", "listingId")),
        (gid(LISTINGS, ObjectId()), ("NOT_FOUND", "listingId")),
        (there.agent.id, ("NOT_FOUND", "listingId")),
    ):
        assert await refusal(api, CREATE, there.buyer, listingId=named, terms=TERMS) == found
    assert await rows(database, OFFERS) == [[]]
    assert (await rows(database, LISTINGS))[0][0]["offerCount"] == 0


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"offerAmount": 0}, "OUT_OF_RANGE", "terms.offerAmount"),
        ({"offerAmount": -1}, "OUT_OF_RANGE", "terms.offerAmount"),
        ({"offerAmount": 1e13}, "OUT_OF_RANGE", "terms.offerAmount"),
        ({"earnestMoney": -0.01}, "OUT_OF_RANGE", "terms.earnestMoney"),
        ({"downPayment": 480_000.01}, "INVALID", "terms.downPayment"),
        ({"downPayment": -1}, "OUT_OF_RANGE", "terms.downPayment"),
        ({"financingType": "CASH", "contingencies": [" Financing"]}, "INVALID", "terms.contingencies"),
        ({"contingencies": ["x" * 101]}, "TOO_LONG", "terms.contingencies.0"),
        ({"contingencies": ["x"] * 51}, "TOO_LONG", "terms.contingencies"),
        ({"contingencies": [" "]}, "INVALID", "terms.contingencies.0"),
        ({"inspectionPeriod": -1}, "OUT_OF_RANGE", "terms.inspectionPeriod"),
        ({"closingDate": "2020-01-31"}, "OUT_OF_RANGE", "terms.closingDate"),
        ({"additionalTerms": "x" * 20_001}, "TOO_LONG", "terms.additionalTerms"),
        ({"note": "x" * 20_001}, "TOO_LONG", "terms.note"),
    ],
)
async def test_terms_that_are_no_terms(
    api: Api, parties: Parties, database: Database, changes: dict[str, Any], code: str, field: str
) -> None:
    there = await scene(parties)
    listing = await make.listing(there.agent.row, offerCount=1)
    countered = await back_up(listing, there.buyer, "countered")
    before = await rows(database, OFFERS, LISTINGS, MAILS)
    terms = {**TERMS, **changes}
    home = await make.listing(there.agent.row)
    assert await refusal(api, CREATE, there.buyer, listingId=gid(LISTINGS, home), terms=terms) == (code, field)
    assert await refusal(api, "estateOfferCounter", there.buyer, id=key(countered), version=1, terms=terms) == (
        code,
        field,
    )
    after = await rows(database, OFFERS, LISTINGS, MAILS)
    assert after == [before[0], [*before[1], after[1][-1]], before[2]]
    assert after[1][-1]["offerCount"] == 0


@pytest.mark.parametrize("day", ["20900131", "2090-W05-2", "2090-02-30", "soon", "2090-1-31", 20900131])
async def test_a_day_that_is_none_is_a_mistake_of_the_document(api: Api, parties: Parties, day: Any) -> None:
    there = await scene(parties)
    document = "mutation($input: EstateOfferCreateInput!) { estateOfferCreate(input: $input) { offer { id } } }"
    given: dict[str, Any] = {"listingId": there.agent.id, "terms": {**TERMS, "closingDate": day}}
    answer = await api.answer(document, {"input": given}, by=there.buyer)
    assert "Date must be" in answer["errors"][0]["message"]


async def test_terms_that_have_expired_when_they_are_put(api: Api, parties: Parties, database: Database) -> None:
    there = await scene(parties)
    home = gid(LISTINGS, await make.listing(there.agent.row))
    given: dict[str, Any] = {"listingId": home, "terms": TERMS, "expiresAt": now() - 1}
    assert await refusal(api, CREATE, there.buyer, **given) == ("OUT_OF_RANGE", "expiresAt")
    assert await rows(database, OFFERS) == [[]]


@pytest.mark.parametrize("state", ["pending", "countered", "accepted", "rejected", "withdrawn"])
async def test_one_open_offer_of_a_buyer_on_a_listing(
    api: Api, parties: Parties, database: Database, state: str
) -> None:
    there = await scene(parties)
    listing = await make.listing(there.agent.row, offerCount=1)
    await back_up(listing, there.buyer, state)
    payload = await write(api, CREATE, there.buyer, listingId=gid(LISTINGS, listing), terms=TERMS)
    count = (await rows(database, LISTINGS))[0][0]["offerCount"]
    if state in {"pending", "countered"}:
        words = "You have an open offer on this listing already: go on with that one, or withdraw it first."
        assert payload["userErrors"] == [{"code": "ALREADY_EXISTS", "field": ["listingId"], "message": words}]
        assert count == len((await rows(database, OFFERS))[0]) == 1
    else:
        assert payload["userErrors"] == []
        assert count == len((await rows(database, OFFERS))[0]) == 2


async def test_an_id_that_is_taken_is_told_apart(api: Api, parties: Parties) -> None:
    there = await scene(parties)
    taken = key(await back_up(await make.listing(there.agent.row, offerCount=1), there.buyer))
    home = gid(LISTINGS, await make.listing(there.agent.row))
    assert await refusal(api, CREATE, there.buyer, id=taken, listingId=home, terms=TERMS) == ("ALREADY_EXISTS", "id")


async def test_an_offer_that_has_expired_makes_room(api: Api, parties: Parties, database: Database) -> None:
    there = await scene(parties)
    listing = await make.listing(there.agent.row, offerCount=1)
    old = await back_up(listing, there.buyer, "countered", expiresAt=now() - 1)
    await done(api, CREATE, there.buyer, listingId=gid(LISTINGS, listing), terms=TERMS)
    [offers] = await rows(database, OFFERS)
    assert {row["_id"] == old["_id"]: (row["status"], row["version"]) for row in offers} == {
        True: ("rejected", 2),
        False: ("pending", 1),
    }
    assert await broken(database) == []


async def test_ten_at_once_make_one(api: Api, parties: Parties, database: Database) -> None:
    there = await scene(parties)
    listing = gid(LISTINGS, await make.listing(there.agent.row))
    given: dict[str, Any] = {"listingId": listing, "terms": TERMS}
    payloads = await asyncio.gather(*(write(api, CREATE, there.buyer, **given) for _ in range(10)))
    codes = sorted(error["code"] for payload in payloads for error in payload["userErrors"])
    assert codes == ["ALREADY_EXISTS"] * 9
    [[home], offers, mails] = await rows(database, LISTINGS, OFFERS, MAILS)
    assert (home["offerCount"], len(offers), len(mails)) == (1, 1, 1)


async def test_ten_buyers_at_once_are_all_counted(api: Api, parties: Parties, database: Database) -> None:
    there = await scene(parties)
    listing = gid(LISTINGS, await make.listing(there.agent.row))
    buyers = [await parties.buyer(there.agent) for _ in range(10)]
    await asyncio.gather(*(done(api, CREATE, buyer, listingId=listing, terms=TERMS) for buyer in buyers))
    assert (await rows(database, LISTINGS))[0][0]["offerCount"] == 10
    assert await broken(database) == []


async def test_a_repetition_shows_the_first_answer(api: Api, parties: Parties, database: Database) -> None:
    there = await scene(parties)
    given: dict[str, Any] = {
        "listingId": gid(LISTINGS, await make.listing(there.agent.row)),
        "clientMutationId": "once",
    }
    first = await done(api, CREATE, there.buyer, "offer { id }", **given, terms=TERMS)
    assert await done(api, CREATE, there.buyer, "offer { id }", **given, terms=TERMS) == first
    other = {**TERMS, "offerAmount": 1e6}
    assert await refusal(api, CREATE, there.buyer, **given, terms=other) == (
        "IDEMPOTENCY_KEY_REUSED",
        "clientMutationId",
    )
    [[home], [_], [_]] = await rows(database, LISTINGS, OFFERS, MAILS)
    assert home["offerCount"] == 1
