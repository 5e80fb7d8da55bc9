"""The GraphQL endpoint: one request from its headers to its answer, in the order of its steps."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from starlette.types import Receive, Scope, Send

from graphql_api.auth.errors import InvalidToken, KeysUnavailable
from graphql_api.errors import Rejected
from graphql_api.http.answer import Answer
from graphql_api.http.body import ClientGone, check_content, read_body
from graphql_api.http.carrying import Asked
from graphql_api.http.connections import Connections, Full, address_of, owner_of
from graphql_api.http.departure import while_connected
from graphql_api.http.host import Host
from graphql_api.http.negotiate import EVENTS, HTML, JSON, MULTIPART, STREAMS, Accepted, Stream, negotiated
from graphql_api.http.patience import Patience
from graphql_api.http.refusal import HttpRefusal
from graphql_api.http.request import from_body, from_url
from graphql_api.http.request_log import note_operation, note_stream
from graphql_api.http.responses import RETRY, executed, faulted, refused, rejected
from graphql_api.http.server import Server
from graphql_api.http.socket.endpoint import SocketEndpoint
from graphql_api.http.socket.protocol import PROTOCOL
from graphql_api.http.streaming.events import Events, refused_events
from graphql_api.http.streaming.framing import Framing
from graphql_api.http.streaming.multipart import Multipart
from graphql_api.http.streaming.response import Streamed
from graphql_api.limits import RESUME_CHARACTERS
from graphql_api.logs import REQUEST_ID
from graphql_api.operations.prepare import PreparedOperation
from graphql_api.operations.run import run
from models.errors import Code, Refusal

HeaderFields = defaultdict[bytes, list[bytes]]
"""The values of the header fields that decide anything here, by name; empty for one that was not sent."""

_READ = frozenset({b"accept", b"authorization", b"content-encoding", b"content-type", b"last-event-id"})

CHALLENGE = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
"""What a refused credential is answered with (RFC 6750 §3)."""

_FRAMINGS: dict[Stream, Framing] = {EVENTS: Events(), MULTIPART: Multipart()}


class GraphQLEndpoint:
    """The ASGI application of the endpoint, for all methods and for WebSockets; browsers get the `page`, if any.

    `origins` are the other sites whose pages may open WebSockets.
    """

    def __init__(
        self,
        server: Server,
        page: Answer | None = None,
        *,
        connections: Connections | None = None,
        origins: Sequence[str] = (),
        patience: Patience | None = None,
    ) -> None:
        self.server = server
        self.page = page
        self._host = Host(server, connections or Connections(), patience or Patience())
        self._sockets = SocketEndpoint(self._host, origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or serve one socket."""
        if scope["type"] == "websocket":
            await self._sockets(scope, receive, send)
            return
        try:
            answer = await self._respond(scope, receive)
        except ClientGone:
            # Its operation has been cancelled, and nobody is left to answer.
            return
        await answer.send_by(send)

    async def _respond(self, scope: Scope, receive: Receive) -> Answer | Streamed:
        accepted = Accepted(JSON)
        try:
            headers = _fields(scope["headers"])
            _check_method(scope["method"])
            by_get = scope["method"] == "GET"
            accepted = negotiated(_accept(headers[b"accept"]), page=by_get and self.page is not None)
            if accepted.media == HTML and self.page is not None:
                return self.page
            return await self._answer(scope, receive, headers, accepted)
        except HttpRefusal as refusal:
            return refused(refusal, accepted.media)
        except Rejected as rejection:
            return refused_events(rejection.errors) if accepted.media == EVENTS else rejected(rejection, accepted.media)
        except ClientGone:
            raise
        except Exception as error:  # noqa: BLE001 - the last line: whatever it is, the client gets only its id
            return faulted(error, accepted.media)

    async def _answer(
        self, scope: Scope, receive: Receive, headers: HeaderFields, accepted: Accepted
    ) -> Answer | Streamed:
        by_get = scope["method"] == "GET"
        if not by_get:
            check_content(headers[b"content-type"], headers[b"content-encoding"])
        caller = await self._identify(headers[b"authorization"])
        request = from_url(scope["query_string"]) if by_get else from_body(await read_body(receive))
        prepared = self.server.operations.prepare(request.document, request.operationName)
        note_operation(scope, prepared)
        _check_kind(prepared, accepted, by_get=by_get)
        context = await self._context(caller, prepared, address_of(scope))
        stream = _stream(prepared, accepted)
        if stream is not None:
            _resume(context, headers[b"last-event-id"])
            asked = Asked(prepared, request.variables, context, self.server.operation_seconds)
            return self._streamed(asked, _FRAMINGS[stream], scope, receive, caller)
        running = run(prepared, request.variables, context, seconds=self.server.operation_seconds)
        return executed(await while_connected(running, receive), accepted.media)

    def _streamed(self, asked: Asked, framing: Framing, scope: Scope, receive: Receive, caller: Any) -> Streamed:
        owner = owner_of(self.server.principal(caller), scope)
        try:
            streamed = Streamed(asked, framing, receive, self._host, caller, owner)
        except Full as full:
            raise HttpRefusal(429, full.code, full.message, RETRY) from full
        note_stream(scope)
        return streamed

    async def _identify(self, credentials: Sequence[bytes]) -> Any:
        try:
            return await self.server.identify(credentials)
        except InvalidToken as error:
            raise HttpRefusal(401, "UNAUTHENTICATED", str(error), CHALLENGE) from error
        except KeysUnavailable as error:
            raise HttpRefusal(503, "UNAVAILABLE", str(error), RETRY) from error

    async def _context(self, caller: Any, prepared: PreparedOperation, address: str) -> Any:
        try:
            return await self.server.context_for(caller, prepared, REQUEST_ID.get(), address)
        except Refusal as refusal:
            if refusal.code is Code.UNAUTHENTICATED:
                raise HttpRefusal(401, refusal.code, refusal.message, CHALLENGE) from refusal
            if refusal.code is not Code.FORBIDDEN:
                raise
            raise HttpRefusal(403, refusal.code, refusal.message) from refusal


