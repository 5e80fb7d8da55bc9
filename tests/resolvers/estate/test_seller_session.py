"""Sellers' portals: opened by the agent of a listing, one at a time."""

import asyncio
from typing import Any

import pytest
from bson import ObjectId

from models.clock import now
from models.estate.codes import typed
from models.estate.listing import LISTINGS
from models.estate.seller_session import SELLER_SESSIONS
from models.store.connection import Database
from tests.factories import estate as make
from tests.fixtures.estate import Parties
from tests.fixtures.live import Lists
from tests.fixtures.wire import ANONYMOUS, Api, Caller, People
from tests.resolvers.advisor.writing import done, gid, refusal, rows, write
from tests.resolvers.estate.portals import Cast, cast, unseen

ONE = """query($id: ID!) { estateSellerSession(id: $id) {
    id agentId agent { id } listingId listing { id address } sellerName sellerEmail sellerPhone sessionCode active
    expiresAt version viewerCanUpdate } }"""
LIST = """query($where: EstateSellerSessionWhere, $orderBy: EstateSellerSessionOrder) {
    estateSellerSessions(where: $where, orderBy: $orderBy) { nodes { sellerName } totalCount } }"""
CHANGES = "subscription { estateSellerSessionChanges { kind node { sellerName active } } }"
NEW = {"sellerName": "Sue", "sellerEmail": "sue@example.com"}
DAY = 86_400_000
CLOSED = "This portal is closed, or its code was changed: sign in again."


@pytest.fixture
async def scene(parties: Parties, people: People) -> Cast:
    return await cast(parties, people)


def blind(scene: Cast) -> dict[str, Caller]:
    """Who does not see the portal of Ann's seller."""
    return {"buyer": scene.buyer, **{name: other for name, other in scene.blind.items() if name != "seller"}}


async def names(api: Api, by: Caller, **variables: Any) -> list[str]:
    """The sellers of the caller's list."""
    found = (await api.data(LIST, variables, by=by))["estateSellerSessions"]
    assert found["totalCount"] == len(found["nodes"])
    return [node["sellerName"] for node in found["nodes"]]


async def kind_of(api: Api, by: Caller) -> str | None:
    """How the caller is recognised; the words of the refusal for who is not."""
    answer = (await api.post("{ viewer { kind } }", None, by)).json()
    kind: str = answer["errors"][0]["message"] if "errors" in answer else answer["data"]["viewer"]["kind"]
    return kind


async def test_an_agent_opens_a_portal(api: Api, parties: Parties, database: Database) -> None:
    ann = await parties.agent("ann")
    listing = await make.listing(ann.row)
    end = now() + DAY
    given = {
        **NEW,
        "id": gid(SELLER_SESSIONS, ObjectId()),
        "listingId": gid(LISTINGS, listing),
        "sellerPhone": "555-1234",
        "expiresAt": end,
    }
    shown = "sellerSession { id } sellerSessionEdge { cursor node { sellerName } }"
    payload = await done(api, "estateSellerSessionCreate", ann, shown, **given)
    assert payload["sellerSession"] == {"id": given["id"]}
    assert payload["sellerSessionEdge"]["node"] == {"sellerName": "Sue"}
    [[stored]] = await rows(database, SELLER_SESSIONS)
    assert stored["sessionCode"] == typed(stored["sessionCode"], "S")
    assert (stored["agentId"], stored["agentActive"], stored["signInVersion"]) == (ann.row["_id"], True, 1)
    assert (await api.data(ONE, {"id": given["id"]}, by=ann))["estateSellerSession"] == {
        **given,
        "agentId": ann.id,
        "agent": {"id": ann.id},
        "listing": {"id": given["listingId"], "address": "1 Corner Street"},
        "sessionCode": stored["sessionCode"],
        "active": True,
        "version": 1,
        "viewerCanUpdate": True,
    }


