"""Tokens that are verified with the provider's public keys: which key may verify which token."""

from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from graphql_api.auth.errors import InvalidToken, KeysUnavailable
from graphql_api.auth.tokens import TokenRules, TokenVerifier
from tests.graphql_api.auth.issuer import (
    AUDIENCE,
    ISSUER,
    KeyServer,
    SigningKey,
    claims,
    compact,
    ec_key,
    hs256,
    jwks,
    rsa_key,
)

KINDS = [rsa_key("a"), ec_key("a")]
KIND_NAMES = ["RS256", "ES256"]


def verifier_for(key: SigningKey, source: str) -> TokenVerifier:
    """A verifier of the key's algorithm with the JWKS at this URL or path."""
    algorithm: Any = key.algorithm
    return TokenVerifier(TokenRules(algorithm, ISSUER, AUDIENCE, leeway_seconds=30, jwks=source))


async def refusal(verifier: TokenVerifier, token: str) -> str:
    """The reason for which a token is refused."""
    with pytest.raises(InvalidToken) as refused:
        await verifier.verify(token)
    return refused.value.reason


@pytest.mark.parametrize("key", KINDS, ids=KIND_NAMES)
async def test_a_published_key_verifies(key: SigningKey, key_server: KeyServer) -> None:
    """By URL; one request serves many tokens."""
    key_server.document = jwks(key.jwk())
    verifier = verifier_for(key, key_server.url)
    assert (await verifier.verify(key.token(sub="ada"))).subject == "ada"
    assert (await verifier.verify(key.token(sub="bob"))).subject == "bob"
    assert key_server.asked == ["/keys"]


@pytest.mark.parametrize("key", KINDS, ids=KIND_NAMES)
async def test_a_key_from_a_file_verifies(key: SigningKey, tmp_path: Path) -> None:
    """By path."""
    path = tmp_path / "keys.json"
    path.write_bytes(jwks(key.jwk()))
    assert (await verifier_for(key, str(path)).verify(key.token())).subject == "user-1"


@pytest.mark.parametrize("key", KINDS, ids=KIND_NAMES)
async def test_claims_are_checked_as_with_a_secret(key: SigningKey, key_server: KeyServer) -> None:
    """The key being right is not enough."""
    key_server.document = jwks(key.jwk())
    verifier = verifier_for(key, key_server.url)
    assert await refusal(verifier, key.token(exp=1_000_000_000)) == "expired"
    assert await refusal(verifier, key.token(iss="https://issuer.example")) == "issuer"
    assert await refusal(verifier, key.token(aud="other")) == "audience"
    assert await refusal(verifier, key.token(sub={"$ne": 1})) == "subject"


@pytest.mark.parametrize("key", KINDS, ids=KIND_NAMES)
async def test_another_key_under_the_same_id_does_not_verify(key: SigningKey, key_server: KeyServer) -> None:
    """The id chooses the key; the signature decides."""
    key_server.document = jwks(key.jwk())
    stranger = rsa_key("stranger") if key.algorithm == "RS256" else ec_key("stranger")
    verifier = verifier_for(key, key_server.url)
    assert await refusal(verifier, stranger.token({"alg": key.algorithm, "kid": "a"})) == "signature"


@pytest.mark.parametrize("key", KINDS, ids=KIND_NAMES)
async def test_the_public_key_is_no_shared_secret(key: SigningKey, key_server: KeyServer) -> None:
    """HS256 signed with the public key, the classic confusion; no key is even looked up for it."""
    key_server.document = jwks(key.jwk())
    verifier = verifier_for(key, key_server.url)
    for secret in (key.pem(), key.pem().strip(), jwks(key.jwk())):
        assert await refusal(verifier, compact({"alg": "HS256", "kid": "a"}, claims(), hs256(secret))) == "algorithm"
    assert await refusal(verifier, compact({"alg": "none", "kid": "a"}, claims(), hs256())) == "algorithm"
    mistaken = compact({"alg": key.algorithm, "kid": "a"}, claims(), hs256(key.pem()))
    assert key_server.asked == []
    assert await refusal(verifier, mistaken) == "signature"


async def test_the_other_algorithm_is_refused(key_server: KeyServer) -> None:
    """Where RS256 is configured an ES256 token is refused, though its key is published."""
    key_server.document = jwks(rsa_key("a").jwk(), ec_key("e").jwk())
    verifier = verifier_for(rsa_key("a"), key_server.url)
    assert await refusal(verifier, ec_key("e").token()) == "algorithm"
    assert await refusal(verifier, ec_key("e").token({"alg": "RS256", "kid": "e"})) == "key"


async def test_a_key_that_the_token_brings_is_not_believed(key_server: KeyServer) -> None:
    """Neither as `jwk` nor as an URL; that URL is not asked."""
    key, stranger = rsa_key("a"), rsa_key("stranger")
    key_server.document = jwks(key.jwk())
    url = key_server.url.replace("/keys", "/evil")
    header = {"alg": "RS256", "jwk": stranger.jwk(), "jku": url, "x5u": url}
    verifier = verifier_for(key, key_server.url)
    assert await refusal(verifier, stranger.token(header)) == "signature"
    assert await refusal(verifier, stranger.token({**header, "kid": "stranger"})) == "key"
    assert key_server.asked == ["/keys"]


