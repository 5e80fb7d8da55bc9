"""The chapters of a sale in which two buyers and the agent come to terms, and the house is sold."""

from typing import Any

from models.estate.offer import OFFERS
from models.mail.mail import MAILS
from tests.story.offering import HOME, HOUSE, home
from tests.story.scene import Heard, Scene

TERMS: dict[str, Any] = {
    "offerAmount": 470_000,
    "earnestMoney": 5_000,
    "downPayment": 90_000,
    "financingType": "CONVENTIONAL",
    "contingencies": ["inspection"],
}
OFFER = "offer { status offerAmount version rounds { by offerAmount note } }"
WRONG = {"seller": "FORBIDDEN", "operator": "FORBIDDEN", "analysis": "FORBIDDEN"}
"""Those who see an offer and take no part in it; all others do not even see it."""

FIRST = {"by": "BUYER", "offerAmount": 470_000, "note": None}
SECOND = {"by": "AGENT", "offerAmount": 495_000, "note": "The roof is new."}
THIRD = {"by": "BUYER", "offerAmount": 485_000, "note": None}


def _offer(kind: str, status: str, amount: int, buyer: str | None = None) -> list[Heard]:
    whose = None if buyer is None else {"buyerName": buyer}
    return [(kind, {"status": status, "offerAmount": amount, "buyerSession": whose})]


def _told(kind: str, status: str, amount: int, who: str = "buyer") -> dict[str, list[Heard]]:
    """What the three who see an offer hear of it: the seller not whose it is."""
    named = _offer(kind, status, amount, "Bea" if who == "buyer" else "Ben")
    return {"agent's offers": named, f"{who}'s offers": named, "seller's offers": _offer(kind, status, amount)}


async def _mailed(scene: Scene) -> list[tuple[str, str]]:
    """To whom which mails go; they are gone then."""
    mails = scene.database[MAILS.collection]
    found = [(mail["to"], mail["subject"]) for mail in await mails.find().sort("_id").to_list()]
    await mails.delete_many({})
    return found


async def offer_made(scene: Scene) -> None:
    """Bea makes an offer on the house: Ann hears it by name, Sam without, and Ben nothing."""
    key, house = scene.named("offer", OFFERS), {"listingId": scene.ids["house"], "terms": TERMS}
    buyers = ["buyer", "second buyer", "her buyer"]
    await _mailed(scene)
    await scene.refused("estateOfferCreate", "FORBIDDEN", but=buyers, id=key, **house)
    given = {"listingId": scene.ids["cottage"], "terms": TERMS}
    await scene.refused("estateOfferCreate", "FORBIDDEN", but=["her buyer"], id=key, **given)
    hidden = dict.fromkeys(buyers, "NOT_FOUND")
    await scene.refused("estateOfferCreate", "FORBIDDEN", hidden, but=[], listingId=scene.ids["barn"], terms=TERMS)
    made = {"status": "PENDING", "offerAmount": 470_000, "version": 1, "rounds": [FIRST]}
    assert await scene.does("buyer", "estateOfferCreate", OFFER, id=key, **house) == {"offer": made}
    await scene.hear(_told("ADDED", "PENDING", 470_000))
    assert await _mailed(scene) == [("ann@example.com", "A new offer")]
    again = {"buyer": "ALREADY_EXISTS"}
    await scene.refused("estateOfferCreate", "FORBIDDEN", again, but=["second buyer"], **house)


ANALYSIS = {
    "marketComparison": "A little below.",
    "strengths": ["A quick answer"],
    "risks": [],
    "recommendation": "Counter it.",
    "confidence": 0.8,
}
SEEN = "query ($id: ID!) { offer: estateOffer(id: $id) { buyerSessionId aiAnalysis { recommendation } } }"


async def offer_analysed(scene: Scene) -> None:
    """A service says what it makes of the offer, for Ann alone; what else is private stays so."""
    given = {"id": scene.ids["offer"], "version": 1, "aiAnalysis": ANALYSIS}
    told = {**WRONG, "agent": "FORBIDDEN", "buyer": "FORBIDDEN"}
    await scene.refused("estateOfferAnalysisSet", "NOT_FOUND", told, but=["analysis"], **given)
    payload = await scene.does("analysis", "estateOfferAnalysisSet", "offer { version }", **given)
    assert payload == {"offer": {"version": 1}}
    shown, whose = {"recommendation": "Counter it."}, scene.ids["buyer"]
    expected = {"agent": (whose, shown), "buyer": (whose, None), "seller": (None, None), "operator": (None, shown)}
    for who, (buyer, analysis) in expected.items():
        seen = {"buyerSessionId": buyer, "aiAnalysis": analysis}
        assert await scene.sees(who, SEEN, id=scene.ids["offer"]) == {"offer": seen}
    await scene.hidden(SEEN, None, but=[*expected, "analysis"], id=scene.ids["offer"])


