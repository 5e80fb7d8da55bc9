"""Profiles: seen and changed by the person, planned by billing, deleted with everything that is theirs."""

import asyncio
from typing import Any

import pytest
from bson import ObjectId, encode
from bson.raw_bson import RawBSONDocument

from models.advisor import TABLES
from models.advisor.advisor import ADVISORS
from models.advisor.conversation import CONVERSATIONS
from models.advisor.memory import MEMORIES
from models.advisor.message import MESSAGES
from models.advisor.presence import PRESENCES
from models.advisor.selection import SELECTIONS
from models.advisor.thread_summary import THREAD_SUMMARIES
from models.advisor.typing_indicator import TYPING_INDICATORS
from models.advisor.user import USERS
from models.store.connection import Database
from tests.factories import advisor as make
from tests.fixtures.wire import ANONYMOUS, Api, Caller, People
from tests.resolvers.advisor.writing import denied, done, gid, refusal, rows, write

SHOWN = """id clerkId email name image plan privateAdvisorCount privateAdvisorLimit version createdAt updatedAt
    viewerCanUpdate"""
ME = f"{{ advisorMe {{ {SHOWN} }} }}"
NODE = f"query($id: ID!) {{ node(id: $id) {{ ... on AdvisorUser {{ {SHOWN} }} }} }}"


async def test_me_shows_every_column(api: Api, people: People, database: Database) -> None:
    ann = await people.person("ann")
    [[stored]] = await rows(database, USERS)
    assert (await api.data(ME, by=ann))["advisorMe"] == {
        "id": ann.id,
        "clerkId": stored["clerkId"],
        "email": "ann@example.com",
        "name": "Ann",
        "image": None,
        "plan": "FREE",
        "privateAdvisorCount": 0,
        "privateAdvisorLimit": 3,
        "version": 1,
        "createdAt": stored["createdAt"],
        "updatedAt": stored["updatedAt"],
        "viewerCanUpdate": True,
    }


@pytest.mark.parametrize(("plan", "limit"), [("free", 3), ("pro", 25), ("enterprise", None)])
async def test_limit_follows_the_plan(
    api: Api, people: People, database: Database, plan: str, limit: int | None
) -> None:
    ann = await people.person("ann")
    await database[USERS.collection].update_one({"_id": ann.profile}, {"$set": {"plan": plan}})
    found = await api.data("{ advisorMe { plan privateAdvisorLimit } }", by=ann)
    assert found["advisorMe"] == {"plan": plan.upper(), "privateAdvisorLimit": limit}


async def test_who_has_no_profile_is_nobody(api: Api, people: People) -> None:
    assert await api.data(ME) == {"advisorMe": None}
    assert await api.data(ME, by=people.service("answering")) == {"advisorMe": None}


async def test_profile_is_private_to_the_person_operators_and_billing(api: Api, people: People) -> None:
    ann, bob, olga = await people.person("ann"), await people.person("bob"), await people.operator("olga")

    async def seen(by: Caller) -> Any:
        found = (await api.data(NODE, {"id": ann.id}, by=by))["node"]
        return found and (found["name"], found["email"], found["clerkId"] is not None, found["viewerCanUpdate"])

    assert await seen(ann) == ("Ann", "ann@example.com", True, True)
    assert await seen(olga) == ("Ann", None, False, False)
    assert await seen(people.service("billing")) == ("Ann", None, True, False)
    for stranger in (bob, ANONYMOUS, people.service("answering")):
        assert await seen(stranger) is None


async def test_update_changes_what_is_named_and_clears_what_is_null(api: Api, people: People) -> None:
    ann = await people.person("ann")
    shown = "user { name image version }"
    payload = await done(api, "advisorUserUpdate", ann, shown, id=ann.id, image="https://example.com/a.png")
    assert payload == {"user": {"name": "Ann", "image": "https://example.com/a.png", "version": 2}}
    payload = await done(api, "advisorUserUpdate", ann, shown, id=ann.id, name="Anna", image=None)
    assert payload == {"user": {"name": "Anna", "image": None, "version": 3}}


