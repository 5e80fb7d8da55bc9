"""The listings that match a buyer: ranked by MongoDB as Python would, and shown to the buyer and his agent alone."""

import random
from typing import Any

from models import global_id
from models.estate.buyer_session import BUYER_SESSIONS
from models.estate.criteria import Preferences
from models.estate.listing import LISTINGS
from models.store.connection import Database
from resolvers.estate.matching import score
from tests.factories import estate as make
from tests.fixtures.estate import Parties, Party
from tests.fixtures.wire import Api, Caller, People
from tests.laws.explaining import explained, stages
from tests.resolvers.advisor.writing import gid
from tests.resolvers.estate.listing_callers import expected, scene

LIST = """query ($id: ID!, $first: Int, $after: String) {
  estateMatchingListings(buyerSessionId: $id, first: $first, after: $after) {
    nodes { id address score reasons } totalCount pageInfo { hasNextPage endCursor }
  }
}"""


async def matching(api: Api, buyer: Party, by: Caller | None = None, **given: Any) -> dict[str, Any]:
    """A page of what matches the buyer."""
    found: dict[str, Any] = (await api.data(LIST, {"id": buyer.id, **given}, by=by or buyer))["estateMatchingListings"]
    return found


async def test_the_best_come_first_with_their_reasons(api: Api, parties: Parties) -> None:
    ann, bob = await parties.agent("ann"), await parties.agent("bob")
    wanted = {"maxPrice": 500_000, "bedrooms": 3, "mustHaveFeatures": ["garage", "pool"], "cities": ["PORTLAND"]}
    buyer = await parties.buyer(ann, preferences=wanted)
    best: dict[str, Any] = {"price": 450_000.0, "features": ["Garage", "Pool"], "city": "portland"}
    await make.listing(bob.row, address="best", **best)
    await make.listing(ann.row, address="half", **{**best, "features": ["Pool"]})
    await make.listing(ann.row, address="dear", **{**best, "price": 525_000.0})
    await make.listing(ann.row, address="small", **{**best, "bedrooms": 2, "features": []})
    hidden: dict[str, dict[str, Any]] = {
        "too dear": {"price": 550_001.0},
        "too small": {"bedrooms": 1},
        "elsewhere": {"city": "Salem"},
        "withdrawn": {"status": "withdrawn"},
        "pending": {"status": "pending"},
        "switched off": {"agentActive": False},
    }
    for address, values in hidden.items():
        await make.listing(ann.row, address=address, **{**best, **values})
    found = await matching(api, buyer)
    assert [(node["address"], node["score"], node["reasons"]) for node in found["nodes"]] == [
        ("best", 100, ["WITHIN_BUDGET", "ALL_FEATURES", "ENOUGH_BEDROOMS"]),
        ("half", 85, ["WITHIN_BUDGET", "SOME_FEATURES", "ENOUGH_BEDROOMS"]),
        ("dear", 80, ["NEAR_BUDGET", "ALL_FEATURES", "ENOUGH_BEDROOMS"]),
        ("small", 55, ["WITHIN_BUDGET"]),
    ]
    assert found["totalCount"] == 4


async def test_who_sees_it(api: Api, parties: Parties, people: People) -> None:
    there = await scene(parties, people)
    buyer = there.callers["buyer"]
    assert isinstance(buyer, Party)
    off = await parties.agent("off", active=False)
    seen = {name: len((await matching(api, buyer, caller))["nodes"]) for name, caller in there.callers.items()}
    assert seen == expected(there, {"agent": 2, "buyer": 2}, 0)
    # Who may not see it makes MongoDB look at no listing.
    await matching(api, buyer, there.callers["other buyer"])
    assert LISTINGS.collection not in [seen.get("aggregate") for seen in api.calls.seen]
    assert (await matching(api, buyer, off))["totalCount"] == 0


async def test_what_is_no_portal_matches_nothing(api: Api, parties: Parties) -> None:
    ann = await parties.agent("ann")
    row = await make.listing(ann.row)
    for key in ("nonsense", ann.id, gid(LISTINGS, row), gid(BUYER_SESSIONS, row["_id"])):
        found = (await api.data(LIST, {"id": key}, by=ann))["estateMatchingListings"]
        assert (found["nodes"], found["totalCount"]) == ([], 0)


