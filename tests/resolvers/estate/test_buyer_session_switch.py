"""Buyers' portals switched off and on, their codes changed, and buyers forgotten: by whom, and what it does."""

import pytest

from models.estate.agent_interaction import AGENT_INTERACTIONS
from models.estate.buyer_session import BUYER_SESSIONS
from models.estate.codes import typed
from models.estate.offer import OFFERS
from models.estate.property_view import PROPERTY_VIEWS
from models.estate.saved_search import SAVED_SEARCHES
from models.store.connection import Database
from tests.factories import buyer as make_buyer
from tests.factories import estate as make
from tests.fixtures.estate import Parties
from tests.fixtures.wire import ANONYMOUS, Api, Caller, People
from tests.resolvers.advisor.writing import done, gid, refusal, rows
from tests.resolvers.estate.portals import Cast, cast, unseen

WHO = "{ viewer { kind } }"
SWITCHES = ("estateBuyerSessionDeactivate", "estateBuyerSessionActivate", "estateBuyerSessionCodeRotate")


@pytest.fixture
async def scene(parties: Parties, people: People) -> Cast:
    return await cast(parties, people)


async def status(api: Api, by: Caller) -> tuple[int, str | None]:
    """How the server answers a caller, and with which error."""
    answer = await api.post(WHO, None, by)
    errors = answer.json().get("errors")
    return answer.status_code, errors[0]["message"] if errors else None


CLOSED = (401, "This portal is closed, or its code was changed: sign in again.")
WELCOME = (200, None)


async def test_a_portal_is_switched_off_and_on(api: Api, scene: Cast, database: Database) -> None:
    shown, given = "buyerSession { active version sessionCode }", {"id": scene.buyer.id}
    code = scene.buyer.row["sessionCode"]
    assert await status(api, scene.buyer) == WELCOME
    off = await done(api, "estateBuyerSessionDeactivate", scene.ann, shown, **given)
    assert off == {"buyerSession": {"active": False, "version": 2, "sessionCode": code}}
    assert await status(api, scene.buyer) == CLOSED
    assert await status(api, scene.neighbour) == WELCOME
    assert await refusal(api, "estateBuyerSessionDeactivate", scene.ann, **given) == ("WRONG_STATE", None)
    on = await done(api, "estateBuyerSessionActivate", scene.ann, shown, **given)
    assert on == {"buyerSession": {"active": True, "version": 3, "sessionCode": code}}
    # A token from before is not good again: the buyer signs in anew.
    assert await status(api, scene.buyer) == CLOSED
    assert await refusal(api, "estateBuyerSessionActivate", scene.ann, **given) == ("WRONG_STATE", None)
    stored = await database[BUYER_SESSIONS.collection].find_one({"_id": scene.buyer.row["_id"]})
    assert stored is not None
    assert (stored["version"], stored["signInVersion"]) == (3, 2)


async def test_another_code_ends_the_tokens_of_the_old_one(api: Api, parties: Parties, database: Database) -> None:
    ann = await parties.agent("ann")
    shown = "buyerSession { id sessionCode version }"
    created = await done(api, "estateBuyerSessionCreate", ann, shown, buyerName="Bea", buyerEmail="b@example.com")
    key, old = created["buyerSession"]["id"], created["buyerSession"]["sessionCode"]
    signed = await done(api, "estateBuyerSessionSignIn", ANONYMOUS, "accessToken", sessionCode=old)
    visitor = Caller("visitor", signed["accessToken"])
    assert await status(api, visitor) == WELCOME
    rotated = (await done(api, "estateBuyerSessionCodeRotate", ann, shown, id=key))["buyerSession"]
    assert rotated["version"] == 2
    assert old != rotated["sessionCode"] == typed(rotated["sessionCode"], "B")
    assert await status(api, visitor) == CLOSED
    refused = await refusal(api, "estateBuyerSessionSignIn", ANONYMOUS, sessionCode=old)
    assert refused == ("UNAUTHENTICATED", "sessionCode")
    signed = await done(api, "estateBuyerSessionSignIn", ANONYMOUS, "accessToken", sessionCode=rotated["sessionCode"])
    assert await status(api, Caller("visitor", signed["accessToken"])) == WELCOME


