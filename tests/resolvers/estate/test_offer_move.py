"""The machine of an offer: every step, from every state, by everybody; what is refused changes nothing."""

from typing import Any

import pytest

from models.estate.listing import LISTINGS
from models.estate.offer import OFFERS
from models.mail.mail import MAILS
from models.store.connection import Database
from tests.fixtures.estate import Parties
from tests.fixtures.wire import Api, People
from tests.resolvers.advisor.writing import done, refusal, rows, write
from tests.resolvers.estate.negotiating import (
    STATES,
    STEPS,
    WHO,
    broken,
    caller,
    key,
    listing_of,
    offer,
    scene,
    stored,
    switch_off,
)

LEADS: dict[tuple[str, str, str], str] = {
    ("estateOfferCounter", "pending", "agent"): "countered",
    ("estateOfferCounter", "countered", "buyer"): "pending",
    ("estateOfferAccept", "pending", "agent"): "accepted",
    ("estateOfferAccept", "countered", "buyer"): "accepted",
    ("estateOfferReject", "pending", "agent"): "rejected",
    ("estateOfferReject", "countered", "agent"): "rejected",
    ("estateOfferWithdraw", "pending", "buyer"): "withdrawn",
    ("estateOfferWithdraw", "countered", "buyer"): "withdrawn",
    ("estateOfferWithdraw", "accepted", "agent"): "withdrawn",
    ("estateOfferAnalysisSet", "pending", "analysis"): "pending",
    ("estateOfferAnalysisSet", "countered", "analysis"): "countered",
}
"""Where a step leads; all others are refused."""

TAKEN = {(step, who) for step, _, who in LEADS}
"""Who takes a step at all; in another state it is WRONG_STATE."""

SEES = {"agent", "switched off", "operator", "buyer", "seller", "analysis"}


def _code(step: str, who: str) -> str:
    if (step, who) in TAKEN:
        return "WRONG_STATE"
    if who == "anonymous":
        return "UNAUTHENTICATED"
    return "FORBIDDEN" if who in SEES else "NOT_FOUND"


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("step", STEPS)
async def test_each_step(api: Api, parties: Parties, people: People, database: Database, step: str, who: str) -> None:
    there = await scene(parties)
    offers = {state: await offer(database, there, state) for state in STATES}
    if who == "switched off":
        await switch_off(database, there.agent)
    for state, row in offers.items():
        by = await caller(who, there, await listing_of(database, row), parties, people)
        before = await rows(database, OFFERS, LISTINGS, MAILS)
        payload = await write(
            api, step, by, "offer { status version }", id=key(row), version=row["version"], **STEPS[step]
        )
        after = LEADS.get((step, state, who))
        if after is None:
            assert [error["code"] for error in payload["userErrors"]] == [_code(step, who)], state
            assert await rows(database, OFFERS, LISTINGS, MAILS) == before, state
        else:
            version = 1 if step == "estateOfferAnalysisSet" else 2
            assert payload == {"offer": {"status": after.upper(), "version": version}, "userErrors": []}, state
            assert (await stored(database, row))["status"] == after
    assert await broken(database) == ([] if who != "switched off" else ["agentActive"] * 6)


@pytest.mark.parametrize(("step", "state", "who"), [(*place,) for place in LEADS])
async def test_a_stale_version_shows_the_offer_as_it_is(
    api: Api, parties: Parties, people: People, database: Database, step: str, state: str, who: str
) -> None:
    there = await scene(parties)
    row = await offer(database, there, state, version=3)
    before = await rows(database, OFFERS, LISTINGS, MAILS)
    by = await caller(who, there, {}, parties, people)
    for version in (2, 4):
        payload = await write(api, step, by, "offer { status version }", id=key(row), version=version, **STEPS[step])
        words = f"The offer is at version 3, not {version}."
        assert payload == {
            "offer": {"status": state.upper(), "version": 3},
            "userErrors": [{"code": "STALE_VERSION", "field": ["version"], "message": words}],
        }
    assert await rows(database, OFFERS, LISTINGS, MAILS) == before


