"""The way in and out of every request: its id, its line in the log, its count, and the headers of its answer."""

import time
from collections.abc import Awaitable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from graphql_api.http.connections import Connections
from graphql_api.http.metrics import Traffic
from graphql_api.http.request_id import FIELD, chosen_id
from graphql_api.http.request_log import is_stream, log_request
from graphql_api.http.security_headers import guarded
from graphql_api.logs import REQUEST_ID

PROBES = ("/health/", "/metrics")
"""Paths that machines ask every few seconds: neither logged nor counted."""

_VARY = (b"vary", b"Origin")


class Entrance:
    """The outermost application, around FastAPI, whose layers cost more than all else here.

    `inside` answers; `across` is the same behind the rules for other origins, and gets what browsers send: requests
    with an `Origin`.
    """

    def __init__(
        self, inside: ASGIApp, across: ASGIApp, traffic: Traffic, connections: Connections | None = None
    ) -> None:
        self._inside = inside
        self._across = across
        self._traffic = traffic
        self._connections = connections or Connections()

    def drain(self) -> None:
        """End the connections that would never end by themselves; to be called before the server waits for the rest."""
        self._connections.end_all()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; what is not HTTP goes straight in."""
        if scope["type"] != "http":
            await self._inside(scope, receive, send)
            return
        given, origin = _read(scope)
        departing = Departing(send, chosen_id(given), varied=origin is None)
        bound = REQUEST_ID.set(departing.identity)
        started = time.perf_counter()
        try:
            app = self._inside if origin is None else self._across
            await app(scope, receive, departing.send)
        finally:
            if not scope["path"].startswith(PROBES):
                seconds = time.perf_counter() - started
                self._traffic.count(departing.status, None if is_stream(scope) else seconds)
                log_request(scope, departing.status, seconds)
            REQUEST_ID.reset(bound)


class Departing:
    """The answer of one request on its way out; `status` is 0 until it begins, and stays so where the client left."""

    __slots__ = ("_send", "_varied", "identity", "status")

    def __init__(self, send: Send, identity: str, *, varied: bool) -> None:
        self._send = send
        self._varied = varied
        self.identity = identity
        self.status = 0

    def send(self, message: Message) -> Awaitable[None]:
        """Send a message of the answer, its headers completed."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = message.get("headers", ())
            # Other origins' rules add it themselves.
            completed = guarded((*headers, _VARY) if self._varied else headers)
            completed.append((FIELD, self.identity.encode()))
            message["headers"] = completed
        return self._send(message)


def _read(scope: Scope) -> tuple[bytes | None, bytes | None]:
    """The client's own id of a request, and its origin."""
    given = origin = None
    for name, value in scope["headers"]:
        if name == FIELD:
            given = value
        elif name == b"origin":
            origin = value
    return given, origin
