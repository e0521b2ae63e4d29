"""All charts of a comparison."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from matplotlib.figure import Figure

from simcap.experiment.comparison import Comparison
from simcap.report.charts.before_after import before_after_chart, queues_that_differ
from simcap.report.charts.cost import cost_chart
from simcap.report.charts.decision import decision_chart
from simcap.report.charts.style import emptied, house_style, save
from simcap.scenario.reading.disk_names import file_names


def draw_comparison(comparison: Comparison, folder: Path) -> list[Path]:
    """Draw the SLAs of each queue that differ, and costs, each as PNG and SVG into a folder; return the paths.

    Charts of an earlier comparison in the folder are removed.
    """
    emptied(folder)
    with house_style():
        return [path for name, figure in _figures(comparison) for path in save(figure, folder, name)]


def _figures(comparison: Comparison) -> Iterator[tuple[str, Figure]]:
    yield "decision", decision_chart(comparison)
    names = file_names(list(comparison.base.scenario.queues))
    for queue in queues_that_differ(comparison):
        yield f"sla-{names[queue]}", before_after_chart(comparison, queue)
    costs = cost_chart(comparison)
    if costs is not None:
        yield "cost", costs
