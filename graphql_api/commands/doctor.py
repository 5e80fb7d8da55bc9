"""Examines the database: tables, rows, indexes and their use, and whatever is wrong, with what to do about it."""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from rich import box
from rich.console import Console, Group, RenderableType
from rich.filesize import decimal
from rich.markup import escape
from rich.table import Table as Grid
from rich.text import Text

from graphql_api.commands.opening import OLDEST, opened
from graphql_api.settings import load_settings
from models.invariant import SAMPLE, Invariant
from models.invariants import INVARIANTS
from models.store import inspection
from models.store.connection import Database
from models.store.indexes import declarations
from models.store.inspection import IndexFacts, IndexState, ServerFacts, TableFacts
from models.table import Table
from models.tables import TABLES

CLOCK_MILLISECONDS = 30_000
"""By how much clocks may differ: tokens are forgiven as much."""

EXAMPLES = 3
"""Rows gone wrong that are named."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong: its kind, the table, index or row counter concerned, and a sentence on what to do."""

    kind: str
    where: str
    message: str


@dataclass(frozen=True, slots=True)
class Report:
    """What was found; all is well when there are no problems."""

    database: str
    server: ServerFacts
    tables: tuple[TableFacts, ...]
    problems: tuple[Problem, ...]


async def run(*, as_json: bool = False, drop: bool = False) -> int:
    """Print the examination; the exit code, 1 when something is wrong. Raises what `trouble.MENDABLE` lists."""
    async with opened(load_settings(), indexes="drop" if drop else "leave") as database:
        report = await examine(database.database, TABLES)
    _show(report, plain=as_json)
    return 1 if report.problems else 0


NARROWEST = 18
"""Characters that a column of texts is wide at least."""


def _show(report: Report, *, plain: bool) -> None:
    if plain:
        Console().out(as_json(report), highlight=False)
    else:
        Console().print(render(report))


async def examine(database: Database, tables: Sequence[Table[Any]]) -> Report:
    """Look at the server, at every table with its indexes, and at rows that break an invariant of these tables."""
    facts = await inspection.server(database)
    examined = [
        await inspection.table(database, collection, declared) for collection, declared in declarations(tables).items()
    ]
    problems = [*server_problems(facts), *(problem for table in examined for problem in _table_problems(table))]
    watched = {table.collection for table in tables if table.watched}
    problems += [problem for table in examined for problem in _image_problems(table, watched)]
    for invariant in INVARIANTS:
        if invariant.table in tables:
            wrong = await inspection.violations(database, invariant)
            problems += row_problems(invariant, wrong)
    return Report(database.name, facts, tuple(examined), tuple(problems))


def server_problems(server: ServerFacts) -> Iterator[Problem]:
    """What is wrong with the server itself."""
    if server.replica_set is None and not server.sharded:
        yield Problem(
            "standalone", "server", "Transactions need a replica set: start mongod with --replSet and initiate it."
        )
    if server.numbers < OLDEST:
        yield Problem(
            "version", "server", f"MongoDB {server.version} is too old: use {OLDEST[0]}.{OLDEST[1]} or a later one."
        )
    if abs(server.clock_ahead) > CLOCK_MILLISECONDS:
        seconds = abs(server.clock_ahead) // 1000
        way = "ahead of" if server.clock_ahead > 0 else "behind"
        yield Problem(
            "clock", "server", f"MongoDB's clock is {seconds} s {way} this machine's: let both keep time with NTP."
        )


def _table_problems(table: TableFacts) -> Iterator[Problem]:
    if not table.exists:
        yield Problem("table_missing", table.collection, "There is no such collection: `serve` makes it at its start.")
        return
    for index in table.indexes:
        where = f"{table.collection}.{index.name}"
        if index.building:
            yield Problem("index_building", where, "The index is being built: it is of no use until that has ended.")
        if index.state in _INDEX_WORDS:
            yield Problem(f"index_{index.state}", where, _INDEX_WORDS[index.state])


_INDEX_WORDS = {
    IndexState.MISSING: "The index is missing: `serve` makes it at its start.",
    IndexState.DIFFERING: "The index differs from its declaration: `doctor --drop-indexes` replaces it.",
    IndexState.UNKNOWN: "The index is declared nowhere: declare it, or `doctor --drop-indexes` drops it.",
}


