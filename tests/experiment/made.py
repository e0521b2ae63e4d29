"""Results made by hand: no replication is simulated for them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import pandas as pd

from simcap.analysis.figures import Figures, Layout
from simcap.analysis.measures import SLA_MEASURES
from simcap.analysis.money import payers
from simcap.experiment.replicate import Outcome
from simcap.experiment.results import Results
from simcap.scenario.schema import Scenario
from tests.analysis.made import layout_of


def layout_with_money(plan: Scenario, periods: tuple[str, ...] = ("horizon", "month", "week")) -> Layout:
    """Return the layout of a scenario, with a row for each vendor that has a price, and for all of them."""
    layout = layout_of(plan, periods)
    return dataclasses.replace(layout, subjects=layout.subjects | {"money": tuple((name,) for name in payers(plan))})


def results(
    plan: Scenario,
    layout: Layout,
    figures: Figures,
    tables: Mapping[str, pd.DataFrame] | None = None,
    notes: tuple[str, ...] = (),
) -> Results:
    """Return results of these figures, with no tables but those given."""
    return Results(plan, 7, layout, figures, {}, dict(tables or {}), notes)


def outcomes(figures: Figures) -> list[Outcome]:
    """Return the replications of figures one by one, the last first."""
    count = len(next(iter(figures.values())))
    return [Outcome(n, {key: values[n] for key, values in figures.items()}, {}, ()) for n in reversed(range(count))]


def attain(
    figures: Figures, period: str, row: int, on_time: list[float], counted: list[float], window: int = 0
) -> None:
    """Give each replication its items in a window of an SLA: how many are on time, and how many count."""
    values = figures["sla", period][:, row, :, window]
    values[:, SLA_MEASURES.index("on_time")], values[:, SLA_MEASURES.index("counted")] = on_time, counted
    values[:, SLA_MEASURES.index("attainment")] = [one / all_ for one, all_ in zip(on_time, counted, strict=True)]
