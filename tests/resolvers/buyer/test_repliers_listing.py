"""The cache of homes: agents and chats of buyers read it, the search service fills it, nobody else does either."""

from typing import Any

import pytest

from models.buyer.repliers_listing import REPLIERS_LISTINGS
from models.store.connection import Database
from tests.factories import buyer as make
from tests.fixtures.estate import Parties
from tests.fixtures.live import Lists
from tests.fixtures.wire import Api, People
from tests.laws.explaining import explained, look, stages
from tests.resolvers.advisor.following import NOT_YOURS, SIGN_IN
from tests.resolvers.advisor.following import refusal as refused
from tests.resolvers.advisor.writing import gid, refusal, rows
from tests.resolvers.buyer.profile_cast import Cast, cast

LIST = (
    "query($where: BuyerRepliersListingWhere) { buyerRepliersListings(where: $where) { nodes { address } totalCount } }"
)
READERS = ("chat", "other chat", "other agent", "analysis", "answering", "search")


@pytest.fixture
async def there(people: People, parties: Parties) -> Cast:
    """Everybody, and a buyer."""
    return await cast(people, parties)


async def test_agents_chats_and_services_read_it(api: Api, there: Cast) -> None:
    home = await make.repliers_listing()
    ids = {"id": gid(REPLIERS_LISTINGS, home), "external": home["externalId"]}
    one = (
        "query($id: ID!, $external: String!) { a: buyerRepliersListing(id: $id) { price } "
        "b: buyerRepliersListingByExternalId(externalId: $external) { price } node(id: $id) { id } }"
    )
    found = {"a": {"price": 450_000}, "b": {"price": 450_000}, "node": {"id": ids["id"]}}
    for name, caller in {"own agent": there.ann, **there.callers}.items():
        reads = name in {"own agent", *READERS}
        expected = found if reads else dict.fromkeys(found)
        assert await api.data(one, ids, by=caller) == expected, name
        listed = (await api.data(LIST, by=caller))["buyerRepliersListings"]
        nodes = [{"address": "1 Elm Street"}] if reads else []
        assert listed == {"nodes": nodes, "totalCount": len(nodes)}, name


@pytest.mark.parametrize(
    ("where", "streets"),
    [
        ({"status": {"eq": "active"}}, "ABC"),
        ({"city": {"eq": "PORTLAND "}}, "AD"),
        ({"city": {"startsWith": "sa"}, "status": {"eq": "active"}}, "BC"),
        ({"price": {"gte": 200, "lt": 400}}, "BC"),
        ({"bedrooms": {"gte": 3}}, "CD"),
        ({"externalId": {"in": ["x-A", "x-D"]}}, "AD"),
        ({"externalId": {"eq": "x-B"}}, "B"),
        ({"status": {"eq": "active"}, "city": {"eq": "salem"}, "price": {"lte": 200}}, "B"),
    ],
)
async def test_is_filtered(api: Api, parties: Parties, where: dict[str, Any], streets: str) -> None:
    ann = await parties.agent("ann")
    given = [("A", "Portland", 100, 1, "active"), ("B", "Salem", 200, 2, "active"), ("C", "Salem", 300, 3, "active")]
    for street, city, price, bedrooms, status in [*given, ("D", "Portland", 400, 4, "sold")]:
        row = {"city": city, "price": price, "bedrooms": bedrooms, "status": status, "externalId": f"x-{street}"}
        await make.repliers_listing(address=street, **row)
    found = (await api.data(LIST, {"where": where}, by=ann))["buyerRepliersListings"]
    assert "".join(sorted(node["address"] for node in found["nodes"])) == streets
    assert found["totalCount"] == len(streets)


async def test_a_filtered_page_looks_at_few(api: Api, parties: Parties, database: Database) -> None:
    ann = await parties.agent("ann")
    for number in range(60):
        city = "Salem" if number % 20 == 0 else "Portland"
        await make.repliers_listing(city=city, price=number, externalId=f"x-{number}")
    document = (
        '{ buyerRepliersListings(where: {status: {eq: "active"}, city: {eq: "salem"}} '
        "orderBy: {field: PRICE, direction: DESC}) { nodes { price } } }"
    )
    nodes = (await api.data(document, by=ann))["buyerRepliersListings"]["nodes"]
    assert [node["price"] for node in nodes] == [40, 20, 0]
    [command] = [one for one in api.calls.seen if one.get("find") == "buyer_repliers_listings"]
    plan = await explained(database, command)
    assert {"COLLSCAN", "SORT"}.isdisjoint(stages(plan))
    assert (look(plan).keys, look(plan).documents) == (3, 0)


async def test_is_followed_by_whom_it_is_for(lists: Lists, there: Cast, database: Database) -> None:
    document = 'subscription { buyerRepliersListingChanges(where: {city: {eq: "SALEM"}}) { kind node { price } } }'
    for name in there.callers.keys() - set(READERS):
        expected = SIGN_IN if name == "anonymous" else NOT_YOURS
        assert await refused(lists, document, {}, there[name]) == expected, name
    live = await lists.follow(document, by=there["chat"])
    assert await live.synced() == []
    home = await make.repliers_listing(city="Salem", price=1)
    await make.repliers_listing(city="Portland")
    assert await live.event() == {"kind": "ADDED", "node": {"price": 1}}
    await database["buyer_repliers_listings"].update_one({"_id": home["_id"]}, {"$set": {"price": 2}})
    assert await live.event() == {"kind": "CHANGED", "node": {"price": 2}}


async def test_nobody_but_the_search_service_fills_it(api: Api, there: Cast, database: Database) -> None:
    home = await make.repliers_listing(externalId="x-1")
    before = await rows(database, REPLIERS_LISTINGS)
    given = {"externalId": "x-1", "address": "2 Oak", "price": 1, "propertyType": "Flat", "city": "Rome", "state": "RM"}
    for name, caller in {"own agent": there.ann, **there.callers}.items():
        if name == "search":
            continue
        expected = "UNAUTHENTICATED" if name == "anonymous" else "FORBIDDEN"
        code, _ = await refusal(api, "buyerRepliersListingsUpsert", caller, listings=[given])
        assert code == expected, name
    assert await rows(database, REPLIERS_LISTINGS) == before
    assert home["price"] == 450_000
