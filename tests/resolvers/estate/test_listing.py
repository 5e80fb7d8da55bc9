"""Listings: who sees which, alone, in lists, by their ids; and what lists are narrowed to and ordered by."""

from typing import Any

import pytest

from models.estate.agent import AGENTS
from models.estate.listing import LISTINGS
from tests.factories import estate as make
from tests.fixtures.estate import Parties, Party
from tests.fixtures.wire import ANONYMOUS, Api, Caller, People
from tests.resolvers.advisor.writing import gid
from tests.resolvers.estate.listing_callers import expected, scene

WHOLE = """query ($id: ID!) { estateListing(id: $id) {
  id agentId agent { firstName } mlsId address city state zipCode price previousPrice priceCutAt bedrooms bathrooms sqft
  lotSize yearBuilt propertyType status description features images videos virtualTourUrl coordinates { lat lng }
  enrichedData { schoolRatings walkScore crimeStats nearbyAmenities comps lastEnriched }
  distance score reasons version viewerCanUpdate viewerCanDelete
} }"""

LIST = """query ($status: EstateListingStatus! = ACTIVE, $where: EstateListingWhere, $order: EstateListingOrder,
    $search: String, $first: Int, $after: String) {
  estateListings(status: $status where: $where orderBy: $order search: $search first: $first after: $after) {
    nodes { address } totalCount pageInfo { endCursor }
  }
}"""

BY_IDS = "query ($ids: [ID!]!) { estateListingsByIds(ids: $ids) { address agent { firstName } } }"


async def listed(api: Api, by: Caller = ANONYMOUS, **given: Any) -> list[str]:
    """The addresses of a public list."""
    found = (await api.data(LIST, given, by=by))["estateListings"]
    assert found["totalCount"] == len(found["nodes"])
    return [node["address"] for node in found["nodes"]]


KNOWN = {
    "schoolRatings": {"Elm School": 9},
    "walkScore": 71,
    "crimeStats": {"perThousand": 3.5},
    "nearbyAmenities": [{"kind": "park"}],
    "comps": [{"price": 480000}],
    "lastEnriched": 1_700_000_000_000,
}

ROW = {
    "mlsId": "MLS-1",
    "address": "1 Corner Street",
    "city": "Portland",
    "state": "OR",
    "zipCode": "97201",
    "price": 500_000.0,
    "previousPrice": 510_000.0,
    "priceCutAt": 1_700_000_000_001,
    "bedrooms": 3,
    "bathrooms": 2.5,
    "sqft": 1_800,
    "lotSize": 0.25,
    "yearBuilt": 1987,
    "propertyType": "single-family",
    "description": "A bright house on a quiet corner.",
    "features": ["Garage", "Garden"],
    "images": ["https://x.example/1.jpg"],
    "videos": ["https://x.example/1.mp4"],
    "virtualTourUrl": "https://x.example/tour",
    "coordinates": {"lat": 45.5, "lng": -122.7},
    "enrichedData": KNOWN,
}


async def test_everything_is_shown(api: Api, parties: Parties) -> None:
    ann = await parties.agent("ann")
    row = await make.listing(ann.row, **ROW)
    assert (await api.data(WHOLE, {"id": gid(LISTINGS, row)}))["estateListing"] == {
        **ROW,
        "id": gid(LISTINGS, row),
        "agentId": ann.id,
        "agent": {"firstName": "Ann"},
        "status": "ACTIVE",
        "distance": None,
        "score": None,
        "reasons": None,
        "version": 1,
        "viewerCanUpdate": False,
        "viewerCanDelete": False,
    }


NODE = "query ($id: ID!) { one: estateListing(id: $id) { id } node(id: $id) { id } }"

ALWAYS = {"agent": True, "operator": True, "seller": True, "enrichment": True, "analysis": True}


@pytest.mark.parametrize("status", ["active", "pending", "sold", "withdrawn"])
@pytest.mark.parametrize("switched_on", [True, False])
async def test_who_sees_it(api: Api, parties: Parties, people: People, status: str, switched_on: bool) -> None:
    there = await scene(parties, people, status=status, agentActive=switched_on)
    key = gid(LISTINGS, there.house)
    found = {name: await api.data(NODE, {"id": key}, by=caller) for name, caller in there.callers.items()}
    assert all(answer["one"] == answer["node"] for answer in found.values())
    seen = {name: answer["one"] is not None for name, answer in found.items()}
    assert seen == expected(there, ALWAYS, status != "withdrawn" and switched_on)


async def test_who_may_change_it(api: Api, parties: Parties, people: People) -> None:
    there = await scene(parties, people)
    query = "query ($id: ID!) { estateListing(id: $id) { viewerCanUpdate viewerCanDelete } }"
    asked = {
        name: (await api.data(query, {"id": gid(LISTINGS, there.house)}, by=by)) for name, by in there.callers.items()
    }
    found = {name: tuple(answer["estateListing"].values()) for name, answer in asked.items()}
    assert found == expected(there, {"agent": (True, True), "enrichment": (True, False)}, (False, False))


