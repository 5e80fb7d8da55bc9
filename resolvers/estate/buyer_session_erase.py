"""A buyer is forgotten: nothing in the portal tells any more who it was."""

import strawberry

from models.errors import not_found
from models.estate.agent_interaction import AGENT_INTERACTIONS, SessionType
from models.estate.buyer_session import BUYER_SESSIONS
from models.estate.codes import portal_code
from models.estate.criteria import Preferences
from models.estate.property_view import PROPERTY_VIEWS
from models.estate.saved_search import SAVED_SEARCHES
from models.estate.saved_search_match import SAVED_SEARCH_MATCHES
from models.policy import OPERATOR
from resolvers.estate.buyer_session import KIND, EstateBuyerSession
from resolvers.verbs.relate import one
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, required

NOBODY = {"buyerName": "Erased", "buyerEmail": "erased@example.invalid"}
"""Who the buyer is from then on; the address is one of those that never lead anywhere (RFC 2606 §2)."""


@strawberry.input(description="A buyer who has asked to be forgotten.")
class EstateBuyerSessionEraseInput(Input):
    id: strawberry.ID = required("Portal of the buyer.")


@strawberry.type(description="What is left of the portal.")
class EstateBuyerSessionErasePayload(Payload):
    buyerSession: EstateBuyerSession | None = one(BUYER_SESSIONS, "buyerSession", "The portal as it is now.")


async def erase(hand: Change, input: EstateBuyerSessionEraseInput) -> Outcome:
    """Replace the contact, switch the portal off, and delete what the buyer has left in it, but for offers.

    One transaction: a buyer looks at hundreds of homes, perhaps thousands, and MongoDB deletes tens of thousands in the
    time that it has.
    """
    hand.demand(OPERATOR, {}, "Only the operator erases buyers, at their own request.")
    key = hand.key(BUYER_SESSIONS, input.id)
    # The code goes too: the buyer has it, and it might be noted beside the name.
    left = {**NOBODY, "active": False, "preferences": Preferences().model_dump(exclude_none=True)}
    erased = {
        "$set": {**left, "sessionCode": portal_code(KIND)},
        "$unset": {"buyerPhone": "", "buyerProfileId": ""},
        "$inc": {"signInVersion": 1},
    }
    if await hand.store.write.effect_one(BUYER_SESSIONS, {"_id": key}, erased) is None:
        raise not_found(BUYER_SESSIONS.noun, "id")
    for table in (SAVED_SEARCHES, SAVED_SEARCH_MATCHES, PROPERTY_VIEWS):
        await hand.store.write.effect_delete(table, {"buyerSessionId": key})
    said = {"sessionType": SessionType.BUYER.value, "sessionId": key}
    await hand.store.write.effect_delete(AGENT_INTERACTIONS, said)
    return {"buyerSession": key}


@strawberry.type
class BuyerSessionEraseMutations:
    estateBuyerSessionErase: EstateBuyerSessionErasePayload = change(
        erase,
        "Forget a buyer who asks for it: contact, searches, views and questions go, offers stay. For the operator.",
    )
