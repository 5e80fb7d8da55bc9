"""Signing in with a password: whoever fails is told the same, and ten failures lock the door for a while."""

import asyncio
import secrets
from typing import Any

import bcrypt
import pytest

from models.clock import now
from models.estate.access import LOCK_SECONDS
from models.estate.agent_credential import AGENT_CREDENTIALS
from models.store.connection import Database
from resolvers.estate import entry
from tests.fixtures.estate import Parties
from tests.fixtures.wire import ANONYMOUS, Api
from tests.resolvers.advisor.writing import done
from tests.resolvers.estate.signing_in import (
    ACCESS,
    EMPTY,
    PASSWORD,
    attempt,
    caller,
    enter,
    events,
    hashed,
    linked,
    person,
    status,
    stored,
)

DOCUMENT = f"""mutation($input: EstateAgentSignInInput!) {{
    payload: estateAgentSignIn(input: $input) {{ agent {{ id }} {ACCESS} userErrors {{ code field message }} }} }}"""
REFUSED = [
    {
        "code": "UNAUTHENTICATED",
        "field": None,
        "message": "E-mail address and password do not belong together, or it was tried too often.",
    }
]


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entry, "LEVEL_SECONDS", 0)


async def credential(database: Database) -> dict[str, Any]:
    """The one way in that there is."""
    [row] = await stored(database, AGENT_CREDENTIALS)
    return row


async def test_the_right_password_gives_tokens(api: Api) -> None:
    pam = await person(active=False)
    began = now()
    payload = await done(api, "estateAgentSignIn", ANONYMOUS, ACCESS, email="Pam@Example.COM", password=PASSWORD)
    assert -1_000 <= payload["expiresAt"] - began - 900_000 < 60_000
    me = await api.data("{ estateAgentMe { id email active } viewer { kind } }", by=(await enter(api))[0])
    assert me == {
        "estateAgentMe": {"id": pam.id, "email": "pam@example.com", "active": False},
        "viewer": {"kind": "ACCOUNT"},
    }


async def test_all_who_fail_are_told_the_same(api: Api, parties: Parties) -> None:
    await person("wrong")
    await person("locked", lockedUntil=now() + 60_000, failedLogins=10)
    await person("without", passwordHash=None)
    await person("odd", passwordHash="$1$not$known")
    await parties.agent("external")
    invited = await person("invited", passwordHash=None, inviteTokenHash="x")
    await api.data("{ __typename }")
    assert invited.row["isActivated"]
    tries = dict.fromkeys(("unknown", "locked", "without", "odd", "external", "invited"), PASSWORD)
    tries |= {"wrong": PASSWORD + "!", "": "", "a" * 100_000: PASSWORD, "wrong\0": PASSWORD, "$ne": "\0\U0001f600"}
    answers = {
        name: await api.post(DOCUMENT, {"input": {"email": f"{name}@example.com", "password": given}}, ANONYMOUS)
        for name, given in tries.items()
    }
    assert {answer.status_code for answer in answers.values()} == {200}
    assert len({answer.content for answer in answers.values()}) == 1
    assert answers["unknown"].json() == {"data": {"payload": {"agent": None, **EMPTY, "userErrors": REFUSED}}}
    ignored = {"date", "x-request-id"}
    assert len({tuple((k, v) for k, v in a.headers.items() if k not in ignored) for a in answers.values()}) == 1


async def test_who_was_not_activated_does_not_get_in(api: Api, database: Database) -> None:
    """Not even with a password that an import has left there."""
    pam = await person()
    await database["estate_agents"].update_one({"_id": pam.row["_id"]}, {"$set": {"isActivated": False}})
    assert (await attempt(api))["userErrors"] == REFUSED
    assert await stored(database, AGENT_CREDENTIALS) == [await credential(database)]
    assert (await credential(database))["failedLogins"] == 0


