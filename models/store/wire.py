"""What a question to MongoDB does without: two of the driver's waits, and the session that it lends to each.

PyMongo 4.20 sends through `asyncio.wait_for`, although its write never waits, and awaits each answer in one task beside
a second one that looks whether the connection was given up: a fifth of what a short question costs its process. Here
the write is called, and the answer is awaited; only for one that is late somebody looks. See decision 14.

`Database.command` lends each question a session and wraps it for retries which a command does not have. `question`
checks a connection out and asks.
"""

import asyncio
from typing import Any

import pymongo
from pymongo import _csot, network_layer
from pymongo.asynchronous import pool
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import ProtocolError, _OperationCancelled
from pymongo.read_preferences import ReadPreference
from pymongo.server_selectors import writable_server_selector

from models.interruption import Interrupt, Interrupted, Interruptible

KNOWN = (4, 20)
"""The driver whose own affairs are known here; any other keeps its ways."""

# The driver's types do not speak of what is its own affair.
_network: Any = network_layer
_pool: Any = pool
_driver_receives = _pool.async_receive_message


def relieve() -> None:
    """Replace the two waits in this process; a second call does nothing."""
    if pymongo.version_tuple[:2] == KNOWN:
        _pool.async_sendall = _send
        _pool.async_receive_message = _receive


async def question(
    database: AsyncDatabase[dict[str, Any]], command: dict[str, Any], session: AsyncClientSession | None = None
) -> dict[str, Any]:
    """What the primary answers, once, to a command that only reads, or to any in the transaction of the `session`.

    Raises what `Database.command` raises.
    """
    if pymongo.version_tuple[:2] != KNOWN:
        return await database.command(command, session=session)
    client: Any = database.client
    server = await client._select_server(writable_server_selector, session, next(iter(command)))
    async with client._conn_from_server(ReadPreference.PRIMARY, server, session) as (connection, preference):
        answer: dict[str, Any] = await connection.command(
            database.name, command, read_preference=preference, session=session, client=client
        )
        return answer


async def _send(connection: Any, message: bytes) -> None:
    # The transport takes the bytes and answers at once: there is nothing to wait for, and no time to run out.
    await connection.write(message)


async def _receive(connection: Any, request_id: int | None, max_message_size: int) -> Any:
    if connection.conn.gettimeout or _csot.get_timeout():
        # Handshakes and what has a deadline of its own: seldom, and the driver's affair.
        return await _driver_receives(connection, request_id, max_message_size)
    try:
        with Interruptible(lambda interrupt: asyncio.create_task(_given_up(connection, interrupt))):
            data, operation = await connection.conn.get_conn.read(request_id, max_message_size)
    except Interrupted:
        raise _OperationCancelled("operation cancelled") from None
    unpack = _network._UNPACK_REPLY.get(operation)
    if unpack is None:
        raise ProtocolError(f"Got opcode {operation!r} but expected {_network._UNPACK_REPLY.keys()!r}")
    return unpack(data)


async def _given_up(connection: Any, interrupt: Interrupt) -> None:
    await _network._poll_cancellation(connection)
    interrupt()
