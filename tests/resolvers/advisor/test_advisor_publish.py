"""Publishing: the operator's word on who is in the marketplace."""

from typing import Any

from models import global_id
from models.advisor.advisor import ADVISORS
from models.store.connection import Database
from tests.factories import advisor as make
from tests.fixtures.wire import ANONYMOUS, Api, Caller, People

PUBLISH = """mutation ($input: AdvisorPublishInput!) { advisorPublish(input: $input) {
  advisor { isPublic featured version } userErrors { code field message } } }"""


async def publish(api: Api, row: dict[str, Any], by: Caller, **given: Any) -> dict[str, Any]:
    """The payload of `advisorPublish`."""
    key = global_id.encode(ADVISORS.tag, row["_id"])
    found: dict[str, Any] = await api.data(PUBLISH, {"input": {"id": key, **given}}, by=by)
    payload: dict[str, Any] = found["advisorPublish"]
    return payload


async def test_in_and_out_of_the_marketplace(api: Api, people: People) -> None:
    olga = await people.operator("olga")
    row = await make.advisor(isPublic=False)
    query = "{ advisorMarketplace { totalCount } }"
    assert (await api.data(query, by=ANONYMOUS))["advisorMarketplace"]["totalCount"] == 0
    shown = await publish(api, row, olga, isPublic=True, featured=True)
    assert shown == {"advisor": {"isPublic": True, "featured": True, "version": 2}, "userErrors": []}
    assert (await api.data(query, by=ANONYMOUS))["advisorMarketplace"]["totalCount"] == 1
    withdrawn = await publish(api, row, olga, isPublic=False)
    assert withdrawn["advisor"] == {"isPublic": False, "featured": True, "version": 3}
    assert (await api.data(query, by=ANONYMOUS))["advisorMarketplace"]["totalCount"] == 0


async def test_an_archived_one_is_not_published(api: Api, people: People, database: Database) -> None:
    olga = await people.operator("olga")
    row = await make.advisor(status="archived", isPublic=False)
    payload = await publish(api, row, olga, isPublic=True)
    assert payload == {
        "advisor": None,
        "userErrors": [
            {
                "code": "WRONG_STATE",
                "field": None,
                "message": "An archived advisor cannot be published: make a new one.",
            }
        ],
    }
    stored = await database["advisor_advisors"].find_one({"_id": row["_id"]})
    assert stored is not None
    assert (stored["isPublic"], stored["version"]) == (False, 1)


async def test_featured_is_not_cleared_and_a_stale_version_refused(api: Api, people: People) -> None:
    olga = await people.operator("olga")
    row = await make.advisor(version=2)
    cleared = await publish(api, row, olga, isPublic=True, featured=None)
    assert [(error["code"], error["field"]) for error in cleared["userErrors"]] == [("INVALID", ["featured"])]
    stale = await publish(api, row, olga, isPublic=False, expectedVersion=1)
    assert stale["advisor"] == {"isPublic": True, "featured": False, "version": 2}
    assert [error["code"] for error in stale["userErrors"]] == ["STALE_VERSION"]
