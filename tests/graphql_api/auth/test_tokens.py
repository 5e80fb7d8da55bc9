"""What a token must be to be believed, with the shared secret."""

import time
from typing import Any

import jwt
import pytest

from graphql_api.auth.errors import InvalidToken
from graphql_api.auth.tokens import Claims, TokenVerifier
from tests.graphql_api.auth.issuer import (
    AUDIENCE,
    HS256_RULES,
    ISSUER,
    SECRET,
    claims,
    compact,
    hs256,
    hs256_token,
    without,
)

HEADER = {"alg": "HS256", "typ": "JWT"}


async def refusal(token: str) -> str:
    """The reason for which a token is refused."""
    with pytest.raises(InvalidToken) as refused:
        await TokenVerifier(HS256_RULES).verify(token)
    return refused.value.reason


async def verified(payload: Any, header: Any = HEADER) -> Claims:
    """The claims of a token that is signed with the right secret."""
    return await TokenVerifier(HS256_RULES).verify(compact(header, payload, hs256()))


async def test_a_token_says_who_asks() -> None:
    """Every claim that we read arrives as it was sent."""
    expires_at = int(time.time()) + 600
    payload = claims(
        exp=expires_at,
        iat=expires_at - 900,
        nbf=expires_at - 900,
        email="ada@example.org",
        email_verified=True,
        name="Ada Löve 🙂",
        picture="https://img.example/1.png",
    )
    assert await verified(payload) == Claims(
        issuer=ISSUER,
        subject="user-1",
        email="ada@example.org",
        emailVerified=True,
        name="Ada Löve 🙂",
        picture="https://img.example/1.png",
        expires_at=expires_at,
    )


async def test_claims_that_are_not_needed_may_be_missing_or_null() -> None:
    """A token of the four required claims is enough."""
    payload = claims(email=None, name=None, exp=4_000_000_000)
    assert await verified(payload) == Claims(ISSUER, "user-1", None, False, None, None, 4_000_000_000)


async def test_a_token_of_pyjwt_is_understood() -> None:
    """The tokens put together by hand here are no dialect of their own."""
    token = jwt.encode(claims(), SECRET, algorithm="HS256")
    assert (await TokenVerifier(HS256_RULES).verify(token)).subject == "user-1"


@pytest.mark.parametrize("value", [False, "true", 1, "false", None, {}])
async def test_an_email_is_verified_only_by_true(value: Any) -> None:
    """Whatever is not the JSON value true leaves the address unverified."""
    assert (await verified(claims(email="a@example.org", email_verified=value))).emailVerified is False


async def test_no_email_is_not_a_verified_one() -> None:
    """`email_verified` alone verifies nothing."""
    assert (await verified(claims(email_verified=True))).emailVerified is False


async def test_the_audience_may_be_one_of_a_list() -> None:
    """Providers send a list when a token is good for several servers."""
    assert (await verified(claims(aud=["other", AUDIENCE]))).subject == "user-1"


async def test_the_longest_subject_is_taken() -> None:
    """255 characters are the limit."""
    assert (await verified(claims(sub="s" * 255))).subject == "s" * 255


async def test_clocks_may_differ_by_the_leeway() -> None:
    """Up to 30 seconds are forgiven, before and after."""
    now = int(time.time())
    assert (await verified(claims(exp=now - 20, iat=now + 20, nbf=now + 20))).expires_at == now - 20


