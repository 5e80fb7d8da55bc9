"""The searches by hand: who sees which listings, their pages, and the agent of each."""

from collections.abc import Sequence
from typing import Any

from bson import ObjectId

from benchmarks.peers.bare.ids import cursor_of, global_id
from benchmarks.peers.bare.people import Caller, database

Row = dict[str, Any]
Order = tuple[tuple[str, int], ...]

COLUMNS = dict.fromkeys(
    ("address", "city", "zipCode", "price", "bedrooms", "bathrooms", "sqft", "propertyType", "agentId"), 1
)
SCORE, DISTANCE = "@score", "@distance"
TIMED: Row = {**COLUMNS, "updatedAt": 1}
SCORED: Row = {**TIMED, SCORE: {"$meta": "textScore"}}
FAR: Row = {**COLUMNS, DISTANCE: {"$meta": "geoNearDistance"}}
CHEAPEST: Order = (("price", 1), ("_id", 1))
BEST: Order = ((SCORE, -1), ("_id", -1))
NEAREST: Order = ((DISTANCE, 1), ("_id", 1))
BOUNDS = {"gte": "$gte", "lte": "$lte"}

listings, agents = database["estate_listings"], database["estate_agents"]


def _seen(caller: Caller, status: str) -> Row:
    """The rule: of agents who are switched on, and of the withdrawn ones one's own."""
    seen: Row = {"status": status.lower(), "agentActive": True}
    if status == "WITHDRAWN":
        seen["agentId"] = caller.agent or {"$in": []}
    return seen


def _bounds(given: Row) -> Row:
    return {BOUNDS[name]: value for name, value in given.items()}


async def by_price(caller: Caller, given: Row) -> Row:
    """The cheapest of a range of prices, with enough bedrooms, in one of the cities."""
    limit, where = given["first"], given["where"]
    wanted = _seen(caller, given["status"]) | {
        "price": _bounds(where["price"]),
        "bedrooms": _bounds(where["bedrooms"]),
        "cityKey": {"$in": [city.strip().lower() for city in where["city"]["in"]]},
    }
    # Without a hint MongoDB tries several ways; along this one the cities are merged in the order of their prices.
    found = await listings.find(
        wanted, TIMED, sort=CHEAPEST, limit=limit + 1, batch_size=limit + 2, hint="page_status_city_price"
    ).to_list()
    return await _page(caller, found, limit, CHEAPEST)


async def around(caller: Caller, given: Row) -> Row:
    """The nearest to a place."""
    limit, near = given["first"], given["near"]
    place = {"type": "Point", "coordinates": [near["lng"], near["lat"]]}
    reach = {"$nearSphere": {"$geometry": place, "$maxDistance": near["radiusMeters"]}}
    found = await listings.find(
        {**_seen(caller, given["status"]), "location": reach},
        FAR,
        limit=limit + 1,
        batch_size=limit + 2,
    ).to_list()
    return await _page(caller, found, limit, NEAREST)


async def by_words(caller: Caller, given: Row) -> Row:
    """Those that match the words best."""
    limit = given["first"]
    found = await listings.find(
        {**_seen(caller, given["status"]), "$text": {"$search": given["search"]}},
        SCORED,
        sort=[(SCORE, SCORED[SCORE]), ("_id", -1)],
        limit=limit + 1,
        batch_size=limit + 2,
    ).to_list()
    return await _page(caller, found, limit, BEST)


async def _page(caller: Caller, found: Sequence[Row], limit: int, order: Order) -> Row:
    rows = found[:limit]
    names = await _names(caller, {row["agentId"] for row in rows})
    far = order is NEAREST
    nodes = [_node(row, names.get(row["agentId"]), far=far) for row in rows]
    info = {"hasNextPage": len(found) > limit, "endCursor": cursor_of(order, rows[-1]) if rows else None}
    return {"estateListings": {"nodes": nodes, "pageInfo": info}}


def _node(row: Row, agent: Row | None, *, far: bool) -> Row:
    return {
        "id": global_id("eLst", row["_id"]),
        "address": row["address"],
        "city": row["city"],
        "zipCode": row["zipCode"],
        "price": row["price"],
        "bedrooms": row["bedrooms"],
        "bathrooms": row["bathrooms"],
        "sqft": row["sqft"],
        "propertyType": row["propertyType"],
        **({"distance": row[DISTANCE]} if far else {"updatedAt": row["updatedAt"]}),
        "agent": agent,
    }


async def _names(caller: Caller, keys: set[ObjectId]) -> dict[ObjectId, Row]:
    """The names of the agents that the caller sees: those who are switched on, and himself."""
    rule = {"active": True} if caller.agent is None else {"$or": [{"active": True}, {"_id": caller.agent}]}
    found = agents.find({"_id": {"$in": list(keys)}, **rule}, {"firstName": 1, "lastName": 1}, batch_size=len(keys) + 1)
    return {row["_id"]: {"firstName": row["firstName"], "lastName": row["lastName"]} for row in await found.to_list()}
