"""Writing buyers down: each change is a version, and nobody but the agent makes one."""

import asyncio
from typing import Any

import pytest

from models.buyer.profile import PROFILES
from models.store.connection import Database
from tests.factories import buyer as make
from tests.fixtures.estate import Parties
from tests.fixtures.wire import Api, People
from tests.resolvers.advisor.writing import done, gid, refusal, rows, write
from tests.resolvers.buyer.profile_cast import Cast, agent_who_is_off, cast

NEW: dict[str, Any] = {
    "name": "Dee Dwell",
    "email": "dee@example.com",
    "location": "Salem, Oregon",
    "budget": "up to 400k",
    "budgetMax": 400_000,
    "homeType": "SINGLE_FAMILY",
    "bedrooms": 3,
    "bathrooms": "2+",
}
SHOWN = "profile { id name budgetMax homeType profileVersion current parentProfileId rootProfileId version rawInput }"


@pytest.fixture
async def there(people: People, parties: Parties) -> Cast:
    """Everybody, and a buyer."""
    return await cast(people, parties)


async def test_an_agent_writes_down_a_buyer(api: Api, there: Cast, database: Database) -> None:
    more = "profileEdge { cursor node { name } } profile { inputMethod nlpConfidence priorityScore viewerCanUpdate }"
    payload = await done(api, "buyerProfileCreate", there.ann, f"{SHOWN} {more}", **NEW, dealbreakers=["pool"])
    found = payload["profile"]
    assert found["rootProfileId"] == found["id"]
    assert (found["name"], found["homeType"], found["profileVersion"], found["current"]) == (
        "Dee Dwell",
        "SINGLE_FAMILY",
        1,
        True,
    )
    assert (found["inputMethod"], found["nlpConfidence"], found["priorityScore"]) == ("FORM", 100, 50)
    assert (found["rawInput"], found["viewerCanUpdate"], payload["profileEdge"]["node"]) == (
        "",
        True,
        {"name": "Dee Dwell"},
    )
    stored = await database["buyer_profiles"].find_one({"name": "Dee Dwell"})
    assert stored is not None
    assert (stored["agentId"], stored["dealbreakers"]) == (there.ann.row["_id"], ["pool"])


async def test_nobody_else_writes_one_down(api: Api, parties: Parties, there: Cast, database: Database) -> None:
    off, _ = await agent_who_is_off(parties)
    before = await rows(database, PROFILES)
    for name, caller in {**there.callers, "off": off}.items():
        if name == "other agent":
            continue
        expected = "UNAUTHENTICATED" if name == "anonymous" else "FORBIDDEN"
        assert (await refusal(api, "buyerProfileCreate", caller, **NEW))[0] == expected, name
    assert await rows(database, PROFILES) == before


@pytest.mark.parametrize(
    ("wrong", "code", "field"),
    [
        ({"budgetMin": 500_000}, "INVALID", "budgetMax"),
        ({"bedrooms": 11}, "OUT_OF_RANGE", "bedrooms"),
        ({"email": "no address"}, "INVALID", "email"),
        ({"budgetFlexibility": 101}, "OUT_OF_RANGE", "budgetFlexibility"),
        ({"name": " "}, "INVALID", "name"),
        ({"rawInput": "x" * 32_001}, "TOO_LONG", "rawInput"),
    ],
)
async def test_wrong_values_are_named(
    api: Api, there: Cast, database: Database, wrong: dict[str, Any], code: str, field: str
) -> None:
    before = await rows(database, PROFILES)
    assert await refusal(api, "buyerProfileCreate", there.ann, **{**NEW, **wrong}) == (code, field)
    assert await rows(database, PROFILES) == before


async def test_a_change_is_the_next_version(api: Api, there: Cast, database: Database) -> None:
    chat = await make.chat_session(there.profile)
    await database["buyer_profiles"].update_one({"_id": there.profile["_id"]}, {"$unset": {"nlpConfidence": ""}})
    payload = await done(api, "buyerProfileUpdate", there.ann, SHOWN, id=there.id, budgetMax=300_000, phone=None)
    found = payload["profile"]
    assert found["id"] != there.id
    assert (found["profileVersion"], found["parentProfileId"], found["rootProfileId"]) == (2, there.id, there.id)
    assert (found["name"], found["budgetMax"], found["current"], found["version"]) == ("Bea Buyer", 300_000, True, 1)
    assert found["rawInput"] == "SECRET raw"
    [first, second] = await database["buyer_profiles"].find({"name": "Bea Buyer"}).sort("profileVersion").to_list()
    assert (first["current"], first["phone"], first.get("budgetMax")) == (False, "+15035550100", None)
    assert ("phone" in second, second["dealbreakers"], "nlpConfidence" in second) == (False, ["SECRET breaker"], False)
    stays = await database["buyer_chat_sessions"].find_one({"_id": chat["_id"]})
    assert stays is not None
    assert stays["profileId"] == there.profile["_id"]
    third = (await done(api, "buyerProfileUpdate", there.ann, SHOWN, id=found["id"], name="Bea B"))["profile"]
    versions = "query($id: ID!) { buyerProfileVersions(profileId: $id) { nodes { profileVersion current name } } }"
    for version in (there.id, found["id"], third["id"]):
        nodes = (await api.data(versions, {"id": version}, by=there.ann))["buyerProfileVersions"]["nodes"]
        assert [(node["profileVersion"], node["current"], node["name"]) for node in nodes] == [
            (3, True, "Bea B"),
            (2, False, "Bea Buyer"),
            (1, False, "Bea Buyer"),
        ]


