"""Teams: read by everyone, made by the operator."""

import asyncio
from typing import Any

import pytest
from bson import ObjectId

from models import global_id
from models.advisor.advisor import ADVISORS
from models.advisor.team_template import TEAM_TEMPLATES
from models.store.connection import Database
from tests.factories import advisor as make
from tests.fixtures.wire import ANONYMOUS, Api, Caller, People

TEAM = """id slug name description category advisorIds icon featured sortOrder version viewerCanUpdate viewerCanDelete
  advisors { persona { name } }"""
CREATE = f"""mutation ($input: AdvisorTeamTemplateCreateInput!) {{ advisorTeamTemplateCreate(input: $input) {{
  teamTemplate {{ {TEAM} }} teamTemplateEdge {{ node {{ slug }} }} userErrors {{ code field message }} }} }}"""
UPDATE = f"""mutation ($input: AdvisorTeamTemplateUpdateInput!) {{ advisorTeamTemplateUpdate(input: $input) {{
  teamTemplate {{ {TEAM} }} userErrors {{ code field }} }} }}"""
DELETE = """mutation ($input: AdvisorTeamTemplateDeleteInput!) { advisorTeamTemplateDelete(input: $input) {
  deletedId userErrors { code field } } }"""
NEW = {"slug": "growth-team", "name": "Growth", "description": "To grow.", "category": "marketing"}


def key_of(row: dict[str, Any]) -> str:
    """The global id of an advisor."""
    return global_id.encode(ADVISORS.tag, row["_id"])


def team_key(row: dict[str, Any]) -> str:
    """The global id of a team."""
    return global_id.encode(TEAM_TEMPLATES.tag, row["_id"])


async def create(api: Api, by: Caller, **given: Any) -> dict[str, Any]:
    """The payload of a creation."""
    found: dict[str, Any] = await api.data(CREATE, {"input": {**NEW, "advisorIds": [], **given}}, by=by)
    payload: dict[str, Any] = found["advisorTeamTemplateCreate"]
    return payload


async def update(api: Api, row: dict[str, Any], by: Caller, **given: Any) -> dict[str, Any]:
    """The payload of a change."""
    found: dict[str, Any] = await api.data(UPDATE, {"input": {"id": team_key(row), **given}}, by=by)
    payload: dict[str, Any] = found["advisorTeamTemplateUpdate"]
    return payload


async def delete(api: Api, row: dict[str, Any], by: Caller) -> dict[str, Any]:
    """The payload of a deletion."""
    found: dict[str, Any] = await api.data(DELETE, {"input": {"id": team_key(row)}}, by=by)
    payload: dict[str, Any] = found["advisorTeamTemplateDelete"]
    return payload


async def test_the_operator_makes_a_team(api: Api, people: People) -> None:
    olga = await people.operator("olga")
    rows = [await make.advisor(name=name) for name in ("Bo", "Al")]
    ids = [key_of(row) for row in rows]
    payload = await create(api, olga, advisorIds=ids, icon="https://example.com/i.svg", featured=True, sortOrder=-3)
    assert payload["userErrors"] == []
    assert payload["teamTemplateEdge"] == {"node": {"slug": "growth-team"}}
    assert payload["teamTemplate"] == {
        **NEW,
        "id": payload["teamTemplate"]["id"],
        "advisorIds": ids,
        "icon": "https://example.com/i.svg",
        "featured": True,
        "sortOrder": -3,
        "version": 1,
        "viewerCanUpdate": True,
        "viewerCanDelete": True,
        "advisors": [{"persona": {"name": "Bo"}}, {"persona": {"name": "Al"}}],
    }
    plain = (await create(api, olga, slug="plain"))["teamTemplate"]
    assert (plain["icon"], plain["featured"], plain["sortOrder"], plain["advisors"]) == (None, False, 0, [])


async def test_a_slug_is_there_once(api: Api, people: People, database: Database) -> None:
    olga = await people.operator("olga")
    payloads = await asyncio.gather(*(create(api, olga) for _ in range(20)))
    codes = [[(error["code"], *error["field"]) for error in payload["userErrors"]] for payload in payloads]
    assert codes.count([]) == 1
    assert codes.count([("ALREADY_EXISTS", "slug")]) == 19
    assert await database["advisor_team_templates"].count_documents({}) == 1


