"""Expiry: the sweep rejects open offers whose time is over, and tells both sides."""

import pytest

from models.clock import now
from models.estate.offer import OFFERS
from models.mail.mail import MAILS
from models.store.connection import Database
from tests.fixtures.estate import Parties
from tests.fixtures.wire import Api, People
from tests.resolvers.advisor.writing import done, refusal, rows
from tests.resolvers.estate.negotiating import STATES, WHO, broken, caller, listing_of, offer, scene, stored

EXPIRE = "estateOffersExpire"


async def test_open_offers_end_with_their_time(api: Api, parties: Parties, people: People, database: Database) -> None:
    there = await scene(parties)
    over = {state: await offer(database, there, state, expiresAt=now() - 1) for state in STATES}
    good = [await offer(database, there, expiresAt=now() + 60_000), await offer(database, there)]
    payload = await done(api, EXPIRE, people.service("analysis"), "expiredCount")
    assert payload == {"expiredCount": 2}
    found = {state: (await stored(database, row)) for state, row in over.items()}
    assert {state: (row["status"], row["version"]) for state, row in found.items()} == {
        "pending": ("rejected", 2),
        "countered": ("rejected", 2),
        **{state: (state, 1) for state in ("accepted", "rejected", "withdrawn")},
    }
    assert [(await stored(database, row))["status"] for row in good] == ["pending", "pending"]
    [mails] = await rows(database, MAILS)
    told = [("ann@example.com", "An offer has expired"), ("bea@example.com", "An offer has expired")]
    assert sorted((mail["to"], mail["subject"]) for mail in mails) == sorted(told * 2)
    assert await done(api, EXPIRE, people.service("analysis"), "expiredCount") == {"expiredCount": 0}
    assert await broken(database) == []


async def test_so_many_at_once(api: Api, parties: Parties, people: People, database: Database) -> None:
    there, service = await scene(parties), people.service("analysis")
    for _ in range(3):
        await offer(database, there, expiresAt=now() - 1)
    assert [(await done(api, EXPIRE, service, "expiredCount", first=2))["expiredCount"] for _ in range(3)] == [2, 1, 0]
    for wrong in (0, 101):
        assert await refusal(api, EXPIRE, service, first=wrong) == ("OUT_OF_RANGE", "first")


@pytest.mark.parametrize("who", [who for who in WHO if who not in {"analysis", "switched off"}])
async def test_nobody_else_ends_them(api: Api, parties: Parties, people: People, database: Database, who: str) -> None:
    there = await scene(parties)
    row = await offer(database, there, expiresAt=now() - 1)
    by = await caller(who, there, await listing_of(database, row), parties, people)
    code = "UNAUTHENTICATED" if who == "anonymous" else "FORBIDDEN"
    assert await refusal(api, EXPIRE, by) == (code, None)
    assert [len(found) for found in await rows(database, OFFERS, MAILS)] == [1, 0]
    assert (await stored(database, row))["status"] == "pending"
