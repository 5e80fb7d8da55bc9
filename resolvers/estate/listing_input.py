"""Inputs for what an agent writes of a listing."""

import strawberry

from resolvers.estate.listing_parts import EstateCoordinatesInput
from resolvers.verbs.write import Input, optional, required

CONTENT = (
    *("mlsId", "address", "city", "state", "zipCode", "price", "bedrooms", "bathrooms", "sqft", "lotSize", "yearBuilt"),
    *("propertyType", "description", "features", "images", "videos", "virtualTourUrl", "coordinates"),
)
"""The columns that an agent writes."""


@strawberry.input
class EstateListingContentInput(Input):
    """What may be left out of a listing."""

    mlsId: str | None = optional("Number at the multiple listing service, up to 64 characters; once for each agent.")
    lotSize: float | None = optional("Size of the lot in acres.")
    yearBuilt: int | None = optional("Year in which it was built, 1600 to two years from now.")
    features: list[str] | None = optional("What it offers, e.g. 'Garage'; up to 100.")
    images: list[str] | None = optional("Addresses of pictures, in the order in which they are shown; up to 100.")
    videos: list[str] | None = optional("Addresses of films, in the order in which they are shown; up to 20.")
    virtualTourUrl: str | None = optional("Address of a virtual tour.")


@strawberry.input(description="A new listing.")
class EstateListingCreateInput(EstateListingContentInput):
    id: strawberry.ID | None = optional("Id chosen by the client, to work offline.")
    address: str = required("Street and number, 1 to 200 characters.")
    city: str = required("City, 1 to 100 characters.")
    state: str = required("State, 1 to 100 characters.")
    zipCode: str = required("Postal code, 1 to 20 characters.")
    price: float = required("Price that is asked, more than 0.")
    bedrooms: int = required("Number of bedrooms.")
    bathrooms: float = required("Number of bathrooms, in halves.")
    sqft: int = required("Floor area in square feet, more than 0.")
    propertyType: str = required("Kind of property, e.g. 'single-family' or 'condo'; kept in small letters.")
    description: str = required("What the agent says of it, up to 20,000 characters.")
    coordinates: EstateCoordinatesInput = required("Where it is.")


@strawberry.input(description="Changes to a listing.")
class EstateListingUpdateInput(EstateListingContentInput):
    id: strawberry.ID = required("Listing to change.")
    expectedVersion: int | None = optional("Version that the change was made on; a stale one writes nothing.")
    address: str | None = optional("Street and number, 1 to 200 characters.")
    city: str | None = optional("City, 1 to 100 characters.")
    state: str | None = optional("State, 1 to 100 characters.")
    zipCode: str | None = optional("Postal code, 1 to 20 characters.")
    price: float | None = optional("Price that is asked; a lower one than before is noted as a cut.")
    bedrooms: int | None = optional("Number of bedrooms.")
    bathrooms: float | None = optional("Number of bathrooms, in halves.")
    sqft: int | None = optional("Floor area in square feet, more than 0.")
    propertyType: str | None = optional("Kind of property, e.g. 'condo'; kept in small letters.")
    description: str | None = optional("What the agent says of it, up to 20,000 characters.")
    coordinates: EstateCoordinatesInput | None = optional("Where it is.")
