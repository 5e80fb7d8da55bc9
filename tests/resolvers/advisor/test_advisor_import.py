"""Importing an advisor: the whole document or nothing, with every wrong key and value named."""

from typing import Any

from models import global_id
from models.advisor.advisor import ADVISORS
from models.store.connection import Database
from tests.fixtures.wire import ANONYMOUS, Api, Caller, People
from tests.resolvers.advisor.test_advisor_content import CONTENT, WHOLE

IMPORT = """mutation ($input: AdvisorImportPersonaInput!) { advisorImportPersona(input: $input) {
  advisor { id isPublic status ownerId ...Whole } advisorEdge { node { id } } userErrors { code field message } } }"""


async def imported(api: Api, document: Any, by: Caller, **given: Any) -> dict[str, Any]:
    """The payload of an import."""
    found: dict[str, Any] = await api.data(IMPORT + WHOLE, {"input": {"json": document, **given}}, by=by)
    payload: dict[str, Any] = found["advisorImportPersona"]
    return payload


async def test_the_whole_document_is_kept(api: Api, people: People, database: Database) -> None:
    ann = await people.person("ann")
    payload = await imported(api, CONTENT, ann)
    assert payload["userErrors"] == []
    advisor = payload["advisor"]
    key = advisor.pop("id")
    assert payload["advisorEdge"] == {"node": {"id": key}}
    assert advisor == {**CONTENT, "isPublic": False, "status": "ACTIVE", "ownerId": ann.id}
    profile = await database["advisor_users"].find_one({"_id": ann.profile})
    assert profile is not None
    assert profile["privateAdvisorCount"] == 1


async def test_a_persona_alone_is_enough(api: Api, people: People) -> None:
    ann, olga = await people.person("ann"), await people.operator("olga")
    for by, owner in ((ann, ann.id), (olga, None)):
        advisor = (await imported(api, {"persona": {"name": "Ada", "title": "Sage"}}, by))["advisor"]
        assert (advisor["ownerId"], advisor["isPublic"], advisor["schemaVersion"]) == (owner, False, "1.0")


async def test_each_wrong_key_and_value_is_named(api: Api, people: People, database: Database) -> None:
    ann = await people.person("ann")
    document = {
        "persona": {"title": 7, "adviceDelivery": {"useEmojis": "yes", "tone": "soft"}, "education": []},
        "roleDefinition": {"keyPerformanceIndicators": [{"unit": "points"}]},
        "localization": "English",
        "metadata": {"teamAffiliations": [{"teamId": "a", "teamName": "A", "roleName": "r", "isPrimary": 1}]},
        "tags": ["ok", 5, "x" * 65],
        "modelHint": "m" * 1_001,
        "ownerId": "somebody",
        "status": "archived",
        "isPublic": True,
    }
    payload = await imported(api, document, ann)
    assert payload["advisor"] is None
    assert {(error["code"], *error["field"]) for error in payload["userErrors"]} == {
        ("INVALID", "json", "persona", "name"),
        ("INVALID", "json", "persona", "title"),
        ("INVALID", "json", "persona", "adviceDelivery", "useEmojis"),
        ("INVALID", "json", "persona", "adviceDelivery", "tone"),
        ("INVALID", "json", "persona", "education"),
        ("INVALID", "json", "roleDefinition", "keyPerformanceIndicators", "0", "metric"),
        ("INVALID", "json", "localization"),
        ("INVALID", "json", "metadata", "teamAffiliations", "0", "isPrimary"),
        ("INVALID", "json", "tags", "1"),
        ("TOO_LONG", "json", "tags", "2"),
        ("TOO_LONG", "json", "modelHint"),
        ("INVALID", "json", "ownerId"),
        ("INVALID", "json", "status"),
        ("INVALID", "json", "isPublic"),
    }
    assert await database["advisor_advisors"].count_documents({}) == 0
    profile = await database["advisor_users"].find_one({"_id": ann.profile})
    assert profile is not None
    assert profile["privateAdvisorCount"] == 0


async def test_what_is_no_object_is_refused(api: Api, people: People) -> None:
    ann = await people.person("ann")
    for document in ("persona", 5, ["persona"], True):
        payload = await imported(api, document, ann)
        assert payload["userErrors"] == [
            {"code": "INVALID", "field": ["json"], "message": "The document must be a JSON object."}
        ]


async def test_the_plan_holds_for_imports(api: Api, people: People, database: Database) -> None:
    ann = await people.person("ann")
    await database["advisor_users"].update_one({"_id": ann.profile}, {"$set": {"privateAdvisorCount": 3}})
    payload = await imported(api, CONTENT, ann)
    assert (payload["advisor"], [error["code"] for error in payload["userErrors"]]) == (None, ["PLAN_REQUIRED"])
    assert await database["advisor_advisors"].count_documents({}) == 0


async def test_who_is_no_person_imports_nothing(api: Api, people: People, database: Database) -> None:
    for caller, code in ((ANONYMOUS, "UNAUTHENTICATED"), (people.service("answering"), "FORBIDDEN")):
        payload = await imported(api, CONTENT, caller)
        assert [error["code"] for error in payload["userErrors"]] == [code]
    assert await database["advisor_advisors"].count_documents({}) == 0


async def test_the_document_may_be_written_into_the_operation(api: Api, people: People) -> None:
    ann = await people.person("ann")
    document = """mutation ($name: JSON!) { advisorImportPersona(
      input: {json: {persona: {name: $name, title: "Sage"}}}) {
      advisor { persona { name title } } userErrors { code field message } } }"""
    payload = (await api.data(document, {"name": "Ada"}, by=ann))["advisorImportPersona"]
    assert payload == {"advisor": {"persona": {"name": "Ada", "title": "Sage"}}, "userErrors": []}


async def test_the_id_may_be_chosen(api: Api, people: People) -> None:
    ann = await people.person("ann")
    chosen = global_id.encode(ADVISORS.tag, ann.profile) if ann.profile else ""
    assert (await imported(api, CONTENT, ann, id=chosen))["advisor"]["id"] == chosen
    again = await imported(api, CONTENT, ann, id=chosen)
    assert [(error["code"], error["field"]) for error in again["userErrors"]] == [("ALREADY_EXISTS", ["id"])]
