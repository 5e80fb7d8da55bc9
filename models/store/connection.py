"""The way to MongoDB: the client with the bounds and guarantees that every part of the server relies on."""

import warnings
from collections.abc import Sequence
from typing import Any

from beanie import init_beanie
from pymongo import AsyncMongoClient
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import OperationFailure, PyMongoError
from pymongo.monitoring import CommandListener
from pymongo.write_concern import WriteConcern

from models.store.wire import relieve
from models.table import Table

Database = AsyncDatabase[dict[str, Any]]


class Collections(dict[str, AsyncCollection[dict[str, Any]]]):
    """The collections of a database by name, each made once: the driver would make one at every look."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        self._database = database

    def __missing__(self, name: str) -> AsyncCollection[dict[str, Any]]:
        self[name] = self._database[name]
        return self[name]


BY_ID = "_id_"
"""The index of the ids, by the name that MongoDB gives it: whoever knows an id need not let it choose among indexes."""

MAJORITY = WriteConcern("majority")
"""A write is acknowledged once it survives the loss of the primary; `w=1` lost all of them in trials."""


class Unusable(Exception):
    """The server cannot be used; the message says why, in a few words and without the address."""


def connect(
    uri: str, *, pool_size: int = 50, wait_seconds: float = 3.0, listeners: Sequence[CommandListener] = ()
) -> AsyncMongoClient[dict[str, Any]]:
    """A client that gives up waiting, for a server or for a connection of its pool, in `wait_seconds`.

    `listeners` are told of every command.

    Write concern is not its affair: in a bound session the driver would send a client's default inside transactions,
    where MongoDB refuses it. Transactions name theirs, and so do the few writes outside of one. Raises `Unusable` for
    an address that is none.
    """
    relieve()
    milliseconds = int(wait_seconds * 1000)
    try:
        with warnings.catch_warnings():
            # The driver only warns of options that it does not know: a misspelt one would silently not hold.
            warnings.simplefilter("error", UserWarning)
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
    except (PyMongoError, ValueError, UserWarning) as error:
        raise Unusable(f"it is no valid address ({error})") from error


async def check(client: AsyncMongoClient[dict[str, Any]]) -> None:
    """Raise `Unusable` unless a replica set (or a sharded cluster) answers: transactions need one."""
    try:
        hello = await client.admin.command("hello")
        # A server lets anyone say hello; whether the password is right shows at the first question.
        await client.admin.command("listDatabases", nameOnly=True)
    except OperationFailure as error:
        raise Unusable(
            f"it refused the sign-in ({error.details.get('codeName') if error.details else error})"
        ) from error
    except PyMongoError as error:
        raise Unusable(f"it did not answer within {client.options.server_selection_timeout:g} s") from error
    if "setName" not in hello and hello.get("msg") != "isdbgrid":
        raise Unusable("it is a standalone server, and transactions need a replica set")


async def open_rows(database: Database, tables: Sequence[Table[Any]]) -> None:
    """Let the rows of `tables` be built and stored in the `database`; indexes are `sync`'s affair."""
    await init_beanie(database, document_models=[table.row for table in tables], skip_indexes=True)
