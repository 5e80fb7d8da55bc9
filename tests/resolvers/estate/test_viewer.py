"""The viewer: who asks, as agent, or as the visitor of a portal."""

import pytest

from tests.fixtures.estate import Parties
from tests.fixtures.wire import ANONYMOUS, Api, Caller, People
from tests.resolvers.estate.portals import Cast, cast

VIEWER = """{ viewer { kind account { email } advisorUser { id } estateAgent { id email active }
    estateBuyerSession { id buyerName agent { id } } estateSellerSession { id sellerName listing { address } }
    buyerChatSession { id agentId } } }"""
NOBODY = dict.fromkeys(
    ("account", "advisorUser", "estateAgent", "estateBuyerSession", "estateSellerSession", "buyerChatSession")
)


@pytest.fixture
async def scene(parties: Parties, people: People) -> Cast:
    return await cast(parties, people)


async def viewer(api: Api, by: Caller) -> dict[str, object]:
    """What the viewer shows, but for what is null."""
    found = (await api.data(VIEWER, by=by))["viewer"]
    assert set(found) == {"kind", *NOBODY}
    return {name: value for name, value in found.items() if value is not None}


async def test_an_agent(api: Api, scene: Cast, parties: Parties) -> None:
    for agent, active in ((scene.ann, True), (await parties.agent("otto", active=False), False)):
        email = f"{agent.name}@example.com"
        assert await viewer(api, agent) == {
            "kind": "ACCOUNT",
            "account": {"email": email},
            "estateAgent": {"id": agent.id, "email": email, "active": active},
        }


async def test_a_buyer(api: Api, scene: Cast) -> None:
    assert await viewer(api, scene.buyer) == {
        "kind": "BUYER_SESSION",
        "estateBuyerSession": {"id": scene.buyer.id, "buyerName": "Bea Buyer", "agent": {"id": scene.ann.id}},
    }


async def test_a_seller(api: Api, scene: Cast) -> None:
    shown = {"id": scene.seller.id, "sellerName": "Sam Seller", "listing": {"address": "1 Corner Street"}}
    assert await viewer(api, scene.seller) == {"kind": "SELLER_SESSION", "estateSellerSession": shown}


async def test_a_chat(api: Api, scene: Cast) -> None:
    shown = {"id": scene.chat.id, "agentId": scene.ann.id}
    assert await viewer(api, scene.chat) == {"kind": "BUYER_CHAT", "buyerChatSession": shown}


async def test_others(api: Api, scene: Cast, people: People) -> None:
    paul = await people.person("paul")
    account, profile = {"email": "paul@example.com"}, {"id": paul.id}
    assert await viewer(api, paul) == {"kind": "ACCOUNT", "account": account, "advisorUser": profile}
    assert await viewer(api, people.service("analysis")) == {"kind": "SERVICE"}
    assert await viewer(api, ANONYMOUS) == {"kind": "ANONYMOUS"}
    assert (await viewer(api, scene.operator))["kind"] == "OPERATOR"
