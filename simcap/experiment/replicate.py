"""One replication as an experiment sees it: a scenario with its uncertain values drawn, and the figures it gives."""

from __future__ import annotations

import dataclasses

import numpy as np

from simcap.analysis.figures import Figures, Layout, figures_of
from simcap.distributions import Distribution, Gamma, Lognormal, Uniform
from simcap.scenario.loading import ScenarioFile
from simcap.scenario.quantities import Uncertainty
from simcap.streams import Streams
from simcap.world.world import World


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What one replication gives."""

    replication: int
    figures: Figures
    drawn: dict[str, float]
    """Fitted values and those under `uncertain` as this replication drew them, by path."""
    notes: tuple[str, ...]


def replicate(file: ScenarioFile, seed: int, replication: int, periods: tuple[str, ...]) -> tuple[Outcome, Layout]:
    """Run one replication; return its outcome and the layout of its figures.

    Raises `DataError` for data files that cannot be read.
    """
    streams = Streams(seed, replication)
    drawn = (file.fitted.draw(streams) if file.fitted else {}) | draw_uncertain(file, streams)
    scenario = file.vary(drawn) if drawn else file.scenario
    tally = World(scenario, file.folder, streams, hourly="hour" in periods).run()
    layout = Layout.of(tally, periods)
    return Outcome(replication, figures_of(tally, layout), drawn, tally.notes), layout


def draw_uncertain(file: ScenarioFile, streams: Streams) -> dict[str, float]:
    """Return the values under `uncertain` of one replication, each drawn at the address of its path."""
    drawn = {}
    for path, uncertainty in file.scenario.uncertain.items():
        u = np.array([streams.uniform("uncertain", path)])
        drawn[path] = float(_family(uncertainty).ppf(u)[0])
    return drawn


def _family(uncertainty: Uncertainty) -> Distribution:
    if uncertainty.uniform is not None:
        return Uniform(*uncertainty.uniform)
    if uncertainty.lognormal is not None:
        return Lognormal(uncertainty.lognormal.mean, uncertainty.lognormal.cv)
    assert uncertainty.gamma is not None
    return Gamma(uncertainty.gamma.mean, uncertainty.gamma.cv)
