"""The standing of a caller on a long connection: who he is now, and until when he may stay."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, Protocol

import structlog

from graphql_api.limits import STANDING_RETRY_SECONDS
from graphql_api.operations.prepare import PreparedOperation
from models.errors import Refusal

log = structlog.get_logger(__name__)

LONGEST_TIMER_SECONDS = 600.0
"""The clock is looked at again at least this often: it may be set, and the machine may have slept."""

EXPIRED = "Token expired"


@dataclass(frozen=True, slots=True)
class Lost:
    """Why a caller has lost his standing, in words that he may read."""

    code: Literal["UNAUTHENTICATED", "FORBIDDEN"]
    message: str


class Authority(Protocol):
    """What a standing needs of the server: see `graphql_api.context.Server`."""

    def principal(self, caller: Any, /) -> str | None:
        """Return the caller in one word that is the same for all his tokens."""

    def expiry(self, caller: Any, /) -> float | None:
        """Return when his token ends, in seconds since 1970."""

    def admitted(self, caller: Any, /) -> Awaitable[Any]:
        """Return the actor of a connection; raises `Refusal` with a code of `SHUT_OUT`."""

    def again(self, caller: Any, prepared: PreparedOperation | None, /) -> Awaitable[Any]:
        """Return the actor as of now; raises `Refusal` with a code of `SHUT_OUT`."""

    def watch(self, actor: Any, told: Callable[[], None], /) -> Callable[[], None]:
        """Call `told` when the actor may have changed, until what this returns is called."""


@dataclass(slots=True, eq=False)
class _Followed:
    """An actor that is in use: the connection's own without an operation, and that of each operation's context."""

    prepared: PreparedOperation | None
    actor: Any
    context: Any
    unwatch: Callable[[], None] = lambda: None
    doubted: bool = False


class Standing:
    """Who a connection belongs to; `lost` is called once, when he may not stay.

    While it is open, each operation that is followed has the actor of this moment: its context doubts him when the
    account, its profiles or their grants may have changed, and is renewed once that is known.
    """

    def __init__(self, authority: Authority, caller: Any, lost: Callable[[Lost], None]) -> None:
        self._authority = authority
        self._caller = caller
        self._lost = lost
        self._followed: set[_Followed] = set()
        self._due: set[_Followed] = set()
        self._checking: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._closed = False
        # Whoever changes a row tells of it within his own request: neither its id nor its transaction are ours.
        self._own = copy_context()
        self._watch_the_clock()

    @property
    def caller(self) -> Any:
        """The caller, by his newest token."""
        return self._caller

    async def admit(self) -> None:
        """Keep an eye on the caller himself, while no operation runs; raises `Refusal` with a code of `SHUT_OUT`."""
        self._follow(_Followed(None, await self._authority.admitted(self._caller), None))

    @contextmanager
    def following(self, prepared: PreparedOperation, context: Any) -> Iterator[None]:
        """Keep the actor of an operation's context up to date within the block."""
        followed = _Followed(prepared, context.actor, context)
        self._follow(followed)
        try:
            yield
        finally:
            self._leave(followed)

    async def renew(self, caller: Any) -> bool:
        """Go on with a fresh token; False, and nothing changes, for that of somebody else.

        Raises `Refusal` with a code of `SHUT_OUT` for who is shut out.
        """
        principal = self._authority.principal(caller)
        if principal is None or principal != self._authority.principal(self._caller):
            return False
        await self._authority.again(caller, None)
        self._caller = caller
        self._watch_the_clock()
        for followed in self._followed:
            # The fresh token may come from another sign-in, whose end is to be heard of.
            self._ask(followed)
        return True

    def close(self) -> None:
        """Stop watching; a second call does nothing."""
        self._closed = True
        for followed in tuple(self._followed):
            self._leave(followed)
        if self._timer is not None:
            self._timer.cancel()
        if self._checking is not None and self._checking is not asyncio.current_task():
            self._checking.cancel()

    def _follow(self, followed: _Followed) -> None:
        if self._closed or self._authority.principal(self._caller) is None:
            return
        followed.unwatch = self._authority.watch(followed.actor, partial(self._told, followed))
        self._followed.add(followed)
        # What has changed between the actor's making and the watch was told to nobody.
        self._ask(followed)

    def _leave(self, followed: _Followed) -> None:
        if followed in self._followed:
            self._followed.remove(followed)
            self._due.discard(followed)
            followed.unwatch()

    def _told(self, followed: _Followed) -> None:
        if followed.context is not None:
            followed.doubted = True
            followed.context.doubt()
        self._ask(followed)

    def _ask(self, followed: _Followed) -> None:
        self._due.add(followed)
        if self._checking is None:
            loop = asyncio.get_running_loop()
            self._checking = loop.create_task(self._check(), context=self._own)

    async def _check(self) -> None:
        try:
            while self._due:
                followed = self._due.pop()
                try:
                    await self._bring_up_to_date(followed)
                except Refusal as refusal:
                    self._lose(Lost("FORBIDDEN", refusal.message))
                except Exception as error:  # noqa: BLE001 - most likely the database is away; then he is asked for again
                    log.warning("caller not known at present", error=type(error).__name__)
                    self._due.add(followed)
                    await asyncio.sleep(STANDING_RETRY_SECONDS)
        finally:
            self._checking = None

    async def _bring_up_to_date(self, followed: _Followed) -> None:
        actor = await self._authority.again(self._caller, followed.prepared)
        if followed not in self._followed or followed in self._due:
            # It is over, or was told of again meanwhile, and this is old.
            return
        changed = actor != followed.actor
        if changed:
            # The new actor may have other rows; they are watched, and then asked for once more.
            self._leave(followed)
            followed.actor = actor
            self._follow(followed)
        if followed.context is not None and (changed or followed.doubted):
            followed.doubted = False
            followed.context.renew(actor)

    def _watch_the_clock(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        expiry = self._authority.expiry(self._caller)
        if expiry is None or self._closed:
            return
        seconds = expiry - time.time()
        if seconds <= 0:
            self._lose(Lost("UNAUTHENTICATED", EXPIRED))
            return
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(min(seconds, LONGEST_TIMER_SECONDS), self._watch_the_clock)

    def _lose(self, lost: Lost) -> None:
        if not self._closed:
            self.close()
            self._lost(lost)
