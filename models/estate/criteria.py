"""What a buyer looks for, in the portal's preferences and in a saved search."""

from pydantic import Field, ValidationInfo, field_validator

from models.estate.numbers import Amount, HalfRooms, Rooms
from models.estate.part import Part
from models.estate.texts import Cities, Features, PropertyTypes


class Sought(Part):
    """Prices between two bounds, and the least number of bedrooms and bathrooms."""

    minPrice: Amount | None = None
    maxPrice: Amount | None = None
    bedrooms: Rooms | None = None
    bathrooms: HalfRooms | None = None

    @field_validator("maxPrice")
    @classmethod
    def _not_below_the_least(cls, most: float | None, info: ValidationInfo) -> float | None:
        least = info.data.get("minPrice")
        if most is not None and least is not None and most < least:
            raise ValueError("must not be below minPrice")
        return most


class Preferences(Sought):
    """What the buyer of a portal looks for; an empty list means that all will do."""

    propertyTypes: PropertyTypes = Field(default_factory=list[str])
    cities: Cities = Field(default_factory=list[str])
    mustHaveFeatures: Features = Field(default_factory=list[str])


class Criteria(Sought):
    """What a saved search finds; an empty list means that all will do."""

    cities: Cities = Field(default_factory=list[str])
    features: Features = Field(default_factory=list[str])
