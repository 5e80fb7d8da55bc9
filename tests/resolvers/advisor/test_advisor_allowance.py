"""The plan's allowance of private advisors: never exceeded, claimed at creation, given back when one is archived."""

import asyncio
from typing import Any

import pytest

from models import global_id
from models.advisor.advisor import ADVISORS
from models.store.connection import Database
from tests.factories import advisor as make
from tests.fixtures.wire import Api, Caller, People

CREATE = """mutation ($input: AdvisorCreateInput!) { advisorCreate(input: $input) {
  advisor { id } userErrors { code field message } clientMutationId } }"""
ARCHIVE = "mutation ($input: AdvisorArchiveInput!) { advisorArchive(input: $input) { userErrors { code } } }"
PERSONA = {"name": "Ada", "title": "Engineer"}


async def create(api: Api, by: Caller, **given: Any) -> dict[str, Any]:
    """The payload of one creation."""
    found: dict[str, Any] = await api.data(CREATE, {"input": {"persona": PERSONA, **given}}, by=by)
    payload: dict[str, Any] = found["advisorCreate"]
    return payload


async def plan(database: Database, person: Caller, name: str, count: int = 0) -> None:
    """Put a person on a plan."""
    change = {"$set": {"plan": name, "privateAdvisorCount": count}}
    await database["advisor_users"].update_one({"_id": person.profile}, change)


async def count(database: Database, person: Caller) -> tuple[int, int]:
    """The advisors that are counted for a person, and those that there are."""
    profile = await database["advisor_users"].find_one({"_id": person.profile})
    assert profile is not None
    mine = {"ownerId": person.profile, "status": {"$ne": "archived"}}
    return profile["privateAdvisorCount"], await database["advisor_advisors"].count_documents(mine)


@pytest.mark.parametrize(("name", "limit"), [("free", 3), ("pro", 25)])
async def test_a_plan_allows_so_many(api: Api, people: People, database: Database, name: str, limit: int) -> None:
    ann = await people.person("ann")
    await plan(database, ann, name, limit - 1)
    assert (await create(api, ann))["userErrors"] == []
    refused = await create(api, ann)
    assert refused["advisor"] is None
    assert refused["userErrors"] == [
        {
            "code": "PLAN_REQUIRED",
            "field": None,
            "message": f"Your plan ({name}) allows {limit} private advisors: archive one, or change the plan.",
        }
    ]
    assert await count(database, ann) == (limit, 1)


async def test_the_largest_plan_has_no_limit(api: Api, people: People, database: Database) -> None:
    ann = await people.person("ann")
    await plan(database, ann, "enterprise", 1_000)
    assert (await create(api, ann))["userErrors"] == []
    assert await count(database, ann) == (1_001, 1)


async def test_fifty_at_once_do_not_exceed_it(api: Api, people: People, database: Database) -> None:
    ann = await people.person("ann")
    payloads = await asyncio.gather(*(create(api, ann) for _ in range(50)))
    codes = [[error["code"] for error in payload["userErrors"]] for payload in payloads]
    assert codes.count([]) == 3
    assert codes.count(["PLAN_REQUIRED"]) == 47
    assert await count(database, ann) == (3, 3)


async def test_fifty_retries_of_one_creation_are_one(api: Api, people: People, database: Database) -> None:
    ann = await people.person("ann")
    payloads = await asyncio.gather(*(create(api, ann, clientMutationId="once") for _ in range(50)))
    assert [payload["userErrors"] for payload in payloads] == [[]] * 50
    assert len({payload["advisor"]["id"] for payload in payloads}) == 1
    assert await count(database, ann) == (1, 1)


async def test_an_archived_one_makes_room_once(api: Api, people: People, database: Database) -> None:
    ann = await people.person("ann")
    keys = [(await create(api, ann))["advisor"]["id"] for _ in range(3)]
    answers = await asyncio.gather(*(api.data(ARCHIVE, {"input": {"id": keys[0]}}, by=ann) for _ in range(20)))
    codes = [[error["code"] for error in answer["advisorArchive"]["userErrors"]] for answer in answers]
    assert codes.count([]) == 1
    assert codes.count(["WRONG_STATE"]) == 19
    assert await count(database, ann) == (2, 2)
    assert (await create(api, ann))["userErrors"] == []
    assert [error["code"] for error in (await create(api, ann))["userErrors"]] == ["PLAN_REQUIRED"]
    assert await count(database, ann) == (3, 3)


async def test_the_operator_archives_at_the_owners_account(api: Api, people: People, database: Database) -> None:
    ann, olga = await people.person("ann"), await people.operator("olga")
    await plan(database, ann, "free", 1)
    row = await make.advisor(ann)
    key = global_id.encode(ADVISORS.tag, row["_id"])
    assert await api.data(ARCHIVE, {"input": {"id": key}}, by=olga) == {"advisorArchive": {"userErrors": []}}
    assert await count(database, ann) == (0, 0)
    assert await count(database, olga) == (0, 0)
