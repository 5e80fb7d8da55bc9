"""Refresh tokens: each is good once, and one that comes twice ends the sign-in for the thief and the agent."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bson import ObjectId

from models.account.sign_in import SIGN_INS
from models.clock import now
from models.estate.access import REMEMBERED
from models.estate.codes import digest
from models.store.connection import Database
from resolvers.estate import entry
from tests.fixtures.wire import ANONYMOUS, Api
from tests.resolvers.advisor.writing import done, refusal, write
from tests.resolvers.estate.signing_in import ACCESS, EMPTY, caller, enter, events, person, status, stored

REFRESH = "estateAgentTokenRefresh"
REFUSED = ("UNAUTHENTICATED", "refreshToken")
HERE = "127.0.0.1"


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entry, "LEVEL_SECONDS", 0)


async def sign_in(database: Database) -> dict[str, Any]:
    """The one sign-in that there is."""
    [row] = await stored(database, SIGN_INS)
    return row


async def test_a_refresh_token_gives_the_next_two(api: Api, database: Database) -> None:
    pam = await person()
    first, token = await enter(api)
    before = await sign_in(database)
    payload = await done(api, REFRESH, ANONYMOUS, f"agent {{ id }} {ACCESS}", refreshToken=token)
    second, following = caller(payload)
    after = await sign_in(database)
    assert payload["agent"] == {"id": pam.id}
    assert following != token
    assert (after["_id"], after["formerHashes"]) == (before["_id"], [before["tokenHash"]])
    assert after["tokenHash"] == digest(following.partition(".")[2])
    assert after["expiresAt"] > before["expiresAt"]
    # The access token before is good until it ends by itself.
    assert [await status(api, who) for who in (first, second)] == [200, 200]


async def test_one_that_comes_twice_ends_everything_that_came_from_it(api: Api, database: Database) -> None:
    await person()
    other, _ = await enter(api)
    first, token = await enter(api)
    second, following = caller(await done(api, REFRESH, ANONYMOUS, ACCESS, refreshToken=token))
    assert await write(api, REFRESH, ANONYMOUS, ACCESS, refreshToken=token) == {
        **EMPTY,
        "userErrors": [
            {
                "code": "UNAUTHENTICATED",
                "field": ["refreshToken"],
                "message": "This refresh token is not good, or was used: sign in again.",
            }
        ],
    }
    assert [await status(api, who) for who in (first, second, other)] == [401, 401, 200]
    assert await refusal(api, REFRESH, ANONYMOUS, refreshToken=following) == REFUSED
    assert (await events(database))[2:] == [("refresh_reused", HERE)]


async def test_junk_ends_nothing(api: Api, database: Database) -> None:
    await person()
    signed_in, token = await enter(api)
    key, _, given = token.partition(".")
    before = await sign_in(database)
    junk = ["", ".", key, f"{key}.", f"{key}.{given}x", f"{key}.{given[:-1]}", f".{given}", f"{ObjectId()}.{given}"]
    junk += [f"{key}.{before['tokenHash']}", f"{key}\0.{given}", "x" * 100_000, f"{{$gt: ''}}.{given}"]
    for text in junk:
        assert await refusal(api, REFRESH, ANONYMOUS, refreshToken=text) == REFUSED
    assert await sign_in(database) == before
    assert await status(api, signed_in) == 200
    assert await events(database) == [("signed_in", HERE)]
    await done(api, REFRESH, ANONYMOUS, ACCESS, refreshToken=token)


async def test_twenty_at_once_get_one_answer_at_most(crowd: list[Api], database: Database) -> None:
    await person()
    _, token = await enter(crowd[0])
    payloads = await asyncio.gather(
        *(write(crowd[number % 3], REFRESH, ANONYMOUS, ACCESS, refreshToken=token) for number in range(20))
    )
    assert sum(payload["accessToken"] is not None for payload in payloads) == 1
    assert (await sign_in(database))["endedAt"] <= now()
    assert [event for event, _ in await events(database)] == ["signed_in", "refresh_reused"]


async def test_only_the_last_ones_are_remembered(api: Api, database: Database) -> None:
    """So that a sign-in that goes on for years stays small."""
    await person()
    _, token = await enter(api)
    kept = [f"old {number}" for number in range(REMEMBERED)]
    await database[SIGN_INS.collection].update_one({}, {"$set": {"formerHashes": kept}})
    await done(api, REFRESH, ANONYMOUS, ACCESS, refreshToken=token)
    former = (await sign_in(database))["formerHashes"]
    assert former == [*kept[1:], digest(token.partition(".")[2])]


async def test_an_ended_sign_in_does_not_go_on(api: Api, database: Database) -> None:
    await person()
    _, token = await enter(api)
    await database[SIGN_INS.collection].update_one({}, {"$set": {"endedAt": now()}})
    before = await sign_in(database)
    assert await refusal(api, REFRESH, ANONYMOUS, refreshToken=token) == REFUSED
    assert await sign_in(database) == before


async def test_another_sign_ins_secret_is_not_good(api: Api, database: Database) -> None:
    await person()
    await person("eve")
    _, pams = await enter(api)
    _, eves = await enter(api, "eve@example.com")
    mixed = f"{pams.partition('.')[0]}.{eves.partition('.')[2]}"
    assert await refusal(api, REFRESH, ANONYMOUS, refreshToken=mixed) == REFUSED
    assert [row.get("endedAt") for row in await stored(database, SIGN_INS)] == [None, None]


async def test_one_that_has_expired_is_not_good(api: Api, database: Database) -> None:
    """MongoDB sweeps once a minute, and the row is there until then."""
    await person()
    _, token = await enter(api)
    await database[SIGN_INS.collection].update_one(
        {}, {"$set": {"expiresAt": datetime.now(UTC) - timedelta(seconds=1)}}
    )
    assert await refusal(api, REFRESH, ANONYMOUS, refreshToken=token) == REFUSED
    assert await events(database) == [("signed_in", HERE)]
