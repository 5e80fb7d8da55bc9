"""Passwords and tokens: the database holds digests, and neither replays nor logs hold anything."""

import pytest
from structlog.testing import capture_logs

from models.mail.mail import MAILS
from models.store.connection import Database
from tests.fixtures.wire import ANONYMOUS, Api, People
from tests.resolvers.advisor.writing import done, refusal, write
from tests.resolvers.estate.signing_in import ACCESS, OTHER, PASSWORD, linked

THIRD = "the third of the passwords"
INVITED = {"email": "pam@example.com", "firstName": "Pam", "lastName": "Post", "brokerageName": "Corner Homes"}


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resolvers.estate.entry.LEVEL_SECONDS", 0)


async def holding(database: Database, *secrets: str) -> list[tuple[str, str]]:
    """In which collections which of the secrets is to be found."""
    found = []
    for name in sorted(await database.list_collection_names()):
        text = str(await database[name].find().to_list())
        found += [(name, secret) for secret in secrets if secret in text]
    return found


async def lifetime(api: Api, people: People, database: Database) -> list[str]:
    """All that an agent does to get in, each with an idempotency key; the secrets that were told meanwhile."""
    olga, key = await people.operator("olga"), {"clientMutationId": "once"}
    await done(api, "estateAgentInvite", olga, **INVITED, **key)
    invitation = await linked(database)
    given = {"token": invitation, "password": PASSWORD, **key}
    first = await done(api, "estateAgentActivate", ANONYMOUS, f"{ACCESS} clientMutationId", **given)
    second = await done(api, "estateAgentSignIn", ANONYMOUS, ACCESS, email="pam@example.com", password=PASSWORD, **key)
    given = {"refreshToken": second["refreshToken"], **key}
    third = await done(api, "estateAgentTokenRefresh", ANONYMOUS, ACCESS, **given)
    by = type(olga)("pam", third["accessToken"])
    given = {"password": PASSWORD, "newPassword": OTHER, **key}
    fourth = await done(api, "estateAgentPasswordChange", by, ACCESS, **given)
    await done(api, "estateAgentPasswordResetRequest", ANONYMOUS, email="pam@example.com", **key)
    mails = await database[MAILS.collection].find({"kind": "password reset"}).to_list()
    reset = mails[0]["text"].partition("#")[2].split()[0]
    assert await holding(database, reset) == [(MAILS.collection, reset)]
    fifth = await done(api, "estateAgentPasswordReset", ANONYMOUS, ACCESS, token=reset, password=THIRD, **key)
    by = type(olga)("pam", fifth["accessToken"])
    await done(api, "estateAgentSignOut", by, refreshToken=fifth["refreshToken"], **key)
    payloads = (first, second, third, fourth, fifth)
    tokens = [payload[name] for payload in payloads for name in ("accessToken", "refreshToken")]
    halves = [payload["refreshToken"].partition(".")[2] for payload in payloads]
    return [PASSWORD, OTHER, THIRD, invitation, reset, *tokens, *halves]


async def test_the_database_holds_digests_alone(api: Api, people: People, database: Database) -> None:
    secrets = await lifetime(api, people, database)
    # A mail holds its own secret until it is sent.
    await database[MAILS.collection].delete_many({})
    assert await holding(database, *secrets) == []
    assert len(secrets) == 20


async def test_no_log_holds_a_secret(api: Api, people: People, database: Database) -> None:
    with capture_logs() as logs:
        secrets = await lifetime(api, people, database)
        await write(api, "estateAgentSignIn", ANONYMOUS, email="pam@example.com", password="a wrong password")
        await refusal(api, "estateAgentActivate", ANONYMOUS, token="a made-up token", password=OTHER)
    text = str(logs)
    assert len(logs) >= 9
    assert [secret for secret in (*secrets, "a wrong password", "a made-up token") if secret in text] == []


async def test_what_is_sent_again_is_done_again(api: Api, people: People, database: Database) -> None:
    """A sign-in with an idempotency key is no way to get somebody's tokens, and none to skip the password."""
    olga = await people.operator("olga")
    await done(api, "estateAgentInvite", olga, **INVITED)
    given = {"token": await linked(database), "password": PASSWORD, "clientMutationId": "once"}
    await done(api, "estateAgentActivate", ANONYMOUS, ACCESS, **given)
    assert await refusal(api, "estateAgentActivate", ANONYMOUS, **given) == ("INVALID", "token")
    given = {"email": "pam@example.com", "password": PASSWORD, "clientMutationId": "once"}
    one = await done(api, "estateAgentSignIn", ANONYMOUS, f"{ACCESS} clientMutationId", **given)
    two = await done(api, "estateAgentSignIn", ANONYMOUS, f"{ACCESS} clientMutationId", **given)
    assert one["clientMutationId"] == two["clientMutationId"] == "once"
    assert one["refreshToken"] != two["refreshToken"]
    wrong = await refusal(api, "estateAgentSignIn", ANONYMOUS, **{**given, "password": "wrong"})
    assert wrong == ("UNAUTHENTICATED", None)
    kept = await database["idempotency_keys"].find().to_list()
    assert kept == []


async def test_an_invitation_sent_again_is_not_sent_twice(api: Api, people: People, database: Database) -> None:
    olga = await people.operator("olga")
    given = {**INVITED, "clientMutationId": "once"}
    first = await done(api, "estateAgentInvite", olga, "agent { id }", **given)
    assert await done(api, "estateAgentInvite", olga, "agent { id }", **given) == first
    assert await database[MAILS.collection].count_documents({}) == 1
