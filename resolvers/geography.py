"""Places in arguments: rows around a point or in a box of the map, and how far each row is from there."""

import math
from collections.abc import Mapping
from typing import Any

import strawberry

from models.errors import Code, Refusal
from models.policy import Filter
from models.store.ask import EARTH_METRES, NEAREST, Near
from resolvers.plan import Columns, Stored
from resolvers.table import shown

RADIUS_METRES = 500_000
"""The largest radius: about what a client shows on one map."""

LATITUDE, LONGITUDE = "coordinates.lat", "coordinates.lng"
"""Where a row with a place has it in plain numbers, which a box is compared with."""

PLACES = ("near", "within")
"""The arguments that name a place."""

HALF_WAY_ROUND = math.pi * EARTH_METRES
"""Metres from a place to the one opposite of it: nothing is farther."""


@strawberry.input(description="A place, and how far from it rows may be.")
class GeoNear:
    """Checked by `near`."""

    lat: float = strawberry.field(description="Latitude in degrees, -90 to 90.")
    lng: float = strawberry.field(description="Longitude in degrees, -180 to 180.")
    radiusMeters: float = strawberry.field(
        description=f"How far away rows may be, in metres: more than 0, at most {RADIUS_METRES:,}."
    )


@strawberry.input(
    description="A box of the map. With `west` greater than `east` it lies across the 180th meridian.",
)
class GeoBounds:
    """Checked by `box`."""

    south: float = strawberry.field(description="Lowest latitude in degrees, -90 to 90.")
    west: float = strawberry.field(description="Western longitude in degrees, -180 to 180.")
    north: float = strawberry.field(description="Highest latitude in degrees, -90 to 90.")
    east: float = strawberry.field(description="Eastern longitude in degrees, -180 to 180.")


def places(arguments: Mapping[str, Any]) -> list[str]:
    """Which of the arguments that name a place are given."""
    return [name for name in PLACES if arguments.get(name) is not None]


def forward_only(arguments: Mapping[str, Any]) -> None:
    """Raise `Refusal` for arguments that ask for the farthest rows first."""
    for name in ("last", "before"):
        if arguments.get(name) is not None:
            message = f"By distance the nearest come first: use first and after, not {name}."
            raise Refusal(Code.INVALID, message, name)


def near(column: str, given: Mapping[str, Any]) -> Near:
    """The place in the argument `near`. Raises `Refusal` for one that is not on the earth, or a radius too large."""
    latitude = _degrees(given, "near", "lat", 90)
    longitude = _degrees(given, "near", "lng", 180)
    radius = given["radiusMeters"]
    if not 0 < radius <= RADIUS_METRES:
        message = f"radiusMeters must be more than 0 and at most {RADIUS_METRES:,}."
        raise Refusal(Code.OUT_OF_RANGE, message, "near", "radiusMeters")
    return Near(column, latitude, longitude, radius)


def box(column: str, given: Mapping[str, Any]) -> tuple[Near, Filter]:
    """The middle of the box in the argument `within`, with a radius that reaches its corners, and which rows lie in the
    box itself. Raises `Refusal` for one that is not on the earth, or is upside down."""
    south, north = (_degrees(given, "within", name, 90) for name in ("south", "north"))
    west, east = (_degrees(given, "within", name, 180) for name in ("west", "east"))
    if south > north:
        raise Refusal(Code.OUT_OF_RANGE, "south must not be greater than north.", "within", "south")
    wide = east - west if west <= east else east - west + 360
    middle = (south + north) / 2, _on_the_map(west + wide / 2)
    # Of a box wider than half the way round, a side may be farther than the corners.
    corners = [(south, west), (north, west)] if wide <= 180 else []
    radius = max((_metres(middle, corner) for corner in corners), default=HALF_WAY_ROUND)
    return Near(column, *middle, min(radius + 1, HALF_WAY_ROUND)), _inside(south, west, north, east)


def _inside(south: float, west: float, north: float, east: float) -> Filter:
    latitudes = {LATITUDE: {"$gte": south, "$lte": north}}
    if west <= east:
        return {**latitudes, LONGITUDE: {"$gte": west, "$lte": east}}
    return {**latitudes, "$or": [{LONGITUDE: {"$gte": west}}, {LONGITUDE: {"$lte": east}}]}


def _degrees(given: Mapping[str, Any], argument: str, name: str, most: int) -> float:
    degrees: float = given[name]
    if not -most <= degrees <= most:
        raise Refusal(Code.OUT_OF_RANGE, f"{name} must be between -{most} and {most} degrees.", argument, name)
    return degrees


def _on_the_map(longitude: float) -> float:
    return longitude - 360 if longitude > 180 else longitude


def _metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The distance on the globe by the haversine formula, of latitudes and longitudes in degrees."""
    (lat, lng), (lat2, lng2) = (map(math.radians, place) for place in (one, other))
    half = math.sin((lat2 - lat) / 2) ** 2 + math.cos(lat) * math.cos(lat2) * math.sin((lng2 - lng) / 2) ** 2
    return 2 * EARTH_METRES * math.asin(min(1.0, math.sqrt(half)))


def distance(description: str) -> Any:
    """How far a row is from the place that was asked for, in metres; null in lists that do not come by distance."""
    return shown(Stored(NEAREST.keys[0][0]), description, Columns(("_id",)))
