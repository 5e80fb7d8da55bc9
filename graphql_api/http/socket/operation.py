"""One operation over a socket, from its message to its end; whatever becomes of it, the others go on."""

from contextlib import aclosing

import orjson

from graphql_api.errors import Rejected, coded
from graphql_api.http.carrying import Asked, carried
from graphql_api.http.connections import Full, Seat
from graphql_api.http.request import GraphQLRequest
from graphql_api.http.server import Server
from graphql_api.http.socket.protocol import FORBIDDEN, GONE, Closing, complete_of, error_of, next_of
from graphql_api.http.socket.wire import Gone, Wire
from graphql_api.logs import REQUEST_ID
from graphql_api.operations.faults import internal
from graphql_api.standing import Standing
from models.errors import SHUT_OUT, Refusal


async def operate(
    identity: str,
    request: GraphQLRequest,
    *,
    server: Server,
    wire: Wire,
    seat: Seat,
    standing: Standing,
    address: str,
) -> None:
    """Run an operation and send its results. Raises `Closing` when the socket is to be closed because of it.

    Cancelling this ends the operation, and sends nothing more of it.
    """
    name = orjson.dumps(identity)
    try:
        try:
            asked = await _asked(request, server, standing, address)
            async with aclosing(carried(asked, seat, standing)) as results:
                async for delivery in results:
                    await wire.send(next_of(name, delivery.body))
            await wire.send(complete_of(name))
        except Rejected as rejection:
            await wire.send(error_of(name, rejection.errors))
        except Full as full:
            await wire.send(error_of(name, [coded(full.code, full.message)]))
        except (Gone, Closing):
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the client gets only its id
            await wire.send(error_of(name, [internal(error)]))
    except Gone as gone:
        raise Closing(GONE) from gone


async def _asked(request: GraphQLRequest, server: Server, standing: Standing, address: str) -> Asked:
    prepared = server.operations.prepare(request.document, request.operationName)
    try:
        context = await server.context_for(standing.caller, prepared, REQUEST_ID.get(), address)
    except Refusal as refusal:
        if refusal.code not in SHUT_OUT:
            raise
        raise Closing(FORBIDDEN) from refusal
    return Asked(prepared, request.variables, context, server.operation_seconds)