async def test_all_who_try_wait_as_long(api: Api, monkeypatch: pytest.MonkeyPatch, database: Database) -> None:
    """However fast the answer is found; what is to be written is written before."""
    await person()
    waits: list[tuple[bool, int]] = []

    class Padding:
        @staticmethod
        async def sleep(seconds: float) -> None:
            waits.append((8 < seconds <= 10, len(await events(database))))

    monkeypatch.setattr(entry, "LEVEL_SECONDS", 10)
    monkeypatch.setattr(entry, "asyncio", Padding)
    for email, password in (("nobody", PASSWORD), ("pam", "wrong"), ("pam", PASSWORD)):
        await attempt(api, f"{email}@example.com", password)
    assert waits == [(True, 0), (True, 1), (True, 2)]


async def test_ten_failures_lock_the_door(api: Api, database: Database) -> None:
    await person()
    for failures in range(1, 11):
        assert await attempt(api, password="wrong") == {**EMPTY, "userErrors": REFUSED}
        assert (await credential(database))["failedLogins"] == failures
    locked = await credential(database)
    assert 0 < locked["lockedUntil"] - now() <= LOCK_SECONDS * 1000
    assert await attempt(api) == {**EMPTY, "userErrors": REFUSED}
    assert await credential(database) == locked
    here = "127.0.0.1"
    assert await events(database) == [
        *[("sign_in_failed", here)] * 10,
        ("locked", here),
        ("sign_in_failed", here),
    ]


async def test_a_lock_passes(api: Api, database: Database) -> None:
    await person(failedLogins=10, lockedUntil=now() - 1)
    assert (await attempt(api, password="wrong"))["userErrors"] == REFUSED
    row = await credential(database)
    assert (row["failedLogins"], row.get("lockedUntil")) == (1, None)
    assert (await attempt(api))["userErrors"] == []
    row = await credential(database)
    assert (row["failedLogins"], row.get("lockedUntil")) == (0, None)


async def test_a_success_forgets_failures(api: Api, database: Database) -> None:
    await person(failedLogins=9)
    await enter(api)
    row = await credential(database)
    assert (row["failedLogins"], row.get("lockedUntil"), row["version"]) == (0, None, 1)
    assert await events(database) == [("signed_in", "127.0.0.1")]


async def test_many_failures_at_once_are_ten(crowd: list[Api], database: Database) -> None:
    """Counted before they are looked at: thirty guesses at once are not thirty chances."""
    await person()
    payloads = await asyncio.gather(*(attempt(crowd[number % 3], password=f"wrong {number}") for number in range(30)))
    assert {str(payload) for payload in payloads} == {str({**EMPTY, "userErrors": REFUSED})}
    row = await credential(database)
    assert (row["failedLogins"], row["lockedUntil"] > now()) == (10, True)
    assert (await attempt(crowd[0]))["userErrors"] == REFUSED


@pytest.mark.parametrize("prefix", [b"2b", b"2a"])
async def test_a_hash_of_bcrypt_is_believed_and_renewed(api: Api, database: Database, prefix: bytes) -> None:
    await person(passwordHash=bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4, prefix)).decode())
    assert (await attempt(api, password="wrong"))["userErrors"] == REFUSED
    assert (await credential(database))["passwordHash"].startswith("$2")
    await enter(api)
    renewed = (await credential(database))["passwordHash"]
    assert renewed.startswith("$argon2id$")
    await enter(api)
    assert (await credential(database))["passwordHash"] == renewed


async def test_bcrypt_is_asked_of_no_more_than_it_reads(api: Api, database: Database) -> None:
    """It reads 72 bytes: one who knows those, and not what follows, does not get in."""
    await person("long", passwordHash=bcrypt.hashpw(b"x" * 72, bcrypt.gensalt(4)).decode())
    assert (await attempt(api, "long@example.com", "x" * 73))["userErrors"] == REFUSED
    assert (await attempt(api, "long@example.com", "ä" * 37))["userErrors"] == REFUSED
    assert (await credential(database))["failedLogins"] == 2
    await enter(api, "long@example.com", "x" * 72)


async def test_beginnings_of_a_password_are_none(api: Api) -> None:
    """Only so much of a password is hashed, and that is more than any has."""
    await person(passwordHash=hashed("y" * 200))
    for text in ("y" * 199, "y" * 201, "y" * 1_000, "y" * 900_000):
        assert (await attempt(api, password=text))["userErrors"] == REFUSED
    await enter(api, password="y" * 200)