async def countered(scene: Scene) -> None:
    """Ann puts other terms: it is Bea's turn, and nobody else's."""
    terms = {**TERMS, "offerAmount": 495_000, "note": "The roof is new."}
    given = {"id": scene.ids["offer"], "version": 1, "terms": terms}
    not_your_turn = {**WRONG, "buyer": "WRONG_STATE"}
    await scene.refused("estateOfferCounter", "NOT_FOUND", not_your_turn, but=["agent"], **given)
    await scene.refused("estateOfferAccept", "NOT_FOUND", not_your_turn, but=["agent"], id=given["id"], version=1)
    other = {"status": "COUNTERED", "offerAmount": 495_000, "version": 2, "rounds": [FIRST, SECOND]}
    assert await scene.does("agent", "estateOfferCounter", OFFER, **given) == {"offer": other}
    await scene.hear(_told("CHANGED", "COUNTERED", 495_000))
    assert await _mailed(scene) == [("bea@example.com", "Other terms for an offer")]
    late = {**WRONG, "agent": "STALE_VERSION", "buyer": "STALE_VERSION"}
    await scene.refused("estateOfferCounter", "NOT_FOUND", late, but=[], **given)


async def countered_back(scene: Scene) -> None:
    """Bea counters back: it is Ann's turn; and Ben makes an offer of his own, of which Bea learns nothing."""
    given = {"id": scene.ids["offer"], "version": 2, "terms": {**TERMS, "offerAmount": 485_000}}
    not_your_turn = {**WRONG, "agent": "WRONG_STATE"}
    await scene.refused("estateOfferCounter", "NOT_FOUND", not_your_turn, but=["buyer"], **given)
    back = {"status": "PENDING", "offerAmount": 485_000, "version": 3, "rounds": [FIRST, SECOND, THIRD]}
    assert await scene.does("buyer", "estateOfferCounter", OFFER, **given) == {"offer": back}
    await scene.hear(_told("CHANGED", "PENDING", 485_000))
    bens = {"id": scene.named("second offer", OFFERS), "listingId": scene.ids["house"]}
    cash = {**TERMS, "offerAmount": 450_000, "financingType": "CASH"}
    made = await scene.does("second buyer", "estateOfferCreate", OFFER, **bens, terms=cash)
    assert made["offer"]["status"] == "PENDING"
    await scene.hear(_told("ADDED", "PENDING", 450_000, "second buyer"))
    assert await _mailed(scene) == [("ann@example.com", "Other terms for an offer"), ("ann@example.com", "A new offer")]
    await scene.hidden(SEEN, None, but=["agent", "second buyer", "seller", "operator", "analysis"], id=bens["id"])


async def accepted(scene: Scene) -> None:
    """Ann accepts Bea's terms and rejects Ben's: the house is off the market in the same moment."""
    given = {"id": scene.ids["offer"], "version": 3, "rejectOthers": True}
    # That no buyer rejects others is told before anything is looked up.
    no_buyer = {**WRONG, **dict.fromkeys(("buyer", "second buyer", "her buyer"), "FORBIDDEN")}
    await scene.refused("estateOfferAccept", "NOT_FOUND", no_buyer, but=["agent"], **given)
    payload = await scene.does("agent", "estateOfferAccept", "rejectedCount offer { status version }", **given)
    assert payload == {"rejectedCount": 1, "offer": {"status": "ACCEPTED", "version": 4}}
    bens = _told("CHANGED", "REJECTED", 450_000, "second buyer")
    both = {ear: [*events, *bens.pop(ear, [])] for ear, events in _told("CHANGED", "ACCEPTED", 485_000).items()}
    await scene.hear({**both, **bens, **_house("PENDING"), "visitor's homes": [("REMOVED", None)]})
    news = [("bea@example.com", "An offer was accepted"), ("ben@example.com", "An offer was rejected")]
    assert await _mailed(scene) == news
    over = {**WRONG, "agent": "WRONG_STATE", "buyer": "WRONG_STATE"}
    await scene.refused("estateOfferCounter", "NOT_FOUND", over, but=[], id=given["id"], version=4, terms=TERMS)
    late = {"second buyer": "WRONG_STATE", "buyer": "WRONG_STATE", "her buyer": "FORBIDDEN"}
    more = {"listingId": scene.ids["house"], "terms": TERMS}
    await scene.refused("estateOfferCreate", "FORBIDDEN", late, but=[], **more)


def _house(status: str) -> dict[str, list[Heard]]:
    changed = [("CHANGED", home(HOUSE, status))]
    return {"agent's homes": changed, "buyer's house": changed, "seller's house": changed}


async def sold(scene: Scene) -> None:
    """Ann says that the house is sold, which is final."""
    given = {"id": scene.ids["house"], "status": "SOLD"}
    await scene.refused("estateListingStatusChange", "FORBIDDEN", but=["agent"], **given)
    payload = await scene.does("agent", "estateListingStatusChange", f"listing {{ {HOME} }}", **given)
    assert payload == {"listing": home(HOUSE, "SOLD")}
    await scene.hear(_house("SOLD"))
    final = {"agent": "WRONG_STATE"}
    for status in ("ACTIVE", "WITHDRAWN", "SOLD"):
        back = {"id": scene.ids["house"], "status": status}
        await scene.refused("estateListingStatusChange", "FORBIDDEN", final, but=[], **back)
    await scene.refused("estateListingDelete", "FORBIDDEN", final, but=[], id=scene.ids["house"])
    fell = {"id": scene.ids["offer"], "version": 4, "reason": "The bank said no."}
    over = {**WRONG, "agent": "WRONG_STATE", "buyer": "WRONG_STATE"}
    await scene.refused("estateOfferWithdraw", "NOT_FOUND", over, but=[], **fell)
