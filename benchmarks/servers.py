"""The servers that are compared: how each is started, where it runs, and what it uses of the processor."""

import os
import platform
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import httpx
import orjson
import psutil

from benchmarks.ground import CACHE, ROOT, RULES, SECRET, Ground
from benchmarks.workloads import LONG_LIST

NODE = ROOT / "benchmarks" / "peers" / "node"
START_SECONDS = 60.0
POLL_SECONDS = 0.05
STOP_SECONDS = 10.0
COST = 50_000
"""What our server lets an operation cost: the list of 1,000 rows is beyond what is allowed usually."""

_UVICORN = ("-m", "uvicorn", "--http", "httptools", "--loop", "uvloop", "--no-access-log", "--no-server-header")


class CannotStart(Exception):
    """A server does not start; the message is one sentence that says where to look."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A server that can be started: `command` runs it, `packages` are those whose versions are told."""

    name: str
    title: str
    command: tuple[str, ...]
    packages: tuple[str, ...]
    node: bool = False

    @property
    def versions(self) -> str:
        """Its packages with their versions."""
        found = _node_versions(self.packages) if self.node else {name: version(name) for name in self.packages}
        runtime = f"Node {_node()}" if self.node else f"Python {platform.python_version()}"
        return ", ".join([*(f"{name} {number}" for name, number in found.items()), runtime])


def _python(name: str) -> tuple[str, ...]:
    return (sys.executable, *_UVICORN, "--log-level", "warning", f"benchmarks.peers.{name}.app:app")


def _script(name: str) -> tuple[str, ...]:
    return ("node", f"{name}.mjs")


KINDS = (
    Kind("ours", "this server", (sys.executable, "-m", "graphql_api", "serve"), ("strawberry-graphql", "graphql-core")),
    Kind("bare", "a bare handler, the driver's limit", _python("bare"), ("pymongo", "orjson", "uvicorn")),
    Kind("mercurius", "Mercurius, JIT, loaders", _script("mercurius"), ("mercurius", "fastify", "mongodb"), node=True),
    Kind("yoga", "Yoga, graphql-jit", _script("yoga"), ("graphql-yoga", "@envelop/graphql-jit", "mongodb"), node=True),
    Kind("apollo", "Apollo Server", _script("apollo"), ("@apollo/server", "mongodb"), node=True),
    Kind("stock", "Strawberry, Beanie, DataLoader", _python("stock"), ("strawberry-graphql", "beanie", "fastapi")),
)
BY_NAME = {kind.name: kind for kind in KINDS}


@dataclass(frozen=True, slots=True)
class Running:
    """A server that listens on `port`; its log is in `words`."""

    kind: Kind
    port: int
    process: psutil.Process
    words: Path

    @property
    def url(self) -> str:
        """Where it takes operations."""
        return f"http://127.0.0.1:{self.port}/graphql"

    def memory_bytes(self) -> int:
        """Resident memory of it and its children."""
        return sum(one.memory_info().rss for one in _family(self.process))


def processor_seconds(process: psutil.Process) -> float:
    """What a process and its children have used of the processor so far."""
    spent = [one.cpu_times() for one in _family(process)]
    return sum(times.user + times.system for times in spent)


def _family(process: psutil.Process) -> list[psutil.Process]:
    return [process, *process.children(recursive=True)]


@contextmanager
def running(kind: Kind, ground: Ground, cores: Sequence[int]) -> Iterator[Running]:
    """The server on these `cores`, from its first answer on until the end of the block. Raises `CannotStart`."""
    if shutil.which(kind.command[0]) is None:
        raise CannotStart(f"{kind.name} needs {kind.command[0]}: install it, or leave the server out with --only.")
    port = free_port()
    words = CACHE / f"{kind.name}-{port}.log"
    with words.open("wb") as log:
        started = subprocess.Popen(  # noqa: S603  # our own command
            kind.command if kind.node else _with_port(kind.command, port),
            cwd=NODE if kind.node else ROOT,
            env=_environment(ground, port),
            stdout=log,
            stderr=subprocess.STDOUT,
            preexec_fn=lambda: os.sched_setaffinity(0, cores),
        )
    try:
        found = Running(kind, port, psutil.Process(started.pid), words)
        _await(started, found)
        yield found
    finally:
        started.terminate()
        try:
            started.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()


def _with_port(command: Sequence[str], port: int) -> list[str]:
    # Ours takes its port from the environment, uvicorn from its command line.
    return [*command, "--port", str(port)] if "uvicorn" in command else list(command)


def _environment(ground: Ground, port: int) -> Mapping[str, str]:
    return {
        "PATH": os.environ.get("PATH", ""),
        "NODE_ENV": "production",
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "MONGODB_URI": ground.uri,
        "MONGODB_DATABASE": ground.database,
        "DATA_DIR": str(CACHE / "ours"),
        "AUTH_SECRET": SECRET,
        "AUTH_ISSUER": RULES.issuer,
        "AUTH_AUDIENCE": RULES.audience,
        "GRAPHIQL": "false",
        "INTROSPECTION": "false",
        "PAGE_LIMIT": str(LONG_LIST),
        "COST_LIMIT": str(COST),
        "LOG_LEVEL": "warning",
    }


def _await(started: subprocess.Popen[bytes], found: Running) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and started.poll() is None:
        try:
            httpx.post(found.url, json={"query": "{ __typename }"}, timeout=5)
        except httpx.TransportError:
            time.sleep(POLL_SECONDS)
        else:
            return
    last = found.words.read_text(errors="replace").strip().splitlines()[-3:]
    raise CannotStart(f"{found.kind.name} does not start: {' '.join(last) or 'it says nothing'}.")


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _node() -> str:
    told = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True)  # noqa: S607  # by PATH
    return told.stdout.strip().removeprefix("v")


def _node_versions(packages: Sequence[str]) -> dict[str, str]:
    locked = orjson.loads((NODE / "package-lock.json").read_bytes())["packages"]
    return {name: locked[f"node_modules/{name}"]["version"] for name in packages}
