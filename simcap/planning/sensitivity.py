"""What an outcome hangs on: each driver moved alone, how far it may go, and shares of the variance of all together."""

from __future__ import annotations

import dataclasses
import functools
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.analysis.comparison import Run
from simcap.analysis.money import ALL, MONEY_MEASURES
from simcap.analysis.pairs import missed, paired
from simcap.analysis.risks import is_settled
from simcap.errors import ScenarioError
from simcap.experiment.batch import Plan, Progress, run_batch
from simcap.experiment.pool import available_cores, scattered
from simcap.experiment.replicate import replicate
from simcap.planning.drivers import Driver, drivers_of, point, without_factor
from simcap.scenario.derived import derived
from simcap.scenario.loading import ScenarioFile
from simcap.scenario.schema import Scenario

Array = NDArray[np.float64]
Outcome = tuple[str, str, str, str]
"""queue, vendor, sla, measure: attainment over the horizon, any_miss (its chance), or net_cost (names empty)."""

GRID = (0.7, 1.4, 2.0)
"""Factors, beside the ends of the range, between which a break-even is looked for."""
BREAK = 0.5
"""Chance of a miss at which an SLA counts as missed."""


@dataclasses.dataclass(frozen=True)
class Sensitivity:
    """What drivers do."""

    scenario: Scenario
    replications: int
    tornado: pd.DataFrame
    """driver, end (low, high), factor, value (in words), own (its own uncertainty), queue, vendor, sla, measure, base,
    moved, difference, ci_low, ci_high (95%)."""
    breaks: pd.DataFrame
    """driver, queue, vendor, sla, base (chance of any miss), factor (at which it is 50%; empty: none in reach), value
    (in words), low and high (the factors simulated around it)."""
    sobol: pd.DataFrame
    """driver, queue, vendor, sla, measure, first, first_low, first_high, total, total_low, total_high (95%)."""
    left_out: tuple[str, ...]


def sensitivity(
    file: ScenarioFile,
    plan: Plan,
    *,
    samples: int = 0,
    progress: Progress = lambda _done, _all: None,
) -> Sensitivity:
    """Move each driver alone over its range and beyond, and all together on a Saltelli design of so many `samples`.

    All else is as written or fitted; every run is on the same draws. `samples` is a power of 2; 0 leaves Sobol's out.
    """
    base = point(file)
    drivers, left_out = _possible(base, drivers_of(file, plan.seed))
    cases = [(driver, factor) for driver in drivers for factor in sorted({driver.low, driver.high, *GRID})]
    possible = [(driver, factor, changed) for driver, factor in cases if (changed := _moved(base, driver, factor))]
    usual, *runs = run_batch([base, *(changed for _, _, changed in possible)], plan, progress)
    outcomes = {(driver.name, factor): run for (driver, factor, _), run in zip(possible, runs, strict=True)}
    return Sensitivity(
        file.scenario,
        len(plan.replications),
        pd.DataFrame(list(_tornado(drivers, usual, outcomes))),
        pd.DataFrame(list(_breaks(drivers, usual, outcomes))),
        sobol_table(base, drivers, usual, plan, samples, progress) if samples else pd.DataFrame(),
        (*left_out, *without_factor(file)),
    )


def _possible(base: ScenarioFile, drivers: Sequence[Driver]) -> tuple[list[Driver], list[str]]:
    kept = [driver for driver in drivers if all(_moved(base, driver, end) for end in (driver.low, driver.high))]
    return kept, [driver.name for driver in drivers if driver not in kept]


def _moved(base: ScenarioFile, driver: Driver, factor: float) -> ScenarioFile | None:
    """Return the scenario with a driver moved; nothing where it cannot be."""
    try:
        return driver.change(factor).of(base)
    except ScenarioError:
        return None


# -- one at a time ------------------------------------------------------------------------------------------------


