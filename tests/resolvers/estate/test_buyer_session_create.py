"""Opening a portal for a buyer: by an agent, for himself, with a code that nobody chooses."""

from typing import Any

import pytest
from bson import ObjectId

from models.buyer.profile import PROFILES
from models.clock import now
from models.estate.buyer_session import BUYER_SESSIONS
from models.estate.codes import typed
from models.store.connection import Database
from tests.factories import buyer as make_buyer
from tests.fixtures.estate import Parties
from tests.fixtures.wire import ANONYMOUS, Api, People
from tests.resolvers.advisor.writing import done, gid, refusal, rows
from tests.resolvers.estate.portals import Cast, cast

ONE = """query($id: ID!) { estateBuyerSession(id: $id) {
    id agentId agent { id email } buyerName buyerEmail buyerPhone sessionCode active expiresAt buyerProfileId version
    preferences { minPrice maxPrice bedrooms bathrooms propertyTypes cities mustHaveFeatures } viewerCanUpdate } }"""
NEW = {"buyerName": "Bea", "buyerEmail": "bea@example.com"}
DAY = 86_400_000
SOUGHT = {
    "minPrice": None,
    "maxPrice": 500_000.0,
    "bedrooms": 2,
    "bathrooms": 1.5,
    "propertyTypes": [],
    "cities": ["Portland"],
    "mustHaveFeatures": [],
}


@pytest.fixture
async def scene(parties: Parties, people: People) -> Cast:
    return await cast(parties, people)


async def test_an_agent_opens_a_portal(api: Api, parties: Parties, database: Database) -> None:
    ann = await parties.agent("ann")
    profile = await make_buyer.profile(ann.row["_id"])
    key, end = ObjectId(), now() + DAY
    given = {
        **NEW,
        "id": gid(BUYER_SESSIONS, key),
        "buyerPhone": "555-1234",
        "preferences": {"maxPrice": 500_000, "bedrooms": 2, "bathrooms": 1.5, "cities": ["Portland"], "minPrice": None},
        "expiresAt": end,
        "buyerProfileId": gid(PROFILES, profile),
    }
    shown = "buyerSession { id sessionCode } buyerSessionEdge { cursor node { buyerName } }"
    payload = await done(api, "estateBuyerSessionCreate", ann, shown, **given)
    asked = (await api.data(ONE, {"id": given["id"]}, by=ann))["estateBuyerSession"]
    [[stored]] = await rows(database, BUYER_SESSIONS)
    code = stored["sessionCode"]
    assert typed(code.lower().replace("-", " "), "B") == code
    assert payload["buyerSession"] == {"id": given["id"], "sessionCode": code}
    assert payload["buyerSessionEdge"]["node"] == {"buyerName": "Bea"}
    assert asked == {
        **given,
        "agentId": ann.id,
        "agent": {"id": ann.id, "email": "ann@example.com"},
        "sessionCode": code,
        "active": True,
        "version": 1,
        "viewerCanUpdate": True,
        "preferences": SOUGHT,
    }
    told = (stored["_id"], stored["agentId"], stored["agentActive"], stored["signInVersion"])
    assert told == (key, ann.row["_id"], True, 1)


async def test_two_portals_have_two_codes(api: Api, parties: Parties, database: Database) -> None:
    ann = await parties.agent("ann")
    for _ in range(2):
        await done(api, "estateBuyerSessionCreate", ann, **NEW)
    assert len(await database[BUYER_SESSIONS.collection].distinct("sessionCode")) == 2


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"buyerName": ""}, ("INVALID", "buyerName")),
        ({"buyerName": "x" * 201}, ("TOO_LONG", "buyerName")),
        ({"buyerEmail": "nobody"}, ("INVALID", "buyerEmail")),
        ({"buyerPhone": "1"}, ("INVALID", "buyerPhone")),
        ({"expiresAt": 1}, ("OUT_OF_RANGE", "expiresAt")),
        ({"preferences": {"minPrice": -1}}, ("OUT_OF_RANGE", "preferences.minPrice")),
        ({"preferences": {"minPrice": 2, "maxPrice": 1}}, ("INVALID", "preferences.maxPrice")),
        ({"buyerProfileId": "x"}, ("NOT_FOUND", "buyerProfileId")),
        ({"id": "x"}, ("INVALID", "id")),
    ],
    ids=lambda value: ".".join(value) if isinstance(value, dict) else None,
)
async def test_a_portal_with_odd_values_is_not_opened(
    api: Api, parties: Parties, database: Database, given: dict[str, Any], error: tuple[str, str]
) -> None:
    ann = await parties.agent("ann")
    assert await refusal(api, "estateBuyerSessionCreate", ann, **{**NEW, **given}) == error
    assert await rows(database, BUYER_SESSIONS) == [[]]


async def test_nobody_but_an_agent_opens_portals(api: Api, scene: Cast, parties: Parties, database: Database) -> None:
    before = await rows(database, BUYER_SESSIONS)
    off = await parties.agent("otto", active=False)
    for name, other in {**scene.not_the_agent, "switched off": off}.items():
        if name == "other agent":
            continue
        code = "UNAUTHENTICATED" if other is ANONYMOUS else "FORBIDDEN"
        assert await refusal(api, "estateBuyerSessionCreate", other, **NEW) == (code, None), name
    assert await rows(database, BUYER_SESSIONS) == before