WISHES: list[dict[str, Any]] = [
    {},
    {"maxPrice": 450_000.0},
    {"minPrice": 333_333.0, "maxPrice": 444_444.0},
    {"minPrice": 400_000.0, "bedrooms": 3, "bathrooms": 1.5},
    {"maxPrice": 410_000.0, "bedrooms": 0, "mustHaveFeatures": ["A", "b", "$price"]},
    {
        "minPrice": 310_000.0,
        "maxPrice": 490_001.0,
        "bedrooms": 2,
        "bathrooms": 2,
        "cities": ["north", "SOUTH"],
        "propertyTypes": ["Condo", "loft"],
        "mustHaveFeatures": ["c", "a", "d", "e", "f", "g", "h"],
    },
]


async def test_mongodb_scores_as_python_does(api: Api, parties: Parties) -> None:
    dice = random.Random(7)  # noqa: S311  # chance for a test
    ann = await parties.agent("ann")
    for number in range(150):
        given = {
            "price": round(dice.uniform(300_000, 500_000), dice.choice([-4, -2, 0, 2])),
            "bedrooms": dice.randrange(6),
            "bathrooms": dice.randrange(8) / 2,
            "features": dice.sample(["a", "B", "c", "D", "e", "f", "$price"], dice.randrange(7)),
            "city": dice.choice(["North", "South", "East"]),
            "propertyType": dice.choice(["condo", "Loft", "townhouse"]),
        }
        await make.listing(ann.row, address=str(number), **given)
    rows = {row["id"]: row for row in await _everything(api)}
    met = 0
    for wish in WISHES:
        buyer, wanted = await parties.buyer(ann, preferences=wish), Preferences(**wish)
        found = await _walk(api, buyer)
        met += len(found)
        assert [(node["score"], node["id"]) for node in found] == sorted(
            ((score(wanted, rows[node["id"]]), node["id"]) for node in found), key=_place, reverse=True
        )
        within = [row for row in rows.values() if _fits(wanted, row)]
        assert {node["id"] for node in found} == {row["id"] for row in within}
    assert met > 200


def _place(scored: tuple[int, str]) -> tuple[int, bytes]:
    return scored[0], global_id.bare(scored[1]).binary


async def _everything(api: Api) -> list[dict[str, Any]]:
    """Every listing as a row of Python's."""
    found: list[dict[str, Any]] = []
    after = None
    document = """query ($after: String) { estateListings(first: 100, after: $after) {
      nodes { id price bedrooms bathrooms features city propertyType } pageInfo { hasNextPage endCursor }
    } }"""
    while True:
        page = (await api.data(document, {"after": after}))["estateListings"]
        found += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return [{**row, "featureKeys": [text.lower() for text in row["features"]]} for row in found]
        after = page["pageInfo"]["endCursor"]


async def _walk(api: Api, buyer: Party) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after = None
    while True:
        page = await matching(api, buyer, first=40, after=after)
        found += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return found
        after = page["pageInfo"]["endCursor"]


def _fits(wanted: Preferences, row: dict[str, Any]) -> bool:
    """Whether a listing is scored at all, said once more in other words."""
    cities, kinds = ([text.lower() for text in texts] for texts in (wanted.cities, wanted.propertyTypes))
    return (
        (wanted.maxPrice is None or row["price"] <= wanted.maxPrice * 1.1)
        and row["price"] >= (wanted.minPrice or 0) * 0.9
        and row["bedrooms"] >= (wanted.bedrooms or 0) - 1
        and row["bathrooms"] >= (wanted.bathrooms or 0) - 1
        and (not cities or row["city"].lower() in cities)
        and (not kinds or row["propertyType"] in kinds)
    )


async def test_it_walks_an_index_and_asks_twice(api: Api, parties: Parties, database: Database) -> None:
    ann = await parties.agent("ann")
    buyer = await parties.buyer(ann, preferences={"maxPrice": 600_000, "cities": ["Portland"]})
    await make.listing(ann.row)
    await make.listing(ann.row, city="Salem")
    document = "query ($id: ID!) { estateMatchingListings(buyerSessionId: $id) { nodes { address score } } }"
    await api.data(document, {"id": buyer.id}, by=buyer)
    collections = {LISTINGS.collection, BUYER_SESSIONS.collection}
    asked = [seen for seen in api.calls.seen if collections & {seen.get("find"), seen.get("aggregate")}]
    assert [seen.get("find") or seen["aggregate"] for seen in asked[-2:]] == [
        *(BUYER_SESSIONS.collection, LISTINGS.collection)
    ]
    command = asked[-1]
    assert command["hint"] == "page_status_updated"
    found = set(stages(await explained(database, command)))
    assert "IXSCAN" in found
    assert "COLLSCAN" not in found
