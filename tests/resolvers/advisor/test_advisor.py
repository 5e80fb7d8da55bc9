"""Advisors: made and changed by their owners, listed as one's own, seen by whom they are for."""

import asyncio
from typing import Any

import pytest
from bson import ObjectId

from models import global_id
from models.advisor.advisor import ADVISORS
from models.store.connection import Database
from tests.factories import advisor as make
from tests.fixtures.wire import ANONYMOUS, Api, Caller, People

CREATE = """mutation ($input: AdvisorCreateInput!) { advisorCreate(input: $input) {
  advisor { id status ownerId isPublic featured schemaVersion selectionCount deletedAt version tags persona { name } }
  advisorEdge { node { id } }
  userErrors { code field message }
} }"""

UPDATE = """mutation ($input: AdvisorUpdateInput!) { advisorUpdate(input: $input) {
  advisor { version category firstName tags persona { name title oneLiner } }
  userErrors { code field }
} }"""

PERSONA = {"name": "Ada", "title": "Engineer"}


def shown(row: dict[str, Any]) -> str:
    """The global id of an advisor."""
    return global_id.encode(ADVISORS.tag, row["_id"])


async def created(api: Api, by: Caller, **given: Any) -> dict[str, Any]:
    """The payload of `advisorCreate`."""
    found: dict[str, Any] = await api.data(CREATE, {"input": {"persona": PERSONA, **given}}, by=by)
    payload: dict[str, Any] = found["advisorCreate"]
    return payload


async def test_a_person_makes_a_private_advisor(api: Api, people: People, database: Database) -> None:
    ann = await people.person("ann")
    payload = await created(api, ann)
    key = payload["advisor"]["id"]
    assert payload["advisor"] == {
        "id": key,
        "status": "ACTIVE",
        "ownerId": ann.id,
        "isPublic": False,
        "featured": False,
        "schemaVersion": "1.0",
        "selectionCount": 0,
        "deletedAt": None,
        "version": 1,
        "tags": [],
        "persona": {"name": "Ada"},
    }
    assert payload["advisorEdge"] == {"node": {"id": key}}
    stored = await database["advisor_advisors"].find_one({"_id": global_id.decode(ADVISORS, key)})
    assert stored is not None
    assert stored["persona"] == PERSONA
    assert "deletedAt" not in stored
    profile = await database["advisor_users"].find_one({"_id": ann.profile})
    assert profile is not None
    assert profile["privateAdvisorCount"] == 1


async def test_the_id_may_be_chosen_once(api: Api, people: People, database: Database) -> None:
    ann = await people.person("ann")
    chosen = global_id.encode(ADVISORS.tag, ObjectId())
    assert (await created(api, ann, id=chosen))["advisor"]["id"] == chosen
    again = await created(api, ann, id=chosen)
    assert again["advisor"] is None
    assert [(error["code"], error["field"]) for error in again["userErrors"]] == [("ALREADY_EXISTS", ["id"])]
    wrong = await created(api, ann, id="nonsense")
    assert [(error["code"], error["field"]) for error in wrong["userErrors"]] == [("INVALID", ["id"])]
    profile = await database["advisor_users"].find_one({"_id": ann.profile})
    assert profile is not None
    assert profile["privateAdvisorCount"] == 1


async def test_the_operator_makes_advisors_of_the_marketplace(api: Api, people: People, database: Database) -> None:
    olga = await people.operator("olga")
    payload = await created(api, olga, isPublic=True, featured=True)
    advisor = payload["advisor"]
    assert (advisor["ownerId"], advisor["isPublic"], advisor["featured"]) == (None, True, True)
    draft = (await created(api, olga))["advisor"]
    assert (draft["ownerId"], draft["isPublic"], draft["featured"]) == (None, False, False)
    profile = await database["advisor_users"].find_one({"_id": olga.profile})
    assert profile is not None
    assert profile["privateAdvisorCount"] == 0


