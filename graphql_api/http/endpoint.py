"""The GraphQL endpoint: one request from its headers to its answer, in the order of its steps."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any, Protocol, TypeVar

from graphql import ExecutionResult
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from graphql_api.auth.errors import InvalidToken, KeysUnavailable
from graphql_api.errors import Rejected
from graphql_api.http.body import ClientGone, check_content, read_body
from graphql_api.http.negotiate import HTML, JSON, Media, negotiated
from graphql_api.http.refusal import HttpRefusal
from graphql_api.http.request import GraphQLRequest, from_body, from_url
from graphql_api.http.request_id import request_id_of
from graphql_api.http.request_log import note_operation
from graphql_api.http.responses import RETRY, executed, faulted, refused, rejected
from graphql_api.operations.prepare import Operations, PreparedOperation
from graphql_api.operations.run import run
from models.errors import Code, Refusal

T = TypeVar("T")

Page = Callable[[], Response]


class Server(Protocol):
    """What the endpoint needs of the server it stands in."""

    @property
    def operations(self) -> Operations:
        """The prepared operations of the schema."""

    @property
    def operation_seconds(self) -> float:
        """Seconds that one operation may take."""

    async def identify(self, headers: Headers, /) -> Any:
        """Return who asks; raises `InvalidToken` or `KeysUnavailable`."""

    async def context_for(self, caller: Any, prepared: PreparedOperation, request_id: str, /) -> object:
        """Return the context of the resolvers; raises `Refusal` FORBIDDEN for one shut out."""


def graphql_route(server: Server, *, path: str = "/graphql", page: Page | None = None) -> Route:
    """Return the route of the endpoint, for all methods; `page` makes the HTML page that browsers get."""
    return Route(path, GraphQLEndpoint(server, page))


class GraphQLEndpoint:
    """The ASGI application behind the route."""

    def __init__(self, server: Server, page: Page | None = None) -> None:
        self.server = server
        self.page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # A client that has gone gets no answer, and its operation has been cancelled.
        with contextlib.suppress(ClientGone):
            response = await self._respond(scope, receive)
            await response(scope, receive, send)

    async def _respond(self, scope: Scope, receive: Receive) -> Response:
        media: Media = JSON
        try:
            headers = Headers(scope=scope)
            _check_method(scope["method"])
            by_get = scope["method"] == "GET"
            media = negotiated(_accept(headers), page=by_get and self.page is not None)
            if media == HTML and self.page is not None:
                return self.page()
            return await self._answer(scope, receive, headers, media)
        except HttpRefusal as refusal:
            return refused(refusal, media)
        except Rejected as rejection:
            return rejected(rejection, media)
        except ClientGone:
            raise
        except Exception as error:  # noqa: BLE001 - the last line: whatever it is, the client gets only its id
            return faulted(error, media)

    async def _answer(self, scope: Scope, receive: Receive, headers: Headers, media: Media) -> Response:
        by_get = scope["method"] == "GET"
        if not by_get:
            check_content(headers)
        caller = await self._identify(headers)
        request = from_url(scope["query_string"]) if by_get else from_body(await read_body(receive))
        prepared = self.server.operations.prepare(request.query, request.operationName)
        note_operation(scope, prepared.kind, prepared.name)
        _check_kind(prepared, by_get=by_get)
        context = await self._context(caller, prepared, request_id_of(scope))
        result = await _while_connected(self._run(prepared, request, context), receive)
        return executed(result, media)

    async def _identify(self, headers: Headers) -> Any:
        try:
            return await self.server.identify(headers)
        except InvalidToken as error:
            challenge = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
            raise HttpRefusal(401, "UNAUTHENTICATED", str(error), challenge) from error
        except KeysUnavailable as error:
            raise HttpRefusal(503, "UNAVAILABLE", str(error), RETRY) from error

    async def _context(self, caller: Any, prepared: PreparedOperation, request_id: str) -> object:
        try:
            return await self.server.context_for(caller, prepared, request_id)
        except Refusal as refusal:
            if refusal.code is not Code.FORBIDDEN:
                raise
            raise HttpRefusal(403, refusal.code, refusal.message) from refusal

    async def _run(self, prepared: PreparedOperation, request: GraphQLRequest, context: object) -> ExecutionResult:
        return await run(prepared, request.variables, context, seconds=self.server.operation_seconds)


def _check_method(method: str) -> None:
    if method not in {"GET", "POST"}:
        raise HttpRefusal(405, "METHOD_NOT_ALLOWED", "Send GraphQL by POST or GET.", {"Allow": "GET, POST"})


def _accept(headers: Headers) -> str | None:
    return ",".join(headers.getlist("accept")) or None


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


async def _while_connected(operation: Coroutine[Any, Any, T], receive: Receive) -> T:
    """Return what the operation returns; cancels it and raises `ClientGone` when the client leaves before."""
    running = asyncio.create_task(operation)
    leaving = asyncio.create_task(_disconnect(receive))
    try:
        await asyncio.wait((running, leaving), return_when=asyncio.FIRST_COMPLETED)
        if not running.done():
            raise ClientGone
        return running.result()
    finally:
        running.cancel()
        leaving.cancel()
        await asyncio.gather(running, leaving, return_exceptions=True)


async def _disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
