"""Deleting a listing: while nobody has made an offer, by its own agent, with all that hangs on it and nothing else."""

import asyncio
from typing import Any

import pytest

from models.estate.listing import LISTINGS
from models.estate.offer import OFFERS
from models.estate.property_view import PROPERTY_VIEWS
from models.estate.saved_search_match import SAVED_SEARCH_MATCHES
from models.estate.seller_session import SELLER_SESSIONS
from models.store.connection import Database
from resolvers.estate import listing_delete
from tests.factories import estate as make
from tests.fixtures.estate import Parties
from tests.fixtures.wire import Api, People
from tests.resolvers.advisor.writing import done, gid, refusal, rows, write
from tests.resolvers.estate.listing_callers import expected, scene

DELETE = "estateListingDelete"


async def _left(database: Database, row: dict[str, Any]) -> list[int]:
    """How many rows there are of a listing: itself, portals, matches, views."""
    own = await database[LISTINGS.collection].count_documents({"_id": row["_id"]})
    below = [
        await database[table.collection].count_documents({"listingId": row["_id"]})
        for table in (SELLER_SESSIONS, SAVED_SEARCH_MATCHES, PROPERTY_VIEWS)
    ]
    return [own, *below]


@pytest.mark.parametrize("status", ["active", "pending", "sold", "withdrawn"])
async def test_all_goes_with_it_and_nothing_else(
    api: Api, parties: Parties, database: Database, monkeypatch: pytest.MonkeyPatch, status: str
) -> None:
    monkeypatch.setattr(listing_delete, "BATCH", 3)
    ann = await parties.agent("ann")
    gone, kept = await make.listing(ann.row, status=status, outsideSale=status == "sold"), await make.listing(ann.row)
    buyer = await parties.buyer(ann)
    # What others' buyers have found goes as well.
    others = await parties.buyer(await parties.agent("bob"))
    searches = [await make.saved_search(portal.row) for portal in (buyer, others)]
    for row in (gone, kept):
        for search in searches:
            await make.saved_search_match(search, row)
        await parties.seller(row, active=False)
        await parties.seller(row)
        for number in range(8):
            await make.property_view(row, buyer.row if number % 2 else None)
    payload = await done(api, DELETE, ann, "deletedId", id=gid(LISTINGS, gone))
    assert payload == {"deletedId": gid(LISTINGS, gone)}
    assert await _left(database, gone) == [0, 0, 0, 0]
    assert await _left(database, kept) == [1, 2, 2, 8]
    assert await refusal(api, DELETE, ann, id=gid(LISTINGS, gone)) == ("NOT_FOUND", "id")


async def test_a_portal_of_it_is_closed(api: Api, parties: Parties) -> None:
    ann = await parties.agent("ann")
    row = await make.listing(ann.row)
    seller = await parties.seller(row)
    assert "errors" not in await api.answer("{ estateListings { nodes { id } } }", by=seller)
    await done(api, DELETE, ann, id=gid(LISTINGS, row))
    [error] = (await api.answer("{ estateListings { nodes { id } } }", by=seller))["errors"]
    assert error["extensions"]["code"] == "UNAUTHENTICATED"


async def test_one_with_offers_stays(api: Api, parties: Parties, database: Database) -> None:
    ann = await parties.agent("ann")
    row = await make.listing(ann.row, offerCount=1)
    await make.offer(row, (await parties.buyer(ann)).row, status="rejected")
    await make.property_view(row)
    stored = await rows(database, LISTINGS, PROPERTY_VIEWS)
    [error] = (await write(api, DELETE, ann, id=gid(LISTINGS, row)))["userErrors"]
    message = "Offers were made on it, so it cannot be deleted: withdraw it instead."
    assert (error["code"], error["message"]) == ("WRONG_STATE", message)
    assert await rows(database, LISTINGS, PROPERTY_VIEWS) == stored


