"""A buyer's portal is switched off, and on again."""

import strawberry

from models.estate.buyer_session import BUYER_SESSIONS
from resolvers.estate.buyer_session import EstateBuyerSession
from resolvers.estate.portal import close, kept, reopen
from resolvers.verbs.relate import one
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, required


@strawberry.input(description="A buyer's portal to switch off.")
class EstateBuyerSessionDeactivateInput(Input):
    id: strawberry.ID = required("Portal to switch off: one that you have opened.")


@strawberry.type(description="The portal that was switched off.")
class EstateBuyerSessionDeactivatePayload(Payload):
    buyerSession: EstateBuyerSession | None = one(BUYER_SESSIONS, "buyerSession", "The portal as it is now.")


async def deactivate(hand: Change, input: EstateBuyerSessionDeactivateInput) -> Outcome:
    """Switch a buyer's portal off; what the buyer has offered stays."""
    return {"buyerSession": await close(hand, BUYER_SESSIONS, input.id)}


@strawberry.input(description="A buyer's portal to switch on.")
class EstateBuyerSessionActivateInput(Input):
    id: strawberry.ID = required("Portal to switch on: one that you have opened.")


@strawberry.type(description="The portal that was switched on.")
class EstateBuyerSessionActivatePayload(Payload):
    buyerSession: EstateBuyerSession | None = one(BUYER_SESSIONS, "buyerSession", "The portal as it is now.")


async def activate(hand: Change, input: EstateBuyerSessionActivateInput) -> Outcome:
    """Switch a buyer's portal on, with the code it had."""
    return {"buyerSession": await reopen(hand, BUYER_SESSIONS, await kept(hand, BUYER_SESSIONS, input.id))}


@strawberry.type
class BuyerSessionSwitchMutations:
    estateBuyerSessionDeactivate: EstateBuyerSessionDeactivatePayload = change(
        deactivate, "Switch a buyer's portal off: who is in it is out at once. Open offers stay."
    )
    estateBuyerSessionActivate: EstateBuyerSessionActivatePayload = change(
        activate, "Switch a buyer's portal on again; the buyer signs in anew."
    )
