"""Where a listing is: as clients give it, and as MongoDB searches for it."""

from typing import Annotated, Literal

from pydantic import Field

from models.estate.part import Part

Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]


class Coordinates(Part):
    """A place in degrees (WGS 84)."""

    lat: Latitude
    lng: Longitude


class Point(Part):
    """The same place as GeoJSON, longitude first."""

    type: Literal["Point"] = "Point"
    coordinates: Annotated[list[float], Field(min_length=2, max_length=2)] = Field(default_factory=lambda: [0.0, 0.0])


def point(place: Coordinates) -> Point:
    """The place as MongoDB's index wants it."""
    return Point(coordinates=[place.lng, place.lat])