def measured(run: Run) -> dict[Outcome, Array]:
    """Return each outcome by replication."""
    found: dict[Outcome, Array] = {}
    for place, subject in enumerate(run.layout.subjects["sla"]):
        if is_settled(subject, run.layout):
            queue, vendor, sla = subject
            per = run.periods[queue, sla]
            whole = list(run.layout.windows[per].whole)
            found[queue, vendor, sla, "attainment"] = run.figures["sla", "horizon"][:, place, 0, 0]
            windows = run.figures["sla", per][:, place, 0][:, whole]
            found[queue, vendor, sla, "any_miss"] = missed(windows, run.targets[queue, sla])
    if run.layout.subjects["money"]:
        place = run.layout.subjects["money"].index((ALL,))
        found["", ALL, "", "net_cost"] = run.figures["money", "horizon"][:, place, MONEY_MEASURES.index("net_cost"), 0]
    return found


def _tornado(
    drivers: Sequence[Driver], usual: Run, outcomes: dict[tuple[str, float], Run]
) -> Iterator[dict[str, object]]:
    base = measured(usual)
    for driver in drivers:
        for end, factor in (("low", driver.low), ("high", driver.high)):
            moved = measured(outcomes[driver.name, factor])
            for (queue, vendor, sla, measure), values in base.items():
                gap = paired(values, moved[queue, vendor, sla, measure])
                yield {
                    "driver": driver.name, "end": end, "factor": factor, "value": driver.shown(factor),
                    "own": driver.own, "queue": queue, "vendor": vendor, "sla": sla, "measure": measure,
                    "base": float(np.nanmean(values)) if not np.isnan(values).all() else np.nan,
                    "moved": float(np.nanmean(values) + gap.mean) if not np.isnan(values).all() else np.nan,
                    "difference": float(gap.mean), "ci_low": float(gap.ci_low), "ci_high": float(gap.ci_high),
                }  # fmt: skip


def _breaks(
    drivers: Sequence[Driver], usual: Run, outcomes: dict[tuple[str, float], Run]
) -> Iterator[dict[str, object]]:
    base = measured(usual)
    for driver in drivers:
        factors = np.array(sorted(factor for name, factor in outcomes if name == driver.name))
        runs = [measured(outcomes[driver.name, factor]) for factor in factors.tolist()]
        at = np.sort(np.append(factors, 1.0))
        for outcome, values in base.items():
            if outcome[3] != "any_miss" or np.isnan(values).all():
                continue
            chances = np.insert([_chance(run[outcome]) for run in runs], np.searchsorted(factors, 1.0), _chance(values))
            factor, low, high = break_even(at, np.asarray(chances, np.float64))
            yield {
                "driver": driver.name, "queue": outcome[0], "vendor": outcome[1], "sla": outcome[2],
                "base": _chance(values), "factor": factor,
                "value": "" if np.isnan(factor) else driver.shown(factor), "low": low, "high": high,
            }  # fmt: skip


def _chance(missed_any: Array) -> float:
    """Return the mean over replications in which anything was due; NaN where nothing ever was."""
    known = missed_any[~np.isnan(missed_any)]
    return float(known.mean()) if known.size else np.nan


def break_even(factors: Array, chances: Array) -> tuple[float, float, float]:
    """Return the factor nearest to 1 at which the chance of a miss crosses 50%, and the factors tried around it.

    Linear in the logarithm of the factor between the two; NaN where it is not crossed. Unknown chances are passed over.
    """
    known = ~np.isnan(chances)
    factors, chances = factors[known], chances[known]
    crossings = []
    for place in range(factors.size - 1):
        one, other = chances[place] - BREAK, chances[place + 1] - BREAK
        if (one < 0) != (other < 0):
            share = one / (one - other)
            logs = np.log(factors[place : place + 2])
            crossings.append((float(np.exp(logs[0] + share * (logs[1] - logs[0]))), place))
    if not crossings:
        return np.nan, np.nan, np.nan
    factor, place = min(crossings, key=lambda one: abs(np.log(one[0])))
    return factor, float(factors[place]), float(factors[place + 1])


