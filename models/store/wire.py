"""Two waits of the driver without the tasks that it makes for each: one at every question, and one at every answer.

PyMongo 4.20 sends through `asyncio.wait_for`, although its write never waits, and awaits each answer in one task beside
a second one that looks whether the connection was given up: a fifth of what a short question costs its process. Here
the write is called, and the answer is awaited; only for one that is late somebody looks. See decision 14.
"""

import asyncio
from typing import Any

import pymongo
from pymongo import _csot, network_layer
from pymongo.asynchronous import pool
from pymongo.errors import ProtocolError, _OperationCancelled

from models.interruption import Interrupt, Interrupted, Interruptible

KNOWN = (4, 20)
"""The driver whose two functions are replaced; any other keeps its own."""

# The driver's types do not speak of what is its own affair.
_network: Any = network_layer
_pool: Any = pool
_driver_receives = _pool.async_receive_message


def relieve() -> None:
    """Replace the two waits in this process; a second call does nothing."""
    if pymongo.version_tuple[:2] == KNOWN:
        _pool.async_sendall = _send
        _pool.async_receive_message = _receive


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
