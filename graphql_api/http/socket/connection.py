"""One socket from its first message to its closure: who its client is, and the operations that run over it."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import orjson
from starlette.types import Receive, Scope

from graphql_api.auth.errors import InvalidToken, KeysUnavailable
from graphql_api.errors import Rejected, coded
from graphql_api.http.connections import Full, Seat, address_of, owner_of
from graphql_api.http.host import Host
from graphql_api.http.refusal import HttpRefusal
from graphql_api.http.request import from_payload
from graphql_api.http.socket import protocol
from graphql_api.http.socket.credentials import credentials_in
from graphql_api.http.socket.operation import operate
from graphql_api.http.socket.protocol import Close, Closing, Message
from graphql_api.http.socket.wire import Gone, Wire
from graphql_api.limits import OPERATIONS_OPEN
from graphql_api.operations.faults import internal
from graphql_api.standing import Lost, Standing
from models.ending import ended
from models.errors import SHUT_OUT, Refusal

ENDING_SECONDS = 5.0
"""Seconds in which operations must end that were told to: a query to the database can be interrupted at any time."""


class Connection:
    """The state of one socket.

    `operations` counts those that were asked for; `left` is the code that the client has closed it with, if he has.
    """

    def __init__(self, host: Host, scope: Scope, wire: Wire, credentials: Sequence[bytes]) -> None:
        self.operations = 0
        self.left: int | None = None
        self._host = host
        self._scope = scope
        self._wire = wire
        self._credentials = credentials
        self._initialised = False
        self._standing: Standing | None = None
        self._heard = True
        self._running: dict[str, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._ended: asyncio.Future[Close] = asyncio.get_running_loop().create_future()

    async def serve(self, receive: Receive, seat: Seat) -> Close:
        """Serve the client until one of the two ends it; returns how, after the operations have ended."""
        waiting = asyncio.get_running_loop().call_later(self._host.patience.init, self.end, protocol.INIT_TIMEOUT)
        self._begin(self._read(receive, seat, waiting.cancel))
        try:
            return await self._ended
        finally:
            waiting.cancel()
            if self._standing is not None:
                self._standing.close()
            await self._stop()

    def stop(self) -> None:
        """End it because the server does."""
        self.end(protocol.STOPPING)

    def end(self, close: Close) -> None:
        """End it this way, unless it is ending already."""
        if not self._ended.done():
            self._ended.set_result(close)

    async def _read(self, receive: Receive, seat: Seat, initialised: Callable[[], None]) -> None:
        while True:
            event = await receive()
            if event["type"] == "websocket.disconnect":
                self.left = event.get("code")
                raise Closing(protocol.GONE)
            self._heard = True
            message = protocol.received(event.get("text"))
            if message.type == "connection_init":
                initialised()
            await self._handle(message, seat)

    async def _handle(self, message: Message, seat: Seat) -> None:
        if message.type == "subscribe":
            await self._subscribe(message, seat)
        elif message.type == "complete":
            running = self._running.pop(message.id, None)
            if running is not None:
                self._begin(ended([running]))
        elif message.type == "ping":
            await self._wire.send(protocol.pong(await self._answer(message.payload)))
        elif message.type == "connection_init":
            await self._initialise(message.payload, seat)

    async def _initialise(self, payload: Mapping[str, Any] | None, seat: Seat) -> None:
        if self._initialised:
            raise Closing(protocol.TWO_INITS)
        self._initialised = True
        server = self._host.server
        with closing_for_the_caller():
            caller = await server.identify(credentials_in(payload) or self._credentials)
            seat.move(owner_of(server.principal(caller), self._scope))
            standing = self._standing = Standing(server, caller, self._lost)
            await standing.admit()
        await self._wire.send(protocol.ACK)
        self._begin(self._keep_alive())

    async def _answer(self, ping: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
        """What a ping is answered with: what it says, or, where it brings a fresh token, that this was taken."""
        with closing_for_the_caller():
            credentials = credentials_in(ping)
            if not credentials:
                return ping
            if self._standing is None:
                raise Closing(protocol.UNAUTHORIZED)
            caller = await self._host.server.identify(credentials)
            if not await self._standing.renew(caller):
                raise Closing(protocol.FORBIDDEN)
        return {"authorized": True}

    async def _subscribe(self, message: Message, seat: Seat) -> None:
        if self._standing is None:
            raise Closing(protocol.UNAUTHORIZED)
        if message.id in self._running:
            raise Closing(protocol.taken(message.id))
        self.operations += 1
        try:
            request = from_payload(message.payload or {})
            self._check(message)
        except HttpRefusal as refusal:
            raise Closing(protocol.malformed(refusal.message)) from refusal
        except Rejected as rejection:
            await self._wire.send(protocol.error_of(orjson.dumps(message.id), rejection.errors))
            return
        work = operate(
            message.id,
            request,
            server=self._host.server,
            wire=self._wire,
            seat=seat,
            standing=self._standing,
            address=address_of(self._scope),
        )
        running = self._running[message.id] = self._begin(work)
        running.add_done_callback(partial(self._over, message.id))

    def _check(self, message: Message) -> None:
        if message.refusal is not None:
            raise Rejected([coded(message.refusal.code, message.refusal.message)])
        if len(self._running) >= OPERATIONS_OPEN:
            said = f"This socket has {OPERATIONS_OPEN} operations under way; end one of them first."
            raise Rejected([coded("TOO_MANY_SUBSCRIPTIONS", said)])

    def _over(self, identity: str, task: asyncio.Task[None]) -> None:
        # The client may have completed it, and begun another one under its id.
        if self._running.get(identity) is task:
            del self._running[identity]

    async def _keep_alive(self) -> None:
        patience = self._host.patience
        pong = min(patience.pong, patience.ping)
        while True:
            await asyncio.sleep(patience.ping - pong)
            self._heard = False
            await self._wire.send(protocol.PING)
            await asyncio.sleep(pong)
            if not self._heard:
                raise Closing(protocol.SILENT)

    def _lost(self, lost: Lost) -> None:
        expired = lost.code == "UNAUTHENTICATED"
        self.end(Close(protocol.UNAUTHORIZED.code, lost.message) if expired else protocol.FORBIDDEN)

    def _begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(self._guarded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Closing as closing:
            self.end(closing.close)
        except Gone:
            self.end(protocol.GONE)
        except Exception as error:  # noqa: BLE001 - the last line: a fault must not leave the client waiting
            internal(error)
            self.end(protocol.FAULT)

    async def _stop(self) -> None:
        await ended(self._tasks, ENDING_SECONDS)


@contextmanager
def closing_for_the_caller() -> Iterator[None]:
    """Turn what keeps a caller from being let in into the closure that tells it; raises `Closing`."""
    try:
        yield
    except Closing:
        raise
    except InvalidToken as error:
        raise Closing(protocol.FORBIDDEN) from error
    except Full as full:
        raise Closing(Close(protocol.LATER.code, full.code)) from full
    except Exception as error:
        if isinstance(error, Refusal) and error.code in SHUT_OUT:
            raise Closing(protocol.FORBIDDEN) from error
        if not isinstance(error, KeysUnavailable):
            internal(error)
        # Most likely the database is away: unlike others, this closure makes clients come again.
        raise Closing(protocol.LATER) from error
