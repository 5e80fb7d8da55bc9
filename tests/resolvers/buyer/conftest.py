"""Fixtures of the home-buyer chat's tests."""

import pytest

from models.store.connection import Database
from tests.fixtures.estate import Parties
from tests.fixtures.wire import People
from tests.resolvers.buyer.chat_scene import Scene, scene


@pytest.fixture
async def here(parties: Parties, people: People, database: Database) -> Scene:
    """Ann's chat with Bea, and everybody who may come by."""
    return await scene(parties, people, database)
