"""Tokens that were believed are not verified again, and end when they would have ended."""

import time
from typing import Any

import jwt
import pytest

from graphql_api.auth.errors import InvalidToken, KeysUnavailable
from graphql_api.auth.kept_tokens import KeptTokens
from graphql_api.auth.tokens import TokenRules, TokenVerifier
from tests.graphql_api.auth.conftest import Clock
from tests.graphql_api.auth.issuer import (
    AUDIENCE,
    HS256_RULES,
    ISSUER,
    KeyServer,
    SigningKey,
    ec_key,
    hs256_token,
    jwks,
    rsa_key,
)

KINDS = [rsa_key("a"), ec_key("a")]
KIND_NAMES = ["RS256", "ES256"]


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tokens whose signature was checked, in their order."""
    checked: list[str] = []
    decode = jwt.decode

    def noted(token: str, *more: Any, **options: Any) -> Any:
        checked.append(token)
        return decode(token, *more, **options)

    monkeypatch.setattr(jwt, "decode", noted)
    return checked


def pass_by(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Set the time of day, as the verifier and PyJWT see it, to so many seconds later."""

    class Later(jwt.api_jwt.datetime):  # type: ignore[name-defined,misc]  # PyJWT does not export what it imports
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return super().fromtimestamp(later(), tz)

    present = time.time()

    def later() -> float:
        return present + seconds

    monkeypatch.setattr(time, "time", later)
    monkeypatch.setattr(jwt.api_jwt, "datetime", Later)


async def refusal(verifier: TokenVerifier, token: str) -> str:
    """The reason for which a token is refused."""
    with pytest.raises(InvalidToken) as refused:
        await verifier.verify(token)
    return refused.value.reason


def verifier_for(key: SigningKey, key_server: KeyServer, clock: Clock) -> TokenVerifier:
    """A verifier of the key's algorithm, with a set that publishes the key."""
    key_server.document = jwks(key.jwk())
    algorithm: Any = key.algorithm
    return TokenVerifier(TokenRules(algorithm, ISSUER, AUDIENCE, leeway_seconds=30, jwks=key_server.url), clock)


async def test_a_token_is_verified_once_and_gives_the_same_claims(decoded: list[str]) -> None:
    verifier, token, other = TokenVerifier(HS256_RULES), hs256_token(sub="ada"), hs256_token(sub="bob")
    first = await verifier.verify(token)
    assert (await verifier.verify(token)) is first
    assert (await verifier.verify(other)).subject == "bob"
    assert (await verifier.verify(token)).subject == "ada"
    assert decoded == [token, other]


async def test_a_refused_token_is_not_kept(decoded: list[str]) -> None:
    verifier, token = TokenVerifier(HS256_RULES), hs256_token(iss="https://evil.example/")
    for _ in range(2):
        assert await refusal(verifier, token) == "issuer"
    assert decoded == [token, token]
    assert len(verifier._kept) == 0


async def test_a_kept_token_is_no_other_verifiers(decoded: list[str]) -> None:
    token = hs256_token()
    await TokenVerifier(HS256_RULES).verify(token)
    stranger = TokenRules("HS256", ISSUER, AUDIENCE, leeway_seconds=30, secret="f" * 32)
    assert await refusal(TokenVerifier(stranger), token) == "signature"
    assert len(decoded) == 2


@pytest.mark.parametrize(("later", "reason"), [(629, None), (630, "expired"), (700, "expired")])
async def test_a_kept_token_expires(monkeypatch: pytest.MonkeyPatch, later: float, reason: str | None) -> None:
    """To the second when a fresh one does: 600 seconds and the leeway of 30."""
    expires = int(time.time()) + 600
    verifier, token = TokenVerifier(HS256_RULES), hs256_token(exp=expires)
    await verifier.verify(token)
    pass_by(monkeypatch, expires - 600 - time.time() + later)
    for asked in (verifier, TokenVerifier(HS256_RULES)):
        if reason is None:
            assert (await asked.verify(token)).subject == "user-1"
        else:
            assert await refusal(asked, token) == reason
    assert len(verifier._kept) == (1 if reason is None else 0)


@pytest.mark.parametrize("key", KINDS, ids=KIND_NAMES)
async def test_a_kept_token_ends_with_its_key(
    key: SigningKey, key_server: KeyServer, clock: Clock, decoded: list[str]
) -> None:
    """The provider withdraws the key: refused as soon as the set is renewed, as a fresh token is."""
    verifier, token = verifier_for(key, key_server, clock), key.token()
    new = rsa_key("new") if key.algorithm == "RS256" else ec_key("new")
    for _ in range(2):
        await verifier.verify(token)
    key_server.document = jwks(new.jwk())
    clock.seconds += 599
    await verifier.verify(token)
    assert decoded == [token]
    clock.seconds += 1
    for _ in range(2):
        assert await refusal(verifier, token) == "key"
    assert (await verifier.verify(new.token())).subject == "user-1"
    assert len(verifier._kept) == 1


@pytest.mark.parametrize("key", KINDS, ids=KIND_NAMES)
async def test_another_key_under_the_same_id_ends_a_kept_token(
    key: SigningKey, key_server: KeyServer, clock: Clock
) -> None:
    verifier, token = verifier_for(key, key_server, clock), key.token()
    await verifier.verify(token)
    other = rsa_key("other") if key.algorithm == "RS256" else ec_key("other")
    key_server.document = jwks(other.jwk(kid="a"))
    clock.seconds += 600
    assert await refusal(verifier, token) == "signature"


async def test_a_renewed_set_with_the_same_key_verifies_again(
    key_server: KeyServer, clock: Clock, decoded: list[str]
) -> None:
    verifier, token = verifier_for(rsa_key("a"), key_server, clock), rsa_key("a").token()
    for seconds in (0, 300, 300, 100, 600):
        clock.seconds += seconds
        assert (await verifier.verify(token)).subject == "user-1"
    assert decoded == [token] * 3
    assert len(key_server.asked) == 3


async def test_a_kept_token_ends_when_the_keys_are_too_old(key_server: KeyServer, clock: Clock) -> None:
    """A provider that is away for a day: then nobody is known any more, and it is no refusal."""
    verifier, token = verifier_for(rsa_key("a"), key_server, clock), rsa_key("a").token()
    await verifier.verify(token)
    key_server.status = 503
    clock.seconds += 24 * 3600 - 1
    assert (await verifier.verify(token)).subject == "user-1"
    clock.seconds += 1
    with pytest.raises(KeysUnavailable):
        await verifier.verify(token)


def test_the_least_recently_used_leave_when_there_are_too_many() -> None:
    kept: KeptTokens[int] = KeptTokens(10)
    for number, token in enumerate(["aaaa", "bbbb"]):
        kept.keep(token, number)
    assert kept.find("aaaa") == 0
    kept.keep("cccc", 2)
    assert [kept.find(token) for token in ("aaaa", "bbbb", "cccc")] == [0, None, 2]
    kept.keep("aaaa", 5)
    assert (kept.find("aaaa"), len(kept)) == (5, 2)
    kept.keep("dddddddddd", 3)
    assert [kept.find(token) for token in ("aaaa", "cccc", "dddddddddd")] == [None, None, 3]


def test_a_forgotten_token_leaves_its_room() -> None:
    kept: KeptTokens[int] = KeptTokens(8)
    kept.keep("aaaa", 0)
    kept.drop("aaaa")
    kept.drop("never")
    kept.keep("bbbb", 1)
    kept.keep("cccc", 2)
    assert [kept.find(token) for token in ("aaaa", "bbbb", "cccc")] == [None, 1, 2]
