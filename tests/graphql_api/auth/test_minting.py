"""Tokens that this server makes itself."""

import time

import jwt
import pytest

from graphql_api.auth.errors import InvalidToken
from graphql_api.auth.minting import mint
from graphql_api.auth.tokens import Claims, TokenRules, TokenVerifier
from tests.graphql_api.auth.issuer import AUDIENCE, HS256_RULES, ISSUER, SECRET


async def test_a_minted_token_is_believed() -> None:
    """With everything that was said in it; whoever mints vouches for the address."""
    before = int(time.time())
    token = mint(HS256_RULES, "ada", lifetime_seconds=60, email="ada@example.org", name="Ada")
    claims = await TokenVerifier(HS256_RULES).verify(token)
    assert before + 60 <= claims.expires_at <= int(time.time()) + 60
    assert claims == Claims(ISSUER, "ada", "ada@example.org", True, "Ada", None, claims.expires_at)


async def test_it_holds_nothing_that_was_not_said() -> None:
    """No null for a name."""
    payload = jwt.decode(mint(HS256_RULES, "ada", lifetime_seconds=60), options={"verify_signature": False})
    assert set(payload) == {"iss", "aud", "sub", "iat", "exp"}


async def test_it_ends() -> None:
    """A lifetime that is over, beyond the leeway, is refused."""
    with pytest.raises(InvalidToken) as refused:
        await TokenVerifier(HS256_RULES).verify(mint(HS256_RULES, "ada", lifetime_seconds=-31))
    assert refused.value.reason == "expired"


@pytest.mark.parametrize(
    "rules",
    [
        TokenRules("HS256", "https://other.example/", AUDIENCE, leeway_seconds=30, secret=SECRET),
        TokenRules("HS256", ISSUER, "other", leeway_seconds=30, secret=SECRET),
        TokenRules("HS256", ISSUER, AUDIENCE, leeway_seconds=30, secret=SECRET.upper()),
    ],
)
async def test_it_is_good_for_its_own_rules_only(rules: TokenRules) -> None:
    """Another issuer, audience or secret refuses it."""
    with pytest.raises(InvalidToken):
        await TokenVerifier(rules).verify(mint(HS256_RULES, "ada", lifetime_seconds=60))


def test_only_the_provider_signs_with_private_keys() -> None:
    """The server has none."""
    rules = TokenRules("ES256", ISSUER, AUDIENCE, leeway_seconds=30, secret=SECRET, jwks="keys.json")
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - the whole message is compared
        mint(rules, "ada", lifetime_seconds=60)
    expected = "AUTH_ALGORITHM must be HS256 to make tokens here; with ES256 the provider does."
    assert str(refused.value) == expected
