"""Changing a password, and setting a new one by mail: what was begun with the former one ends."""

import asyncio
from typing import Any

import pytest

from models.account.sign_in import SIGN_INS
from models.clock import now
from models.estate.access import RESET_SECONDS
from models.estate.agent_credential import AGENT_CREDENTIALS
from models.estate.codes import digest
from models.mail.mail import MAILS
from models.store.connection import Database
from resolvers.estate import entry
from tests.fixtures.estate import Parties
from tests.fixtures.wire import ANONYMOUS, Api, Caller, People
from tests.resolvers.advisor.writing import done, refusal, write
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
    status,
    stored,
)

CHANGE, REQUEST, RESET = "estateAgentPasswordChange", "estateAgentPasswordResetRequest", "estateAgentPasswordReset"
HERE = "127.0.0.1"
USED = ("INVALID", "token")


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entry, "LEVEL_SECONDS", 0)


async def ask(api: Api, name: str = "pam") -> dict[str, Any]:
    """Ask for a link."""
    return await write(api, REQUEST, ANONYMOUS, email=f"{name}@example.com")


async def test_a_change_ends_all_other_sign_ins(api: Api, database: Database) -> None:
    await person()
    phone, token = await enter(api)
    laptop, _ = await enter(api)
    payload = await done(api, CHANGE, phone, f"agent {{ firstName }} {ACCESS}", password=PASSWORD, newPassword=OTHER)
    fresh, following = caller(payload)
    assert payload["agent"] == {"firstName": "Pam"}
    assert [await status(api, who) for who in (phone, laptop, fresh)] == [401, 401, 200]
    assert await refusal(api, "estateAgentTokenRefresh", ANONYMOUS, refreshToken=token) == (
        "UNAUTHENTICATED",
        "refreshToken",
    )
    await done(api, "estateAgentTokenRefresh", ANONYMOUS, ACCESS, refreshToken=following)
    assert (await attempt(api))["accessToken"] is None
    await enter(api, password=OTHER)
    assert (await events(database))[2:] == [
        ("password_changed", HERE),
        ("sign_in_failed", HERE),
        ("signed_in", HERE),
    ]
    [mail] = await stored(database, MAILS)
    assert (mail["to"], mail["subject"]) == ("pam@example.com", "Your password was changed")
    assert OTHER not in mail["text"]


async def test_a_change_ends_a_link_that_was_asked_for(api: Api, database: Database) -> None:
    """It may be in the hands of whom the change is to keep out."""
    await person()
    await ask(api)
    token = await linked(database)
    pam, _ = await enter(api)
    await done(api, CHANGE, pam, ACCESS, password=PASSWORD, newPassword=OTHER)
    assert await refusal(api, RESET, ANONYMOUS, token=token, password="a third password") == USED
    await enter(api, password=OTHER)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"password": "wrong", "newPassword": OTHER}, ("FORBIDDEN", "password")),
        ({"password": PASSWORD, "newPassword": "x" * 11}, ("OUT_OF_RANGE", "newPassword")),
        ({"password": PASSWORD, "newPassword": "x" * 201}, ("TOO_LONG", "newPassword")),
        ({"password": PASSWORD, "newPassword": "x" * 900_000}, ("TOO_LONG", "newPassword")),
    ],
    ids=["wrong", "short", "long", "huge"],
)
async def test_a_refused_change_changes_nothing(
    api: Api, database: Database, given: dict[str, str], told: tuple[str, str]
) -> None:
    await person()
    pam, _ = await enter(api)
    before = await stored(database, AGENT_CREDENTIALS), await stored(database, SIGN_INS)
    assert await refusal(api, CHANGE, pam, **given) == told
    assert (await stored(database, AGENT_CREDENTIALS), await stored(database, SIGN_INS)) == before
    assert (await status(api, pam), await stored(database, MAILS)) == (200, [])


async def test_nobody_else_changes_it(api: Api, parties: Parties, people: People, database: Database) -> None:
    await person()
    ann = await parties.agent("ann")
    before = await stored(database, AGENT_CREDENTIALS)
    callers: dict[str, tuple[Caller, tuple[str, str | None]]] = {
        "anonymous": (ANONYMOUS, ("UNAUTHENTICATED", None)),
        "plain account": (await people.person("plain"), ("FORBIDDEN", None)),
        "operator": (await people.operator("olga"), ("FORBIDDEN", None)),
        "service": (people.service("answering"), ("FORBIDDEN", None)),
        "buyer": (await parties.buyer(ann), ("FORBIDDEN", None)),
        # Signs in at the identity provider, and has no password here.
        "external agent": (ann, ("FORBIDDEN", "password")),
    }
    for who, told in callers.values():
        assert await refusal(api, CHANGE, who, password=PASSWORD, newPassword=OTHER) == told
    assert await stored(database, AGENT_CREDENTIALS) == before


async def test_two_changes_at_once_are_one(api: Api, database: Database) -> None:
    await person()
    pam, _ = await enter(api)
    given = [{"password": PASSWORD, "newPassword": f"{OTHER} {number}"} for number in range(4)]
    payloads = await asyncio.gather(*(api.post(_changing(), {"input": one}, pam) for one in given))
    won = [
        n for n, answer in enumerate(payloads) if (answer.json().get("data") or {}).get("payload", {}).get(ACCESS[:11])
    ]
    assert len(won) == 1
    await enter(api, password=given[won[0]]["newPassword"])
    assert len([row for row in await stored(database, SIGN_INS) if row.get("endedAt") is None]) == 2


