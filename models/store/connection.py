"""The way to MongoDB: the client with the bounds and guarantees that every part of the server relies on."""

from collections.abc import Sequence
from typing import Any

from beanie import init_beanie
from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.monitoring import CommandListener
from pymongo.write_concern import WriteConcern

from models.table import Table

Database = AsyncDatabase[dict[str, Any]]

MAJORITY = WriteConcern("majority")
"""A write is acknowledged once it survives the loss of the primary; `w=1` lost all of them in trials."""


def connect(
    uri: str, *, pool_size: int = 50, wait_seconds: float = 3.0, listeners: Sequence[CommandListener] = ()
) -> AsyncMongoClient[dict[str, Any]]:
    """A client that gives up waiting, for a server or for a connection of its pool, in `wait_seconds`.

    `listeners` are told of every command.

    Write concern is not its affair: in a bound session the driver would send a client's default inside transactions,
    where MongoDB refuses it. Transactions name theirs, and so do the few writes outside of one.
    """
    milliseconds = int(wait_seconds * 1000)
    return AsyncMongoClient(
        uri,
        maxPoolSize=pool_size,
        waitQueueTimeoutMS=milliseconds,
        serverSelectionTimeoutMS=milliseconds,
        connectTimeoutMS=milliseconds,
        retryWrites=True,
        retryReads=True,
        appname="graphql-api",
        event_listeners=listeners,
    )


async def open_rows(database: Database, tables: Sequence[Table[Any]]) -> None:
    """Let the rows of `tables` be built and stored in the `database`; indexes are `sync`'s affair."""
    await init_beanie(database, document_models=[table.row for table in tables], skip_indexes=True)
