"""The chapters of a sale in which buyers come in, look for a home, and are told of one by a search of their own."""

from collections.abc import Sequence
from typing import Any

from models.estate.buyer_session import BUYER_SESSIONS
from models.estate.listing import LISTINGS
from models.estate.saved_search import SAVED_SEARCHES
from models.mail.mail import MAILS
from tests.fixtures.wire import Caller
from tests.resolvers.advisor.writing import refusal
from tests.story.offering import COTTAGE, HOME, HOUSE, MADE, home
from tests.story.scene import Scene

WISHES = {
    "maxPrice": 520_000,
    "bedrooms": 3,
    "cities": ["Portland"],
    "mustHaveFeatures": ["garage", "pool"],
}
HOUR = 3_600_000
LAST_USED = "{ estateBuyerSessions { nodes { buyerName } } }"


async def visitors_came_in(scene: Scene) -> None:
    """Bea, Ben and Sam sign in, each by the code of the own portal and no other; that Bea is there, Ann hears."""
    at_the_door = {
        "estateBuyerSessionSignIn": [scene.codes["seller"], scene.codes["buyer"][:-1], ""],
        "estateSellerSessionSignIn": [scene.codes["buyer"]],
    }
    for mutation, codes in at_the_door.items():
        for code in codes:
            answer = await refusal(scene.api, mutation, scene.cast["anonymous"], sessionCode=code)
            assert answer == ("UNAUTHENTICATED", "sessionCode")
    portals = scene.database[BUYER_SESSIONS.collection]
    await portals.update_one({"buyerName": "Bea"}, {"$inc": {"lastActive": -HOUR}})
    used = {"agent's buyers": [("CHANGED", {"buyerName": "Bea", "preferences": {"maxPrice": None}})]}
    await scene.hear(used)
    for who, kind, name in (("buyer", "Buyer", "Bea"), ("second buyer", "Buyer", "Ben"), ("seller", "Seller", "Sam")):
        shown = f"accessToken {kind.lower()}Session {{ id {kind.lower()}Name sessionCode }}"
        payload = await scene.does(
            "anonymous", f"estate{kind}SessionSignIn", shown, sessionCode=scene.codes[who].lower()
        )
        portal = {"id": scene.ids[who], f"{kind.lower()}Name": name, "sessionCode": None}
        assert payload[f"{kind.lower()}Session"] == portal
        scene.cast[who] = Caller(who, payload["accessToken"])
    await scene.hear(used)
    assert await scene.sees("agent", LAST_USED) == {"estateBuyerSessions": {"nodes": [_named("Bea"), _named("Ben")]}}


def _named(name: str) -> dict[str, str]:
    return {"buyerName": name}


async def everybody_follows(scene: Scene) -> None:
    """From now on all of them follow what concerns them; whoever asks for more is shown nothing."""
    of_house, offer = f'listingId: "{scene.ids["house"]}"', "status offerAmount"
    whose = "buyerSession { buyerName }"
    for who in ("agent", "buyer", "second buyer", "seller", "other agent", "her buyer", "her seller"):
        ruled = f"{offer} {whose}"
        await scene.follow(f"{who}'s offers", who, "estateOfferChanges", ruled)
        await scene.follow(f"{who}'s views", who, "estatePropertyViewChanges", f"viewerType viewDuration {whose}")
    nobody = {"account": "FORBIDDEN", "stranger": "FORBIDDEN", "anonymous": "UNAUTHENTICATED"}
    for field, node in (("estateOfferChanges", offer), ("estatePropertyViewChanges", "viewerType")):
        await scene.follow(f"other agent at {field}", "other agent", field, node, of_house)
        await scene.kept_out(field, node, of_house, nobody)
    clients = {**nobody, "buyer": "FORBIDDEN", "seller": "FORBIDDEN", "her chat": "FORBIDDEN"}
    for field in ("estateListingMineChanges", "estateBuyerSessionChanges", "estateSellerSessionChanges"):
        await scene.kept_out(field, "id", "", clients)
    await scene.kept_out("estateAuditEntryChanges", "event", f'agentId: "{scene.ids["agent"]}"', clients)
    for who in ("buyer", "seller"):
        this = f'id: "{scene.ids["house"]}"'
        await scene.follow(f"{who}'s house", who, "estateListingChanges", HOME, this, [home(HOUSE)])