@pytest.mark.parametrize("step", STEPS)
async def test_an_id_of_nothing_and_of_something_else(
    api: Api, parties: Parties, people: People, database: Database, step: str
) -> None:
    there = await scene(parties)
    row = await offer(database, there)
    by = people.service("analysis") if step == "estateOfferAnalysisSet" else there.agent
    for wrong in (there.agent.id, "nothing", f"{key(row)[:-1]}_"):
        assert await refusal(api, step, by, id=wrong, version=1, **STEPS[step]) == ("NOT_FOUND", "id")


@pytest.mark.parametrize("step", STEPS)
async def test_a_closed_portal_does_nothing(api: Api, parties: Parties, database: Database, step: str) -> None:
    there = await scene(parties)
    row = await offer(database, there, "countered")
    closed = await parties.buyer(there.agent, active=False)
    kind = f"{step[0].upper()}{step[1:]}Input"
    document = f"mutation($input: {kind}!) {{ {step}(input: $input) {{ userErrors {{ code }} }} }}"
    answer = await api.answer(document, {"input": {"id": key(row), "version": 1, **STEPS[step]}}, by=closed)
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["UNAUTHENTICATED"]
    assert (await stored(database, row))["status"] == "countered"


SHOWN = """offer { status version offerAmount financingType contingencies inspectionPeriod closingDate expiresAt
  rounds { by offerAmount note } }"""
CASH = {"offerAmount": 510_000.0, "earnestMoney": 0.0, "downPayment": 505_000.0, "financingType": "CASH"}
FIRST = {"offerAmount": 490_000.0, "by": "BUYER", "note": None}
SECOND = {"offerAmount": 510_000.0, "by": "AGENT", "note": "Our last word."}
THIRD = {"offerAmount": 505_000.0, "by": "BUYER", "note": None}


async def test_rounds_are_kept_and_their_last_is_in_force(api: Api, parties: Parties, database: Database) -> None:
    there = await scene(parties)
    row, until = await offer(database, there, inspectionPeriod=10, closingDate="2090-01-31"), 4_000_000_000_000
    put = {**CASH, "contingencies": ["inspection"], "closingDate": "2090-02-28", "note": "Our last word."}
    given: dict[str, Any] = {"id": key(row), "version": 1, "expiresAt": until}
    payload = await done(api, "estateOfferCounter", there.agent, SHOWN, **given, terms=put)
    assert payload["offer"] == {
        "status": "COUNTERED",
        "version": 2,
        "offerAmount": 510_000.0,
        "financingType": "CASH",
        "contingencies": ["inspection"],
        "inspectionPeriod": None,
        "closingDate": "2090-02-28",
        "expiresAt": until,
        "rounds": [FIRST, SECOND],
    }
    back = {**CASH, "offerAmount": 505_000.0}
    payload = await done(api, "estateOfferCounter", there.buyer, SHOWN, id=key(row), version=2, terms=back)
    nothing: dict[str, Any] = dict.fromkeys(("inspectionPeriod", "closingDate", "expiresAt"))
    assert payload["offer"] == {
        "status": "PENDING",
        "version": 3,
        "offerAmount": 505_000.0,
        "financingType": "CASH",
        **nothing,
        "contingencies": [],
        "rounds": [FIRST, SECOND, THIRD],
    }
    assert (await stored(database, row))["respondedAt"] > 0
    assert await broken(database) == []


async def test_a_negotiation_has_a_hundred_rounds(api: Api, parties: Parties, database: Database) -> None:
    there = await scene(parties)
    row = await offer(database, there)
    collection = database[OFFERS.collection]
    await collection.update_one({"_id": row["_id"]}, {"$set": {"rounds": (await stored(database, row))["rounds"] * 99}})
    await done(api, "estateOfferCounter", there.agent, id=key(row), version=1, **STEPS["estateOfferCounter"])
    assert await refusal(
        api, "estateOfferCounter", there.buyer, id=key(row), version=2, **STEPS["estateOfferCounter"]
    ) == ("CAPACITY_REACHED", None)
    assert len((await stored(database, row))["rounds"]) == 100
