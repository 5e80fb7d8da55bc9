"""Buyers' portals: opened by an agent, changed by the agent, and as to the contact by the buyer."""

from typing import Any

import pytest
from bson import ObjectId

from models.buyer.profile import PROFILES
from models.clock import now
from models.estate.agent import AGENTS
from models.estate.buyer_session import BUYER_SESSIONS
from models.store.connection import Database
from tests.factories import buyer as make_buyer
from tests.fixtures.estate import Parties
from tests.fixtures.live import Lists
from tests.fixtures.wire import Api, Caller, People
from tests.resolvers.advisor.writing import done, gid, refusal, rows, write
from tests.resolvers.estate.portals import Cast, cast, unseen

ONE = """query($id: ID!) { estateBuyerSession(id: $id) {
    id agentId agent { id email } buyerName buyerEmail buyerPhone sessionCode active expiresAt buyerProfileId version
    preferences { minPrice maxPrice bedrooms bathrooms propertyTypes cities mustHaveFeatures } viewerCanUpdate } }"""
LIST = """query($where: EstateBuyerSessionWhere, $orderBy: EstateBuyerSessionOrder) {
    estateBuyerSessions(where: $where, orderBy: $orderBy) { nodes { buyerName } totalCount } }"""
CHANGES = "subscription { estateBuyerSessionChanges { kind node { buyerName lastActive active } } }"
NEW = {"buyerName": "Bea", "buyerEmail": "bea@example.com"}
DAY = 86_400_000


@pytest.fixture
async def scene(parties: Parties, people: People) -> Cast:
    return await cast(parties, people)


async def names(api: Api, by: Caller, **variables: Any) -> list[str]:
    """The buyers of the caller's list."""
    found = await api.data(LIST, variables, by=by)
    assert found["estateBuyerSessions"]["totalCount"] == len(found["estateBuyerSessions"]["nodes"])
    return [node["buyerName"] for node in found["estateBuyerSessions"]["nodes"]]


async def test_the_linked_buyer_is_a_profile_of_ones_own(api: Api, scene: Cast, database: Database) -> None:
    hers = await make_buyer.profile(scene.others["other agent"].row["_id"])  # type: ignore[attr-defined]  # an agent
    mine = await make_buyer.profile(scene.ann.row["_id"])
    before = await rows(database, BUYER_SESSIONS)
    for strange in (gid(PROFILES, hers), gid(PROFILES, ObjectId()), gid(AGENTS, scene.ann.row)):
        error = ("NOT_FOUND", "buyerProfileId")
        assert await refusal(api, "estateBuyerSessionCreate", scene.ann, **NEW, buyerProfileId=strange) == error
        change = {"id": scene.buyer.id, "buyerProfileId": strange}
        assert await refusal(api, "estateBuyerSessionUpdate", scene.ann, **change) == error
    assert await rows(database, BUYER_SESSIONS) == before
    shown = "buyerSession { buyerProfileId }"
    for linked in (gid(PROFILES, mine), None):
        link = {"id": scene.buyer.id, "buyerProfileId": linked}
        payload = await done(api, "estateBuyerSessionUpdate", scene.ann, shown, **link)
        assert payload == {"buyerSession": {"buyerProfileId": linked}}


async def test_the_agent_and_the_portal_itself_see_it(api: Api, scene: Cast) -> None:
    key = scene.buyer.id
    stored = scene.buyer.row
    contact = {"buyerName": "Bea Buyer", "buyerEmail": "bea@example.com", "buyerPhone": None}
    for reader, code, may, private in (
        (scene.ann, stored["sessionCode"], True, contact),
        (scene.buyer, None, True, contact),
        (scene.operator, None, False, dict.fromkeys(contact)),
    ):
        found = (await api.data(ONE, {"id": key}, by=reader))["estateBuyerSession"]
        assert (found["id"], found["sessionCode"], found["viewerCanUpdate"]) == (key, code, may)
        assert {name: found[name] for name in contact} == private
    for name, other in scene.blind.items():
        assert await api.data(ONE, {"id": key}, by=other) == {"estateBuyerSession": None}, name


