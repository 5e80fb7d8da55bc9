"""The comparison as a picture."""

from collections.abc import Mapping
from pathlib import Path

import matplotlib as mpl
from matplotlib import pyplot
from matplotlib.axes import Axes

from benchmarks.rounds import Measured, medians
from benchmarks.tables import BARE, OURS, RESULTS, Run

COLOURS = {OURS: "#c2410c", BARE: "#9ca3af"}
OTHERS = "#1e40af"
PALE = 0.35
"""How much of its colour the part of a bar has that MongoDB used."""

COLUMNS = 4
INCHES = (3.6, 2.9)
"""Width and height of a panel."""


def draw(run: Run, path: Path = RESULTS / "latest.png") -> None:
    """Write bars of CPU milliseconds per request, a panel for each workload; shorter is better."""
    mpl.use("Agg")
    found = medians(run.rounds)
    lines = -(-len(run.workloads) // COLUMNS)
    size = (INCHES[0] * COLUMNS, INCHES[1] * lines + 0.5)
    figure, grid = pyplot.subplots(lines, COLUMNS, figsize=size, squeeze=False)
    for panel in grid.flat[len(run.workloads) :]:
        panel.remove()
    for panel, workload in zip(grid.flat, run.workloads, strict=False):
        _bars(panel, run, found[workload.name])
        panel.set_title(workload.title, fontsize=10)
    figure.suptitle("CPU milliseconds per request: of the server, and (pale) of MongoDB; shorter is better")
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    pyplot.close(figure)


def _bars(panel: Axes, run: Run, found: Mapping[str, Measured]) -> None:
    ours = [found[name].cpu for name in run.servers]
    theirs = [found[name].database for name in run.servers]
    colours = [COLOURS.get(name, OTHERS) for name in run.servers]
    panel.barh(run.servers, ours, color=colours)
    ends = panel.barh(run.servers, theirs, left=ours, color=colours, alpha=PALE)
    words = [f"{mine:.3g} + {its:.3g}" for mine, its in zip(ours, theirs, strict=True)]
    panel.bar_label(ends, labels=words, padding=3, fontsize=8)
    panel.margins(x=0.4)
    panel.invert_yaxis()
    panel.spines[["top", "right"]].set_visible(False)
