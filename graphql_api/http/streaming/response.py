"""Sends the results of one operation as they come, until it is over, its client has left, or it may not go on."""

import asyncio
from contextlib import aclosing, suppress
from typing import Any

from starlette.types import Receive, Send

from graphql_api.errors import coded
from graphql_api.http.carrying import Asked, carried
from graphql_api.http.connections import Full, Owner
from graphql_api.http.host import Host
from graphql_api.http.streaming.framing import Framing
from graphql_api.operations.faults import internal
from graphql_api.standing import Lost, Standing
from models.ending import ended
from models.interruption import Interrupted, until


class Cut(Exception):
    """The client has not read for too long: nothing more can be sent to it."""


class Streamed:
    """An answer that goes on. Making it takes a seat among the connections: raises `Full`."""

    def __init__(self, asked: Asked, framing: Framing, receive: Receive, host: Host, caller: Any, owner: Owner) -> None:
        self._asked = asked
        self._framing = framing
        self._receive = receive
        self._host = host
        self._caller = caller
        self._quiet = True
        # The last bytes to be sent; None where nobody is left to read them.
        self._ended: asyncio.Future[bytes | None] = asyncio.get_running_loop().create_future()
        self._seat = host.connections.enter(owner, framing.transport, lambda: self._end(framing.stop()))

    async def send_by(self, send: Send) -> None:
        """Send it. Cancelling this ends the operation."""
        standing = Standing(self._host.server, self._caller, self._lost)
        tasks: set[asyncio.Task[None]] = set()
        try:
            await send({"type": "http.response.start", "status": 200, "headers": list(self._framing.fields)})
            await self._write(send, self._framing.opening)
            tasks = {asyncio.create_task(self._pump(send, standing)), asyncio.create_task(self._watch_departure())}
            await self._keep_alive(send)
        except Cut:
            self._end(None)
        finally:
            standing.close()
            await ended(tasks)
            self._seat.leave()
        await self._finish(send)

    async def _pump(self, send: Send, standing: Standing) -> None:
        try:
            async with aclosing(carried(self._asked, self._seat, standing)) as results:
                async for delivery in results:
                    await self._write(send, self._framing.next(delivery))
            self._end(self._framing.end(()))
        except Full as full:
            self._end(self._framing.end([coded(full.code, full.message)]))
        except Cut:
            self._end(None)
        except Exception as error:  # noqa: BLE001 - whatever it is, the client gets only its id
            self._end(self._framing.end([internal(error)]))

    async def _keep_alive(self, send: Send) -> None:
        while not self._ended.done():
            self._quiet = True
            await asyncio.wait({self._ended}, timeout=self._host.patience.beat(self._framing.transport))
            if self._quiet and not self._ended.done():
                await self._write(send, self._framing.beat)

    async def _watch_departure(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._end(None)

    async def _write(self, send: Send, frame: bytes, *, more: bool = True) -> None:
        self._quiet = False
        try:
            with until(self._host.patience.send):
                await send({"type": "http.response.body", "body": frame, "more_body": more})
        except Interrupted:
            raise Cut from None

    async def _finish(self, send: Send) -> None:
        last = self._ended.result()
        if last is not None:
            with suppress(Cut):
                await self._write(send, last, more=False)

    def _lost(self, lost: Lost) -> None:
        self._end(self._framing.end([coded(lost.code, lost.message)]))

    def _end(self, last: bytes | None) -> None:
        if not self._ended.done():
            self._ended.set_result(last)