@pytest.mark.parametrize("slug", ["", "Big", "two words", "-a", "a-", "a--b", "ä", "a" * 101, "$ne"])
async def test_a_slug_is_small_letters_digits_and_hyphens(api: Api, people: People, slug: str) -> None:
    payload = await create(api, await people.operator("olga"), slug=slug)
    assert [(error["code"], error["field"]) for error in payload["userErrors"]] in (
        [("INVALID", ["slug"])],
        [("TOO_LONG", ["slug"])],
    )


async def test_its_advisors_must_be_there_each_once(api: Api, people: People, database: Database) -> None:
    olga = await people.operator("olga")
    row, team = await make.advisor(), await make.team_template()
    key, gone = key_of(row), global_id.encode(ADVISORS.tag, ObjectId())
    for ids, wrong in (
        ([key, gone], [("NOT_FOUND", ["advisorIds", "1"])]),
        (["nonsense", key, key], [("NOT_FOUND", ["advisorIds", "0"]), ("INVALID", ["advisorIds", "2"])]),
        ([team_key(team)], [("NOT_FOUND", ["advisorIds", "0"])]),
    ):
        for payload in (await create(api, olga, advisorIds=ids), await update(api, team, olga, advisorIds=ids)):
            assert payload["teamTemplate"] is None
            assert [(error["code"], error["field"]) for error in payload["userErrors"]] == wrong
    stored = await database["advisor_team_templates"].find().to_list()
    assert [(found["slug"], found["version"], found["advisorIds"]) for found in stored] == [("starters", 1, [])]


async def test_at_most_fifty_advisors(api: Api, people: People) -> None:
    ids = [key_of(await make.advisor(name=f"A{number}")) for number in range(51)]
    payload = await create(api, await people.operator("olga"), advisorIds=ids)
    assert [(error["code"], error["field"]) for error in payload["userErrors"]] == [("TOO_LONG", ["advisorIds"])]


async def test_a_change_keeps_what_is_absent(api: Api, people: People) -> None:
    olga = await people.operator("olga")
    row = await make.advisor()
    team = await make.team_template(icon="https://example.com/i", sortOrder=4, advisorIds=[row["_id"]])
    payload = await update(api, team, olga, name="New", icon=None, expectedVersion=1)
    changed = payload["teamTemplate"]
    assert payload["userErrors"] == []
    assert (changed["name"], changed["icon"], changed["sortOrder"], changed["version"]) == ("New", None, 4, 2)
    assert changed["advisorIds"] == [key_of(row)]
    assert (await update(api, team, olga, advisorIds=[]))["teamTemplate"]["advisorIds"] == []
    stale = await update(api, team, olga, name="Newer", expectedVersion=2)
    assert stale["userErrors"] == [{"code": "STALE_VERSION", "field": ["expectedVersion"]}]
    assert (stale["teamTemplate"]["name"], stale["teamTemplate"]["version"]) == ("New", 3)
    for column in ("name", "description", "category", "featured", "sortOrder", "advisorIds"):
        refused = await update(api, team, olga, **{column: None})
        assert refused["userErrors"] == [{"code": "INVALID", "field": [column]}], column


async def test_a_deleted_team_leaves_boards_as_they_are(api: Api, people: People, database: Database) -> None:
    ann, olga = await people.person("ann"), await people.operator("olga")
    row, team = await make.advisor(), await make.team_template()
    await make.selection(ann, row, source="team", teamId="starters")
    assert await delete(api, team, olga) == {"deletedId": team_key(team), "userErrors": []}
    query = "{ advisorBoard { nodes { source teamId } } }"
    assert (await api.data(query, by=ann))["advisorBoard"]["nodes"] == [{"source": "TEAM", "teamId": None}]
    assert await database["advisor_team_templates"].count_documents({}) == 0
    again = await delete(api, team, olga)
    assert again == {"deletedId": None, "userErrors": [{"code": "NOT_FOUND", "field": ["id"]}]}


