"""What an outcome depends on: each driver moved alone, and how far it may go."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.analysis.comparison import Run
from simcap.analysis.pairs import paired, paired_chances
from simcap.analysis.summary import wilson
from simcap.errors import RunError, ScenarioError
from simcap.experiment.batch import Batch, Progress, run_batch
from simcap.planning.drivers import Driver, drivers_of, point, without_factor
from simcap.planning.outcomes import measured, outlook
from simcap.planning.sobol import sobol_table
from simcap.scenario.reading.loading import ScenarioFile
from simcap.scenario.schema.scenario import Scenario

Array = NDArray[np.float64]

GRID = (0.7, 1.4, 2.0)
"""Factors, besides the ends of the range, between which a break-even is sought."""
BREAKS = (
    "driver", "queue", "vendor", "sla", "base", "factor", "value", "low", "high", "base_low", "base_high", "outlook",
    "inside",
)  # fmt: skip
BREAK = 0.5
"""Chance of a miss at which an SLA counts as missed."""
ROUNDING = 1e-9
"""Tolerance in logarithms of a factor at the end of a range."""


@dataclasses.dataclass(frozen=True)
class Sensitivity:
    """What drivers do."""

    scenario: Scenario
    replications: int
    tornado: pd.DataFrame
    """driver, end (low, high), factor, value (in words), own (its own uncertainty), queue, vendor, sla, measure, base,
    moved, difference, ci_low, ci_high (95%). Of `any_miss`, a chance, the interval is that of Bonett & Price (2012)."""
    breaks: pd.DataFrame
    """driver, queue, vendor, sla, base (chance of any miss), factor (at which it is 50%; empty: none in reach), value
    (in words), low and high (the factors simulated around it), base_low and base_high (95%), outlook (of the base:
    safe, at risk or hopeless), inside (whether the factor lies within what is known of the driver)."""
    sobol: pd.DataFrame
    """driver, queue, vendor, sla, measure, first, first_low, first_high, total, total_low, total_high (95%)."""
    left_out: tuple[str, ...]

    def __repr__(self) -> str:
        rows = self.tornado[self.tornado["measure"] == "attainment"].dropna(subset="difference")
        verdict = f"drivers: {self.tornado['driver'].nunique()}"
        if len(rows):
            row = rows.iloc[int(rows["difference"].abs().argmax())]
            moved = f"{row['queue']} / {row['sla']} by {100 * row['difference']:+.1f} points"
            verdict += f"; most moves {row['driver']} at {row['value']}: {moved}"
        return f"Sensitivity({self.scenario.name!r}, {self.replications} replications: {verdict})"


def sensitivity(
    file: ScenarioFile,
    batch: Batch,
    *,
    samples: int = 0,
    progress: Progress = lambda _done, _all: None,
) -> Sensitivity:
    """Move each driver alone over its range and beyond, and all together on a Saltelli design of so many `samples`.

    All else is as written or fitted; every run is on the same draws. `samples` is a power of 2; 0 skips Sobol's.
    Raises `RunError` if no item of an SLA falls into the horizon, or nothing can be moved.
    """
    base = point(file)
    drivers, left_out = _possible(base, drivers_of(file, batch.seed))
    if not drivers:
        raise RunError(f"{file.scenario.name}: none of its drivers can be moved; there is nothing to ask about")
    cases = [(driver, factor) for driver in drivers for factor in sorted({driver.low, driver.high, *GRID})]
    possible = [(driver, factor, changed) for driver, factor in cases if (changed := _moved(base, driver, factor))]
    usual, *runs = run_batch([base, *(changed for _, _, changed in possible)], batch, progress)
    if all(np.isnan(values).all() for (_, _, _, measure), values in measured(usual).items() if measure == "attainment"):
        raise RunError(f"{file.scenario.name}: no item of an SLA falls into the horizon; there is nothing to ask about")
    outcomes = {(driver.name, factor): run for (driver, factor, _), run in zip(possible, runs, strict=True)}
    return Sensitivity(
        file.scenario,
        len(batch.replications),
        pd.DataFrame(list(_tornado(drivers, usual, outcomes))),
        pd.DataFrame(list(_breaks(drivers, usual, outcomes)), columns=list(BREAKS)),
        sobol_table(base, drivers, measured(usual), batch, samples, progress) if samples else pd.DataFrame(),
        (*left_out, *without_factor(file)),
    )


def _possible(base: ScenarioFile, drivers: Sequence[Driver]) -> tuple[list[Driver], list[str]]:
    kept = [driver for driver in drivers if all(_moved(base, driver, end) for end in (driver.low, driver.high))]
    return kept, [driver.name for driver in drivers if driver not in kept]


def _moved(base: ScenarioFile, driver: Driver, factor: float) -> ScenarioFile | None:
    """Return the scenario with a driver moved; nothing if that is impossible."""
    try:
        return driver.change(factor).of(base)
    except ScenarioError:
        return None


def _tornado(
    drivers: Sequence[Driver], usual: Run, outcomes: dict[tuple[str, float], Run]
) -> Iterator[dict[str, object]]:
    base = measured(usual)
    for driver in drivers:
        for end, factor in (("low", driver.low), ("high", driver.high)):
            moved = measured(outcomes[driver.name, factor])
            for (queue, vendor, sla, measure), values in base.items():
                gap = _difference(measure, values, moved[queue, vendor, sla, measure])
                yield {
                    "driver": driver.name, "end": end, "factor": factor, "value": driver.shown(factor),
                    "own": driver.own, "queue": queue, "vendor": vendor, "sla": sla, "measure": measure,
                    "base": float(np.nanmean(values)) if not np.isnan(values).all() else np.nan,
                    "moved": float(np.nanmean(values) + gap[0]) if not np.isnan(values).all() else np.nan,
                    "difference": gap[0], "ci_low": gap[1], "ci_high": gap[2],
                }  # fmt: skip


def _difference(measure: str, base: Array, moved: Array) -> tuple[float, float, float]:
    """Return the mean difference of replications on the same draws, with its 95% interval."""
    if measure == "any_miss":
        return paired_chances(base, moved)
    gap = paired(base, moved, shares=measure != "net_cost")
    return float(gap.mean), float(gap.ci_low), float(gap.ci_high)


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
            chance = _chance(values)
            count = (~np.isnan(values)).sum(keepdims=True).astype(np.float64)
            base_low, base_high = wilson(np.round(chance * count), count)
            yield {
                "driver": driver.name, "queue": outcome[0], "vendor": outcome[1], "sla": outcome[2],
                "base": chance, "factor": factor,
                "value": "" if np.isnan(factor) else driver.shown(factor), "low": low, "high": high,
                "base_low": float(base_low[0]), "base_high": float(base_high[0]), "outlook": outlook(chance),
                "inside": driver.low - ROUNDING <= factor <= driver.high + ROUNDING,
            }  # fmt: skip


def _chance(missed_any: Array) -> float:
    """Return the mean over replications in which anything was due; NaN where nothing ever was."""
    known = missed_any[~np.isnan(missed_any)]
    return float(known.mean()) if known.size else np.nan


def break_even(factors: Array, chances: Array) -> tuple[float, float, float]:
    """Return the factor nearest to 1 at which the chance of a miss crosses 50%, and the factors tried around it.

    Linear in the logarithm of the factor between the two; NaN where it is not crossed. Unknown chances are skipped.
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
