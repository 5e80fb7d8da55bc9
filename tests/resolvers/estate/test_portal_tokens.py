"""The tokens of portals: what is no good one is refused, and a good one ends with its portal, on every connection."""

import itertools
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from bson import ObjectId

from graphql_api.app import build_server, own_token_rules, pipeline, shell, token_rules
from graphql_api.auth.minting import mint
from graphql_api.auth.own_tokens import OwnTokens
from graphql_api.http.endpoint import GraphQLEndpoint
from graphql_api.http.metrics import Traffic
from models.clock import now
from models.estate.buyer_session import BUYER_SESSIONS
from models.estate.seller_session import SELLER_SESSIONS
from models.store.connection import Database
from models.table import Table
from models.tables import PORTALS
from tests.fixtures.estate import Parties, Party
from tests.fixtures.wire import SETTINGS, Api, Caller, Calls, People
from tests.graphql_api.http.serving import connected, standing_server
from tests.models.store.listening import standing
from tests.resolvers.advisor.writing import rows
from tests.resolvers.estate.portals import Cast, cast

WHO = "{ viewer { kind estateBuyerSession { id } estateSellerSession { id } estateAgent { id } } }"
FOLLOW = "subscription { estateAgentChanges { kind } }"
RULES = own_token_rules(SETTINGS)
TOKENS = OwnTokens(RULES, PORTALS)
CLOSED = "This portal is closed, or its code was changed: sign in again."
SUBJECT = "The token is not valid: subject. Sign in again."

ODD = {
    "estate-owner:{id}:1": SUBJECT,
    "estate-buyer": SUBJECT,
    "estate-buyer:{id}": SUBJECT,
    "estate-buyer:{id}:1:1": SUBJECT,
    "estate-buyer:{id}:": SUBJECT,
    "estate-buyer:{id}:x": SUBJECT,
    "estate-buyer:{id}:1.0": SUBJECT,
    "estate-buyer:not-an-id:1": SUBJECT,
    "estate-buyer:$ne:1": SUBJECT,
    "estate-buyer::1": SUBJECT,
    "ESTATE-BUYER:{id}:1": SUBJECT,
    " estate-buyer:{id}:1": SUBJECT,
    "estate-buyer:{id}:0": CLOSED,
    "estate-buyer:{id}:-1": CLOSED,
    "estate-buyer:{id}:2": CLOSED,
    "estate-buyer:{id}:99999999999999999999": CLOSED,
    "estate-buyer:{other}:1": CLOSED,
    "estate-seller:{id}:1": CLOSED,
    "buyer-chat:{id}:1": CLOSED,
    "account:{id}:1": SUBJECT,
    "account:{id}:{other}": "This sign-in has ended: sign in again.",
}


@pytest.fixture
async def scene(parties: Parties, people: People) -> Cast:
    return await cast(parties, people)


async def refused(api: Api, token: str) -> str:
    """The words by which a token is refused, with 401."""
    answer = await api.post(WHO, None, Caller("odd", token))
    [error] = answer.json()["errors"]
    assert (answer.status_code, error["extensions"]["code"]) == (401, "UNAUTHENTICATED")
    assert "data" not in answer.json()
    words: str = error["message"]
    return words


@pytest.mark.parametrize("subject", ODD)
async def test_odd_subjects_open_nothing(api: Api, parties: Parties, database: Database, subject: str) -> None:
    portal = await parties.buyer(await parties.agent("ann"), lastActive=1)
    before = await rows(database, BUYER_SESSIONS)
    given = subject.format(id=portal.row["_id"], other=ObjectId("0" * 24))
    assert await refused(api, TOKENS.give(given, 60).text) == ODD[subject]
    assert await rows(database, BUYER_SESSIONS) == before
    assert await database["accounts"].count_documents({}) == 1


async def test_tokens_of_other_keys_open_nothing(api: Api, parties: Parties) -> None:
    portal = await parties.buyer(await parties.agent("ann"))
    subject = f"estate-buyer:{portal.row['_id']}:1"
    good = TOKENS.give(subject, 60).text
    strange = OwnTokens(replace(RULES, secret="x" * 32), PORTALS)
    provider = mint(token_rules(SETTINGS), subject, lifetime_seconds=60)
    for token in (
        strange.give(subject, 60).text,
        TOKENS.give(subject, -3600).text,
        f"tok_{provider}",
        good.removeprefix("tok_"),
        f"{good}x",
        f"tok_{good}",
        "tok_",
        "tok_a.b.c",
    ):
        assert (await refused(api, token)).startswith("The token is not valid: "), token
    # By the provider's key it is somebody with an account, whatever he calls himself.
    found = await api.data(WHO, by=Caller("somebody", provider))
    assert found["viewer"] == {
        "kind": "ACCOUNT",
        **dict.fromkeys(("estateBuyerSession", "estateSellerSession", "estateAgent")),
    }
    assert (await api.data(WHO, by=Caller("buyer", good)))["viewer"]["estateBuyerSession"] == {"id": portal.id}


