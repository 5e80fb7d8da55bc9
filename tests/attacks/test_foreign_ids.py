"""Ids of another agent's rows, in any input: they are as good as none, and nothing is written."""

from typing import Any

from models import buyer, estate
from models.buyer.chat_session import CHAT_SESSIONS
from models.buyer.profile import PROFILES
from models.buyer.property_note import PROPERTY_NOTES
from models.buyer.repliers_listing import REPLIERS_LISTINGS
from models.estate.buyer_session import BUYER_SESSIONS
from models.estate.listing import LISTINGS
from models.estate.offer import OFFERS
from models.estate.saved_search import SAVED_SEARCHES
from models.estate.seller_session import SELLER_SESSIONS
from models.store.connection import Database
from tests.factories import buyer as make_buyer
from tests.factories import estate as make
from tests.fixtures.estate import Parties, Party
from tests.fixtures.wire import Api
from tests.resolvers.advisor.writing import gid, rows, write
from tests.resolvers.estate.negotiating import TERMS

BUYER = {"buyerName": "Bea", "buyerEmail": "bea@example.com"}
SELLER = {"sellerName": "Sue", "sellerEmail": "sue@example.com"}
SEARCH: dict[str, Any] = {"searchName": "All", "criteria": {}}
SAID = {"agentQuery": "Well?", "agentResponse": "Well."}

WRITES: dict[str, tuple[str, dict[str, Any]]] = {
    "portal for a profile": ("estateBuyerSessionCreate", {**BUYER, "buyerProfileId": "profile"}),
    "own portal, profile": ("estateBuyerSessionUpdate", {"id": "own buyer", "buyerProfileId": "profile"}),
    "portal": ("estateBuyerSessionUpdate", {"id": "buyer", "buyerName": "Eve"}),
    "preferences": ("estateBuyerSessionPreferencesSet", {"id": "buyer", "preferences": {}}),
    "code": ("estateBuyerSessionCodeRotate", {"id": "buyer"}),
    "portal off": ("estateBuyerSessionDeactivate", {"id": "buyer"}),
    "seller's portal": ("estateSellerSessionCreate", {**SELLER, "listingId": "listing"}),
    "seller's code": ("estateSellerSessionCodeRotate", {"id": "seller"}),
    "saved search": ("estateSavedSearchCreate", {**SEARCH, "buyerSessionId": "buyer"}),
    "saved search, change": ("estateSavedSearchUpdate", {"id": "saved", "searchName": "Mine"}),
    "saved search, run": ("estateSavedSearchRun", {"id": "saved"}),
    "saved search, delete": ("estateSavedSearchDelete", {"id": "saved"}),
    "offer": ("estateOfferReject", {"id": "offer", "version": 1}),
    "offer, terms": ("estateOfferCounter", {"id": "offer", "version": 1, "terms": TERMS}),
    "interaction": ("estateAgentInteractionLog", {**SAID, "sessionId": "buyer"}),
    "withdrawn listing": ("estateListingUpdate", {"id": "hidden", "price": 1}),
    "withdrawn listing, status": ("estateListingStatusChange", {"id": "hidden", "status": "ACTIVE"}),
    "withdrawn listing, delete": ("estateListingDelete", {"id": "hidden"}),
    "profile": ("buyerProfileUpdate", {"id": "profile", "name": "Eve"}),
    "profile, delete": ("buyerProfileDelete", {"id": "profile"}),
    "search": ("buyerSearchRun", {"profileId": "profile"}),
    "chat": ("buyerChatSessionCreate", {"profileId": "profile"}),
    "chat, link": ("buyerChatSessionLinkRotate", {"id": "chat"}),
    "chat, end": ("buyerChatSessionComplete", {"id": "chat"}),
    "note": ("buyerPropertyNoteCreate", {"sessionId": "chat", "listingId": "home", "noteText": "Mine."}),
    "note, change": ("buyerPropertyNoteUpdate", {"id": "note", "noteText": "Mine."}),
    "context": (
        "buyerChatSearchContextActivate",
        {"sessionId": "own chat", "transactionId": "search", "type": "REFINED_SEARCH"},
    ),
}
"""Mutations of Bob's, with the names of Ann's rows in the place of ids."""


