"""Where the sale of a listing stands, said by its agent; what an accepted offer says of it is the offer's affair.

Offers that are open stay so, whatever the status: they are back-ups that may still be rejected or withdrawn, and one
can be accepted as soon as the listing is for sale again.
"""

from typing import Any

import strawberry

from models.errors import Code, Refusal
from models.estate.listing import LISTINGS, ListingStatus
from models.policy import Filter
from resolvers.estate.listing import EstateListing, editable, hold_licensed
from resolvers.verbs.relate import one
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, optional, required

ACTIVE, PENDING, SOLD, WITHDRAWN = (status.value for status in ListingStatus)

WITHOUT_OFFER: Filter = {"acceptedOfferId": None}
BY_OFFER: Filter = {"acceptedOfferId": {"$ne": None}}

WHEN: dict[str, tuple[Filter, str]] = {
    ACTIVE: (
        {"status": {"$in": [PENDING, WITHDRAWN]}, **WITHOUT_OFFER},
        "Only a pending listing without an accepted offer, or a withdrawn one, is offered again.",
    ),
    PENDING: ({"status": ACTIVE}, "Only a listing that is for sale becomes pending."),
    SOLD: (
        {"status": PENDING, **BY_OFFER},
        "Only a pending listing with an accepted offer is sold; say outsideSale where it was sold without one.",
    ),
    WITHDRAWN: (
        {"status": {"$in": [ACTIVE, PENDING]}, **WITHOUT_OFFER},
        "Only a listing that is for sale, or pending without an accepted offer, is withdrawn.",
    ),
}
"""On which condition a listing comes to a status, and what is said of one that does not meet it."""

OUTSIDE: tuple[Filter, str] = (
    {"status": PENDING, **WITHOUT_OFFER},
    "Only a pending listing without an accepted offer is sold outside.",
)


@strawberry.input(description="What has become of the sale of a listing.")
class EstateListingStatusChangeInput(Input):
    id: strawberry.ID = required("The listing.")
    status: ListingStatus = required("What it is now.")
    outsideSale: bool | None = optional("With SOLD: whether it was sold without an offer made here.")
    expectedVersion: int | None = optional("Version that the change was made on; a stale one writes nothing.")


@strawberry.type(description="The listing in its new status.")
class EstateListingStatusChangePayload(Payload):
    listing: EstateListing | None = one(LISTINGS, "listing", "The listing as it is now.")


async def change_status(hand: Change, input: EstateListingStatusChangeInput) -> Outcome:
    """Bring a listing to another status."""
    key, status = hand.key(LISTINGS, input.id), ListingStatus(input.status).value
    if input.outsideSale and status != SOLD:
        raise Refusal(Code.INVALID, "Only what is sold can be sold outside: leave it out.", "outsideSale")
    listing = await editable(hand, key)
    if status == ACTIVE:
        await hold_licensed(hand, listing["agentId"])
    when, otherwise = OUTSIDE if input.outsideSale else WHEN[status]
    changes: dict[str, Any] = {"status": status, **({"outsideSale": True} if input.outsideSale else {})}
    await hand.store.write.update(
        *(LISTINGS, key, hand.actor, changes),
        expected_version=input.expectedVersion,
        when=when,
        otherwise=otherwise,
    )
    return {"listing": key}


@strawberry.type
class ListingStatusMutations:
    estateListingStatusChange: EstateListingStatusChangePayload = change(
        change_status, "Say what has become of the sale of one of your listings.", current="listing"
    )
