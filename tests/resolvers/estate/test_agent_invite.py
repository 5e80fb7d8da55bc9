"""Invitations: the operator sends them, as often as needed, until they are accepted; a link shows names alone."""

import asyncio
from typing import Any

import pytest
from bson import ObjectId

from models.account.account import ACCOUNTS
from models.clock import now
from models.estate.access import INVITATION_SECONDS
from models.estate.agent import AGENTS
from models.estate.agent_credential import AGENT_CREDENTIALS
from models.estate.codes import digest
from models.mail.mail import MAILS
from models.principal import OWN_ISSUER
from models.store.connection import Database
from tests.fixtures.estate import Parties
from tests.fixtures.wire import ANONYMOUS, Api, Caller, People
from tests.resolvers.advisor.writing import done, refusal, rows, write
from tests.resolvers.estate.signing_in import events, linked, person, stored

INVITE = "estateAgentInvite"
GIVEN = {"email": "Pam@Example.com", "firstName": "Pam", "lastName": "Post", "brokerageName": "Corner Homes"}
CARD = "agent { id firstName lastName agencyName brokerageName phone email licenseNumber active isActivated }"
INVITATION = "query($token: String!) { estateAgentInvitation(token: $token) { firstName lastName brokerageName } }"
TAKEN = ("ALREADY_EXISTS", "email")


async def test_the_operator_invites(api: Api, people: People, database: Database) -> None:
    olga = await people.operator("olga")
    payload = await done(api, INVITE, olga, CARD, **GIVEN, phone="555-0100", licenseNumber="L-1")
    [agent] = await stored(database, AGENTS)
    [credential] = await stored(database, AGENT_CREDENTIALS)
    account = await database[ACCOUNTS.collection].find_one({"_id": agent["accountId"]})
    assert account is not None
    assert payload["agent"].pop("id")
    assert payload["agent"] == {
        "firstName": "Pam",
        "lastName": "Post",
        "agencyName": "Corner Homes",
        "brokerageName": "Corner Homes",
        "phone": "555-0100",
        "email": "Pam@Example.com",
        "licenseNumber": "L-1",
        "active": True,
        "isActivated": False,
    }
    assert (account["issuer"], account["subject"]) == (OWN_ISSUER, str(agent["_id"]))
    assert (account["emailVerified"], account["platformRoles"]) == (False, [])
    assert (agent["emailKey"], agent["licenseVerified"]) == ("pam@example.com", False)
    assert credential["agentId"] == agent["_id"]
    assert {"passwordHash", "resetTokenHash"} & credential.keys() == set()
    assert 0 <= now() + INVITATION_SECONDS * 1000 - credential["inviteTokenExpiresAt"] < 60_000
    [mail] = await stored(database, MAILS)
    assert (mail["to"], mail["subject"]) == ("Pam@Example.com", "Your invitation")
    assert credential["inviteTokenHash"] == digest(await linked(database))
    assert await events(database) == [("invited", "127.0.0.1")]


async def test_another_invitation_takes_the_place_of_the_first(api: Api, people: People, database: Database) -> None:
    """Whatever case the address is written in; of the agent nothing changes."""
    olga = await people.operator("olga")
    first = await done(api, INVITE, olga, "agent { id }", **GIVEN)
    before = await rows(database, AGENTS, ACCOUNTS)
    old = await linked(database)
    again = await done(api, INVITE, olga, "agent { id }", **{**GIVEN, "email": "PAM@example.com", "firstName": "Eve"})
    assert again == first
    assert await rows(database, AGENTS, ACCOUNTS) == before
    assert await api.data(INVITATION, {"token": old}) == {"estateAgentInvitation": None}
    shown = await api.data(INVITATION, {"token": await linked(database)})
    assert shown["estateAgentInvitation"] == {"firstName": "Pam", "lastName": "Post", "brokerageName": "Corner Homes"}
    assert [event for event, _ in await events(database)] == ["invited", "invited"]


@pytest.mark.parametrize("kind", ["activated", "external"])
async def test_who_is_an_agent_already_is_not_invited(
    api: Api, people: People, parties: Parties, database: Database, kind: str
) -> None:
    """No password leads to the account of somebody who signs in at the identity provider."""
    olga = await people.operator("olga")
    await (person("pam") if kind == "activated" else parties.agent("pam"))
    before = await rows(database, AGENTS, ACCOUNTS, AGENT_CREDENTIALS)
    assert await refusal(api, INVITE, olga, **GIVEN) == TAKEN
    assert await rows(database, AGENTS, ACCOUNTS, AGENT_CREDENTIALS, MAILS) == [*before, []]
    assert await events(database) == []


