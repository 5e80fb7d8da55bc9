"""Choosing a team: what can be chosen is, and the rest says why not."""

import asyncio
from typing import Any

from bson import ObjectId

from models import global_id
from models.advisor.advisor import ADVISORS
from models.store.connection import Database
from tests.factories import advisor as make
from tests.fixtures.wire import ANONYMOUS, Api, Caller, People

SELECT = """mutation ($input: AdvisorTeamSelectInput!) { advisorTeamSelect(input: $input) {
  results { advisorId created selection { source teamId advisor { persona { name } } } userError { code field } }
  userErrors { code field } } }"""


def key_of(row: dict[str, Any]) -> str:
    """The global id of an advisor."""
    return global_id.encode(ADVISORS.tag, row["_id"])


async def select(api: Api, by: Caller, slug: str = "starters", **given: Any) -> dict[str, Any]:
    """The payload of `advisorTeamSelect`."""
    found: dict[str, Any] = await api.data(SELECT, {"input": {"slug": slug, **given}}, by=by)
    payload: dict[str, Any] = found["advisorTeamSelect"]
    return payload


def entry(name: str, source: str = "TEAM", team: str | None = "starters") -> dict[str, Any]:
    """An entry on the board as it is shown."""
    return {"source": source, "teamId": team, "advisor": {"persona": {"name": name}}}


async def counts(database: Database) -> dict[str, int]:
    """What each advisor counts, by name."""
    rows = await database["advisor_advisors"].find().to_list()
    return {row["persona"]["name"]: row["selectionCount"] for row in rows}


async def test_one_result_an_advisor(api: Api, people: People, database: Database) -> None:
    ann, bob = await people.person("ann"), await people.person("bob")
    fresh, there = await make.advisor(name="Fresh"), await make.advisor(name="There", selectionCount=1)
    own, foreign = await make.advisor(ann, name="Own"), await make.advisor(bob, name="Foreign")
    resting, gone = await make.advisor(ann, name="Resting", status="inactive"), {"_id": ObjectId()}
    await make.selection(ann, there)
    rows = [fresh, there, own, foreign, resting, gone]
    await make.team_template(advisorIds=[row["_id"] for row in rows])
    payload = await select(api, ann)
    assert payload["userErrors"] == []
    assert [result.pop("advisorId") for result in payload["results"]] == [key_of(row) for row in rows]
    refused = {"created": False, "selection": None}
    assert payload["results"] == [
        {"created": True, "selection": entry("Fresh"), "userError": None},
        {"created": False, "selection": entry("There", "MARKETPLACE", None), "userError": None},
        {"created": True, "selection": entry("Own"), "userError": None},
        {**refused, "userError": {"code": "NOT_FOUND", "field": None}},
        {**refused, "userError": {"code": "WRONG_STATE", "field": None}},
        {**refused, "userError": {"code": "NOT_FOUND", "field": None}},
    ]
    assert await counts(database) == {"Fresh": 1, "There": 1, "Own": 1, "Foreign": 0, "Resting": 0}
    assert await database["advisor_user_advisors"].count_documents({"userId": ann.profile}) == 3


async def test_many_at_once_give_each_entry_once(api: Api, people: People, database: Database) -> None:
    ann = await people.person("ann")
    rows = [await make.advisor(name=f"A{number}") for number in range(3)]
    await make.team_template(advisorIds=[row["_id"] for row in rows])
    payloads = await asyncio.gather(*(select(api, ann) for _ in range(20)))
    for place in range(3):
        assert sum(payload["results"][place]["created"] for payload in payloads) == 1
    assert await counts(database) == {"A0": 1, "A1": 1, "A2": 1}
    assert await database["advisor_user_advisors"].count_documents({}) == 3


async def test_a_retry_gets_the_first_answer(api: Api, people: People) -> None:
    ann, bob = await people.person("ann"), await people.person("bob")
    rows = [await make.advisor(), await make.advisor(bob)]
    await make.team_template(advisorIds=[row["_id"] for row in rows])
    first = await select(api, ann, clientMutationId="k")
    assert [result["created"] for result in first["results"]] == [True, False]
    assert await select(api, ann, clientMutationId="k") == first


async def test_who_cannot_and_what_is_not(api: Api, people: People, database: Database) -> None:
    ann = await people.person("ann")
    await make.team_template(advisorIds=[(await make.advisor())["_id"]])
    for caller, slug, errors in (
        (ann, "nobody", [{"code": "NOT_FOUND", "field": ["slug"]}]),
        (ANONYMOUS, "starters", [{"code": "UNAUTHENTICATED", "field": None}]),
        (people.service("answering"), "starters", [{"code": "FORBIDDEN", "field": None}]),
    ):
        assert await select(api, caller, slug) == {"results": [], "userErrors": errors}
    assert await database["advisor_user_advisors"].count_documents({}) == 0


async def test_what_is_shown_costs_one_call_a_table(api: Api, people: People) -> None:
    ann = await people.person("ann")
    for number, size in enumerate((1, 10)):
        ids = [(await make.advisor(name=f"A{number}{place}"))["_id"] for place in range(size)]
        await make.team_template(f"team{number}", advisorIds=ids)
    shown = []
    for slug in ("team0", "team1"):
        await select(api, ann, slug)
        shown.append(api.calls.names[api.calls.names.index("commitTransaction") :])
    assert shown == [["commitTransaction", "find"]] * 2
