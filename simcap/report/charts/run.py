"""All charts of a run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from simcap.experiment.results import Results
from simcap.report.charts.backlog import backlog_charts
from simcap.report.charts.cohorts import cohort_charts
from simcap.report.charts.headcount import headcount_charts
from simcap.report.charts.heat_map import heat_map
from simcap.report.charts.hours import hours_charts
from simcap.report.charts.lateness import lateness_chart
from simcap.report.charts.outlooks import outlooks
from simcap.report.charts.safe import safe_chart
from simcap.report.charts.sla import sla_chart
from simcap.report.charts.style import house_style, save
from simcap.report.charts.volume import volume_chart
from simcap.report.charts.waterfall import waterfall_chart
from simcap.report.wording.findings import RISKY
from simcap.report.wording.standing import Standing, standings
from simcap.scenario.reading.disk_names import file_names
from simcap.scenario.schema.scenario import Scenario

Drawn = Iterator[tuple[str, Figure]]

MOST_QUEUES = 12
"""Most queues with a chart of their own."""


def draw_charts(results: Results, folder: Path) -> list[Path]:
    """Draw all charts that have something to tell into a folder, each as PNG and SVG; return the paths of the files.

    Of queues without a risk there is one chart for all; without an SLA that can be judged there is no heat map.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with house_style():
        return [path for draw in CHARTS for name, figure in draw(results) for path in save(figure, folder, name)]


def titles_of(scenario: Scenario) -> list[str]:
    """Return the names that charts of a scenario write."""
    teams = [team.title or name for vendor in scenario.vendors.values() for name, team in vendor.teams.items()]
    return [
        scenario.name,
        *(queue.title or name for name, queue in scenario.queues.items()),
        *(vendor.title or name for name, vendor in scenario.vendors.items()),
        *teams,
        *scenario.events,
    ]


def _risk(results: Results) -> Drawn:
    chart = heat_map(results, standings(results))
    if chart is not None:
        yield "risk-heat-map", chart


def _slas(results: Results) -> Drawn:
    """Yield a chart of each queue with something to tell, the worst ones if they are many, and one of all others."""
    names = file_names(list(results.scenario.queues))
    groups = {queue: list(rows) for queue, rows in groupby(standings(results), key=lambda row: row.queue)}
    stand = outlooks(results)
    risky = sorted((queue for queue in groups if stand[queue] in RISKY), key=lambda queue: _badness(groups[queue]))
    for queue in risky[:MOST_QUEUES]:
        yield f"sla-{names[queue]}", sla_chart(results, groups[queue])
    others = [row for queue, rows in groups.items() if queue not in risky[:MOST_QUEUES] for row in rows]
    chart = safe_chart(results, others)
    if chart is not None:
        yield "slas-in-a-line-each", chart


def risky_rows(results: Results) -> list[Standing]:
    """Return the SLAs that are at risk, each of them once: by vendor where work is allocated."""
    stand = outlooks(results)
    return [row for row in standings(results) if row.settled and stand[row.queue] in RISKY]


def _badness(rows: list[Standing]) -> tuple[float, float]:
    """Return a key that puts the queue most likely to miss an SLA first."""
    judged = [row for row in rows if row.judged]
    means = [float(np.nanmean(row.chance)) for row in judged]
    return -max((row.any_miss for row in judged), default=0.0), -max(means, default=0.0)


def _numbered(name: str, figures: Iterable[Figure]) -> Drawn:
    """Yield the sheets of a chart: backlog, backlog-2, ..."""
    for number, figure in enumerate(figures, 1):
        yield name if number == 1 else f"{name}-{number}", figure


def _named(name: str, figure: Figure | None) -> Drawn:
    if figure is not None:
        yield name, figure


CHARTS: list[Callable[[Results], Drawn]] = [
    _risk,
    _slas,
    lambda results: _named("lateness", lateness_chart(results, risky_rows(results))),
    lambda results: _named("volume", volume_chart(results)),
    lambda results: _numbered("backlog", backlog_charts(results)),
    lambda results: _numbered("hours", hours_charts(results)),
    lambda results: _numbered("headcount", headcount_charts(results)),
    lambda results: _numbered("cohorts", cohort_charts(results)),
    lambda results: _named("cost", waterfall_chart(results)),
]
"""The function that draws each kind of chart of a run: its figures, each with the name of its files."""
