"""The rounds of a comparison: each server in turn at each workload, and the median of what was measured."""

import asyncio
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from tempfile import NamedTemporaryFile

import psutil

from benchmarks.ground import CACHE, ROOT, Ground, clean, database
from benchmarks.load import Order, Result
from benchmarks.servers import Running, processor_seconds
from benchmarks.workloads import Workload, message

CONNECTIONS = 16
FIRST_WARM_SECONDS = 4.0
WARM_SECONDS = 0.5
"""Before each timed stretch; the first is longer, since the engines of JavaScript compile while they run."""


class LoadFailed(Exception):
    """The load met an answer that is not a good one; the message shows it."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One server at one workload: requests per second, milliseconds, and CPU milliseconds per request.

    `cpu` is the server's own, `database` what it makes MongoDB spend.
    """

    rate: float
    p50: float
    p99: float
    cpu: float
    database: float

    @staticmethod
    def median(several: Sequence["Measured"]) -> "Measured":
        """The median of each figure."""
        figures = [asdict(one) for one in several]
        return Measured(**{name: statistics.median(figure[name] for figure in figures) for name in figures[0]})


Rounds = dict[str, dict[str, list[Measured]]]
"""What was measured by workload and server, a figure for each round."""


def cores() -> tuple[list[int], list[int]]:
    """The cores for a server, and those for the load and the database."""
    mine = sorted(os.sched_getaffinity(0))
    return ([mine[0]], mine[1:2]) if len(mine) > 1 else (mine, mine)


def press(ports: Sequence[int], workload: Workload, ground: Ground, seconds: float) -> Result:
    """Send the workload's requests from a process of their own. Raises `LoadFailed`."""
    requests = [message(workload, asked) for asked in workload.shuffled(ground)]
    with pressing(ports, requests, workload.marker, seconds) as load:
        return outcome(load)


@contextmanager
def pressing(
    ports: Sequence[int], requests: Sequence[bytes], marker: bytes, seconds: float, most: int = -1
) -> Iterator[subprocess.Popen[str]]:
    """The load under way, in a process of its own; `outcome` waits for it."""
    order = Order(list(ports), marker.decode(), CONNECTIONS, seconds, [len(request) for request in requests], most)
    with NamedTemporaryFile(dir=CACHE) as file:
        file.write(json.dumps(asdict(order)).encode() + b"\n" + b"".join(requests))
        file.flush()
        command = [sys.executable, "-m", "benchmarks.load", file.name]
        with subprocess.Popen(  # noqa: S603  # our own command
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as load:
            try:
                yield load
            finally:
                load.kill()


def outcome(load: subprocess.Popen[str]) -> Result:
    """What the load has counted, once it is done. Raises `LoadFailed`."""
    told, complaint = load.communicate()
    if load.returncode:
        raise LoadFailed(f"The load met a bad answer: {complaint.strip().splitlines()[-1]}")
    return Result(**json.loads(told))


def measure(server: Running, workload: Workload, ground: Ground, seconds: float, warm: float) -> Measured:
    """Warm the server up, then press it for the seconds and count its processor time."""
    press([server.port], workload, ground, warm)
    processes = [server.process, _mongod()]
    before = [processor_seconds(process) for process in processes]
    result = press([server.port], workload, ground, seconds)
    spent = [processor_seconds(process) - earlier for process, earlier in zip(processes, before, strict=True)]
    if workload.writes:
        asyncio.run(_clean(ground))
    cpu, base = (one * 1000 / result.requests for one in spent)
    return Measured(result.rate, result.p50, result.p99, cpu, base)


def _mongod() -> psutil.Process:
    return next(child for child in psutil.Process().children() if child.name() == "mongod")


async def _clean(ground: Ground) -> None:
    async with database(ground.uri, ground.database) as found:
        await clean(found, ground.writers)


def compare(
    servers: Sequence[Running],
    workloads: Sequence[Workload],
    ground: Ground,
    number: int,
    seconds: float,
    told: Callable[[str], None],
) -> Rounds:
    """Measure each server at each workload `number` times, in turn; `told` hears of each step."""
    rounds: Rounds = {workload.name: {server.kind.name: [] for server in servers} for workload in workloads}
    for place in range(number):
        for workload in workloads:
            # The next server begins in the next round: none always follows the same one.
            for server in [*servers[place % len(servers) :], *servers[: place % len(servers)]]:
                warm = WARM_SECONDS if place else FIRST_WARM_SECONDS
                measured = measure(server, workload, ground, seconds, warm)
                rounds[workload.name][server.kind.name].append(measured)
                told(f"{workload.name:9} {server.kind.name:10} {measured.rate:8.0f}/s {measured.cpu:7.3f} ms")
    return rounds


def medians(rounds: Rounds) -> Mapping[str, Mapping[str, Measured]]:
    """The median of each server's rounds at each workload."""
    return {name: {who: Measured.median(several) for who, several in by.items()} for name, by in rounds.items()}