async def _houses(parties: Parties) -> tuple[Party, Party]:
    """Houses of two agents, the second of whom is switched off; they are last changed in the order of their names."""
    ann, off = await parties.agent("ann"), await parties.agent("off", active=False)
    for place, status in enumerate(("active", "pending", "sold", "withdrawn")):
        await make.listing(ann.row, address=f"ann {status}", status=status, updatedAt=10 - place)
        await make.listing(off.row, address=f"off {status}", status=status, updatedAt=10 - place)
    return ann, off


async def test_the_list_is_of_one_status(api: Api, parties: Parties, people: People) -> None:
    ann, off = await _houses(parties)
    statuses = ("ACTIVE", "PENDING", "SOLD", "WITHDRAWN")
    callers = {"ann": ann, "off": off, "olga": await people.operator("olga"), "anonymous": ANONYMOUS}
    assert await listed(api) == ["ann active"]
    shown = {name: [await listed(api, by, status=status) for status in statuses] for name, by in callers.items()}
    every = [["ann active"], ["ann pending"], ["ann sold"], ["ann withdrawn"]]
    assert shown["ann"] == every
    assert shown["anonymous"] == shown["off"] == [*every[:3], []]
    assert [sorted(found) for found in shown["olga"]] == [[f"ann {s.lower()}", f"off {s.lower()}"] for s in statuses]


async def test_ones_own_are_of_every_status(api: Api, parties: Parties, people: People) -> None:
    ann, off = await _houses(parties)
    query = "query ($status: EstateListingStatus) { estateListingsMine(status: $status) { nodes { address } } }"
    for name, agent in (("ann", ann), ("off", off)):
        nodes = (await api.data(query, by=agent))["estateListingsMine"]["nodes"]
        wanted = [f"{name} {status}" for status in ("active", "pending", "sold", "withdrawn")]
        assert [node["address"] for node in nodes] == wanted
        nodes = (await api.data(query, {"status": "WITHDRAWN"}, by=agent))["estateListingsMine"]["nodes"]
        assert nodes == [{"address": f"{name} withdrawn"}]
    for other in (await parties.buyer(ann), await people.operator("olga"), people.service("enrichment"), ANONYMOUS):
        assert (await api.data(query, by=other))["estateListingsMine"]["nodes"] == []


async def test_some_by_their_ids(api: Api, parties: Parties, people: People) -> None:
    ann = await parties.agent("ann")
    rows = [await make.listing(ann.row, address=f"{number} Street") for number in range(3)]
    hidden = await make.listing(ann.row, address="hidden", status="withdrawn")
    ids = [gid(LISTINGS, row) for row in (rows[2], hidden, rows[0], rows[2])]
    given = {"ids": [*ids, "nonsense", ann.id]}
    agent = {"agent": {"firstName": "Ann"}}
    public = [{"address": "2 Street", **agent}, {"address": "0 Street", **agent}]
    assert (await api.data(BY_IDS, given))["estateListingsByIds"] == public
    own = [public[0], {"address": "hidden", **agent}, public[1]]
    assert (await api.data(BY_IDS, given, by=ann))["estateListingsByIds"] == own
    answer = await api.answer(BY_IDS, {"ids": [gid(LISTINGS, row) for row in rows] + [str(n) for n in range(8)]})
    [error] = answer["errors"]
    assert (error["extensions"]["code"], error["extensions"]["field"]) == ("OUT_OF_RANGE", ["ids"])


FILTERS: list[tuple[dict[str, Any], list[str]]] = [
    ({"price": {"gte": 400_000}}, ["b", "c"]),
    ({"price": {"gte": 300_000, "lte": 400_000}}, ["a", "b"]),
    ({"price": {"lt": 400_000}}, ["a"]),
    ({"bedrooms": {"gte": 3}}, ["b", "c"]),
    ({"bedrooms": {"eq": 2}}, ["a"]),
    ({"bathrooms": {"gte": 1.5}}, ["b", "c"]),
    ({"bathrooms": {"in": [1.0, 2.0]}}, ["a", "c"]),
    ({"city": {"eq": " PORTLAND "}}, ["a", "c"]),
    ({"city": {"in": ["salem", "bend"]}}, ["b"]),
    ({"city": {"startsWith": "sA"}}, ["b"]),
    ({"propertyType": {"eq": "Condo"}}, ["a"]),
    ({"propertyType": {"in": ["townhouse", "single-family"]}}, ["b", "c"]),
    ({"features": {"hasAll": ["GARAGE", "garden"]}}, ["b"]),
    ({"features": {"has": "garden"}}, ["b", "c"]),
    ({"features": {"hasAny": ["pool", "garage"]}}, ["a", "b"]),
    ({"mlsId": {"eq": "MLS-b"}}, ["b"]),
    ({"mlsId": {"startsWith": "MLS-"}}, ["a", "b", "c"]),
    ({"createdAt": {"gte": 2}}, ["b", "c"]),
    ({"updatedAt": {"lt": 99}}, ["b", "c"]),
    ({"or": [{"city": {"eq": "salem"}}, {"price": {"lt": 350_000}}]}, ["a", "b"]),
    ({"city": {"eq": "portland"}, "price": {"gt": 300_000}, "not": {"bedrooms": {"eq": 2}}}, ["c"]),
]