@pytest.mark.parametrize("status", ["active", "pending", "withdrawn", "sold"])
async def test_not_for_what_is_sold(api: Api, parties: Parties, database: Database, status: str) -> None:
    ann = await parties.agent("ann")
    listing = gid(LISTINGS, await make.listing(ann.row, status=status))
    payload = await write(api, "estateSellerSessionCreate", ann, **NEW, listingId=listing)
    codes = [(error["code"], error["field"]) for error in payload["userErrors"]]
    assert codes == ([("WRONG_STATE", ["listingId"])] if status == "sold" else [])
    assert await database[SELLER_SESSIONS.collection].count_documents({}) == (status != "sold")


async def test_a_listing_has_one_open_portal(api: Api, scene: Cast, database: Database) -> None:
    given = {**NEW, "listingId": gid(LISTINGS, scene.listing)}
    before = await rows(database, SELLER_SESSIONS)
    refused = await refusal(api, "estateSellerSessionCreate", scene.ann, **given)
    assert refused == ("ALREADY_EXISTS", "listingId")
    assert await rows(database, SELLER_SESSIONS) == before
    await done(api, "estateSellerSessionDeactivate", scene.ann, id=scene.seller.id)
    created = await done(api, "estateSellerSessionCreate", scene.ann, "sellerSession { id }", **given)
    # The first one cannot come back beside the second.
    refused = await refusal(api, "estateSellerSessionActivate", scene.ann, id=scene.seller.id)
    assert refused == ("ALREADY_EXISTS", "id")
    await done(api, "estateSellerSessionDeactivate", scene.ann, id=created["sellerSession"]["id"])
    shown = "sellerSession { active }"
    on = await done(api, "estateSellerSessionActivate", scene.ann, shown, id=scene.seller.id)
    assert on == {"sellerSession": {"active": True}}


async def test_of_twenty_portals_at_once_one_is_opened(api: Api, parties: Parties, database: Database) -> None:
    ann = await parties.agent("ann")
    given = {**NEW, "listingId": gid(LISTINGS, await make.listing(ann.row))}
    payloads = await asyncio.gather(*(write(api, "estateSellerSessionCreate", ann, **given) for _ in range(20)))
    codes = sorted(error["code"] for payload in payloads for error in payload["userErrors"])
    assert codes == ["ALREADY_EXISTS"] * 19
    assert await database[SELLER_SESSIONS.collection].count_documents({"active": True}) == 1


async def test_nobody_but_the_listings_agent_opens_one(
    api: Api, scene: Cast, parties: Parties, database: Database
) -> None:
    free = await make.listing(scene.ann.row)
    otto = await parties.agent("otto", active=False)
    his = await make.listing(otto.row)
    before = await rows(database, SELLER_SESSIONS)
    for name, other in scene.not_the_agent.items():
        error: tuple[str, str | None] = ("FORBIDDEN", None)
        if name == "other agent":
            error = ("NOT_FOUND", "listingId")
        elif other is ANONYMOUS:
            error = ("UNAUTHENTICATED", None)
        given = {**NEW, "listingId": gid(LISTINGS, free)}
        assert await refusal(api, "estateSellerSessionCreate", other, **given) == error, name
    refused = await refusal(api, "estateSellerSessionCreate", otto, **NEW, listingId=gid(LISTINGS, his))
    assert refused == ("FORBIDDEN", None)
    for odd in ("x", scene.ann.id, gid(LISTINGS, ObjectId())):
        refused = await refusal(api, "estateSellerSessionCreate", scene.ann, **NEW, listingId=odd)
        assert refused == ("NOT_FOUND", "listingId")
    assert await rows(database, SELLER_SESSIONS) == before


