"""A buyer gets into the portal with its code."""

import strawberry

from models.estate.buyer_session import BUYER_SESSIONS, PORTAL
from models.policy import ANYONE
from resolvers.estate.buyer_session import KIND, EstateBuyerSession
from resolvers.estate.portal import SECRETS, PortalAccessPayload, by_code
from resolvers.verbs.relate import one
from resolvers.verbs.write import Change, Input, Outcome, change, required


@strawberry.input(description="A buyer who signs in.")
class EstateBuyerSessionSignInInput(Input):
    sessionCode: str = required("Code that the agent has given to the buyer, however grouped, in any case.")


@strawberry.type(description="The portal that was opened, with the token for it.")
class EstateBuyerSessionSignInPayload(PortalAccessPayload):
    buyerSession: EstateBuyerSession | None = one(BUYER_SESSIONS, "buyerSession", "The portal, as its visitor sees it.")


async def sign_in(hand: Change, input: EstateBuyerSessionSignInInput) -> Outcome:
    """Give a token for the code of an open portal; all others get the same refusal."""
    key, token = await by_code(hand, PORTAL, input.sessionCode, KIND)
    return {"buyerSession": key, "accessToken": token.text, "expiresAt": token.expiresAt}


@strawberry.type
class BuyerSessionSignInMutations:
    estateBuyerSessionSignIn: EstateBuyerSessionSignInPayload = change(
        sign_in,
        "Get into a buyer's portal with its code; further fields of the operation are then its visitor's.",
        by=ANYONE,
        atomic=False,
        secrets=SECRETS,
        replays=False,
    )
