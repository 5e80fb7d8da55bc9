"""The GraphQL endpoint: one request from its headers to its answer, in the order of its steps."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from starlette.types import Receive, Scope, Send

from graphql_api.auth.errors import InvalidToken, KeysUnavailable
from graphql_api.errors import Rejected
from graphql_api.http.answer import Answer
from graphql_api.http.body import ClientGone, check_content, read_body
from graphql_api.http.departure import while_connected
from graphql_api.http.negotiate import HTML, JSON, Media, negotiated
from graphql_api.http.refusal import HttpRefusal
from graphql_api.http.request import from_body, from_url
from graphql_api.http.request_log import note_operation
from graphql_api.http.responses import RETRY, executed, faulted, refused, rejected
from graphql_api.logs import REQUEST_ID
from graphql_api.operations.prepare import Operations, PreparedOperation
from graphql_api.operations.run import run
from models.errors import Code, Refusal

HeaderFields = defaultdict[bytes, list[bytes]]
"""The values of the header fields that decide anything here, by name; empty for one that was not sent."""

_READ = frozenset({b"accept", b"authorization", b"content-encoding", b"content-type"})


class Server(Protocol):
    """What the endpoint needs of the server it stands in."""

    @property
    def operations(self) -> Operations:
        """The prepared operations of the schema."""

    @property
    def operation_seconds(self) -> float:
        """Seconds that one operation may take."""

    async def identify(self, credentials: Sequence[bytes], /) -> Any:
        """Return who asks, by the values of `Authorization`; raises `InvalidToken` or `KeysUnavailable`."""

    async def context_for(self, caller: Any, prepared: PreparedOperation, request_id: str, /) -> Any:
        """Return the context of the resolvers; raises `Refusal` FORBIDDEN for one shut out."""


class GraphQLEndpoint:
    """The ASGI application of the endpoint, for all methods; browsers get the `page` where there is one."""

    def __init__(self, server: Server, page: Answer | None = None) -> None:
        self.server = server
        self.page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            answer = await self._respond(scope, receive)
        except ClientGone:
            # Its operation has been cancelled, and nobody is left to answer.
            return
        await answer.send_by(send)

    async def _respond(self, scope: Scope, receive: Receive) -> Answer:
        media: Media = JSON
        try:
            headers = _fields(scope["headers"])
            _check_method(scope["method"])
            by_get = scope["method"] == "GET"
            media = negotiated(_accept(headers[b"accept"]), page=by_get and self.page is not None)
            if media == HTML and self.page is not None:
                return self.page
            return await self._answer(scope, receive, headers, media)
        except HttpRefusal as refusal:
            return refused(refusal, media)
        except Rejected as rejection:
            return rejected(rejection, media)
        except ClientGone:
            raise
        except Exception as error:  # noqa: BLE001 - the last line: whatever it is, the client gets only its id
            return faulted(error, media)

    async def _answer(self, scope: Scope, receive: Receive, headers: HeaderFields, media: Media) -> Answer:
        by_get = scope["method"] == "GET"
        if not by_get:
            check_content(headers[b"content-type"], headers[b"content-encoding"])
        caller = await self._identify(headers[b"authorization"])
        request = from_url(scope["query_string"]) if by_get else from_body(await read_body(receive))
        prepared = self.server.operations.prepare(request.document, request.operationName)
        note_operation(scope, prepared)
        _check_kind(prepared, by_get=by_get)
        context = await self._context(caller, prepared)
        running = run(prepared, request.variables, context, seconds=self.server.operation_seconds)
        return executed(await while_connected(running, receive), media)

    async def _identify(self, credentials: Sequence[bytes]) -> Any:
        try:
            return await self.server.identify(credentials)
        except InvalidToken as error:
            challenge = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
            raise HttpRefusal(401, "UNAUTHENTICATED", str(error), challenge) from error
        except KeysUnavailable as error:
            raise HttpRefusal(503, "UNAVAILABLE", str(error), RETRY) from error

    async def _context(self, caller: Any, prepared: PreparedOperation) -> Any:
        try:
            return await self.server.context_for(caller, prepared, REQUEST_ID.get())
        except Refusal as refusal:
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


def _check_kind(prepared: PreparedOperation, *, by_get: bool) -> None:
    """Raise `HttpRefusal` for an operation that its transport does not carry.

    GET needs no defence against forged requests of other sites: it only reads, and who asks stands in `Authorization`,
    never in a cookie that a browser would add by itself.
    """
    if prepared.kind == "subscription":
        message = "Subscriptions are not served by plain HTTP; send a query or a mutation."
        raise HttpRefusal(400, "SUBSCRIPTIONS_NOT_SERVED", message)
    if by_get and prepared.kind == "mutation":
        raise HttpRefusal(
            405, "METHOD_NOT_ALLOWED", "GET serves queries only; send mutations by POST.", {"Allow": "POST"}
        )
