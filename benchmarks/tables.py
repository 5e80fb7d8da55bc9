"""Results as Markdown tables, and as JSON for programs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson

from benchmarks.rounds import CONNECTIONS, Measured, Rounds, medians
from benchmarks.servers import BY_NAME
from benchmarks.workloads import Workload

RESULTS = Path(__file__).parent / "results"
OURS, BARE = "ours", "bare"


@dataclass(frozen=True, slots=True)
class Run:
    """A comparison that was made: on what, how, and what came out."""

    machine: str
    seconds: float
    workloads: Sequence[Workload]
    servers: Sequence[str]
    rounds: Rounds


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table whose first column is text and the others numbers."""
    marks = ["---", *("---:" for _ in heads[1:])]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (heads, marks, *rows)) + "\n"


def figure(number: float) -> str:
    """The number with three digits that tell something."""
    return f"{number:#.3g}".removesuffix(".")


def write(run: Run, folder: Path = RESULTS) -> None:
    """Write `latest.md` and `latest.json` into the folder."""
    folder.mkdir(exist_ok=True)
    (folder / "latest.md").write_text(page(run), encoding="utf-8")
    (folder / "latest.json").write_bytes(orjson.dumps(raw(run), option=orjson.OPT_INDENT_2) + b"\n")


def raw(run: Run) -> dict[str, Any]:
    """Everything that was measured, each round by itself."""
    figures = {
        name: {who: [asdict(one) for one in several] for who, several in by.items()} for name, by in run.rounds.items()
    }
    return {
        "machine": run.machine,
        "seconds": run.seconds,
        "connections": CONNECTIONS,
        "versions": {name: BY_NAME[name].versions for name in run.servers},
        "rounds": figures,
    }


def page(run: Run) -> str:
    """The page that people read."""
    found = medians(run.rounds)
    rounds = max(len(several) for by in run.rounds.values() for several in by.values())
    how = (
        f"{run.machine}. One process of each server on a core of its own, the load and MongoDB on another; "
        f"{CONNECTIONS} kept connections; medians of {rounds} rounds of {run.seconds:g} s."
    )
    parts = [
        "# Beside others",
        how,
        "## CPU milliseconds of the server per request",
        _overview(run, {name: {who: one.cpu for who, one in by.items()} for name, by in found.items()}),
        "## CPU milliseconds of MongoDB per request",
        _overview(run, {name: {who: one.database for who, one in by.items()} for name, by in found.items()}),
    ]
    for workload in run.workloads:
        parts += [
            f"## {workload.title[0].upper()}{workload.title[1:]} (`{workload.name}`)",
            _details(found[workload.name]),
        ]
    versions = "\n".join(f"- {name}, {BY_NAME[name].title}: {BY_NAME[name].versions}" for name in run.servers)
    return "\n\n".join(part.strip() for part in [*parts, "## Servers", versions]) + "\n"


def _overview(run: Run, found: Mapping[str, Mapping[str, float]]) -> str:
    heads = ["", *(workload.name for workload in run.workloads)]
    rows = [[name, *(figure(found[workload.name][name]) for workload in run.workloads)] for name in run.servers]
    if {OURS, BARE} <= set(run.servers):
        times = [found[one.name][OURS] / found[one.name][BARE] for one in run.workloads]
        rows.append(["**ours ÷ bare**", *(f"**{ratio:.2f}**" for ratio in times)])
    return table(heads, rows)


def _details(by: Mapping[str, Measured]) -> str:
    heads = ["", "requests/s", "p50 ms", "p99 ms", "CPU ms", "CPU ms, MongoDB", "rate: ours ÷ it", "CPU: ours ÷ it"]
    ours = by.get(OURS)
    return table(
        heads,
        (
            [
                name,
                f"{one.rate:,.0f}",
                f"{one.p50:.2f}",
                f"{one.p99:.2f}",
                figure(one.cpu),
                figure(one.database),
                f"{ours.rate / one.rate:.2f}" if ours else "",
                f"{ours.cpu / one.cpu:.2f}" if ours else "",
            ]
            for name, one in by.items()
        ),
    )
