"""Archiving an advisor: once and for good, with every place that it has."""

import asyncio
from typing import Any

from models import global_id
from models.advisor.advisor import ADVISORS
from models.store.connection import Database
from tests.factories import advisor as make
from tests.fixtures.wire import ANONYMOUS, Api, Caller, People

ARCHIVE = """mutation ($input: AdvisorArchiveInput!) { advisorArchive(input: $input) {
  advisor { status deletedAt version } userErrors { code field message } } }"""
SELECT = "mutation ($input: AdvisorSelectInput!) { advisorSelect(input: $input) { created userErrors { code } } }"
UPDATE = "mutation ($input: AdvisorUpdateInput!) { advisorUpdate(input: $input) { userErrors { code } } }"


def key_of(row: dict[str, Any]) -> str:
    """The global id of an advisor."""
    return global_id.encode(ADVISORS.tag, row["_id"])


async def archive(api: Api, row: dict[str, Any], by: Caller, **given: Any) -> dict[str, Any]:
    """The payload of `advisorArchive`."""
    found: dict[str, Any] = await api.data(ARCHIVE, {"input": {"id": key_of(row), **given}}, by=by)
    payload: dict[str, Any] = found["advisorArchive"]
    return payload


async def test_it_leaves_boards_conversations_and_the_marketplace(api: Api, people: People, database: Database) -> None:
    ann, bob, olga = await people.person("ann"), await people.person("bob"), await people.operator("olga")
    row, other = await make.advisor(), await make.advisor(name="Other")
    for person in (ann, bob):
        for advisor in (row, other):
            await make.selection(person, advisor)
            await make.conversation(person, activeAdvisorId=advisor["_id"])
    payload = await archive(api, row, olga)
    assert payload["userErrors"] == []
    assert (payload["advisor"]["status"], payload["advisor"]["version"]) == ("ARCHIVED", 2)
    stored = await database["advisor_advisors"].find_one({"_id": row["_id"]})
    assert stored is not None
    assert stored["deletedAt"] == payload["advisor"]["deletedAt"]
    assert row["createdAt"] <= stored["deletedAt"] <= stored["updatedAt"]

    query = """{ advisorBoard { nodes { advisor { persona { name } } } totalCount }
      advisorConversations { nodes { activeAdvisorId } }
      advisorMarketplace { nodes { persona { name } } } }"""
    for person in (ann, bob):
        seen = await api.data(query, by=person)
        assert seen["advisorBoard"] == {"nodes": [{"advisor": {"persona": {"name": "Other"}}}], "totalCount": 1}
        active = {node["activeAdvisorId"] for node in seen["advisorConversations"]["nodes"]}
        assert active == {None, key_of(other)}
        assert seen["advisorMarketplace"]["nodes"] == [{"persona": {"name": "Other"}}]
    hidden = await database["advisor_user_advisors"].count_documents({"advisorId": row["_id"], "hidden": True})
    assert hidden == 2


async def test_only_once_and_for_good(api: Api, people: People, database: Database) -> None:
    ann = await people.person("ann")
    row = await make.advisor(ann)
    assert (await archive(api, row, ann))["userErrors"] == []
    before = await database["advisor_advisors"].find_one({"_id": row["_id"]})
    again = await archive(api, row, ann)
    assert again["advisor"] is None
    assert again["userErrors"] == [
        {"code": "WRONG_STATE", "field": None, "message": "The advisor is archived already."}
    ]
    change = await api.data(UPDATE, {"input": {"id": key_of(row), "category": "new"}}, by=ann)
    assert change["advisorUpdate"]["userErrors"] == [{"code": "WRONG_STATE"}]
    chosen = await api.data(SELECT, {"input": {"advisorId": key_of(row)}}, by=ann)
    assert chosen["advisorSelect"] == {"created": False, "userErrors": [{"code": "WRONG_STATE"}]}
    assert await database["advisor_advisors"].find_one({"_id": row["_id"]}) == before
    assert await database["advisor_user_advisors"].count_documents({}) == 0


async def test_an_inactive_one_can_be_archived(api: Api, people: People) -> None:
    ann = await people.person("ann")
    payload = await archive(api, await make.advisor(ann, status="inactive"), ann)
    assert (payload["advisor"]["status"], payload["userErrors"]) == ("ARCHIVED", [])


async def test_a_stale_one_is_not_archived(api: Api, people: People, database: Database) -> None:
    ann = await people.person("ann")
    row = await make.advisor(ann, version=3)
    await make.selection(ann, row)
    payload = await archive(api, row, ann, expectedVersion=2)
    assert payload["advisor"] == {"status": "ACTIVE", "deletedAt": None, "version": 3}
    assert [(error["code"], error["field"]) for error in payload["userErrors"]] == [
        ("STALE_VERSION", ["expectedVersion"])
    ]
    assert await database["advisor_user_advisors"].count_documents({"hidden": True}) == 0


async def test_a_refused_archive_leaves_every_place(api: Api, people: People, database: Database) -> None:
    ann, bob = await people.person("ann"), await people.person("bob")
    row = await make.advisor()
    await make.selection(ann, row)
    await make.conversation(ann, activeAdvisorId=row["_id"])
    for caller, code in ((bob, "FORBIDDEN"), (ANONYMOUS, "UNAUTHENTICATED")):
        assert [error["code"] for error in (await archive(api, row, caller))["userErrors"]] == [code]
    assert await database["advisor_user_advisors"].count_documents({"hidden": False}) == 1
    assert await database["advisor_conversations"].count_documents({"activeAdvisorId": row["_id"]}) == 1


async def test_choosing_and_archiving_at_once_leave_no_visible_entry(
    api: Api, people: People, database: Database
) -> None:
    olga = await people.operator("olga")
    persons = [await people.person(f"person{number}") for number in range(20)]
    row = await make.advisor()
    select = {"input": {"advisorId": key_of(row)}}
    answers = await asyncio.gather(
        *(api.data(SELECT, select, by=person) for person in persons[:10]),
        archive(api, row, olga),
        *(api.data(SELECT, select, by=person) for person in persons[10:]),
    )
    payloads = [answer["advisorSelect"] for answer in answers if "advisorSelect" in answer]
    entries = await database["advisor_user_advisors"].find({"advisorId": row["_id"]}).to_list()
    assert [entry["hidden"] for entry in entries] == [True] * len(entries)
    assert len(entries) == sum(payload["created"] for payload in payloads)
    stored = await database["advisor_advisors"].find_one({"_id": row["_id"]})
    assert stored is not None
    assert (stored["status"], stored["selectionCount"]) == ("archived", len(entries))
