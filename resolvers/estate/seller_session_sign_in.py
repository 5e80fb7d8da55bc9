"""A seller gets into the portal with its code."""

import strawberry

from models.estate.seller_session import PORTAL, SELLER_SESSIONS
from models.policy import ANYONE
from resolvers.estate.portal import SECRETS, PortalAccessPayload, by_code
from resolvers.estate.seller_session import KIND, EstateSellerSession
from resolvers.verbs.relate import one
from resolvers.verbs.write import Change, Input, Outcome, change, required


@strawberry.input(description="A seller who signs in.")
class EstateSellerSessionSignInInput(Input):
    sessionCode: str = required("Code that the agent has given to the seller, however grouped, in any case.")


@strawberry.type(description="The portal that was opened, with the token for it.")
class EstateSellerSessionSignInPayload(PortalAccessPayload):
    sellerSession: EstateSellerSession | None = one(
        SELLER_SESSIONS, "sellerSession", "The portal, as its visitor sees it."
    )


async def sign_in(hand: Change, input: EstateSellerSessionSignInInput) -> Outcome:
    """Give a token for the code of an open portal; all others get the same refusal."""
    key, token = await by_code(hand, PORTAL, input.sessionCode, KIND)
    return {"sellerSession": key, "accessToken": token.text, "expiresAt": token.expiresAt}


@strawberry.type
class SellerSessionSignInMutations:
    estateSellerSessionSignIn: EstateSellerSessionSignInPayload = change(
        sign_in,
        "Get into a seller's portal with its code; further fields of the operation are then its visitor's.",
        by=ANYONE,
        atomic=False,
        secrets=SECRETS,
        replays=False,
    )
