"""A program that seeds few homes and then eight times as many, and prints by how much its memory has grown."""

import asyncio
import resource
import sys

from graphql_api.demo import writing
from graphql_api.demo.scale import Homes, Scale
from graphql_api.demo.seeding import fill
from models.clock import now
from models.store.connection import connect, open_rows
from models.store.indexes import sync
from models.tables import TABLES

WAITING = 500
"""So few rows that both runs send many times."""

FEW = Homes(colleagues=0, listings=40, views=3_000, buyers=4, profiles=2, cached=36)
MANY = Homes(colleagues=0, listings=320, views=24_000, buyers=4, profiles=2, cached=36)


def _peak() -> int:
    """The most memory that the program has had so far, in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


async def _grown(uri: str, name: str) -> int:
    writing.WAITING = WAITING
    async with connect(uri) as client:
        database = client[name]
        await open_rows(database, TABLES)
        await sync(database, TABLES)
        peaks = []
        for homes in (FEW, MANY):
            scale = Scale(1, (1, 1), visitors=0, visitor_conversations=1, visitor_exchanges=(1, 1), homes=homes)
            await fill(database, scale, issuer="https://auth.example.com/", now=now(), force=True)
            peaks.append(_peak())
        return peaks[1] - peaks[0]


if __name__ == "__main__":
    print(asyncio.run(_grown(*sys.argv[1:])))  # noqa: T201