async def test_nobody_else_does(api: Api, parties: Parties, people: People, database: Database) -> None:
    there = await scene(parties, people)
    await make.property_view(there.house)
    stored = await rows(database, LISTINGS, SELLER_SESSIONS, PROPERTY_VIEWS)
    key = gid(LISTINGS, there.house)
    found = {name: await refusal(api, DELETE, caller, id=key) for name, caller in there.others.items()}
    wanted = expected(there, {"anonymous": ("UNAUTHENTICATED", None)}, ("FORBIDDEN", None))
    assert found == {name: wanted[name] for name in there.others}
    assert await rows(database, LISTINGS, SELLER_SESSIONS, PROPERTY_VIEWS) == stored


async def test_a_withdrawn_one_is_not_there_for_others(
    api: Api, parties: Parties, people: People, database: Database
) -> None:
    there = await scene(parties, people, status="withdrawn")
    stored = await rows(database, LISTINGS, SELLER_SESSIONS)
    key = gid(LISTINGS, there.house)
    for name in ("other agent", "buyer", "other seller", "chat", "person", "answering"):
        assert await refusal(api, DELETE, there.callers[name], id=key) == ("NOT_FOUND", "id"), name
    assert await rows(database, LISTINGS, SELLER_SESSIONS) == stored


async def test_an_agent_who_is_switched_off_does_not(api: Api, parties: Parties, database: Database) -> None:
    off = await parties.agent("off", active=False)
    row = await make.listing(off.row)
    stored = await rows(database, LISTINGS)
    assert await refusal(api, DELETE, off, id=gid(LISTINGS, row)) == ("FORBIDDEN", None)
    assert await rows(database, LISTINGS) == stored


async def test_interrupted_it_is_withdrawn_and_goes_on_when_asked_again(
    api: Api, parties: Parties, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing_delete, "BATCH", 3)
    ann = await parties.agent("ann")
    row = await make.listing(ann.row)
    for _ in range(5):
        await make.property_view(row)

    async def broken(*_: Any) -> None:
        raise RuntimeError("the machine is gone")

    with monkeypatch.context() as patch:
        patch.setattr(listing_delete, "_rest", broken)
        answer = await api.answer(
            "mutation ($id: ID!) { estateListingDelete(input: {id: $id}) { deletedId } }",
            {"id": gid(LISTINGS, row)},
            by=ann,
        )
        assert answer["errors"][0]["extensions"]["code"] == "INTERNAL"
    [left] = await database[LISTINGS.collection].find().to_list()
    assert left["status"] == "withdrawn"
    await done(api, DELETE, ann, id=gid(LISTINGS, row))
    assert await _left(database, row) == [0, 0, 0, 0]


async def test_asked_twice_at_once_it_is_deleted_once(api: Api, parties: Parties, database: Database) -> None:
    ann = await parties.agent("ann")
    row = await make.listing(ann.row)
    both = await asyncio.gather(*(write(api, DELETE, ann, "deletedId", id=gid(LISTINGS, row)) for _ in range(2)))
    codes = sorted(error["code"] for payload in both for error in payload["userErrors"])
    assert codes in ([], ["NOT_FOUND"])
    assert await _left(database, row) == [0, 0, 0, 0]


async def test_of_an_offer_and_a_deletion_at_once_one_comes_first(
    api: Api, parties: Parties, database: Database
) -> None:
    ann = await parties.agent("ann")
    terms = {"offerAmount": 490_000.0, "earnestMoney": 5_000.0, "downPayment": 1_000.0, "financingType": "CONVENTIONAL"}
    for _ in range(5):
        row = await make.listing(ann.row)
        buyer, key = await parties.buyer(ann), gid(LISTINGS, row)
        offered, deleted = await asyncio.gather(
            write(api, "estateOfferCreate", buyer, listingId=key, terms=terms), write(api, DELETE, ann, id=key)
        )
        codes = [[error["code"] for error in payload["userErrors"]] for payload in (offered, deleted)]
        assert codes in ([[], ["WRONG_STATE"]], [["WRONG_STATE"], []], [["NOT_FOUND"], []])
        offers = await database[OFFERS.collection].count_documents({"listingId": row["_id"]})
        assert [offers, (await _left(database, row))[0]] == ([1, 1] if codes[0] == [] else [0, 0])
