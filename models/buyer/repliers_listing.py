"""A home for sale or rent as an outside source lists it: a cache, and nobody's."""

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from models.buyer.values import Amount, Count, Line, Lines, Long, Short
from models.callers import ANSWERING
from models.clock import now
from models.estate.rules import AGENTS, ANALYSIS, CHATS, SEARCH
from models.estate.texts import fold
from models.policy import Policy
from models.row import Millis, Row
from models.table import Index, Table, index, unique
from models.texts import Link


class RepliersListingRow(Row):
    """`externalId` is the id that the source gives it; other tables hold the row's own. `price` may be a monthly rent.

    `squareFeet` and `lotSize` are as the source has them. `syncedAt` is when the source was last asked (Unix
    milliseconds). `cityKey` follows from the city, as `derived` says.
    """

    externalId: Short
    address: Line
    price: Count
    bedrooms: Count = 0
    bathrooms: Amount = 0.0
    squareFeet: Count | None = None
    propertyType: Short
    city: Short
    state: Short
    zipCode: Short | None = None
    description: Long | None = None
    features: Lines | None = None
    images: Annotated[list[Link], Field(max_length=200)] | None = None
    listingDate: Short | None = None
    status: Short = "active"
    mlsNumber: Short | None = None
    lotSize: Amount | None = None
    yearBuilt: Count | None = None
    garageSpaces: Count | None = None
    syncedAt: Millis = Field(default_factory=now)
    cityKey: str = ""

    class Settings:
        name = "buyer_repliers_listings"
        keep_nulls = False

    @model_validator(mode="after")
    def _derive(self) -> Self:
        self.cityKey = fold(self.city)
        return self


def derived(changes: Mapping[str, Any]) -> dict[str, Any]:
    """What changes with these columns of a listing, to be written in the same statement."""
    city = changes.get("city")
    return {} if city is None else {"cityKey": fold(city)}


_SOUGHT = ("status", "cityKey", "price", "bedrooms", "externalId")


def _page(name: str, *columns: str) -> Index:
    """What clients filter by stands behind the order, so that no row is fetched to be left out."""
    behind = tuple(column for column in _SOUGHT if column not in {named.removeprefix("-") for named in columns})
    return Index(f"page_{name}", columns, covered=behind)


REPLIERS_LISTINGS = Table(
    RepliersListingRow,
    type_name="BuyerRepliersListing",
    tag="bLis",
    noun="listing",
    policy=Policy(read=AGENTS | CHATS | ANSWERING | ANALYSIS | SEARCH, create=SEARCH, update=SEARCH, delete=SEARCH),
    indexes=(
        index("idx_repliers_listings_city", "city"),
        index("idx_repliers_listings_price", "price"),
        index("idx_repliers_listings_bedrooms", "bedrooms"),
        index("by_status_city_price", "status", "city", "price"),
        Index("by_mls_number", ("mlsNumber",), partial={"mlsNumber": {"$exists": True}}),
        unique("by_external_id", "externalId"),
        _page("created", "-createdAt", "-_id"),
        _page("price", "price", "_id"),
        _page("status_created", "status", "-createdAt", "-_id"),
        _page("status_price", "status", "price", "_id"),
        _page("status_city_price", "status", "cityKey", "price", "_id"),
        _page("external_created", "externalId", "-createdAt", "-_id"),
    ),
    shard_key=("_id",),
    hidden=frozenset({"cityKey"}),
    watched=True,
)
