"""Forgeries made up by the thousand: changed tokens, odd claims, texts of any kind."""

from string import ascii_letters, digits
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphql_api.auth.errors import InvalidToken
from graphql_api.auth.tokens import Claims, TokenRules, TokenVerifier
from tests.graphql_api.auth.issuer import (
    AUDIENCE,
    HS256_RULES,
    ISSUER,
    SigningKey,
    claims,
    compact,
    ec_key,
    hs256,
    hs256_token,
    jwks,
    rsa_key,
)

BASE64URL = ascii_letters + digits + "-_"
TEXTS = st.text(st.characters(codec="utf-8"), max_size=20) | st.sampled_from(["", "user-2", ISSUER, AUDIENCE, "\ud800"])
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.just(10**400) | TEXTS
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3))
CLAIMS = ["iss", "aud", "sub", "exp", "nbf", "iat", "jti", "email", "email_verified", "name", "picture"]
HEADERS = ["alg", "typ", "kid", "crit", "b64", "jwk", "jku", "x5c", "zip"]


Signed = dict[str, tuple[TokenVerifier, str]]


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Signed:
    """For each algorithm a verifier and a good token."""

    def pair(key: SigningKey) -> tuple[TokenVerifier, str]:
        algorithm: Any = key.algorithm
        path = tmp_path_factory.mktemp(key.algorithm) / "keys.json"
        path.write_bytes(jwks(key.jwk()))
        rules = TokenRules(algorithm, ISSUER, AUDIENCE, leeway_seconds=30, jwks=str(path))
        return TokenVerifier(rules), key.token(exp=4_000_000_000)

    shared = TokenVerifier(HS256_RULES), hs256_token(exp=4_000_000_000)
    return {"HS256": shared, "RS256": pair(rsa_key("a")), "ES256": pair(ec_key("a"))}


async def subject_of(verifier: TokenVerifier, token: str) -> str | None:
    """Whom a token makes its bearer, None for one that is refused; any other error fails the test."""
    try:
        return (await verifier.verify(token)).subject
    except InvalidToken:
        return None


@pytest.mark.parametrize("algorithm", ["HS256", "RS256", "ES256"])
@given(data=st.data())
@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.differing_executors])
async def test_no_character_of_a_token_can_be_changed(signed: Signed, algorithm: str, data: st.DataObject) -> None:
    """One character, anywhere, for another of the alphabet: nobody is signed in."""
    verifier, token = signed[algorithm]
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from(BASE64URL + ".=+/").filter(lambda character: character != token[place]))
    assert await subject_of(verifier, token) == "user-1"
    assert await subject_of(verifier, token[:place] + other + token[place + 1 :]) is None


@pytest.mark.parametrize("algorithm", ["HS256", "RS256", "ES256"])
async def test_no_last_character_has_a_twin(signed: Signed, algorithm: str) -> None:
    """The last one of a segment has bits that base64 does not use: each value of them is tried."""
    verifier, token = signed[algorithm]
    accepted = []
    for end in (token.index("."), token.rindex("."), len(token)):
        for character in BASE64URL:
            changed = token[: end - 1] + character + token[end:]
            if await subject_of(verifier, changed) is not None:
                accepted.append(changed)
    assert accepted == [token] * 3


@given(text=st.text(max_size=60) | st.lists(st.text(BASE64URL, max_size=20), max_size=5).map(".".join))
@settings(deadline=None, max_examples=300)
async def test_no_text_is_more_than_refused(text: str) -> None:
    """Whatever arrives is a refusal and never a fault."""
    assert await subject_of(TokenVerifier(HS256_RULES), text) is None


@given(header=st.dictionaries(st.sampled_from(HEADERS), JSON, max_size=3))
@settings(deadline=None, max_examples=300)
async def test_no_signed_header_is_a_fault(header: dict[str, Any]) -> None:
    """A header of any members, rightly signed, is a token or a refusal."""
    token = compact({"alg": "HS256", **header}, claims(exp=4_000_000_000), hs256())
    assert await subject_of(TokenVerifier(HS256_RULES), token) in {"user-1", None}


@given(changes=st.dictionaries(st.sampled_from(CLAIMS), JSON, max_size=3))
@settings(deadline=None, max_examples=500)
async def test_no_signed_claim_is_a_fault(changes: dict[str, Any]) -> None:
    """Claims of any kind, rightly signed, are refused or arrive as what they are meant to be."""
    payload = {**claims(exp=4_000_000_000), **changes}
    try:
        verified = await TokenVerifier(HS256_RULES).verify(compact({"alg": "HS256"}, payload, hs256()))
    except InvalidToken:
        return
    assert verified == Claims(
        issuer=ISSUER,
        subject=payload["sub"],
        email=payload.get("email"),
        emailVerified=isinstance(payload.get("email"), str) and payload.get("email_verified") is True,
        name=payload.get("name"),
        picture=payload.get("picture"),
        expires_at=int(payload["exp"]),
    )
    assert payload["iss"] == ISSUER
    assert AUDIENCE in payload["aud"]
    assert 1 <= len(verified.subject) <= 255
    for text in (verified.subject, verified.email, verified.name, verified.picture):
        assert text is None or text.encode().decode() == text
