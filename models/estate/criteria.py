"""What a buyer looks for, in the portal's preferences and in a saved search; what a search finds, and what finds it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import Field, ValidationInfo, field_validator

from models.estate.numbers import Amount, HalfRooms, Rooms
from models.estate.part import Part
from models.estate.texts import Cities, Features, PropertyTypes, folded
from models.policy import EVERYTHING, Filter, both


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


@dataclass(frozen=True, slots=True)
class Bound:
    """A criterion that bounds a number of the listing: as its least value, or else as its highest one."""

    criterion: str
    column: str
    least: bool = True

    def listings(self, criteria: Mapping[str, Any]) -> Filter:
        """The listings within the bound, if there is one."""
        bound = criteria.get(self.criterion)
        return EVERYTHING if bound is None else {self.column: {"$gte" if self.least else "$lte": bound}}

    def searches(self, listing: Mapping[str, Any]) -> Filter:
        """The saved searches whose bound the listing keeps, or that have none."""
        number = listing[self.column]
        return {f"criteria.{self.criterion}": {"$not": {"$gt" if self.least else "$lt": number}}}


@dataclass(frozen=True, slots=True)
class AnyCity:
    """The listing is in one of the cities, compared without regard to case."""

    def listings(self, criteria: Mapping[str, Any]) -> Filter:
        """The listings in one of the cities, if any is named."""
        cities = folded(criteria.get("cities") or [])
        return {"cityKey": {"$in": cities}} if cities else EVERYTHING

    def searches(self, listing: Mapping[str, Any]) -> Filter:
        """The saved searches that name the listing's city, or none."""
        return {"cityKeys": {"$in": [listing["cityKey"], []]}}


@dataclass(frozen=True, slots=True)
class AllFeatures:
    """The listing has each of the features, compared without regard to case."""

    def listings(self, criteria: Mapping[str, Any]) -> Filter:
        """The listings with all features, if any is named."""
        features = folded(criteria.get("features") or [])
        return {"featureKeys": {"$all": features}} if features else EVERYTHING

    def searches(self, listing: Mapping[str, Any]) -> Filter:
        """The saved searches that name no feature which the listing lacks."""
        return {"featureKeys": {"$not": {"$elemMatch": {"$nin": list(listing["featureKeys"])}}}}


CRITERIA = (
    AnyCity(),
    Bound("minPrice", "price"),
    Bound("maxPrice", "price", least=False),
    Bound("bedrooms", "bedrooms"),
    Bound("bathrooms", "bathrooms"),
    AllFeatures(),
)
"""All that a saved search compares, each with its two directions: from criteria to listings, and back."""

COMPARED = frozenset({"cityKey", "price", "bedrooms", "bathrooms", "featureKeys"})
"""The columns of a listing that they look at."""


def found_by(criteria: Mapping[str, Any]) -> Filter:
    """The listings that meet the criteria of a saved search, given as plain data."""
    return both(*(each.listings(criteria) for each in CRITERIA))


def finding(listing: Mapping[str, Any]) -> Filter:
    """The saved searches whose criteria the listing meets."""
    return both(*(each.searches(listing) for each in CRITERIA))
