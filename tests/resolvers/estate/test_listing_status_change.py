"""The states of a listing: every move that is allowed and every one that is not, by whom, and two at once."""

import asyncio
from typing import Any

import pytest
from bson import ObjectId

from models.estate.listing import LISTINGS
from models.estate.offer import OFFERS
from models.store.connection import Database
from tests.factories import estate as make
from tests.fixtures.estate import Parties
from tests.fixtures.wire import Api, People
from tests.resolvers.advisor.writing import done, gid, refusal, rows, write
from tests.resolvers.estate.listing_callers import LICENCE, expected, scene

CHANGE = "estateListingStatusChange"
STATUSES = ("active", "pending", "sold", "withdrawn")

ALLOWED = {
    *(("active", "PENDING", False), ("pending", "ACTIVE", False), ("active", "WITHDRAWN", False)),
    *(("pending", "WITHDRAWN", False), ("withdrawn", "ACTIVE", False), ("pending", "SOLD", True)),
}
"""(from, to, outside) of a listing without an accepted offer."""

ALL = [
    (before, after, outside)
    for before in STATUSES
    for after in ("ACTIVE", "PENDING", "SOLD", "WITHDRAWN")
    for outside in ((False, True) if after == "SOLD" else (False,))
]


async def _move(api: Api, before: str, after: str, outside: bool, parties: Parties, **values: Any) -> dict[str, Any]:
    ann = await parties.agent("ann", **LICENCE)
    row = await make.listing(ann.row, status=before, **values)
    given = {"id": gid(LISTINGS, row), "status": after, **({"outsideSale": True} if outside else {})}
    return await write(api, CHANGE, ann, "listing { status version }", **given)


@pytest.mark.parametrize(("before", "after", "outside"), ALL)
async def test_moves_without_an_accepted_offer(
    api: Api, parties: Parties, database: Database, before: str, after: str, outside: bool
) -> None:
    payload = await _move(api, before, after, outside, parties)
    [row] = await database[LISTINGS.collection].find().to_list()
    if (before, after, outside) in ALLOWED:
        assert payload == {"listing": {"status": after, "version": 2}, "userErrors": []}
        assert (row["status"], row["outsideSale"], row["version"]) == (after.lower(), outside, 2)
    else:
        assert payload["listing"] is None
        assert [error["code"] for error in payload["userErrors"]] == ["WRONG_STATE"]
        assert (row["status"], row["outsideSale"], row["version"]) == (before, False, 1)


@pytest.mark.parametrize(("after", "outside"), [(after, outside) for _, after, outside in ALL[:5]])
async def test_moves_with_an_accepted_offer(
    api: Api, parties: Parties, database: Database, after: str, outside: bool
) -> None:
    """Only to be sold by it; that it fell through is said of the offer."""
    payload = await _move(api, "pending", after, outside, parties, acceptedOfferId=ObjectId())
    [row] = await database[LISTINGS.collection].find().to_list()
    sold = (after, outside) == ("SOLD", False)
    assert [error["code"] for error in payload["userErrors"]] == ([] if sold else ["WRONG_STATE"])
    assert (row["status"], row["outsideSale"]) == ("sold" if sold else "pending", False)


@pytest.mark.parametrize(("before", "after"), [("active", "WITHDRAWN"), ("pending", "SOLD"), ("sold", "ACTIVE")])
async def test_nobody_else_does(
    api: Api, parties: Parties, people: People, database: Database, before: str, after: str
) -> None:
    there = await scene(parties, people, status=before)
    stored = await rows(database, LISTINGS)
    given = {"id": gid(LISTINGS, there.house), "status": after}
    found = {name: await refusal(api, CHANGE, caller, **given) for name, caller in there.others.items()}
    wanted = expected(there, {"anonymous": ("UNAUTHENTICATED", None)}, ("FORBIDDEN", None))
    assert found == {name: wanted[name] for name in there.others}
    assert await rows(database, LISTINGS) == stored


