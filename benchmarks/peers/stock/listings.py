"""The listings of the stock server: their types, and how they are searched."""

from collections.abc import Sequence
from enum import Enum
from typing import Any

import strawberry

from benchmarks.peers.stock.nouns import Direction, Info, PageInfo, Timestamp, global_id
from benchmarks.peers.stock.people import Person
from models.estate.listing import ListingRow, ListingStatus
from models.estate.texts import fold

Status = strawberry.enum(ListingStatus, name="EstateListingStatus")
NEAREST = (("@distance", 1), ("_id", 1))
BEST = (("@score", -1), ("_id", -1))


class FoundRow(ListingRow):
    """A listing with what a pipeline has computed of it."""

    distance: float | None = None
    score: float | None = None


@strawberry.enum(name="EstateListingOrderField")
class ListingOrderField(Enum):
    """By what a list goes."""

    CREATED_AT = "createdAt"
    UPDATED_AT = "updatedAt"
    PRICE = "price"


@strawberry.input(name="EstateListingOrder")
class ListingOrder:
    """An order."""

    field: ListingOrderField
    direction: Direction


@strawberry.input(name="FloatComparison")
class Numbers:
    """Bounds of a number."""

    gte: float | None = None
    lte: float | None = None


@strawberry.input(name="IntComparison")
class WholeNumbers:
    """Bounds of a whole number."""

    gte: int | None = None
    lte: int | None = None


@strawberry.input(name="CaselessTextComparison")
class Words:
    """Texts of which one is meant."""

    in_: list[str] = strawberry.field(name="in")


@strawberry.input(name="EstateListingWhere")
class ListingWhere:
    """Which listings."""

    price: Numbers | None = None
    bedrooms: WholeNumbers | None = None
    city: Words | None = None


@strawberry.input(name="GeoNear")
class Near:
    """A place, and how far from it."""

    lat: float
    lng: float
    radius_meters: float


@strawberry.type(name="EstateAgent")
class Agent:
    """An agent."""

    first_name: str
    last_name: str


@strawberry.type(name="EstateListing")
class Listing:
    """A listing."""

    id: strawberry.ID
    address: str
    city: str
    zip_code: str
    price: float
    bedrooms: int
    bathrooms: float
    sqft: int
    property_type: str
    updated_at: Timestamp  # type: ignore[valid-type]  # Strawberry's scalar stands for its type
    distance: float | None
    row: strawberry.Private[ListingRow]

    @strawberry.field
    async def agent(self, info: Info) -> Agent | None:
        """Who offers it."""
        row = await info.context.agents.load(self.row.agentId)
        return None if row is None else Agent(first_name=row.firstName, last_name=row.lastName)

    @staticmethod
    def of(row: ListingRow) -> "Listing":
        """The type of a document."""
        return Listing(
            id=global_id("eLst", row.id),
            address=row.address,
            city=row.city,
            zip_code=row.zipCode,
            price=row.price,
            bedrooms=row.bedrooms,
            bathrooms=row.bathrooms,
            sqft=row.sqft,
            property_type=row.propertyType,
            updated_at=row.updatedAt,
            distance=row.distance if isinstance(row, FoundRow) else None,
            row=row,
        )


@strawberry.type(name="EstateListingConnection")
class ListingConnection:
    """A page of listings."""

    nodes: list[Listing]
    page_info: PageInfo


def _seen(person: Person, status: ListingStatus) -> dict[str, Any]:
    """The rule: of agents who are switched on, and of the withdrawn ones one's own."""
    seen: dict[str, Any] = {"status": status.value, "agentActive": True}
    return {**seen, "agentId": person.agent} if status is ListingStatus.WITHDRAWN else seen


def _narrowed(where: ListingWhere | None) -> dict[str, Any]:
    if where is None:
        return {}
    found = {**_bounds("price", where.price), **_bounds("bedrooms", where.bedrooms)}
    return found if where.city is None else {**found, "cityKey": {"$in": [fold(city) for city in where.city.in_]}}


def _bounds(column: str, given: Numbers | WholeNumbers | None) -> dict[str, Any]:
    if given is None:
        return {}
    return {column: {f"${name}": value for name, value in vars(given).items() if value is not None}}


async def _nearest(wanted: dict[str, Any], near: Near, limit: int) -> list[FoundRow]:
    walk = {
        "near": {"type": "Point", "coordinates": [near.lng, near.lat]},
        "maxDistance": near.radius_meters,
        "distanceField": "distance",
        "query": wanted,
    }
    stages = [{"$geoNear": walk}, {"$limit": limit + 1}]
    return await ListingRow.aggregate(stages, projection_model=FoundRow).to_list()


async def _best(wanted: dict[str, Any], search: str, limit: int) -> list[FoundRow]:
    score = {"$meta": "textScore"}
    stages: list[dict[str, Any]] = [
        {"$match": {**wanted, "$text": {"$search": search}}},
        {"$sort": {"score": score, "_id": -1}},
        {"$limit": limit + 1},
        {"$addFields": {"score": score}},
    ]
    return await ListingRow.aggregate(stages, projection_model=FoundRow).to_list()


def _page(found: Sequence[ListingRow], limit: int, sort: Sequence[tuple[str, int]]) -> ListingConnection:
    nodes = [Listing.of(row) for row in found[:limit]]
    return ListingConnection(nodes=nodes, page_info=PageInfo.of(found, limit, sort))


@strawberry.type
class ListingQuery:
    """The root of the listings."""

    @strawberry.field
    async def estate_listings(
        self,
        info: Info,
        first: int = 20,
        status: Status = ListingStatus.ACTIVE,  # type: ignore[valid-type]  # Strawberry's enum is the class itself
        where: ListingWhere | None = None,
        order_by: ListingOrder | None = None,
        near: Near | None = None,
        search: str | None = None,
    ) -> ListingConnection:
        """A page of the listings that the caller may see."""
        wanted = {**_seen(info.context.person, status), **_narrowed(where)}
        if near is not None:
            return _page(await _nearest(wanted, near, first), first, NEAREST)
        if search is not None:
            return _page(await _best(wanted, search, first), first, BEST)
        order = order_by or ListingOrder(field=ListingOrderField.UPDATED_AT, direction=Direction.DESC)
        way = order.direction.value
        sort = [(order.field.value, way), ("_id", way)]
        found = await ListingRow.find(wanted, sort=sort, limit=first + 1).to_list()
        return _page(found, first, sort)
