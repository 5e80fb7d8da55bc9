"""The course of a chat: which state follows on which, and whose it is to say."""

import asyncio

import pytest

from models.buyer.chat_message import CHAT_MESSAGES
from models.buyer.chat_session import CHAT_SESSIONS
from models.estate.agent import AGENTS
from models.store.connection import Database
from tests.fixtures.wire import Api
from tests.resolvers.advisor.writing import done, refusal, rows, write
from tests.resolvers.buyer.chat_scene import Scene

MOVES = {"buyerChatSessionPause": "paused", "buyerChatSessionResume": "active", "buyerChatSessionComplete": "completed"}
ALLOWED = {
    ("active", "buyerChatSessionPause"),
    ("paused", "buyerChatSessionResume"),
    ("active", "buyerChatSessionComplete"),
    ("paused", "buyerChatSessionComplete"),
}


@pytest.mark.parametrize("status", ["active", "paused", "completed"])
@pytest.mark.parametrize("move", MOVES)
async def test_a_state_follows_on_some(api: Api, here: Scene, status: str, move: str) -> None:
    await here.set(status=status)
    errors = [error["code"] for error in (await write(api, move, here.ann, id=here.chat.id))["userErrors"]]
    allowed = (status, move) in ALLOWED
    assert errors == ([] if allowed else ["WRONG_STATE"])
    assert (await here.chat_now())["status"] == (MOVES[move] if allowed else status)


@pytest.mark.parametrize("move", MOVES)
async def test_others_say_nothing(api: Api, here: Scene, database: Database, move: str) -> None:
    await here.set(status="paused" if move == "buyerChatSessionResume" else "active")
    before = await rows(database, CHAT_SESSIONS)
    for caller in here.outsiders:
        expected = ("UNAUTHENTICATED", None) if caller.token is None else ("NOT_FOUND", "id")
        assert await refusal(api, move, caller, id=here.chat.id) == expected, caller.name
    for caller in (here.chat, here.operator, *(here.services[name] for name in ("analysis", "answering", "search"))):
        assert await refusal(api, move, caller, id=here.chat.id) == ("FORBIDDEN", None), caller.name
    assert await rows(database, CHAT_SESSIONS) == before
    await database[AGENTS.collection].update_one({"_id": here.ann.row["_id"]}, {"$set": {"active": False}})
    assert await refusal(api, move, here.ann, id=here.chat.id) == ("FORBIDDEN", None)
    assert await rows(database, CHAT_SESSIONS) == before


async def test_a_stale_version_writes_nothing(api: Api, here: Scene) -> None:
    payload = await write(
        api, "buyerChatSessionPause", here.ann, "session { status version }", id=here.chat.id, expectedVersion=7
    )
    assert [error["code"] for error in payload["userErrors"]] == ["STALE_VERSION"]
    assert payload["session"] == {"status": "ACTIVE", "version": 1}


async def test_a_paused_chat_is_read_and_not_written_in(api: Api, here: Scene, database: Database) -> None:
    await done(api, "buyerChatSessionPause", here.ann, id=here.chat.id)
    found = await api.data(
        "query($id: ID!) { buyerChatSession(id: $id) { status } }", {"id": here.chat.id}, by=here.chat
    )
    assert found == {"buyerChatSession": {"status": "PAUSED"}}
    for mutation, given in (
        ("buyerChatMessageSend", {"message": "Hello?"}),
        ("buyerPropertyNoteCreate", {"listingId": here.home, "noteText": "Nice."}),
        ("buyerPropertyInteractionRecord", {"listingId": here.home, "interactionType": "LIKE"}),
    ):
        assert await refusal(api, mutation, here.chat, **given) == ("WRONG_STATE", None)
    assert await database[CHAT_MESSAGES.collection].count_documents({}) == 0
    await done(api, "buyerChatSessionResume", here.ann, id=here.chat.id)
    await done(api, "buyerChatMessageSend", here.chat, message="Hello?")


async def test_a_chat_that_is_over_lets_nobody_in(api: Api, here: Scene) -> None:
    await done(api, "buyerChatSessionComplete", here.ann, id=here.chat.id)
    assert (await api.post("{ viewer { kind } }", {}, here.chat)).status_code == 401


async def test_of_many_moves_at_once_one_is_made(api: Api, here: Scene) -> None:
    payloads = await asyncio.gather(
        *(write(api, "buyerChatSessionPause", here.ann, id=here.chat.id) for _ in range(10))
    )
    codes = sorted("".join(error["code"] for error in payload["userErrors"]) for payload in payloads)
    assert codes == ["", *["WRONG_STATE"] * 9]
    assert (await here.chat_now())["version"] == 2