async def test_an_agent_who_is_switched_off_still_sees_it(api: Api, parties: Parties) -> None:
    otto = await parties.agent("otto", active=False)
    portal = await parties.buyer(otto)
    found = (await api.data(ONE, {"id": portal.id}, by=otto))["estateBuyerSession"]
    assert (found["sessionCode"], found["viewerCanUpdate"]) == (portal.row["sessionCode"], False)


async def test_the_list_is_the_agents_own(api: Api, scene: Cast) -> None:
    assert sorted(await names(api, scene.ann)) == ["Bea Buyer", "Ned Neighbour"]
    assert await names(api, scene.others["other agent"]) == ["Bea Buyer"]
    for name, other in scene.not_the_agent.items():
        if name != "other agent":
            assert await names(api, other) == [], name


async def test_the_list_is_filtered_and_ordered(api: Api, parties: Parties) -> None:
    ann = await parties.agent("ann")
    profile = await make_buyer.profile(ann.row["_id"])
    for name, values in {
        "First": {"lastActive": 300, "createdAt": 1},
        "Second": {"lastActive": 100, "createdAt": 2, "active": False},
        "Third": {"lastActive": 200, "createdAt": 3, "buyerProfileId": profile["_id"]},
    }.items():
        await parties.buyer(ann, buyerName=name, **values)
    assert await names(api, ann) == ["First", "Third", "Second"]
    assert await names(api, ann, where={"active": {"eq": True}}) == ["First", "Third"]
    assert await names(api, ann, where={"active": {"eq": False}}) == ["Second"]
    assert await names(api, ann, where={"buyerProfileId": {"eq": gid(PROFILES, profile)}}) == ["Third"]
    assert await names(api, ann, where={"lastActive": {"gte": 200}}) == ["First", "Third"]
    created = {"field": "CREATED_AT", "direction": "ASC"}
    assert await names(api, ann, orderBy=created) == ["First", "Second", "Third"]


async def test_the_agent_changes_all_of_it(api: Api, scene: Cast, parties: Parties, database: Database) -> None:
    end = now() + DAY
    given = {"buyerName": "Bee", "buyerEmail": "bee@example.com", "buyerPhone": "555-9999", "expiresAt": end}
    shown = "buyerSession { buyerName buyerEmail buyerPhone expiresAt version }"
    payload = await done(api, "estateBuyerSessionUpdate", scene.ann, shown, id=scene.buyer.id, **given)
    assert payload == {"buyerSession": {**given, "version": 2}}
    cleared = await done(api, "estateBuyerSessionUpdate", scene.ann, shown, id=scene.buyer.id, expiresAt=None)
    assert cleared == {"buyerSession": {**given, "expiresAt": None, "version": 3}}
    stored = await database[BUYER_SESSIONS.collection].find_one({"_id": scene.buyer.row["_id"]})
    assert stored is not None
    assert "expiresAt" not in stored
    # Nobody is shut out by an end that was taken back.
    again = Caller("buyer", parties.token(BUYER_SESSIONS, stored))
    assert (await api.data("{ viewer { kind } }", by=again))["viewer"]["kind"] == "BUYER_SESSION"


async def test_an_end_that_has_passed_is_refused(api: Api, scene: Cast, database: Database) -> None:
    before = await rows(database, BUYER_SESSIONS)
    change = {"id": scene.buyer.id, "expiresAt": now() - 1}
    assert await refusal(api, "estateBuyerSessionUpdate", scene.ann, **change) == ("OUT_OF_RANGE", "expiresAt")
    assert await rows(database, BUYER_SESSIONS) == before


async def test_a_nearer_end_alone_ends_tokens(api: Api, scene: Cast, database: Database) -> None:
    later, sooner = now() + 2 * DAY, now() + DAY
    portals = database[BUYER_SESSIONS.collection]
    for end, version in ((later, 2), (later + DAY, 2), (later + DAY, 2), (sooner, 3), (None, 3)):
        await done(api, "estateBuyerSessionUpdate", scene.ann, id=scene.buyer.id, expiresAt=end)
        stored = await portals.find_one({"_id": scene.buyer.row["_id"]})
        assert stored is not None
        assert stored["signInVersion"] == version, end


