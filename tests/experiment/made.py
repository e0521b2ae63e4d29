"""Results made by hand: no replication is simulated for them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import pandas as pd

from simcap.analysis.figures import Figures, Layout
from simcap.analysis.money import payers
from simcap.experiment.replicate import Outcome
from simcap.experiment.results import Results
from simcap.scenario.schema.scenario import Scenario
from tests.analysis.made import layout_of


def layout_with_money(plan: Scenario, periods: tuple[str, ...] = ("horizon", "month", "week")) -> Layout:
    """Return the layout of a scenario, with a row for each vendor that has a price, and for all of them."""
    layout = layout_of(plan, periods)
    return dataclasses.replace(layout, subjects=layout.subjects | {"money": tuple((name,) for name in payers(plan))})


def results(
    plan: Scenario,
    figures: Figures,
    tables: Mapping[str, pd.DataFrame] | None = None,
    notes: tuple[str, ...] = (),
) -> Results:
    """Return results of these figures, with no tables but those given."""
    return Results(plan, 7, figures, {}, dict(tables or {}), notes)


def outcomes(figures: Figures) -> list[Outcome]:
    """Return the replications of figures one by one, the last first."""
    return [
        Outcome(number, {key: values[number] for key, values in figures.arrays.items()}, {}, ())
        for number in reversed(range(figures.replications))
    ]


def attain(
    figures: Figures, period: str, row: int, on_time: list[float], counted: list[float], window: int = 0
) -> None:
    """Give each replication its items in a window of an SLA: how many are on time, and how many count."""
    shares = [one / all_ for one, all_ in zip(on_time, counted, strict=True)]
    for name, values in (("on_time", on_time), ("counted", counted), ("attainment", shares)):
        figures.of("sla", period, None, name)[:, row, window] = values