async def test_a_megabyte_of_password_is_refused_unread(api: Api, database: Database) -> None:
    await person()
    given = {"input": {"email": "pam@example.com", "password": "p" * 1024 * 1024}}
    answer = await api.post(DOCUMENT, given, ANONYMOUS)
    assert (answer.status_code, api.calls.seen) == (413, [])
    assert (await credential(database))["failedLogins"] == 0


async def test_half_a_character_is_no_text(api: Api, database: Database) -> None:
    await person()
    body = b'{"query": "%s", "variables": {"input": {"email": "pam@example.com", "password": "\\ud800"}}}'
    text = " ".join(DOCUMENT.split()).encode()
    answer = await api.http.post("/graphql", content=body % text, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    literal = """mutation { payload: estateAgentSignIn(input: {email: "pam@example.com", password: "\\ud800"}) {
        userErrors { code } } }"""
    answer = await api.post(literal, None, ANONYMOUS)
    assert answer.json()["errors"][0]["extensions"]["code"] == "GRAPHQL_PARSE_FAILED"
    assert (await credential(database))["failedLogins"] == 0


async def test_nul_is_a_character_like_others(api: Api, database: Database) -> None:
    await person(passwordHash=hashed("twelve\0letters"))
    assert (await attempt(api, password="twelve"))["userErrors"] == REFUSED
    assert (await attempt(api, password="twelve\0"))["userErrors"] == REFUSED
    await enter(api, password="twelve\0letters")


async def test_one_address_may_try_twenty_times_a_minute(crowd: list[Api]) -> None:
    await person()
    for number in range(20):
        await attempt(crowd[0], f"{secrets.token_hex(4)}{number}@example.com")
    payload = await attempt(crowd[0])
    [error] = payload.pop("userErrors")
    assert (payload, error["code"], error["field"]) == (EMPTY, "RATE_LIMITED", None)
    assert error["message"].startswith("Too many sign-ins with a password from one address: try again in ")
    await enter(crowd[1])


@pytest.mark.parametrize("state", ["suspended", "deleted"])
async def test_a_suspended_account_gets_no_tokens(api: Api, database: Database, state: str) -> None:
    pam = await person()
    signed_in, refresh = await enter(api)
    await database["accounts"].update_one({"_id": pam.account}, {"$set": {"status": state}})
    assert await status(api, signed_in) == 403
    before = await stored(database, AGENT_CREDENTIALS)
    told = [{"code": "FORBIDDEN", "field": None, "message": f"This account is {state}."}]
    assert await attempt(api) == {**EMPTY, "userErrors": told}
    assert [row["failedLogins"] for row in before] == [0]
    payload = await api.data(
        """mutation($token: String!) { estateAgentTokenRefresh(input: {refreshToken: $token}) {
            accessToken refreshToken userErrors { code } } }""",
        {"token": refresh},
    )
    assert payload["estateAgentTokenRefresh"] == {
        "accessToken": None,
        "refreshToken": None,
        "userErrors": [{"code": "FORBIDDEN"}],
    }


async def test_a_changed_password_is_not_right_any_more(api: Api, database: Database) -> None:
    """Whoever has shown the former one at that moment gets no sign-in that outlives the change."""
    await person()
    await api.data(
        'mutation { estateAgentPasswordResetRequest(input: {email: "pam@example.com"}) { userErrors { code } } }'
    )
    token = await linked(database)
    reset = """mutation($token: String!) {
        estateAgentPasswordReset(input: {token: $token, password: "twelve letters"}) { userErrors { code } } }"""
    answers, found = await asyncio.gather(
        asyncio.gather(*(attempt(api) for _ in range(8))), api.data(reset, {"token": token})
    )
    assert found["estateAgentPasswordReset"]["userErrors"] == []
    open_ = [row for row in await stored_sign_ins(database) if row.get("endedAt") is None]
    assert len(open_) == 1
    for payload in answers:
        assert payload["accessToken"] is None or await status(api, caller(payload)[0]) == 401


async def stored_sign_ins(database: Database) -> list[dict[str, Any]]:
    """Every sign-in."""
    return await database["account_sign_ins"].find().to_list()
