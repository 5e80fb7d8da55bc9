"""Offers in every state, everybody who might take a step on them, and the steps in one line."""

from dataclasses import dataclass, field
from typing import Any

from models.clock import now
from models.estate.agent import AGENTS
from models.estate.invariants import INVARIANTS
from models.estate.listing import LISTINGS
from models.estate.offer import OFFERS
from models.estate.terms import OfferParty, Round
from models.store.connection import Database
from tests.factories import buyer as make_buyer
from tests.factories import estate as make
from tests.fixtures.estate import Parties, Party
from tests.fixtures.wire import ANONYMOUS, Caller, People
from tests.resolvers.advisor.writing import gid

Stored = dict[str, Any]

TERMS = {"offerAmount": 480_000.0, "earnestMoney": 4_000.0, "downPayment": 90_000.0, "financingType": "FHA"}
STORED_TERMS = {**TERMS, "financingType": "fha"}
ANALYSIS = {
    "marketComparison": "Slightly below.",
    "strengths": ["Cash at hand"],
    "risks": [],
    "recommendation": "Counter it.",
    "confidence": 0.75,
}

STEPS: dict[str, dict[str, Any]] = {
    "estateOfferCounter": {"terms": TERMS},
    "estateOfferAccept": {},
    "estateOfferReject": {},
    "estateOfferWithdraw": {"reason": "The bank said no."},
    "estateOfferAnalysisSet": {"aiAnalysis": ANALYSIS},
}
"""Each step with what it takes besides `id` and `version`."""

STATES = ("pending", "countered", "accepted", "rejected", "withdrawn")

WHO = (
    *("agent", "switched off", "other agent", "operator"),
    *("buyer", "other buyer", "seller", "other seller", "chat"),
    *("analysis", "search", "account", "anonymous"),
)


@dataclass(frozen=True)
class Scene:
    """An agent with a buyer, and whoever else there is."""

    agent: Party
    buyer: Party
    callers: dict[str, Caller] = field(default_factory=dict)


async def scene(parties: Parties) -> Scene:
    """An agent and a buyer of hers."""
    ann = await parties.agent("ann")
    return Scene(ann, await parties.buyer(ann))


async def caller(who: str, there: Scene, listing: Stored, parties: Parties, people: People) -> Caller:
    """Somebody by the part that he plays for an offer of the buyer's on this listing."""
    if who in {"agent", "switched off"}:
        return there.agent
    if who == "buyer":
        return there.buyer
    if who == "seller":
        return await parties.seller(listing)
    if who == "other buyer":
        return await parties.buyer(there.agent)
    if who == "other agent":
        return await parties.agent(f"bob-{listing['_id']}")
    if who == "other seller":
        return await parties.seller(await make.listing(there.agent.row))
    if who == "chat":
        return await parties.chat(await make_buyer.profile(there.agent.row["_id"]))
    if who == "operator":
        return await people.operator("olga")
    if who == "account":
        return await people.person("paul")
    return ANONYMOUS if who == "anonymous" else people.service(who)


async def switch_off(database: Database, agent: Party) -> None:
    """Let the agent be switched off, as far as the agent himself is concerned."""
    await database[AGENTS.collection].update_one({"_id": agent.row["_id"]}, {"$set": {"active": False}})


async def offer(database: Database, there: Scene, state: str = "pending", **values: Any) -> Stored:
    """An offer of the buyer's in this state, on a listing of its own."""
    under_way = {"accepted": "pending"}.get(state, "active")
    listing = await make.listing(there.agent.row, status=under_way, offerCount=1)
    row = await back_up(listing, there.buyer, state, **values)
    if state == "accepted":
        sale = {"$set": {"acceptedOfferId": row["_id"]}}
        await database[LISTINGS.collection].update_one({"_id": listing["_id"]}, sale)
    return row


async def back_up(
    listing: Stored, buyer: Party, state: str = "pending", offer_amount: float = 490_000.0, **values: Any
) -> Stored:
    """An offer on a listing that is there."""
    terms = {"offerAmount": offer_amount, "earnestMoney": 5_000.0, "downPayment": min(offer_amount, 100_000.0)}
    sides = (OfferParty.BUYER, OfferParty.AGENT) if state == "countered" else (OfferParty.BUYER,)
    rounds = [Round(**terms, financingType="conventional", by=by, at=now()) for by in sides]
    for name, value in terms.items():
        values.setdefault(name, value)
    amount = values.pop("offerAmount")
    return await make.offer(listing, buyer.row, amount, status=state, rounds=rounds, **values)


async def stored(database: Database, row: Stored) -> Stored:
    """The offer as it is now."""
    found: Stored | None = await database[OFFERS.collection].find_one({"_id": row["_id"]})
    assert found is not None
    return found


async def listing_of(database: Database, row: Stored) -> Stored:
    """The listing of an offer as it is now."""
    found: Stored | None = await database[LISTINGS.collection].find_one({"_id": row["listingId"]})
    assert found is not None
    return found


async def broken(database: Database) -> list[str]:
    """The invariants of the platform that some row breaks."""
    found = []
    for invariant in INVARIANTS:
        rows = await database[invariant.table.collection].aggregate([*invariant.pipeline])
        found += [invariant.name for _ in await rows.to_list()]
    return found


def key(row: Stored) -> str:
    """The global id of an offer."""
    return gid(OFFERS, row)
