"""Tells who sent a request: nobody in particular, somebody with a token, or a service with its key."""

from collections.abc import Sequence
from dataclasses import dataclass

from graphql_api.auth.errors import InvalidToken
from graphql_api.auth.own_tokens import OWN_PREFIX, OwnTokens, SignedIn, Visitor
from graphql_api.auth.service_keys import SERVICE_PREFIX, ServiceKeys
from graphql_api.auth.tokens import Claims, TokenVerifier


@dataclass(frozen=True, slots=True)
class Anonymous:
    """A caller without any credential."""


@dataclass(frozen=True, slots=True)
class Bearer:
    """A person, by a verified token of an identity provider."""

    claims: Claims


@dataclass(frozen=True, slots=True)
class ServiceCaller:
    """A trusted program, by its key."""

    name: str


ANONYMOUS = Anonymous()

Caller = Anonymous | Bearer | SignedIn | Visitor | ServiceCaller


@dataclass(frozen=True, slots=True)
class Recognition:
    """All by which a credential is recognised."""

    verifier: TokenVerifier
    own_tokens: OwnTokens
    service_keys: ServiceKeys

    async def identify(self, credentials: Sequence[bytes]) -> Caller:
        """Return the caller by the values of the header `Authorization`; only a request without one is anonymous.

        Raises `InvalidToken` for any header that is not one good credential, and `KeysUnavailable`.
        """
        if not credentials:
            return ANONYMOUS
        if len(credentials) > 1:
            raise InvalidToken("more than one")
        return await self._one(credentials[0].decode("latin-1"))

    async def _one(self, credential: str) -> Caller:
        scheme, _, rest = credential.partition(" ")
        token = rest.strip(" ")
        if scheme.lower() != "bearer":
            raise InvalidToken("scheme")
        if not token:
            raise InvalidToken("empty")
        if token.startswith(OWN_PREFIX):
            return await self.own_tokens.caller(token)
        if not token.startswith(SERVICE_PREFIX):
            return Bearer(await self.verifier.verify(token))
        name = self.service_keys.name_of(token)
        if name is None:
            raise InvalidToken("service key")
        return ServiceCaller(name)