async def _named(ann: Party, bob: Party, parties: Parties) -> dict[str, str]:
    """Ann's rows by their names, and what Bob has himself."""
    home, hidden = await make.listing(ann.row, offerCount=1), await make.listing(ann.row, status="withdrawn")
    bea, sue = await parties.buyer(ann), await parties.seller(home)
    profile, own = await make_buyer.profile(ann.row["_id"]), await make_buyer.profile(bob.row["_id"])
    search, chat = await make_buyer.search_transaction(profile), await make_buyer.chat_session(profile)
    outside = await make_buyer.repliers_listing()
    await make_buyer.chat_search_context(chat, search)
    own_chat = await make_buyer.chat_session(own)
    await make_buyer.chat_search_context(own_chat, await make_buyer.search_transaction(own))
    return {
        "listing": gid(LISTINGS, home),
        "hidden": gid(LISTINGS, hidden),
        "buyer": gid(BUYER_SESSIONS, bea.row),
        "own buyer": gid(BUYER_SESSIONS, (await parties.buyer(bob)).row),
        "seller": gid(SELLER_SESSIONS, sue.row),
        "saved": gid(SAVED_SEARCHES, await make.saved_search(bea.row)),
        "offer": gid(OFFERS, await make.offer(home, bea.row)),
        "profile": gid(PROFILES, profile),
        "chat": gid(CHAT_SESSIONS, chat),
        "own chat": gid(CHAT_SESSIONS, own_chat),
        "home": gid(REPLIERS_LISTINGS, outside),
        "note": gid(PROPERTY_NOTES, await make_buyer.property_note(chat, outside, noteType="agent")),
        "search": search["transactionId"],
    }


async def test_another_agent_s_rows_are_as_good_as_none(api: Api, parties: Parties, database: Database) -> None:
    ann, bob = await parties.agent("ann"), await parties.agent("bob", licenseNumber="1")
    named = await _named(ann, bob, parties)
    # As missing as these: the answers must not differ.
    missing = {name: _missing(value) for name, value in named.items()}
    stored = await rows(database, *estate.TABLES, *buyer.TABLES)
    for words, (mutation, given) in WRITES.items():
        theirs, nobodys = ({name: _filled(value, known) for name, value in given.items()} for known in (named, missing))
        nobodys |= {name: theirs[name] for name, value in given.items() if str(value).startswith(("own", "home"))}
        answers = [await write(api, mutation, bob, **each) for each in (theirs, nobodys)]
        assert [error["code"] for error in answers[0]["userErrors"]] == ["NOT_FOUND"], words
        assert answers[0] == answers[1], words
    assert await rows(database, *estate.TABLES, *buyer.TABLES) == stored


def _filled(value: Any, known: dict[str, str]) -> Any:
    return known.get(value, value) if isinstance(value, str) else value


def _missing(text: str) -> str:
    """An id of the same kind that nothing has."""
    return f"{text[:4]}{'A' * 16}" if len(text) == 20 else "00000000-0000-0000-0000-000000000000"


async def test_a_portal_acts_on_its_own_agent_s_listings_alone(api: Api, parties: Parties, database: Database) -> None:
    ann, bob = await parties.agent("ann"), await parties.agent("bob")
    eve, home = await parties.buyer(bob), await make.listing(ann.row)
    hidden = await make.listing(ann.row, status="withdrawn")
    stored = await rows(database, LISTINGS, OFFERS)
    for listing, code in ((home, "FORBIDDEN"), (hidden, "NOT_FOUND")):
        answer = await write(api, "estateOfferCreate", eve, listingId=gid(LISTINGS, listing), terms=TERMS)
        assert [error["code"] for error in answer["userErrors"]] == [code]
    assert await rows(database, LISTINGS, OFFERS) == stored


async def test_a_context_is_one_of_the_chat_s_own_buyer(api: Api, parties: Parties, database: Database) -> None:
    """Also where both buyers are the same agent's."""
    ann = await parties.agent("ann")
    one, two = await make_buyer.profile(ann.row["_id"]), await make_buyer.profile(ann.row["_id"], name="Cy")
    chat, search = await make_buyer.chat_session(one), await make_buyer.search_transaction(two)
    given = {"sessionId": gid(CHAT_SESSIONS, chat), "transactionId": search["transactionId"], "type": "INITIAL_SEARCH"}
    answer = await write(api, "buyerChatSearchContextActivate", ann, **given)
    assert [(error["code"], error["field"]) for error in answer["userErrors"]] == [("NOT_FOUND", ["transactionId"])]
