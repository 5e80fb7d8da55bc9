"""Fixtures of tests that ask a schema of their own."""

from collections.abc import AsyncIterator

import pytest

from models.store import Store
from models.store.connection import Database
from models.store.indexes import sync
from tests.fixtures.wire import Calls
from tests.resolvers.places import PLACES, Atlas


@pytest.fixture
async def atlas(watched: tuple[Database, Calls], store: Store) -> AsyncIterator[Atlas]:
    """A map without places."""
    database, _ = watched
    await sync(database, (PLACES,))
    yield Atlas(store, database)
    await database.drop_collection(PLACES.collection)
