"""What public sources know about the place of a listing, written by the service that asks them."""

import strawberry

from models.clock import now
from models.estate.listing import ENRICHERS, LISTINGS, ListingRow
from models.validation import check
from resolvers.estate.listing import EstateListing
from resolvers.estate.listing_parts import EstateEnrichedDataInput
from resolvers.verbs.relate import one
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, required


@strawberry.input(description="What public sources know about the place of a listing.")
class EstateListingEnrichmentSetInput(Input):
    id: strawberry.ID = required("The listing.")
    enrichedData: EstateEnrichedDataInput = required("What they know; it takes the place of what they knew before.")


@strawberry.type(description="The listing with what is known about its place.")
class EstateListingEnrichmentSetPayload(Payload):
    listing: EstateListing | None = one(LISTINGS, "listing", "The listing as it is now.")


async def enrich(hand: Change, input: EstateListingEnrichmentSetInput) -> Outcome:
    """Set what is known about the place of a listing, and nothing else.

    Quietly: neither does the listing come first among those last changed, nor does its agent's edit go stale.
    """
    key = hand.key(LISTINGS, input.id)
    hand.demand(ENRICHERS, {}, "Only the service that asks public sources writes what they know.")
    await hand.readable(LISTINGS, key)
    known = check(ListingRow, {"enrichedData": {**hand.given["enrichedData"], "lastEnriched": now()}})
    await hand.store.write.effect_one(LISTINGS, {"_id": key}, {"$set": known}, quiet=True)
    return {"listing": key}


@strawberry.type
class ListingEnrichmentMutations:
    estateListingEnrichmentSet: EstateListingEnrichmentSetPayload = change(
        enrich, "Write what public sources know about the place of a listing; for the service that asks them."
    )
