"""Offers as they are read: an agent's own, a buyer's own, and a seller's of his listing, who never learns whose."""

from typing import Any

import pytest

from models.estate.listing import LISTINGS
from models.estate.offer import OFFERS
from models.store.connection import Database
from tests.factories import estate as make
from tests.fixtures.estate import Parties, Party
from tests.fixtures.wire import ANONYMOUS, Api, Caller, People
from tests.resolvers.advisor.writing import gid
from tests.resolvers.estate.negotiating import ANALYSIS, WHO, back_up, caller, key, listing_of, offer, scene

OFFER = """query($id: ID!) { estateOffer(id: $id) {
  id listingId buyerSessionId buyerSession { buyerName buyerEmail } listing { address } agent { firstName }
  offerAmount status aiAnalysis { marketComparison strengths risks recommendation confidence } closedReason
  rounds { by offerAmount earnestMoney downPayment financingType } version viewerCanUpdate
} node(id: $id) { ... on EstateOffer { buyerSessionId buyerSession { id } aiAnalysis { confidence } } } }"""

OFFERS_OF = """query($listing: ID, $buyer: ID, $where: EstateOfferWhere, $order: EstateOfferOrder, $first: Int) {
  estateOffers(listingId: $listing, buyerSessionId: $buyer, where: $where, orderBy: $order, first: $first) {
    nodes { id buyerSessionId offerAmount } edges { cursor } totalCount pageInfo { hasNextPage }
  } }"""

KNOWS_BUYER = {"agent", "buyer"}
KNOWS_ANALYSIS = {"agent", "operator", "analysis"}
SEES = {*KNOWS_BUYER, "seller", "operator", "analysis"}
PARTS = tuple(who for who in WHO if who != "switched off")


async def _ids(api: Api, by: Caller, **given: Any) -> list[str]:
    page = (await api.data(OFFERS_OF, given, by=by))["estateOffers"]
    assert page["totalCount"] == len(page["nodes"])
    return [node["id"] for node in page["nodes"]]


async def _refused(api: Api, by: Caller, **given: Any) -> tuple[str, list[str]]:
    answer = await api.answer(OFFERS_OF, given, by=by)
    assert answer["data"] is None
    [error] = answer["errors"]
    return error["extensions"]["code"], error["extensions"]["field"]


@pytest.mark.parametrize("who", PARTS)
async def test_what_each_is_shown_of_an_offer(
    api: Api, parties: Parties, people: People, database: Database, who: str
) -> None:
    there = await scene(parties)
    row = await offer(database, there, aiAnalysis=ANALYSIS)
    by = await caller(who, there, await listing_of(database, row), parties, people)
    found = await api.data(OFFER, {"id": key(row)}, by=by)
    if who not in SEES:
        assert found == {"estateOffer": None, "node": None}
        return
    knows, analysis = who in KNOWS_BUYER, ANALYSIS if who in KNOWS_ANALYSIS else None
    contact = {"buyerName": "Bea Buyer", "buyerEmail": "bea@example.com"}
    whose = {"buyerSessionId": there.buyer.id if knows else None, "buyerSession": contact if knows else None}
    terms = {"offerAmount": 490_000.0, "earnestMoney": 5_000.0, "downPayment": 100_000.0}
    assert found["estateOffer"] == {
        "id": key(row),
        "listingId": gid(LISTINGS, row["listingId"]),
        "listing": {"address": "1 Corner Street"},
        "agent": {"firstName": "Ann"},
        "offerAmount": 490_000.0,
        "status": "PENDING",
        "version": 1,
        "rounds": [{"by": "BUYER", **terms, "financingType": "CONVENTIONAL"}],
        "closedReason": None,
        "aiAnalysis": analysis,
        **whose,
        "viewerCanUpdate": who in {*KNOWS_BUYER, "analysis"},
    }
    assert found["node"] == {
        "buyerSessionId": whose["buyerSessionId"],
        "buyerSession": {"id": there.buyer.id} if knows else None,
        "aiAnalysis": {"confidence": 0.75} if analysis else None,
    }


async def _three(parties: Parties) -> tuple[Party, Party, Party, list[dict[str, Any]], list[str]]:
    """An agent, two buyers, her two listings, and an offer of each buyer on the first and of one on the second."""
    ann = await parties.agent("ann")
    bea, ben = await parties.buyer(ann), await parties.buyer(ann)
    homes = [await make.listing(ann.row), await make.listing(ann.row)]
    made = [
        await back_up(homes[0], bea, offer_amount=100.0, createdAt=1_000, updatedAt=9_000),
        await back_up(homes[0], ben, offer_amount=300.0, createdAt=2_000, updatedAt=8_000),
        await back_up(homes[1], bea, offer_amount=200.0, createdAt=3_000, updatedAt=7_000),
    ]
    return ann, bea, ben, homes, [key(row) for row in made]