async def wishes_told(scene: Scene) -> None:
    """Bea says what she looks for; besides her, Ann alone could, and both of them alone see it."""
    given = {"id": scene.ids["buyer"], "preferences": WISHES}
    told = {"operator": "FORBIDDEN"}
    await scene.refused("estateBuyerSessionPreferencesSet", "NOT_FOUND", told, but=["buyer", "agent"], **given)
    shown = "buyerSession { preferences { minPrice maxPrice bedrooms cities propertyTypes mustHaveFeatures } }"
    payload = await scene.does("buyer", "estateBuyerSessionPreferencesSet", shown, **given)
    expected = {**WISHES, "minPrice": None, "propertyTypes": []}
    assert payload == {"buyerSession": {"preferences": expected}}
    told_agent = {"buyerName": "Bea", "preferences": {"maxPrice": 520_000}}
    await scene.hear({"agent's buyers": [("CHANGED", told_agent)]})


SEARCH = """query ($where: EstateListingWhere, $near: GeoNear, $search: String, $orderBy: EstateListingOrder) {
  found: estateListings(where: $where, near: $near, search: $search, orderBy: $orderBy) {
    nodes { address distance }
  }
}"""
MATCHING = """query ($id: ID!) {
  estateMatchingListings(buyerSessionId: $id) { nodes { address score reasons } }
}"""
CLOSER = {"field": "DISTANCE", "direction": "ASC"}
HERE = {"lat": 45.52, "lng": -122.68}


async def homes_searched(scene: Scene) -> None:
    """Bea searches by price and rooms, near a place and by words; and is shown what suits her, with the reasons."""

    async def found(**asked: Any) -> Sequence[tuple[str, float | None]]:
        nodes = (await scene.sees("buyer", SEARCH, **asked))["found"]["nodes"]
        return [(node["address"], None if node["distance"] is None else round(node["distance"])) for node in nodes]

    roomy = {"city": {"eq": "portland"}, "price": {"lte": 500_000}, "bedrooms": {"gte": 3}}
    assert await found(where=roomy) == [(HOUSE["address"], None)]
    near = [(HOUSE["address"], 0), (COTTAGE["address"], 1_113)]
    assert await found(near={**HERE, "radiusMeters": 2_000}, orderBy=CLOSER) == near
    assert await found(near={**HERE, "radiusMeters": 1_000}, orderBy=CLOSER) == near[:1]
    assert await found(search="orchard") == [(HOUSE["address"], None)]
    assert await found(search="barn") == []
    suits = {"nodes": [_suiting(HOUSE, 85, "ENOUGH_BEDROOMS"), _suiting(COTTAGE, 55)]}
    for who in ("buyer", "agent"):
        assert await scene.sees(who, MATCHING, id=scene.ids["buyer"]) == {"estateMatchingListings": suits}
    await scene.hidden(MATCHING, {"nodes": []}, but=["buyer", "agent"], id=scene.ids["buyer"])


def _suiting(given: dict[str, Any], score: int, *more: str) -> dict[str, Any]:
    features = ["SOME_FEATURES"] if "Garage" in given["features"] else []
    return {"address": given["address"], "score": score, "reasons": ["WITHIN_BUDGET", *features, *more]}


async def search_saved(scene: Scene) -> None:
    """Bea saves a search and runs it; she and Ann alone see it."""
    key, whose = scene.named("search", SAVED_SEARCHES), {"buyerSessionId": scene.ids["buyer"]}
    of_bea = f'buyerSessionId: "{scene.ids["buyer"]}"'
    for who in ("buyer", "agent", "second buyer"):
        await scene.follow(f"{who}'s searches", who, "estateSavedSearchChanges", "searchName", of_bea)
    given = {**whose, "id": key, "searchName": "A loft", "criteria": {"cities": ["PORTLAND"], "maxPrice": 400_000}}
    told = {"operator": "FORBIDDEN"}
    await scene.refused("estateSavedSearchCreate", "NOT_FOUND", told, but=["buyer", "agent"], **given)
    shown = "savedSearch { id searchName notificationsEnabled lastRun criteria { cities features maxPrice } }"
    criteria = {"cities": ["PORTLAND"], "features": [], "maxPrice": 400_000}
    saved = {"id": key, "searchName": "A loft", "notificationsEnabled": True, "lastRun": None, "criteria": criteria}
    assert await scene.does("buyer", "estateSavedSearchCreate", shown, **given) == {"savedSearch": saved}
    new = [("ADDED", {"searchName": "A loft"})]
    await scene.hear({"buyer's searches": new, "agent's searches": new})
    await scene.refused("estateSavedSearchRun", "NOT_FOUND", but=["buyer", "agent"], id=key)
    run = await scene.does("buyer", "estateSavedSearchRun", "results { address }", id=key)
    assert run == {"results": []}


