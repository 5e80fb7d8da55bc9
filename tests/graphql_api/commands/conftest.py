"""A database as the commands find it after the first start."""

import pytest

from graphql_api.demo.scale import Homes, Scale
from graphql_api.demo.seeding import fill
from models.clock import now
from models.store.connection import Database
from tests.fixtures.wire import SETTINGS, Calls

HOMES = Homes(colleagues=0, listings=12, views=60, buyers=2, profiles=1, cached=36)
SCALE = Scale(3, (6, 6), visitors=2, visitor_conversations=2, visitor_exchanges=(2, 2), homes=HOMES)


@pytest.fixture
async def demo(watched: tuple[Database, Calls], empty: None) -> Database:
    """A database with demo data and nothing wrong."""
    await fill(watched[0], SCALE, issuer=SETTINGS.auth_issuer, now=now())
    return watched[0]