async def test_update_refuses_others_and_stale_versions(api: Api, people: People, database: Database) -> None:
    ann, bob, olga = await people.person("ann"), await people.person("bob"), await people.operator("olga")
    before = await rows(database, USERS)
    assert await refusal(api, "advisorUserUpdate", bob, id=ann.id, name="x") == ("NOT_FOUND", "id")
    assert await refusal(api, "advisorUserUpdate", olga, id=ann.id, name="x") == ("FORBIDDEN", None)
    assert await refusal(api, "advisorUserUpdate", ANONYMOUS, id=ann.id, name="x") == ("UNAUTHENTICATED", None)
    billing = people.service("billing")
    assert await refusal(api, "advisorUserUpdate", billing, id=ann.id, name="x") == ("FORBIDDEN", None)
    assert await refusal(api, "advisorUserUpdate", ann, id=ann.id, name="") == ("INVALID", "name")
    assert await refusal(api, "advisorUserUpdate", ann, id=ann.id, name="x" * 201) == ("TOO_LONG", "name")
    payload = await write(api, "advisorUserUpdate", ann, "user { name }", id=ann.id, name="x", expectedVersion=9)
    assert [error["code"] for error in payload["userErrors"]] == ["STALE_VERSION"]
    assert payload["user"] == {"name": "Ann"}
    assert await rows(database, USERS) == before


async def test_plan_is_set_by_billing_and_operators_alone(api: Api, people: People, database: Database) -> None:
    ann, bob, olga = await people.person("ann"), await people.person("bob"), await people.operator("olga")
    shown = "user { plan privateAdvisorLimit version }"
    payload = await done(api, "advisorUserPlanSet", people.service("billing"), shown, id=ann.id, plan="PRO")
    assert payload == {"user": {"plan": "PRO", "privateAdvisorLimit": 25, "version": 2}}
    payload = await done(api, "advisorUserPlanSet", olga, shown, id=ann.id, plan="ENTERPRISE")
    assert payload == {"user": {"plan": "ENTERPRISE", "privateAdvisorLimit": None, "version": 3}}
    before = await rows(database, USERS)
    assert await refusal(api, "advisorUserPlanSet", ann, id=ann.id, plan="FREE") == ("FORBIDDEN", None)
    for stranger in (bob, ANONYMOUS, people.service("answering")):
        assert await refusal(api, "advisorUserPlanSet", stranger, id=ann.id, plan="FREE") == denied(stranger)
    assert await rows(database, USERS) == before


async def _a_whole_life(owner: Caller) -> None:
    public, private = await make.advisor(selectionCount=1), await make.advisor(owner, selectionCount=1)
    for advisor in (public, private):
        await make.selection(owner, advisor)
    for _ in range(3):
        conversation = await make.conversation(owner, activeAdvisorId=private["_id"])
        await make.message(conversation)
        await make.memory(conversation, public)
        await make.thread_summary(conversation)
        await make.typing_indicator(conversation)
    await make.presence(owner)


async def test_delete_takes_everything_and_leaves_others_alone(api: Api, people: People, database: Database) -> None:
    ann, bob = await people.person("ann"), await people.person("bob")
    await _a_whole_life(bob)
    others = await rows(database, *TABLES)
    await _a_whole_life(ann)
    payload = await done(api, "advisorAccountDelete", ann, "deletedId")
    assert payload == {"deletedId": ann.id}
    mine = {"$or": [{"userId": ann.profile}, {"_id": ann.profile}]}
    for table in (*(USERS, CONVERSATIONS, MESSAGES, MEMORIES), *(THREAD_SUMMARIES, TYPING_INDICATORS)):
        assert await database[table.collection].count_documents(mine) == 0
    for table in (SELECTIONS, PRESENCES):
        assert await database[table.collection].count_documents(mine) == 0
    left = await database[ADVISORS.collection].find({"ownerId": ann.profile}).to_list()
    assert [(row["status"], row["deletedAt"] > 0) for row in left] == [("archived", True)]
    counts = await database[ADVISORS.collection].find({"isPublic": True}).sort("_id").to_list()
    assert [row["selectionCount"] for row in counts] == [1, 0]
    for table, before in zip(TABLES, others, strict=True):
        kept = await database[table.collection].find({"_id": {"$in": [row["_id"] for row in before]}}).to_list()
        assert sorted(kept, key=lambda row: row["_id"]) == [row for row in before if row["_id"] != ann.profile]
    assert await database["accounts"].count_documents({"_id": ann.account}) == 1


async def test_deleted_person_begins_anew(api: Api, people: People) -> None:
    ann = await people.person("ann")
    await done(api, "advisorAccountDelete", ann)
    anew = (await api.data("{ advisorMe { id plan } }", by=ann))["advisorMe"]
    assert anew["id"] != ann.id
    assert anew["plan"] == "FREE"


