"""One sketch of a replication, with the figures that a sketch has: of SLAs, people, work and money."""

from __future__ import annotations

import functools
from typing import Final

from simcap.analysis.figures import Arrays, Layout, sketched_figures
from simcap.analysis.measures import stack_measures
from simcap.analysis.money import money_figures
from simcap.experiment.replicate import Outcome, draw_uncertain, forecast_of
from simcap.scenario.reading.loading import ScenarioFile
from simcap.sketch.sketch import Sketcher
from simcap.streams import Streams

SCENARIOS: Final = 64
"""Scenarios whose common part is kept in a process."""


def sketch(file: ScenarioFile, seed: int, replication: int, periods: tuple[str, ...]) -> tuple[Outcome, Layout]:
    """Sketch one replication; return its outcome and the layout of its figures, as `replicate` does.

    Of the tables of figures it has `sla`, `teams`, `vendors` and `money`. Raises `DataError` for data files that cannot
    be read.
    """
    streams = Streams(seed, replication)
    drawn = (file.fitted.draw(streams) if file.fitted else {}) | draw_uncertain(file, streams)
    scenario = file.drawn(drawn)
    tally = _sketcher(file, "hour" in periods).sketch(scenario, streams)
    layout = Layout.of(tally, periods, scenario)
    money = money_figures(scenario, tally, forecast_of(file))
    paid: Arrays = {("money", period): stack_measures(rows, layout.measures["money"]) for period, rows in money.items()}
    return Outcome(replication, sketched_figures(tally, layout) | paid, drawn, tally.notes), layout


@functools.lru_cache(maxsize=SCENARIOS)
def _sketcher(file: ScenarioFile, hourly: bool) -> Sketcher:
    return Sketcher(file.scenario, file.files, hourly=hourly)
