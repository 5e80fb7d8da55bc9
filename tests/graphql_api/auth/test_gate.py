"""The gate and the tokens it gives, at the whole server: no token is more than the sign-in that it comes from."""

from dataclasses import replace

import pytest
from bson import ObjectId

from graphql_api.app import own_token_rules, token_rules
from graphql_api.auth.gate import OpenGate
from graphql_api.auth.minting import mint
from graphql_api.auth.own_tokens import OwnTokens
from models.account.account import ACCOUNTS
from models.account.sign_in import SIGN_INS
from models.principal import OWN_ISSUER
from models.store.connection import Database
from models.tables import PORTALS
from tests.fixtures.estate import Parties, Party
from tests.fixtures.wire import ANONYMOUS, SETTINGS, Api, Caller
from tests.resolvers.advisor.writing import done, rows
from tests.resolvers.estate.signing_in import enter, person, status, stored

GATE = OpenGate(OwnTokens(own_token_rules(SETTINGS), PORTALS), "https://app.example.com")
ME = "{ viewer { kind } estateAgentMe { id } }"
PROVIDER = token_rules(SETTINGS)


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resolvers.estate.entry.LEVEL_SECONDS", 0)


def given(subject: str) -> Caller:
    """Somebody with a good token of ours for this subject."""
    return Caller(subject, GATE.token(subject, 900).text)


async def sign_in(database: Database) -> ObjectId:
    """The id of the last sign-in."""
    key: ObjectId = (await stored(database, SIGN_INS))[-1]["_id"]
    return key


def test_a_link_holds_its_secret_behind_the_hash() -> None:
    """Browsers send that part to nobody."""
    assert GATE.link("agent/reset", "s3cret") == "https://app.example.com/agent/reset#s3cret"


async def test_a_token_is_good_with_its_own_sign_in_alone(api: Api, database: Database) -> None:
    pam, eve = await person(), await person("eve")
    await enter(api)
    pams = await sign_in(database)
    await enter(api, "eve@example.com")
    eves = await sign_in(database)
    good = f"account:{pam.row['_id']}:{pams}"
    assert (await api.data(ME, by=given(good)))["estateAgentMe"] == {"id": pam.id}
    before = await rows(database, ACCOUNTS)
    wrong = [
        f"account:{pam.row['_id']}:{eves}",
        f"account:{eve.row['_id']}:{pams}",
        f"account:{pam.row['_id']}:{ObjectId()}",
        f"account:{ObjectId()}:{pams}",
        f"account:{pam.account}:{pams}",
        f"account:nobody:{pams}",
        f"estate-buyer:{pam.row['_id']}:1",
    ]
    for subject in wrong:
        response = await api.post(ME, None, given(subject))
        assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (401, "UNAUTHENTICATED")
    # Nor is an account made for who comes with a sign-in that there is not.
    assert await rows(database, ACCOUNTS) == before


async def test_a_sign_in_that_was_swept_is_over(api: Api, database: Database) -> None:
    await person()
    pam, _ = await enter(api)
    assert await status(api, pam) == 200
    await database[SIGN_INS.collection].delete_many({})
    assert await status(api, pam) == 401


async def _forged(pam: Party, database: Database) -> dict[str, str]:
    subject = f"account:{pam.row['_id']}:{await sign_in(database)}"
    as_us = replace(PROVIDER, issuer=OWN_ISSUER)
    return {
        "our issuer, the agent": mint(as_us, str(pam.row["_id"]), lifetime_seconds=900),
        "our issuer, our subject": mint(as_us, subject, lifetime_seconds=900),
        "our issuer and prefix": "tok_" + mint(as_us, subject, lifetime_seconds=900),
        "our prefix": "tok_" + mint(PROVIDER, subject, lifetime_seconds=900),
        "ours without the prefix": GATE.token(subject, 900).text.removeprefix("tok_"),
        "ours as a service's": GATE.token(subject, 900).text.replace("tok_", "svc_"),
    }


async def test_the_provider_cannot_be_the_agent(api: Api, database: Database) -> None:
    """Neither by a token that claims our issuer, nor by one that looks like ours."""
    pam = await person()
    await enter(api)
    before = await rows(database, ACCOUNTS)
    for name, token in (await _forged(pam, database)).items():
        assert (await api.post(ME, None, Caller(name, token))).status_code == 401, name
    assert await rows(database, ACCOUNTS) == before


async def test_a_providers_subject_that_looks_like_ours_is_somebody_else(api: Api, database: Database) -> None:
    pam = await person()
    await enter(api)
    for subject in (f"account:{pam.row['_id']}:{await sign_in(database)}", str(pam.row["_id"]), "account:x:y:z"):
        token = mint(PROVIDER, subject, lifetime_seconds=900, email="pam@example.com")
        found = await api.data(ME, by=Caller(subject, token))
        assert found == {"viewer": {"kind": "ACCOUNT"}, "estateAgentMe": None}


async def test_an_operator_may_sign_in_with_a_password(api: Api, database: Database) -> None:
    """And is the operator no longer than the sign-in lasts."""
    await person(account={"platformRoles": ["operator"]})
    pam, refresh = await enter(api)
    assert (await api.data("{ viewer { kind } }", by=pam)) == {"viewer": {"kind": "OPERATOR"}}
    await done(api, "estateAgentSignOut", pam, refreshToken=refresh)
    assert await status(api, pam) == 401


async def test_a_portals_token_is_no_agents(api: Api, parties: Parties) -> None:
    ann = await parties.agent("ann")
    buyer = await parties.buyer(ann)
    found = await api.data(ME, by=buyer)
    assert found == {"viewer": {"kind": "BUYER_SESSION"}, "estateAgentMe": None}


async def test_a_bad_token_is_not_anonymous(api: Api, database: Database) -> None:
    """Whoever could read something without one reads nothing with a bad one."""
    await person()
    pam, token = await enter(api)
    await done(api, "estateAgentSignOut", pam, refreshToken=token)
    public = "{ estateAgents { nodes { firstName } } }"
    assert (await api.data(public, by=ANONYMOUS))["estateAgents"]["nodes"] == [{"firstName": "Pam"}]
    response = await api.post(public, None, pam)
    assert (response.status_code, response.json().get("data")) == (401, None)
    assert response.json()["errors"][0]["message"] == "This sign-in has ended: sign in again."