async def three(agent: Party) -> None:
    """Store three listings that differ in all that lists are narrowed to and ordered by."""
    given: dict[str, dict[str, Any]] = {
        "a": {"price": 300_000.0, "bedrooms": 2, "bathrooms": 1.0, "city": "Portland", "propertyType": "condo"},
        "b": {"price": 400_000.0, "bedrooms": 3, "bathrooms": 1.5, "city": "Salem", "propertyType": "single-family"},
        "c": {"price": 500_000.0, "bedrooms": 4, "bathrooms": 2.0, "city": "portland", "propertyType": "townhouse"},
    }
    features = {"a": ["Garage"], "b": ["Garden", "Garage", "Attic"], "c": ["garden"]}
    for place, (name, values) in enumerate(given.items(), 1):
        times = {"createdAt": place, "updatedAt": 100 - place}
        row = {**values, **times, "features": features[name], "mlsId": f"MLS-{name}", "description": f"house {name}"}
        await make.listing(agent.row, address=name, **row)


@pytest.mark.parametrize(("where", "wanted"), FILTERS)
async def test_filters(api: Api, parties: Parties, where: dict[str, Any], wanted: list[str]) -> None:
    await three(await parties.agent("ann"))
    assert await listed(api, where=where) == wanted


async def test_of_one_agent(api: Api, parties: Parties) -> None:
    ann, bob = await parties.agent("ann"), await parties.agent("bob")
    await make.listing(ann.row, address="ann's")
    await make.listing(bob.row, address="bob's")
    assert await listed(api, where={"agentId": {"eq": bob.id}}) == ["bob's"]
    assert await listed(api, where={"agentId": {"eq": gid(LISTINGS, bob.row["_id"])}}) == []


@pytest.mark.parametrize(
    ("field", "ascending"),
    [("UPDATED_AT", ["c", "b", "a"]), ("CREATED_AT", ["a", "b", "c"]), ("PRICE", ["a", "b", "c"])],
)
async def test_orders(api: Api, parties: Parties, field: str, ascending: list[str]) -> None:
    await three(await parties.agent("ann"))
    assert await listed(api, order={"field": field, "direction": "ASC"}) == ascending
    assert await listed(api, order={"field": field, "direction": "DESC"}) == ascending[::-1]


async def test_the_last_changed_come_first(api: Api, parties: Parties) -> None:
    await three(await parties.agent("ann"))
    assert await listed(api) == ["a", "b", "c"]
    page = (await api.data(LIST, {"first": 2}))["estateListings"]
    assert [node["address"] for node in page["nodes"]] == ["a", "b"]
    rest = (await api.data(LIST, {"first": 2, "after": page["pageInfo"]["endCursor"]}))["estateListings"]
    assert [node["address"] for node in rest["nodes"]] == ["c"]


async def test_words_are_found_in_what_everybody_sees(api: Api, parties: Parties) -> None:
    ann, off = await parties.agent("ann"), await parties.agent("off", active=False)
    await make.listing(ann.row, address="1 Harbour Road", description="By the sea.")
    await make.listing(ann.row, address="2 Hill", city="Harbour", description="On a hill.")
    await make.listing(ann.row, address="3 Hill", description="A walk to the harbour.", status="withdrawn")
    await make.listing(off.row, address="4 Hill", description="A harbour.")
    assert sorted(await listed(api, search="harbour")) == ["1 Harbour Road", "2 Hill"]
    assert await listed(api, search="sea") == ["1 Harbour Road"]
    assert await listed(api, ann, search="harbour", status="WITHDRAWN") == ["3 Hill"]


async def test_an_agent_who_is_switched_off_is_hidden_with_the_listing(
    api: Api, parties: Parties, people: People
) -> None:
    off = await parties.agent("off", active=False)
    row = await make.listing(off.row)
    seller = await parties.seller({**row, "agentActive": True})
    query = "query ($id: ID!) { estateListing(id: $id) { agentId agent { id } } }"
    wanted = ((seller, {"id": off.id}), (off, {"id": off.id}), (people.service("enrichment"), None))
    for by, agent in wanted:
        found = (await api.data(query, {"id": gid(LISTINGS, row)}, by=by))["estateListing"]
        assert found == {"agentId": gid(AGENTS, off.row), "agent": agent}
