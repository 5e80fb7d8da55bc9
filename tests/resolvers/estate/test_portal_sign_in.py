"""Getting into a portal: by its code alone, a few times a minute, and all who fail are told the same."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import jwt
import pytest

from graphql_api.app import build_app
from models.clock import now
from models.estate.access import PORTAL_SECONDS
from models.estate.buyer_session import BUYER_SESSIONS
from models.estate.codes import portal_code
from models.estate.seller_session import SELLER_SESSIONS
from models.store.connection import Database
from models.table import Table
from tests.factories import estate as make
from tests.fixtures.estate import Parties, Party
from tests.fixtures.wire import ANONYMOUS, SETTINGS, Api, Caller, Calls
from tests.resolvers.advisor.writing import done, write

HOUR = 3_600_000
DENIED = [
    {
        "code": "UNAUTHENTICATED",
        "field": ["sessionCode"],
        "message": "This code opens no portal: ask your agent for another.",
    }
]


@dataclass(frozen=True)
class Kind:
    """One of the two kinds of portals."""

    letter: str
    table: Table[Any]
    mutation: str
    shown: str

    async def open(self, agent: Party, **values: Any) -> dict[str, Any]:
        """A portal with a code as real ones have it."""
        values = {"sessionCode": portal_code(self.letter), **values}
        if self.table is BUYER_SESSIONS:
            return await make.buyer_session(agent.row, **values)
        return await make.seller_session(await make.listing(agent.row), **values)


KINDS = [
    Kind("B", BUYER_SESSIONS, "estateBuyerSessionSignIn", "buyerSession"),
    Kind("S", SELLER_SESSIONS, "estateSellerSessionSignIn", "sellerSession"),
]
both = pytest.mark.parametrize("kind", KINDS, ids=["buyer", "seller"])


def document(kind: Kind, shown: str = "accessToken expiresAt") -> str:
    """The sign-in."""
    name = kind.mutation[0].upper() + kind.mutation[1:]
    errors = "userErrors { code field message }"
    return f"mutation($input: {name}Input!) {{ payload: {kind.mutation}(input: $input) {{ {shown} {errors} }} }}"


@both
async def test_the_code_opens_the_portal(api: Api, parties: Parties, kind: Kind) -> None:
    ann = await parties.agent("ann")
    portal = await kind.open(ann)
    private = "buyerName buyerEmail" if kind.letter == "B" else "sellerName sellerEmail"
    row = f"{kind.shown} {{ id sessionCode {private} viewerCanUpdate agent {{ id email }} }}"
    began = int(time.time()) * 1000
    payload = await done(
        api, kind.mutation, ANONYMOUS, f"accessToken expiresAt {row}", sessionCode=portal["sessionCode"]
    )
    shown = payload[kind.shown]
    assert shown.pop("id") == Party("x", row=portal, table=kind.table).id
    assert shown == {
        **({name: portal[name] for name in private.split()}),
        "sessionCode": None,
        "viewerCanUpdate": True,
        "agent": {"id": ann.id, "email": "ann@example.com"},
    }
    assert 0 <= payload["expiresAt"] - began - PORTAL_SECONDS * 1000 < 60_000
    visitor = Caller("visitor", payload["accessToken"])
    kinds = {"B": "BUYER_SESSION", "S": "SELLER_SESSION"}
    assert await api.data("{ viewer { kind account { id } } }", by=visitor) == {
        "viewer": {"kind": kinds[kind.letter], "account": None}
    }


@both
@pytest.mark.parametrize(
    "way", [str.lower, lambda code: code.replace("-", ""), lambda code: f"  {code} ".replace("-", " ")]
)
async def test_a_code_may_be_typed_in_any_way(api: Api, parties: Parties, kind: Kind, way: Any) -> None:
    code = f"{kind.letter}-0123O-ABCDI-EFGHL-JKMNP"
    stored = f"{kind.letter}-01230-ABCD1-EFGH1-JKMNP"
    await kind.open(await parties.agent("ann"), sessionCode=stored)
    assert (await done(api, kind.mutation, ANONYMOUS, "accessToken", sessionCode=way(code)))["accessToken"]


@both
async def test_what_follows_in_the_operation_is_the_visitors(api: Api, parties: Parties, kind: Kind) -> None:
    """An agent who tries a code does not write as himself what comes behind it."""
    ann = await parties.agent("ann")
    portal = await kind.open(ann)
    key = Party("x", row=portal, table=kind.table).id
    name = kind.table.type_name
    column = "buyerName" if kind.letter == "B" else "sellerName"
    text = f"""mutation($code: String!, $id: ID!) {{
        in: {kind.mutation}(input: {{sessionCode: $code}}) {{ userErrors {{ code }} }}
        then: e{name[1:]}Update(input: {{id: $id, {column}: "x"}}) {{ userErrors {{ code field }} }} }}"""
    found = await api.data(text, {"code": portal["sessionCode"], "id": key}, by=ann)
    assert found == {"in": {"userErrors": []}, "then": {"userErrors": [{"code": "FORBIDDEN", "field": [column]}]}}


@both
async def test_a_token_ends_with_its_portal(api: Api, parties: Parties, kind: Kind) -> None:
    end = now() + HOUR
    portal = await kind.open(await parties.agent("ann"), expiresAt=end)
    payload = await done(api, kind.mutation, ANONYMOUS, "accessToken expiresAt", sessionCode=portal["sessionCode"])
    assert end - 5_000 < payload["expiresAt"] <= end
    claims = jwt.decode(payload["accessToken"].removeprefix("tok_"), options={"verify_signature": False})
    assert claims["exp"] * 1000 == payload["expiresAt"]
    subject = {"B": "estate-buyer", "S": "estate-seller"}[kind.letter]
    assert claims["sub"] == f"{subject}:{portal['_id']}:1"


@both
async def test_all_who_fail_are_told_the_same(api: Api, parties: Parties, kind: Kind, database: Database) -> None:
    ann, otto = await parties.agent("ann"), await parties.agent("otto", active=False)
    other = KINDS[1 - KINDS.index(kind)]
    good = await kind.open(ann)
    codes = {
        "unknown": portal_code(kind.letter),
        "malformed": "x",
        "empty": "",
        "long": "B" * 100_000,
        "odd": "B-\u0000-\U0001f600-$ne",
        "inactive": (await kind.open(ann, active=False))["sessionCode"],
        "expired": (await kind.open(ann, expiresAt=now() - 1))["sessionCode"],
        "about to expire": (await kind.open(ann, expiresAt=now() + 500))["sessionCode"],
        "switched off": (await kind.open(otto))["sessionCode"],
        "another kind": (await other.open(ann))["sessionCode"],
        "half": good["sessionCode"][:13],
    }
    answers = {
        name: (await api.post(document(kind), {"input": {"sessionCode": code}}, ANONYMOUS))
        for name, code in codes.items()
    }
    assert {answer.status_code for answer in answers.values()} == {200}
    assert len({answer.content for answer in answers.values()}) == 1, {n: a.content for n, a in answers.items()}
    told = answers["unknown"].json()["data"]["payload"]
    assert told == {"accessToken": None, "expiresAt": None, "userErrors": DENIED}
    ignored = {"date", "x-request-id"}
    heads = {tuple((k, v) for k, v in answer.headers.items() if k not in ignored) for answer in answers.values()}
    assert len(heads) == 1


@both
async def test_twenty_sign_ins_at_once_all_get_in(api: Api, parties: Parties, kind: Kind, database: Database) -> None:
    portal = await kind.open(await parties.agent("ann"), lastActive=1)
    collection = database[kind.table.collection]
    before = await collection.find_one({"_id": portal["_id"]})
    given = {"input": {"sessionCode": portal["sessionCode"]}}
    answers = await asyncio.gather(*(api.answer(document(kind), given) for _ in range(20)))
    assert [answer["data"]["payload"]["userErrors"] for answer in answers] == [[]] * 20
    stored = await collection.find_one({"_id": portal["_id"]})
    assert before is not None
    assert stored is not None
    # Noted as used, and otherwise untouched: nobody's version has gone stale.
    assert stored["lastActive"] > now() - 60_000
    assert {**stored, "lastActive": 1} == before


@both
async def test_one_address_may_try_twenty_times_a_minute(api: Api, parties: Parties, kind: Kind) -> None:
    portal = await kind.open(await parties.agent("ann"))
    for _ in range(20):
        payload = await write(api, kind.mutation, ANONYMOUS, "accessToken", sessionCode=portal_code(kind.letter))
        assert payload == {"accessToken": None, "userErrors": DENIED}
    payload = await write(api, kind.mutation, ANONYMOUS, "accessToken", sessionCode=portal["sessionCode"])
    _rate_limited(payload, "sign-ins to portals from one address")


def _rate_limited(payload: dict[str, Any], words: str) -> None:
    [error] = payload["userErrors"]
    assert (payload["accessToken"], error["code"], error["field"]) == (None, "RATE_LIMITED", None)
    beginning, seconds = f"Too many {words}: try again in ", error["message"].rsplit(" ", 2)[1]
    assert error["message"] == f"{beginning}{seconds} s."
    assert 1 <= int(seconds) <= 60


@pytest.fixture
async def crowd(watched: tuple[Database, Calls], empty: None) -> AsyncIterator[list[Api]]:
    """Clients of one server from three addresses."""
    app = build_app(SETTINGS, watched[0])
    clients = [
        httpx.AsyncClient(transport=httpx.ASGITransport(app, client=(address, 1)), base_url="http://testserver")
        for address in ("192.0.2.1", "192.0.2.2", "192.0.2.3")
    ]
    yield [Api(client, watched[1]) for client in clients]
    for client in clients:
        await client.aclose()


@both
async def test_codes_that_begin_alike_may_be_tried_thirty_times_a_minute(
    crowd: list[Api], parties: Parties, kind: Kind
) -> None:
    ann = await parties.agent("ann")
    portal, other = await kind.open(ann), await kind.open(ann, active=False)
    code = portal["sessionCode"]
    alike = code[:8] + "0000" + code[12:] if code[8:12] != "0000" else code[:8] + "1111" + code[12:]
    for attempt in range(30):
        payload = await write(crowd[attempt % 2], kind.mutation, ANONYMOUS, "accessToken", sessionCode=alike)
        assert payload == {"accessToken": None, "userErrors": DENIED}
    # Neither another address nor another spelling begins anew.
    payload = await write(crowd[2], kind.mutation, ANONYMOUS, "accessToken", sessionCode=f" {code.lower()} ")
    _rate_limited(payload, "sign-ins to portals with codes that begin alike")
    payload = await write(crowd[2], kind.mutation, ANONYMOUS, "accessToken", sessionCode=other["sessionCode"])
    assert payload["userErrors"] == DENIED


async def test_a_code_is_read_by_its_index(api: Api, parties: Parties, database: Database) -> None:
    for kind in KINDS:
        portal = await kind.open(await parties.agent(f"ann-{kind.letter}"))
        await api.data(document(kind), {"input": {"sessionCode": portal["sessionCode"]}})
        [asked] = [command for command in api.calls.seen if command.get("filter", {}).get("sessionCode")]
        plan = await database.command("explain", {"find": asked["find"], "filter": asked["filter"]})
        assert "bySessionCode" in str(plan["queryPlanner"]["winningPlan"])
        await api.data(document(kind), {"input": {"sessionCode": portal_code(kind.letter)}})
        assert len(api.calls.seen) == 1


@both
async def test_nothing_of_a_token_is_kept_for_a_replay(
    api: Api, parties: Parties, kind: Kind, database: Database
) -> None:
    portal = await kind.open(await parties.agent("ann"))
    given = {"sessionCode": portal["sessionCode"], "clientMutationId": "again"}
    for _ in range(2):
        payload = await done(api, kind.mutation, ANONYMOUS, "accessToken clientMutationId", **given)
        assert payload["accessToken"].startswith("tok_")
        assert payload["clientMutationId"] == "again"
    assert await database["idempotency_keys"].count_documents({}) == 0
