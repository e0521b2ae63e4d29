"""As many replications and sketches as a precision asks for: a pilot says how many more, and again until they do."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from simcap.analysis.assisted import CONFIDENCE, t_factor
from simcap.analysis.comparison import Run
from simcap.analysis.fidelities import LEAST_SIMULATED, allot
from simcap.analysis.figures import Figures, Layout
from simcap.analysis.precision import of_judged_windows, precision_table
from simcap.experiment.effort import of_replication, of_sketch
from simcap.scenario.schema.scenario import Scenario

CHANCES: Final = 0.05
"""How precise chances of a miss are to be: half the width of their intervals."""
MOST_SKETCHES: Final = 2000
"""Nor may sketches cost more than all replications that are allowed."""
MOST_GROWTH, LEAST_GROWTH = 4.0, 1.25
"""By how much numbers grow from one round to the next."""


class Numbers(NamedTuple):
    """Replications to simulate, the first of those to sketch."""

    simulated: int
    sketched: int


PILOT: Final = Numbers(LEAST_SIMULATED, 60)
"""What says how many more are needed."""


class Precise(NamedTuple):
    """What was simulated and sketched, and whether it is as precise as was asked."""

    numbers: Numbers
    table: pd.DataFrame
    """See `precision_table`."""
    judged: pd.DataFrame
    """Its rows of the horizon and of judged windows, with `half`, how wide their intervals are to either side."""
    wide: pd.DataFrame
    """Those of them that are wider than asked."""
    precision: float

    @property
    def words(self) -> str:
        """Return a sentence that says what was asked, and whether it was reached."""
        goal = f"attainment within {_points(self.precision)} and chances within {_points(CHANCES)}"
        numbers = f"{self.numbers.simulated:,} replications and {self.numbers.sketched:,} sketches"
        if self.wide.empty:
            return f"{goal}, in every SLA and window: reached with {numbers}"
        widest = self.judged.groupby("measure")["half"].max()
        return (
            f"{goal}: not reached in {len(self.wide):,} of {len(self.judged):,} figures with {numbers}, the most "
            f"allowed; attainment is known within {_points(widest['attainment'])}, chances within "
            f"{_points(widest['miss_probability'])}"
        )


def until_precise(
    scenario: Scenario,
    precision: float,
    most: int,
    start: Numbers,
    simulated: Callable[[int], Figures],
    sketched: Callable[[int], Run],
) -> Precise:
    """Simulate and sketch until attainment is within `precision`, and chances within 5 points, or at most so often.

    `simulated` and `sketched` return the figures of the first so many replications.
    """
    numbers = Numbers(start.simulated, max(start))
    while True:
        few, many = simulated(numbers.simulated), sketched(numbers.sketched)
        cost = cost_of(scenario, few)
        bounds = Numbers(most, max(min(MOST_SKETCHES, int(most / cost)), most, start.sketched))
        table = precision_table(few, many.figures, many.targets, many.periods)
        judged = with_half(table, few.layout)
        wide = judged[judged["half"] > _goals(judged, precision)]
        if wide.empty or numbers == _grown(numbers, bounds, bounds):
            return Precise(numbers, table, judged, wide, precision)
        numbers = _grown(numbers, asked(wide, precision, cost, bounds), bounds)


def with_half(table: pd.DataFrame, layout: Layout) -> pd.DataFrame:
    """Return the rows of the horizon and of judged windows, with half the width of their intervals."""
    judged = of_judged_windows(table, layout)
    return judged.assign(half=(judged["high"] - judged["low"]) / 2)


def asked(wide: pd.DataFrame, precision: float, cost: float, most: Numbers) -> Numbers:
    """Return the least numbers with which all of these rows are as precise as asked, as far as they tell.

    What sketches explain of a row's variance follows from the replications that it is worth: an error of
    V / effective is that of (1 - rho^2) V / n + rho^2 V / N. `cost` is that of a sketch in replications.
    """
    count, sketches = wide["replications"].iloc[0], max(wide["sketches"].iloc[0], wide["replications"].iloc[0] + 1)
    effective = wide["effective"].where(np.isfinite(wide["effective"]), count).clip(lower=1.0)
    error2 = (wide["half"] / float(t_factor(math.inf, CONFIDENCE))) ** 2
    rho2 = ((1 - count / effective) / (1 - count / sketches)).clip(0.0, 1.0)
    found = [
        allot(float(explained), cost, float(variance), float(goal), most)
        for explained, variance, goal in zip(rho2, effective * error2, _goals(wide, precision), strict=True)
    ]
    return Numbers(max(one.simulated for one in found), max(one.sketched for one in found))


def cost_of(scenario: Scenario, figures: Figures) -> float:
    """Return about what a sketch of a scenario costs in replications."""
    days = scenario.horizon.day_count
    items = float(figures.of("queues", "horizon", None, "arrived").sum(axis=1).mean())
    hours = float(figures.of("teams", "horizon", None, "on_floor_hours").sum(axis=1).mean())
    return of_sketch(days, hours) / of_replication(days, items)


def _goals(table: pd.DataFrame, precision: float) -> pd.Series:
    return pd.Series(np.where(table["measure"] == "attainment", precision, CHANCES), index=table.index)


def _grown(numbers: Numbers, wanted: Numbers, most: Numbers) -> Numbers:
    """Return more of either kind that is wanted, or of both if the same numbers were too few."""
    if all(more <= there for more, there in zip(wanted, numbers, strict=True)):
        wanted = Numbers(*(math.ceil(LEAST_GROWTH * there) for there in numbers))
    simulated, sketched = (
        max(min(more, math.ceil(MOST_GROWTH * there), bound), there)
        for more, there, bound in zip(wanted, numbers, most, strict=True)
    )
    return Numbers(simulated, max(simulated, sketched))


def _points(share: float) -> str:
    points = f"{100 * share:.2g}"
    return f"{points} point{'' if points == '1' else 's'}"
