"""A desk for buyers' questions, and a chat to ask them in."""

import pytest
from graphql import GraphQLSchema

from graphql_api.answering.buyer.desk import BuyerDesk
from models.store import Store
from models.store.connection import Database
from tests.fixtures.estate import Parties
from tests.fixtures.wire import People
from tests.resolvers.buyer.chat_scene import Scene, scene


@pytest.fixture
async def here(parties: Parties, people: People, database: Database) -> Scene:
    """Ann's chat with Bea."""
    return await scene(parties, people, database)


@pytest.fixture
def buyers(schema: GraphQLSchema, store: Store) -> BuyerDesk:
    """The worker's desk for buyers' questions."""
    return BuyerDesk(schema, store, seconds=30)
