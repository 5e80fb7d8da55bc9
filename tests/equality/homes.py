"""Rows of the real-estate platform for generated operations: listings, portals, offers and what is left of visits."""

from datetime import UTC, datetime
from typing import Any

from models.estate.audit_entry import AuditEvent
from models.estate.codes import digest
from models.estate.offer import OfferStatus
from models.estate.saved_search_match import Reason
from models.estate.terms import OfferParty, Round
from tests.equality.ids import FAR, START, Ids, Stored, times
from tests.factories import estate as make
from tests.fixtures.wire import Caller

STATUSES = ("active", "active", "pending", "sold", "withdrawn")

PREFERENCES: Stored = {
    "maxPrice": 520_000.0,
    "bedrooms": 2,
    "bathrooms": 1.5,
    "cities": ["Portland"],
    "propertyTypes": [],
}
CRITERIA: tuple[Stored, ...] = (
    {"cities": ["Portland"]},
    {"minPrice": 1.0, "maxPrice": 600_000.0, "features": ["garage"]},
    {},
)

ENRICHED = {
    "schoolRatings": [{"name": "North", "rating": 8.5}, None],
    "walkScore": 71,
    "crimeStats": {"a": [1, None, 2.5]},
    "nearbyAmenities": ["Café", {"k": []}],
    "comps": [],
    "lastEnriched": START,
}


async def agent(fresh: Ids, person: Caller, **values: Any) -> Stored:
    """The person as an agent, with a way in and what was done with it."""
    assert person.account is not None
    given = {"email": f"{person.name}@example.com", "firstName": person.name.title(), "inviteCode": person.name.upper()}
    row = await make.agent(person.account, id=fresh(), **given, **times(fresh.last), **values)
    mailed = {"inviteTokenHash": digest(f"invite-{person.name}"), "resetTokenHash": digest(f"reset-{person.name}")}
    ends = dict.fromkeys(("inviteTokenExpiresAt", "resetTokenExpiresAt"), FAR)
    await make.agent_credential(row, id=fresh(), passwordHash="correct horse battery", **mailed, **ends, **times(1))
    lasting = {"expiresAt": datetime.fromtimestamp(FAR / 1_000, UTC)}
    for number, event in enumerate((AuditEvent.INVITED, AuditEvent.SIGNED_IN, AuditEvent.SIGN_IN_FAILED)):
        address = {"address": "192.0.2.7"} if number else {}
        await make.audit_entry(row, id=fresh(), event=event, **address, **lasting, **times(number))
    return row


async def homes(fresh: Ids, agent: Stored) -> tuple[Stored, Stored]:
    """What an agent has; returns the portals of the first buyer and of the first listing's seller."""
    listings = [await _listing(fresh, agent, number, status) for number, status in enumerate(STATUSES)]
    buyers = [await _buyer(fresh, agent, number) for number in range(3)]
    portals = []
    for number, listing in enumerate(listings[:3]):
        code = {"sessionCode": f"seller-{agent['inviteCode']}-{number}", "lastActive": START + number // 2}
        portals.append(await make.seller_session(listing, id=fresh(), **code, **times(number)))
    for number in range(10):
        await _view(fresh, listings[number % 3], buyers[number % 4] if number % 4 < 3 else None, number)
    for number, status in enumerate((*OfferStatus, OfferStatus.PENDING)):
        await _offer(fresh, listings[number % 3], buyers[number // 3], number, status)
    for number, session in enumerate((None, buyers[0], portals[0], buyers[0])):
        given: Stored = {"toolsUsed": ["search"], "context": [None, {"a": 1.5}, "x", {}][number]} if number else {}
        await make.agent_interaction(
            agent, session, id=fresh(), timestamp=START + number // 2, **given, **times(number)
        )
    await _searches(fresh, buyers[0], listings)
    return buyers[0], portals[0]


async def _listing(fresh: Ids, agent: Stored, number: int, status: str) -> Stored:
    rich = {
        "mlsId": f"mls-{number}",
        "features": ["Garage", "Garden", "Ünïcödé 🦉"],
        "images": ["https://example.com/a.png", "https://example.com/b.png"],
        "lotSize": 0.25,
        "yearBuilt": 1999,
        "enrichedData": ENRICHED if number % 4 == 1 else {**ENRICHED, "walkScore": None, "lastEnriched": None},
        "previousPrice": 700_000.0,
        "priceCutAt": START,
        "description": 'Quiet, "bright" \u2028 garden',
    }
    place = {"coordinates": {"lat": 45.5 + number / 100, "lng": -122.7}, "city": ("Portland", "Salem")[number // 4]}
    given = {"price": 400_000.0 + 50_000 * (number // 2), "bedrooms": 2 + number % 3, "status": status, **place}
    return await make.listing(agent, id=fresh(), **given, **(rich if number % 2 else {}), **times(number // 2))


async def _buyer(fresh: Ids, agent: Stored, number: int) -> Stored:
    given: Stored = {"sessionCode": f"buyer-{agent['inviteCode']}-{number}", "lastActive": START + number // 2}
    given |= {"preferences": PREFERENCES, "buyerPhone": "+1 555 0100"} if number % 2 == 0 else {"expiresAt": FAR}
    return await make.buyer_session(agent, id=fresh(), active=number < 2, **given, **times(number))


async def _view(fresh: Ids, listing: Stored, buyer: Stored | None, number: int) -> None:
    seen = {"imagesViewed": [0, 1][: number % 3], "sectionsVisited": ["map"], "viewDuration": 7.5 * number}
    await make.property_view(listing, buyer, id=fresh(), timestamp=START + number // 2, **seen, **times(number))


async def _offer(fresh: Ids, listing: Stored, buyer: Stored, number: int, status: OfferStatus) -> None:
    analysis = {"marketComparison": "fair", "strengths": ["cash"], "risks": [], "recommendation": "", "confidence": 0.5}
    given: Stored = {"aiAnalysis": analysis, "closingDate": "2030-02-28", "expiresAt": FAR} if number % 2 else {}
    first = {"earnestMoney": 1.0, "downPayment": 2.5, "financingType": "cash", "by": OfferParty.BUYER, "at": START}
    rounds = [Round.model_validate({"offerAmount": 480_000.0, "note": "Please.", **first})] * (number % 2)
    rounds.append(Round.model_validate({"offerAmount": 490_000.0 + number // 2, **first}))
    given |= {"rounds": rounds, "status": status, "respondedAt": START if number % 3 else None}
    await make.offer(listing, buyer, 490_000.0 + number // 2, id=fresh(), **given, **times(number))


async def _searches(fresh: Ids, buyer: Stored, listings: list[Stored]) -> None:
    for number, criteria in enumerate(CRITERIA):
        given = {"searchName": f"Search {number}", "lastRun": START if number else None}
        search = await make.saved_search(buyer, id=fresh(), criteria=criteria, **given, **times(number // 2))
        for turn, reason in enumerate(Reason):
            found = {"reason": reason, "matchedAt": START + turn // 2}
            await make.saved_search_match(search, listings[turn], id=fresh(), **found, **times(turn))
