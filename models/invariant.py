"""Statements about stored rows that every write keeps, so that rows which break them can be found."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.table import Table

Stage = Mapping[str, Any]

SERVERS_APART_MILLISECONDS = 60_000
"""By how much the clocks of two servers that wrote a row may differ: one 30 s ahead, the other 30 s behind.

Those 30 s are what the doctor allows between MongoDB's clock and that of one server, which is another fact.
"""

SAMPLE = 1_000
"""Rows of a table that one look at it examines: all of a small table, and others each time of a large one."""


@dataclass(frozen=True, slots=True)
class Invariant:
    """The rows of `table` that come out of the `stages` are wrong; `words` say of such rows what is wrong with them.

    `mend` says what to do. When the stages begin on a `sample` of the table, the rest goes unexamined.
    """

    name: str
    table: Table[Any]
    words: str
    mend: str
    stages: tuple[Stage, ...]
    sample: bool = True

    @property
    def pipeline(self) -> list[Stage]:
        """The stages as MongoDB is sent them; what comes out are ids, `SAMPLE` at most."""
        first: list[Stage] = [{"$sample": {"size": SAMPLE}}] if self.sample else []
        return [*first, *self.stages, {"$limit": SAMPLE}, {"$project": {"_id": 1}}]


def joined(other: Table[Any], local: str, foreign: str, *stages: Stage) -> Stage:
    """The stage that puts those rows of another table under "joined" whose column `foreign` is this one's `local`."""
    join = {"from": other.collection, "localField": local, "foreignField": foreign, "pipeline": stages, "as": "joined"}
    return {"$lookup": join}
