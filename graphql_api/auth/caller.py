"""Tells who sent a request: nobody in particular, a person with a token, or a service with its key."""

from collections.abc import Sequence
from dataclasses import dataclass

from graphql_api.auth.errors import InvalidToken
from graphql_api.auth.service_keys import SERVICE_PREFIX, ServiceKeys
from graphql_api.auth.tokens import Claims, TokenVerifier


@dataclass(frozen=True, slots=True)
class Anonymous:
    """A caller without any credential."""


@dataclass(frozen=True, slots=True)
class Bearer:
    """A person, by a verified token."""

    claims: Claims


@dataclass(frozen=True, slots=True)
class ServiceCaller:
    """A trusted program, by its key."""

    name: str


ANONYMOUS = Anonymous()

Caller = Anonymous | Bearer | ServiceCaller


async def identify(credentials: Sequence[bytes], verifier: TokenVerifier, service_keys: ServiceKeys) -> Caller:
    """Return the caller by the values of the header `Authorization`; only a request without one is anonymous.

    Raises `InvalidToken` for any header that is not one good credential, and `KeysUnavailable`.
    """
    if not credentials:
        return ANONYMOUS
    if len(credentials) > 1:
        raise InvalidToken("more than one")
    return await identify_credential(credentials[0].decode("latin-1"), verifier, service_keys)


async def identify_credential(credential: str, verifier: TokenVerifier, service_keys: ServiceKeys) -> Caller:
    """Return the caller by the value of one `Authorization`, wherever it was sent; raises as `identify` does."""
    scheme, _, rest = credential.partition(" ")
    token = rest.strip(" ")
    if scheme.lower() != "bearer":
        raise InvalidToken("scheme")
    if not token:
        raise InvalidToken("empty")
    if not token.startswith(SERVICE_PREFIX):
        return Bearer(await verifier.verify(token))
    name = service_keys.name_of(token)
    if name is None:
        raise InvalidToken("service key")
    return ServiceCaller(name)