async def test_the_key_id_means_nothing_with_a_shared_secret() -> None:
    """It chooses no other secret, least of all by a path."""
    assert (await verified(claims(), {"alg": "HS256", "kid": "../../dev/null"})).subject == "user-1"
    empty = compact({"alg": "HS256", "kid": "../../dev/null"}, claims(), hs256(b""))
    assert await refusal(empty) == "signature"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"exp": 1_000_000_000}, "expired"),
        ({"exp": True}, "expired"),
        ({"exp": False}, "expired"),
        ({"exp": -1}, "expired"),
        ({"exp": 0.5}, "expired"),
        ({"exp": "1000000000"}, "expired"),
        ({"exp": "4000000000"}, "exp"),
        ({"exp": 10**30}, "exp"),
        ({"exp": 10**400}, "exp"),
        ({"exp": 253_402_300_800}, "exp"),
        ({"exp": float("nan")}, "malformed"),
        ({"exp": float("inf")}, "malformed"),
        ({"exp": {}}, "malformed"),
        ({"exp": [4_000_000_000]}, "malformed"),
        ({"exp": None}, "exp missing"),
        ({"nbf": 4_000_000_000}, "not yet valid"),
        ({"nbf": "5"}, "nbf"),
        ({"nbf": True}, "nbf"),
        ({"nbf": -1}, "nbf"),
        ({"nbf": float("nan")}, "malformed"),
        ({"nbf": None}, "malformed"),
        ({"iat": 4_000_000_000}, "not yet valid"),
        ({"iat": "5"}, "iat"),
        ({"iat": True}, "iat"),
        ({"iat": {}}, "iat"),
        ({"iat": None}, "iat"),
        ({"iss": "https://issuer.example"}, "issuer"),
        ({"iss": "https://issuer.example/."}, "issuer"),
        ({"iss": "https://issuer.example.evil/"}, "issuer"),
        ({"iss": "HTTPS://ISSUER.EXAMPLE/"}, "issuer"),
        ({"iss": "https://issuer.example/ "}, "issuer"),
        ({"iss": ["https://issuer.example/"]}, "issuer"),
        ({"iss": None}, "iss missing"),
        ({"aud": "graphql"}, "audience"),
        ({"aud": "graphql-api-2"}, "audience"),
        ({"aud": ["graphql-api", 5]}, "audience"),
        ({"aud": {"graphql-api": 1}}, "audience"),
        ({"aud": None}, "aud missing"),
        ({"aud": []}, "aud missing"),
        ({"aud": ""}, "aud missing"),
        ({"sub": None}, "sub missing"),
        ({"sub": ""}, "subject"),
        ({"sub": 5}, "subject"),
        ({"sub": {"$ne": ""}}, "subject"),
        ({"sub": ["user-1"]}, "subject"),
        ({"sub": True}, "subject"),
        ({"sub": "s" * 256}, "subject"),
        ({"sub": "\ud800"}, "sub"),
        ({"email": 5}, "email"),
        ({"email": {"$gt": ""}}, "email"),
        ({"email": ["a@example.org"]}, "email"),
        ({"email": False}, "email"),
        ({"email": "\udfff@example.org"}, "email"),
        ({"name": {}}, "name"),
        ({"picture": 1}, "picture"),
    ],
)
async def test_a_wrong_claim_is_refused(changes: dict[str, Any], reason: str) -> None:
    """Each with the reason that the caller is told."""
    assert await refusal(hs256_token(**changes)) == reason


