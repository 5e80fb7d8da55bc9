"""The dataset of generated operations, with the schema's operations prepared as the server does."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any

import pytest
from graphql import GraphQLSchema
from structlog.testing import capture_logs

from graphql_api.operations.prepare import Operations
from models.store import Store
from models.store.connection import Database
from resolvers.context import Context
from tests.equality.cursors import with_cursors
from tests.equality.dataset import Dataset, empty, fill
from tests.equality.ways import Bench, stock


@pytest.fixture(scope="session")
def operations(schema: GraphQLSchema) -> Operations:
    """The prepared operations of the schema."""
    return Operations(schema, introspection=True, suggestions=True)


@pytest.fixture(scope="module")
async def dataset(store: Store, database: Database, operations: Operations) -> AsyncIterator[Dataset]:
    """The rows of this module, with the cursors of their lists in the pool."""
    found = await fill(database, store)

    async def ask(document: str) -> Any:
        return (await stock(operations.prepare(document, None), {}, Context(found.actors["ann"], store))).data

    yield replace(found, pool=await with_cursors(operations.schema, found.pool, ask))
    await empty(database)


@pytest.fixture
def bench(operations: Operations, store: Store, dataset: Dataset) -> Iterator[Bench]:
    """Both ways on the dataset, without log lines: faults are logged with their tracebacks, thousands of times."""
    with capture_logs():
        yield Bench(operations, store, dataset.actors)
