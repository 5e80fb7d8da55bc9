"""Boards: an advisor is chosen once, counted once, and seen on the chooser's board alone."""

import asyncio
from typing import Any

import pytest

from models import global_id
from models.advisor.advisor import ADVISORS
from models.advisor.selection import SELECTIONS
from models.store.connection import Database
from tests.factories import advisor as make
from tests.fixtures.wire import ANONYMOUS, Api, Caller, People

SELECT = """mutation ($input: AdvisorSelectInput!) { advisorSelect(input: $input) {
  created selection { id userId advisorId source teamId version viewerCanDelete advisor { selectionCount } }
  selectionEdge { cursor node { id } } userErrors { code field message } } }"""
UNSELECT = """mutation ($input: AdvisorUnselectInput!) { advisorUnselect(input: $input) {
  deletedId userErrors { code field } } }"""
BOARD = """query ($where: AdvisorSelectionWhere, $first: Int, $after: String) {
  advisorBoard(where: $where, first: $first, after: $after) {
    edges { cursor } nodes { advisor { persona { name } } source teamId selectedAt } totalCount } }"""


def key_of(row: dict[str, Any]) -> str:
    """The global id of an advisor."""
    return global_id.encode(ADVISORS.tag, row["_id"])


async def select(api: Api, advisor: str, by: Caller, **given: Any) -> dict[str, Any]:
    """The payload of `advisorSelect`."""
    found: dict[str, Any] = await api.data(SELECT, {"input": {"advisorId": advisor, **given}}, by=by)
    payload: dict[str, Any] = found["advisorSelect"]
    return payload


async def unselect(api: Api, advisor: str, by: Caller) -> dict[str, Any]:
    """The payload of `advisorUnselect`."""
    found: dict[str, Any] = await api.data(UNSELECT, {"input": {"advisorId": advisor}}, by=by)
    payload: dict[str, Any] = found["advisorUnselect"]
    return payload


async def counted(database: Database, row: dict[str, Any]) -> tuple[int, int]:
    """What an advisor counts, and the entries that there are."""
    stored = await database["advisor_advisors"].find_one({"_id": row["_id"]})
    assert stored is not None
    return stored["selectionCount"], await database["advisor_user_advisors"].count_documents({"advisorId": row["_id"]})


async def test_choosing_twice_is_once(api: Api, people: People, database: Database) -> None:
    ann = await people.person("ann")
    row = await make.advisor()
    first = await select(api, key_of(row), ann)
    selection = first["selection"]
    assert first["userErrors"] == []
    assert first["created"] is True
    assert first["selectionEdge"]["node"] == {"id": selection["id"]}
    assert selection == {
        "id": selection["id"],
        "userId": ann.id,
        "advisorId": key_of(row),
        "source": "MARKETPLACE",
        "teamId": None,
        "version": 1,
        "viewerCanDelete": True,
        "advisor": {"selectionCount": 1},
    }
    again = await select(api, key_of(row), ann)
    assert again == {**first, "created": False}
    assert await counted(database, row) == (1, 1)
    board = (await api.data(BOARD, by=ann))["advisorBoard"]
    assert board["edges"] == [{"cursor": first["selectionEdge"]["cursor"]}]


async def test_ones_own_private_advisor_is_custom(api: Api, people: People, database: Database) -> None:
    ann = await people.person("ann")
    row = await make.advisor(ann)
    payload = await select(api, key_of(row), ann)
    assert (payload["created"], payload["selection"]["source"]) == (True, "CUSTOM")
    assert await counted(database, row) == (1, 1)


async def test_fifty_at_once_give_one_entry_and_one_count(api: Api, people: People, database: Database) -> None:
    ann = await people.person("ann")
    row = await make.advisor()
    payloads = await asyncio.gather(*(select(api, key_of(row), ann) for _ in range(50)))
    assert [payload["userErrors"] for payload in payloads] == [[]] * 50
    assert sum(payload["created"] for payload in payloads) == 1
    assert len({payload["selection"]["id"] for payload in payloads}) == 1
    assert await counted(database, row) == (1, 1)


async def test_people_at_once_are_each_counted(api: Api, people: People, database: Database) -> None:
    persons = [await people.person(f"person{number}") for number in range(20)]
    row = await make.advisor()
    payloads = await asyncio.gather(*(select(api, key_of(row), person) for person in persons))
    assert [payload["created"] for payload in payloads] == [True] * 20
    assert await counted(database, row) == (20, 20)


async def test_a_retry_gets_the_first_answer(api: Api, people: People, database: Database) -> None:
    ann = await people.person("ann")
    row = await make.advisor()
    payloads = [await select(api, key_of(row), ann, clientMutationId="k") for _ in range(2)]
    assert [payload["created"] for payload in payloads] == [True, True]
    assert await counted(database, row) == (1, 1)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"status": "inactive"}, "NOT_FOUND"),
        ({"status": "archived"}, "NOT_FOUND"),
        ({"isPublic": False}, "NOT_FOUND"),
    ],
)
async def test_what_one_may_not_see_is_not_chosen(
    api: Api, people: People, database: Database, values: dict[str, Any], code: str
) -> None:
    ann, bob = await people.person("ann"), await people.person("bob")
    row = await make.advisor(ann, **{"isPublic": True, **values})
    payload = await select(api, key_of(row), bob)
    assert [(error["code"], error["field"]) for error in payload["userErrors"]] == [(code, ["advisorId"])]
    assert (payload["created"], payload["selection"], payload["selectionEdge"]) == (False, None, None)
    assert await counted(database, row) == (0, 0)


