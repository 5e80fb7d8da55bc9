"""One look at a listing: who looked, for how long, and at what."""

from enum import StrEnum
from typing import Annotated

from bson import ObjectId
from pydantic import Field, ValidationInfo, field_validator

from models.callers import Has
from models.clock import now
from models.estate.listing import IMAGES, OWN_SELLER, VIDEOS
from models.estate.rules import OWN_AGENT, OWN_BUYER, OWN_SELLER_LISTING, WORKING
from models.estate.texts import Short
from models.policy import ANYONE, Is, Policy
from models.row import Id, Millis, Row
from models.table import Index, Table, index

VIEW_SECONDS = 86_400
SECTIONS = 100


class ViewerType(StrEnum):
    """Who looked: a buyer from the portal, an agent, or somebody unknown."""

    BUYER = "buyer"
    ANONYMOUS = "anonymous"
    AGENT = "agent"


Positions = Annotated[list[Annotated[int, Field(ge=0, lt=IMAGES)]], Field(max_length=IMAGES)]
Videos = Annotated[list[Annotated[int, Field(ge=0, lt=VIDEOS)]], Field(max_length=VIDEOS)]


class PropertyViewRow(Row):
    """`viewDuration` is in seconds; `imagesViewed` and `videosWatched` are positions in the listing's own lists.

    `agentId` is the listing's agent, copied so that the rule needs no second table.
    """

    listingId: Id
    buyerSessionId: Id | None = None
    viewerType: ViewerType
    viewDuration: float = Field(ge=0, le=VIEW_SECONDS, allow_inf_nan=False)
    imagesViewed: Positions = Field(default_factory=list[int])
    videosWatched: Videos = Field(default_factory=list[int])
    sectionsVisited: Annotated[list[Short], Field(max_length=SECTIONS)] = Field(default_factory=list[str])
    timestamp: Millis = Field(default_factory=now)
    agentId: Id

    class Settings:
        name = "estate_property_views"
        keep_nulls = False

    @field_validator("viewerType")
    @classmethod
    def _a_buyer_has_a_portal(cls, kind: ViewerType, info: ValidationInfo) -> ViewerType:
        buyer: ObjectId | None = info.data.get("buyerSessionId")
        if (kind is ViewerType.BUYER) != (buyer is not None):
            raise ValueError("must be buyer where buyerSessionId is given, and only there")
        return kind


BY_BUYER = OWN_BUYER & Is("viewerType", (ViewerType.BUYER.value,))
BY_AGENT = Has(WORKING, "any agent, switched on") & Is("viewerType", (ViewerType.AGENT.value,))
UNKNOWN = Is("viewerType", (ViewerType.ANONYMOUS.value,))

INTERESTED = OWN_AGENT | OWN_SELLER
"""Who is told a listing's figures, as a rule about the listing; a buyer who reads his own looks is not."""

_BEHIND = ("agentId", "listingId", "buyerSessionId", "viewerType", "viewDuration")
"""What rules, filters and the figures of a listing read: with them in the index no row is fetched."""


def _page(name: str, *columns: str) -> Index:
    return Index(f"page_{name}", columns, covered=tuple(column for column in _BEHIND if column not in columns))


PROPERTY_VIEWS = Table(
    PropertyViewRow,
    type_name="EstatePropertyView",
    tag="eVew",
    noun="view",
    policy=Policy(
        read=OWN_AGENT | OWN_BUYER | OWN_SELLER_LISTING,
        create=BY_BUYER | BY_AGENT | (ANYONE & UNKNOWN),
        private={"buyerSessionId": OWN_AGENT | OWN_BUYER},
    ),
    indexes=(
        index("byListingId", "listingId"),
        index("byBuyerSessionId", "buyerSessionId"),
        index("byTimestamp", "timestamp"),
        index("byListingTimestamp", "listingId", "-timestamp"),
        index("byBuyerTimestamp", "buyerSessionId", "-timestamp"),
        _page("listing_time", "listingId", "-timestamp", "-_id"),
        _page("buyer_time", "buyerSessionId", "-timestamp", "-_id"),
        _page("agent_time", "agentId", "-timestamp", "-_id"),
        _page("listing_buyer_time", "listingId", "buyerSessionId", "-timestamp", "-_id"),
        _page("agent_listing_time", "agentId", "listingId", "-timestamp", "-_id"),
        _page("agent_buyer_time", "agentId", "buyerSessionId", "-timestamp", "-_id"),
    ),
    shard_key=("listingId",),
    watched=True,
)
