"""Presence: one's own, renewed by heartbeats, over after five minutes without."""

import asyncio
from typing import Any

import pytest
from bson import ObjectId

from models.advisor.conversation import CONVERSATIONS
from models.advisor.presence import PRESENCES
from models.clock import now
from models.store.connection import Database
from tests.factories import advisor as make
from tests.fixtures.wire import ANONYMOUS, Api, Caller, People
from tests.resolvers.advisor.writing import done, gid, refusal, rows

SHOWN = "presence { userId isOnline lastSeenAt currentConversationId version }"
ASK = "query($ids: [ID!]!) { advisorPresence(userIds: $ids) { userId isOnline currentConversationId } }"


async def test_heartbeat_says_where_one_is(api: Api, people: People, database: Database) -> None:
    ann = await people.person("ann")
    here = gid(CONVERSATIONS, await make.conversation(ann))
    beats: tuple[dict[str, Any], ...] = ({"online": True, "conversationId": here}, {"online": False})
    for version, given in enumerate(beats, start=1):
        payload = await done(api, "advisorPresenceHeartbeat", ann, SHOWN, **given)
        [[stored]] = await rows(database, PRESENCES)
        assert payload["presence"] == {
            "userId": ann.id,
            "isOnline": given["online"],
            "lastSeenAt": stored["lastSeenAt"],
            "currentConversationId": given.get("conversationId"),
            "version": version,
        }
        assert 0 <= now() - stored["lastSeenAt"] < 60_000


async def test_fifty_first_heartbeats_are_one_row(api: Api, people: People, database: Database) -> None:
    ann = await people.person("ann")
    await asyncio.gather(*(done(api, "advisorPresenceHeartbeat", ann, online=True) for _ in range(50)))
    [[stored]] = await rows(database, PRESENCES)
    assert (stored["userId"], stored["version"]) == (ann.profile, 50)


async def test_heartbeat_is_refused(api: Api, people: People, database: Database) -> None:
    ann, bob = await people.person("ann"), await people.person("bob")
    his = gid(CONVERSATIONS, await make.conversation(bob))
    mutation = "advisorPresenceHeartbeat"
    assert await refusal(api, mutation, ANONYMOUS, online=True) == ("UNAUTHENTICATED", None)
    assert await refusal(api, mutation, people.service("answering"), online=True) == ("FORBIDDEN", None)
    for unseen in (his, gid(CONVERSATIONS, ObjectId()), ann.id):
        refused = await refusal(api, mutation, ann, online=True, conversationId=unseen)
        assert refused == ("NOT_FOUND", "conversationId")
    assert await rows(database, PRESENCES) == [[]]


@pytest.mark.parametrize(
    ("said", "age", "online"), [(True, 0, True), (True, 290_000, True), (True, 300_000, False), (False, 0, False)]
)
async def test_online_ends_without_heartbeat(api: Api, people: People, said: bool, age: int, online: bool) -> None:
    ann = await people.person("ann")
    await make.presence(ann, isOnline=said, lastSeenAt=now() - age)
    found = (await api.data(ASK, {"ids": [ann.id]}, by=ann))["advisorPresence"]
    assert found == [{"userId": ann.id, "isOnline": online, "currentConversationId": None}]


async def test_presence_is_ones_own(api: Api, people: People) -> None:
    ann, bob, olga = await people.person("ann"), await people.person("bob"), await people.operator("olga")
    here = await make.conversation(ann)
    await make.presence(ann, currentConversationId=here["_id"])
    await make.presence(bob)

    async def seen(by: Caller, *ids: str) -> Any:
        return (await api.data(ASK, {"ids": list(ids)}, by=by))["advisorPresence"]

    mine = {"userId": ann.id, "isOnline": True, "currentConversationId": gid(CONVERSATIONS, here)}
    assert await seen(ann, ann.id, bob.id, ann.id, "x") == [mine]
    assert [row["userId"] for row in await seen(bob, ann.id, bob.id)] == [bob.id]
    for stranger in (olga, ANONYMOUS, people.service("answering")):
        assert await seen(stranger, ann.id) == []
    assert await seen(ann) == []


async def test_a_hundred_people_at_most(api: Api, people: People) -> None:
    ann = await people.person("ann")
    await make.presence(ann)
    assert len((await api.data(ASK, {"ids": [ann.id] * 100}, by=ann))["advisorPresence"]) == 1
    answer = await api.answer(ASK, {"ids": [ann.id] * 101}, by=ann)
    assert answer["errors"][0]["extensions"]["code"] == "OUT_OF_RANGE"
