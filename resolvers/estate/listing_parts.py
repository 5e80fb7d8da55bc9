"""The documents inside a listing, as clients see and write them: its place, and what public sources know of that."""

import strawberry

from resolvers.scalars import JSON, Timestamp
from resolvers.table import column
from resolvers.verbs.write import optional, required


@strawberry.type(description="A place on the earth (WGS 84).")
class EstateCoordinates:
    lat: float = column("Latitude in degrees, -90 to 90.")
    lng: float = column("Longitude in degrees, -180 to 180.")


@strawberry.type(description="What public sources know about the place of a listing, in their own words.")
class EstateEnrichedData:
    schoolRatings: JSON = column("Ratings of the schools nearby.")
    walkScore: int | None = column("How well one lives there on foot, 0 to 100.")
    crimeStats: JSON = column("Figures on crime nearby.")
    nearbyAmenities: list[JSON] = column("Shops, parks and the like nearby.")
    comps: list[JSON] = column("Comparable sales.")
    lastEnriched: Timestamp | None = column("When the sources were last asked.")


@strawberry.input(description="A place on the earth (WGS 84).")
class EstateCoordinatesInput:
    lat: float = required("Latitude in degrees, -90 to 90.")
    lng: float = required("Longitude in degrees, -180 to 180.")


@strawberry.input(description="What public sources know about the place of a listing, in their own words.")
class EstateEnrichedDataInput:
    schoolRatings: JSON = required("Ratings of the schools nearby.")
    walkScore: int | None = optional("How well one lives there on foot, 0 to 100.")
    crimeStats: JSON = required("Figures on crime nearby.")
    nearbyAmenities: list[JSON] = required("Shops, parks and the like nearby, up to 500.")
    comps: list[JSON] = required("Comparable sales, up to 200.")
