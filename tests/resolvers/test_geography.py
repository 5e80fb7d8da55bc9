"""Places in arguments: rows around a point and in a box, nearest first or in another order, and what is refused."""

import math
import random
from typing import Any

import pytest
from bson import ObjectId

from models import cursor, global_id
from models.store.ask import EARTH_METRES, NEAREST
from models.table import Index, Order, Table
from resolvers.adjectives import orders
from resolvers.listing import Listing
from tests.resolvers.places import NEARBY, PLACES, Atlas, place, scattered

BERLIN = (52.52, 13.405)
LIST = """
    query($near: GeoNear, $within: GeoBounds, $where: PlaceWhere, $orderBy: PlaceOrder, $first: Int, $after: String) {
      places(near: $near within: $within where: $where orderBy: $orderBy first: $first after: $after) {
        nodes { id distance city price } pageInfo { hasNextPage hasPreviousPage endCursor } totalCount
      }
    }
"""
CHEAPEST = {"field": "PRICE", "direction": "ASC"}
AROUND_FIJI = {"south": -20, "west": 175, "north": -10, "east": -175}


def _near(lat: float = BERLIN[0], lng: float = BERLIN[1], metres: float = 5_000) -> dict[str, float]:
    return {"lat": lat, "lng": lng, "radiusMeters": metres}


def _metres(middle: tuple[float, float], row: dict[str, Any]) -> float:
    """By the law of cosines, which is not how the server reckons."""
    lat, lng, lat2, lng2 = map(math.radians, (*middle, row["coordinates"]["lat"], row["coordinates"]["lng"]))
    cosine = math.sin(lat) * math.sin(lat2) + math.cos(lat) * math.cos(lat2) * math.cos(lng - lng2)
    return EARTH_METRES * math.acos(max(-1.0, min(1.0, cosine)))


def _id(row: dict[str, Any]) -> str:
    return global_id.encode(PLACES.tag, row["_id"])


async def _all(atlas: Atlas, size: int, **variables: Any) -> list[dict[str, Any]]:
    """All pages one after another."""
    nodes: list[dict[str, Any]] = []
    after = None
    while True:
        page = (await atlas.data(LIST, {**variables, "first": size, "after": after}))["places"]
        nodes += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return nodes
        assert len(page["nodes"]) == size
        after = page["pageInfo"]["endCursor"]


@pytest.fixture
async def town(atlas: Atlas) -> list[dict[str, Any]]:
    """Two hundred places in a town, many of them on the same spot."""
    rows = scattered(random.Random(7), 200, BERLIN, 0.05, level=0.5)  # noqa: S311  # chance for a test
    await atlas.put(*rows)
    return rows


async def test_rows_around_a_place_come_nearest_first(atlas: Atlas, town: list[dict[str, Any]]) -> None:
    inside = [row for row in town if row["status"] == "open" and _metres(BERLIN, row) <= 3_000]
    page = (await atlas.data(LIST, {"near": _near(metres=3_000), "first": 100}))["places"]
    assert page["totalCount"] == len(inside) > 30
    assert {node["id"] for node in page["nodes"]} == {_id(row) for row in inside}
    assert page["nodes"] == sorted(page["nodes"], key=lambda node: (node["distance"], global_id.bare(node["id"])))
    told = {node["id"]: node["distance"] for node in page["nodes"]}
    assert told == {_id(row): pytest.approx(_metres(BERLIN, row), abs=0.01) for row in inside}


@pytest.mark.parametrize("size", [1, 2, 7, 100])
async def test_pages_in_a_row_are_the_whole(atlas: Atlas, town: list[dict[str, Any]], size: int) -> None:
    nodes = await _all(atlas, size, near=_near(metres=100_000))
    assert [node["id"] for node in nodes] == list(dict.fromkeys(node["id"] for node in nodes))
    assert {node["id"] for node in nodes} == {_id(row) for row in town if row["status"] == "open"}
    assert nodes == sorted(nodes, key=lambda node: (node["distance"], global_id.bare(node["id"])))


async def test_filters_and_the_rule_narrow_what_is_near(atlas: Atlas, town: list[dict[str, Any]]) -> None:
    cheap = {_id(row) for row in town if row["status"] == "open" and row["price"] < 10}
    page = (await atlas.data(LIST, {"near": _near(metres=100_000), "where": {"price": {"lt": 10}}, "first": 100}))[
        "places"
    ]
    assert {node["id"] for node in page["nodes"]} == cheap
    assert page["totalCount"] == len(cheap) > 10


