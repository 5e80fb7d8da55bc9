"""The way from settings to an open database: the given server, or the embedded one."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from graphql_api.commands.trouble import DatabaseUnavailable
from graphql_api.embedded.mongod import Mongod
from graphql_api.settings import Settings
from models.store.connection import Database, Unusable, check, connect, open_rows
from models.store.indexes import IndexReport, sync
from models.tables import TABLES

_CREDENTIALS = re.compile(r"(?<=://)[^/@]+@")


@dataclass(frozen=True, slots=True)
class Opened:
    """An open database with its rows and indexes; `embedded` when it is the server's own."""

    database: Database
    indexes: IndexReport
    embedded: bool


@asynccontextmanager
async def opened(settings: Settings, *, drop: bool = False) -> AsyncIterator[Opened]:
    """Open the database, create the indexes that are missing, and close everything at the end.

    `drop` lets the index sync replace and remove. Raises `DatabaseUnavailable` or `EmbeddedUnavailable`.
    """
    async with AsyncExitStack() as stack:
        own = settings.mongodb_uri is None
        uri = stack.enter_context(Mongod(settings.data_dir)) if own else str(settings.mongodb_uri)
        try:
            client = await stack.enter_async_context(connect(uri, pool_size=settings.pool_size))
            await check(client)
        except Unusable as error:
            raise DatabaseUnavailable(_advice(uri, error)) from error
        database = client[settings.mongodb_database]
        await open_rows(database, TABLES)
        yield Opened(database, await sync(database, TABLES, drop=drop), own)


def _advice(uri: str, error: Unusable) -> str:
    shown = _CREDENTIALS.sub("", uri)
    return (
        f"MONGODB_URI: {shown} cannot be used: {error}. "
        "Give the address of a running MongoDB replica set (6.0 or later), or unset it for the bundled one."
    )
