"""What stands between HTTP and the resolvers: who asks becomes an actor, an operation gets its context."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import structlog

from graphql_api.auth.caller import Bearer, Caller, Recognition, ServiceCaller
from graphql_api.auth.own_tokens import SignedIn, Visitor
from graphql_api.auth.tokens import Claims
from graphql_api.operations.prepare import Operations, PreparedOperation
from models.actor import ANONYMOUS, Actor, service
from models.principal import EMAIL_CHARACTERS, NAME_CHARACTERS, URL_CHARACTERS, Identity, Profile
from models.store import Store
from models.store.principals import KEPT_ACTORS
from models.tables import PROFILES
from models.texts import is_link, is_readable
from resolvers.context import Context
from resolvers.gate import Gate

log = structlog.get_logger(__name__)

OF_ALL_PRODUCTS = frozenset({"node", "nodes", "viewer"})
"""Root fields that may show any product's rows: every profile of the caller is looked up for them, and none is made."""

KEPT_SELECTIONS = 1_000
"""Sets of root fields whose profiles are remembered; clients send the same few operations again and again."""


@dataclass(frozen=True, slots=True)
class Server:
    """The parts that one request is answered with; `operation_seconds` is the time it may take.

    `leeway_seconds` is how long beyond its end a token is believed, for clocks differ.
    """

    operations: Operations
    store: Store
    recognition: Recognition
    gate: Gate
    operation_seconds: float
    page_limit: int
    leeway_seconds: int = 0

    async def open(self) -> None:
        """Begin to listen to the changes of the database, now or as soon as it is there."""
        self.store.feed.open()

    async def close(self) -> None:
        """Stop listening; requests are answered as before, and ask the database more often."""
        await self.store.feed.close()

    async def identify(self, credentials: Sequence[bytes], /) -> Caller:
        """Who sent the request, by its `Authorization`; raises `InvalidToken` or `KeysUnavailable`."""
        return await self.recognition.identify(credentials)

    async def context_for(
        self, caller: Caller, prepared: PreparedOperation, request_id: str, address: str, /
    ) -> Context:
        """The context of an operation. Raises `Refusal` with a code of `SHUT_OUT` for who may not come in."""
        actor = await self._actor(caller, prepared)
        if actor.operator:
            fields = sorted(prepared.root_fields)
            log.info("operator access", actor=actor.key, kind=prepared.kind, fields=fields)
        return Context(actor, self.store, self.page_limit, request_id, address=address, gate=self.gate)

    def principal(self, caller: Caller, /) -> str | None:
        """The caller in one word that is the same for all his tokens; None for nobody in particular."""
        if isinstance(caller, ServiceCaller):
            return f"service:{caller.name}"
        if isinstance(caller, Visitor):
            return f"{caller.visit.portal.subject}:{caller.visit.key}"
        identity = _identity_of(caller)
        return None if identity is None else f"{identity.issuer} {identity.subject}"

    def expiry(self, caller: Caller, /) -> float | None:
        """When the caller's token is believed no more, in seconds since 1970; None for one that lasts."""
        if isinstance(caller, Bearer):
            return caller.claims.expires_at + self.leeway_seconds
        return caller.expires_at + self.leeway_seconds if isinstance(caller, SignedIn | Visitor) else None

    async def admitted(self, caller: Caller, /) -> Actor:
        """The caller as the actor of a connection, without profiles; raises `Refusal` with a code of `SHUT_OUT`."""
        identity = _identity_of(caller)
        if identity is not None:
            return await self.store.principals.actor(identity, ())
        return await self._without_account(caller, noted=True)

    async def again(self, caller: Caller, prepared: PreparedOperation | None, /) -> Actor:
        """The actor of a connection, or of an operation that is under way, as of now.

        Nothing is made that is gone. Raises `Refusal` with a code of `SHUT_OUT`.
        """
        identity = _identity_of(caller)
        if identity is None:
            return await self._without_account(caller, noted=False)
        used, known = _profiles(prepared.root_fields) if prepared is not None else ((), ())
        return await self.store.principals.again(identity, (*used, *known))

    def watch(self, actor: Actor, told: Callable[[], None], /) -> Callable[[], None]:
        """Call `told` when the actor may have changed, until what this returns is called."""
        return self.store.principals.watch(actor, told)

    async def _actor(self, caller: Caller, prepared: PreparedOperation) -> Actor:
        identity = _identity_of(caller)
        if identity is None:
            return await self._without_account(caller, noted=True)
        used, known = _profiles(prepared.root_fields)
        return await self.store.principals.actor(identity, used, known)

    async def _without_account(self, caller: Caller, *, noted: bool) -> Actor:
        if isinstance(caller, Visitor):
            return await self.store.principals.visitor(caller.visit, noted=noted)
        return service(caller.name) if isinstance(caller, ServiceCaller) else ANONYMOUS


def _identity_of(caller: Caller) -> Identity | None:
    """The person, for who has an account."""
    if isinstance(caller, Bearer):
        return _identity(caller.claims)
    return caller.identity if isinstance(caller, SignedIn) else None


@lru_cache(KEPT_SELECTIONS)
def _profiles(root_fields: frozenset[str]) -> tuple[tuple[Profile, ...], tuple[Profile, ...]]:
    """The profiles that an operation uses, which are made when they are missing, and those that it only shows.

    It uses those of the products whose root fields it names: each has its product's name before it. A field that ends
    a profile does not make one.
    """
    used = [p for p in PROFILES if any(name.startswith((p.product, *p.others)) for name in root_fields - p.ended_by)]
    shown = [p for p in PROFILES if p not in used and (OF_ALL_PRODUCTS | p.ended_by) & root_fields]
    return tuple(used), tuple(shown)


@lru_cache(KEPT_ACTORS)
def _identity(claims: Claims) -> Identity:
    """The person of a token. What an account has no room for is left out: nobody is shut out by a long name."""
    email = _fitting(claims.email, EMAIL_CHARACTERS)
    picture = _fitting(claims.picture, URL_CHARACTERS)
    return Identity(
        issuer=claims.issuer,
        subject=claims.subject,
        email=email,
        emailVerified=claims.emailVerified and email is not None,
        name=_fitting(claims.name, NAME_CHARACTERS),
        picture=picture if picture and is_link(picture) else None,
    )


def _fitting(text: str | None, characters: int) -> str | None:
    return text if text and is_readable(text) and len(text) <= characters else None