@pytest.mark.parametrize(
    "where_",
    [{"city": {"eq": "BERLIN"}}, {"city": {"in": ["berlin", "x"]}}, {"city": {"startsWith": "bERL"}}],
    ids=["eq", "in", "startsWith"],
)
async def test_a_key_is_compared_in_place_of_a_text(atlas: Atlas, where_: dict[str, Any]) -> None:
    await atlas.put(place(*BERLIN, city="Berlin"), place(*BERLIN, city="Bern"))
    page = (await atlas.data(LIST, {"near": _near(), "where": where_}))["places"]
    assert [node["city"] for node in page["nodes"]] == ["Berlin"]
    assert (await atlas.data(LIST, {"where": where_}))["places"]["totalCount"] == 1


async def test_distance_may_be_named_as_the_order(atlas: Atlas, town: list[dict[str, Any]]) -> None:
    named = await atlas.data(LIST, {"near": _near(), "orderBy": {"field": "DISTANCE", "direction": "ASC"}})
    assert named == await atlas.data(LIST, {"near": _near()})
    assert len(named["places"]["nodes"]) == 20


async def test_another_order_takes_the_place_as_a_condition(atlas: Atlas, town: list[dict[str, Any]]) -> None:
    near = _near(metres=3_000)
    inside = {node["id"] for node in await _all(atlas, 50, near=near)}
    nodes = await _all(atlas, 7, near=near, orderBy=CHEAPEST)
    assert {node["id"] for node in nodes} == inside
    assert [node["price"] for node in nodes] == sorted(node["price"] for node in nodes)
    assert {node["distance"] for node in nodes} == {None}


async def test_a_box_is_exact_and_comes_from_its_middle(atlas: Atlas, town: list[dict[str, Any]]) -> None:
    box = {"south": 52.51, "west": 13.39, "north": 52.54, "east": 13.43}
    inside = {
        _id(row)
        for row in town
        if row["status"] == "open"
        and box["south"] <= row["coordinates"]["lat"] <= box["north"]
        and box["west"] <= row["coordinates"]["lng"] <= box["east"]
    }
    nodes = await _all(atlas, 3, within=box)
    assert {node["id"] for node in nodes} == inside
    assert len(nodes) == len(inside) > 10
    by_id = {_id(row): row for row in town}
    for node in nodes:
        assert node["distance"] == pytest.approx(_metres((52.525, 13.41), by_id[node["id"]]), abs=0.01)
    assert [node["distance"] for node in nodes] == sorted(node["distance"] for node in nodes)
    assert {node["id"] for node in await _all(atlas, 4, within=box, orderBy=CHEAPEST)} == inside
    assert (await atlas.data(LIST, {"within": box}))["places"]["totalCount"] == len(inside)


async def test_a_box_across_the_180th_meridian(atlas: Atlas) -> None:
    here = [place(-15, 179.5, city="west"), place(-15.5, -179, city="east"), place(-12, 176, city="far")]
    await atlas.put(*here, place(-15, 170, city="no"), place(-15, -170, city="no"), place(-15, 0, city="no"))
    nodes = await _all(atlas, 1, within=AROUND_FIJI)
    assert [node["city"] for node in nodes] == ["west", "east", "far"]
    # 0.5 degrees of longitude at 15 degrees south of the middle of the box, at 180 degrees.
    assert nodes[0]["distance"] == pytest.approx(_metres((-15, 180), here[0]), abs=0.01)
    ordered = await _all(atlas, 2, within=AROUND_FIJI, orderBy=CHEAPEST)
    assert sorted(node["city"] for node in ordered) == ["east", "far", "west"]
    assert (await atlas.data(LIST, {"within": AROUND_FIJI}))["places"]["totalCount"] == 3


@pytest.mark.parametrize(
    ("box", "cities"),
    [
        ({"south": -90, "west": -180, "north": 90, "east": 180}, ["equator", "north", "south", "west"]),
        ({"south": 0, "west": -180, "north": 90, "east": 180}, ["equator", "north"]),
        ({"south": -90, "west": 10, "north": 0, "east": 9}, ["equator", "south", "west"]),
        ({"south": 0, "west": 0, "north": 0, "east": 0}, ["equator"]),
        ({"south": 80, "west": -100, "north": 90, "east": 80}, ["north"]),
    ],
    ids=["world", "half", "all but a slice", "point", "pole"],
)
async def test_boxes_as_large_as_the_world(atlas: Atlas, box: dict[str, int], cities: list[str]) -> None:
    await atlas.put(
        place(0, 0, city="equator"),
        place(89, 70, city="north"),
        place(-89, -70, city="south"),
        place(-0.5, -179.5, city="west"),
    )
    page = (await atlas.data(LIST, {"within": box}))["places"]
    assert sorted(node["city"] for node in page["nodes"]) == cities
    assert page["totalCount"] == len(cities)


async def test_a_list_without_a_place_has_no_distances(atlas: Atlas, town: list[dict[str, Any]]) -> None:
    page = (await atlas.data(LIST, {"first": 5}))["places"]
    assert [node["distance"] for node in page["nodes"]] == [None] * 5
    assert [node["price"] for node in page["nodes"]] == sorted(row["price"] for row in town if row["status"] == "open")[
        :5
    ]