async def test_the_agent_and_the_portal_itself_see_it(api: Api, scene: Cast) -> None:
    contact = {"sellerName": "Sam Seller", "sellerEmail": "sam@example.com", "sellerPhone": None}
    for reader, code, may, private in (
        (scene.ann, scene.seller.row["sessionCode"], True, contact),
        (scene.seller, None, True, contact),
        (scene.operator, None, False, dict.fromkeys(contact)),
    ):
        found = (await api.data(ONE, {"id": scene.seller.id}, by=reader))["estateSellerSession"]
        assert (found["sessionCode"], found["viewerCanUpdate"]) == (code, may)
        assert {name: found[name] for name in contact} == private
    for name, other in blind(scene).items():
        assert await api.data(ONE, {"id": scene.seller.id}, by=other) == {"estateSellerSession": None}, name


async def test_a_seller_sees_a_listing_that_was_withdrawn(api: Api, parties: Parties) -> None:
    ann = await parties.agent("ann")
    seller = await parties.seller(await make.listing(ann.row, status="withdrawn"))
    found = await api.data("{ viewer { estateSellerSession { listing { address } } } }", by=seller)
    assert found == {"viewer": {"estateSellerSession": {"listing": {"address": "1 Corner Street"}}}}


async def test_the_list_is_the_agents_own(api: Api, scene: Cast) -> None:
    assert await names(api, scene.ann) == ["Sam Seller"]
    for name, other in scene.not_the_agent.items():
        assert await names(api, other) == (["Sam Seller"] if name == "other agent" else []), name


async def test_the_list_is_filtered_and_ordered(api: Api, parties: Parties) -> None:
    ann = await parties.agent("ann")
    listings = [await make.listing(ann.row) for _ in range(3)]
    await parties.seller(listings[0], sellerName="First", lastActive=300, createdAt=1)
    await parties.seller(listings[1], sellerName="Second", lastActive=100, createdAt=2, active=False)
    await parties.seller(listings[2], sellerName="Third", lastActive=200, createdAt=3)
    assert await names(api, ann) == ["First", "Third", "Second"]
    assert await names(api, ann, where={"active": {"eq": False}}) == ["Second"]
    assert await names(api, ann, where={"listingId": {"eq": gid(LISTINGS, listings[2])}}) == ["Third"]
    assert await names(api, ann, where={"lastActive": {"lt": 200}}) == ["Second"]
    created = {"field": "CREATED_AT", "direction": "DESC"}
    assert await names(api, ann, orderBy=created) == ["Third", "Second", "First"]


async def test_the_agent_changes_all_and_the_seller_the_contact(api: Api, scene: Cast, database: Database) -> None:
    shown = "sellerSession { sellerName sellerEmail sellerPhone expiresAt }"
    given = {"sellerName": "Samuel", "sellerEmail": "s@example.com", "sellerPhone": "555-1", "expiresAt": now() + DAY}
    for by, said in (
        (scene.seller, {"sellerEmail": "me@example.com", "sellerPhone": "555-2"}),
        (scene.ann, given),
    ):
        payload = await done(api, "estateSellerSessionUpdate", by, shown, id=scene.seller.id, **said)
        assert payload["sellerSession"] == {**payload["sellerSession"], **said}
    # The end has come nearer: the seller signs in anew.
    assert await kind_of(api, scene.seller) == CLOSED
    await done(api, "estateSellerSessionUpdate", scene.ann, id=scene.seller.id, expiresAt=None)
    stored = await database[SELLER_SESSIONS.collection].find_one({"_id": scene.seller.row["_id"]})
    assert stored is not None
    assert ("expiresAt" in stored, stored["signInVersion"], stored["sellerName"]) == (False, 2, "Samuel")


async def test_the_seller_changes_nothing_else(api: Api, scene: Cast, database: Database) -> None:
    before = await rows(database, SELLER_SESSIONS)
    for field, value in (("sellerName", "Me"), ("expiresAt", now() + DAY), ("expiresAt", None)):
        change = {"id": scene.seller.id, field: value}
        assert await refusal(api, "estateSellerSessionUpdate", scene.seller, **change) == ("FORBIDDEN", field)
    stale = {"id": scene.seller.id, "expectedVersion": 7, "sellerEmail": "x@example.com"}
    payload = await write(api, "estateSellerSessionUpdate", scene.seller, "sellerSession { version }", **stale)
    assert (payload["sellerSession"], payload["userErrors"][0]["code"]) == ({"version": 1}, "STALE_VERSION")
    assert await rows(database, SELLER_SESSIONS) == before


