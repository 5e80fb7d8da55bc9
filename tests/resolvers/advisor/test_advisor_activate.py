"""Activating and deactivating: active ⇄ inactive, never from archived."""

from typing import Any

import pytest

from models import global_id
from models.advisor.advisor import ADVISORS
from models.store.connection import Database
from tests.factories import advisor as make
from tests.fixtures.wire import Api, Caller, People


async def turn(api: Api, mutation: str, row: dict[str, Any], by: Caller, **given: Any) -> dict[str, Any]:
    """The payload of one of the two."""
    document = f"""mutation ($input: A{mutation[1:]}Input!) {{ {mutation}(input: $input) {{
      advisor {{ status version }} userErrors {{ code message }} }} }}"""
    key = global_id.encode(ADVISORS.tag, row["_id"])
    found: dict[str, Any] = await api.data(document, {"input": {"id": key, **given}}, by=by)
    payload: dict[str, Any] = found[mutation]
    return payload


async def test_there_and_back(api: Api, people: People) -> None:
    ann, olga = await people.person("ann"), await people.operator("olga")
    row = await make.advisor(ann)
    for by, version in ((ann, 2), (olga, 4)):
        rests = await turn(api, "advisorDeactivate", row, by)
        assert rests == {"advisor": {"status": "INACTIVE", "version": version}, "userErrors": []}
        back = await turn(api, "advisorActivate", row, by, expectedVersion=version)
        assert back == {"advisor": {"status": "ACTIVE", "version": version + 1}, "userErrors": []}


@pytest.mark.parametrize(
    ("mutation", "status", "message"),
    [
        ("advisorActivate", "archived", "Only an inactive advisor can be made active."),
        ("advisorActivate", "active", "Only an inactive advisor can be made active."),
        ("advisorDeactivate", "archived", "Only an active advisor can be made inactive."),
        ("advisorDeactivate", "inactive", "Only an active advisor can be made inactive."),
    ],
)
async def test_from_no_other_state(
    api: Api, people: People, database: Database, mutation: str, status: str, message: str
) -> None:
    ann = await people.person("ann")
    row = await make.advisor(ann, status=status)
    payload = await turn(api, mutation, row, ann)
    assert payload == {"advisor": None, "userErrors": [{"code": "WRONG_STATE", "message": message}]}
    stored = await database["advisor_advisors"].find_one({"_id": row["_id"]})
    assert stored is not None
    assert (stored["status"], stored["version"]) == (status, 1)


async def test_a_stale_version_turns_nothing(api: Api, people: People) -> None:
    ann = await people.person("ann")
    row = await make.advisor(ann, version=2)
    payload = await turn(api, "advisorDeactivate", row, ann, expectedVersion=1)
    assert payload["advisor"] == {"status": "ACTIVE", "version": 2}
    assert [error["code"] for error in payload["userErrors"]] == ["STALE_VERSION"]


async def test_an_inactive_one_stays_on_boards_and_leaves_the_marketplace(api: Api, people: People) -> None:
    ann, bob = await people.person("ann"), await people.person("bob")
    row = await make.advisor(ann, isPublic=True)
    for person in (ann, bob):
        await make.selection(person, row)
    query = """{ advisorBoard { nodes { advisorId advisor { persona { name } } } }
      advisorMarketplace { totalCount } }"""
    key = global_id.encode(ADVISORS.tag, row["_id"])
    shown = {"advisorId": key, "advisor": {"persona": {"name": "Ada"}}}

    async def seen(by: Caller) -> tuple[Any, int]:
        found = await api.data(query, by=by)
        return found["advisorBoard"]["nodes"], found["advisorMarketplace"]["totalCount"]

    assert await seen(bob) == ([shown], 1)
    await turn(api, "advisorDeactivate", row, ann)
    assert await seen(bob) == ([{"advisorId": key, "advisor": None}], 0)
    assert await seen(ann) == ([shown], 0)
    await turn(api, "advisorActivate", row, ann)
    assert await seen(bob) == ([shown], 1)
