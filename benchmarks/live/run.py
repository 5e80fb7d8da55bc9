"""Runs the live benchmark: each server in each scene, on fresh data, and writes what came out."""

import os
import resource
from collections.abc import Callable, Sequence
from dataclasses import replace

from benchmarks import machine
from benchmarks.live import ground
from benchmarks.live.measuring import Measured, Scene, measure
from benchmarks.live.page import Run, write
from benchmarks.rounds import LoadFailed, cores
from benchmarks.servers import BY_NAME, Kind, running

OURS = BY_NAME["ours"]
KINDS = (
    OURS,
    replace(
        BY_NAME["mercurius"],
        title="Mercurius, its own pubsub (mqemitter)",
        command=("node", "live-mercurius.mjs"),
        packages=("mercurius", "fastify", "mqemitter", "ws", "mongodb"),
    ),
    replace(
        BY_NAME["yoga"],
        title="Yoga, its own pubsub, graphql-ws, graphql-jit",
        command=("node", "live-yoga.mjs"),
        packages=("graphql-yoga", "graphql-ws", "ws", "@envelop/graphql-jit", "mongodb"),
    ),
)

# One account may have 50 sockets: more than that on one conversation would be refused by our server.
SCENES = (Scene("thousand", 100, 10, 50.0, 20.0), Scene("crowd", 200, 50, 10.0, 20.0))

SPARE_FILES = 500
"""Open files of a process beside the sockets of those who follow."""


def run(
    kinds: Sequence[Kind], scenes: Sequence[Scene], rounds: int, told: Callable[[str], None], *, keep: bool
) -> tuple[bool, str]:
    """Measure, and write `live.md` and `live.json` if they are to be kept; whether all held, and the page."""
    on = machine.words()
    _allow_files(max(scene.subscribers for scene in scenes) + SPARE_FILES)
    theirs, mine = cores()
    os.sched_setaffinity(0, mine)
    measured: dict[str, dict[str, list[Measured]]] = {scene.name: {kind.name: [] for kind in kinds} for scene in scenes}
    with ground.mongod() as uri:
        for scene in scenes:
            for _ in range(rounds):
                for kind in kinds:
                    measured[scene.name][kind.name].append(_one(uri, kind, scene, theirs, told))
    return write(Run(on, scenes, kinds, measured), keep=keep)


def _one(uri: str, kind: Kind, scene: Scene, theirs: Sequence[int], told: Callable[[str], None]) -> Measured:
    ours = kind is OURS
    stage = ground.settle(uri, scene.conversations, images=ours)
    with running(kind, stage.ground, theirs) as server:
        try:
            return measure(server, stage, scene, snapshots=ours, told=told)
        except LoadFailed as error:
            raise LoadFailed(f"{kind.name}, {scene.subscribers:,} subscribers: {error}") from error


def _allow_files(number: int) -> None:
    """Let this process, and those that it starts, have so many files open. Raises `LoadFailed`."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard not in (-1, resource.RLIM_INFINITY) and hard < number:
        raise LoadFailed(f"{number:,} open files are needed and {hard:,} allowed: raise the hard limit (ulimit -Hn).")
    if soft != resource.RLIM_INFINITY and soft < number:
        resource.setrlimit(resource.RLIMIT_NOFILE, (number, hard))
