"""The way to MongoDB: the client with the bounds and guarantees that every part of the server relies on."""

from collections.abc import Sequence
from typing import Any

from beanie import init_beanie
from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase

from models.table import Table

Database = AsyncDatabase[dict[str, Any]]


def connect(uri: str, *, pool_size: int = 50, wait_seconds: float = 3.0) -> AsyncMongoClient[dict[str, Any]]:
    """A client that acknowledges writes by the majority and gives up waiting for a server in `wait_seconds`."""
    milliseconds = int(wait_seconds * 1000)
    return AsyncMongoClient(
        uri,
        maxPoolSize=pool_size,
        waitQueueTimeoutMS=milliseconds,
        serverSelectionTimeoutMS=milliseconds,
        connectTimeoutMS=milliseconds,
        w="majority",
        journal=True,
        readConcernLevel="majority",
        retryWrites=True,
        retryReads=True,
        appname="graphql-api",
    )


async def open_rows(database: Database, tables: Sequence[Table[Any]]) -> None:
    """Let the rows of `tables` be built and stored in the `database`; indexes are `sync`'s affair."""
    await init_beanie(database, document_models=[table.row for table in tables], skip_indexes=True)
