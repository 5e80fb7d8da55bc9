"""What a database says about itself: its server, its tables' sizes, its indexes' use, and rows gone wrong."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from bson import ObjectId
from pymongo.errors import ExecutionTimeout
from pymongo.read_concern import ReadConcern

from models.invariant import Invariant
from models.store.connection import Database
from models.store.indexes import existing, images, shape, shape_found
from models.table import Index

CHECK_MILLISECONDS = 30_000
"""How long MongoDB may look for rows gone wrong, for each invariant."""

Document = Mapping[str, Any]


class IndexState(StrEnum):
    """How an index compares with its declaration."""

    DECLARED = "declared"
    MISSING = "missing"
    DIFFERING = "differing"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """The server that answered. `clock_ahead` is by how many milliseconds its clock is ahead of this machine's."""

    version: str
    numbers: tuple[int, ...]
    replica_set: str | None
    sharded: bool
    clock_ahead: int


@dataclass(frozen=True, slots=True)
class IndexFacts:
    """An index: its `size` in bytes and its number of uses since a time in Unix milliseconds."""

    name: str
    columns: tuple[str, ...]
    state: IndexState
    size: int = 0
    uses: int = 0
    since: int | None = None
    building: bool = False


@dataclass(frozen=True, slots=True)
class TableFacts:
    """A collection: its estimated number of rows and their size in bytes, before compression and on the disk.

    `images` is whether MongoDB keeps its rows as they were before and after each change.
    """

    collection: str
    exists: bool
    rows: int
    size: int
    size_on_disk: int
    indexes: tuple[IndexFacts, ...]
    images: bool = False


async def server(database: Database) -> ServerFacts:
    """The server's version, kind and clock."""
    built = await database.client.admin.command("buildInfo")
    before = datetime.now(UTC)
    hello = await database.client.admin.command("hello")
    here = before + (datetime.now(UTC) - before) / 2
    return ServerFacts(
        version=built["version"],
        numbers=tuple(built["versionArray"][:3]),
        replica_set=hello.get("setName"),
        sharded=hello.get("msg") == "isdbgrid",
        clock_ahead=_millis(hello["localTime"]) - _millis(here),
    )


async def table(database: Database, collection: str, declared: Sequence[Index]) -> TableFacts:
    """The size of a collection, and its indexes beside their declarations."""
    there = await existing(database, collection)
    wanted = {index.name: index for index in declared}
    if not there:
        missing = tuple(_missing(index) for index in declared)
        return TableFacts(collection, exists=False, rows=0, size=0, size_on_disk=0, indexes=missing)
    # A sharded cluster answers with a document for each shard.
    stats = [
        found["storageStats"] for found in await _all(database, collection, [{"$collStats": {"storageStats": {}}}])
    ]
    uses = await _all(database, collection, [{"$indexStats": {}}])
    return TableFacts(
        collection,
        exists=True,
        rows=sum(found["count"] for found in stats),
        size=sum(found["size"] for found in stats),
        size_on_disk=sum(found["storageSize"] for found in stats),
        indexes=(
            *(_index(name, found, wanted.get(name), stats, uses) for name, found in there.items()),
            *(_missing(index) for index in declared if index.name not in there),
        ),
        images=(await images(database)).get(collection, False),
    )


async def violations(database: Database, invariant: Invariant) -> list[ObjectId] | None:
    """The rows of which the invariant is not true; None when MongoDB could not tell in time."""
    # A snapshot, or a write between a look at a row and a look at what it counts would seem to be an error.
    collection = database.get_collection(invariant.table.collection, read_concern=ReadConcern("snapshot"))
    try:
        cursor = await collection.aggregate(invariant.pipeline, maxTimeMS=CHECK_MILLISECONDS)
        return sorted({found["_id"] for found in await cursor.to_list()})
    except ExecutionTimeout:
        return None


async def _all(database: Database, collection: str, stages: list[Document]) -> list[dict[str, Any]]:
    cursor = await database[collection].aggregate(stages)
    return await cursor.to_list()


def _index(
    name: str, found: Document, wanted: Index | None, stats: Iterable[Document], uses: Iterable[Document]
) -> IndexFacts:
    own = [use for use in uses if use["name"] == name]
    return IndexFacts(
        name=name,
        columns=_columns(found["key"].items(), found.get("weights", {})),
        state=_state(name, found, wanted),
        size=sum(shard["indexSizes"].get(name, 0) for shard in stats),
        uses=sum(use["accesses"]["ops"] for use in own),
        since=min((_millis(use["accesses"]["since"]) for use in own), default=None),
        building=any(name in shard.get("indexBuilds", ()) for shard in stats) or any("building" in use for use in own),
    )


def _state(name: str, found: Document, wanted: Index | None) -> IndexState:
    if name == "_id_":
        return IndexState.DECLARED
    if wanted is None:
        return IndexState.UNKNOWN
    return IndexState.DECLARED if shape_found(found) == shape(wanted) else IndexState.DIFFERING


def _missing(index: Index) -> IndexFacts:
    return IndexFacts(index.name, (*index.columns, *index.covered), IndexState.MISSING)


def _columns(keys: Iterable[tuple[str, Any]], weights: Document) -> tuple[str, ...]:
    """The columns as declarations write them."""
    columns: list[str] = []
    for column, way in keys:
        if column == "_fts":
            columns += [f"{text}:text" for text in weights]
        elif column != "_ftsx":
            columns.append(f"{column}:{way}" if isinstance(way, str) else f"-{column}" if way == -1 else column)
    return tuple(columns)


def _millis(moment: datetime) -> int:
    """Unix milliseconds; a time without a zone is UTC, as the driver gives it."""
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
