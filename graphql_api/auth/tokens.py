"""Verifies bearer tokens: signature, issuer, audience and times by PyJWT, and the shape of each claim we read."""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import jwt
from jwt import PyJWK, PyJWTError
from jwt.exceptions import InvalidSubjectError

from graphql_api.auth.errors import InvalidToken
from graphql_api.auth.jwks import KeySet
from graphql_api.auth.kept_tokens import KeptTokens

SECRET_BYTES = 32
"""Least bytes of an HS256 key: as long as the hash (RFC 7518 §3.2)."""

TOKEN_BYTES = 8 * 1024
"""Most bytes of a token. Those of the large providers have one to two kilobytes."""

KEY_ID_CHARACTERS = 255
"""Most characters of a key id; those in use have up to 64."""

SUBJECT_CHARACTERS = 255
"""Most characters of a subject (OpenID Connect Core §2)."""

LATEST_SECONDS = 253_402_300_799
"""The last second of the year 9999, the last that Python and MongoDB both write as a date."""

# Without padding, as RFC 7515 says, so that a token has one spelling only.
_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")

_REASONS: Mapping[type[PyJWTError], str] = {
    jwt.ExpiredSignatureError: "expired",
    jwt.ImmatureSignatureError: "not yet valid",
    jwt.InvalidAudienceError: "audience",
    jwt.InvalidIssuedAtError: "iat",
    jwt.InvalidIssuerError: "issuer",
    jwt.InvalidSignatureError: "signature",
    InvalidSubjectError: "subject",
}


@dataclass(frozen=True, slots=True)
class TokenRules:
    """Which tokens are believed: the one algorithm, issuer and audience, and where the key is.

    HS256 takes `secret`; RS256 and ES256 take `jwks`, an https URL (http for loopback) or a file's path. A secret that
    is missing, short or somebody's public key, and a missing `jwks`, raise `ValueError`.
    """

    algorithm: Literal["HS256", "RS256", "ES256"]
    issuer: str
    audience: str
    leeway_seconds: int
    secret: str | None = field(default=None, repr=False)
    jwks: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.algorithm == "HS256":
            _check_secret(self.secret)
        elif self.jwks is None:
            raise ValueError(f"AUTH_JWKS must be the URL or file of the public keys, for {self.algorithm} needs it.")


@dataclass(frozen=True, slots=True)
class Claims:
    """What a verified token says; issuer and subject together name one account for ever."""

    issuer: str
    subject: str
    email: str | None
    emailVerified: bool
    name: str | None
    picture: str | None
    expires_at: int
    """Seconds since 1970."""


@dataclass(frozen=True, slots=True)
class _Verified:
    """What a token said, and the key that verified it, which its header names as `kid`."""

    claims: Claims
    kid: str | None
    key: PyJWK | str