# -- all together -------------------------------------------------------------------------------------------------


class _Quantiles:
    """What scipy asks of a distribution."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver

    def ppf(self, u: Array) -> Array:
        """Return factors at probabilities."""
        return self.driver.ppf(np.asarray(u, np.float64))


def sobol(function: Callable[[Array], Array], ranges: Sequence[Any], samples: int, seed: int) -> Any:
    """Return Sobol's first-order and total indices by Saltelli's design (Saltelli et al. 2010).

    `function` takes [input, point] and returns [output, point]; `ranges` have a `ppf`; `samples` is a power of 2.
    """
    from scipy.stats import sobol_indices

    return sobol_indices(func=function, n=samples, dists=list(ranges), rng=np.random.default_rng(seed))


def sobol_table(
    base: ScenarioFile, drivers: Sequence[Driver], usual: Run, plan: Plan, samples: int, progress: Progress
) -> pd.DataFrame:
    """Return the indices of each driver for each outcome; chances of a miss are left out, being too coarse."""
    keys = [outcome for outcome in measured(usual) if outcome[3] != "any_miss"]
    keys = [outcome for outcome in keys if not np.isnan(measured(usual)[outcome]).any()]

    def function(points: Array) -> Array:
        return _evaluated(base, drivers, points.T, keys, plan, progress)

    with warnings.catch_warnings():
        # An outcome that never varies has no indices; they come as NaN.
        warnings.simplefilter("ignore")
        found = sobol(function, [_Quantiles(driver) for driver in drivers], samples, plan.seed)
        spread = found.bootstrap(confidence_level=0.95)
    columns = [
        np.atleast_2d(values)
        for index, interval in (
            (found.first_order, spread.first_order.confidence_interval),
            (found.total_order, spread.total_order.confidence_interval),
        )
        for values in (index, interval.low, interval.high)
    ]
    rows = [
        (driver.name, *key, *(float(values[row, column]) for values in columns))
        for row, key in enumerate(keys)
        for column, driver in enumerate(drivers)
    ]
    names = ["driver", "queue", "vendor", "sla", "measure", "first", "first_low", "first_high", "total"]
    return pd.DataFrame(rows, columns=[*names, "total_low", "total_high"])


def _evaluated(
    base: ScenarioFile,
    drivers: Sequence[Driver],
    points: Array,
    keys: Sequence[Outcome],
    plan: Plan,
    progress: Progress,
) -> Array:
    """Return [outcome, point], each point simulated once, on the same draws as all others."""
    task = functools.partial(_one, base, list(drivers), points, list(keys), plan)
    values = np.zeros((len(keys), len(points)))
    for done, (number, column) in enumerate(scattered(task, range(len(points)), plan.jobs or available_cores()), 1):
        values[:, number] = column
        progress(done, len(points))
    return values


def _one(
    base: ScenarioFile, drivers: list[Driver], points: Array, keys: list[Outcome], plan: Plan, number: int
) -> tuple[int, Array]:
    changes = [driver.change(factor) for driver, factor in zip(drivers, points[number].tolist(), strict=True)]
    file = derived(base, *(change.patch for change in changes))
    scalings = tuple(scaling for change in changes for scaling in change.scaled)
    file = dataclasses.replace(file, scaled=(*file.scaled, *scalings))
    outcome, layout = replicate(file, plan.seed, plan.replications[0], plan.periods)
    subjects = layout.subjects["sla"]
    money = [subject for (subject,) in layout.subjects["money"]]
    return number, np.array(
        [
            outcome.figures["money", "horizon"][money.index(ALL), MONEY_MEASURES.index("net_cost"), 0]
            if measure == "net_cost"
            else outcome.figures["sla", "horizon"][subjects.index((queue, vendor, sla)), 0, 0]
            for queue, vendor, sla, measure in keys
        ]
    )
