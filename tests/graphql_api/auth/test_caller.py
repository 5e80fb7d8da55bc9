"""Who sent a request, by its headers: anonymous only without any credential."""

import hashlib
from dataclasses import replace

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from graphql_api.auth.caller import Anonymous, Bearer, Recognition, ServiceCaller
from graphql_api.auth.errors import InvalidToken, KeysUnavailable
from graphql_api.auth.own_tokens import OwnTokens
from graphql_api.auth.service_keys import ServiceKeys
from graphql_api.auth.tokens import Claims, TokenRules, TokenVerifier
from models.principal import OWN_ISSUER
from tests.graphql_api.auth.issuer import AUDIENCE, HS256_RULES, ISSUER, hs256_token

# Not a fresh one: every worker of a run must collect the same cases.
KEY = "svc_billing_" + "k3Y-" * 10 + "end"
SERVICES = ServiceKeys({"billing": hashlib.sha256(KEY.encode()).hexdigest()})
OWN_TOKENS = OwnTokens(replace(HS256_RULES, issuer=OWN_ISSUER, secret="own" * 16), ())
RECOGNITION = Recognition(TokenVerifier(HS256_RULES), OWN_TOKENS, SERVICES)
ADA = Bearer(Claims(ISSUER, "ada", None, False, None, None, 4_000_000_000))


def sent(*authorizations: str) -> list[bytes]:
    """The values of a request's `Authorization`, as they come."""
    return [value.encode("latin-1") for value in authorizations]


def token() -> str:
    """A good token of Ada's."""
    return hs256_token(sub="ada", exp=4_000_000_000)


async def test_a_request_without_the_header_is_anonymous() -> None:
    """And nothing else is."""
    assert await RECOGNITION.identify(sent()) == Anonymous()


@pytest.mark.parametrize("scheme", ["Bearer ", "bearer ", "BEARER ", "Bearer   "])
async def test_a_token_is_a_person(scheme: str) -> None:
    """The scheme's case does not matter (RFC 9110 §11.1)."""
    assert await RECOGNITION.identify(sent(scheme + token())) == ADA


async def test_a_service_key_is_a_service() -> None:
    """By the same header."""
    assert await RECOGNITION.identify(sent(f"Bearer {KEY}")) == ServiceCaller("billing")


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("", "scheme"),
        ("Basic YWRhOmFkYQ==", "scheme"),
        ("Token {}", "scheme"),
        ("{}", "scheme"),
        ("Bearer\t{}", "scheme"),
        (" Bearer {}", "scheme"),
        ("Bearer,{}", "scheme"),
        (KEY, "scheme"),
        ("Bearer", "empty"),
        ("Bearer ", "empty"),
        ("Bearer    ", "empty"),
        ("Bearer null", "malformed"),
        ("Bearer undefined", "malformed"),
        ("Bearer {} {}", "malformed"),
        ("Bearer {},Bearer {}", "malformed"),
        ('Bearer "{}"', "malformed"),
        ("Bearer é.é.é", "malformed"),
        (f"Bearer {KEY[:-1]}", "service key"),
        (f"Bearer {KEY}.a.b", "service key"),
        ("Bearer svc_billing_", "service key"),
        ("Bearer svc_{}", "service key"),
        ("Bearer " + "a" * 9000, "too long"),
    ],
)
async def test_a_bad_credential_is_never_anonymous(value: str, reason: str) -> None:
    """Each is refused with its reason."""
    with pytest.raises(InvalidToken) as refused:
        await RECOGNITION.identify(sent(value.replace("{}", token())))
    assert refused.value.reason == reason


async def test_two_credentials_are_refused() -> None:
    """Even two good ones, even the same twice: a proxy might have looked at the other."""
    for second in (token(), KEY, ""):
        with pytest.raises(InvalidToken) as refused:
            await RECOGNITION.identify(sent(f"Bearer {token()}", f"Bearer {second}"))
        assert refused.value.reason == "more than one"


async def test_keys_that_cannot_be_loaded_are_neither_refusal_nor_anonymous() -> None:
    """The caller may be somebody: the server does not know."""
    rules = TokenRules("RS256", ISSUER, AUDIENCE, leeway_seconds=30, jwks="no/such/keys.json")
    known = Recognition(TokenVerifier(rules), OWN_TOKENS, SERVICES)
    good_looking = token().replace(token().split(".")[0], "eyJhbGciOiJSUzI1NiJ9")
    with pytest.raises(KeysUnavailable) as away:
        await known.identify(sent(f"Bearer {good_looking}"))
    assert str(away.value) == "The keys of AUTH_JWKS cannot be loaded now; try again in a few seconds."
    assert await known.identify(sent()) == Anonymous()
    assert await known.identify(sent(f"Bearer {KEY}")) == ServiceCaller("billing")


async def test_the_headers_of_a_real_request_are_read() -> None:
    """Through HTTP, as the endpoint gets them."""

    def authorization(request: Request) -> list[bytes]:
        return [value for name, value in request.headers.raw if name == b"authorization"]

    async def who(request: Request) -> Response:
        return PlainTextResponse(repr(await RECOGNITION.identify(authorization(request))))

    transport = httpx.ASGITransport(Starlette(routes=[Route("/", who)]))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        assert (await client.get("/")).text == "Anonymous()"
        assert (await client.get("/", headers={"Authorization": f"Bearer {token()}"})).text == repr(ADA)
        assert (
            await client.get("/", headers={"AUTHORIZATION": f"Bearer {KEY}"})
        ).text == "ServiceCaller(name='billing')"
        twice = [("Authorization", f"Bearer {token()}"), ("authorization", f"Bearer {token()}")]
        with pytest.raises(InvalidToken):
            await client.get("/", headers=twice)
