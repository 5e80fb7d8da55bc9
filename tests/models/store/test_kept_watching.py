"""Who watches an actor is told of whatever may have changed him, at once, and of nothing else."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from bson import ObjectId

from models.actor import ANONYMOUS, Actor, ActorKind, service
from models.advisor.user import PROFILE
from models.errors import Code, Refusal
from models.principal import Identity
from models.store import Store
from models.store.connection import Database
from tests.fixtures.wire import Calls
from tests.models.store.listening import standing, until

ANN = Identity("https://id.example", "ann", "ann@example.com", True, "Ann")


class Told:
    """Counts what it is told."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> None:
        """Be told."""
        self.times += 1


@pytest.fixture
async def near(watched: tuple[Database, Calls], empty: None) -> AsyncIterator[Store]:
    """This process, which listens."""
    store = Store(watched[0])
    store.feed.open()
    await standing(store.feed)
    yield store
    await store.feed.close()


@pytest.fixture
async def ann(near: Store) -> Actor:
    return await near.principals.actor(ANN, [PROFILE])


async def test_changes_elsewhere_are_told(near: Store, ann: Actor, database: Database) -> None:
    told = Told()
    end = near.principals.watch(ann, told)
    await database["accounts"].update_one({"_id": ann.account}, {"$set": {"platformRoles": ["operator"]}})
    await until(lambda: told.times == 1)
    users = database["advisor_users"]
    await users.update_one({"accountId": ann.account}, {"$set": {"metAdvisorIds": [ObjectId()]}})
    await until(lambda: told.times == 2)
    await users.delete_one({"accountId": ann.account})
    await until(lambda: told.times == 3)
    end()
    await database["accounts"].delete_one({"_id": ann.account})
    await standing(near.feed)
    assert told.times == 3


async def test_changes_that_say_nothing_of_him_are_not(near: Store, ann: Actor, database: Database) -> None:
    told = Told()
    end = near.principals.watch(ann, told)
    bob = await near.principals.actor(Identity("https://id.example", "bob"), [PROFILE])
    await database["accounts"].update_one({"_id": bob.account}, {"$set": {"status": "suspended"}})
    await database["advisor_users"].update_one({"accountId": ann.account}, {"$set": {"name": "Annie"}})
    await standing(near.feed)
    assert told.times == 0
    end()


async def test_writes_of_this_process_are_told_within_the_write(near: Store, ann: Actor) -> None:
    told, others = Told(), Told()
    ends = [near.principals.watch(ann, told), near.principals.watch(ann, others)]
    near.principals.changed("accounts", [ObjectId()])
    near.principals.changed("advisor_messages", None)
    assert told.times == 0
    near.principals.changed("accounts", [ann.account] if ann.account else [])
    near.principals.changed("advisor_users", [ann.profiles["advisor"]])
    assert (told.times, others.times) == (2, 2)
    ends[0]()
    near.principals.changed("accounts", None)
    assert (told.times, others.times) == (2, 3)
    ends[1]()


async def test_a_lost_place_is_told_once_to_each(near: Store, ann: Actor) -> None:
    told = Told()
    ends = [near.principals.watch(ann, told) for _ in range(2)]
    near.principals._kept.reset()
    assert told.times == 1
    for end in ends:
        end()
    near.principals._kept.reset()
    assert told.times == 1
    assert near.principals._kept._watchers == {}


async def test_who_has_no_rows_is_told_nothing(near: Store) -> None:
    told = Told()
    for actor in (ANONYMOUS, service("answering")):
        end = near.principals.watch(actor, told)
        near.principals._kept.reset()
        end()
    assert told.times == 0


async def test_many_changes_of_others_tell_nobody(watched: tuple[Database, Calls], near: Store, ann: Actor) -> None:
    """Forgetting what was noted, for there is too much of it, is no news of anybody."""
    told = Told()
    end = near.principals.watch(ann, told)
    kept = near.principals._kept
    kept._capacity = 3
    for _ in range(10):
        kept.drop("accounts", [ObjectId()])
    assert told.times == 0
    end()


async def test_who_is_asked_for_again_is_as_he_is_now(near: Store, ann: Actor, database: Database) -> None:
    again = near.principals.again
    assert await again(ANN, [PROFILE]) == ann
    await database["accounts"].update_one({"_id": ann.account}, {"$set": {"platformRoles": ["operator"]}})
    async with asyncio.timeout(20):
        while (await again(ANN, [PROFILE])).kind is not ActorKind.OPERATOR:  # noqa: ASYNC110 - asking is the test
            await asyncio.sleep(0.002)


async def test_asking_again_makes_and_writes_nothing(near: Store, ann: Actor, database: Database) -> None:
    newer = Identity("https://id.example", "ann", "new@example.com", True, "Ann")
    await database["advisor_users"].delete_many({})
    await standing(near.feed)
    assert dict((await near.principals.again(newer, [PROFILE])).profiles) == {}
    account = await database["accounts"].find_one({})
    assert account is not None
    assert account["email"] == "ann@example.com"
    assert await database["advisor_users"].count_documents({}) == 0
    await database["accounts"].delete_many({})
    await standing(near.feed)
    with pytest.raises(Refusal) as refused:
        await near.principals.again(newer, [PROFILE])
    assert (refused.value.code, refused.value.message) == (Code.FORBIDDEN, "This account is deleted.")
    assert await database["accounts"].count_documents({}) == 0


async def test_who_was_asked_for_again_is_kept(
    near: Store, ann: Actor, watched: tuple[Database, Calls], database: Database
) -> None:
    await database["accounts"].update_one({"_id": ann.account}, {"$set": {"platformRoles": []}})
    await standing(near.feed)
    await near.principals.again(ANN, [PROFILE])
    watched[1].seen.clear()
    await near.principals.again(ANN, [PROFILE])
    await near.principals.actor(ANN, [PROFILE])
    assert set(watched[1].names) <= {"getMore"}
