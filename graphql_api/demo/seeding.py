"""Writes the demo data: of each product nothing when its part is there, and all of it when it is not."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from rich.progress import Progress

from graphql_api.demo import advising
from graphql_api.demo.doors import Doors
from graphql_api.demo.estate import filling
from graphql_api.demo.scale import SCALES, Scale, Size
from graphql_api.demo.writing import Run
from models.store.connection import Database


@dataclass(frozen=True, slots=True)
class SeedReport:
    """The number of rows written, by collection; empty when the demo data were there already."""

    counts: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))


async def seed(
    database: Database,
    *,
    size: Size,
    issuer: str,
    now: int,
    progress: Progress | None = None,
    force: bool = False,
    known: bool = False,
) -> SeedReport:
    """Write the demo data as of `now` (Unix milliseconds), with people whose tokens carry the `issuer`.

    Does nothing when the demo person has conversations and the demo's first agent is there, unless `force` is set: then
    all rows of the demo's people are replaced. Codes, links and passwords may be `known`: `Doors` says where.
    Rows must have been opened and indexes made before.
    """
    return await fill(database, SCALES[size], issuer=issuer, now=now, progress=progress, force=force, known=known)


async def fill(
    database: Database,
    scale: Scale,
    *,
    issuer: str,
    now: int,
    progress: Progress | None = None,
    force: bool = False,
    known: bool = False,
) -> SeedReport:
    """Like `seed`, with as much data as the `scale` says."""
    run, shown = Run(database, issuer, now, Doors(known)), progress or Progress(disable=True)
    await advising.write(run, scale, shown, force=force)
    await filling.write(run, scale.homes, shown, force=force)
    return SeedReport(MappingProxyType(dict(run.counts)))
