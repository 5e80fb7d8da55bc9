"""The page of the live benchmark, and the same for programs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import orjson

from benchmarks.live.asked import LAST
from benchmarks.live.figures import Figures, commands
from benchmarks.live.measuring import REST_SECONDS, Measured, Scene
from benchmarks.servers import Kind
from benchmarks.tables import OURS, RESULTS, figure, table

MEGABYTES = 1024
"""What our one process may take for 10,000 who follow."""

RULES = f"""
Everybody follows the newest {LAST} messages of one conversation over a WebSocket of his own (`graphql-transport-ws`),
and the messages come by the same mutation over HTTP, evenly to all conversations. A run counts only if everybody got
every message of his conversation once, and none besides, each shown as its sender was shown it.

**What it is not.** `mercurius` and `yoga` hold no message up to anybody's rights: they ask once, when somebody
subscribes, whose conversation it is, and from then on hand him all that is published. They publish in the process,
after the transaction: what another process or a script writes reaches nobody, what was missed is not made up for, and
edits and deletions would have to be published by hand. This server reads the database's own change stream, asks the
rules at each event, of the row as it was and as it became, tells the list as it stands first, and gives each event a
cursor from which a client resumes; the others give null in its place. Their MongoDB keeps no images of changed rows,
which this server needs and pays for.
"""


@dataclass(frozen=True, slots=True)
class Run:
    """What was measured, by scene and server, a measurement for each round."""

    machine: str
    scenes: Sequence[Scene]
    kinds: Sequence[Kind]
    measured: Mapping[str, Mapping[str, Sequence[Measured]]]


def write(run: Run, *, keep: bool) -> tuple[bool, str]:
    """Whether the memory held, and the page; both files are written if they are to be kept."""
    held, text = page(run)
    if keep:
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / "live.md").write_text(text, encoding="utf-8")
        (RESULTS / "live.json").write_bytes(orjson.dumps(_raw(run), option=orjson.OPT_INDENT_2) + b"\n")
    return held, text


def page(run: Run) -> tuple[bool, str]:
    """Whether our memory held in every scene, and the page that people read."""
    rounds = max(len(several) for by in run.measured.values() for several in by.values())
    how = (
        f"{run.machine}. One process of each server, alone on a core of its own, the load and MongoDB on another; "
        f"{'medians of ' + str(rounds) + ' rounds' if rounds > 1 else 'one round'}."
    )
    held, parts = True, ["# Lists that stay up to date", how, RULES]
    for scene in run.scenes:
        figures = {
            name: Figures.median([Figures.of(one, scene) for one in several])
            for name, several in run.measured[scene.name].items()
        }
        parts += _scene(scene, figures)
        if OURS in figures:
            well, said = _memory(scene, figures[OURS])
            held = held and well
            parts.append(said)
    parts += _database(run)
    versions = "\n".join(f"- {kind.name}, {kind.title}: {kind.versions}" for kind in run.kinds)
    return held, "\n\n".join(part.strip() for part in [*parts, "## Servers", versions]) + "\n"


def _scene(scene: Scene, figures: Mapping[str, Figures]) -> Iterator[str]:
    yield (
        f"## {scene.subscribers:,} subscribers on {scene.conversations} conversations, "
        f"{scene.rate:g} messages a second for {scene.seconds:g} s"
    )
    yield (
        f"{scene.devices} devices of each conversation's owner: {scene.rate * scene.devices:,.0f} deliveries a second. "
        "Milliseconds from just before the request of the message is written, and from when its answer is there (below "
        "zero: delivered before it)."
    )
    heads = ["", "p50", "p99", "longest", "p50 from the answer", "p99 from the answer"]
    yield table(heads, ([name, *_times(one)] for name, one in figures.items()))
    yield (
        "CPU of the server: for one delivery (what a message costs more than when nobody follows, divided by those "
        "whom it reaches), and for one message; of MongoDB for one message. Nobody follows before and after: the "
        "cheaper of the two counts."
    )
    heads = [
        *("", "µs per delivery", "ms per message, nobody follows", "1 follows", "all follow"),
        *("MongoDB ms, nobody follows", "all follow", "delivery: ours ÷ it"),
    ]
    ours = figures.get(OURS)
    yield table(heads, ([name, *_costs(one, ours)] for name, one in figures.items()))
    yield f"Memory, once all follow; the core's share is of {REST_SECONDS:g} s in which nothing is sent."
    heads = ["", "KB per subscriber", "MB, idle", "MB, at most", "seconds to open all", "% of a core, idle"]
    yield table(heads, ([name, *_memories(one)] for name, one in figures.items()))
    busy = ", ".join(f"{one.busy:.0f} + {one.database_busy:.0f} % with {name}" for name, one in figures.items())
    late = max(one.late for one in figures.values())
    yield (
        f"The load and MongoDB used {busy} of the core that they share while all followed; no message was sent more "
        f"than {late:.0f} ms behind its time."
    )


def _times(one: Figures) -> Iterator[str]:
    yield from (f"{number:.1f}" for number in (one.p50, one.p99, one.longest, one.after_p50, one.after_p99))


def _costs(one: Figures, ours: Figures | None) -> Iterator[str]:
    yield f"{one.delivery_us:.0f}"
    yield from (figure(number) for number in (one.nobody, one.one, one.everybody, one.database_nobody, one.database))
    yield f"{ours.delivery_us / one.delivery_us:.2f}" if ours and one.delivery_us >= 1 else ""


def _memories(one: Figures) -> Iterator[str]:
    yield f"{one.kilobytes:.1f}"
    yield from (f"{number:,.0f}" for number in (one.idle_megabytes, one.most_megabytes))
    yield from (f"{one.opened_seconds:.1f}", f"{one.idle:.1f}")


def _memory(scene: Scene, ours: Figures) -> tuple[bool, str]:
    held = ours.most_megabytes < MEGABYTES
    said = "under 1 GiB" if held else "over 1 GiB, which is a failure"
    return held, f"**{scene.subscribers:,} subscribers take one process {ours.most_megabytes:,.0f} MB: {said}.**"


def _database(run: Run) -> Iterator[str]:
    scene = run.scenes[0]
    if OURS not in run.measured[scene.name]:
        return
    yield "## What one message asks of MongoDB"
    yield (
        "Commands for one message to this server, counted by MongoDB itself (`serverStatus`), when nobody follows, "
        f"when one does, and when {scene.subscribers:,} do. `getMore` is the one change stream: it answers at once "
        "when there is news, and four times a second when there is none."
    )
    found = commands(run.measured[scene.name][OURS][0])
    heads = ["", "nobody", "1", f"{scene.subscribers:,}"]
    yield table(heads, ([f"`{name}`", *(f"{number:.3f}" for number in counts)] for name, counts in found.items()))


def _raw(run: Run) -> dict[str, Any]:
    """Everything that was measured, each round by itself."""
    return {
        "machine": run.machine,
        "versions": {kind.name: kind.versions for kind in run.kinds},
        "scenes": {scene.name: asdict(scene) for scene in run.scenes},
        "rounds": {
            name: {who: [asdict(one) for one in several] for who, several in by.items()}
            for name, by in run.measured.items()
        },
    }
