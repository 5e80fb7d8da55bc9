"""The mails of a negotiation: to the other side, after each step, without what is agreed on."""

from typing import Any

import pytest

from models.estate.buyer_session import BUYER_SESSIONS
from models.estate.listing import LISTINGS
from models.mail.mail import MAILS
from models.store.connection import Database
from tests.factories import estate as make
from tests.fixtures.estate import Parties
from tests.fixtures.wire import Api
from tests.resolvers.advisor.writing import done, gid, rows
from tests.resolvers.estate.negotiating import STEPS, TERMS, key, offer, scene, switch_off

ANN, BEA = "ann@example.com", "bea@example.com"

TOLD = [
    ("estateOfferCounter", "pending", "agent", BEA, "Other terms for an offer"),
    ("estateOfferCounter", "countered", "buyer", ANN, "Other terms for an offer"),
    ("estateOfferAccept", "pending", "agent", BEA, "An offer was accepted"),
    ("estateOfferAccept", "countered", "buyer", ANN, "An offer was accepted"),
    ("estateOfferReject", "pending", "agent", BEA, "An offer was rejected"),
    ("estateOfferReject", "countered", "agent", BEA, "An offer was rejected"),
    ("estateOfferWithdraw", "pending", "buyer", ANN, "An offer was withdrawn"),
    ("estateOfferWithdraw", "accepted", "agent", BEA, "An accepted offer was withdrawn"),
]


async def _mails(database: Database) -> list[dict[str, Any]]:
    [mails] = await rows(database, MAILS)
    return mails


@pytest.mark.parametrize(("step", "state", "who", "to", "subject"), TOLD)
async def test_the_other_side_is_told(
    api: Api, parties: Parties, database: Database, step: str, state: str, who: str, to: str, subject: str
) -> None:
    there = await scene(parties)
    row = await offer(database, there, state)
    by = there.agent if who == "agent" else there.buyer
    await done(api, step, by, id=key(row), version=1, **STEPS[step])
    [mail] = await _mails(database)
    assert (mail["to"], mail["subject"], mail["kind"]) == (to, subject, "offer")
    assert "1 Corner Street, Portland" in mail["text"]
    for secret in ("490", "480", "Bea", "bank"):
        assert secret not in mail["text"]


async def test_the_agent_is_told_of_a_new_offer(api: Api, parties: Parties, database: Database) -> None:
    there = await scene(parties)
    listing = gid(LISTINGS, await make.listing(there.agent.row))
    await done(api, "estateOfferCreate", there.buyer, listingId=listing, terms={**TERMS, "note": "A secret."})
    [mail] = await _mails(database)
    assert (mail["to"], mail["subject"]) == (ANN, "A new offer")
    assert mail["text"] == (
        "A buyer has made an offer on your listing.\n\n"
        "1 Corner Street, Portland\n\n"
        "Sign in to see the offer and its terms.\n"
    )


async def test_a_closed_portal_is_not_written_to(api: Api, parties: Parties, database: Database) -> None:
    there = await scene(parties)
    row = await offer(database, there)
    portal = {"_id": there.buyer.row["_id"]}
    await database[BUYER_SESSIONS.collection].update_one(portal, {"$set": {"active": False}})
    await done(api, "estateOfferReject", there.agent, id=key(row), version=1)
    assert await _mails(database) == []


async def test_an_agent_who_is_switched_off_is_not_written_to(api: Api, parties: Parties, database: Database) -> None:
    there = await scene(parties)
    row = await offer(database, there)
    await switch_off(database, there.agent)
    await done(api, "estateOfferWithdraw", there.buyer, id=key(row), version=1)
    assert await _mails(database) == []
