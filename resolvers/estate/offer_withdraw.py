"""Withdrawing: the buyer takes an open offer back, or the agent says that an accepted one fell through."""

from typing import Any

import strawberry

from models.errors import Code, Refusal
from models.estate.listing import LISTINGS, ListingStatus
from models.estate.offer import BIDDERS, DECIDERS, OPEN, OfferRow, OfferStatus
from models.estate.terms import OfferParty
from models.texts import is_readable
from models.validation import Refusals, check
from resolvers.estate.offer_mail import FELL_THROUGH, WITHDRAWN, other, tell
from resolvers.estate.offer_move import StepInput, StepPayload, Turn, move, turn_of
from resolvers.verbs.write import Change, Outcome, change, optional

WITHDRAWING = (
    Turn(DECIDERS, (OfferStatus.ACCEPTED.value,), "The agent withdraws an accepted offer alone: reject this one."),
    Turn(BIDDERS, OPEN, ""),
)


@strawberry.input(description="An offer to withdraw.")
class EstateOfferWithdrawInput(StepInput):
    reason: str | None = optional(
        "Why, up to 1,000 characters, for all who see the offer. An agent must say it; a buyer may."
    )


@strawberry.type(description="The offer that was withdrawn.")
class EstateOfferWithdrawPayload(StepPayload):
    """The terms stay as they were."""


async def withdraw(hand: Change, input: EstateOfferWithdrawInput) -> Outcome:
    """End a negotiation from the buyer's side, or a deal from the agent's."""
    turn = await turn_of(hand, input, WITHDRAWING)
    fell_through = turn.by is OfferParty.AGENT
    reason = _reason(input.reason, needed=fell_through)
    row = await move(hand, input, turn, {"$set": {"status": OfferStatus.WITHDRAWN.value, **reason}})
    if fell_through:
        await _back_on_the_market(hand, row)
    await tell(hand, row, other(turn.by), FELL_THROUGH if fell_through else WITHDRAWN)
    return {"offer": row["_id"]}


def _reason(given: str | None, *, needed: bool) -> dict[str, Any]:
    if given is None or not is_readable(given):
        if needed:
            raise Refusal(Code.INVALID, "Say why the accepted offer is withdrawn.", "reason")
        return {}
    try:
        return check(OfferRow, {"closedReason": given})
    except Refusals as wrong:
        raise Refusals([Refusal(each.code, each.message, "reason") for each in wrong.refusals]) from wrong


async def _back_on_the_market(hand: Change, row: dict[str, Any]) -> None:
    sale = {"_id": row["listingId"], "acceptedOfferId": row["_id"], "status": ListingStatus.PENDING.value}
    update = {"$set": {"status": ListingStatus.ACTIVE.value}, "$unset": {"acceptedOfferId": ""}}
    if await hand.store.write.effect_one(LISTINGS, sale, update) is None:
        raise Refusal(Code.WRONG_STATE, "The listing is sold: its offer stays accepted.")


@strawberry.type
class OfferWithdrawMutations:
    estateOfferWithdraw: EstateOfferWithdrawPayload = change(
        withdraw,
        "Withdraw your open offer, as its buyer; or an accepted one that fell through, as the agent: its listing is "
        "active again.",
        current="offer",
    )
