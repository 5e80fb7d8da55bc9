"""The first chapters of a buyer's chat: homes are known, a buyer is written down, and what suits is searched."""

from typing import Any

from models.buyer.profile import PROFILES
from tests.resolvers.advisor.writing import refusal
from tests.story.scene import Scene

CONDO: dict[str, Any] = {
    "externalId": "x-1",
    "address": "1 Elm Street",
    "price": 450_000,
    "propertyType": "Condo",
    "city": "Portland",
    "state": "OR",
    "bedrooms": 2,
    "bathrooms": 1,
    "features": ["Garden"],
    "images": ["https://example.com/elm.jpg"],
}
HOUSE = {
    **CONDO,
    "externalId": "x-2",
    "address": "2 Oak Street",
    "propertyType": "House",
    "bedrooms": 1,
    "features": [],
}
POOL = {**CONDO, "externalId": "x-3", "address": "3 Pool Street", "features": ["Garden", "Pool"]}

WISHES: dict[str, Any] = {
    "name": "Bea",
    "email": "bea@example.com",
    "location": "Portland, Oregon",
    "budget": "up to 500 thousand",
    "budgetMin": 300_000,
    "budgetMax": 500_000,
    "homeType": "CONDO",
    "bedrooms": 2,
    "bathrooms": "1+",
    "mustHaveFeatures": ["garden"],
    "dealbreakers": ["pool"],
}
READERS = dict.fromkeys(("operator", "analysis", "answering", "search"), "FORBIDDEN")
"""Those who see a buyer's profile and are not its agent."""


async def homes_told(scene: Scene) -> None:
    """The search service tells of three homes; nobody else does, and agents and buyers in a chat alone see them."""
    given = {"listings": [CONDO, HOUSE, POOL]}
    await scene.refused("buyerRepliersListingsUpsert", "FORBIDDEN", but=["search"], **given)
    shown = "createdCount updatedCount listings { id address }"
    payload = await scene.does("search", "buyerRepliersListingsUpsert", shown, **given)
    scene.ids |= {home["address"]: home.pop("id") for home in [*map(dict, payload["listings"])]}
    assert (payload["createdCount"], payload["updatedCount"]) == (3, 0)
    one = "query ($id: ID!) { home: buyerRepliersListing(id: $id) { price } }"
    seeing = ["agent", "other agent", "other chat", "her chat", "analysis", "answering", "search"]
    for who in seeing:
        assert await scene.sees(who, one, id=scene.ids[CONDO["address"]]) == {"home": {"price": 450_000}}
    await scene.hidden(one, None, but=seeing, id=scene.ids[CONDO["address"]])


async def buyer_written_down(scene: Scene) -> None:
    """Ann writes down what Bea wants; nobody else sees her address or what she does not take."""
    node = "name email budget"
    there = {"email": "bea@example.com", "budget": "400 to 500 thousand"}
    cy, eves = {"name": "Cy", **there}, {"name": "Bea Buyer", **there}
    await scene.follow("agent's buyers", "agent", "buyerProfileChanges", node, shown=[cy])
    await scene.follow("other agent's buyers", "other agent", "buyerProfileChanges", node, shown=[eves])
    key = scene.named("profile", PROFILES)
    await scene.refused("buyerProfileCreate", "FORBIDDEN", but=["agent", "other agent"], id=key, **WISHES)
    shown = "profile { id name profileVersion current dealbreakers latestSearch { id } }"
    payload = await scene.does("agent", "buyerProfileCreate", shown, id=key, **WISHES)
    written = {"id": key, "name": "Bea", "profileVersion": 1, "current": True, "dealbreakers": ["pool"]}
    assert payload == {"profile": {**written, "latestSearch": None}}
    bea = {"name": "Bea", "email": "bea@example.com", "budget": "up to 500 thousand"}
    await scene.hear({"agent's buyers": [("ADDED", bea)]})
    one = "query ($id: ID!) { buyerProfile(id: $id) { name } }"
    await scene.hidden(one, None, but=["agent", *READERS], id=key)
    await scene.refused("buyerProfileUpdate", "NOT_FOUND", READERS, but=["agent"], id=key, budgetMax=1)
    await scene.refused("buyerProfileDelete", "NOT_FOUND", READERS, but=["agent"], id=key)


RUN = """searchTransaction {
  rawListingsCount dealbreakerPropertiesCount searchTrigger results { score } listings { address }
}"""


async def first_search(scene: Scene) -> None:
    """Ann searches: the home with a pool is left out; before that, no chat can be opened."""
    of_bea = {"profileId": scene.ids["profile"]}
    assert await refusal(scene.api, "buyerChatSessionCreate", scene.cast["agent"], **of_bea) == (
        "WRONG_STATE",
        "profileId",
    )
    node, which = "topPicksCount otherMatchesCount", f'profileId: "{of_bea["profileId"]}"'
    await scene.follow("searches", "agent", "buyerSearchTransactionChanges", node, which)
    out = {"other agent": "FORBIDDEN", "other chat": "FORBIDDEN", "anonymous": "UNAUTHENTICATED"}
    await scene.kept_out("buyerSearchTransactionChanges", node, which, out)
    await scene.refused("buyerSearchRun", "NOT_FOUND", READERS, but=["agent"], **of_bea)
    found = (await scene.does("agent", "buyerSearchRun", RUN, **of_bea))["searchTransaction"]
    assert scores(found) == {CONDO["address"]: 100, HOUSE["address"]: 60}
    counts = {"rawListingsCount": 2, "dealbreakerPropertiesCount": 1, "searchTrigger": "AGENT_INITIATED"}
    assert found == counts
    await scene.hear({"searches": [("ADDED", {"topPicksCount": 1, "otherMatchesCount": 1})]})


def scores(found: dict[str, Any]) -> dict[str, int]:
    """Takes from a search what it has found: the score of each home, by its address."""
    pairs = zip(found.pop("listings"), found.pop("results"), strict=True)
    return {home["address"]: result["score"] for home, result in pairs}
