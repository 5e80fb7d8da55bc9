"""The mails by which one side of a negotiation hears of the other's step: no amounts, no names, no secrets."""

from dataclasses import dataclass

from models.estate.agent import AGENTS
from models.estate.buyer_session import BUYER_SESSIONS
from models.estate.listing import LISTINGS
from models.estate.terms import OfferParty
from models.mail.mail import Mail
from models.mail.outbox import post
from models.policy import RowData
from resolvers.verbs.write import Change


@dataclass(frozen=True, slots=True)
class News:
    """What a mail says in its subject, and in one sentence."""

    subject: str
    sentence: str


MADE = News("A new offer", "A buyer has made an offer on your listing.")
COUNTERED = News("Other terms for an offer", "The other side has put other terms. It is your turn.")
ACCEPTED = News("An offer was accepted", "The other side has accepted the terms.")
REJECTED = News("An offer was rejected", "Your offer was rejected.")
WITHDRAWN = News("An offer was withdrawn", "The buyer has withdrawn an offer.")
FELL_THROUGH = News("An accepted offer was withdrawn", "The agent has withdrawn from the accepted offer.")
EXPIRED = News("An offer has expired", "Nobody has decided on the offer in time.")


async def tell(hand: Change, offer: RowData, party: OfferParty, news: News) -> None:
    """Let one side of the offer know, unless its portal is closed or the agent switched off."""
    address = await _address(hand, offer, party)
    home = await hand.store.write.effect_read(LISTINGS, {"_id": offer["listingId"]}, "address", "city")
    if address is None or home is None:
        # A listing with offers is never deleted here; what somebody removed by hand must not stop the others' mails.
        return
    text = f"{news.sentence}\n\n{home['address']}, {home['city']}\n\nSign in to see the offer and its terms.\n"
    await post(hand.store, Mail(to=address, subject=news.subject, text=text, kind="offer"))


async def _address(hand: Change, offer: RowData, party: OfferParty) -> str | None:
    if party is OfferParty.AGENT:
        agent = await hand.store.write.effect_read(AGENTS, {"_id": offer["agentId"], "active": True}, "email")
        return None if agent is None else str(agent["email"])
    portal = {"_id": offer["buyerSessionId"], "active": True}
    buyer = await hand.store.write.effect_read(BUYER_SESSIONS, portal, "buyerEmail")
    return None if buyer is None else str(buyer["buyerEmail"])


def other(party: OfferParty) -> OfferParty:
    """The other side."""
    return OfferParty.AGENT if party is OfferParty.BUYER else OfferParty.BUYER
