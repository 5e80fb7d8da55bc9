"""Measures one server while many follow what others send: time, processor, memory, and what is asked of MongoDB."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import Any

import psutil

from benchmarks.ground import ROOT
from benchmarks.live.audience import Sent, Spread
from benchmarks.live.ground import Stage
from benchmarks.rounds import LoadFailed
from benchmarks.servers import Running, processor_seconds
from models.store.connection import connect

WARM_SECONDS = 3.0
WARM_RATE = 50.0
"""Before each timed stretch, so long and so many messages a second, and at least one to each conversation: engines of
JavaScript compile while they run, and servers look up once who somebody is."""

REST_SECONDS = 10.0
"""In which nothing is sent, and what those cost who only wait is seen."""

OURS = frozenset({"hello", "isMaster", "serverStatus", "endSessions", "ping", "buildInfo", "saslStart", "saslContinue"})
"""Commands that drivers and this benchmark send, whatever the server does."""


@dataclass(frozen=True, slots=True)
class Scene:
    """How many follow how many conversations, `devices` each, and at which rate messages are sent for how long."""

    name: str
    conversations: int
    devices: int
    rate: float
    seconds: float

    @property
    def subscribers(self) -> int:
        """Everybody who follows."""
        return self.conversations * self.devices

    def shortened(self, seconds: float, subscribers: int) -> "Scene":
        """The same for other seconds, and with no more subscribers than these, on as many conversations."""
        devices = max(1, min(self.devices, subscribers // self.conversations))
        return replace(self, seconds=seconds, devices=devices)


@dataclass(frozen=True, slots=True)
class Stretch:
    """What one stretch of sending cost: seconds of the processor, of the server and of MongoDB, and its commands."""

    sent: Sent
    server: float
    database: float
    commands: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Measured:
    """One server in one scene.

    `nobody` is the stretch before anybody followed, `one` that which a single one did, `everybody` that of all,
    `afterwards` that when they had left again: engines of JavaScript have compiled more by then, and our server still
    hears of the changes, in case somebody comes back. Memory is in bytes: without anybody, once all
    follow and nothing is sent, and after all was sent. `idle` is the share of a core that the server uses while nothing
    is sent, `opened` the seconds until everybody followed.
    """

    nobody: Stretch
    one: Stretch
    everybody: Stretch
    afterwards: Stretch
    opened: float
    idle: float
    memory: tuple[int, int, int]


def measure(server: Running, stage: Stage, scene: Scene, *, snapshots: bool, told: Callable[[str], None]) -> Measured:
    """Measure the server; `told` hears of each step. Raises `LoadFailed` unless everybody gets everything, once."""
    with _load(server.port, stage, snapshots=snapshots) as load:
        load.warm(scene, times=2)
        nobody = _stretch(server, stage, scene, load)
        before = server.memory_bytes()
        load.ask(follow=1)
        load.warm(scene)
        one = _stretch(server, stage, scene, load)
        told(f"{server.kind.name}, 1 follows")
        opened = load.ask(follow=scene.subscribers - 1)
        idle = _rest(server)
        rested = server.memory_bytes()
        told(f"{server.kind.name}, {scene.subscribers:,} follow after {opened:.1f} s, {rested / 2**20:,.0f} MB")
        load.send(scene.rate, WARM_SECONDS)
        everybody = _stretch(server, stage, scene, load)
        memory = (before, rested, server.memory_bytes())
        told(
            f"{server.kind.name}, {everybody.sent.deliveries:,} deliveries in {everybody.sent.from_request.p50:.1f} ms"
        )
        load.ask(leave=1)
        load.warm(scene)
        afterwards = _stretch(server, stage, scene, load)
        told(f"{server.kind.name}, nobody follows any more")
        return Measured(nobody, one, everybody, afterwards, opened, idle, memory)


class Load:
    """The process of those who follow and send."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def ask(self, **command: float) -> Any:
        """Let it do something; what it says of it. Raises `LoadFailed`."""
        assert self.process.stdin is not None  # noqa: S101  # it was started with pipes
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()
        return self.answer()

    def answer(self) -> Any:
        """The next line that it says. Raises `LoadFailed`."""
        assert self.process.stdout is not None  # noqa: S101  # the same
        assert self.process.stderr is not None  # noqa: S101  # the same
        line = self.process.stdout.readline()
        if not line:
            raise LoadFailed(f"The load has ended: {self.process.stderr.read().strip().splitlines()[-1:]}")
        told = json.loads(line)
        if isinstance(told, dict) and "failed" in told:
            raise LoadFailed(told["failed"])
        return told

    def warm(self, scene: Scene, times: int = 1) -> None:
        """Let the server do what it does only at first. Raises `LoadFailed`."""
        self.send(WARM_RATE, times * max(WARM_SECONDS, scene.conversations / WARM_RATE))

    def send(self, rate: float, seconds: float) -> Sent:
        """Send so many messages a second. Raises `LoadFailed`."""
        told = self.ask(rate=rate, seconds=seconds)
        for name in ("insert", "from_request", "from_answer"):
            told[name] = Spread(**told[name])
        return Sent(**told)


@contextmanager
def _load(port: int, stage: Stage, *, snapshots: bool) -> Iterator[Load]:
    order = {"port": port, "snapshots": snapshots, "talks": [asdict(talk) for talk in stage.talks]}
    command = [sys.executable, "-m", "benchmarks.live.audience"]
    with subprocess.Popen(  # noqa: S603  # our own command
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        load = Load(process)
        try:
            assert process.stdin is not None  # noqa: S101  # as above
            process.stdin.write(json.dumps(order) + "\n")
            process.stdin.flush()
            load.answer()
            yield load
        finally:
            process.kill()


def _stretch(server: Running, stage: Stage, scene: Scene, load: Load) -> Stretch:
    processes = [server.process, mongod()]
    commands = asyncio.run(_commands(stage.ground.uri))
    before = [processor_seconds(process) for process in processes]
    sent = load.send(scene.rate, scene.seconds)
    mine, base = (processor_seconds(process) - earlier for process, earlier in zip(processes, before, strict=True))
    counted = asyncio.run(_commands(stage.ground.uri))
    made = {name: number - commands.get(name, 0) for name, number in counted.items() if number > commands.get(name, 0)}
    return Stretch(sent, mine, base, made)


def _rest(server: Running) -> float:
    """The share of a core that the server uses while nobody sends."""
    start, before = time.perf_counter(), processor_seconds(server.process)
    time.sleep(REST_SECONDS)
    return (processor_seconds(server.process) - before) / (time.perf_counter() - start)


def mongod() -> psutil.Process:
    """The benchmark's own MongoDB."""
    return next(child for child in psutil.Process().children() if child.name() == "mongod")


async def _commands(uri: str) -> dict[str, int]:
    """How many of each command MongoDB has taken so far."""
    async with connect(uri) as client:
        told = (await client.admin.command("serverStatus"))["metrics"]["commands"]
    return {
        name: int(counts["total"])
        for name, counts in told.items()
        if isinstance(counts, Mapping) and "total" in counts and name not in OURS and not name.startswith("replSet")
    }
