"""The open connections of one application: how many there are, whose they are, and how all of them are told to end."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal, NamedTuple

from starlette.types import Scope

from graphql_api.limits import CONNECTIONS_PER_ACCOUNT, CONNECTIONS_PER_ADDRESS, SUBSCRIPTIONS_PER_OWNER

Transport = Literal["websocket", "events", "multipart"]


class Full(Exception):
    """One more connection or subscription than its owner may have; the client is told `code` and the message."""

    def __init__(self, code: Literal["TOO_MANY_CONNECTIONS", "TOO_MANY_SUBSCRIPTIONS"], message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Owner(NamedTuple):
    """Whom connections are counted for: an account or service, or the address of somebody without any."""

    name: str
    noun: Literal["account", "address"]

    @property
    def most(self) -> int:
        """How many connections it may have open."""
        return CONNECTIONS_PER_ACCOUNT if self.noun == "account" else CONNECTIONS_PER_ADDRESS


def owner_of(principal: str | None, scope: Scope) -> Owner:
    """Return whom a connection is counted for."""
    if principal is not None:
        return Owner(principal, "account")
    return Owner(address_of(scope), "address")


def address_of(scope: Scope) -> str:
    """Return the client's address, or that which a trusted proxy names."""
    client = scope.get("client")
    return str(client[0]) if client else ""


class Connections:
    """Counts what is open now; `delivered` are the results of subscriptions that were handed to a transport so far."""

    def __init__(self) -> None:
        self.delivered = 0
        self._seats: set[Seat] = set()
        self._open: Counter[Owner] = Counter()
        self._subscribed: Counter[Owner] = Counter()
        self._ending = False

    @property
    def sockets(self) -> int:
        """How many WebSockets are open."""
        return sum(seat.transport == "websocket" for seat in self._seats)

    @property
    def streams(self) -> int:
        """How many answers are being streamed over HTTP."""
        return len(self._seats) - self.sockets

    @property
    def subscriptions(self) -> int:
        """How many subscriptions are under way."""
        return self._subscribed.total()

    def enter(self, owner: Owner, transport: Transport, end: Callable[[], None]) -> "Seat":
        """Return the seat of a new connection; raises `Full`.

        `end` is called when the server stops, or soon if it is stopping already.
        """
        self._take(owner)
        seat = Seat(self, owner, transport, end)
        self._seats.add(seat)
        if self._ending:
            asyncio.get_running_loop().call_soon(end)
        return seat

    def end_all(self) -> None:
        """Tell every connection to end, also those that are still to come."""
        self._ending = True
        for seat in tuple(self._seats):
            seat.end()

    def _take(self, owner: Owner) -> None:
        if self._open[owner] >= owner.most:
            message = f"This {owner.noun} has {owner.most} connections open; close one of them first."
            raise Full("TOO_MANY_CONNECTIONS", message)
        self._open[owner] += 1

    def _give_back(self, owner: Owner, counter: Counter[Owner]) -> None:
        counter[owner] -= 1
        if not counter[owner]:
            del counter[owner]


class Seat:
    """The place of one open connection among all."""

    def __init__(self, among: Connections, owner: Owner, transport: Transport, end: Callable[[], None]) -> None:
        self.transport: Transport = transport
        self.end = end
        self._among = among
        self._owner = owner

    def move(self, owner: Owner) -> None:
        """Count the connection for its real owner, once he has said who he is; raises `Full`."""
        if owner != self._owner:
            self._among._take(owner)
            self._among._give_back(self._owner, self._among._open)
            self._owner = owner

    @contextmanager
    def subscription(self) -> Iterator[None]:
        """Count a subscription for as long as the block lasts; raises `Full`."""
        owner, subscribed = self._owner, self._among._subscribed
        if subscribed[owner] >= SUBSCRIPTIONS_PER_OWNER:
            message = f"This {owner.noun} has {SUBSCRIPTIONS_PER_OWNER} subscriptions; end one of them first."
            raise Full("TOO_MANY_SUBSCRIPTIONS", message)
        subscribed[owner] += 1
        try:
            yield
        finally:
            self._among._give_back(owner, subscribed)

    def delivered(self) -> None:
        """Count one result of a subscription."""
        self._among.delivered += 1

    def leave(self) -> None:
        """Give the place back."""
        self._among._seats.discard(self)
        self._among._give_back(self._owner, self._among._open)
