"""Index sync: create what is missing, report what differs, drop only when told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pymongo import IndexModel

from models.store import replay
from models.store.connection import Database
from models.table import Index, Table


@dataclass(slots=True)
class IndexReport:
    """What a sync found, each as "collection.index": created now, `differing` from its declaration, declared nowhere
    (`unknown`), and dropped because it was told to."""

    created: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)


async def sync(database: Database, tables: Sequence[Table[Any]], *, drop: bool = False) -> IndexReport:
    """Bring the database's indexes to their declarations.

    With `drop`, an index that differs is replaced and one that is declared nowhere removed; without, both are reported
    and left as they are, since a lost index can take a live service down and a built one can wait.
    """
    report = IndexReport()
    for collection, declared in declarations(tables).items():
        await _sync(database, collection, declared, report, drop=drop)
    return report


def declarations(tables: Sequence[Table[Any]]) -> dict[str, Sequence[Index]]:
    """Every collection with its declared indexes, the server's own included."""
    return {**{table.collection: table.indexes for table in tables}, replay.COLLECTION: replay.INDEXES}


async def _sync(
    database: Database, collection: str, declared: Sequence[Index], report: IndexReport, *, drop: bool
) -> None:
    there = await existing(database, collection)
    wanted = {index.name: index for index in declared}
    differing = [name for name in wanted if name in there and shape_found(there[name]) != shape(wanted[name])]
    unknown = [name for name in there if name not in wanted and name != "_id_"]
    report.differing += [f"{collection}.{name}" for name in differing]
    report.unknown += [f"{collection}.{name}" for name in unknown]
    missing = [name for name in wanted if name not in there]
    if drop:
        for name in (*differing, *unknown):
            await database[collection].drop_index(name)
            report.dropped.append(f"{collection}.{name}")
        missing += differing
    if missing:
        await database[collection].create_indexes([_model(wanted[name]) for name in missing])
        report.created += [f"{collection}.{name}" for name in missing]


async def existing(database: Database, collection: str) -> dict[str, Mapping[str, Any]]:
    """The indexes of a collection by name; none where there is no collection yet."""
    if not await database.list_collection_names(filter={"name": collection}):
        return {}
    cursor = await database[collection].list_indexes()
    return {found["name"]: found for found in await cursor.to_list()}


def shape(index: Index) -> tuple[Any, ...]:
    """What makes two indexes the same: keys in order (text columns in any), uniqueness, condition, expiry."""
    around = tuple(key for key in index.keys if key[1] != "text")
    texts = frozenset(column for column, kind in index.keys if kind == "text")
    return around, texts, index.unique, dict(index.partial) if index.partial else None, index.expires


def shape_found(found: Mapping[str, Any]) -> tuple[Any, ...]:
    """The same of an index as MongoDB tells it."""
    # A text index keeps its words under "_fts"/"_ftsx" and its columns in "weights".
    around = tuple((column, way) for column, way in found["key"].items() if not column.startswith("_fts"))
    texts = frozenset(found.get("weights", {}))
    return around, texts, bool(found.get("unique")), found.get("partialFilterExpression"), "expireAfterSeconds" in found


def _model(index: Index) -> IndexModel:
    options: dict[str, Any] = {"name": index.name}
    if index.unique:
        options["unique"] = True
    if index.partial is not None:
        options["partialFilterExpression"] = dict(index.partial)
    if index.expires:
        options["expireAfterSeconds"] = 0
    if index.text:
        # No language: stop words and stems of one language would make others' words unfindable.
        options["default_language"] = "none"
        options["language_override"] = "@language"
    return IndexModel(list(index.keys), **options)
