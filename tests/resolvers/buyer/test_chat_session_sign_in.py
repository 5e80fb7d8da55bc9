"""Getting into a chat by its link: for whoever has it, as long as the chat goes on, and not by guessing."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from graphql_api.app import build_server, pipeline, shell
from graphql_api.http.endpoint import GraphQLEndpoint
from graphql_api.http.metrics import Traffic
from models.buyer.profile import PROFILES
from models.store.connection import Database
from tests.fixtures.wire import ANONYMOUS, SETTINGS, Api, Caller, Calls
from tests.graphql_api.http.serving import connected, standing_server
from tests.resolvers.advisor.writing import done, gid, write
from tests.resolvers.buyer.chat_scene import Scene

SIGN_IN = "buyerChatSessionSignIn"
SHOWN = "accessToken expiresAt session { id engagementScore decisionStage insights { totalCount } }"
HOURS = 8 * 3_600_000


async def _opened(api: Api, here: Scene) -> tuple[str, str]:
    """A chat that Ann opens: its id and the secret of its link."""
    given = {"profileId": gid(PROFILES, here.profile)}
    payload = await done(api, "buyerChatSessionCreate", here.ann, "linkToken session { id }", **given)
    return payload["session"]["id"], payload["linkToken"]


async def test_a_link_lets_its_buyer_in(api: Api, here: Scene) -> None:
    chat, link = await _opened(api, here)
    payload = await done(api, SIGN_IN, ANONYMOUS, SHOWN, linkToken=link)
    assert payload["session"] == {
        "id": chat,
        "engagementScore": None,
        "decisionStage": None,
        "insights": {"totalCount": 0},
    }
    visitor = Caller("visitor", payload["accessToken"])
    sent = await done(api, "buyerChatMessageSend", visitor, "message { sessionId timestamp }", message="Hello?")
    assert sent["message"]["sessionId"] == chat
    assert 0 < payload["expiresAt"] - sent["message"]["timestamp"] <= HOURS


async def test_a_link_that_leads_nowhere_is_refused_alike(api: Api, here: Scene) -> None:
    _, link = await _opened(api, here)

    async def refused(token: str) -> bytes:
        errors = "userErrors { code message field }"
        document = f"mutation($t: String!) {{ {SIGN_IN}(input: {{linkToken: $t}}) {{ {SHOWN} {errors} }} }}"
        return (await api.post(document, {"t": token}, ANONYMOUS)).content

    unknown = await refused("no such link")
    assert b'"code":"UNAUTHENTICATED"' in unknown
    assert b'"field":["linkToken"]' in unknown
    answers = [await refused(link[:-1]), await refused("")]
    for values in ({"status": "completed"}, {"agentActive": False}):
        _, token = await _opened(api, here)
        await here.database["buyer_chat_sessions"].update_many({}, {"$set": {"status": "active", "agentActive": True}})
        assert (await write(api, SIGN_IN, ANONYMOUS, linkToken=token))["userErrors"] == []
        await here.database["buyer_chat_sessions"].update_many({}, {"$set": values})
        answers.append(await refused(token))
    assert set(answers) == {unknown}


async def test_a_paused_chat_lets_in_to_read(api: Api, here: Scene) -> None:
    chat, link = await _opened(api, here)
    await done(api, "buyerChatSessionPause", here.ann, id=chat)
    payload = await done(api, SIGN_IN, ANONYMOUS, "session { id }", linkToken=link)
    assert payload == {"session": {"id": chat}}


async def test_a_changed_link_is_the_only_one(api: Api, here: Scene) -> None:
    chat, link = await _opened(api, here)
    fresh = (await done(api, "buyerChatSessionLinkRotate", here.ann, "linkToken", id=chat))["linkToken"]
    assert [error["code"] for error in (await write(api, SIGN_IN, ANONYMOUS, linkToken=link))["userErrors"]] == [
        "UNAUTHENTICATED"
    ]
    await done(api, SIGN_IN, ANONYMOUS, linkToken=fresh)


async def test_twenty_at_once_get_in_and_the_next_must_wait(api: Api, here: Scene) -> None:
    _, link = await _opened(api, here)
    payloads = await asyncio.gather(*(write(api, SIGN_IN, ANONYMOUS, "accessToken", linkToken=link) for _ in range(21)))
    errors = [error for payload in payloads for error in payload["userErrors"]]
    assert [error["code"] for error in errors] == ["RATE_LIMITED"]
    assert "try again in" in errors[0]["message"]
    assert sum(payload["accessToken"] is not None for payload in payloads) == 20


@pytest.fixture
async def address(watched: tuple[Database, Calls], empty: None) -> AsyncIterator[str]:
    """A server with real sockets."""
    server = build_server(SETTINGS, watched[0])
    await server.open()
    async with standing_server(pipeline(GraphQLEndpoint(server), shell([]), [], Traffic())) as address:
        yield address
    await server.close()


CHANGES = "subscription($id: ID!) { buyerChatMessageChanges(sessionId: $id) { kind } }"


@pytest.mark.parametrize(
    "values",
    [{"status": "completed"}, {"agentActive": False}, {"signInVersion": 2}],
    ids=["completed", "agent switched off", "link changed"],
)
async def test_an_open_socket_ends_with_its_chat(address: str, here: Scene, values: dict[str, object]) -> None:
    async with connected(address) as busy, connected(address) as other:
        for socket, chat in ((busy, here.chat), (other, here.other_chat)):
            await socket.begin(authorization=f"Bearer {chat.token}")
            await socket.ask("1", CHANGES, variables={"id": chat.id})
            event = (await socket.hear())["payload"]["data"]["buyerChatMessageChanges"]
            assert event == {"kind": "SYNCED"}
        async with asyncio.timeout(5):
            await here.set(**values)
            code, _ = await busy.closed()
        assert code in {4401, 4403}
        await other.say({"type": "ping"})
        assert await other.hear() == {"type": "pong"}