class TokenVerifier:
    """Tells whether a token is to be believed; `clock` times the renewal of keys, not the life of tokens.

    A token that was believed is kept. At each use it is asked again whether it has expired and whether its key is
    still the one that verified it; its signature and the other claims cannot change.
    """

    def __init__(self, rules: TokenRules, clock: Callable[[], float] = time.monotonic) -> None:
        self._rules = rules
        self._kept: KeptTokens[_Verified] = KeptTokens()
        self._keys: KeySet | None = None
        if rules.algorithm != "HS256" and rules.jwks is not None:
            self._keys = KeySet(rules.jwks, rules.algorithm, clock)

    async def verify(self, token: str) -> Claims:
        """Return the claims of a token; raises `InvalidToken`, or `KeysUnavailable` when it cannot be checked."""
        kept = self._kept.find(token)
        if kept is not None and await self._holds(kept):
            return kept.claims
        self._kept.drop(token)
        verified = await self._verified(token)
        self._kept.keep(token, verified)
        return verified.claims

    async def _holds(self, kept: _Verified) -> bool:
        # The same comparison as PyJWT's, which a kept token does not pass again.
        if kept.claims.expires_at <= time.time() - self._rules.leeway_seconds:
            return False
        try:
            # A renewed set has new objects, and then the signature is checked again, even by an equal key.
            return self._keys is None or await self._keys.find(kept.kid) is kept.key
        except InvalidToken:
            return False

    async def _verified(self, token: str) -> _Verified:
        if len(token) > TOKEN_BYTES:
            raise InvalidToken("too long")
        if not _COMPACT.fullmatch(token):
            raise InvalidToken("malformed")
        kid: str | None = _header_of(token, self._rules.algorithm).get("kid")
        key = await self._key_for(kid)
        return _Verified(_claims(self._decoded(token, key)), kid, key)

    async def _key_for(self, kid: str | None) -> PyJWK | str:
        """The key that the rules name; the header's `kid` chooses among theirs and can lead to no other."""
        if kid is not None and len(kid) > KEY_ID_CHARACTERS:
            raise InvalidToken("key")
        return await self._keys.find(kid) if self._keys is not None else self._rules.secret or ""

    def _decoded(self, token: str, key: PyJWK | str) -> dict[str, Any]:
        try:
            return jwt.decode(
                token,
                key,
                algorithms=[self._rules.algorithm],
                issuer=self._rules.issuer,
                audience=self._rules.audience,
                leeway=self._rules.leeway_seconds,
                options={"require": ["exp", "iss", "aud", "sub"], "enforce_minimum_key_length": True},
            )
        except jwt.MissingRequiredClaimError as error:
            raise InvalidToken(f"{error.claim} missing") from error
        except PyJWTError as error:
            raise InvalidToken(_REASONS.get(type(error), "malformed")) from error


def _check_secret(secret: str | None) -> None:
    if secret is None or len(secret.encode()) < SECRET_BYTES:
        raise ValueError(f"AUTH_SECRET must be {SECRET_BYTES} bytes or more; `openssl rand -hex 32` makes one.")
    try:
        jwt.get_algorithm_by_name("HS256").prepare_key(secret)
    except PyJWTError:
        # Not chained: the cause may quote the secret.
        raise ValueError("AUTH_SECRET must be a random text, not a public key or a certificate.") from None


def _header_of(token: str, algorithm: str) -> dict[str, Any]:
    """The header of a token for this algorithm, before any key is looked up for it."""
    try:
        header = jwt.get_unverified_header(token)
    except PyJWTError as error:
        raise InvalidToken("malformed") from error
    if "crit" in header:
        raise InvalidToken("crit")
    if header.get("alg") != algorithm:
        raise InvalidToken("algorithm")
    return header


def _claims(payload: Mapping[str, Any]) -> Claims:
    for claim in ("exp", "nbf", "iat"):
        if claim in payload:
            _check_time(payload, claim)
    subject = _text(payload, "sub")
    if not subject or len(subject) > SUBJECT_CHARACTERS:
        raise InvalidToken("subject")
    email = _text(payload, "email")
    return Claims(
        issuer=payload["iss"],
        subject=subject,
        email=email,
        emailVerified=email is not None and payload.get("email_verified") is True,
        name=_text(payload, "name"),
        picture=_text(payload, "picture"),
        expires_at=int(payload["exp"]),
    )


def _check_time(payload: Mapping[str, Any], claim: str) -> None:
    """Raise `InvalidToken` unless the claim is a number that is a date; PyJWT also takes `"9"`, true and 10³⁰."""
    value = payload[claim]
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not (number and 0 <= value <= LATEST_SECONDS):
        raise InvalidToken(claim)


def _text(payload: Mapping[str, Any], claim: str) -> str | None:
    value = payload.get(claim)
    if value is not None and not (isinstance(value, str) and _is_unicode(value)):
        raise InvalidToken(claim)
    return value


def _is_unicode(text: str) -> bool:
    r"""Whether the text has no lone surrogate, which JSON can write as `\ud800` and neither UTF-8 nor MongoDB can."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
