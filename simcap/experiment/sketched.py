"""Sketches of replications, with the figures that a sketch has: of SLAs, people, work and money."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Final

from simcap.analysis.figures import Arrays, Layout, sketched_figures
from simcap.analysis.measures import stack_measures
from simcap.analysis.money import money_figures
from simcap.experiment.replicate import Outcome, draw_uncertain, forecast_of
from simcap.scenario.reading.loading import ScenarioFile
from simcap.sketch.presence import LastPresence
from simcap.sketch.sketch import Sketcher
from simcap.streams import Streams

SKETCHED: Final = ("sla", "teams", "vendors", "money")
"""Tables of figures that a sketch can have."""
SCENARIOS: Final = 64
"""Scenarios whose common part is kept in a process."""
_PRESENCES: Final = LastPresence()


def sketch_each(
    files: Sequence[ScenarioFile], seed: int, replication: int, periods: tuple[str, ...], tables: tuple[str, ...]
) -> list[tuple[Outcome, Layout]]:
    """Sketch one replication of each scenario; return outcomes and layouts of figures, as `replicate` does.

    Only these `tables` have figures. Raises `DataError` for data files that cannot be read.
    """
    return [sketch(file, seed, replication, periods, tables) for file in files]


def sketch(
    file: ScenarioFile, seed: int, replication: int, periods: tuple[str, ...], tables: tuple[str, ...] = SKETCHED
) -> tuple[Outcome, Layout]:
    """Sketch one replication of a scenario, as `sketch_each` does."""
    streams = Streams(seed, replication)
    drawn = (file.fitted.draw(streams) if file.fitted else {}) | draw_uncertain(file, streams)
    scenario = file.drawn(drawn)
    tally = _sketcher(file, "hour" in periods).sketch(scenario, streams)
    layout = Layout.of(tally, periods, scenario)
    figures = sketched_figures(tally, layout, tables)
    if "money" in tables:
        money = money_figures(scenario, tally, forecast_of(file))
        rows: Arrays = {
            ("money", period): stack_measures(rows, layout.measures["money"]) for period, rows in money.items()
        }
        figures |= rows
    return Outcome(streams.replication, figures, drawn, tally.notes), layout


@functools.lru_cache(maxsize=SCENARIOS)
def _sketcher(file: ScenarioFile, hourly: bool) -> Sketcher:
    return Sketcher(file.scenario, file.files, hourly=hourly, presences=_PRESENCES)
