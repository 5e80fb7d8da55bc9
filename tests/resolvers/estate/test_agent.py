"""Agents: who becomes one, who changes a card, and what each caller sees of it."""

import asyncio
from typing import Any

import pytest
from bson import ObjectId

from graphql_api.app import token_rules
from graphql_api.auth.minting import mint
from models import global_id
from models.account.account import ACCOUNTS
from models.estate.agent import AGENTS
from models.estate.codes import INVITE_LETTERS, LETTERS
from models.store.connection import Database
from tests.factories import buyer as make_buyer
from tests.factories import estate as make
from tests.fixtures.estate import Parties
from tests.fixtures.wire import ANONYMOUS, SETTINGS, Api, Caller, People
from tests.graphql_api.auth.issuer import compact, hs256
from tests.resolvers.advisor.writing import done, refusal, rows, write
from tests.resolvers.estate.signing_in import enter, person, stored

REGISTER, UPDATE, ROTATE = "estateAgentRegister", "estateAgentUpdate", "estateAgentInviteCodeRotate"
GIVEN = {"firstName": "Ann", "lastName": "Agent", "agencyName": "Corner Homes"}
CARD = "id accountId firstName agencyName inviteCode phone email active isActivated viewerCanUpdate"


def external(subject: str, **claims: Any) -> Caller:
    """Somebody who comes with a token of the identity provider for the first time."""
    if not claims:
        return Caller(
            subject, mint(token_rules(SETTINGS), subject, lifetime_seconds=600, email=f"{subject}@Example.com")
        )
    rules = token_rules(SETTINGS)
    payload = {"iss": rules.issuer, "aud": rules.audience, "sub": subject, "exp": 4_000_000_000, **claims}
    assert rules.secret is not None
    return Caller(subject, compact({"alg": "HS256", "typ": "JWT"}, payload, hs256(rules.secret)))


async def test_an_account_becomes_an_agent(api: Api, database: Database) -> None:
    ann = external("ann")
    key = global_id.encode(AGENTS.tag, ObjectId("6560f00000000000000000aa"))
    payload = await done(api, REGISTER, ann, f"agent {{ {CARD} }}", **GIVEN, id=key, phone="555-0100")
    [row] = await stored(database, AGENTS)
    shown = payload["agent"]
    assert shown == {
        "id": key,
        "accountId": global_id.encode(ACCOUNTS.tag, row["accountId"]),
        "firstName": "Ann",
        "agencyName": "Corner Homes",
        "inviteCode": row["inviteCode"],
        "phone": "555-0100",
        "email": "ann@Example.com",
        "active": True,
        "isActivated": False,
        "viewerCanUpdate": True,
    }
    assert (len(row["inviteCode"]), set(row["inviteCode"]) <= set(LETTERS)) == (INVITE_LETTERS, True)
    assert (row["emailKey"], row["licenseVerified"]) == ("ann@example.com", False)
    # The next request knows him as an agent.
    assert await api.data("{ estateAgentMe { id } }", by=ann) == {"estateAgentMe": {"id": key}}


async def test_an_account_becomes_an_agent_once(api: Api, database: Database) -> None:
    ann = external("ann")
    payloads = await asyncio.gather(*(write(api, REGISTER, ann, "agent { id }", **GIVEN) for _ in range(20)))
    assert len([payload for payload in payloads if payload["agent"]]) == 1
    codes = [error["code"] for payload in payloads for error in payload["userErrors"]]
    assert codes == ["ALREADY_EXISTS"] * 19
    assert len(await stored(database, AGENTS)) == 1


async def test_an_address_belongs_to_one_agent(api: Api, database: Database) -> None:
    await person("ann")
    before = await rows(database, AGENTS)
    assert (await refusal(api, REGISTER, external("ann"), **GIVEN))[0] == "ALREADY_EXISTS"
    assert await rows(database, AGENTS) == before