async def test_a_withdrawn_one_is_not_there_for_others(
    api: Api, parties: Parties, people: People, database: Database
) -> None:
    there = await scene(parties, people, status="withdrawn")
    stored = await rows(database, LISTINGS)
    given = {"id": gid(LISTINGS, there.house), "status": "ACTIVE"}
    found = {name: await refusal(api, CHANGE, caller, **given) for name, caller in there.others.items()}
    sees = dict.fromkeys(("operator", "seller", "enrichment", "analysis"), ("FORBIDDEN", None))
    wanted = expected(there, {**sees, "anonymous": ("UNAUTHENTICATED", None)}, ("NOT_FOUND", "id"))
    assert found == {name: wanted[name] for name in there.others}
    assert await rows(database, LISTINGS) == stored


async def test_an_agent_who_is_switched_off_does_not(api: Api, parties: Parties, database: Database) -> None:
    off = await parties.agent("off", active=False, **LICENCE)
    row = await make.listing(off.row)
    stored = await rows(database, LISTINGS)
    assert await refusal(api, CHANGE, off, id=gid(LISTINGS, row), status="WITHDRAWN") == ("FORBIDDEN", None)
    assert await rows(database, LISTINGS) == stored


async def test_it_is_published_again_under_a_licence(api: Api, parties: Parties) -> None:
    ann = await parties.agent("ann")
    row = await make.listing(ann.row, status="withdrawn")
    given = {"id": gid(LISTINGS, row), "status": "ACTIVE"}
    assert await refusal(api, CHANGE, ann, **given) == ("WRONG_STATE", None)
    await done(api, "estateAgentUpdate", ann, id=ann.id, licenseNumber="OR-1")
    await done(api, CHANGE, ann, **given)


async def test_only_a_sale_is_outside(api: Api, parties: Parties, database: Database) -> None:
    ann = await parties.agent("ann", **LICENCE)
    row = await make.listing(ann.row)
    stored = await rows(database, LISTINGS)
    given = {"id": gid(LISTINGS, row), "status": "PENDING"}
    assert await refusal(api, CHANGE, ann, **given, outsideSale=True) == ("INVALID", "outsideSale")
    assert await rows(database, LISTINGS) == stored
    await done(api, CHANGE, ann, **given, outsideSale=False)


async def test_a_stale_version_writes_nothing(api: Api, parties: Parties, database: Database) -> None:
    ann = await parties.agent("ann", **LICENCE)
    row = await make.listing(ann.row, version=3)
    stored = await rows(database, LISTINGS)
    given = {"id": gid(LISTINGS, row), "status": "PENDING", "expectedVersion": 2}
    payload = await write(api, CHANGE, ann, "listing { version status }", **given)
    assert payload["listing"] == {"version": 3, "status": "ACTIVE"}
    assert [error["code"] for error in payload["userErrors"]] == ["STALE_VERSION"]
    assert await rows(database, LISTINGS) == stored


async def test_open_offers_stay(api: Api, parties: Parties, database: Database) -> None:
    ann = await parties.agent("ann", **LICENCE)
    row = await make.listing(ann.row, offerCount=2)
    for status in ("pending", "countered"):
        await make.offer(row, (await parties.buyer(ann)).row, status=status)
    stored = await rows(database, OFFERS)
    for status in ("WITHDRAWN", "ACTIVE", "PENDING"):
        await done(api, CHANGE, ann, id=gid(LISTINGS, row), status=status)
    await done(api, CHANGE, ann, id=gid(LISTINGS, row), status="SOLD", outsideSale=True)
    assert await rows(database, OFFERS) == stored


async def test_of_ten_at_once_one_wins(api: Api, parties: Parties, database: Database) -> None:
    ann = await parties.agent("ann", **LICENCE)
    row = await make.listing(ann.row, status="pending")
    wanted = ["ACTIVE", "SOLD"] * 5
    key = gid(LISTINGS, row)
    outside: dict[str, dict[str, Any]] = {"ACTIVE": {}, "SOLD": {"outsideSale": True}}
    moves = [write(api, CHANGE, ann, id=key, status=status, **outside[status]) for status in wanted]
    codes = [[error["code"] for error in payload["userErrors"]] for payload in await asyncio.gather(*moves)]
    assert (codes.count([]), codes.count(["WRONG_STATE"])) == (1, 9)
    [stored] = await database[LISTINGS.collection].find().to_list()
    assert (stored["status"].upper(), stored["version"]) == (wanted[codes.index([])], 2)
