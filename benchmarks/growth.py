"""How the server grows: with more processes, with larger tables, and along a list."""

import asyncio
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import httpx
from rich.console import Console

from benchmarks import grown, machine
from benchmarks.ground import Ground, database, mongod, prepare
from benchmarks.rounds import CONNECTIONS, WARM_SECONDS, cores, press
from benchmarks.servers import BY_NAME, Running, running
from benchmarks.tables import RESULTS, table
from benchmarks.workloads import LIST, WORKLOADS, Asked, Workload
from models import cursor
from models.advisor.conversation import CONVERSATIONS
from models.table import Order

PROCESSES = (1, 2, 4)
DEPTHS = (1, 10, 1_000)
"""Pages of a list whose cost is compared, counted from one."""

READS = WORKLOADS[:2]
NEWEST_FIRST = Order(("-updatedAt",))
OURS = BY_NAME["ours"]

PAGE = """query Page($first: Int!, $after: String) {
  advisorConversations(first: $first, after: $after) {
    nodes { id title messageCount createdAt updatedAt }
    pageInfo { hasNextPage endCursor }
  }
}"""


@dataclass(frozen=True, slots=True)
class Bench:
    """Where and for how long is measured."""

    uri: str
    cores: Sequence[int]
    seconds: float
    console: Console


def run(seconds: float, console: Console) -> str:
    """Measure, write `growth.md`, and give its text."""
    all_cores = sorted(os.sched_getaffinity(0))
    on = machine.words()
    theirs, mine = cores()
    os.sched_setaffinity(0, mine)
    with mongod() as uri:
        bench = Bench(uri, theirs, seconds, console)
        # The last core is the load's and MongoDB's, where there are enough of them.
        shared = all_cores[:-1] if len(all_cores) > 2 else all_cores
        parts = [
            "# Growth",
            f"{on}. {CONNECTIONS} kept connections, {seconds:g} s each.",
            f"## Processes, on {len(shared)} cores" + ("" if len(shared) < len(all_cores) else " shared with the load"),
            table(HEADS, _processes(replace(bench, cores=shared))),
            "## Rows in the table, one process",
            table(HEADS, _sizes(bench)),
            f"## Depth in a list of {grown.DEEP.rows:,}, pages of {LIST}",
            table(["page", "keys examined", "rows examined", "requests/s", "p50 ms", "p99 ms"], _depths(bench)),
        ]
    text = "\n\n".join(part.strip() for part in parts) + "\n"
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "growth.md").write_text(text, encoding="utf-8")
    return text


HEADS = ("", *(f"{workload.name}, {figure}" for workload in READS for figure in ("requests/s", "p50 ms", "p99 ms")))


def _processes(bench: Bench) -> Iterator[Sequence[str]]:
    ground = prepare(bench.uri)
    for number in PROCESSES:
        with ExitStack() as stack:
            servers = [stack.enter_context(running(OURS, ground, bench.cores)) for _ in range(number)]
            yield [f"{number}", *_figures(bench, servers, ground)]


def _sizes(bench: Bench) -> Iterator[Sequence[str]]:
    for size in grown.SIZES:
        ground = grown.ground(bench.uri, size, bench.console)
        with running(OURS, ground, bench.cores) as server:
            yield [f"{size.rows:,}", *_figures(bench, [server], ground)]


def _figures(bench: Bench, servers: Sequence[Running], ground: Ground) -> Iterator[str]:
    for workload in READS:
        yield from _pressed(bench, servers, workload, ground)


def _pressed(bench: Bench, servers: Sequence[Running], workload: Workload, ground: Ground) -> Iterator[str]:
    ports = [server.port for server in servers]
    press(ports, workload, ground, WARM_SECONDS)
    result = press(ports, workload, ground, bench.seconds)
    bench.console.print(f"{workload.name:9} {ground.database:20} {result.rate:8.0f}/s", highlight=False)
    yield from (f"{result.rate:,.0f}", f"{result.p50:.2f}", f"{result.p99:.2f}")


def _depths(bench: Bench) -> Iterator[Sequence[str]]:
    ground = grown.ground(bench.uri, grown.DEEP, bench.console)
    with running(OURS, ground, bench.cores) as server:
        for depth in DEPTHS:
            asked = Asked(ground.readers[0], {"first": LIST, "after": _after(ground, depth)})
            workload = Workload(f"page {depth}", "", "Page", PAGE, b'"hasNextPage":true', partial(_only, asked))
            examined = asyncio.run(_examined(server, workload, asked, ground))
            numbers = [f"{examined[name]:,}" for name in ("keysExamined", "docsExamined")]
            yield [f"{depth:,}", *numbers, *_pressed(bench, [server], workload, ground)]


def _only(asked: Asked, _ground: Ground) -> Iterator[Asked]:
    yield asked


def _after(ground: Ground, depth: int) -> str | None:
    """The cursor of the last row before the page."""
    if depth == 1:
        return None
    last = ground.readers[0].conversations[(depth - 1) * LIST - 1]
    return cursor.encode(NEWEST_FIRST.keys, [last.updatedAt, last.key])


async def _examined(server: Running, workload: Workload, asked: Asked, ground: Ground) -> dict[str, Any]:
    """What MongoDB's profiler says of the one query of the page."""
    async with database(ground.uri, ground.database) as found, httpx.AsyncClient() as http:
        await found.command("profile", 0)
        await found["system.profile"].drop()
        await found.command("profile", 2)
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {asked.person.token}"}
        answer = await http.post(server.url, content=workload.body(asked), headers=headers)
        answer.raise_for_status()
        await found.command("profile", 0)
        wanted = {"ns": f"{ground.database}.{CONVERSATIONS.collection}", "op": "query"}
        told = await found["system.profile"].find_one(wanted)
    assert told is not None, "The page asked MongoDB nothing."  # noqa: S101  # it cannot be answered otherwise
    return told