async def test_the_lists_of_agents_buyers_and_sellers(api: Api, parties: Parties) -> None:
    ann, bea, ben, homes, (first, second, third) = await _three(parties)
    seller = await parties.seller(homes[0])
    on = gid(LISTINGS, homes[0])
    assert await _ids(api, ann) == [third, second, first]
    assert await _ids(api, ann, listing=on) == [second, first]
    assert await _ids(api, ann, buyer=bea.id) == [third, first]
    assert await _ids(api, ann, buyer=bea.id, listing=on) == [first]
    assert await _ids(api, bea) == await _ids(api, bea, buyer=bea.id) == [third, first]
    assert await _ids(api, bea, listing=on) == [first]
    assert await _ids(api, bea, buyer=ben.id) == []
    assert await _ids(api, ben) == await _ids(api, ben, listing=on) == [second]
    assert await _ids(api, seller) == await _ids(api, seller, listing=on) == [second, first]
    assert await _ids(api, seller, listing=gid(LISTINGS, homes[1])) == []


async def test_others_have_none_of_their_own(api: Api, parties: Parties, people: People) -> None:
    ann, _, _, homes, (first, second, _) = await _three(parties)
    on = gid(LISTINGS, homes[0])
    other, person = await parties.agent("bob"), await people.person("paul")
    for by in (other, await parties.seller(homes[1]), await parties.buyer(other), person, ANONYMOUS):
        assert await _ids(api, by, listing=on) == []
    for by in (other, await parties.buyer(ann), person, ANONYMOUS, people.service("search")):
        assert await _ids(api, by) == []
    for by in (await people.operator("olga"), people.service("analysis")):
        assert await _ids(api, by) == []
        assert await _ids(api, by, listing=on) == [second, first]
    assert await _ids(api, ann, listing=ann.id) == await _ids(api, ann, buyer="nothing") == []


async def test_filters_and_orders(api: Api, parties: Parties, database: Database) -> None:
    ann, bea, _, homes, (first, second, third) = await _three(parties)
    await database[OFFERS.collection].update_one({"createdAt": 2_000}, {"$set": {"status": "rejected"}})
    asc, desc = {"direction": "ASC"}, {"direction": "DESC"}
    for order, found in (
        ({"field": "CREATED_AT", **asc}, [first, second, third]),
        ({"field": "UPDATED_AT", **desc}, [first, second, third]),
        ({"field": "OFFER_AMOUNT", **desc}, [second, third, first]),
    ):
        assert await _ids(api, ann, order=order) == found
    on, whose = gid(LISTINGS, homes[1]), bea.id
    for where, found in (
        ({"status": {"eq": "PENDING"}}, [third, first]),
        ({"status": {"in": ["REJECTED", "ACCEPTED"]}}, [second]),
        ({"createdAt": {"gte": 2_000, "lt": 3_000}}, [second]),
        ({"updatedAt": {"gt": 8_000}}, [first]),
        ({"offerAmount": {"gte": 200.0}}, [third, second]),
        ({"listingId": {"eq": on}}, [third]),
        ({"buyerSessionId": {"eq": whose}}, [third, first]),
        ({"expiresAt": {"eq": None}, "not": {"status": {"eq": "REJECTED"}}}, [third, first]),
    ):
        assert await _ids(api, ann, where=where) == found


async def test_a_seller_finds_no_buyer_by_any_path(api: Api, parties: Parties, people: People) -> None:
    _, bea, _, homes, _ = await _three(parties)
    seller = await parties.seller(homes[0])
    for by in (seller, await people.operator("olga"), people.service("analysis")):
        assert await _refused(api, by, buyer=bea.id) == ("FORBIDDEN", ["buyerSessionId"])
        for where in (
            {"buyerSessionId": {"eq": bea.id}},
            {"not": {"buyerSessionId": {"in": [bea.id]}}},
            {"or": [{"status": {"eq": "PENDING"}}, {"and": [{"buyerSessionId": {"eq": None}}]}]},
        ):
            assert await _refused(api, by, where=where, listing=gid(LISTINGS, homes[0])) == ("FORBIDDEN", ["where"])
    nodes = (await api.data(OFFERS_OF, {}, by=seller))["estateOffers"]["nodes"]
    assert [node["buyerSessionId"] for node in nodes] == [None, None]


async def test_a_page_ends_and_the_next_one_begins_there(api: Api, parties: Parties) -> None:
    ann, _, _, _, (_, _, third) = await _three(parties)
    page = (await api.data(OFFERS_OF, {"first": 1}, by=ann))["estateOffers"]
    assert [node["id"] for node in page["nodes"]] == [third]
    assert (page["totalCount"], page["pageInfo"]) == (3, {"hasNextPage": True})
