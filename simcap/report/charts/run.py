"""All charts of a run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path

from matplotlib.figure import Figure

from simcap.experiment.results import Results
from simcap.report.charts.backlog import backlog_chart
from simcap.report.charts.headcount import headcount_chart
from simcap.report.charts.heat_map import heat_map
from simcap.report.charts.sla import sla_chart
from simcap.report.charts.style import house_style, save
from simcap.report.wording.standing import standings
from simcap.scenario.reading.disk_names import file_names

Drawn = Iterator[tuple[str, Figure]]


def draw_charts(results: Results, folder: Path) -> list[Path]:
    """Draw all charts into a folder, each as PNG and SVG; return the paths of the files.

    A queue without SLA has no SLA chart; without an SLA that can be judged there is no heat map.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with house_style():
        return [path for draw in CHARTS for name, figure in draw(results) for path in save(figure, folder, name)]


def _slas(results: Results) -> Drawn:
    names = file_names(list(results.scenario.queues))
    for queue, rows in groupby(standings(results), key=lambda row: row.queue):
        yield f"sla-{names[queue]}", sla_chart(results, list(rows))


def _backlog(results: Results) -> Drawn:
    yield "backlog", backlog_chart(results)


def _headcount(results: Results) -> Drawn:
    yield "headcount", headcount_chart(results)


def _risk(results: Results) -> Drawn:
    chart = heat_map(results, standings(results))
    if chart is not None:
        yield "risk-heat-map", chart


CHARTS: list[Callable[[Results], Drawn]] = [_slas, _backlog, _headcount, _risk]
"""The function that draws each kind of chart of a run: its figures, each with the name of its files."""
