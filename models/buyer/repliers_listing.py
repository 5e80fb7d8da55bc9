"""A home for sale or rent as an outside source lists it: a cache, and nobody's."""

from typing import Annotated

from pydantic import Field

from models.buyer.values import Amount, Count, Line, Lines, Long, Short
from models.callers import ANSWERING
from models.clock import now
from models.estate.rules import AGENTS, ANALYSIS, CHATS, SEARCH
from models.policy import Policy
from models.row import Millis, Row
from models.table import Index, Table, index, unique
from models.texts import Link


class RepliersListingRow(Row):
    """`externalId` is the id that the source gives it; other tables hold the row's own. `price` may be a monthly rent.

    `squareFeet` and `lotSize` are as the source has them. `syncedAt` is when the source was last asked (Unix
    milliseconds).
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

    class Settings:
        name = "buyer_repliers_listings"
        keep_nulls = False


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
        index("page_created", "-createdAt", "-_id"),
        index("page_price", "price", "_id"),
        index("page_status_created", "status", "-createdAt", "-_id"),
        index("page_status_price", "status", "price", "_id"),
        index("page_status_city_price", "status", "city", "price", "_id"),
    ),
    shard_key=("_id",),
    watched=True,
)
