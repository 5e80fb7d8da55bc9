"""A seller's portal is switched off, and on again."""

import strawberry

from models.estate.seller_session import SELLER_SESSIONS
from resolvers.estate.portal import close, kept, reopen
from resolvers.estate.seller_session import EstateSellerSession, free
from resolvers.verbs.relate import one
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, required


@strawberry.input(description="A seller's portal to switch off.")
class EstateSellerSessionDeactivateInput(Input):
    id: strawberry.ID = required("Portal to switch off: one that you have opened.")


@strawberry.type(description="The portal that was switched off.")
class EstateSellerSessionDeactivatePayload(Payload):
    sellerSession: EstateSellerSession | None = one(SELLER_SESSIONS, "sellerSession", "The portal as it is now.")


async def deactivate(hand: Change, input: EstateSellerSessionDeactivateInput) -> Outcome:
    """Switch a seller's portal off; the listing stays as it is."""
    return {"sellerSession": await close(hand, SELLER_SESSIONS, input.id)}


@strawberry.input(description="A seller's portal to switch on.")
class EstateSellerSessionActivateInput(Input):
    id: strawberry.ID = required("Portal to switch on: one that you have opened.")


@strawberry.type(description="The portal that was switched on.")
class EstateSellerSessionActivatePayload(Payload):
    sellerSession: EstateSellerSession | None = one(SELLER_SESSIONS, "sellerSession", "The portal as it is now.")


async def activate(hand: Change, input: EstateSellerSessionActivateInput) -> Outcome:
    """Switch a seller's portal on, with the code it had, if the listing has no other."""
    row = await kept(hand, SELLER_SESSIONS, input.id, "listingId", "active")
    if not row["active"]:
        await free(hand, {"_id": row["listingId"]}, "id")
    return {"sellerSession": await reopen(hand, SELLER_SESSIONS, row)}


@strawberry.type
class SellerSessionSwitchMutations:
    estateSellerSessionDeactivate: EstateSellerSessionDeactivatePayload = change(
        deactivate, "Switch a seller's portal off: who is in it is out at once."
    )
    estateSellerSessionActivate: EstateSellerSessionActivatePayload = change(
        activate, "Switch a seller's portal on again; the seller signs in anew."
    )
