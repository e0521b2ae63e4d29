"""One replication of an experiment: a scenario with its uncertain values drawn, and the resulting figures."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np
import pandas as pd

from simcap.analysis.figures import Arrays, Layout, figures_of
from simcap.analysis.measures import stack_measures
from simcap.analysis.money import money_figures
from simcap.analysis.usage import Forecast
from simcap.analysis.work import WORK_MEASURES, WORK_PERIODS, work_figures
from simcap.demand.demand import Demand
from simcap.distributions import Distribution, Gamma, Lognormal, Uniform
from simcap.scenario.reading.loading import ScenarioFile
from simcap.scenario.reading.parameters import number_at
from simcap.scenario.schema.quantities import Uncertainty
from simcap.streams import Purpose, Streams
from simcap.world.world import World

UNCERTAIN = "scenario"
"""The group of the values under `uncertain`."""


@dataclasses.dataclass(frozen=True)
class Outcome:
    """The outcome of one replication."""

    replication: int
    figures: Arrays
    drawn: dict[str, float]
    """Fitted values, and those under `uncertain`, as drawn by this replication, by path."""
    notes: tuple[str, ...]


def replicate(file: ScenarioFile, seed: int, replication: int, periods: tuple[str, ...]) -> tuple[Outcome, Layout]:
    """Run one replication; return its outcome and the layout of its figures.

    Raises `DataError` for data files that cannot be read.
    """
    streams = Streams(seed, replication)
    drawn = (file.fitted.draw(streams) if file.fitted else {}) | draw_uncertain(file, streams)
    scenario = file.drawn(drawn)
    tally = World(scenario, file.files, streams, hourly="hour" in periods, by_day="day" in periods).run()
    layout = Layout.of(tally, periods, scenario)
    money = money_figures(scenario, tally, forecast_of(file))
    paid: Arrays = {("money", period): stack_measures(rows, layout.measures["money"]) for period, rows in money.items()}
    done: Arrays = {
        ("work", period): stack_measures(work_figures(scenario, tally, layout.windows[period]), WORK_MEASURES)
        for period in WORK_PERIODS
        if period in layout.windows and layout.subjects["work"]
    }
    return Outcome(replication, figures_of(tally, layout) | paid | done, drawn, tally.notes), layout


@functools.lru_cache(maxsize=64)
def forecast_of(file: ScenarioFile) -> Forecast | None:
    """Return the expected items, if a contract locks a forecast.

    They are those of the scenario as written: uncertain values as fitted or written, no unforeseen surges.
    """
    scenario = file.scenario
    contracts = [vendor.contract for vendor in scenario.vendors.values()]
    if not any(contract is not None and contract.forecast_lock is not None for contract in contracts):
        return None
    events = {name: event for name, event in scenario.events.items() if event.surge is None or event.surge.in_forecast}
    planned = scenario.model_copy(update={"events": events})
    return Demand(planned, file.files).expected_items(scenario.horizon.day_count)


def draw_uncertain(file: ScenarioFile, streams: Streams) -> dict[str, float]:
    """Return the values under `uncertain` of one replication, each drawn at the address of its path."""
    drawn = {}
    for path, uncertainty in file.scenario.uncertain.items():
        u = np.array([streams.uniform(Purpose.UNCERTAIN, path)])
        drawn[path] = float(_family(uncertainty).ppf(u)[0])
    return drawn


def drawn_ranges(file: ScenarioFile) -> pd.DataFrame:
    """Return a table of the values that replications draw: group, parameter, value (as fitted or written), p05, p95."""
    ranges = [] if file.fitted is None else list(file.fitted.ranges())
    for path, uncertainty in file.scenario.uncertain.items():
        low, high = _family(uncertainty).ppf(np.array([0.05, 0.95])).tolist()
        ranges.append((UNCERTAIN, path, number_at(file.document, path), low, high))
    return pd.DataFrame(ranges, columns=["group", "parameter", "value", "p05", "p95"])


def _family(uncertainty: Uncertainty) -> Distribution:
    if uncertainty.uniform is not None:
        return Uniform(*uncertainty.uniform)
    if uncertainty.lognormal is not None:
        return Lognormal(uncertainty.lognormal.mean, uncertainty.lognormal.cv)
    assert uncertainty.gamma is not None
    return Gamma(uncertainty.gamma.mean, uncertainty.gamma.cv)
