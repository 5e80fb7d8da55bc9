"""Listings around a place and in a box of the map: nearest first, in pages, or in another order."""

from typing import Any

from models.estate.listing import LISTINGS
from models.estate.place import Coordinates
from models.store.connection import Database
from tests.factories import estate as make
from tests.fixtures.estate import Parties
from tests.fixtures.wire import ANONYMOUS, Api, Caller
from tests.resolvers.estate.listing_callers import LICENCE

LIST = """query ($near: GeoNear, $within: GeoBounds, $where: EstateListingWhere, $order: EstateListingOrder,
    $first: Int, $after: String, $search: String, $last: Int) {
  estateListings(
    near: $near within: $within where: $where orderBy: $order first: $first after: $after search: $search last: $last
  ) { nodes { address distance } totalCount pageInfo { hasNextPage endCursor } }
}"""

CENTRE = {"lat": 45.5, "lng": -122.7, "radiusMeters": 10_000}
KILOMETRE = 1 / 111.32
"""Degrees of latitude, about."""


async def _street(parties: Parties) -> None:
    """Houses 0 to 4 kilometres north of the centre, in no order; two more are hidden, one is far away."""
    ann, off = await parties.agent("ann", **LICENCE), await parties.agent("off", active=False)
    for far in (3, 0, 4, 1, 2):
        place = Coordinates(lat=45.5 + far * KILOMETRE, lng=-122.7)
        await make.listing(ann.row, address=f"{far} km", coordinates=place, price=900_000.0 - far * 100_000)
    hidden = {"coordinates": Coordinates(lat=45.5 + 2 * KILOMETRE, lng=-122.7)}
    await make.listing(ann.row, address="withdrawn", status="withdrawn", **hidden)
    await make.listing(off.row, address="switched off", **hidden)
    await make.listing(ann.row, address="far", coordinates=Coordinates(lat=40.0, lng=-122.7))


async def _found(api: Api, by: Caller = ANONYMOUS, **given: Any) -> dict[str, Any]:
    found: dict[str, Any] = (await api.data(LIST, given, by=by))["estateListings"]
    return found


def _addresses(found: dict[str, Any]) -> list[str]:
    return [node["address"] for node in found["nodes"]]


async def test_the_nearest_come_first_and_tell_how_far_they_are(api: Api, parties: Parties) -> None:
    await _street(parties)
    found = await _found(api, near=CENTRE)
    assert _addresses(found) == ["0 km", "1 km", "2 km", "3 km", "4 km"]
    assert [round(node["distance"], -2) for node in found["nodes"]] == [0, 1000, 2000, 3000, 4000]
    assert found["totalCount"] == 5
    assert _addresses(await _found(api, near={**CENTRE, "radiusMeters": 2_500})) == ["0 km", "1 km", "2 km"]


async def test_pages_go_outwards(api: Api, parties: Parties) -> None:
    await _street(parties)
    given: dict[str, Any] = {"near": CENTRE, "first": 2}
    seen, more = [], True
    while more:
        found = await _found(api, **given)
        seen.append(_addresses(found))
        given["after"], more = found["pageInfo"]["endCursor"], found["pageInfo"]["hasNextPage"]
    assert seen == [["0 km", "1 km"], ["2 km", "3 km"], ["4 km"]]


async def test_filters_hold_and_another_order_may_be_asked_for(api: Api, parties: Parties) -> None:
    await _street(parties)
    cheap = {"price": {"lte": 700_000}}
    assert _addresses(await _found(api, near=CENTRE, where=cheap)) == ["2 km", "3 km", "4 km"]
    by_price = {"field": "PRICE", "direction": "ASC"}
    found = await _found(api, near={**CENTRE, "radiusMeters": 2_500}, order=by_price)
    assert found["nodes"] == [{"address": f"{far} km", "distance": None} for far in (2, 1, 0)]
    nearest = {"field": "DISTANCE", "direction": "ASC"}
    assert _addresses(await _found(api, near=CENTRE, order=nearest, first=1)) == ["0 km"]


async def test_in_a_box_they_come_by_distance_from_its_middle(api: Api, parties: Parties) -> None:
    await _street(parties)
    box = {"south": 45.5 + 0.5 * KILOMETRE, "north": 45.5 + 4.5 * KILOMETRE, "west": -122.8, "east": -122.6}
    found = await _found(api, within=box)
    assert (_addresses(found)[-1], sorted(_addresses(found))) == ("4 km", ["1 km", "2 km", "3 km", "4 km"])
    by_price = {"field": "PRICE", "direction": "DESC"}
    assert _addresses(await _found(api, within=box, order=by_price)) == ["1 km", "2 km", "3 km", "4 km"]


async def test_a_place_that_is_moved_is_found_where_it_is(api: Api, parties: Parties, database: Database) -> None:
    ann = await parties.agent("ann", **LICENCE)
    await make.listing(ann.row, address="moved", coordinates=Coordinates(lat=10, lng=10))
    document = "query { estateListingsMine { nodes { id } } }"
    [node] = (await api.data(document, by=ann))["estateListingsMine"]["nodes"]
    given = {"input": {"id": node["id"], "coordinates": {"lat": 45.5, "lng": -122.7}}}
    update = """mutation ($input: EstateListingUpdateInput!) {
      estateListingUpdate(input: $input) { listing { coordinates { lat lng } } userErrors { code } }
    }"""
    written = (await api.data(update, given, by=ann))["estateListingUpdate"]
    assert written == {"listing": {"coordinates": {"lat": 45.5, "lng": -122.7}}, "userErrors": []}
    assert _addresses(await _found(api, near=CENTRE)) == ["moved"]
    stored = await database[LISTINGS.collection].find_one({})
    assert stored is not None
    assert stored["location"] == {"type": "Point", "coordinates": [-122.7, 45.5]}


async def test_what_makes_no_sense_is_refused(api: Api, parties: Parties) -> None:
    box = {"south": 45.0, "north": 46.0, "west": -123.0, "east": -122.0}
    by_distance = {"field": "DISTANCE", "direction": "ASC"}
    wrong: list[tuple[dict[str, Any], str, list[str]]] = [
        ({"near": CENTRE, "within": box}, "INVALID", ["within"]),
        ({"near": CENTRE, "search": "house"}, "INVALID", ["near"]),
        ({"near": CENTRE, "last": 2}, "INVALID", ["last"]),
        ({"order": by_distance}, "INVALID", ["orderBy"]),
        ({"near": {**CENTRE, "lat": 91}}, "OUT_OF_RANGE", ["near", "lat"]),
        ({"near": {**CENTRE, "radiusMeters": 0}}, "OUT_OF_RANGE", ["near", "radiusMeters"]),
    ]
    for given, code, field in wrong:
        [error] = (await api.answer(LIST, given))["errors"]
        assert (error["extensions"]["code"], error["extensions"]["field"]) == (code, field), given
