"""What public sources know about the place of a listing."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field

from models.estate.part import Part
from models.row import Millis

AMENITIES = 500
COMPARABLES = 200


def _something(value: Any) -> Any:
    if value is None:
        raise ValueError("must not be null")
    return value


Fact = Annotated[Any, AfterValidator(_something)]
"""Free content, as the source puts it."""


class EnrichedData(Part):
    """`walkScore` runs from 0 to 100, `comps` are comparable sales, `lastEnriched` is in Unix milliseconds."""

    schoolRatings: Fact
    walkScore: int | None = Field(default=None, ge=0, le=100)
    crimeStats: Fact
    nearbyAmenities: Annotated[list[Fact], Field(max_length=AMENITIES)]
    comps: Annotated[list[Fact], Field(max_length=COMPARABLES)]
    lastEnriched: Millis | None = None
