"""The chapters of a sale in which homes are offered, and portals opened for those who buy and sell them."""

from typing import Any

from models.estate.buyer_session import BUYER_SESSIONS
from models.estate.listing import LISTINGS
from models.estate.seller_session import SELLER_SESSIONS
from tests.story.people import EVES_HOME
from tests.story.scene import Scene

HOUSE: dict[str, Any] = {
    "address": "1 Corner Street",
    "city": "Portland",
    "state": "OR",
    "zipCode": "97201",
    "price": 500_000,
    "bedrooms": 3,
    "bathrooms": 2.5,
    "sqft": 1_800,
    "propertyType": "single-family",
    "description": "A bright house with an old orchard.",
    "features": ["Garage", "Garden"],
    "images": ["https://example.com/front.jpg", "https://example.com/orchard.jpg"],
    "coordinates": {"lat": 45.52, "lng": -122.68},
}
BARN = {**HOUSE, "address": "2 Barn Lane", "description": "A barn.", "price": 300_000}
COTTAGE = {
    **HOUSE,
    "address": "3 Hill Street",
    "description": "A cottage with a view.",
    "price": 420_000,
    "bedrooms": 2,
    "features": ["Garden"],
    "coordinates": {"lat": 45.53, "lng": -122.68},
}

HOME = "address status"
MADE = f"listing {{ id {HOME} }}"
ONE = "query ($id: ID!) { estateListing(id: $id) { address } }"


def home(given: dict[str, Any], status: str = "ACTIVE") -> dict[str, Any]:
    """What is shown of a home in `HOME`."""
    return {"address": given["address"], "status": status}


async def homes_offered(scene: Scene) -> None:
    """Ann offers a house and a barn, Eve a cottage; the public sees each at once."""
    eves = {"address": EVES_HOME, "status": "ACTIVE"}
    await scene.follow("visitor's homes", "anonymous", "estateListingChanges", HOME, shown=[eves])
    await scene.follow("agent's homes", "agent", "estateListingMineChanges", HOME)
    await scene.follow("other agent's homes", "other agent", "estateListingMineChanges", HOME, shown=[eves])
    house, barn, cottage = (scene.named(name, LISTINGS) for name in ("house", "barn", "cottage"))
    await scene.refused("estateListingCreate", "FORBIDDEN", but=["agent", "other agent"], id=house, **HOUSE)
    offers = [("agent", house, HOUSE), ("agent", barn, BARN), ("other agent", cottage, COTTAGE)]
    for who, key, given in offers:
        payload = await scene.does(who, "estateListingCreate", MADE, id=key, **given)
        assert payload == {"listing": {"id": key, **home(given)}}
        told = [("ADDED", home(given))]
        await scene.hear({"visitor's homes": told, f"{who}'s homes": told})
    taken = {"other agent": "ALREADY_EXISTS"}
    await scene.refused("estateListingCreate", "FORBIDDEN", taken, but=["agent"], id=house, **HOUSE)


async def barn_withdrawn(scene: Scene) -> None:
    """Ann withdraws the barn: the public sees it no more."""
    given = {"id": scene.ids["barn"], "status": "WITHDRAWN"}
    await scene.refused("estateListingStatusChange", "FORBIDDEN", but=["agent"], **given)
    payload = await scene.does("agent", "estateListingStatusChange", MADE, **given)
    assert payload == {"listing": {"id": scene.ids["barn"], **home(BARN, "WITHDRAWN")}}
    gone = ("CHANGED", home(BARN, "WITHDRAWN"))
    await scene.hear({"visitor's homes": [("REMOVED", None)], "agent's homes": [gone]})
    await scene.hidden(ONE, None, but=["agent", "operator", "analysis"], id=scene.ids["barn"])
    unseen = {"operator": "FORBIDDEN", "analysis": "FORBIDDEN"}
    await scene.refused("estateListingUpdate", "NOT_FOUND", unseen, but=["agent"], id=scene.ids["barn"], price=1)


BUYER = "query ($id: ID!) { estateBuyerSession(id: $id) { buyerName sessionCode } }"
SELLER = "query ($id: ID!) { estateSellerSession(id: $id) { sellerName sessionCode } }"


async def buyers_portals_opened(scene: Scene) -> None:
    """Ann opens portals for Bea and Ben; she alone learns the codes."""
    await scene.follow("agent's buyers", "agent", "estateBuyerSessionChanges", "buyerName preferences { maxPrice }")
    eddie = {"buyerName": "Eddie", "preferences": {"maxPrice": None}}
    whose = ("other agent", "estateBuyerSessionChanges", "buyerName preferences { maxPrice }")
    await scene.follow("other agent's buyers", *whose, shown=[eddie])
    for part, name in (("buyer", "Bea"), ("second buyer", "Ben")):
        key = scene.named(part, BUYER_SESSIONS)
        given = {"id": key, "buyerName": name, "buyerEmail": f"{name.lower()}@example.com"}
        await scene.refused("estateBuyerSessionCreate", "FORBIDDEN", but=["agent", "other agent"], **given)
        shown = "buyerSession { id buyerName active sessionCode viewerCanUpdate }"
        found = (await scene.does("agent", "estateBuyerSessionCreate", shown, **given))["buyerSession"]
        scene.codes[part] = found.pop("sessionCode")
        assert found == {"id": key, "buyerName": name, "active": True, "viewerCanUpdate": True}
        portal = {"buyerName": name, "preferences": {"maxPrice": None}}
        await scene.hear({"agent's buyers": [("ADDED", portal)]})
        await scene.hidden(BUYER, None, but=["agent", "operator"], id=key)
        for who, told in (("agent", (name, scene.codes[part])), ("operator", (None, None))):
            shown_of = dict(zip(("buyerName", "sessionCode"), told, strict=True))
            assert await scene.sees(who, BUYER, id=key) == {"estateBuyerSession": shown_of}


async def sellers_portal_opened(scene: Scene) -> None:
    """Ann opens the portal of the house's seller, Sam: for a listing of her own, and one at a time."""
    await scene.follow("agent's sellers", "agent", "estateSellerSessionChanges", "sellerName listing { address }")
    key, given = scene.named("seller", SELLER_SESSIONS), {"sellerName": "Sam", "sellerEmail": "sam@example.com"}
    of_house = {"listingId": scene.ids["house"], **given}
    others = {"other agent": "NOT_FOUND"}
    await scene.refused("estateSellerSessionCreate", "FORBIDDEN", others, but=["agent"], id=key, **of_house)
    shown = "sellerSession { id sellerName sessionCode }"
    found = (await scene.does("agent", "estateSellerSessionCreate", shown, id=key, **of_house))["sellerSession"]
    scene.codes["seller"] = found.pop("sessionCode")
    assert found == {"id": key, "sellerName": "Sam"}
    portal = {"sellerName": "Sam", "listing": {"address": HOUSE["address"]}}
    await scene.hear({"agent's sellers": [("ADDED", portal)]})
    await scene.hidden(SELLER, None, but=["agent", "operator"], id=key)
    again = {**others, "agent": "ALREADY_EXISTS"}
    await scene.refused("estateSellerSessionCreate", "FORBIDDEN", again, but=[], **of_house)
