"""Accepting an invitation: once, in time, with a password of a length that makes sense."""

import asyncio

import pytest

from models.account.sign_in import SIGN_INS
from models.clock import now
from models.estate.agent import AGENTS
from models.estate.agent_credential import AGENT_CREDENTIALS
from models.estate.codes import digest
from models.store.connection import Database
from resolvers.estate import entry
from tests.fixtures.estate import Party
from tests.fixtures.wire import ANONYMOUS, Api, People
from tests.resolvers.advisor.writing import done, refusal, rows, write
from tests.resolvers.estate.signing_in import (
    ACCESS,
    OTHER,
    PASSWORD,
    attempt,
    caller,
    enter,
    events,
    linked,
    person,
    stored,
)

ACTIVATE = "estateAgentActivate"
USED = ("INVALID", "token")


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entry, "LEVEL_SECONDS", 0)


async def invited(database: Database, link: str = "good", ends: int = 60_000) -> Party:
    """An agent whose invitation has this secret, and ends so many milliseconds from now."""
    pam = await person(passwordHash=None, inviteTokenHash=digest(link), inviteTokenExpiresAt=now() + ends)
    await database[AGENTS.collection].update_one({"_id": pam.row["_id"]}, {"$set": {"isActivated": False}})
    return pam


async def test_the_link_sets_the_password_and_signs_in(api: Api, database: Database) -> None:
    pam = await invited(database)
    payload = await done(api, ACTIVATE, ANONYMOUS, f"agent {{ id }} {ACCESS}", token="good", password=PASSWORD)
    assert payload["agent"] == {"id": pam.id}
    me = await api.data("{ estateAgentMe { id isActivated } }", by=caller(payload)[0])
    assert me == {"estateAgentMe": {"id": pam.id, "isActivated": True}}
    [credential] = await stored(database, AGENT_CREDENTIALS)
    assert {"inviteTokenHash", "inviteTokenExpiresAt"} & credential.keys() == set()
    assert credential["passwordHash"].startswith("$argon2id$")
    await enter(api)
    assert [event for event, _ in await events(database)] == ["activated", "signed_in"]


async def test_the_link_is_good_once(api: Api, database: Database) -> None:
    await invited(database)
    await done(api, ACTIVATE, ANONYMOUS, ACCESS, token="good", password=PASSWORD)
    before = await rows(database, AGENTS, AGENT_CREDENTIALS, SIGN_INS)
    assert await refusal(api, ACTIVATE, ANONYMOUS, token="good", password=OTHER) == USED
    assert await rows(database, AGENTS, AGENT_CREDENTIALS, SIGN_INS) == before


async def test_twenty_at_once_are_one(crowd: list[Api], database: Database) -> None:
    await invited(database)
    given = [{"token": "good", "password": f"{OTHER} {number}"} for number in range(20)]
    payloads = await asyncio.gather(
        *(write(crowd[number % 3], ACTIVATE, ANONYMOUS, ACCESS, **one) for number, one in enumerate(given))
    )
    [won] = [number for number, payload in enumerate(payloads) if payload["accessToken"]]
    assert {str(payload["userErrors"][0]["field"]) for payload in payloads if payload["userErrors"]} == {"['token']"}
    assert len(await stored(database, SIGN_INS)) == 1
    assert (await attempt(crowd[0], password=given[won]["password"]))["userErrors"] == []


async def test_bad_links_change_nothing(api: Api, database: Database) -> None:
    await invited(database, "late", -1)
    await person("eve", resetTokenHash=digest("reset"), resetTokenExpiresAt=now() + 60_000)
    before = await rows(database, AGENTS, AGENT_CREDENTIALS)
    for token in ("late", "reset", "", digest("late"), "late\0", "x" * 100_000):
        assert await refusal(api, ACTIVATE, ANONYMOUS, token=token, password=PASSWORD) == USED
    assert await rows(database, AGENTS, AGENT_CREDENTIALS, SIGN_INS) == [*before, []]


@pytest.mark.parametrize(
    ("password", "code"),
    [("", "OUT_OF_RANGE"), ("x" * 11, "OUT_OF_RANGE"), ("x" * 201, "TOO_LONG"), ("x" * 900_000, "TOO_LONG")],
    ids=["empty", "short", "long", "huge"],
)
async def test_a_bad_password_does_not_use_the_link_up(api: Api, database: Database, password: str, code: str) -> None:
    await invited(database)
    before = await rows(database, AGENTS, AGENT_CREDENTIALS)
    assert await refusal(api, ACTIVATE, ANONYMOUS, token="good", password=password) == (code, "password")
    assert await rows(database, AGENTS, AGENT_CREDENTIALS) == before
    for length in (12, 200):
        await invited_again(database)
        await done(api, ACTIVATE, ANONYMOUS, ACCESS, token="good", password="p" * length)


async def invited_again(database: Database) -> None:
    """The same invitation once more."""
    good = {"inviteTokenHash": digest("good"), "inviteTokenExpiresAt": now() + 60_000}
    await database[AGENT_CREDENTIALS.collection].update_one({}, {"$set": good})


async def test_a_suspended_account_is_not_activated(api: Api, database: Database) -> None:
    pam = await invited(database)
    await database["accounts"].update_one({"_id": pam.account}, {"$set": {"status": "suspended"}})
    before = await rows(database, AGENTS, AGENT_CREDENTIALS)
    assert await refusal(api, ACTIVATE, ANONYMOUS, token="good", password=PASSWORD) == ("FORBIDDEN", None)
    assert await rows(database, AGENTS, AGENT_CREDENTIALS, SIGN_INS) == [*before, []]


async def test_who_signs_in_is_shown_as_oneself(api: Api, people: People, database: Database) -> None:
    """As a portal's sign-in shows its visitor's own row, and `estateAgentRegister` the agent's."""
    names = {"firstName": "Ann", "lastName": "Archer", "brokerageName": "Corner Homes"}
    email, shown = "ann@example.com", "agent { email isActivated }"
    await done(api, "estateAgentInvite", await people.operator("olga"), email=email, **names)
    token = await linked(database)
    activated = await done(api, "estateAgentActivate", ANONYMOUS, shown, token=token, password=PASSWORD)
    signed_in = await done(api, "estateAgentSignIn", ANONYMOUS, shown, email=email, password=PASSWORD)
    herself = {"agent": {"email": email, "isActivated": True}}
    assert [activated, signed_in] == [herself, herself]