def _changing() -> str:
    return f"mutation($input: EstateAgentPasswordChangeInput!) {{ payload: {CHANGE}(input: $input) {{ {ACCESS} }} }}"


async def test_a_link_sets_a_new_password_once(api: Api, database: Database) -> None:
    pam = await person(failedLogins=10, lockedUntil=now() + 60_000)
    assert await ask(api, "PAM") == {"userErrors": []}
    [row] = await stored(database, AGENT_CREDENTIALS)
    token = await linked(database)
    assert row["resetTokenHash"] == digest(token)
    assert 0 <= now() + RESET_SECONDS * 1000 - row["resetTokenExpiresAt"] < 60_000
    payload = await done(api, RESET, ANONYMOUS, f"agent {{ id }} {ACCESS}", token=token, password=OTHER)
    assert payload["agent"] == {"id": pam.id}
    assert await status(api, caller(payload)[0]) == 200
    # No lock is left: whoever has the mailbox is the agent.
    await enter(api, password=OTHER)
    [row] = await stored(database, AGENT_CREDENTIALS)
    assert {"resetTokenHash", "resetTokenExpiresAt", "lockedUntil"} & row.keys() == set()
    assert await refusal(api, RESET, ANONYMOUS, token=token, password="a third password") == USED
    assert await events(database) == [("reset_requested", HERE), ("password_reset", HERE), ("signed_in", HERE)]


async def test_a_reset_ends_all_sign_ins(api: Api, database: Database) -> None:
    await person()
    thief, _ = await enter(api)
    await ask(api)
    await done(api, RESET, ANONYMOUS, ACCESS, token=await linked(database), password=OTHER)
    assert await status(api, thief) == 401
    assert (await attempt(api))["accessToken"] is None
    [mail] = await stored(database, MAILS)
    assert mail["subject"] == "Your password was changed"


async def test_bad_links_change_nothing(api: Api, database: Database) -> None:
    await person(resetTokenHash=digest("late"), resetTokenExpiresAt=now() - 1, inviteTokenHash=digest("invited"))
    before = await stored(database, AGENT_CREDENTIALS)
    for token in ("late", "invited", "", "x" * 100_000, digest("late"), "late\0"):
        assert await refusal(api, RESET, ANONYMOUS, token=token, password=OTHER) == USED
    assert (await stored(database, AGENT_CREDENTIALS), await stored(database, SIGN_INS)) == (before, [])


@pytest.mark.parametrize(("length", "code"), [(11, "OUT_OF_RANGE"), (201, "TOO_LONG")])
async def test_a_bad_password_does_not_use_the_link_up(api: Api, database: Database, length: int, code: str) -> None:
    await person(resetTokenHash=digest("good"), resetTokenExpiresAt=now() + 60_000)
    assert await refusal(api, RESET, ANONYMOUS, token="good", password="ä" * length) == (code, "password")
    await done(api, RESET, ANONYMOUS, ACCESS, token="good", password="ä" * 200)


async def test_twenty_resets_at_once_are_one(crowd: list[Api], database: Database) -> None:
    await person(resetTokenHash=digest("good"), resetTokenExpiresAt=now() + 60_000)
    given = [{"token": "good", "password": f"{OTHER} {number}"} for number in range(20)]
    payloads = await asyncio.gather(
        *(write(crowd[number % 3], RESET, ANONYMOUS, ACCESS, **one) for number, one in enumerate(given))
    )
    [won] = [number for number, payload in enumerate(payloads) if payload["accessToken"]]
    assert len(await stored(database, SIGN_INS)) == 1
    await enter(crowd[0], password=given[won]["password"])


async def test_nobody_learns_whose_address_it_is(
    api: Api, parties: Parties, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answers are the same, and so is the time: what is written is written before the wait."""
    await person()
    await parties.agent("external")
    invited = await person("invited")
    await database["estate_agents"].update_one({"_id": invited.row["_id"]}, {"$set": {"isActivated": False}})
    waits: list[tuple[bool, int]] = []

    class Padding:
        @staticmethod
        async def sleep(seconds: float) -> None:
            waits.append((8 < seconds <= 10, len(await stored(database, MAILS))))

    monkeypatch.setattr(entry, "LEVEL_SECONDS", 10)
    monkeypatch.setattr(entry, "asyncio", Padding)
    document = (
        f"mutation($input: EstateAgentPasswordResetRequestInput!) {{ {REQUEST}(input: $input) {{ __typename }} }}"
    )
    names = ("nobody", "external", "invited", "", "x" * 100_000, "pam\0", "pam")
    answers = [await api.post(document, {"input": {"email": f"{name}@example.com"}}, ANONYMOUS) for name in names]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert waits == [(True, 0)] * 6 + [(True, 1)]


async def test_an_addressee_gets_five_mails_an_hour(crowd: list[Api], database: Database) -> None:
    """Whoever asks, and whether there is such an agent or not."""
    await person()
    for name in ("pam", "nobody"):
        for number in range(5):
            assert (await ask(crowd[number % 3], name))["userErrors"] == []
        [error] = (await ask(crowd[2], name.upper()))["userErrors"]
        assert (error["code"], error["field"]) == ("RATE_LIMITED", None)
        assert error["message"].startswith("Too many mails to one addressee: try again in ")
    assert len(await stored(database, MAILS)) == 5
    # Only the last link is good.
    assert len(await stored(database, AGENT_CREDENTIALS)) == 1