async def test_delete_sent_again_under_its_key_gives_the_first_answer(api: Api, people: People) -> None:
    ann = await people.person("ann")
    first = await done(api, "advisorAccountDelete", ann, "deletedId", clientMutationId="bye")
    again = (await api.data("{ advisorMe { id } }", by=ann))["advisorMe"]["id"]
    assert await done(api, "advisorAccountDelete", ann, "deletedId", clientMutationId="bye") == first
    assert (await api.data("{ advisorMe { id } }", by=ann))["advisorMe"]["id"] == again


async def test_delete_is_refused_to_who_has_no_profile(api: Api, people: People) -> None:
    assert await refusal(api, "advisorAccountDelete", ANONYMOUS) == ("UNAUTHENTICATED", None)
    assert await refusal(api, "advisorAccountDelete", people.service("answering")) == ("FORBIDDEN", None)


@pytest.mark.parametrize(
    ("mutation", "given"), [("advisorConversationCreate", {}), ("advisorPresenceHeartbeat", {"online": True})]
)
async def test_nothing_outlives_a_deleted_profile(
    api: Api, people: People, database: Database, mutation: str, given: dict[str, Any]
) -> None:
    ann = await people.person("ann")
    api.calls.seen.clear()
    async with database.client.start_session() as session, await session.start_transaction():
        await database[USERS.collection].delete_one({"_id": ann.profile}, session=session)
        writing = asyncio.create_task(refusal(api, mutation, ann, **given))
        # It has met the deletion, which is not done yet, once it begins again.
        while "abortTransaction" not in api.calls.names and not writing.done():  # noqa: ASYNC110  # no event tells it
            await asyncio.sleep(0.01)
    assert await writing == ("NOT_FOUND", None)
    assert await rows(database, CONVERSATIONS, PRESENCES) == [[], []]


async def test_delete_takes_what_is_made_meanwhile(api: Api, people: People, database: Database) -> None:
    ann = await people.person("ann")
    creating = [write(api, "advisorConversationCreate", ann) for _ in range(20)]
    await asyncio.gather(*creating[:10], write(api, "advisorAccountDelete", ann), *creating[10:])
    people_left = set(await database[USERS.collection].distinct("_id"))
    assert set(await database[CONVERSATIONS.collection].distinct("userId")) <= people_left


async def test_two_deletions_at_once_are_one(api: Api, people: People, database: Database) -> None:
    ann = await people.person("ann")
    await _a_whole_life(ann)
    await asyncio.gather(*(write(api, "advisorAccountDelete", ann, "deletedId") for _ in range(5)))
    assert await database[CONVERSATIONS.collection].count_documents({}) == 0
    assert await database[USERS.collection].count_documents({"_id": ann.profile}) == 0
    [public] = await database[ADVISORS.collection].find({"isPublic": True}).to_list()
    assert public["selectionCount"] == 0


async def test_delete_stops_at_what_cannot_be_taken(api: Api, people: People, database: Database) -> None:
    ann = await people.person("ann")
    assert ann.profile is not None
    # Its id holds a name twice: whoever has read it asks for another one.
    row = encode({"_id": {"a": 1, "b": 2}, "userId": ann.profile}).replace(b"b\x00", b"a\x00", 1)
    await database[CONVERSATIONS.collection].insert_one(RawBSONDocument(row))
    await make.conversation(ann)
    assert await refusal(api, "advisorAccountDelete", ann) == ("CONFLICT", None)
    assert await database[CONVERSATIONS.collection].count_documents({"userId": ann.profile}) == 1
    assert await database[USERS.collection].count_documents({"_id": ann.profile}) == 1
    await database[CONVERSATIONS.collection].delete_many({"userId": ann.profile})
    await done(api, "advisorAccountDelete", ann)
    assert await rows(database, USERS) == [[]]


async def test_delete_takes_a_sign_of_typing_that_outlived_its_conversation(
    api: Api, people: People, database: Database
) -> None:
    ann = await people.person("ann")
    await make.typing_indicator({"_id": ObjectId(), "userId": ann.profile})
    await done(api, "advisorAccountDelete", ann)
    assert await rows(database, TYPING_INDICATORS) == [[]]


async def test_ids_of_other_tables_are_nobody(api: Api, people: People) -> None:
    ann = await people.person("ann")
    assert ann.profile is not None
    assert await refusal(api, "advisorUserUpdate", ann, id=gid(MESSAGES, ann.profile)) == ("NOT_FOUND", "id")
