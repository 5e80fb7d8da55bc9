"""A seller's portal gets another code."""

import strawberry

from models.estate.seller_session import SELLER_SESSIONS
from resolvers.estate.portal import rotate
from resolvers.estate.seller_session import KIND, EstateSellerSession
from resolvers.verbs.relate import one
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, required


@strawberry.input(description="A code of a seller's portal to change.")
class EstateSellerSessionCodeRotateInput(Input):
    id: strawberry.ID = required("Portal whose code is changed: one that you have opened.")


@strawberry.type(description="The portal with a new code.")
class EstateSellerSessionCodeRotatePayload(Payload):
    sellerSession: EstateSellerSession | None = one(
        SELLER_SESSIONS, "sellerSession", "The portal with the new code; the old one opens nothing."
    )


async def rotate_code(hand: Change, input: EstateSellerSessionCodeRotateInput) -> Outcome:
    """Give a seller's portal another code."""
    return {"sellerSession": await rotate(hand, SELLER_SESSIONS, input.id, KIND)}


@strawberry.type
class SellerSessionCodeRotateMutations:
    estateSellerSessionCodeRotate: EstateSellerSessionCodeRotatePayload = change(
        rotate_code, "Change the code of a seller's portal; who is signed in with the old one is out."
    )
