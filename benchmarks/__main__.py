"""The command line of the benchmarks: `compare`, `growth`, `soak`, `live`."""

import os
import signal
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from importlib.util import find_spec
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.markdown import Markdown
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from benchmarks import growth as growing
from benchmarks import machine, rounds, tables
from benchmarks import soak as soaking
from benchmarks.checking import Unequal, check
from benchmarks.ground import mongod, prepare
from benchmarks.live import run as living
from benchmarks.servers import KINDS, CannotStart, running
from benchmarks.workloads import WORKLOADS
from graphql_api.embedded.mongod import EmbeddedUnavailable

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Benchmarks of the server.")
console = Console(stderr=True)
Named = TypeVar("Named")

Seconds = Annotated[float, typer.Option(min=0.5, help="Seconds of each timed stretch.")]


@app.command()
def compare(
    number: Annotated[int, typer.Option("--rounds", min=1, help="Rounds; the medians are told.")] = 5,
    seconds: Seconds = 3.0,
    only: Annotated[str, typer.Option(help="Servers, separated by commas; all unless given.")] = "",
    workloads: Annotated[str, typer.Option(help="Workloads, separated by commas; all unless given.")] = "",
) -> None:
    """Our server beside others that do the same work on the same data."""
    kinds = _chosen(only, {kind.name: kind for kind in KINDS}, "--only")
    asked = _chosen(workloads, {workload.name: workload for workload in WORKLOADS}, "--workloads")
    on = machine.words()
    with ExitStack() as stack:
        theirs, mine = rounds.cores()
        os.sched_setaffinity(0, mine)
        ground = prepare(stack.enter_context(mongod()))
        servers = [stack.enter_context(running(kind, ground, theirs)) for kind in kinds]
        with console.status("Comparing the answers"):
            check(servers, asked, ground)
        console.print("All servers give the same answers.")
        with _progress() as progress:
            task = progress.add_task("Measuring", total=number * len(kinds) * len(asked))

            def told(line: str) -> None:
                progress.print(line, highlight=False)
                progress.advance(task)

            measured = rounds.compare(servers, asked, ground, number, seconds, told)
    run = tables.Run(on, seconds, asked, [kind.name for kind in kinds], measured)
    if len(kinds) == len(KINDS) and len(asked) == len(WORKLOADS):
        # A part of the comparison is for the one who looks, and replaces no whole one.
        tables.write(run)
        _draw(run)
    console.print(Markdown(tables.page(run)))


def _draw(run: tables.Run) -> None:
    if find_spec("matplotlib") is None:
        console.print("No chart: it needs the extra 'bench' (matplotlib).")
        return
    from benchmarks.chart import draw

    draw(run)


@app.command()
def growth(seconds: Seconds = 4.0) -> None:
    """Our server with more processes, larger tables and deeper pages."""
    text = growing.run(seconds, console)
    console.print(Markdown(text))


@app.command()
def soak(
    requests: Annotated[int, typer.Option(min=1, help="Requests to send, unless the time is over before.")] = 1_000_000,
    minutes: Annotated[float, typer.Option(min=0.1, help="Most minutes that it may take.")] = 12.0,
) -> None:
    """Our server under mixed load for a long time: its memory must not grow."""
    held, text = soaking.run(requests, minutes, console)
    console.print(Markdown(text))
    if not held:
        raise typer.Exit(1)


@app.command()
def live(
    number: Annotated[int, typer.Option("--rounds", min=1, help="Rounds; the medians are told.")] = 1,
    seconds: Annotated[float, typer.Option(min=1, help="Seconds of each timed stretch.")] = 20.0,
    subscribers: Annotated[int, typer.Option(min=0, help="Most subscribers, for a quick look; 0 is all.")] = 0,
    only: Annotated[str, typer.Option(help="Servers, separated by commas; all unless given.")] = "",
    scenes: Annotated[str, typer.Option(help="Scenes, separated by commas; all unless given.")] = "",
) -> None:
    """Lists that stay up to date: 1,000 and 10,000 subscribers of our server and of others."""
    kinds = _chosen(only, {kind.name: kind for kind in living.KINDS}, "--only")
    asked = _chosen(scenes, {scene.name: scene for scene in living.SCENES}, "--scenes")
    whole = len(kinds) == len(living.KINDS) and len(asked) == len(living.SCENES) and not subscribers
    shown = [scene.shortened(seconds, subscribers or scene.subscribers) for scene in asked]
    held, text = living.run(kinds, shown, number, lambda line: console.print(line, highlight=False), keep=whole)
    console.print(Markdown(text))
    if not held:
        raise typer.Exit(1)


def _chosen(words: str, known: dict[str, Named], option: str) -> Sequence[Named]:
    names = [word.strip() for word in words.split(",") if word.strip()] or list(known)
    wrong = [name for name in names if name not in known]
    if wrong:
        raise typer.BadParameter(f"{', '.join(wrong)}: must be among {', '.join(known)}.", param_hint=option)
    return [known[name] for name in names]


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console, transient=True)


def main() -> None:
    """Run the command; what its user can mend is told in a sentence."""
    # Told to stop, it stops what it has started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        app()
    except (CannotStart, EmbeddedUnavailable, Unequal, rounds.LoadFailed) as error:
        console.print(f"[red]{error.__class__.__name__}:[/] {escape(str(error))}", highlight=False, soft_wrap=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