@pytest.mark.parametrize("change", [{"active": False}, {"agentActive": False}, {"expiresAt": 1}, {"signInVersion": 2}])
@pytest.mark.parametrize("table", [BUYER_SESSIONS, SELLER_SESSIONS], ids=lambda table: table.type_name)
async def test_a_portal_that_is_closed_is_closed_at_once(
    api: Api, scene: Cast, database: Database, table: Table[Any], change: dict[str, Any]
) -> None:
    portal = scene.buyer if table is BUYER_SESSIONS else scene.seller
    assert (await api.data(WHO, by=portal))["viewer"]["kind"] in {"BUYER_SESSION", "SELLER_SESSION"}
    await database[table.collection].update_one({"_id": portal.row["_id"]}, {"$set": change})
    assert portal.token is not None
    assert await refused(api, portal.token) == CLOSED


async def test_a_portal_that_is_gone_is_closed(api: Api, scene: Cast, database: Database) -> None:
    await database[BUYER_SESSIONS.collection].delete_one({"_id": scene.buyer.row["_id"]})
    assert scene.buyer.token is not None
    assert await refused(api, scene.buyer.token) == CLOSED


@pytest.fixture
async def address(watched: tuple[Database, Calls], empty: None) -> AsyncIterator[str]:
    """Where the whole server serves, listening to the changes of the database."""
    server = build_server(SETTINGS, watched[0])
    await server.open()
    await standing(server.store.feed)
    async with standing_server(pipeline(GraphQLEndpoint(server), shell([]), [], Traffic())) as address:
        yield address
    await server.close()


async def post(address: str, by: Caller, document: str, **variables: Any) -> int:
    """The status of an answer over HTTP."""
    async with httpx.AsyncClient(timeout=10) as web:
        headers = {"Authorization": f"Bearer {by.token}"}
        body = {"query": document, "variables": variables}
        return (await web.post(f"{address}/graphql", json=body, headers=headers)).status_code


WAYS = {
    "deactivated": "mutation($id: ID!) { estateBuyerSessionDeactivate(input: {id: $id}) { userErrors { code } } }",
    "rotated": "mutation($id: ID!) { estateBuyerSessionCodeRotate(input: {id: $id}) { userErrors { code } } }",
    "ends sooner": """mutation($id: ID!) {
        estateBuyerSessionUpdate(input: {id: $id, expiresAt: 9000000000000}) { userErrors { code } } }""",
}


@pytest.mark.parametrize("way", WAYS)
async def test_open_connections_end_with_the_portal(address: str, scene: Cast, way: str) -> None:
    async with connected(address) as idle, connected(address) as busy, connected(address) as other:
        for socket, portal in ((idle, scene.buyer), (busy, scene.buyer), (other, scene.neighbour)):
            await socket.begin(authorization=f"Bearer {portal.token}")
        for socket in (busy, other):
            await socket.ask("1", FOLLOW)
            assert (await socket.hear())["payload"] == {"data": {"estateAgentChanges": {"kind": "ADDED"}}}
        assert await post(address, scene.buyer, WHO) == 200
        assert await post(address, scene.ann, WAYS[way], id=scene.buyer.id) == 200
        assert await post(address, scene.buyer, WHO) == 401
        assert await idle.closed() == (4403, "Forbidden")
        assert await busy.closed() == (4403, "Forbidden")
        assert await post(address, scene.neighbour, WHO) == 200
        await other.say({"type": "ping"})
        while (heard := await other.hear())["type"] == "next":
            continue
        assert heard == {"type": "pong"}
        async with connected(address) as again:
            await again.say({"type": "connection_init", "payload": {"authorization": f"Bearer {scene.buyer.token}"}})
            assert await again.closed() == (4403, "Forbidden")


async def test_open_connections_end_when_the_agent_is_switched_off(address: str, scene: Cast) -> None:
    text = "mutation($id: ID!) { estateAgentDeactivate(input: {id: $id}) { userErrors { code } } }"
    portals: list[Party] = [scene.buyer, scene.seller, scene.chat]
    async with connected(address) as one, connected(address) as two, connected(address) as three:
        sockets = [one, two, three]
        for socket, portal in zip(sockets, portals, strict=True):
            await socket.begin(authorization=f"Bearer {portal.token}")
            await socket.ask("1", FOLLOW)
            assert (await socket.hear())["type"] == "next"
        assert await post(address, scene.operator, text, id=scene.ann.id) == 200
        for portal in portals:
            assert await post(address, portal, WHO) == 401
        for socket in sockets:
            assert await socket.closed() == (4403, "Forbidden")


async def test_a_portal_without_an_end_stays_open_while_the_clock_goes_on(
    api: Api, parties: Parties, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    portal = await parties.buyer(await parties.agent("ann"))
    portals, clock = database[BUYER_SESSIONS.collection], itertools.count(now())
    monkeypatch.setattr("models.store.principals.now", lambda: next(clock))
    for end in ({}, {"expiresAt": None}):
        await portals.update_one({"_id": portal.row["_id"]}, {"$set": {"version": 1, **end}})
        assert (await api.data(WHO, by=portal))["viewer"]["kind"] == "BUYER_SESSION"
