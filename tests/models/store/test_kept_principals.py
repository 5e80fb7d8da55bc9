"""Principals kept until they change: no question for whoever is known, and none answered from the past."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from bson import ObjectId

from models.actor import Actor, ActorKind
from models.advisor.user import PROFILE
from models.clock import now
from models.errors import Code, Refusal
from models.principal import Identity
from models.store import Store
from models.store.connection import Database
from models.store.principals import LOGIN_NOTED_MILLISECONDS
from tests.fixtures.wire import Calls
from tests.models.store.listening import behind, kill_streams, standing, until

ANN = Identity("https://id.example", "ann", "ann@example.com", True, "Ann", "https://example.com/ann.png")


class Process:
    """A store that listens, and what it asks the database for besides news."""

    def __init__(self, database: Database, calls: Calls) -> None:
        self.store = Store(database)
        self._calls = calls

    async def ann(self) -> Actor:
        """Who Ann is."""
        return await self.store.principals.actor(ANN, [PROFILE])

    async def asked(self) -> list[str]:
        """The commands that it takes to say who Ann is."""
        self._calls.seen.clear()
        await self.ann()
        return [name for name in self._calls.names if name != "getMore"]


@pytest.fixture
async def near(watched: tuple[Database, Calls], empty: None) -> AsyncIterator[Process]:
    """This process."""
    process = Process(*watched)
    process.store.feed.open()
    await standing(process.store.feed)
    yield process
    await process.store.feed.close()


@pytest.fixture
async def far(database: Database, near: Process) -> Database:
    """The database as another process changes it."""
    return database


async def test_who_is_known_costs_nothing(near: Process) -> None:
    first = await near.ann()
    assert await near.asked() == []
    assert await near.ann() is first
    assert near.store.principals.hits == 2


async def test_an_actor_that_serves_many_cannot_be_changed(near: Process) -> None:
    ann: Any = await near.ann()
    with pytest.raises(TypeError):
        ann.profiles["advisor"] = ObjectId()
    with pytest.raises(TypeError):
        ann.grants["advisor.met"] = frozenset()


async def test_without_a_feed_each_use_is_asked(watched: tuple[Database, Calls], empty: None) -> None:
    process = Process(*watched)
    await process.ann()
    assert await process.asked() == ["aggregate"]
    assert await process.asked() == ["aggregate"]


async def _known(near: Process) -> Actor:
    """Ann, kept."""
    ann = await near.ann()
    assert await near.ann() is ann
    return ann


async def _news(near: Process, known: Actor) -> Actor:
    """Ann as she is told of after a change elsewhere."""
    async with asyncio.timeout(20):
        while (ann := await near.ann()) is known:  # noqa: ASYNC110 - asking is what is tested
            await asyncio.sleep(0.001)
    return ann


async def test_a_role_given_elsewhere_is_seen(near: Process, far: Database) -> None:
    known = await _known(near)
    await far["accounts"].update_one({"_id": known.account}, {"$set": {"platformRoles": ["operator"]}})
    assert (await _news(near, known)).kind is ActorKind.OPERATOR


async def test_a_grant_given_elsewhere_is_seen(near: Process, far: Database) -> None:
    known, met = await _known(near), ObjectId()
    assert dict(known.grants) == {"advisor.met": frozenset()}
    await far["advisor_users"].update_one({"accountId": known.account}, {"$addToSet": {"metAdvisorIds": met}})
    assert dict((await _news(near, known)).grants) == {"advisor.met": frozenset({met})}


async def test_a_profile_deleted_elsewhere_is_made_anew(near: Process, far: Database) -> None:
    known = await _known(near)
    await far["advisor_users"].delete_many({})
    assert (await _news(near, known)).profiles["advisor"] != known.profiles["advisor"]
    assert await far["advisor_users"].count_documents({}) == 1


async def test_an_account_deleted_elsewhere_is_made_anew(near: Process, far: Database) -> None:
    known = await _known(near)
    await far["advisor_users"].delete_many({})
    await far["accounts"].delete_many({})
    await standing(near.store.feed)
    assert (await near.ann()).account != known.account
    assert await far["accounts"].count_documents({}) == 1


@pytest.mark.parametrize("status", ["suspended", "deleted"])
async def test_who_is_shut_out_elsewhere_is_out(near: Process, far: Database, status: str) -> None:
    known = await _known(near)
    await far["accounts"].update_one({}, {"$set": {"status": status}})
    with pytest.raises(Refusal) as refused:
        await _news(near, known)
    assert (refused.value.code, refused.value.message) == (Code.FORBIDDEN, f"This account is {status}.")
    await standing(near.store.feed)
    with pytest.raises(Refusal):
        await near.ann()
    await far["accounts"].update_one({}, {"$set": {"status": "active"}})
    assert (await near.ann()).account == known.account


@pytest.mark.parametrize("change", [{"@held": ObjectId()}, {"name": "Annie", "plan": "pro"}])
async def test_what_an_actor_does_not_say_costs_nothing(
    near: Process, far: Database, change: Mapping[str, Any]
) -> None:
    known = await _known(near)
    await far["advisor_users"].update_one({}, {"$set": change})
    await standing(near.store.feed)
    assert await near.ann() is known


async def test_a_profile_that_is_missing_is_looked_for_each_time(near: Process, far: Database) -> None:
    principals = near.store.principals
    assert dict((await principals.actor(ANN, [], [PROFILE])).profiles) == {}
    elsewhere = await Store(far).principals.actor(ANN, [PROFILE])
    assert (await principals.actor(ANN, [], [PROFILE])).profiles == elsewhere.profiles


async def test_a_token_that_says_something_else_is_heeded(near: Process, far: Database) -> None:
    """As without a feed: the last token has the last word."""
    await _known(near)
    for person, email in ((replace(ANN, email="new@example.com"), "new@example.com"), (ANN, ANN.email)):
        await near.store.principals.actor(person, [PROFILE])
        assert (await far["accounts"].find_one({}) or {})["email"] == email


async def test_the_last_login_is_noted_when_its_hour_is_over(near: Process, far: Database) -> None:
    await _known(near)
    nearly = now() - LOGIN_NOTED_MILLISECONDS + 1500
    await far["accounts"].update_one({}, {"$set": {"lastLoginAt": nearly}})
    await standing(near.store.feed)
    await near.ann()
    if now() < nearly + LOGIN_NOTED_MILLISECONDS:
        assert (await far["accounts"].find_one({}) or {})["lastLoginAt"] == nearly
    await asyncio.sleep((nearly + LOGIN_NOTED_MILLISECONDS - now()) / 1000 + 0.01)
    await near.ann()
    assert (await far["accounts"].find_one({}) or {})["lastLoginAt"] > nearly


async def test_a_broken_stream_forgets_and_learns_again(near: Process, far: Database) -> None:
    """What was read of a server that is lost may be undone with it."""
    known, openings = await _known(near), near.store.feed.openings
    await kill_streams(far)
    await until(lambda: near.store.feed.openings > openings)
    await standing(near.store.feed)
    assert await near.asked() == ["aggregate"]
    assert await near.asked() == []
    assert await near.ann() == known


async def test_a_closed_feed_vouches_for_nothing(near: Process) -> None:
    await _known(near)
    await near.store.feed.close()
    assert await near.asked() == ["aggregate"]


async def test_a_feed_that_hears_nothing_vouches_for_nothing(database: Database, empty: None) -> None:
    """Its network is frozen: within the second the database is asked, and the suspended one is out."""
    async with behind(database) as (network, seen):
        store = Store(database)
        store.feed._database = seen
        store.feed.open()
        await standing(store.feed)
        known = await store.principals.actor(ANN, [PROFILE])
        network.freeze()
        await database["accounts"].update_one({"_id": known.account}, {"$set": {"status": "suspended"}})
        await until(lambda: not store.feed.fresh(1.0))
        with pytest.raises(Refusal, match="suspended"):
            await store.principals.actor(ANN, [PROFILE])
        network.thaw()
        await store.feed.close()


async def test_many_who_ask_amid_many_changes_never_keep_an_old_answer(near: Process, far: Database) -> None:
    await near.ann()
    for number in range(40):
        met = ObjectId()
        writing = asyncio.create_task(far["advisor_users"].update_one({}, {"$set": {"metAdvisorIds": [met]}}))
        while not writing.done():
            await asyncio.gather(*(near.ann() for _ in range(1 + number % 4)))
        await writing
        if number % 20 == 19:
            await standing(near.store.feed)
            assert dict((await near.ann()).grants) == {"advisor.met": frozenset({met})}
        near.store.principals.changed("advisor_users", None)
        assert dict((await near.ann()).grants) == {"advisor.met": frozenset({met})}