async def test_what_one_may_see_and_not_choose(api: Api, people: People, database: Database) -> None:
    ann, bob, olga = await people.person("ann"), await people.person("bob"), await people.operator("olga")
    inactive, private = await make.advisor(ann, status="inactive"), await make.advisor(ann)
    withdrawn = await make.advisor(isPublic=False)
    met = {"$set": {"metAdvisorIds": [inactive["_id"], withdrawn["_id"]]}}
    await database["advisor_users"].update_one({"_id": bob.profile}, met)
    for caller, row, code in (
        (ann, inactive, "WRONG_STATE"),
        (bob, inactive, "WRONG_STATE"),
        (olga, inactive, "WRONG_STATE"),
        (olga, private, "FORBIDDEN"),
        (bob, withdrawn, "FORBIDDEN"),
        (ANONYMOUS, private, "UNAUTHENTICATED"),
        (people.service("answering"), private, "FORBIDDEN"),
    ):
        payload = await select(api, key_of(row), caller)
        assert [error["code"] for error in payload["userErrors"]] == [code], caller.name
        assert payload["created"] is False
    assert await database["advisor_user_advisors"].count_documents({}) == 0
    assert await counted(database, private) == (0, 0)


async def test_what_is_no_advisor_is_not_chosen(api: Api, people: People) -> None:
    ann = await people.person("ann")
    for key in ("nonsense", ann.id):
        payload = await select(api, key, ann)
        assert [(error["code"], error["field"]) for error in payload["userErrors"]] == [("NOT_FOUND", ["advisorId"])]


async def test_taken_off_once(api: Api, people: People, database: Database) -> None:
    ann, bob = await people.person("ann"), await people.person("bob")
    row = await make.advisor()
    key = (await select(api, key_of(row), ann))["selection"]["id"]
    await select(api, key_of(row), bob)
    payloads = await asyncio.gather(*(unselect(api, key_of(row), ann) for _ in range(20)))
    assert [payload["deletedId"] for payload in payloads if not payload["userErrors"]] == [key]
    refused = {"deletedId": None, "userErrors": [{"code": "NOT_FOUND", "field": ["advisorId"]}]}
    assert payloads.count(refused) == 19
    assert await counted(database, row) == (1, 1)
    assert (await select(api, key_of(row), ann))["created"] is True
    assert await counted(database, row) == (2, 2)


async def test_nobody_takes_off_for_another(api: Api, people: People, database: Database) -> None:
    ann, bob, olga = await people.person("ann"), await people.person("bob"), await people.operator("olga")
    row = await make.advisor()
    await select(api, key_of(row), ann)
    for caller, code in (
        (bob, "NOT_FOUND"),
        (olga, "NOT_FOUND"),
        (ANONYMOUS, "UNAUTHENTICATED"),
        (people.service("answering"), "FORBIDDEN"),
    ):
        payload = await unselect(api, key_of(row), caller)
        assert (payload["deletedId"], [error["code"] for error in payload["userErrors"]]) == (None, [code])
    assert await counted(database, row) == (1, 1)


async def test_an_entry_of_a_withdrawn_advisor_can_be_taken_off(api: Api, people: People, database: Database) -> None:
    ann = await people.person("ann")
    row = await make.advisor(status="inactive", selectionCount=1)
    await make.selection(ann, row)
    assert (await unselect(api, key_of(row), ann))["userErrors"] == []
    assert await counted(database, row) == (0, 0)


async def test_the_board_is_ones_own_newest_first(api: Api, people: People) -> None:
    ann, bob, olga = await people.person("ann"), await people.person("bob"), await people.operator("olga")
    rows = [await make.advisor(name=name) for name in ("Al", "Bo", "Cy", "Di")]
    await make.selection(ann, rows[0], selectedAt=2, source="team", teamId="starters")
    await make.selection(ann, rows[1], selectedAt=3)
    await make.selection(ann, rows[2], selectedAt=1, source="migration")
    await make.selection(ann, rows[3], selectedAt=4, hidden=True)
    other = await make.selection(bob, rows[3], selectedAt=5)

    async def seen(by: Caller, **variables: Any) -> list[str]:
        found = (await api.data(BOARD, variables, by=by))["advisorBoard"]
        assert found["totalCount"] == len(found["nodes"])
        return [node["advisor"]["persona"]["name"] for node in found["nodes"]]

    assert await seen(ann) == ["Bo", "Al", "Cy"]
    assert await seen(bob) == ["Di"]
    for caller in (olga, ANONYMOUS, people.service("answering")):
        assert await seen(caller) == []
    assert await seen(ann, where={"source": {"in": ["TEAM", "MIGRATION"]}}) == ["Al", "Cy"]
    assert await seen(ann, where={"teamId": {"eq": "starters"}}) == ["Al"]
    assert await seen(ann, where={"advisorId": {"eq": key_of(rows[2])}}) == ["Cy"]
    assert await seen(ann, where={"advisorId": {"eq": key_of(rows[3])}}) == []
    key = global_id.encode(SELECTIONS.tag, other["_id"])
    for caller, found in ((bob, {"id": key}), (ann, None), (olga, None), (ANONYMOUS, None)):
        assert (await api.data("query ($id: ID!) { node(id: $id) { id } }", {"id": key}, by=caller))["node"] == found


async def test_a_board_costs_the_same_whatever_it_holds(api: Api, people: People) -> None:
    ann = await people.person("ann")
    await make.selection(ann, await make.advisor())
    await api.data(BOARD, by=ann)
    once = api.calls.names
    for number in range(15):
        await make.selection(ann, await make.advisor(name=f"A{number}"))
    await api.data(BOARD, by=ann)
    assert api.calls.names == once == ["aggregate", "find", "aggregate", "find"]
