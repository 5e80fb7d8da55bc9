"""The last chapters of a sale: the figures of it, and the agent's sign-out."""

from tests.resolvers.advisor.writing import refusal
from tests.resolvers.estate.signing_in import status
from tests.story.arriving import CARD
from tests.story.looking import LOFT
from tests.story.offering import HOUSE, home
from tests.story.scene import Scene

OFFERS = "offers { offers highestAmount averageAmount byStatus { status offers highestAmount averageAmount } }"
VIEWS = "views uniqueBuyers anonymousViews totalSeconds meanSeconds"
DASHBOARD = f"""query ($id: ID!) {{
  shown: estateSellerDashboard(sellerSessionId: $id) {{ views {{ {VIEWS} }} {OFFERS} daysOnMarket }}
}}"""
ANALYTICS = f"""query ($id: ID!) {{
  shown: estateListingAnalytics(listingId: $id, range: WEEK) {{
    totals {{ {VIEWS} }} topImages {{ position views }} byViewerType {{ viewerType views totalSeconds }}
  }}
}}"""
TIMELINE = """query ($id: ID!) {
  shown: estateListingEngagement(listingId: $id) {
    nodes { kind view { viewerType buyerSessionId } offer { status buyerSessionId } }
  }
}"""
ENGAGEMENT = """query ($id: ID!) {
  shown: estateBuyerEngagement(buyerSessionId: $id) { views propertiesViewed totalSeconds meanSeconds offersSubmitted }
}"""
LOOKS = {"views": 2, "uniqueBuyers": 1, "anonymousViews": 1, "totalSeconds": 120, "meanSeconds": 60}


async def figures_shown(scene: Scene) -> None:
    """Sam and Ann see how the sale went, in figures."""
    by_status = [
        {"status": "ACCEPTED", "offers": 1, "highestAmount": 485_000, "averageAmount": 485_000},
        {"status": "REJECTED", "offers": 1, "highestAmount": 450_000, "averageAmount": 450_000},
    ]
    offers = {"offers": 2, "highestAmount": 485_000, "averageAmount": 467_500, "byStatus": by_status}
    dashboard = {"views": LOOKS, "offers": offers, "daysOnMarket": 0}
    kinds = [
        {"viewerType": "ANONYMOUS", "views": 1, "totalSeconds": 30},
        {"viewerType": "BUYER", "views": 1, "totalSeconds": 90},
    ]
    images = [{"position": 0, "views": 1}, {"position": 1, "views": 1}]
    analytics = {"totals": LOOKS, "topImages": images, "byViewerType": kinds}
    for document, name, expected in ((DASHBOARD, "seller", dashboard), (ANALYTICS, "house", analytics)):
        for who in ("seller", "agent"):
            assert await scene.sees(who, document, id=scene.ids[name]) == {"shown": expected}
        await scene.hidden(document, None, but=["seller", "agent"], id=scene.ids[name])


async def history_shown(scene: Scene) -> None:
    """Ann sees who did what with the house, Sam what was done; and what Bea did is hers and Ann's to see."""
    bea, ben = scene.ids["buyer"], scene.ids["second buyer"]
    for who, names in (("agent", (ben, bea, None, bea)), ("seller", (None,) * 4)):
        second, first, _, viewer = names
        entries = [
            {"kind": "OFFER", "view": None, "offer": {"status": "REJECTED", "buyerSessionId": second}},
            {"kind": "OFFER", "view": None, "offer": {"status": "ACCEPTED", "buyerSessionId": first}},
            {"kind": "VIEW", "view": {"viewerType": "ANONYMOUS", "buyerSessionId": None}, "offer": None},
            {"kind": "VIEW", "view": {"viewerType": "BUYER", "buyerSessionId": viewer}, "offer": None},
        ]
        assert await scene.sees(who, TIMELINE, id=scene.ids["house"]) == {"shown": {"nodes": entries}}
    await scene.hidden(TIMELINE, None, but=["seller", "agent"], id=scene.ids["house"])
    done = {"views": 1, "propertiesViewed": 1, "totalSeconds": 90, "meanSeconds": 90, "offersSubmitted": 1}
    for who in ("buyer", "agent"):
        assert await scene.sees(who, ENGAGEMENT, id=bea) == {"shown": done}
    await scene.hidden(ENGAGEMENT, None, but=["buyer", "agent"], id=bea)


async def switched_off(scene: Scene) -> None:
    """The operator switches Ann off: her homes are hidden, her clients let out, and she writes nothing; then on."""
    ann, loft = {"id": scene.ids["agent"]}, {"id": scene.ids["loft"]}
    await scene.refused("estateAgentDeactivate", "FORBIDDEN", but=["operator"], **ann)
    await scene.does("operator", "estateAgentDeactivate", "", **ann)
    seen = ("visitor's agents", "visitor's homes", "buyer's house", "seller's house")
    gone = {ear: [("REMOVED", None)] for ear in seen}
    await scene.hear({"audit": [("ADDED", {"event": "SWITCHED_OFF"})], **gone})
    clients = ("buyer", "second buyer", "seller")
    assert [await status(scene.api, scene.cast[who]) for who in clients] == [401] * 3
    assert await refusal(scene.api, "estateListingUpdate", scene.cast["agent"], **loft, price=1) == ("FORBIDDEN", None)
    await scene.does("operator", "estateAgentReactivate", "", **ann)
    again = [{**CARD, "licenseNumber": "OR-1", "licenseVerified": True}, home(LOFT), *[home(HOUSE, "SOLD")] * 2]
    back = {ear: [("ADDED", node)] for ear, node in zip(seen, again, strict=True)}
    await scene.hear({"audit": [("ADDED", {"event": "SWITCHED_ON"})], **back})
    assert [await status(scene.api, scene.cast[who]) for who in clients] == [200] * 3


async def signed_out(scene: Scene) -> None:
    """Ann signs out: neither her access token nor her refresh token is good for anything; her clients stay."""
    agent, given = scene.cast["agent"], {"refreshToken": scene.ids["refresh token"]}
    told = {"other agent": "UNAUTHENTICATED"}
    await scene.refused("estateAgentSignOut", "FORBIDDEN", told, but=["agent"], **given)
    assert await status(scene.api, agent) == 200
    assert await scene.does("agent", "estateAgentSignOut", "", **given) == {}
    await scene.hear({"audit": [("ADDED", {"event": "SIGNED_OUT"})]})
    assert await status(scene.api, agent) == 401
    del scene.cast["agent"]
    answer = await refusal(scene.api, "estateAgentTokenRefresh", scene.cast["anonymous"], **given)
    assert answer == ("UNAUTHENTICATED", "refreshToken")
    for who in ("buyer", "second buyer", "seller"):
        assert await status(scene.api, scene.cast[who]) == 200
