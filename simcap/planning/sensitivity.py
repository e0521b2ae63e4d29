"""What an outcome depends on: each driver moved alone, and how far it may go."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.errors import RunError, ScenarioError
from simcap.experiment.batch import Batch, Progress, run_batch
from simcap.experiment.sketched import SKETCHED
from simcap.planning.cases import Case
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
    sketches: int = 0
    """Sketches that all this rests on, too; Sobol's indices rest on them alone."""

    @property
    def seen(self) -> int:
        """Return the number of replications, simulated or sketched, that chances were seen in."""
        return max(self.replications, self.sketches)

    @property
    def rests_on(self) -> str:
        """Return what it rests on, in words."""
        simulated = f"{self.replications:,} replication{'' if self.replications == 1 else 's'}"
        return f"{simulated} and {self.sketches:,} sketches" if self.sketches else simulated

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
    sketches: int = 0,
    progress: Progress = lambda _done, _all: None,
) -> Sensitivity:
    """Move each driver alone over its range and beyond, and all together on a Saltelli design of so many `samples`.

    All else is as written or fitted; every run is on the same draws. `samples` is a power of 2; 0 skips Sobol's.
    With `sketches`, at least one for each replication, means and differences are those of `analysis.assisted`, and the
    design is sketched and not simulated.
    Raises `RunError` if no item of an SLA falls into the horizon, or nothing can be moved.
    """
    base = point(file)
    drivers, left_out = _possible(base, drivers_of(file, batch.seed))
    if not drivers:
        raise RunError(f"{file.scenario.name}: none of its drivers can be moved; there is nothing to ask about")
    cases = [(driver, factor) for driver in drivers for factor in sorted({driver.low, driver.high, *GRID})]
    possible = [(driver, factor, changed) for driver, factor in cases if (changed := _moved(base, driver, factor))]
    files = [base, *(changed for _, _, changed in possible)]
    usual, *moved = _cases(files, batch, sketches, progress)
    if all(np.isnan(values).all() for (*_, measure), values in usual.simulated.items() if measure == "attainment"):
        raise RunError(f"{file.scenario.name}: no item of an SLA falls into the horizon; there is nothing to ask about")
    cases_of = {(driver.name, factor): case for (driver, factor, _), case in zip(possible, moved, strict=True)}
    design = dataclasses.replace(batch, sketched=SKETCHED, kept=None) if sketches else batch
    return Sensitivity(
        file.scenario,
        len(batch.replications),
        pd.DataFrame(list(_tornado(drivers, usual, cases_of))),
        pd.DataFrame(list(_breaks(drivers, usual, cases_of)), columns=list(BREAKS)),
        sobol_table(base, drivers, usual.simulated, design, samples, progress) if samples else pd.DataFrame(),
        (*left_out, *without_factor(file)),
        sketches,
    )


def _cases(files: Sequence[ScenarioFile], batch: Batch, sketches: int, progress: Progress) -> list[Case]:
    runs = [measured(run) for run in run_batch(files, batch, progress)]
    if not sketches:
        return [Case(run) for run in runs]
    first = batch.replications.start
    numbers = range(first, first + max(sketches, len(batch.replications)))
    many = run_batch(files, dataclasses.replace(batch, replications=numbers, sketched=SKETCHED, kept=None), progress)
    return [Case(run, measured(other)) for run, other in zip(runs, many, strict=True)]


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
    drivers: Sequence[Driver], usual: Case, cases: dict[tuple[str, float], Case]
) -> Iterator[dict[str, object]]:
    for driver in drivers:
        for end, factor in (("low", driver.low), ("high", driver.high)):
            for outcome in usual.simulated:
                queue, vendor, sla, measure = outcome
                gap, base = cases[driver.name, factor].less(usual, outcome), usual.mean(outcome)
                yield {
                    "driver": driver.name, "end": end, "factor": factor, "value": driver.shown(factor),
                    "own": driver.own, "queue": queue, "vendor": vendor, "sla": sla, "measure": measure,
                    "base": base, "moved": base + gap.mean, "difference": gap.mean, "ci_low": gap.low,
                    "ci_high": gap.high,
                }  # fmt: skip


def _breaks(
    drivers: Sequence[Driver], usual: Case, cases: dict[tuple[str, float], Case]
) -> Iterator[dict[str, object]]:
    for driver in drivers:
        factors = np.array(sorted(factor for name, factor in cases if name == driver.name))
        at = np.sort(np.append(factors, 1.0))
        for outcome, values in usual.simulated.items():
            if outcome[3] != "any_miss" or np.isnan(values).all():
                continue
            base = usual.chance(outcome)
            moved = [cases[driver.name, factor].chance(outcome).mean for factor in factors.tolist()]
            chances = np.insert(moved, np.searchsorted(factors, 1.0), base.mean)
            factor, low, high = break_even(at, np.asarray(chances, np.float64))
            yield {
                "driver": driver.name, "queue": outcome[0], "vendor": outcome[1], "sla": outcome[2],
                "base": base.mean, "factor": factor,
                "value": "" if np.isnan(factor) else driver.shown(factor), "low": low, "high": high,
                "base_low": base.low, "base_high": base.high, "outlook": outlook(base.mean),
                "inside": driver.low - ROUNDING <= factor <= driver.high + ROUNDING,
            }  # fmt: skip


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