def _image_problems(table: TableFacts, watched: Set[str]) -> Iterator[Problem]:
    if table.exists and table.images != (table.collection in watched):
        kind = "images_unknown" if table.images else "images_missing"
        yield Problem(kind, table.collection, _IMAGE_WORDS[kind])


_IMAGE_WORDS = {
    "images_missing": "No images of changed rows are kept, by which lists stay up to date: `serve` switches them on at "
    "its start.",
    "images_unknown": "Images of changed rows are kept for no list: declare the table as watched, or "
    "`doctor --drop-indexes` switches them off.",
}


def row_problems(invariant: Invariant, wrong: Sequence[object] | None) -> Iterator[Problem]:
    """What the `wrong` rows of an invariant come to; None is for an examination that took too long."""
    where = f"{invariant.table.collection}.{invariant.name}"
    if wrong is None:
        seconds = inspection.CHECK_MILLISECONDS // 1000
        yield Problem("unexamined", where, f"The rows could not be examined within {seconds} s: try in a quiet hour.")
    elif wrong:
        of = f" of {SAMPLE:,} looked at" if invariant.sample else ""
        named = ", ".join(str(key) for key in wrong[:EXAMPLES])
        found = f"{len(wrong):,} {'row' if len(wrong) == 1 else 'rows'}{of}: {invariant.words} ({named})."
        yield Problem("rows", where, f"{found} {invariant.mend}")


def as_json(report: Report) -> str:
    """The report as indented JSON whose keys are in a fixed order; sizes in bytes, times in Unix milliseconds."""
    return orjson.dumps(report, option=orjson.OPT_INDENT_2).decode()


def render(report: Report) -> RenderableType:
    """The report for people: the server, the tables, their indexes, and at the end what is wrong."""
    return Group(_server(report), _tables(report.tables), _indexes(report.tables), _problems(report.problems))


def _server(report: Report) -> RenderableType:
    server = report.server
    kind = "sharded cluster" if server.sharded else f"replica set {server.replica_set}"
    alone = server.replica_set is None and not server.sharded
    return Text(f"MongoDB {server.version}, {'standalone' if alone else kind}, database {report.database}")


def _tables(tables: Sequence[TableFacts]) -> RenderableType:
    grid = _grid("Tables", ("Collection",), ("Rows", "Data", "On disk", "Indexes", "Their size", "Images"))
    for table in tables:
        sizes = (table.size, table.size_on_disk)
        indexes = sum(index.size for index in table.indexes)
        number = sum(index.state is not IndexState.MISSING for index in table.indexes)
        told = [f"{table.rows:,}", *map(decimal, sizes), str(number), decimal(indexes), "kept" if table.images else ""]
        grid.add_row(table.collection, *told)
    return grid


def _indexes(tables: Sequence[TableFacts]) -> RenderableType:
    grid = _grid("Indexes", ("Index", "Columns"), ("Size", "Uses", "Since"))
    for table in tables:
        grid.add_row(f"[bold]{escape(table.collection)}[/]")
        for index in table.indexes:
            columns = escape(", ".join(index.columns))
            grid.add_row(_name(index), columns, decimal(index.size), f"{index.uses:,}", _day(index.since))
        grid.add_section()
    return grid


def _name(index: IndexFacts) -> str:
    name = escape(index.name)
    if index.building:
        return f"[yellow]{name} (being built)[/]"
    return name if index.state is IndexState.DECLARED else f"[red]{name} ({index.state})[/]"


def _day(since: int | None) -> str:
    return "" if since is None else datetime.fromtimestamp(since / 1000, UTC).strftime("%Y-%m-%d")


def _problems(problems: Sequence[Problem]) -> RenderableType:
    if not problems:
        return Text("Nothing is wrong.", style="bold green")
    grid = _grid(f"Wrong: {len(problems)}", ("Where", "What, and what to do"), ())
    for problem in problems:
        grid.add_row(f"[red]{escape(problem.where)}[/]", escape(problem.message))
    return grid


def _grid(title: str, texts: Sequence[str], numbers: Sequence[str]) -> Grid:
    grid = Grid(title=title, title_justify="left", box=box.SIMPLE_HEAD)
    for name in texts:
        # On a narrow page texts go on in the next line: numbers that are cut would be others.
        grid.add_column(name, overflow="fold", min_width=NARROWEST)
    for name in numbers:
        grid.add_column(name, justify="right", no_wrap=True)
    return grid