def _check_method(method: str) -> None:
    if method not in {"GET", "POST"}:
        raise HttpRefusal(405, "METHOD_NOT_ALLOWED", "Send GraphQL by POST or GET.", {"Allow": "GET, POST"})


def _fields(headers: Iterable[tuple[bytes, bytes]]) -> HeaderFields:
    found: HeaderFields = defaultdict(list)
    for name, value in headers:
        if name in _READ:
            found[name].append(value)
    return found


def _accept(values: Sequence[bytes]) -> str | None:
    return b",".join(values).decode("latin-1") or None


def _stream(prepared: PreparedOperation, accepted: Accepted) -> Stream | None:
    """Return the type of an answer that goes on: of every subscription, and of what is wanted in no other type."""
    return accepted.stream if prepared.kind == "subscription" or accepted.media in STREAMS else None


def _check_kind(prepared: PreparedOperation, accepted: Accepted, *, by_get: bool) -> None:
    """Raise `HttpRefusal` for an operation that its transport does not carry.

    GET needs no defence against forged requests of other sites: it only reads, and who asks stands in `Authorization`,
    never in a cookie that a browser would add by itself.
    """
    if prepared.kind == "subscription" and accepted.stream is None:
        message = (
            f"A subscription has many results: accept {EVENTS} or {MULTIPART};subscriptionSpec=1.0, "
            f"or send it over a WebSocket with the subprotocol {PROTOCOL}."
        )
        raise HttpRefusal(400, "SUBSCRIPTIONS_NOT_SERVED", message)
    if by_get and prepared.kind == "mutation":
        raise HttpRefusal(405, "METHOD_NOT_ALLOWED", "GET serves no mutations; send them by POST.", {"Allow": "POST"})


def _resume(context: Any, last_event_ids: Sequence[bytes]) -> None:
    # Of several the last: a browser adds its own after what a page has set.
    if last_event_ids and 0 < len(last_event_ids[-1]) <= RESUME_CHARACTERS:
        context.resume = last_event_ids[-1].decode("latin-1")
