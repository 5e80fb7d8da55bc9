"""Clients whose connections die at any moment: by the cursor of the last event that arrived they miss nothing."""

import asyncio
import random
from collections.abc import AsyncIterator

import pytest
from websockets.exceptions import ConnectionClosed

from graphql_api.app import pipeline, shell
from graphql_api.http.endpoint import GraphQLEndpoint
from graphql_api.http.metrics import Traffic
from tests.failover.scene import MESSAGES_OF, Scene, ended
from tests.graphql_api.http.serving import connected, standing_server
from tests.models.store.live.copies import Copy, of

CUTS = 10
"""How often the connection is cut in each round."""


@pytest.fixture
async def address(on_one: Scene) -> AsyncIterator[str]:
    """Where the lists are served."""
    async with standing_server(pipeline(GraphQLEndpoint(on_one.server), shell([]), [], Traffic())) as address:
        yield address


async def test_a_socket_that_dies_again_and_again_misses_nothing(on_one: Scene, address: str, rounds: range) -> None:
    copy, dice = Copy(), random.Random(5)  # noqa: S311  # the same dice each time
    async with on_one.writing():
        for _ in range(CUTS * len(rounds)):
            await _until_cut(on_one, address, copy, dice.uniform(0.01, 0.4))
    last = asyncio.create_task(_until_cut(on_one, address, copy, 600))
    try:
        await on_one.agree([copy])
    finally:
        await ended(last)
    assert copy.resyncs == 0


async def _until_cut(scene: Scene, address: str, copy: Copy, seconds: float) -> None:
    """Keep the copy by what arrives within so many seconds; then there is no connection any more, and no goodbye."""
    if copy.cursor is None:
        copy.rows.clear()
    variables = {**of(scene.conversation), "after": copy.cursor}
    async with connected(address) as socket:
        asyncio.get_running_loop().call_later(seconds, socket.connection.transport.abort)
        try:
            await socket.begin(authorization=f"Bearer {scene.ada.token}")
            await socket.ask("list", MESSAGES_OF, variables=variables)
            while True:
                (event,) = (await socket.hear())["payload"]["data"].values()
                copy.take(event)
        except ConnectionClosed:
            return
