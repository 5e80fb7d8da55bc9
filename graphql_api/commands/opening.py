"""The way from settings to an open database: the given server, or the embedded one."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Literal

from graphql_api.commands.trouble import DatabaseUnavailable
from graphql_api.embedded.mongod import Mongod
from graphql_api.settings import Settings
from models.store.connection import Database, Unusable, check, connect, open_rows
from models.store.indexes import IndexReport, sync
from models.tables import TABLES

Indexes = Literal["make", "leave", "drop"]
"""What becomes of indexes at the opening: those missing are made, all are left as they are, or, beyond making those
missing, those that differ are replaced and those declared nowhere dropped."""

OLDEST = (6, 0)
"""The oldest MongoDB that is served."""

WAIT_SECONDS = 3.0
"""Seconds for which a server, or a connection to one, is waited for. Half an operation's time if that is less, so that
it can still say that the database is away."""

_CREDENTIALS = re.compile(r"(?<=://)[^/@]+@")


@dataclass(frozen=True, slots=True)
class Opened:
    """An open database with its rows; `indexes` is what its sync found, empty where they
    were left alone; `embedded` when it is the server's own."""

    database: Database
    indexes: IndexReport
    embedded: bool


@asynccontextmanager
async def opened(settings: Settings, indexes: Indexes = "make") -> AsyncIterator[Opened]:
    """Open the database, do with its `indexes` what is asked, and close everything at the end.

    Raises `DatabaseUnavailable` or `EmbeddedUnavailable`.
    """
    async with AsyncExitStack() as stack:
        own = settings.mongodb_uri is None
        uri = stack.enter_context(Mongod(settings.data_dir)) if own else str(settings.mongodb_uri)
        try:
            client = await stack.enter_async_context(
                connect(
                    uri, pool_size=settings.pool_size, wait_seconds=min(WAIT_SECONDS, settings.operation_seconds / 2)
                )
            )
            await check(client)
        except Unusable as error:
            raise DatabaseUnavailable(_advice(uri, error)) from error
        database = client[settings.mongodb_database]
        await open_rows(database, TABLES)
        report = IndexReport() if indexes == "leave" else await sync(database, TABLES, drop=indexes == "drop")
        yield Opened(database, report, own)


def _advice(uri: str, error: Unusable) -> str:
    shown = _CREDENTIALS.sub("", uri)
    return (
        f"MONGODB_URI: {shown} cannot be used: {error}. "
        f"Give the address of a running MongoDB replica set ({OLDEST[0]}.{OLDEST[1]} or later), "
        "or unset it for the bundled one."
    )
