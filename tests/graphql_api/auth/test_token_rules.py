"""Rules that could not be kept are refused when the server starts."""

import pytest

from graphql_api.auth.tokens import TokenRules
from tests.graphql_api.auth.issuer import AUDIENCE, ISSUER, SECRET, ec_key, jwks, rsa_key


@pytest.mark.parametrize("secret", [None, "", "x" * 31, "é" * 15])
def test_a_short_secret_is_refused_at_the_start(secret: str | None) -> None:
    """Counted in bytes; the sentence names the setting, and not the secret."""
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - the whole message is compared
        TokenRules("HS256", ISSUER, AUDIENCE, leeway_seconds=30, secret=secret)
    assert str(refused.value) == "AUTH_SECRET must be 32 bytes or more; `openssl rand -hex 32` makes one."


def test_a_secret_of_32_bytes_is_long_enough() -> None:
    """Sixteen letters of two bytes are 32 bytes."""
    assert TokenRules("HS256", ISSUER, AUDIENCE, leeway_seconds=30, secret="é" * 16).secret == "é" * 16


@pytest.mark.parametrize("secret", [rsa_key("a").pem().decode(), ec_key("a").pem().decode(), jwks(rsa_key("a").jwk())])
def test_a_public_key_is_no_secret(secret: str | bytes) -> None:
    """Everybody could sign with it."""
    text = secret if isinstance(secret, str) else secret.decode()
    with pytest.raises(ValueError, match=r"^AUTH_SECRET must be a random text, not a public key or a certificate\.$"):
        TokenRules("HS256", ISSUER, AUDIENCE, leeway_seconds=30, secret=text)


def test_public_keys_must_be_somewhere() -> None:
    """RS256 and ES256 without a JWKS are refused at the start."""
    with pytest.raises(ValueError, match=r"^AUTH_JWKS must be the URL or file of the public keys, for RS256 needs it"):
        TokenRules("RS256", ISSUER, AUDIENCE, leeway_seconds=30, secret=SECRET)


def test_rules_do_not_show_their_secret() -> None:
    """Nor the URL, which may hold a password."""
    rules = TokenRules("HS256", ISSUER, AUDIENCE, leeway_seconds=30, secret=SECRET, jwks="https://u:p@keys.example/")
    shown = "TokenRules(algorithm='HS256', issuer='https://issuer.example/', audience='graphql-api', leeway_seconds=30)"
    assert repr(rules) == shown