async def test_the_only_key_needs_no_id(key_server: KeyServer) -> None:
    """Neither in the token nor in the set."""
    key = rsa_key("a")
    key_server.document = jwks(key.jwk(kid=None), ec_key("e").jwk())
    assert (await verifier_for(key, key_server.url).verify(key.token({"alg": "RS256"}))).subject == "user-1"


async def test_several_keys_need_an_id(key_server: KeyServer) -> None:
    """A token without one could mean any of them; the same for an id that two keys have."""
    first, second = rsa_key("a"), rsa_key("b")
    key_server.document = jwks(first.jwk(), second.jwk(), second.jwk(kid="twice"), first.jwk(kid="twice"))
    verifier = verifier_for(first, key_server.url)
    assert await refusal(verifier, first.token({"alg": "RS256"})) == "key"
    assert await refusal(verifier, first.token({"alg": "RS256", "kid": "twice"})) == "key"
    assert (await verifier.verify(first.token())).subject == "user-1"
    assert (await verifier.verify(second.token())).subject == "user-1"


@pytest.mark.parametrize(
    ("kid", "reason"),
    [
        ("../../etc/passwd", "key"),
        ("/dev/null", "key"),
        ("file:///dev/null", "key"),
        ("A", "key"),
        ("a ", "key"),
        ("", "key"),
        ("k" * 256, "key"),
        ("\ud800", "key"),
        ({"$ne": None}, "malformed"),
        (["a"], "malformed"),
        (None, "malformed"),
        (True, "malformed"),
    ],
)
async def test_an_odd_key_id_finds_nothing(kid: Any, reason: str, key_server: KeyServer) -> None:
    """It is compared with the published ids, and nothing else is done with it."""
    key = rsa_key("a")
    key_server.document = jwks(key.jwk())
    assert await refusal(verifier_for(key, key_server.url), key.token({"alg": "RS256", "kid": kid})) == reason


UNFIT_FOR_RS256 = {
    "for encryption": rsa_key("x").jwk(use="enc"),
    "other algorithm": rsa_key("x").jwk(alg="RS512"),
    "other operation": rsa_key("x").jwk(use=None, key_ops=["encrypt"]),
    "odd algorithm": rsa_key("x").jwk(alg=["RS256"]),
    "odd use": rsa_key("x").jwk(use={"sig": 1}),
    "elliptic": ec_key("x").jwk(alg=None),
    "symmetric": {"kty": "oct", "kid": "x", "k": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY"},
    "symmetric in disguise": {"kty": "oct", "kid": "x", "k": "MDEy", "alg": "RS256", "use": "sig"},
    "too short": rsa_key("x", 1024).jwk(),
    "private": rsa_key("x").private_jwk(),
    "private without primes": rsa_key("x").jwk(d=rsa_key("x").private_jwk()["d"]),
    "without modulus": rsa_key("x").jwk(n=None),
    "odd modulus": rsa_key("x").jwk(n=5),
    "empty modulus": rsa_key("x").jwk(n=""),
    "exponent of one": rsa_key("x").jwk(e="AQ"),
    "without type": rsa_key("x").jwk(kty=None),
}


@pytest.mark.parametrize("unfit", UNFIT_FOR_RS256.values(), ids=UNFIT_FOR_RS256.keys())
async def test_an_unfit_key_is_passed_over(unfit: dict[str, Any], key_server: KeyServer) -> None:
    """It verifies nothing, the others in the set still do, and alone it is no set."""
    key_server.document = jwks(unfit, rsa_key("a").jwk())
    verifier = verifier_for(rsa_key("a"), key_server.url)
    assert (await verifier.verify(rsa_key("a").token())).subject == "user-1"
    assert await refusal(verifier, rsa_key("x").token()) == "key"
    key_server.document = jwks(unfit)
    with pytest.raises(KeysUnavailable):
        await verifier_for(rsa_key("a"), key_server.url).verify(rsa_key("x").token())


async def test_a_short_key_that_signed_is_refused(key_server: KeyServer) -> None:
    """1,024 bits, with the very key that signed."""
    short = rsa_key("short", 1024)
    key_server.document = jwks(short.jwk(), rsa_key("a").jwk())
    assert await refusal(verifier_for(short, key_server.url), short.token()) == "key"


async def test_another_curve_is_passed_over(key_server: KeyServer) -> None:
    """ES256 is P-256 only, also when the key says so itself."""
    other = ec_key("other", ec.SECP384R1)
    key_server.document = jwks(other.jwk(), ec_key("a").jwk())
    assert await refusal(verifier_for(ec_key("a"), key_server.url), other.token()) == "key"


async def test_a_published_private_key_is_passed_over(key_server: KeyServer) -> None:
    """Anybody could sign with it."""
    leaked = ec_key("leaked")
    key_server.document = jwks(leaked.private_jwk(), ec_key("a").jwk())
    assert await refusal(verifier_for(leaked, key_server.url), leaked.token()) == "key"


@pytest.mark.parametrize("members", [{}, {"use": "sig"}, {"alg": "RS256"}, {"key_ops": ["verify"]}])
async def test_use_and_algorithm_may_be_left_out(members: dict[str, Any], key_server: KeyServer) -> None:
    """Many providers do."""
    key = rsa_key("a")
    key_server.document = jwks({**key.jwk(use=None, alg=None), **members})
    assert (await verifier_for(key, key_server.url).verify(key.token())).subject == "user-1"
