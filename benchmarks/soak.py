"""Whether the server holds out: reads and writes for a long time, without a bad answer and without growing memory."""

import asyncio
import os
import random
import subprocess
import time
from collections.abc import Sequence
from itertools import chain
from statistics import fmean

from rich.console import Console

from benchmarks import machine
from benchmarks.ground import Ground, clean, database, mongod, prepare
from benchmarks.load import Result
from benchmarks.rounds import cores, outcome, pressing
from benchmarks.servers import BY_NAME, Running, running
from benchmarks.tables import RESULTS, table
from benchmarks.workloads import WORKLOADS, message

SHARES = {"row": 60, "list50": 20, "list1000": 1, "levels": 4, "write": 15}
"""What is asked, in parts of a hundred."""

MIXED = 4_000
"""Requests that are mixed once, and sent over and over."""

MARKER = b'"data":{'
SAMPLE_SECONDS = 1.0
SHOWN = 12
"""Samples of the memory that the page shows."""

RISE = 1.05
"""What the memory of the last third may be of the middle third's; the first third fills the caches."""

MEGABYTE = 2**20


def run(requests: int, minutes: float, console: Console) -> tuple[bool, str]:
    """Press our server, write `soak.md`; whether its memory held, and the text."""
    on = machine.words()
    theirs, mine = cores()
    os.sched_setaffinity(0, mine)
    with mongod() as uri:
        ground = prepare(uri)
        with (
            running(BY_NAME["ours"], ground, theirs) as server,
            pressing([server.port], _mixed(ground), MARKER, minutes * 60, requests) as load,
            console.status(f"{requests:,} requests, or {minutes:g} minutes"),
        ):
            samples = _samples(server, load)
            result = outcome(load)
        asyncio.run(_clean(ground))
    held, text = page(on, result, samples)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "soak.md").write_text(text, encoding="utf-8")
    return held, text


def _mixed(ground: Ground) -> Sequence[bytes]:
    """Requests of all workloads in their shares, in an order that is the same in each run."""
    chance = random.Random("soak")  # noqa: S311  # foreseeable on purpose
    parts = []
    for workload in WORKLOADS:
        asked = workload.shuffled(ground)
        number = SHARES[workload.name] * MIXED // 100
        parts.append([message(workload, asked[place % len(asked)]) for place in range(number)])
    mixed = list(chain.from_iterable(parts))
    chance.shuffle(mixed)
    return mixed


def _samples(server: Running, load: subprocess.Popen[str]) -> list[int]:
    """The server's resident bytes, second by second, until the load is done."""
    samples = []
    while load.poll() is None:
        samples.append(server.memory_bytes())
        time.sleep(SAMPLE_SECONDS)
    return samples


async def _clean(ground: Ground) -> None:
    async with database(ground.uri, ground.database) as found:
        await clean(found, ground.writers)


def page(on: str, result: Result, samples: Sequence[int]) -> tuple[bool, str]:
    """Whether the memory held, and the page that says so."""
    third = max(1, len(samples) // 3)
    middle, last = (fmean(part) for part in (samples[third : 2 * third] or samples, samples[-third:]))
    held = last <= middle * RISE
    step = max(1, len(samples) // SHOWN)
    rows = [
        [f"{place * SAMPLE_SECONDS:.0f}", f"{samples[place] / MEGABYTE:.1f}"] for place in range(0, len(samples), step)
    ]
    shares = ", ".join(f"{share} % {name}" for name, share in SHARES.items())
    done = (
        f"{on}. {result.requests:,} requests ({shares}) in {result.seconds / 60:.1f} minutes, none with a bad answer: "
        f"{result.rate:,.0f}/s, p50 {result.p50:.1f} ms, p99 {result.p99:.1f} ms, longest {result.longest:.0f} ms."
    )
    memory = (
        f"Resident memory: {middle / MEGABYTE:.1f} MB in the middle third, {last / MEGABYTE:.1f} MB in the last, "
        f"{100 * (last / middle - 1):+.1f} %. **{'It holds.' if held else 'It grows: more than 5 % is a failure.'}**"
    )
    parts = ["# Soak", done, memory, table(["seconds", "MB"], rows)]
    return held, "\n\n".join(part.strip() for part in parts) + "\n"
