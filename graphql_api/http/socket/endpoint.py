"""The way in and out of every socket: its handshake, its place among the others, and its line in the log."""

import time
from collections.abc import Iterable, Sequence
from contextlib import suppress

import structlog
from starlette.types import Receive, Scope, Send

from graphql_api.http.answer import Answer
from graphql_api.http.connections import Full, owner_of
from graphql_api.http.host import Host
from graphql_api.http.negotiate import JSON
from graphql_api.http.refusal import HttpRefusal
from graphql_api.http.request_id import FIELD, chosen_id
from graphql_api.http.responses import RETRY, refused
from graphql_api.http.security_headers import guarded
from graphql_api.http.socket import protocol
from graphql_api.http.socket.connection import Connection
from graphql_api.http.socket.origins import admits
from graphql_api.http.socket.protocol import PROTOCOL, Close
from graphql_api.http.socket.wire import Gone, Wire
from graphql_api.logs import REQUEST_ID

log = structlog.get_logger(__name__)


class SocketEndpoint:
    """The ASGI application of the sockets; `origins` are the other sites whose pages may open one."""

    def __init__(self, host: Host, origins: Sequence[str]) -> None:
        self._host = host
        self._origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one socket from its handshake to its end."""
        bound = REQUEST_ID.set(chosen_id(next(iter(_values(scope["headers"], FIELD)), None)))
        try:
            await receive()
            await self._greet(scope, receive, send)
        finally:
            REQUEST_ID.reset(bound)

    async def _greet(self, scope: Scope, receive: Receive, send: Send) -> None:
        wire = Wire(send, self._host.patience.send)
        if not self._is_admitted(scope["headers"]):
            message = "Pages of this origin may not connect; add it to CORS_ORIGINS."
            await _deny(HttpRefusal(403, "ORIGIN_NOT_ALLOWED", message), scope, send)
            return
        if PROTOCOL not in scope["subprotocols"]:
            # Accepted first: browsers tell their pages nothing of a handshake that fails.
            await send({"type": "websocket.accept"})
            await _part(wire, protocol.SUBPROTOCOL)
            return
        await self._seat(scope, receive, send, wire)

    async def _seat(self, scope: Scope, receive: Receive, send: Send, wire: Wire) -> None:
        connection = Connection(self._host, scope, wire, _values(scope["headers"], b"authorization"))
        try:
            seat = self._host.connections.enter(owner_of(None, scope), "websocket", connection.stop)
        except Full as full:
            await _deny(HttpRefusal(429, full.code, full.message, RETRY), scope, send)
            return
        began = time.monotonic()
        close = protocol.GONE
        try:
            await send({"type": "websocket.accept", "subprotocol": PROTOCOL, "headers": [_identity()]})
            close = await connection.serve(receive, seat)
        finally:
            seat.leave()
            log.info(
                "socket",
                code=connection.left or close.code,
                reason=close.reason,
                operations=connection.operations,
                seconds=round(time.monotonic() - began, 1),
            )
        await _part(wire, close)

    def _is_admitted(self, headers: Iterable[tuple[bytes, bytes]]) -> bool:
        origins = _values(headers, b"origin")
        hosts = [host.decode("latin-1") for host in _values(headers, b"host")]
        return all(admits(origin.decode("latin-1"), hosts, self._origins) for origin in origins)


async def _part(wire: Wire, close: Close) -> None:
    if close is not protocol.GONE:
        with suppress(Gone):
            await wire.close(close)


async def _deny(refusal: HttpRefusal, scope: Scope, send: Send) -> None:
    """Refuse the handshake, in words where the server can."""
    log.info("socket refused", status=refusal.status, code=refusal.code)
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": 1008})
        return
    answer: Answer = refused(refusal, JSON)
    headers = guarded((*answer.fields, _identity(), (b"content-length", b"%d" % len(answer.body))))
    await send({"type": "websocket.http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": answer.body})


def _identity() -> tuple[bytes, bytes]:
    return FIELD, REQUEST_ID.get().encode()


def _values(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> list[bytes]:
    return [value for field, value in headers if field == name]
