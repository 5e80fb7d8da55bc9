"""Index sync, and whether rows are kept as they were: create what is missing, report what differs, drop when told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pymongo import IndexModel
from pymongo.errors import OperationFailure

from models.store import replay
from models.store.connection import Database
from models.table import Index, Table

IMAGES = "changeStreamPreAndPostImages"
"""MongoDB's name of the setting of a collection by which change streams tell rows as they were before and after."""

THERE_ALREADY = 48
"""The code of the error with which MongoDB refuses to make a collection that is there."""


@dataclass(slots=True)
class IndexReport:
    """What a sync found, each as "collection.index": created now, `differing` from its declaration, declared nowhere
    (`unknown`), and dropped because it was told to.

    `imaged` are the collections whose images were switched on now; images that no table declares are `differing`, and
    `dropped` once they are switched off, as "collection.changeStreamPreAndPostImages".
    """

    created: list[str] = field(default_factory=list)
    imaged: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)


async def sync(database: Database, tables: Sequence[Table[Any]], *, drop: bool = False) -> IndexReport:
    """Bring the database's indexes, and the images of watched tables, to their declarations.

    With `drop`, an index that differs is replaced and one that is declared nowhere removed; without, both are reported
    and left as they are, since a lost index can take a live service down and a built one can wait. So it is with images
    that no table declares: somebody else may follow them.
    """
    report = IndexReport()
    watched = {table.collection for table in tables if table.watched}
    kept = await images(database)
    for collection, declared in declarations(tables).items():
        if collection in watched and not kept.get(collection):
            await _keep_images(database, collection, there=collection in kept)
            report.imaged.append(collection)
        elif collection not in watched and kept.get(collection):
            await _leave_images(database, collection, report, drop=drop)
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


async def images(database: Database) -> dict[str, bool]:
    """The collections that are there, each with whether its images are kept."""
    found = await (await database.list_collections()).to_list()
    return {each["name"]: bool(each["options"].get(IMAGES, {}).get("enabled")) for each in found}


async def _keep_images(database: Database, collection: str, *, there: bool) -> None:
    setting: dict[str, Any] = {IMAGES: {"enabled": True}}
    if not there:
        # From its first row on. Of processes that start together one makes it, and each sees to the setting.
        try:
            await database.command({"create": collection, **setting})
        except OperationFailure as error:
            if error.code != THERE_ALREADY:
                raise
        else:
            return
    await database.command({"collMod": collection, **setting})


async def _leave_images(database: Database, collection: str, report: IndexReport, *, drop: bool) -> None:
    report.differing.append(f"{collection}.{IMAGES}")
    if drop:
        await database.command({"collMod": collection, IMAGES: {"enabled": False}})
        report.dropped.append(f"{collection}.{IMAGES}")


async def existing(database: Database, collection: str) -> dict[str, Mapping[str, Any]]:
    """The indexes of a collection by name; none where there is no collection yet."""
    if not await database.list_collection_names(filter={"name": collection}):
        return {}
    cursor = await database[collection].list_indexes()
    return {found["name"]: found for found in await cursor.to_list()}


def shape(index: Index) -> tuple[Any, ...]:
    """What makes two indexes the same: keys in order (text columns in any), uniqueness, condition, expiry.

    Not what MongoDB adds by itself, such as the version of how it stores points (`2dsphereIndexVersion`) or words: a
    newer server chooses another one, and the index is as declared all the same.
    """
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
