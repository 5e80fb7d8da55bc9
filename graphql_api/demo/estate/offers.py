"""The offers of the demo: negotiations told round by round, each ending as the state machine lets it end."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from graphql_api.demo import keys, texts
from graphql_api.demo.advisors import DAY
from graphql_api.demo.estate.listings import HOUR, Plan
from graphql_api.demo.estate.portals import Buyer
from models.estate.listing import ListingStatus
from models.estate.offer import OPEN, Analysis, OfferRow, OfferStatus
from models.estate.terms import FINANCING, TERMS, FinancingType, OfferParty, Round

B, A = OfferParty.BUYER, OfferParty.AGENT


@dataclass(frozen=True, slots=True)
class Story:
    """Who puts terms after whom, and how it ends; `fell` is a deal that fell through."""

    sides: tuple[OfferParty, ...]
    status: OfferStatus
    fell: bool = False

    @property
    def steps(self) -> int:
        """Changes of the offer, its making among them."""
        return len(self.sides) + (self.status.value not in OPEN) + self.fell


PENDING = (Story((B,), OfferStatus.PENDING), Story((B, A, B), OfferStatus.PENDING))
COUNTERED = (Story((B, A), OfferStatus.COUNTERED), Story((B, A, B, A), OfferStatus.COUNTERED))
ACCEPTED = tuple(Story(sides, OfferStatus.ACCEPTED) for sides in ((B,), (B, A), (B, A, B)))
REJECTED = (Story((B,), OfferStatus.REJECTED), Story((B, A), OfferStatus.REJECTED))
WITHDRAWN = (
    *(Story((B,), OfferStatus.WITHDRAWN), Story((B, A), OfferStatus.WITHDRAWN)),
    Story((B, A), OfferStatus.WITHDRAWN, fell=True),
)
OVER = (*REJECTED, *WITHDRAWN)
ANY = (*PENDING, *COUNTERED, *OVER)

OFFERED_SHARE = 0.35
"""Of listings that are for sale, those with offers."""

MOST = 3


def rows(plan: Plan, buyers: Sequence[Buyer], now: int) -> list[OfferRow]:
    """The offers on the listing, each by another one of its agent's buyers."""
    chance = keys.chance("offers", plan.name)
    stories = _stories(plan, chance)[: len(buyers)]
    bidders = buyers if plan.number == 0 else chance.sample(buyers, len(stories))
    return [_row(plan, buyer, story, chance, now) for buyer, story in zip(bidders, stories, strict=False)]


def _stories(plan: Plan, chance: random.Random) -> list[Story]:
    others = chance.randint(0, MOST - 1)
    if plan.number == 0:
        return [COUNTERED[0], PENDING[0], REJECTED[0]]
    if plan.outside or (plan.status is ListingStatus.ACTIVE and chance.random() > OFFERED_SHARE):
        return []
    if plan.status is ListingStatus.ACTIVE:
        return chance.choices(ANY, k=1 + others)
    if plan.status is ListingStatus.WITHDRAWN:
        return chance.choices(OVER, k=others)
    backups = OVER if plan.status is ListingStatus.SOLD else (*OVER, PENDING[0])
    return [chance.choice(ACCEPTED), *chance.choices(backups, k=others)]


def _row(plan: Plan, buyer: Buyer, story: Story, chance: random.Random, now: int) -> OfferRow:
    times = _times(plan, story, chance, now)
    rounds = list(_rounds(plan, story, times, chance))
    terms = {name: getattr(rounds[-1], name) for name in TERMS}
    # The other side's answers: all rounds but the first, and a decision that is no withdrawal.
    decided = story.status in (OfferStatus.ACCEPTED, OfferStatus.REJECTED) or story.fell
    answers = times[1 : len(rounds) + decided]
    is_open = story.status.value in OPEN
    return OfferRow(
        id=keys.fixed("estate offer", plan.name, str(buyer.number)),
        listingId=plan.id,
        buyerSessionId=buyer.id,
        agentId=plan.agent.id,
        status=story.status,
        **terms,
        rounds=rounds,
        aiAnalysis=_analysis(plan, rounds[-1], chance) if chance.random() < 0.5 else None,
        respondedAt=answers[-1] if answers else None,
        expiresAt=now + chance.randint(5, 30) * DAY if is_open and chance.random() < 0.4 else None,
        closedReason=_reason(story, chance),
        version=story.steps,
        createdAt=times[0],
        updatedAt=times[-1],
    )


def _times(plan: Plan, story: Story, chance: random.Random, now: int) -> list[int]:
    """When each step was taken: the last one before the listing left the market, or just then by being accepted."""
    end = plan.ended or now - chance.randint(HOUR, DAY)
    if plan.status is ListingStatus.SOLD or (plan.ended and story.status is not OfferStatus.ACCEPTED):
        end -= chance.randint(3 * HOUR, 5 * DAY)
    gap = min(2 * DAY, (end - plan.created) // (story.steps + 1))
    return [end - gap * back for back in reversed(range(story.steps))]


def _rounds(plan: Plan, story: Story, times: Sequence[int], chance: random.Random) -> Iterator[Round]:
    asked, said = plan.home.price, texts.clients()
    amount = asked * chance.uniform(0.93, 0.99)
    kind = chance.choice(tuple(FinancingType))
    fixed: dict[str, Any] = {"financingType": kind, "inspectionPeriod": chance.choice((7, 10, 14))}
    fixed |= {"contingencies": ["inspection", "appraisal", *([] if kind is FinancingType.CASH else [FINANCING])]}
    fixed |= {"closingDate": _day(times[0] + chance.randint(35, 60) * DAY)}
    if chance.random() < 0.3:
        fixed["additionalTerms"] = chance.choice(said["terms"])
    for side, at in zip(story.sides, times, strict=False):
        if at > times[0]:
            # Each side comes half of the way, or most of it, towards the price that is asked.
            amount += (asked - amount) * (0.7 if side is A else 0.3)
        offered = float(round(amount / 500) * 500)
        note = chance.choice(said["offer_notes"] if side is B else said["counter_notes"])
        yield Round(**fixed, **_money(offered, kind), by=side, note=note, at=at)


def _money(offered: float, kind: FinancingType) -> dict[str, float]:
    shares = {FinancingType.CASH: 1.0, FinancingType.CONVENTIONAL: 0.2, FinancingType.FHA: 0.035, FinancingType.VA: 0.0}
    down = float(round(offered * shares[kind]))
    return {"offerAmount": offered, "earnestMoney": float(round(offered * 0.02 / 500) * 500), "downPayment": down}


def _analysis(plan: Plan, last: Round, chance: random.Random) -> Analysis:
    share, said = last.offerAmount / plan.home.price, texts.clients()
    return Analysis(
        marketComparison=f"The offer is at {share:.1%} of what is asked; comparable homes in {plan.home.place['name']} "
        "sold between 95% and 101%.",
        strengths=chance.sample(said["strengths"], 2),
        risks=chance.sample(said["risks"], 1),
        recommendation="Accept, or counter once." if share > 0.97 else "Counter nearer to the asking price.",
        confidence=round(chance.uniform(0.6, 0.95), 2),
    )


def _reason(story: Story, chance: random.Random) -> str | None:
    said: dict[str, Any] = texts.clients()
    if story.fell:
        return str(chance.choice(said["reasons"]))
    return str(said["cancelled"]) if story.status is OfferStatus.WITHDRAWN else None


def _day(millis: int) -> str:
    return datetime.fromtimestamp(millis // 1000, UTC).date().isoformat()
