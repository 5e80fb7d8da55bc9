"""Tokens that the server gives itself: to agents who sign in with a password, and to visitors of portals."""

import time
from collections.abc import Iterable
from dataclasses import dataclass

from bson import ObjectId
from bson.errors import InvalidId

from graphql_api.auth.errors import InvalidToken
from graphql_api.auth.minting import mint
from graphql_api.auth.tokens import Claims, TokenRules, TokenVerifier
from models.principal import OWN_ISSUER, SIGNED_IN, Identity, Portal, Visit
from resolvers.gate import Token

OWN_PREFIX = "tok_"
"""How such a token begins: those of identity providers, which other keys verify, never do."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A person who has signed in with a password."""

    identity: Identity
    expires_at: int
    """Seconds since 1970."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody without an account, by the token of a portal."""

    visit: Visit
    expires_at: int
    """Seconds since 1970."""


class OwnTokens:
    """Gives and recognises them; `rules` are HS256 with a key of its own, and `portals` all that there are."""

    def __init__(self, rules: TokenRules, portals: Iterable[Portal]) -> None:
        self._rules = rules
        self._verifier = TokenVerifier(rules)
        self._portals = {portal.subject: portal for portal in portals}

    def give(self, subject: str, seconds: int) -> Token:
        """Return a token for the subject, in the spelling of `caller`."""
        expires = int(time.time()) + seconds
        return Token(OWN_PREFIX + mint(self._rules, subject, lifetime_seconds=seconds), expires * 1000)

    async def caller(self, token: str) -> SignedIn | Visitor:
        """Return whose token it is; raises `InvalidToken`.

        Its subject is the kind of caller, the id, and the sign-in (or the version of the portal's code) it comes from.
        """
        claims = await self._verifier.verify(token.removeprefix(OWN_PREFIX))
        try:
            return self._named(claims)
        except (ValueError, InvalidId) as error:
            raise InvalidToken("subject") from error

    def _named(self, claims: Claims) -> SignedIn | Visitor:
        kind, key, origin = claims.subject.split(":")
        if kind == SIGNED_IN:
            return SignedIn(Identity(OWN_ISSUER, key, session=ObjectId(origin)), claims.expires_at)
        if kind not in self._portals:
            raise ValueError(f"no portal {kind}")
        return Visitor(Visit(self._portals[kind], ObjectId(key), int(origin)), claims.expires_at)
