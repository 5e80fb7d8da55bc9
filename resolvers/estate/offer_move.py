"""One step of a negotiation: a single statement on the offer's id, version and state, by the side whose turn it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import strawberry

from models.clock import now
from models.errors import Code, Refusal
from models.estate.offer import BIDDERS, DECIDERS, OFFERS, OPEN, OfferStatus, standing
from models.estate.terms import OfferParty
from models.policy import EVERYTHING, NOTHING, Filter, RowData, Rule, both
from resolvers.estate.offer import EstateOffer
from resolvers.verbs.relate import one
from resolvers.verbs.write import Change, Input, Payload, required

PENDING, COUNTERED = OfferStatus.PENDING.value, OfferStatus.COUNTERED.value


@dataclass(frozen=True, slots=True)
class Turn:
    """When one side may take a step: who that is, and in which states; `otherwise` is what it is told in another.

    An `answer` to terms comes too late once these have expired.
    """

    rule: Rule
    states: tuple[str, ...]
    otherwise: str
    answer: bool = False

    @property
    def condition(self) -> Filter:
        """The offers on which it may be taken now."""
        return both({"status": {"$in": list(self.states)}}, standing(now()) if self.answer else EVERYTHING)

    @property
    def by(self) -> OfferParty:
        """Which side takes it."""
        return OfferParty.BUYER if self.rule == BIDDERS else OfferParty.AGENT


ANSWERS = (
    Turn(DECIDERS, (PENDING,), "It is not your turn: only a pending offer can be answered by the agent.", answer=True),
    Turn(BIDDERS, (COUNTERED,), "It is not your turn: a buyer answers only a countered offer.", answer=True),
)
"""Who puts other terms, or accepts those in force: the side that has not put them."""


@strawberry.input
class StepInput(Input):
    """What every step on an offer takes."""

    id: strawberry.ID = required("The offer.")
    version: int = required("Version of the offer that you decided on; a stale one writes nothing.")


@strawberry.type
class StepPayload(Payload):
    """What every step on an offer shows."""

    offer: EstateOffer | None = one(OFFERS, "offer", "The offer as it is now.")


async def turn_of(hand: Change, input: StepInput, turns: Sequence[Turn]) -> Turn:
    """The caller's turn among these. Raises FORBIDDEN for who never has one, NOT_FOUND where he sees no offer."""
    for turn in turns:
        if turn.rule.filter(hand.actor) is not NOTHING:
            return turn
    await _seen(hand, input)
    raise _not_yours()


async def move(
    hand: Change, input: StepInput, turn: Turn, update: Mapping[str, Any], *, quiet: bool = False
) -> dict[str, Any]:
    """Take the step and answer with the offer as it then is.

    Raises NOT_FOUND, FORBIDDEN, STALE_VERSION or WRONG_STATE, and ALREADY_EXISTS where an index does.
    """
    here = {"_id": hand.key(OFFERS, input.id), "version": input.version}
    condition = both(turn.rule.filter(hand.actor), here, turn.condition)
    moved = await hand.store.write.effect_one(OFFERS, condition, update, quiet=quiet)
    if moved is None:
        raise _why_not(hand, input, turn, await _seen(hand, input))
    return moved


async def _seen(hand: Change, input: StepInput) -> RowData:
    columns = ("version", "status", "expiresAt", *OFFERS.policy.update.columns)
    return await hand.readable(OFFERS, hand.key(OFFERS, input.id), *columns)


def _why_not(hand: Change, input: StepInput, turn: Turn, row: RowData) -> Refusal:
    if not turn.rule.admits(hand.actor, row):
        return _not_yours()
    if row["version"] != input.version:
        words = f"The offer is at version {row['version']}, not {input.version}."
        return Refusal(Code.STALE_VERSION, words, "version")
    if row["status"] in turn.states:
        return Refusal(Code.WRONG_STATE, "The time of these terms is over: nobody can accept or counter them.")
    if row["status"] not in OPEN:
        return Refusal(Code.WRONG_STATE, f"The offer is {row['status']}.")
    return Refusal(Code.WRONG_STATE, turn.otherwise)


def _not_yours() -> Refusal:
    return Refusal(Code.FORBIDDEN, "You may see this offer, and not do this with it.")