@pytest.mark.parametrize("mutation", SWITCHES)
async def test_the_agent_alone_does_it(api: Api, scene: Cast, database: Database, mutation: str) -> None:
    before = await rows(database, BUYER_SESSIONS)
    for name, other in scene.blind.items():
        assert await refusal(api, mutation, other, id=scene.buyer.id) == unseen(other), name
    for known in (scene.buyer, scene.operator):
        assert await refusal(api, mutation, known, id=scene.buyer.id) == ("FORBIDDEN", None)
    for odd in ("x", scene.ann.id, scene.seller.id):
        assert await refusal(api, mutation, scene.ann, id=odd) == ("NOT_FOUND", "id")
    assert await rows(database, BUYER_SESSIONS) == before


async def test_an_end_that_comes_nearer_ends_tokens(api: Api, scene: Cast) -> None:
    assert await status(api, scene.buyer) == WELCOME
    await done(api, "estateBuyerSessionUpdate", scene.ann, id=scene.buyer.id, expiresAt=9_000_000_000_000)
    assert await status(api, scene.buyer) == CLOSED


async def test_a_forgotten_buyer_leaves_offers_alone(
    api: Api, scene: Cast, parties: Parties, database: Database
) -> None:
    profile = await make_buyer.profile(scene.ann.row["_id"])
    kept = {"preferences": {"cities": ["Portland"], "maxPrice": 5}, "buyerProfileId": profile["_id"]}
    portal = await parties.buyer(scene.ann, buyerPhone="555-1234", **kept)
    for buyer in (portal, scene.neighbour):
        await make.offer(scene.listing, buyer.row)
        await make.property_view(scene.listing, buyer.row)
        await make.saved_search(buyer.row)
        await make.agent_interaction(scene.ann.row, buyer.row)
    offers = await rows(database, OFFERS)
    payload = await done(api, "estateBuyerSessionErase", scene.operator, "buyerSession { id active }", id=portal.id)
    assert payload == {"buyerSession": {"id": portal.id, "active": False}}
    stored = await database[BUYER_SESSIONS.collection].find_one({"_id": portal.row["_id"]})
    assert stored is not None
    assert stored.pop("sessionCode") != portal.row["sessionCode"]
    assert {name: stored.get(name) for name in ("buyerName", "buyerEmail", "buyerPhone", "buyerProfileId")} == {
        "buyerName": "Erased",
        "buyerEmail": "erased@example.invalid",
        "buyerPhone": None,
        "buyerProfileId": None,
    }
    assert stored["preferences"] == {"propertyTypes": [], "cities": [], "mustHaveFeatures": []}
    assert await status(api, portal) == CLOSED
    assert await rows(database, OFFERS) == offers
    for table, column in (
        (PROPERTY_VIEWS, "buyerSessionId"),
        (SAVED_SEARCHES, "buyerSessionId"),
        (AGENT_INTERACTIONS, "sessionId"),
    ):
        assert await database[table.collection].distinct(column) == [scene.neighbour.row["_id"]], table.noun
    assert await status(api, scene.neighbour) == WELCOME


async def test_the_operator_alone_erases(api: Api, scene: Cast, database: Database) -> None:
    await make.saved_search(scene.buyer.row)
    before = await rows(database, BUYER_SESSIONS, SAVED_SEARCHES)
    everybody = {"agent": scene.ann, "buyer": scene.buyer, **scene.blind}
    for name, other in everybody.items():
        code = "UNAUTHENTICATED" if other is ANONYMOUS else "FORBIDDEN"
        assert await refusal(api, "estateBuyerSessionErase", other, id=scene.buyer.id) == (code, None), name
    for odd in ("x", gid(SAVED_SEARCHES, scene.buyer.row)):
        assert await refusal(api, "estateBuyerSessionErase", scene.operator, id=odd) == ("NOT_FOUND", "id")
    assert await rows(database, BUYER_SESSIONS, SAVED_SEARCHES) == before
