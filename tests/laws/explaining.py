"""What MongoDB says of a command that was really sent: its plan, and how much it looked at."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from models.store.connection import Database

OF_THE_SESSION = frozenset({"lsid", "txnNumber", "maxTimeMS", "readConcern", "startTransaction", "autocommit"})

CARRIED = frozenset({"IXSCAN", "IDHACK", "TEXT", "TEXT_MATCH", "EOF", "COUNT_SCAN"})
"""Stages of which a plan has at least one, if it is carried by an index."""

CURSORS = ("$cursor", "$geoNearCursor")
"""Under these names a pipeline's plan has what it reads from a collection."""


@dataclass(frozen=True)
class Look:
    """How much a command looked at."""

    keys: int
    documents: int
    returned: int


async def explained(database: Database, command: Mapping[str, Any]) -> dict[str, Any]:
    """The plan of a command with what its execution looked at."""
    plain = {name: value for name, value in command.items() if name not in OF_THE_SESSION and not name.startswith("$")}
    return await database.command({"explain": plain, "verbosity": "executionStats"})


def flattened(command: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The commands whose plans can be seen: of a call for many parents, what it asks for its first one."""
    first, *others = command.get("pipeline", [{}])
    if "$documents" not in first:
        return [dict(command)]
    parent = first["$documents"][0]["parent"]
    lookups = [stage["$lookup"] for stage in others if "$lookup" in stage]
    return [
        {
            "aggregate": lookup["from"],
            "pipeline": [{"$match": {lookup["foreignField"]: parent}}, *lookup["pipeline"]],
            "cursor": {},
        }
        for lookup in lookups
    ]


def stages(plan: Any) -> Iterator[str]:
    """The stages of the plan that won, and sorts which the pipeline does in memory."""
    if isinstance(plan, list):
        for part in plan:
            yield from stages(part)
    elif isinstance(plan, Mapping):
        if isinstance(plan.get("stage"), str):
            yield plan["stage"]
        if "$sort" in plan:
            yield "SORT"
        for name, part in plan.items():
            if name not in {"rejectedPlans", "command", "$lookup", "parsedQuery"}:
                yield from stages(part)


def scans(plan: Mapping[str, Any]) -> int:
    """How many collections a call for many parents scanned."""
    return sum(int(stage.get("collectionScans", 0)) for stage in plan.get("stages", []))


def look(plan: Mapping[str, Any]) -> Look:
    """What the execution looked at."""
    stats = plan.get("executionStats")
    if stats is None:
        cursors = [stage[name] for stage in plan["stages"] for name in CURSORS if name in stage]
        stats = cursors[0]["executionStats"]
    return Look(stats["totalKeysExamined"], stats["totalDocsExamined"], stats["nReturned"])


async def check(database: Database, command: Mapping[str, Any], text: str, *, sorted_: bool = False) -> None:
    """Assert that the command, sent for this operation, is carried by indexes; `sorted_` lets it sort in memory."""
    assert scans(await explained(database, command)) == 0, f"{text} scans a collection."
    for part in flattened(command):
        found = set(stages(await explained(database, part)))
        if "$nearSphere" in repr(part.get("filter", ())):
            assert found & {"GEO_NEAR_2DSPHERE", "EOF"}, f"{text} does not walk the index of places."
        assert "COLLSCAN" not in found, f"{text} scans a collection: give the table an index for it."
        assert found & CARRIED, f"{text}: {found}"
        assert sorted_ or "SORT" not in found, f"{text} sorts in memory: give the table an index in that order."