@pytest.mark.parametrize("column", ["isPublic", "featured"])
async def test_only_the_operator_publishes_at_creation(
    api: Api, people: People, database: Database, column: str
) -> None:
    ann = await people.person("ann")
    payload = await created(api, ann, **{column: True})
    assert payload["advisor"] is None
    assert payload["userErrors"] == [
        {
            "code": "FORBIDDEN",
            "field": [column],
            "message": f"Only the operator may set {column}: leave it out.",
        }
    ]
    assert await database["advisor_advisors"].count_documents({}) == 0
    assert (await created(api, ann, **{column: False}))["userErrors"] == []


async def test_who_is_no_person_makes_nothing(api: Api, people: People, database: Database) -> None:
    for caller, code in ((ANONYMOUS, "UNAUTHENTICATED"), (people.service("answering"), "FORBIDDEN")):
        payload = await created(api, caller)
        assert payload["advisor"] is None
        assert [error["code"] for error in payload["userErrors"]] == [code]
    assert await database["advisor_advisors"].count_documents({}) == 0


async def test_wrong_values_are_named_by_their_paths(api: Api, people: People, database: Database) -> None:
    ann = await people.person("ann")
    payload = await created(
        api,
        ann,
        persona={"name": "", "title": "T" * 201, "education": {"graduationYear": 0}},
        tags=["ok", ""],
        components=[1] * 201,
    )
    assert {(error["code"], *error["field"]) for error in payload["userErrors"]} == {
        ("INVALID", "persona", "name"),
        ("TOO_LONG", "persona", "title"),
        ("OUT_OF_RANGE", "persona", "education", "graduationYear"),
        ("INVALID", "tags", "1"),
        ("TOO_LONG", "components"),
    }
    assert await database["advisor_advisors"].count_documents({}) == 0
    profile = await database["advisor_users"].find_one({"_id": ann.profile})
    assert profile is not None
    assert profile["privateAdvisorCount"] == 0


async def test_a_change_leaves_what_is_absent_and_clears_what_is_null(api: Api, people: People) -> None:
    ann = await people.person("ann")
    row = await make.advisor(ann, firstName="Ada", tags=["one"])
    given = {"id": shown(row), "category": None, "persona": {"name": "Eda", "title": "Poet", "oneLiner": "Hm."}}
    payload = (await api.data(UPDATE, {"input": given}, by=ann))["advisorUpdate"]
    assert payload == {
        "advisor": {
            "version": 2,
            "category": None,
            "firstName": "Ada",
            "tags": ["one"],
            "persona": {"name": "Eda", "title": "Poet", "oneLiner": "Hm."},
        },
        "userErrors": [],
    }


@pytest.mark.parametrize("column", ["persona", "schemaVersion", "tags"])
async def test_what_cannot_be_empty_is_not_cleared(api: Api, people: People, database: Database, column: str) -> None:
    ann = await people.person("ann")
    row = await make.advisor(ann)
    payload = (await api.data(UPDATE, {"input": {"id": shown(row), column: None}}, by=ann))["advisorUpdate"]
    assert payload == {"advisor": None, "userErrors": [{"code": "INVALID", "field": [column]}]}
    stored = await database["advisor_advisors"].find_one({"_id": row["_id"]})
    assert stored is not None
    assert stored["version"] == 1


async def test_a_stale_change_writes_nothing_and_shows_the_advisor(api: Api, people: People) -> None:
    ann = await people.person("ann")
    row = await make.advisor(ann, version=4)
    given = {"id": shown(row), "expectedVersion": 3, "category": "other"}
    payload = (await api.data(UPDATE, {"input": given}, by=ann))["advisorUpdate"]
    assert payload["userErrors"] == [{"code": "STALE_VERSION", "field": ["expectedVersion"]}]
    assert (payload["advisor"]["version"], payload["advisor"]["category"]) == (4, "business")
    fresh = (await api.data(UPDATE, {"input": {**given, "expectedVersion": 4}}, by=ann))["advisorUpdate"]
    assert (fresh["advisor"]["version"], fresh["advisor"]["category"]) == (5, "other")