async def test_the_buyer_changes_the_contact_alone(api: Api, scene: Cast, database: Database) -> None:
    shown = "buyerSession { buyerEmail buyerPhone sessionCode }"
    given = {"buyerEmail": "new@example.com", "buyerPhone": "555-0000"}
    payload = await done(api, "estateBuyerSessionUpdate", scene.buyer, shown, id=scene.buyer.id, **given)
    assert payload == {"buyerSession": {**given, "sessionCode": None}}
    before = await rows(database, BUYER_SESSIONS)
    for field, value in (("buyerName", "Me"), ("expiresAt", now() + DAY), ("expiresAt", None), ("buyerProfileId", "x")):
        change = {"id": scene.buyer.id, "buyerPhone": "555-1111", field: value}
        assert await refusal(api, "estateBuyerSessionUpdate", scene.buyer, **change) == ("FORBIDDEN", field)
    assert await rows(database, BUYER_SESSIONS) == before


async def test_nobody_else_changes_it(api: Api, scene: Cast, database: Database) -> None:
    before = await rows(database, BUYER_SESSIONS)
    given = {"id": scene.buyer.id, "buyerEmail": "evil@example.com"}
    for name, other in scene.blind.items():
        assert await refusal(api, "estateBuyerSessionUpdate", other, **given) == unseen(other), name
    assert await refusal(api, "estateBuyerSessionUpdate", scene.operator, **given) == ("FORBIDDEN", None)
    assert await rows(database, BUYER_SESSIONS) == before


async def test_who_is_switched_off_changes_nothing(api: Api, parties: Parties, database: Database) -> None:
    otto = await parties.agent("otto", active=False)
    portal = await parties.buyer(otto)
    before = await rows(database, BUYER_SESSIONS)
    for mutation, given in (
        ("estateBuyerSessionUpdate", {"buyerName": "x"}),
        ("estateBuyerSessionPreferencesSet", {"preferences": {}}),
        ("estateBuyerSessionCodeRotate", {}),
        ("estateBuyerSessionDeactivate", {}),
        ("estateBuyerSessionActivate", {}),
    ):
        assert await refusal(api, mutation, otto, id=portal.id, **given) == ("FORBIDDEN", None), mutation
    assert await rows(database, BUYER_SESSIONS) == before


async def test_a_stale_version_writes_nothing(api: Api, scene: Cast, database: Database) -> None:
    await done(api, "estateBuyerSessionUpdate", scene.buyer, id=scene.buyer.id, buyerEmail="one@example.com")
    before = await rows(database, BUYER_SESSIONS)
    for mutation, given in (
        ("estateBuyerSessionUpdate", {"buyerName": "Bee"}),
        ("estateBuyerSessionPreferencesSet", {"preferences": {"bedrooms": 1}}),
    ):
        change = {"id": scene.buyer.id, "expectedVersion": 1, **given}
        payload = await write(api, mutation, scene.ann, "buyerSession { buyerEmail version }", **change)
        assert payload["buyerSession"] == {"buyerEmail": "one@example.com", "version": 2}
        assert payload["userErrors"][0]["code"] == "STALE_VERSION"
    assert await rows(database, BUYER_SESSIONS) == before


async def test_the_agent_follows_who_is_active(lists: Lists, parties: Parties, database: Database) -> None:
    ann = await parties.agent("ann")
    portal = await parties.buyer(ann, lastActive=1)
    live = await lists.follow(CHANGES, by=ann)
    assert await live.synced() == [{"buyerName": "Bea Buyer", "lastActive": 1, "active": True}]
    # The first request of a visitor after a minute is noted.
    await lists.data("{ viewer { kind } }", by=portal)
    event = await live.event()
    assert (event["kind"], event["node"]["lastActive"] > now() - 60_000) == ("CHANGED", True)
