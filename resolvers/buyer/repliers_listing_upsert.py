"""Filling the cache of homes: what a source says now, new or again, many at a time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import strawberry
from bson import ObjectId

from models.buyer.repliers_listing import REPLIERS_LISTINGS, RepliersListingRow, derived
from models.clock import now
from models.errors import Code, Refusal
from models.estate.rules import SEARCH
from models.validation import Refusals, build, check
from resolvers.buyer.repliers_listing import BuyerRepliersListing
from resolvers.table import column
from resolvers.verbs.relate import several
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, optional, required, user_error

AT_ONCE = 100
"""Homes in one call."""


@strawberry.input(description="A home as the source has it now; what is absent stays, null clears.")
class BuyerRepliersListingInput:
    externalId: str = required("Id that the source gives it.")
    address: str = required("Street address, up to 500 characters.")
    price: int = required("Price, or monthly rent, in whole units of its currency.")
    propertyType: str = required("Kind of home, up to 100 characters.")
    city: str = required("City, up to 100 characters.")
    state: str = required("State, up to 100 characters.")
    bedrooms: int | None = optional("Number of bedrooms; 0 unless given.")
    bathrooms: float | None = optional("Number of bathrooms; 0 unless given.")
    squareFeet: int | None = optional("Living area in square feet.")
    zipCode: str | None = optional("Postal code.")
    description: str | None = optional("What the source says of it, up to 32,000 characters.")
    features: list[str] | None = optional("Features, up to 100.")
    images: list[str] | None = optional("Addresses of pictures, up to 200.")
    listingDate: str | None = optional("When the source listed it, as the source writes it.")
    status: str | None = optional("State in the source's words; `active` unless given.")
    mlsNumber: str | None = optional("Number in the multiple listing service.")
    lotSize: float | None = optional("Size of the lot.")
    yearBuilt: int | None = optional("Year in which it was built.")
    garageSpaces: int | None = optional("Number of places in the garage.")


@strawberry.input(description="Homes that a source has told of.")
class BuyerRepliersListingsUpsertInput(Input):
    listings: list[BuyerRepliersListingInput] = required(f"Up to {AT_ONCE} homes, each once.")


@strawberry.type(description="The homes that were written; those that were not are named in `userErrors`.")
class BuyerRepliersListingsUpsertPayload(Payload):
    listings: list[BuyerRepliersListing] | None = several(
        REPLIERS_LISTINGS, "listings", "The homes as they are now, in the order given."
    )
    createdCount: int | None = column("Number of homes that were new.")
    updatedCount: int | None = column("Number of homes that were there.")


@dataclass
class _Batch:
    """What has become of the homes of a call."""

    keys: list[ObjectId] = field(default_factory=list)
    created: int = 0
    refusals: list[Refusal] = field(default_factory=list)


async def upsert(hand: Change, input: BuyerRepliersListingsUpsertInput) -> Outcome:
    """Write the homes that are right, all in one transaction, and name what is wrong with the others."""
    hand.demand(SEARCH, {}, "Homes from outside sources are kept by the search service.")
    given: list[Mapping[str, Any]] = hand.given["listings"]
    if not 1 <= len(given) <= AT_ONCE:
        raise Refusal(Code.OUT_OF_RANGE, f"Give 1 to {AT_ONCE} homes at a time, not {len(given)}.", "listings")
    batch, seen = _Batch(), set[str]()
    for place, home in enumerate(given):
        wrong = _wrong(home, seen)
        batch.refusals += [Refusal(found.code, found.message, "listings", str(place), *found.field) for found in wrong]
        if not wrong:
            await _write(hand, home, batch)
    return {
        "listings": batch.keys,
        "createdCount": batch.created,
        "updatedCount": len(batch.keys) - batch.created,
        "userErrors": [user_error(refusal) for refusal in batch.refusals],
    }


def _wrong(home: Mapping[str, Any], seen: set[str]) -> list[Refusal]:
    """Why a home is left out, told before anything is sent: what MongoDB refused would take the whole transaction."""
    if home["externalId"] in seen:
        return [Refusal(Code.INVALID, "The same home was given before.", "externalId")]
    try:
        check(RepliersListingRow, home)
    except Refusals as wrong:
        return wrong.refusals
    seen.add(home["externalId"])
    return []


async def _write(hand: Change, home: Mapping[str, Any], batch: _Batch) -> None:
    row = build(RepliersListingRow, home)
    changes = check(RepliersListingRow, home) | derived(home) | {"syncedAt": now()}
    unique = {"externalId": row.externalId}
    stored, made = await hand.store.write.upsert(REPLIERS_LISTINGS, unique, row, hand.actor, changes)
    batch.keys.append(stored["_id"])
    batch.created += made


@strawberry.type
class RepliersListingUpsertMutations:
    buyerRepliersListingsUpsert: BuyerRepliersListingsUpsertPayload = change(
        upsert, "Write what a source says of homes, by its ids; for the search service."
    )
