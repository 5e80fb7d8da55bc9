"""BuyerRepliersListing: a home as an outside source lists it, kept for the searches and chats of all agents."""

import strawberry

from models.buyer.repliers_listing import REPLIERS_LISTINGS
from models.estate.texts import fold
from resolvers.adjectives import INTS, TEXTS, TIMES, keyed, orders, where
from resolvers.connection import Connection
from resolvers.listing import Listing
from resolvers.scalars import Timestamp
from resolvers.table import Node, column, identity, node, viewer_can
from resolvers.verbs.read import listed, one_by, one_by_id
from resolvers.verbs.watch import ListChange, watched


@node(REPLIERS_LISTINGS, "A home for sale or rent as an outside source lists it; for agents and the chats of buyers.")
class BuyerRepliersListing(Node):
    id: strawberry.ID = identity(REPLIERS_LISTINGS)
    externalId: str = column("Id that the source gives it.")
    address: str = column("Street address.")
    price: int = column("Price, or monthly rent, in whole units of its currency.")
    bedrooms: int = column("Number of bedrooms.")
    bathrooms: float = column("Number of bathrooms; a half is one without a bath.")
    squareFeet: int | None = column("Living area in square feet.")
    propertyType: str = column("Kind of home, in the source's words.")
    city: str = column("City.")
    state: str = column("State.")
    zipCode: str | None = column("Postal code.")
    description: str | None = column("What the source says of it.")
    features: list[str] | None = column("Features, in the source's words.")
    images: list[str] | None = column("Addresses of pictures.")
    listingDate: str | None = column("When the source listed it, as the source writes it.")
    status: str = column("State in the source's words; `active` is to be had.")
    mlsNumber: str | None = column("Number in the multiple listing service.")
    lotSize: float | None = column("Size of the lot, as the source has it.")
    yearBuilt: int | None = column("Year in which it was built.")
    garageSpaces: int | None = column("Number of places in the garage.")
    syncedAt: Timestamp = column("When the source was last asked.")
    version: int = column("Number that rises with each change.")
    createdAt: Timestamp = column("When it first came from the source.")
    updatedAt: Timestamp = column("When it was last changed.")
    viewerCanUpdate: bool = viewer_can(REPLIERS_LISTINGS, "update", "Whether you may change it.")


CACHE = Listing(
    REPLIERS_LISTINGS,
    orders("BuyerRepliersListing", CREATED_AT=("-createdAt",), PRICE=("price",)),
    fixed=(),
    where=where(
        REPLIERS_LISTINGS,
        status=TEXTS,
        city=keyed(TEXTS, "cityKey", fold),
        price=INTS,
        bedrooms=INTS,
        externalId=TEXTS,
        createdAt=TIMES,
    ),
)


@strawberry.type
class RepliersListingQueries:
    buyerRepliersListing: BuyerRepliersListing | None = one_by_id(REPLIERS_LISTINGS, "A home from an outside source.")
    buyerRepliersListingByExternalId: BuyerRepliersListing | None = one_by(
        REPLIERS_LISTINGS, "externalId", "The home that the source knows by this id.", "Id that the source gives it."
    )
    buyerRepliersListings: Connection[BuyerRepliersListing] = listed(
        CACHE, "Homes from outside sources, those that came last first."
    )


@strawberry.type
class RepliersListingSubscriptions:
    buyerRepliersListingChanges: ListChange[BuyerRepliersListing] = watched(
        CACHE, "Homes from outside sources, kept up to date."
    )