async def test_fifty_changes_at_one_version_are_one(api: Api, people: People, database: Database) -> None:
    ann = await people.person("ann")
    row = await make.advisor(ann)
    answers = await asyncio.gather(
        *(
            api.data(UPDATE, {"input": {"id": shown(row), "expectedVersion": 1, "category": f"c{number}"}}, by=ann)
            for number in range(50)
        )
    )
    codes = [[error["code"] for error in answer["advisorUpdate"]["userErrors"]] for answer in answers]
    assert codes.count([]) == 1
    assert codes.count(["STALE_VERSION"]) == 49
    stored = await database["advisor_advisors"].find_one({"_id": row["_id"]})
    assert stored is not None
    assert stored["version"] == 2


async def test_the_operator_changes_any_advisor(api: Api, people: People) -> None:
    ann, olga = await people.person("ann"), await people.operator("olga")
    for row in (await make.advisor(), await make.advisor(ann)):
        payload = (await api.data(UPDATE, {"input": {"id": shown(row), "category": "new"}}, by=olga))["advisorUpdate"]
        assert (payload["advisor"]["category"], payload["userErrors"]) == ("new", [])


async def test_state_and_counters_are_in_no_input(api: Api, people: People) -> None:
    ann = await people.person("ann")
    for column in ("status", "ownerId", "selectionCount", "deletedAt", "version", "createdAt"):
        for document, kind in ((CREATE, "AdvisorCreateInput"), (UPDATE, "AdvisorUpdateInput")):
            answer = await api.answer(document, {"input": {"id": "x", "persona": PERSONA, column: 1}}, by=ann)
            assert "data" not in answer or answer["data"] is None, (kind, column)
    for column in ("isPublic", "featured"):
        answer = await api.answer(UPDATE, {"input": {"id": "x", column: True}}, by=ann)
        assert "data" not in answer or answer["data"] is None, column


async def test_ones_own_advisors_are_listed_and_nobody_elses(api: Api, people: People) -> None:
    ann, bob = await people.person("ann"), await people.person("bob")
    await make.advisor(name="Public")
    await make.advisor(bob, name="Bob's")
    for number, name in enumerate(("Cy", "Al", "Bo")):
        await make.advisor(ann, name=name, createdAt=number, status="archived" if name == "Bo" else "active")
    query = """query ($where: AdvisorWhere, $orderBy: AdvisorsMineOrder) {
      advisorsMine(where: $where, orderBy: $orderBy) { nodes { persona { name } } totalCount } }"""

    async def names(by: Caller, **variables: Any) -> list[str]:
        found = (await api.data(query, variables, by=by))["advisorsMine"]
        assert found["totalCount"] == len(found["nodes"])
        return [node["persona"]["name"] for node in found["nodes"]]

    assert await names(ann) == ["Bo", "Al", "Cy"]
    assert await names(ann, orderBy={"field": "NAME", "direction": "ASC"}) == ["Al", "Bo", "Cy"]
    assert await names(ann, where={"status": {"eq": "ARCHIVED"}}) == ["Bo"]
    assert await names(ann, where={"persona_name": {"startsWith": "A"}}) == ["Al"]
    assert await names(ann, where={"category": {"eq": "business"}, "tags": {"has": "strategy"}}) == ["Bo", "Al", "Cy"]
    assert await names(ann, where={"featured": {"eq": True}}) == []
    assert await names(bob) == ["Bob's"]
    for caller in (ANONYMOUS, people.service("answering")):
        assert await names(caller) == []


async def test_who_may_change_is_told(api: Api, people: People) -> None:
    ann, bob, olga = await people.person("ann"), await people.person("bob"), await people.operator("olga")
    row = await make.advisor(ann, isPublic=True)
    query = "query ($id: ID!) { advisor(id: $id) { viewerCanUpdate ownerId owner { id } } }"
    answers = {
        caller.name: (await api.data(query, {"id": shown(row)}, by=caller))["advisor"]
        for caller in (ann, bob, olga, ANONYMOUS)
    }
    mine, others = {"ownerId": ann.id, "owner": {"id": ann.id}}, {"ownerId": None, "owner": None}
    assert answers == {
        "ann": {"viewerCanUpdate": True, **mine},
        "bob": {"viewerCanUpdate": False, **others},
        "olga": {"viewerCanUpdate": True, **mine},
        "anonymous": {"viewerCanUpdate": False, **others},
    }