@pytest.mark.parametrize(
    "claims",
    [{"name": "Ann"}, {"email": "ann@example.com"}, {"email": "ann@example.com", "email_verified": "true"}],
    ids=["none", "unverified", "text"],
)
async def test_the_address_must_be_verified(api: Api, database: Database, claims: dict[str, Any]) -> None:
    assert await refusal(api, REGISTER, external("ann", **claims), **GIVEN) == ("FORBIDDEN", None)
    assert await stored(database, AGENTS) == []


async def test_only_people_register(api: Api, people: People, parties: Parties, database: Database) -> None:
    ann = await parties.agent("ann")
    before = await rows(database, AGENTS)
    assert await refusal(api, REGISTER, ANONYMOUS, **GIVEN) == ("UNAUTHENTICATED", None)
    for who in (await parties.buyer(ann), people.service("answering"), people.service("stranger")):
        assert await refusal(api, REGISTER, who, **GIVEN) == ("FORBIDDEN", None)
    assert await rows(database, AGENTS) == before


async def test_an_input_cannot_name_what_the_server_sets(api: Api) -> None:
    for name, value in (("active", "false"), ("licenseVerified", "true"), ("inviteCode", '"X"'), ("email", '"a@b"')):
        text = f'mutation {{ {REGISTER}(input: {{firstName: "A", lastName: "B", agencyName: "C", {name}: {value}}}) {{'
        answer = await api.answer(text + " userErrors { code } } }", by=external("ann"))
        assert answer["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


async def test_the_agent_changes_the_card(api: Api, parties: Parties) -> None:
    ann = await parties.agent("ann", phone="555-0100")
    shown = "agent { firstName phone bio licenseNumber version }"
    given = {"firstName": "Anna", "phone": None, "bio": "Hello", "licenseNumber": "L-1", "expectedVersion": 1}
    payload = await done(api, UPDATE, ann, shown, id=ann.id, **given)
    assert payload["agent"] == {
        "firstName": "Anna",
        "phone": None,
        "bio": "Hello",
        "licenseNumber": "L-1",
        "version": 2,
    }
    stale = await write(api, UPDATE, ann, shown, id=ann.id, bio="again", expectedVersion=1)
    assert (stale["agent"]["bio"], stale["userErrors"][0]["code"]) == ("Hello", "STALE_VERSION")


@pytest.mark.parametrize("given", [{"licenseVerified": True}, {"email": "x@example.com"}, {"licenseNumber": "L-2"}])
async def test_what_the_operator_alone_changes(
    api: Api, parties: Parties, people: People, database: Database, given: dict[str, Any]
) -> None:
    ann = await parties.agent("ann", licenseNumber="L-1", licenseVerified=True)
    before = await rows(database, AGENTS)
    assert await refusal(api, UPDATE, ann, id=ann.id, **given) == ("FORBIDDEN", None)
    assert await rows(database, AGENTS) == before
    await done(api, UPDATE, await people.operator("olga"), id=ann.id, **given)
    [row] = await stored(database, AGENTS)
    assert {name: row[name] for name in given} == given
    assert row["emailKey"] == row["email"]


async def test_a_taken_address_is_refused_to_the_operator(api: Api, parties: Parties, people: People) -> None:
    ann, _ = await parties.agent("ann"), await parties.agent("bob")
    olga = await people.operator("olga")
    assert (await refusal(api, UPDATE, olga, id=ann.id, email="BOB@example.com"))[0] == "ALREADY_EXISTS"
    assert await refusal(api, UPDATE, olga, id=ann.id, email="bob\n@example.com") == ("INVALID", "email")


@pytest.mark.parametrize("mutation", [UPDATE, ROTATE])
async def test_nobody_else_changes_it(
    api: Api, parties: Parties, people: People, database: Database, mutation: str
) -> None:
    ann = await parties.agent("ann")
    listing = await make.listing(ann.row)
    callers: dict[str, Caller] = {
        "other agent": await parties.agent("bob"),
        "buyer": await parties.buyer(ann),
        "seller": await parties.seller(listing),
        "chat": await parties.chat(await make_buyer.profile(ann.row["_id"])),
        "plain": await people.person("plain"),
        "service": people.service("answering"),
        "stranger": people.service("stranger"),
    }
    given = {"bio": "stolen"} if mutation == UPDATE else {}
    before = await rows(database, AGENTS)
    found = {name: await refusal(api, mutation, who, id=ann.id, **given) for name, who in callers.items()}
    assert found == dict.fromkeys(callers, ("FORBIDDEN", None))
    assert await refusal(api, mutation, ANONYMOUS, id=ann.id, **given) == ("UNAUTHENTICATED", None)
    assert await rows(database, AGENTS) == before


@pytest.mark.parametrize("mutation", [UPDATE, ROTATE])
async def test_who_is_switched_off_changes_nothing(
    api: Api, parties: Parties, people: People, database: Database, mutation: str
) -> None:
    otto = await parties.agent("otto", active=False)
    given = {"bio": "back"} if mutation == UPDATE else {}
    before = await rows(database, AGENTS)
    assert await refusal(api, mutation, otto, id=otto.id, **given) == ("FORBIDDEN", None)
    # To others the agent is not even there.
    assert await refusal(api, mutation, await parties.agent("bob"), id=otto.id, **given) == ("NOT_FOUND", "id")
    assert (await rows(database, AGENTS))[0][:1] == before[0]
    await done(api, mutation, await people.operator("olga"), id=otto.id, **given)


async def test_the_invite_code_leads_to_the_card(api: Api, parties: Parties, database: Database) -> None:
    ann = await parties.agent("ann", phone="555-0100")
    otto = await parties.agent("otto", active=False)
    query = f"query($code: String!) {{ estateAgentByInviteCode(inviteCode: $code) {{ {CARD} }} }}"
    card = await api.data(query, {"code": ann.row["inviteCode"]})
    assert card["estateAgentByInviteCode"] == {
        **dict.fromkeys(("accountId", "inviteCode", "phone", "email", "isActivated")),
        "id": ann.id,
        "firstName": "Ann",
        "agencyName": "Corner Homes",
        "active": True,
        "viewerCanUpdate": False,
    }
    for code in (otto.row["inviteCode"], "", "x" * 100_000, "$ne"):
        assert await api.data(query, {"code": code}) == {"estateAgentByInviteCode": None}
    payload = await done(api, ROTATE, ann, "agent { inviteCode }", id=ann.id)
    assert await api.data(query, {"code": ann.row["inviteCode"]}) == {"estateAgentByInviteCode": None}
    assert (await api.data(query, {"code": payload["agent"]["inviteCode"]}))["estateAgentByInviteCode"]["id"] == ann.id


async def test_private_columns_are_for_the_agent_and_clients(api: Api, parties: Parties, people: People) -> None:
    ann = await parties.agent("ann", phone="555-0100")
    query = f'{{ estateAgent(id: "{ann.id}") {{ phone email inviteCode accountId isActivated }} }}'
    clients = {"phone": "555-0100", "email": "ann@example.com"}
    nothing = dict.fromkeys(("phone", "email", "inviteCode", "accountId", "isActivated"))
    portal, stranger = await parties.buyer(ann), await parties.buyer(await parties.agent("bob"))
    assert (await api.data(query, by=portal))["estateAgent"] == {**nothing, **clients}
    for who in (ANONYMOUS, stranger, await people.person("plain"), people.service("answering")):
        assert (await api.data(query, by=who))["estateAgent"] == nothing
    for who in (ann, await people.operator("olga")):
        assert (await api.data(query, by=who))["estateAgent"]["inviteCode"] == ann.row["inviteCode"]


async def test_an_agent_with_a_password_changes_the_card(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways in lead to the same rights."""
    monkeypatch.setattr("resolvers.estate.entry.LEVEL_SECONDS", 0)
    pam = await person()
    signed_in, _ = await enter(api)
    payload = await done(api, UPDATE, signed_in, "agent { bio }", id=pam.id, bio="Hello")
    assert payload["agent"] == {"bio": "Hello"}
