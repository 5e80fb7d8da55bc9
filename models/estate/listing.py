"""A property for sale, which one agent offers."""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from models.estate.enrichment import EnrichedData
from models.estate.numbers import Amount, HalfRooms, Price, Rooms
from models.estate.place import Coordinates, Point, point
from models.estate.rules import AGENT_ON, ANALYSIS, ENRICHMENT, OWN_AGENT, SELLER_LISTING, WORKING_AGENT
from models.estate.texts import DESCRIPTION_CHARACTERS, Features, Short, fold, folded
from models.policy import OPERATOR, Is, Owner, Policy
from models.row import Id, Millis, Row
from models.table import Index, Table, index, unique
from models.texts import Link, Name

IMAGES = 100
VIDEOS = 20
SQUARE_FEET = 1_000_000_000
EARLIEST_YEAR = 1600
YEARS_AHEAD = 2
"""By how many years a house may be offered before it is built."""


class ListingStatus(StrEnum):
    """active ⇄ pending → sold; active or pending → withdrawn → active. Sold is final."""

    ACTIVE = "active"
    PENDING = "pending"
    SOLD = "sold"
    WITHDRAWN = "withdrawn"


Kind = Annotated[Short, AfterValidator(fold)]
"""A word of an open list, kept in the form in which it is compared."""


def _year(year: int) -> int:
    latest = datetime.now(UTC).year + YEARS_AHEAD
    if not EARLIEST_YEAR <= year <= latest:
        raise ValueError(f"must be between {EARLIEST_YEAR} and {latest}")
    return year


class ListingRow(Row):
    """`sqft` is in square feet, `lotSize` in acres.

    `agentActive` is whether the agent is switched on, kept by the write that switches agents. `acceptedOfferId` is the
    offer by which the listing is pending or sold, `outsideSale` says that it was sold without one, `offerCount` is the
    number of all offers ever made on it. `previousPrice` and `priceCutAt` (Unix milliseconds) tell of the last cut, and
    are gone when the price has been raised since.
    `location`, `cityKey` and `featureKeys` follow from other columns, as `derived` says.
    """

    agentId: Id
    mlsId: Annotated[str, StringConstraints(min_length=1, max_length=64)] | None = None
    address: Name
    city: Short
    state: Short
    zipCode: Annotated[str, StringConstraints(min_length=1, max_length=20)]
    price: Price
    bedrooms: Rooms
    bathrooms: HalfRooms
    sqft: int = Field(gt=0, le=SQUARE_FEET)
    lotSize: Amount | None = None
    yearBuilt: Annotated[int, AfterValidator(_year)] | None = None
    propertyType: Kind
    status: ListingStatus = ListingStatus.ACTIVE
    description: Annotated[str, StringConstraints(max_length=DESCRIPTION_CHARACTERS)]
    features: Features = Field(default_factory=list[str])
    images: Annotated[list[Link], Field(max_length=IMAGES)] = Field(default_factory=list[str])
    videos: Annotated[list[Link], Field(max_length=VIDEOS)] = Field(default_factory=list[str])
    virtualTourUrl: Link | None = None
    coordinates: Coordinates
    enrichedData: EnrichedData | None = None
    location: Point = Field(default_factory=Point)
    cityKey: str = ""
    featureKeys: list[str] = Field(default_factory=list[str])
    agentActive: bool = True
    acceptedOfferId: Id | None = None
    outsideSale: bool = False
    offerCount: int = Field(default=0, ge=0)
    previousPrice: Price | None = None
    priceCutAt: Millis | None = None

    class Settings:
        name = "estate_listings"
        keep_nulls = False

    @model_validator(mode="after")
    def _derive(self) -> Self:
        self.location = point(self.coordinates)
        self.cityKey = fold(self.city)
        self.featureKeys = folded(self.features)
        return self


def derived(changes: Mapping[str, Any]) -> dict[str, Any]:
    """What changes with these columns of a listing, given as plain data, to be written in the same statement.

    What is wrong with the changes themselves is left to their own check.
    """
    found: dict[str, Any] = {}
    if (place := changes.get("coordinates")) is not None:
        found["location"] = {"type": "Point", "coordinates": [place["lng"], place["lat"]]}
    if (city := changes.get("city")) is not None:
        found["cityKey"] = fold(city)
    if (features := changes.get("features")) is not None:
        found["featureKeys"] = folded(features)
    return found


SHOWN = (ListingStatus.ACTIVE.value, ListingStatus.PENDING.value, ListingStatus.SOLD.value)
PUBLIC = Is("status", SHOWN) & AGENT_ON
OWN_SELLER = Owner("_id", SELLER_LISTING, "seller portal of the listing")

EDITORS = WORKING_AGENT
"""Who changes what an agent enters; the service that enriches has `enrichedData` alone."""

ENRICHERS = ENRICHMENT

# The rule of who reads and what clients filter by stand behind the order, so that no row is fetched to be left out.
_RULED = ("agentActive", "agentId", "status")
_SOUGHT = ("price", "bedrooms", "bathrooms", "cityKey", "propertyType", "mlsId")
_COVERED = (*_RULED, *_SOUGHT)


def _page(name: str, *columns: str) -> Index:
    behind = tuple(column for column in _COVERED if column not in {named.removeprefix("-") for named in columns})
    return Index(f"page_{name}", columns, covered=behind)


LISTINGS = Table(
    ListingRow,
    type_name="EstateListing",
    tag="eLst",
    noun="listing",
    policy=Policy(
        read=PUBLIC | OWN_AGENT | OWN_SELLER | OPERATOR | ENRICHMENT | ANALYSIS,
        create=WORKING_AGENT,
        update=EDITORS | ENRICHERS,
        delete=WORKING_AGENT,
    ),
    indexes=(
        index("byAgentId", "agentId"),
        index("byStatus", "status"),
        index("byMlsId", "mlsId"),
        index("byCity", "city"),
        index("byPrice", "price"),
        index("byAgentStatus", "agentId", "status", "-updatedAt"),
        index("byStatusCityPrice", "status", "city", "price"),
        unique("byAgentMlsId", "agentId", "mlsId", partial={"mlsId": {"$type": "string"}}),
        # Beside what the contract says, what the rule and each list ask: no row is fetched to be left out.
        Index("byLocation", ("location:2dsphere",), covered=_RULED),
        Index(
            "searchText",
            ("status", "address:text", "city:text", "description:text"),
            covered=("agentActive", "agentId"),
        ),
        _page("status_updated", "status", "-updatedAt", "-_id"),
        _page("status_created", "status", "-createdAt", "-_id"),
        _page("status_price", "status", "price", "_id"),
        _page("status_city_updated", "status", "cityKey", "-updatedAt", "-_id"),
        _page("status_city_created", "status", "cityKey", "-createdAt", "-_id"),
        _page("status_city_price", "status", "cityKey", "price", "_id"),
        _page("status_mls_updated", "status", "mlsId", "-updatedAt", "-_id"),
        # Without the columns behind: a listing stands in it once for each of its features.
        index("page_status_feature_updated", "status", "featureKeys", "-updatedAt", "-_id"),
        _page("agent_updated", "agentId", "-updatedAt", "-_id"),
        _page("agent_created", "agentId", "-createdAt", "-_id"),
        _page("agent_price", "agentId", "price", "_id"),
    ),
    shard_key=("_id",),
    hidden=frozenset(
        {"location", "cityKey", "featureKeys", "agentActive", "acceptedOfferId", "outsideSale", "offerCount"}
    ),
    watched=True,
)
