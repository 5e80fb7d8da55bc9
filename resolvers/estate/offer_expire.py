"""Expiry: offers on which nobody has decided in time are rejected.

An offer whose `expiresAt` has passed counts for nothing from that moment on, swept or not: nobody accepts or counters
it, no analysis is asked for, and its buyer may make another one, which rejects it. What the sweep adds is that it says
so in `status`, and tells both sides.
"""

import strawberry

from models.clock import now
from models.errors import Code, Refusal
from models.estate.offer import ANALYSTS, OFFERS, OfferStatus, lapsed
from models.estate.terms import OfferParty
from models.store.ask import Ask
from resolvers.estate.offer_mail import EXPIRED, tell
from resolvers.table import column
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, optional

AT_ONCE = 100
"""Offers that one call rejects: all of it is one transaction."""


@strawberry.input(description="Offers whose time is over.")
class EstateOffersExpireInput(Input):
    first: int | None = optional(f"How many to reject at most, 1 to {AT_ONCE}; {AT_ONCE} unless given.")


@strawberry.type(description="What became of the offers whose time is over.")
class EstateOffersExpirePayload(Payload):
    expiredCount: int | None = column("Number of offers that were rejected; ask again until it is 0.")


async def expire(hand: Change, input: EstateOffersExpireInput) -> Outcome:
    """Reject open offers whose time is over, and tell both sides."""
    hand.demand(ANALYSTS, {}, "Only the service that analyzes offers ends them.")
    first = AT_ONCE if input.first is None else input.first
    if not 1 <= first <= AT_ONCE:
        raise Refusal(Code.OUT_OF_RANGE, f"first must be between 1 and {AT_ONCE}, not {first}.", "first")
    over = lapsed(now())
    told = frozenset({"listingId", "agentId"})
    found = await hand.store.read.some(Ask(OFFERS, told, where=over), hand.actor, first)
    number = 0
    for each in found:
        update = {"$set": {"status": OfferStatus.REJECTED.value}}
        row = await hand.store.write.effect_one(OFFERS, {"_id": each["_id"], **over}, update)
        assert row is not None  # noqa: S101  # within one transaction it is as it was read
        number += 1
        for party in OfferParty:
            await tell(hand, row, party, EXPIRED)
    return {"expiredCount": number}


@strawberry.type
class OfferExpireMutations:
    estateOffersExpire: EstateOffersExpirePayload = change(
        expire, "Reject open offers whose `expiresAt` has passed; for the service that analyzes."
    )