@pytest.mark.parametrize("verb", ["Update", "Deactivate", "Activate", "CodeRotate"])
async def test_nobody_else_changes_it(api: Api, scene: Cast, parties: Parties, database: Database, verb: str) -> None:
    otto = await parties.agent("otto", active=False)
    his = await parties.seller(await make.listing(otto.row))
    before = await rows(database, SELLER_SESSIONS)
    mutation, given = f"estateSellerSession{verb}", {"sellerEmail": "e@example.com"} if verb == "Update" else {}
    for name, other in blind(scene).items():
        assert await refusal(api, mutation, other, id=scene.seller.id, **given) == unseen(other), name
    assert await refusal(api, mutation, scene.operator, id=scene.seller.id, **given) == ("FORBIDDEN", None)
    assert await refusal(api, mutation, otto, id=his.id, **given) == ("FORBIDDEN", None)
    if verb != "Update":
        assert await refusal(api, mutation, scene.seller, id=scene.seller.id) == ("FORBIDDEN", None)
    assert await rows(database, SELLER_SESSIONS) == before


async def test_switching_and_rotating_end_tokens(api: Api, parties: Parties, database: Database) -> None:
    ann = await parties.agent("ann")
    listing = gid(LISTINGS, await make.listing(ann.row))
    shown = "sellerSession { id sessionCode active }"
    portal = (await done(api, "estateSellerSessionCreate", ann, shown, **NEW, listingId=listing))["sellerSession"]

    async def visitor() -> Caller:
        code = (await api.data(ONE, {"id": portal["id"]}, by=ann))["estateSellerSession"]["sessionCode"]
        signed = await done(api, "estateSellerSessionSignIn", ANONYMOUS, "accessToken", sessionCode=code)
        return Caller("visitor", signed["accessToken"])

    seller = await visitor()
    assert await kind_of(api, seller) == "SELLER_SESSION"
    rotated = (await done(api, "estateSellerSessionCodeRotate", ann, shown, id=portal["id"]))["sellerSession"]
    assert rotated["sessionCode"] != portal["sessionCode"]
    assert await kind_of(api, seller) == CLOSED
    refused = await refusal(api, "estateSellerSessionSignIn", ANONYMOUS, sessionCode=portal["sessionCode"])
    assert refused == ("UNAUTHENTICATED", "sessionCode")
    seller = await visitor()
    await done(api, "estateSellerSessionDeactivate", ann, id=portal["id"])
    assert await kind_of(api, seller) == CLOSED
    assert await refusal(api, "estateSellerSessionDeactivate", ann, id=portal["id"]) == ("WRONG_STATE", None)
    await done(api, "estateSellerSessionActivate", ann, id=portal["id"])
    assert await kind_of(api, seller) == CLOSED
    assert await refusal(api, "estateSellerSessionActivate", ann, id=portal["id"]) == ("WRONG_STATE", None)
    assert await kind_of(api, await visitor()) == "SELLER_SESSION"


async def test_the_agent_follows_them(lists: Lists, parties: Parties) -> None:
    ann = await parties.agent("ann")
    seller = await parties.seller(await make.listing(ann.row))
    live = await lists.follow(CHANGES, by=ann)
    assert await live.synced() == [{"sellerName": "Sam Seller", "active": True}]
    text = """mutation($id: ID!) { estateSellerSessionDeactivate(input: {id: $id}) { userErrors { code } } }"""
    await lists.data(text, {"id": seller.id}, by=ann)
    assert await live.event() == {"kind": "CHANGED", "node": {"sellerName": "Sam Seller", "active": False}}