async def test_nobody_else_invites(api: Api, people: People, parties: Parties, database: Database) -> None:
    ann = await parties.agent("ann")
    callers: dict[str, Caller] = {
        "agent": ann,
        "agent switched off": await parties.agent("otto", active=False),
        "buyer": await parties.buyer(ann),
        "plain": await people.person("plain"),
        **{name: people.service(name) for name in ("analysis", "answering", "billing", "stranger")},
    }
    before = await rows(database, AGENTS, ACCOUNTS, AGENT_CREDENTIALS)
    assert {await refusal(api, INVITE, who, **GIVEN) for who in callers.values()} == {("FORBIDDEN", None)}
    assert await refusal(api, INVITE, ANONYMOUS, **GIVEN) == ("UNAUTHENTICATED", None)
    assert await rows(database, AGENTS, ACCOUNTS, AGENT_CREDENTIALS, MAILS) == [*before, []]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"email": "pam"}, ("INVALID", "email")),
        ({"email": "pam@a b"}, ("INVALID", "email")),
        ({"email": "pam@example.com\nBcc: eve@example.com"}, ("INVALID", "email")),
        ({"email": "pam\u0001@example.com"}, ("INVALID", "email")),
        ({"email": "pam\u0085@example.com"}, ("INVALID", "email")),
        ({"email": "pam@example.com\u2028"}, ("INVALID", "email")),
        ({"email": "p" * 310 + "@example.com"}, ("TOO_LONG", "email")),
        ({"firstName": ""}, ("INVALID", "firstName")),
        ({"brokerageName": "x" * 201}, ("TOO_LONG", "brokerageName")),
    ],
    ids=["word", "space", "header", "control", "next line", "separator", "long", "nameless", "long agency"],
)
async def test_bad_values_are_refused(
    api: Api, people: People, database: Database, given: dict[str, Any], told: tuple[str, str]
) -> None:
    olga = await people.operator("olga")
    assert await refusal(api, INVITE, olga, **{**GIVEN, **given}) == told
    assert await rows(database, AGENTS, AGENT_CREDENTIALS, MAILS) == [[], [], []]


async def test_twenty_invitations_at_once_make_one_agent(api: Api, people: People, database: Database) -> None:
    olga = await people.operator("olga")
    payloads = await asyncio.gather(*(write(api, INVITE, olga, "agent { id }", **GIVEN) for _ in range(20)))
    assert len([payload for payload in payloads if payload["agent"]]) >= 1
    assert {error["code"] for payload in payloads for error in payload["userErrors"]} <= {"ALREADY_EXISTS"}
    counts = [len(found) for found in await rows(database, AGENTS, AGENT_CREDENTIALS)]
    assert counts == [1, 1]
    assert len(await database[ACCOUNTS.collection].find({"issuer": OWN_ISSUER}).to_list()) == 1


async def test_only_a_good_link_shows_names(api: Api, people: People, database: Database) -> None:
    pam = await person("pam", inviteTokenHash=digest("late"), inviteTokenExpiresAt=now() - 1)
    otto = await person("otto", active=False, inviteTokenHash=digest("off"), inviteTokenExpiresAt=now() + 60_000)
    assert pam.id != otto.id
    for token in ("late", "off", "", "x" * 100_000, digest("late"), str(ObjectId()), "$ne"):
        assert await api.data(INVITATION, {"token": token}) == {"estateAgentInvitation": None}


async def test_links_are_not_guessed_at_leisure(crowd: list[Api]) -> None:
    await person("pam", inviteTokenHash=digest("good"), inviteTokenExpiresAt=now() + 60_000)
    many = "{" + "".join(f'a{n}: estateAgentInvitation(token: "{n}") {{ firstName }} ' for n in range(20)) + "}"
    assert set((await crowd[0].data(many)).values()) == {None}
    answer = await crowd[0].answer(INVITATION, {"token": "good"})
    assert answer["data"] == {"estateAgentInvitation": None}
    assert answer["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
    assert answer["errors"][0]["message"].startswith("Too many uses of mailed secrets from one address: try again in ")
    assert (await crowd[1].data(INVITATION, {"token": "good"}))["estateAgentInvitation"]["firstName"] == "Pam"


async def test_an_address_that_is_mended_ends_what_was_mailed(api: Api, people: People, database: Database) -> None:
    olga = await people.operator("olga")
    payload = await done(api, INVITE, olga, "agent { id }", **GIVEN)
    old = await linked(database)
    await done(api, "estateAgentUpdate", olga, id=payload["agent"]["id"], email="pam@example.org")
    assert await api.data(INVITATION, {"token": old}) == {"estateAgentInvitation": None}
    assert await refusal(api, "estateAgentActivate", ANONYMOUS, token=old, password="twelve letters") == (
        "INVALID",
        "token",
    )
    await done(api, INVITE, olga, "agent { id }", **{**GIVEN, "email": "pam@example.org"})
    [mail] = await stored(database, MAILS)
    assert mail["to"] == "pam@example.org"
