"""Signing out: one sign-in ends, or all of the agent's, and every token that came from it at once."""

from collections.abc import AsyncIterator

import pytest

from graphql_api.app import build_server, pipeline, shell
from graphql_api.http.endpoint import GraphQLEndpoint
from graphql_api.http.metrics import Traffic
from models.account.sign_in import SIGN_INS
from models.store.connection import Database
from resolvers.estate import entry
from tests.fixtures.estate import Parties
from tests.fixtures.wire import ANONYMOUS, SETTINGS, Api, Calls, People
from tests.graphql_api.http.serving import connected, standing_server
from tests.models.store.listening import standing
from tests.resolvers.advisor.writing import done, refusal
from tests.resolvers.estate.signing_in import ACCESS, caller, enter, events, person, status, stored

OUT = "estateAgentSignOut"
REFUSED = ("UNAUTHENTICATED", "refreshToken")
HERE = "127.0.0.1"


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entry, "LEVEL_SECONDS", 0)


async def test_one_sign_in_ends(api: Api, database: Database) -> None:
    await person()
    phone, token = await enter(api)
    laptop, other = await enter(api)
    await done(api, OUT, phone, refreshToken=token)
    assert [await status(api, who) for who in (phone, laptop)] == [401, 200]
    assert await refusal(api, "estateAgentTokenRefresh", ANONYMOUS, refreshToken=token) == REFUSED
    await done(api, "estateAgentTokenRefresh", ANONYMOUS, ACCESS, refreshToken=other)
    assert (await events(database))[2:] == [("signed_out", HERE)]


async def test_all_end_everywhere(api: Api, database: Database) -> None:
    await person()
    await person("eve")
    phone, token = await enter(api)
    laptop, _ = await enter(api)
    eve, _ = await enter(api, "eve@example.com")
    await done(api, OUT, phone, refreshToken=token, everywhere=True)
    assert [await status(api, who) for who in (phone, laptop, eve)] == [401, 401, 200]
    assert (await events(database))[3:] == [("signed_out", HERE)]


async def test_nobody_else_ends_it(api: Api, parties: Parties, people: People, database: Database) -> None:
    """A refresh token alone, or another's, or one that was used, signs nobody out."""
    await person()
    await person("eve")
    pam, token = await enter(api)
    eve, eves = await enter(api, "eve@example.com")
    ann = await parties.agent("ann")
    buyer = await parties.buyer(ann)
    before = await stored(database, SIGN_INS)
    refused = {
        "anonymous": await refusal(api, OUT, ANONYMOUS, refreshToken=token),
        "service": await refusal(api, OUT, people.service("answering"), refreshToken=token),
        "plain account": await refusal(api, OUT, await people.person("plain"), refreshToken=token),
        "buyer": await refusal(api, OUT, buyer, refreshToken=token),
        "another agent": await refusal(api, OUT, eve, refreshToken=token, everywhere=True),
        "external agent": await refusal(api, OUT, ann, refreshToken=token),
        "another's token": await refusal(api, OUT, pam, refreshToken=eves),
        "junk": await refusal(api, OUT, pam, refreshToken="x", everywhere=True),
    }
    assert refused == {
        "anonymous": ("UNAUTHENTICATED", None),
        "service": ("FORBIDDEN", None),
        "plain account": ("FORBIDDEN", None),
        "buyer": ("FORBIDDEN", None),
        "another agent": REFUSED,
        "external agent": REFUSED,
        "another's token": REFUSED,
        "junk": REFUSED,
    }
    assert await stored(database, SIGN_INS) == before


@pytest.fixture
async def served(watched: tuple[Database, Calls], empty: None) -> AsyncIterator[str]:
    """The address of a server that listens to its database, as it is while it serves."""
    server = build_server(SETTINGS, watched[0])
    await server.open()
    await standing(server.store.feed)
    async with standing_server(pipeline(GraphQLEndpoint(server), shell([]), [], Traffic())) as address:
        yield address
    await server.close()


CHANGES = 'subscription { estateAuditEntryChanges(agentId: "%s") { kind node { event } } }'


@pytest.mark.parametrize("way", ["out", "everywhere", "reused", "changed"])
async def test_open_sockets_are_lost(served: str, api: Api, database: Database, way: str) -> None:
    """By what another process does: the one that keeps the socket hears of it by its database."""
    pam = await person()
    phone, token = await enter(api)
    laptop, _ = await enter(api)
    async with connected(served) as idle, connected(served) as busy, connected(served) as elsewhere:
        await idle.begin(authorization=f"Bearer {phone.token}")
        await busy.begin(authorization=f"Bearer {phone.token}")
        await busy.ask("1", CHANGES % pam.id)
        assert (await busy.hear())["payload"]["data"]["estateAuditEntryChanges"]["kind"] == "ADDED"
        await elsewhere.begin(authorization=f"Bearer {laptop.token}")
        if way in {"out", "everywhere"}:
            await done(api, OUT, phone, refreshToken=token, everywhere=way == "everywhere")
        elif way == "reused":
            caller(await done(api, "estateAgentTokenRefresh", ANONYMOUS, ACCESS, refreshToken=token))
            assert await refusal(api, "estateAgentTokenRefresh", ANONYMOUS, refreshToken=token) == REFUSED
        else:
            given = {"password": "correct horse battery staple", "newPassword": "twelve letters"}
            await done(api, "estateAgentPasswordChange", laptop, ACCESS, **given)
        assert (await idle.closed())[0] in {4401, 4403}
        assert (await busy.closed())[0] in {4401, 4403}
        if way in {"out", "reused"}:
            await elsewhere.say({"type": "ping"})
            assert await elsewhere.hear() == {"type": "pong"}
        else:
            assert (await elsewhere.closed())[0] in {4401, 4403}


async def test_a_socket_follows_the_sign_in_of_its_fresh_token(served: str, api: Api) -> None:
    await person()
    old, _ = await enter(api)
    fresh, token = await enter(api)
    async with connected(served) as socket:
        await socket.begin(authorization=f"Bearer {old.token}")
        await socket.say({"type": "ping", "payload": {"authorization": f"Bearer {fresh.token}"}})
        assert (await socket.hear())["payload"] == {"authorized": True}
        await done(api, OUT, fresh, refreshToken=token)
        assert (await socket.closed())[0] == 4403
