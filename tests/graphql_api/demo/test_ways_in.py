"""The ways into the demo: they lead there on the bundled database, and nowhere on any other."""

import re
from typing import Any

import pytest

from graphql_api.demo.doors import PASSWORD, Doors
from graphql_api.demo.entrances import AGENT, entrances
from graphql_api.demo.seeding import fill
from models.estate.codes import typed
from models.store.connection import Database
from resolvers.estate import entry
from tests.fixtures.wire import Api, Calls, People
from tests.graphql_api.demo.test_seeding import ISSUER, NOW, TINY, rows

SHOWN = dict(entrances("https://app.example.com/"))
LINK_TOKEN = SHOWN["Chat"].partition("#")[2]


def way(field: str, given: str, shown: str) -> str:
    """A mutation that signs in."""
    return f"mutation {{ in: {field}(input: {{ {given} }}) {{ {shown} userErrors {{ code }} }} }}"


def by_password(name: str) -> str:
    """The sign-in of one of the agents."""
    given = f'email: "{name}@example.com", password: "{PASSWORD}"'
    return way("estateAgentSignIn", given, "agent { lastName }")


BUYER = way("estateBuyerSessionSignIn", f'sessionCode: "{SHOWN["Buyer"]}"', "buyerSession { buyerName }")
SELLER = way("estateSellerSessionSignIn", f'sessionCode: "{SHOWN["Seller"]}"', "sellerSession { sellerName }")
CHAT = way("buyerChatSessionSignIn", f'linkToken: "{LINK_TOKEN}"', "session { totalQuestions }")
WAYS: list[tuple[str, dict[str, Any]]] = [
    (by_password("marcus-okoye"), {"agent": {"lastName": "Okoye"}}),
    (by_password("elena-vasquez"), {"agent": {"lastName": "Vasquez"}}),
    (BUYER, {"buyerSession": {"buyerName": "Femi Tran"}}),
    (SELLER, {"sellerSession": {"sellerName": "Yusuf Ortiz"}}),
    (CHAT, {"session": {"totalQuestions": 5}}),
]
IDS = ["marcus", "elena", "buyer", "seller", "chat"]


@pytest.fixture
def blank(watched: tuple[Database, Calls], empty: None, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A database without rows, where wrong passwords are told so at once."""
    monkeypatch.setattr(entry, "LEVEL_SECONDS", 0)
    return watched[0]


@pytest.mark.parametrize(("document", "shown"), WAYS, ids=IDS)
async def test_what_the_banner_shows_leads_in(blank: Database, api: Api, document: str, shown: dict[str, Any]) -> None:
    await fill(blank, TINY, issuer=ISSUER, now=NOW, known=True)
    assert await api.data(document) == {"in": {**shown, "userErrors": []}}


@pytest.mark.parametrize(("document", "shown"), WAYS, ids=IDS)
async def test_elsewhere_it_leads_nowhere(blank: Database, api: Api, document: str, shown: dict[str, Any]) -> None:
    await fill(blank, TINY, issuer=ISSUER, now=NOW)
    refused = {"userErrors": [{"code": "UNAUTHENTICATED"}]}
    assert await api.data(document) == {"in": {**dict.fromkeys(shown), **refused}}


async def test_elsewhere_nobody_has_a_password(blank: Database) -> None:
    await fill(blank, TINY, issuer=ISSUER, now=NOW)
    assert [row for row in await rows(blank, "agent_credentials") if "passwordHash" in row] == []
    assert {agent["isActivated"] for agent in await rows(blank, "estate_agents")} == {False}


async def test_the_first_agent_comes_by_a_token(blank: Database, api: Api, people: People) -> None:
    nora = await people.person(AGENT.key)
    await fill(blank, TINY, issuer=ISSUER, now=NOW)
    assert await api.data("{ estateAgentMe { lastName active } }", by=nora) == {
        "estateAgentMe": {"lastName": "Whitfield", "active": True}
    }


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("kind", ["B", "S"])
def test_codes_are_such_as_people_type(known: bool, kind: str) -> None:
    code = Doors(known).portal(kind, "anybody")
    assert typed(code, kind) == code
    assert (Doors(known).portal(kind, "anybody") == code) == known


def test_links_are_long_secrets() -> None:
    assert re.fullmatch(r"[\w-]{43}", LINK_TOKEN)
    assert SHOWN["Chat"] == f"https://app.example.com/buyer/chat#{LINK_TOKEN}"
    assert Doors(known=False).link("anybody") != Doors(known=False).link("anybody")