async def test_a_change_of_nothing_writes_nothing(api: Api, there: Cast, database: Database) -> None:
    payload = await done(api, "buyerProfileUpdate", there.ann, "profile { id profileVersion }", id=there.id)
    assert payload["profile"] == {"id": there.id, "profileVersion": 1}
    assert await database["buyer_profiles"].count_documents({"name": "Bea Buyer"}) == 1


async def test_a_stale_change_shows_the_newest(api: Api, there: Cast, database: Database) -> None:
    second = (await done(api, "buyerProfileUpdate", there.ann, SHOWN, id=there.id, name="Bea Two"))["profile"]
    before = await rows(database, PROFILES)
    for given, field in (
        ({"id": there.id}, ["id"]),
        ({"id": there.id, "expectedVersion": 7}, ["expectedVersion"]),
        ({"id": second["id"], "expectedVersion": 7}, ["expectedVersion"]),
    ):
        payload = await write(api, "buyerProfileUpdate", there.ann, "profile { id name }", name="Late", **given)
        assert payload["profile"] == {"id": second["id"], "name": "Bea Two"}
        [error] = payload["userErrors"]
        assert (error["code"], error["field"]) == ("STALE_VERSION", field)
    after = await rows(database, PROFILES)
    assert [[_bare(row) for row in table] for table in after] == [[_bare(row) for row in table] for table in before]


def _bare(row: dict[str, Any]) -> dict[str, Any]:
    """The row without the mark of who held it last."""
    return {name: value for name, value in row.items() if name != "@held"}


async def test_of_changes_at_once_one_is_made(api: Api, there: Cast, database: Database) -> None:
    changes = [
        write(api, "buyerProfileUpdate", there.ann, id=there.id, name=f"Bea {number}", expectedVersion=1)
        for number in range(10)
    ]
    payloads = await asyncio.gather(*changes)
    codes = sorted(payload["userErrors"][0]["code"] for payload in payloads if payload["userErrors"])
    assert codes == ["STALE_VERSION"] * 9
    root = {"rootProfileId": there.profile["_id"]}
    assert await database["buyer_profiles"].count_documents(root) == 2
    assert await database["buyer_profiles"].count_documents({**root, "current": True}) == 1


@pytest.mark.parametrize("mutation", ["buyerProfileUpdate", "buyerProfileDelete", "buyerProfileAnalysisSet"])
async def test_nobody_else_touches_it(
    api: Api, parties: Parties, there: Cast, database: Database, mutation: str
) -> None:
    off, own = await agent_who_is_off(parties)
    before = await rows(database, PROFILES)
    given: dict[str, Any] = {} if mutation == "buyerProfileDelete" else {"priorityScore": 1}
    for name, caller in there.callers.items():
        if (name, mutation) == ("analysis", "buyerProfileAnalysisSet"):
            continue
        readers = ("chat", "operator", "analysis", "answering", "search")
        expected = "FORBIDDEN" if name in readers else "UNAUTHENTICATED" if name == "anonymous" else "NOT_FOUND"
        assert (await refusal(api, mutation, caller, id=there.id, **given))[0] == expected, name
    assert (await refusal(api, mutation, off, id=gid(PROFILES, own), **given))[0] == "FORBIDDEN"
    assert await rows(database, PROFILES) == before


async def test_the_analysis_writes_its_columns(api: Api, there: Cast, database: Database) -> None:
    analysis = there["analysis"]
    shown = "profile { inferredTags priorityScore emotionalTone nlpConfidence version profileVersion }"
    given = {"inferredTags": ["family"], "priorityScore": 91, "emotionalTone": None, "nlpConfidence": 40}
    payload = await done(api, "buyerProfileAnalysisSet", analysis, shown, id=there.id, **given, expectedVersion=1)
    assert payload["profile"] == {**given, "version": 2, "profileVersion": 1}
    stale = await write(
        api, "buyerProfileAnalysisSet", analysis, shown, id=there.id, priorityScore=1, expectedVersion=1
    )
    assert (stale["userErrors"][0]["code"], stale["profile"]["priorityScore"]) == ("STALE_VERSION", 91)
    wrong = await refusal(api, "buyerProfileAnalysisSet", analysis, id=there.id, priorityScore=101)
    assert wrong == ("OUT_OF_RANGE", "priorityScore")
    assert (await refusal(api, "buyerProfileAnalysisSet", there.ann, id=there.id, priorityScore=1))[0] == "FORBIDDEN"
    stored = await database["buyer_profiles"].find_one({"_id": there.profile["_id"]})
    assert stored is not None
    assert (stored["priorityScore"], stored["name"]) == (91, "Bea Buyer")