async def test_only_the_operator_writes(api: Api, people: People, database: Database) -> None:
    ann = await people.person("ann")
    team = await make.team_template()
    before = await database["advisor_team_templates"].find().to_list()
    gone = global_id.encode(ADVISORS.tag, ObjectId())
    for caller, code in (
        (ann, "FORBIDDEN"),
        (ANONYMOUS, "UNAUTHENTICATED"),
        (people.service("answering"), "FORBIDDEN"),
    ):
        for payload in (
            await create(api, caller, advisorIds=[gone]),
            await update(api, team, caller, name="Stolen"),
            await delete(api, team, caller),
        ):
            assert [error["code"] for error in payload["userErrors"]] == [code]
    assert await database["advisor_team_templates"].find().to_list() == before


async def test_everyone_reads_teams_in_their_orders(api: Api, people: People) -> None:
    ann = await people.person("ann")
    await make.team_template("c", name="Cy", sortOrder=1, category="sales")
    await make.team_template("b", name="Bo", sortOrder=2, featured=True)
    await make.team_template("a", name="Al", sortOrder=2)
    query = """query ($where: AdvisorTeamTemplateWhere, $orderBy: AdvisorTeamTemplateOrder) {
      advisorTeamTemplates(where: $where, orderBy: $orderBy) { nodes { slug viewerCanUpdate } totalCount } }"""

    async def slugs(by: Caller = ANONYMOUS, **variables: Any) -> list[str]:
        found = (await api.data(query, variables, by=by))["advisorTeamTemplates"]
        assert not any(node["viewerCanUpdate"] for node in found["nodes"])
        assert found["totalCount"] == len(found["nodes"])
        return [node["slug"] for node in found["nodes"]]

    for caller in (ann, ANONYMOUS, people.service("answering")):
        assert await slugs(caller) == ["c", "a", "b"]
    assert await slugs(orderBy={"field": "SORT", "direction": "DESC"}) == ["b", "a", "c"]
    assert await slugs(orderBy={"field": "NAME", "direction": "ASC"}) == ["a", "b", "c"]
    assert await slugs(orderBy={"field": "NAME", "direction": "DESC"}) == ["c", "b", "a"]
    assert await slugs(where={"category": {"eq": "sales"}}) == ["c"]
    assert await slugs(where={"featured": {"eq": True}}) == ["b"]


async def test_a_team_by_its_slug_shows_the_advisors_one_may_see(api: Api, people: People) -> None:
    ann, bob = await people.person("ann"), await people.person("bob")
    rows = [
        await make.advisor(name="Bo"),
        await make.advisor(ann, name="Ann's"),
        await make.advisor(name="Gone", status="archived"),
        await make.advisor(name="Al"),
    ]
    await make.team_template(advisorIds=[row["_id"] for row in rows])
    query = "query ($slug: String!) { advisorTeamTemplate(slug: $slug) { advisorIds advisors { persona { name } } } }"
    for caller, names in ((ann, ["Bo", "Ann's", "Al"]), (bob, ["Bo", "Al"]), (ANONYMOUS, ["Bo", "Al"])):
        team = (await api.data(query, {"slug": "starters"}, by=caller))["advisorTeamTemplate"]
        assert [advisor["persona"]["name"] for advisor in team["advisors"]] == names
        assert team["advisorIds"] == [key_of(row) for row in rows]
    assert await api.data(query, {"slug": "nobody"}) == {"advisorTeamTemplate": None}


async def test_teams_cost_the_same_whatever_they_hold(api: Api) -> None:
    query = "{ advisorTeamTemplates { nodes { name advisors { persona { name } } } } }"
    await make.team_template("first", advisorIds=[(await make.advisor())["_id"]])
    await api.data(query)
    once = api.calls.names
    for number in range(10):
        ids = [(await make.advisor(name=f"A{number}{place}"))["_id"] for place in range(3)]
        await make.team_template(f"team{number}", advisorIds=ids)
    await api.data(query)
    assert api.calls.names == once == ["find", "find"]
