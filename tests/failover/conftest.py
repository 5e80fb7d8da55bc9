"""The replica sets that these tests make fail."""

import os
from collections.abc import AsyncIterator

import pytest

from tests.failover.scene import Scene, scene
from tests.fixtures.replica_set import ReplicaSet, formed

ROUNDS = int(os.environ.get("FAILOVER_ROUNDS", "1"))
"""How often each test lets MongoDB fail: once in the suite, and often where somebody has the time."""


def pytest_itemcollected(item: pytest.Item) -> None:
    """Leave the driver's sockets to the collector of garbage: who is cancelled while PyMongo 4.20 connects leaves one
    unclosed (`_async_create_connection` closes after errors alone), and here connections are made all the time."""
    item.add_marker(pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"))


@pytest.fixture
def rounds() -> range:
    """So many times."""
    return range(ROUNDS)


@pytest.fixture(scope="module")
async def one() -> AsyncIterator[ReplicaSet]:
    """A single mongod."""
    async with formed(1) as found:
        yield found


@pytest.fixture(scope="module")
async def three() -> AsyncIterator[ReplicaSet]:
    """Three mongods, one of which is the primary."""
    async with formed(3) as found:
        yield found


@pytest.fixture
async def on_one(one: ReplicaSet, watched: object) -> AsyncIterator[Scene]:
    """A scene on the single mongod."""
    async with scene(one.uri, one.client) as found:
        yield found


@pytest.fixture
async def on_three(three: ReplicaSet, watched: object) -> AsyncIterator[Scene]:
    """A scene on the three."""
    async with scene(three.uri, three.client) as found:
        yield found
