"""A buyer's portal gets another code."""

import strawberry

from models.estate.buyer_session import BUYER_SESSIONS
from resolvers.estate.buyer_session import KIND, EstateBuyerSession
from resolvers.estate.portal import rotate
from resolvers.verbs.relate import one
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, required


@strawberry.input(description="A code of a buyer's portal to change.")
class EstateBuyerSessionCodeRotateInput(Input):
    id: strawberry.ID = required("Portal whose code is changed: one that you have opened.")


@strawberry.type(description="The portal with a new code.")
class EstateBuyerSessionCodeRotatePayload(Payload):
    buyerSession: EstateBuyerSession | None = one(
        BUYER_SESSIONS, "buyerSession", "The portal with the new code; the old one opens nothing."
    )


async def rotate_code(hand: Change, input: EstateBuyerSessionCodeRotateInput) -> Outcome:
    """Give a buyer's portal another code."""
    return {"buyerSession": await rotate(hand, BUYER_SESSIONS, input.id, KIND)}


@strawberry.type
class BuyerSessionCodeRotateMutations:
    estateBuyerSessionCodeRotate: EstateBuyerSessionCodeRotatePayload = change(
        rotate_code, "Change the code of a buyer's portal; who is signed in with the old one is out."
    )