async def house_looked_at(scene: Scene) -> None:
    """Bea and a stranger look at the house; Ann hears who it was, Sam that somebody did, the others nothing."""
    of_barn = {"listingId": scene.ids["barn"], "viewDuration": 5}
    told = {"agent": "WRONG_STATE", "operator": "WRONG_STATE", "analysis": "WRONG_STATE", "anonymous": "NOT_FOUND"}
    await scene.refused("estatePropertyViewTrack", "NOT_FOUND", told, but=[], **of_barn)
    of_house, shown = {"listingId": scene.ids["house"]}, "view { viewerType viewDuration buyerSessionId }"
    looked = {"viewDuration": 90, "imagesViewed": [0, 1], "sectionsVisited": ["map"]}
    payload = await scene.does("buyer", "estatePropertyViewTrack", shown, **of_house, **looked)
    assert payload == {"view": {"viewerType": "BUYER", "viewDuration": 90, "buyerSessionId": scene.ids["buyer"]}}
    bea = {"viewerType": "BUYER", "viewDuration": 90, "buyerSession": _named("Bea")}
    unnamed = ("ADDED", {**bea, "buyerSession": None})
    await scene.hear(
        {"agent's views": [("ADDED", bea)], "buyer's views": [("ADDED", bea)], "seller's views": [unnamed]}
    )
    stranger = await scene.does("anonymous", "estatePropertyViewTrack", shown, **of_house, viewDuration=30)
    assert stranger == {"view": None}
    unknown = [("ADDED", {"viewerType": "ANONYMOUS", "viewDuration": 30, "buyerSession": None})]
    await scene.hear({"agent's views": unknown, "seller's views": unknown})


LOFT = {**HOUSE, "address": "4 Loft Street", "description": "A loft.", "price": 350_000, "features": []}
MATCHES = """query ($id: ID!) {
  estateSavedSearchMatches(savedSearchId: $id) { nodes { reason price listing { address } } }
}"""


async def search_fired(scene: Scene) -> None:
    """Ann offers a loft: Bea's search tells her of it, live and by mail."""
    of_search, node = f'savedSearchId: "{scene.ids["search"]}"', "reason price listing { address }"
    for who in ("buyer", "agent", "second buyer", "other agent"):
        await scene.follow(f"{who}'s matches", who, "estateSavedSearchMatchChanges", node, of_search)
    assert await scene.database[MAILS.collection].count_documents({}) == 0
    payload = await scene.does("agent", "estateListingCreate", MADE, id=scene.named("loft", LISTINGS), **LOFT)
    assert payload == {"listing": {"id": scene.ids["loft"], **home(LOFT)}}
    loft, found = [("ADDED", home(LOFT))], {"reason": "NEW", "price": 350_000, "listing": {"address": LOFT["address"]}}
    told = [("ADDED", found)]
    await scene.hear({"visitor's homes": loft, "agent's homes": loft, "buyer's matches": told, "agent's matches": told})
    shown = {"estateSavedSearchMatches": {"nodes": [found]}}
    assert await scene.sees("buyer", MATCHES, id=scene.ids["search"]) == shown
    await scene.hidden(MATCHES, {"nodes": []}, but=["buyer", "agent"], id=scene.ids["search"])
    [mail] = await scene.database[MAILS.collection].find().to_list()
    assert (mail["to"], mail["subject"]) == ("bea@example.com", "A new home for your saved search")
