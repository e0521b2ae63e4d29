"""All charts of a comparison."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from matplotlib.figure import Figure

from simcap.experiment.compare import Comparison
from simcap.report.charts.before_after import before_after_chart, queues_that_differ
from simcap.report.charts.cost import cost_chart
from simcap.report.charts.run import file_names
from simcap.report.charts.style import emptied, house_style, save


def draw_comparison(found: Comparison, folder: Path) -> list[Path]:
    """Draw the SLAs of each queue that differ, and costs, each as PNG and SVG into a folder; return the paths.

    Charts of an earlier comparison in the folder go.
    """
    emptied(folder)
    with house_style():
        return [path for name, figure in _figures(found) for path in save(figure, folder, name)]


def _figures(found: Comparison) -> Iterator[tuple[str, Figure]]:
    names = file_names(list(found.base.scenario.queues))
    for queue in queues_that_differ(found):
        yield f"sla-{names[queue]}", before_after_chart(found, queue)
    costs = cost_chart(found)
    if costs is not None:
        yield "cost", costs
