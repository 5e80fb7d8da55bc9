"""Advisors: who may not change one is told so, and nothing changes; what one may not see is not there."""

import pytest

from models import global_id
from models.advisor.advisor import ADVISORS
from models.advisor.conversation import CONVERSATIONS
from models.store.connection import Database
from tests.factories import advisor as make
from tests.fixtures.wire import ANONYMOUS, Api, Caller, People

MUTATIONS: dict[str, tuple[str, dict[str, object]]] = {
    "advisorUpdate": ("AdvisorUpdateInput", {"category": "stolen"}),
    "advisorArchive": ("AdvisorArchiveInput", {}),
    "advisorActivate": ("AdvisorActivateInput", {}),
    "advisorDeactivate": ("AdvisorDeactivateInput", {}),
    "advisorPublish": ("AdvisorPublishInput", {"isPublic": True}),
}


async def refused(api: Api, mutation: str, key: str, by: Caller) -> str:
    """The code with which a write is refused; nothing is shown along with it."""
    kind, given = MUTATIONS[mutation]
    document = (
        f"mutation ($input: {kind}!) {{ {mutation}(input: $input) {{ advisor {{ id }} userErrors {{ code }} }} }}"
    )
    payload = (await api.data(document, {"input": {"id": key, **given}}, by=by))[mutation]
    assert payload["advisor"] is None
    assert len(payload["userErrors"]) == 1
    code: str = payload["userErrors"][0]["code"]
    return code


async def callers(people: People) -> dict[str, Caller]:
    """Everybody who keeps no advisor."""
    return {"bob": await people.person("bob"), "anonymous": ANONYMOUS, "service": people.service("answering")}


@pytest.mark.parametrize("mutation", sorted(MUTATIONS))
@pytest.mark.parametrize(
    ("status", "public", "codes"),
    [
        ("active", True, {"bob": "FORBIDDEN", "anonymous": "UNAUTHENTICATED", "service": "FORBIDDEN"}),
        ("active", False, {"bob": "NOT_FOUND", "anonymous": "UNAUTHENTICATED", "service": "FORBIDDEN"}),
        ("inactive", True, {"bob": "NOT_FOUND", "anonymous": "UNAUTHENTICATED", "service": "FORBIDDEN"}),
        ("archived", True, {"bob": "NOT_FOUND", "anonymous": "UNAUTHENTICATED", "service": "FORBIDDEN"}),
    ],
)
async def test_nobody_else_writes(
    api: Api, people: People, database: Database, mutation: str, status: str, public: bool, codes: dict[str, str]
) -> None:
    ann = await people.person("ann")
    row = await make.advisor(ann, status=status, isPublic=public)
    before = await database["advisor_advisors"].find_one({"_id": row["_id"]})
    key = global_id.encode(ADVISORS.tag, row["_id"])
    found = {name: await refused(api, mutation, key, caller) for name, caller in (await callers(people)).items()}
    assert found == codes
    assert await database["advisor_advisors"].find_one({"_id": row["_id"]}) == before


@pytest.mark.parametrize("mutation", sorted(MUTATIONS))
async def test_what_is_no_advisor_is_not_found(api: Api, people: People, mutation: str) -> None:
    olga = await people.operator("olga")
    for key in (
        "nonsense",
        global_id.encode(ADVISORS.tag, (await make.user())["_id"]),
        global_id.encode(CONVERSATIONS.tag, (await make.advisor())["_id"]),
    ):
        assert await refused(api, mutation, key, olga) == "NOT_FOUND"


async def test_who_has_met_an_archived_advisor_reads_and_does_not_write(
    api: Api, people: People, database: Database
) -> None:
    ann, bob = await people.person("ann"), await people.person("bob")
    row = await make.advisor(ann, status="archived")
    await database["advisor_users"].update_one({"_id": bob.profile}, {"$push": {"metAdvisorIds": row["_id"]}})
    key = global_id.encode(ADVISORS.tag, row["_id"])
    assert {mutation: await refused(api, mutation, key, bob) for mutation in MUTATIONS} == dict.fromkeys(
        MUTATIONS, "FORBIDDEN"
    )


async def test_the_owner_does_not_publish(api: Api, people: People, database: Database) -> None:
    ann = await people.person("ann")
    row = await make.advisor(ann)
    assert await refused(api, "advisorPublish", global_id.encode(ADVISORS.tag, row["_id"]), ann) == "FORBIDDEN"
    stored = await database["advisor_advisors"].find_one({"_id": row["_id"]})
    assert stored is not None
    assert (stored["isPublic"], stored["version"]) == (False, 1)


async def test_what_one_may_not_see_is_not_there(api: Api, people: People) -> None:
    ann, bob, olga = await people.person("ann"), await people.person("bob"), await people.operator("olga")
    service = people.service("answering")
    rows = {
        "public": await make.advisor(),
        "private": await make.advisor(ann),
        "inactive": await make.advisor(status="inactive"),
        "archived": await make.advisor(ann, status="archived"),
    }
    query = "query ($id: ID!) { advisor(id: $id) { id } node(id: $id) { id } }"
    seen: dict[str, list[str]] = {}
    for caller in (ann, bob, olga, ANONYMOUS, service):
        for name, row in rows.items():
            key = global_id.encode(ADVISORS.tag, row["_id"])
            found = await api.data(query, {"id": key}, by=caller)
            assert found["advisor"] == found["node"]
            if found["advisor"] is not None:
                assert found["advisor"]["id"] == key
                seen.setdefault(caller.name, []).append(name)
    assert seen == {
        "ann": ["public", "private", "archived"],
        "bob": ["public"],
        "olga": ["public", "private", "inactive", "archived"],
        "anonymous": ["public"],
        "service:answering": ["public", "private", "inactive", "archived"],
    }