@pytest.mark.parametrize(
    ("claim", "reason"),
    [("exp", "exp missing"), ("iss", "iss missing"), ("aud", "aud missing"), ("sub", "sub missing")],
)
async def test_four_claims_are_required(claim: str, reason: str) -> None:
    """A token that lacks one of them is refused."""
    assert await refusal(compact(HEADER, without(claim), hs256())) == reason


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ({"typ": "JWT"}, "algorithm"),
        ({"alg": "none"}, "algorithm"),
        ({"alg": "None"}, "algorithm"),
        ({"alg": "HS512"}, "algorithm"),
        ({"alg": "hs256"}, "algorithm"),
        ({"alg": ["HS256"]}, "algorithm"),
        ({"alg": None}, "algorithm"),
        ({"alg": "HS256", "crit": ["exp"], "exp": 5}, "malformed"),
        ({"alg": "HS256", "crit": ["b64"], "b64": True}, "crit"),
        ({"alg": "HS256", "crit": []}, "malformed"),
        ({"alg": "HS256", "crit": None}, "malformed"),
        ({"alg": "HS256", "b64": False}, "malformed"),
        ({"alg": "HS256", "kid": {"$ne": None}}, "malformed"),
        ({"alg": "HS256", "kid": ["a"]}, "malformed"),
        ({"alg": "HS256", "kid": 5}, "malformed"),
        ({"alg": "HS256", "kid": None}, "malformed"),
        ({"alg": "HS256", "kid": "k" * 256}, "key"),
        (["HS256"], "malformed"),
        ("HS256", "malformed"),
        (b"\xff\xfe", "malformed"),
        (b"{", "malformed"),
        (b'{"alg":"HS256","a":' + b"[" * 1500 + b"]" * 1500 + b"}", "malformed"),
    ],
)
async def test_a_wrong_header_is_refused(header: Any, reason: str) -> None:
    """Even when the signature is right."""
    assert await refusal(compact(header, claims(), hs256())) == reason


@pytest.mark.parametrize("payload", [b"", b"null", b"5", b"[]", b"\xff", b'{"exp":' + b"9" * 5000 + b"}", b"[" * 5000])
async def test_a_payload_that_is_no_object_is_refused(payload: bytes) -> None:
    """Even when the signature is right."""
    assert await refusal(compact(HEADER, payload, hs256())) == "malformed"


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "a",
        "a.b",
        "a.b.c.d",
        "a.b.c.d.e",
        "a.b.c",
        "null",
        " . . ",
        "é.é.é",
        "ﬀ.ﬀ.ﬀ",
        "a\x00.b.c",
        "٣.٣.٣",
        "\ud800.a.b",
    ],
)
async def test_what_is_no_token_is_refused(token: str) -> None:
    """Texts of other shapes and alphabets."""
    assert await refusal(token) == "malformed"


@pytest.mark.parametrize("change", ["{}=", "{}\n", " {}", "{}.", ".{}", "{}.{}", "Bearer {}"])
async def test_a_token_has_one_spelling(change: str) -> None:
    """Padding, white space and further segments are refused, and not passed over."""
    assert await refusal(change.replace("{}", hs256_token())) == "malformed"


async def test_an_unsigned_token_is_refused() -> None:
    """With and without something where the signature belongs."""
    header = {"alg": "none"}
    assert await refusal(compact(header, claims(), lambda _: b"")) == "malformed"
    assert await refusal(compact(header, claims(), hs256())) == "algorithm"


async def test_a_signature_by_another_secret_is_refused() -> None:
    """Also one that differs in its last character only, and one that lost its end."""
    assert await refusal(compact(HEADER, claims(), hs256(SECRET[:-1] + "g"))) == "signature"
    assert await refusal(compact(HEADER, claims(), lambda message: hs256()(message)[:16])) == "signature"


async def test_8_kib_are_the_limit() -> None:
    """One character more is refused unread; a token as long as the limit is verified."""
    short = hs256_token(padding="")
    fitting = max((hs256_token(padding="p" * size) for size in range(5900, 6144)), key=_length_within_limit)
    assert 8190 <= len(fitting) <= 8192
    assert (await TokenVerifier(HS256_RULES).verify(fitting)).subject == "user-1"
    assert await refusal(short + "A" * (8192 - len(short))) == "signature"
    assert await refusal(short + "A" * (8193 - len(short))) == "too long"


def _length_within_limit(token: str) -> int:
    return len(token) if len(token) <= 8192 else 0


async def test_a_refusal_says_no_more_than_its_reason() -> None:
    """Neither the token nor what PyJWT thinks of it."""
    with pytest.raises(InvalidToken) as refused:
        await TokenVerifier(HS256_RULES).verify(hs256_token(iss="https://evil.example/"))
    assert str(refused.value) == "The token is not valid: issuer. Sign in again."