OUT = "OUT_OF_RANGE"
BOX = {"south": 1, "west": 2, "north": 3, "east": 4}


@pytest.mark.parametrize(
    ("given", "code", "message"),
    [
        ({"near": _near(lat=90.1)}, OUT, "lat must be between -90 and 90 degrees."),
        ({"near": _near(lat=-91)}, OUT, "lat must be between -90 and 90 degrees."),
        ({"near": _near(lng=180.5)}, OUT, "lng must be between -180 and 180 degrees."),
        ({"near": _near(metres=0)}, OUT, "radiusMeters must be more than 0 and at most 500,000."),
        ({"near": _near(metres=500_001)}, OUT, "radiusMeters must be more than 0 and at most 500,000."),
        ({"within": {**BOX, "south": -90.5}}, OUT, "south must be between -90 and 90 degrees."),
        ({"within": {**BOX, "north": 91}}, OUT, "north must be between -90 and 90 degrees."),
        ({"within": {**BOX, "west": -181}}, OUT, "west must be between -180 and 180 degrees."),
        ({"within": {**BOX, "east": 999}}, OUT, "east must be between -180 and 180 degrees."),
        ({"within": {**BOX, "south": 3.5}}, OUT, "south must not be greater than north."),
        ({"near": _near(), "within": BOX}, "INVALID", "Give near or within, not both."),
        ({"near": _near(), "after": "x"}, "INVALID", "after is not a cursor: use a cursor of this list in this order."),
        (
            {"near": _near(), "orderBy": {"field": "DISTANCE", "direction": "DESC"}},
            "INVALID",
            "By distance the nearest come first: the direction is ASC.",
        ),
        (
            {"orderBy": {"field": "DISTANCE", "direction": "ASC"}},
            "INVALID",
            "By distance from where? Give near or within.",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and " " in value else "",
)
async def test_what_is_no_place(atlas: Atlas, given: dict[str, Any], code: str, message: str) -> None:
    found, _, words = await atlas.refused(LIST, given)
    assert (found, words) == (code, message)


@pytest.mark.parametrize("literal", ["lat: 1e999 lng: 0", "lat: 0 lng: -1e999"])
async def test_a_place_is_finite(atlas: Atlas, literal: str) -> None:
    text = f"{{ places(near: {{{literal} radiusMeters: 1}}) {{ nodes {{ id }} }} }}"
    assert (await atlas.refused(text))[0] == "OUT_OF_RANGE"


async def test_the_nearest_cannot_come_last(atlas: Atlas) -> None:
    for argument in ("last: 5", 'before: "x"'):
        text = f"{{ places(near: {{lat: 0 lng: 0 radiusMeters: 1}} {argument}) {{ nodes {{ id }} }} }}"
        name = argument.partition(":")[0]
        code, _, message = await atlas.refused(text)
        assert (code, message) == ("INVALID", f"By distance the nearest come first: use first and after, not {name}.")


@pytest.mark.parametrize(
    "position", ["far", None, float("nan"), float("inf"), True, 5], ids=["text", "null", "nan", "inf", "bool", "int"]
)
async def test_a_forged_place_in_the_order_is_refused(atlas: Atlas, position: Any) -> None:
    forged = cursor.encode(NEAREST.keys, [position, ObjectId()])
    assert (await atlas.refused(LIST, {"near": _near(), "after": forged}))[0] == "INVALID"


async def test_behind_the_radius_there_is_nothing(atlas: Atlas, town: list[dict[str, Any]]) -> None:
    for beyond in (5_000.0, 1e300):
        after = cursor.encode(NEAREST.keys, [beyond, ObjectId()])
        page = (await atlas.data(LIST, {"near": _near(), "after": after}))["places"]
        assert page["nodes"] == []
        assert page["pageInfo"] == {"hasNextPage": False, "hasPreviousPage": True, "endCursor": None}


def test_a_list_by_distance_without_its_index_does_not_start() -> None:
    with pytest.raises(LookupError, match="places: no index finds coordinates by distance"):
        Listing(PLACES, NEARBY.orders, fixed=("status",), near="coordinates")
    with pytest.raises(LookupError, match="no index finds"):
        Listing(PLACES, orders("Odd", DISTANCE=("@distance",)), fixed=("status",))


def test_an_index_of_places_carries_no_other_list() -> None:
    assert "location" not in PLACES.indexed
    assert {"price", "rooms", "coordinates.lat"} <= PLACES.indexed
    assert PLACES.index_near("location").name == "byLocation"
    assert Index("i", ("location:2dsphere",), covered=("price",)).keys == (("location", "2dsphere"), ("price", 1))
    assert isinstance(PLACES, Table)
    assert PLACES.index_for(["status"], Order(("-price",))).name == "page_status_price"
