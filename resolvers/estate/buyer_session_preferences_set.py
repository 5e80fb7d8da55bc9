"""What a buyer looks for is told anew, by the buyer or by the agent."""

import strawberry

from models.estate.buyer_session import BUYER_SESSIONS
from resolvers.estate.buyer_session import EstateBuyerPreferencesInput, EstateBuyerSession, sought
from resolvers.verbs.relate import one
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, optional, required


@strawberry.input(description="What the buyer of a portal looks for.")
class EstateBuyerSessionPreferencesSetInput(Input):
    id: strawberry.ID = required("Portal whose preferences are set: one that you have opened, or your own.")
    expectedVersion: int | None = optional("Version that the change was made on; a stale one writes nothing.")
    preferences: EstateBuyerPreferencesInput = required("What the buyer looks for, as a whole.")


@strawberry.type(description="The portal with its new preferences.")
class EstateBuyerSessionPreferencesSetPayload(Payload):
    buyerSession: EstateBuyerSession | None = one(BUYER_SESSIONS, "buyerSession", "The portal as it is now.")


async def set_preferences(hand: Change, input: EstateBuyerSessionPreferencesSetInput) -> Outcome:
    """Replace the preferences of a portal."""
    key = hand.key(BUYER_SESSIONS, input.id)
    changes = {"preferences": sought(hand.given["preferences"])}
    await hand.store.write.update(BUYER_SESSIONS, key, hand.actor, changes, expected_version=input.expectedVersion)
    return {"buyerSession": key}


@strawberry.type
class BuyerSessionPreferencesSetMutations:
    estateBuyerSessionPreferencesSet: EstateBuyerSessionPreferencesSetPayload = change(
        set_preferences, "Say what a buyer looks for.", current="buyerSession"
    )
