"""The comparison as a picture."""

from pathlib import Path

import matplotlib as mpl
from matplotlib import pyplot

from benchmarks.rounds import medians
from benchmarks.tables import BARE, OURS, RESULTS, Run

COLOURS = {OURS: "#c2410c", BARE: "#9ca3af"}
OTHERS = "#1e40af"
INCHES_PER_WORKLOAD = 3.2


def draw(run: Run, path: Path = RESULTS / "latest.png") -> None:
    """Write bars of CPU milliseconds per request, a panel for each workload; shorter is better."""
    mpl.use("Agg")
    found = medians(run.rounds)
    width = INCHES_PER_WORKLOAD * len(run.workloads)
    figure, panels = pyplot.subplots(1, len(run.workloads), figsize=(width, 3.4), squeeze=False)
    for panel, workload in zip(panels[0], run.workloads, strict=True):
        figures = [found[workload.name][name].cpu for name in run.servers]
        bars = panel.barh(run.servers, figures, color=[COLOURS.get(name, OTHERS) for name in run.servers])
        panel.bar_label(bars, fmt="%.3g", padding=3)
        panel.margins(x=0.25)
        panel.invert_yaxis()
        panel.set_title(workload.title, fontsize=10)
        panel.spines[["top", "right"]].set_visible(False)
    figure.suptitle("CPU milliseconds of the server per request (shorter is better)")
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    pyplot.close(figure)
