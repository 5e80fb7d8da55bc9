"""Writes demo data into the database of the settings, with a progress bar."""

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from graphql_api.commands.opening import Opened, opened
from graphql_api.demo.scale import Size
from graphql_api.demo.seeding import SeedReport, seed
from graphql_api.settings import load_settings
from models.clock import now

console = Console(stderr=True)


async def run(size: Size, *, force: bool = False) -> None:
    """Fill the database and say what was done. Raises what `trouble.MENDABLE` lists."""
    settings = load_settings()
    async with opened(settings) as database:
        report = await fill(database, size, settings.auth_issuer, force=force)
    console.print(words(report))


async def fill(database: Opened, size: Size, issuer: str, *, force: bool = False) -> SeedReport:
    """Write the demo data unless they are there, or again with `force`, behind a progress bar.

    Ways in that anybody can read in the code are for the bundled database alone.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        return await seed(
            database.database,
            size=size,
            issuer=issuer,
            now=now(),
            progress=progress,
            force=force,
            known=database.embedded,
        )


def words(report: SeedReport) -> str:
    """The report in one line."""
    if not report.counts:
        return "The demo data are there already; `seed --force` replaces them."
    numbers = (f"{number:,} {collection}" for collection, number in report.counts.items())
    return f"Wrote {', '.join(numbers)}."
