"""How far attainment and chances from few replications and many sketches may be believed, and what they save.

`python -m benchmarks precision`: all replications of a scenario are simulated and sketched once; what they
give together stands for the truth. Of them, few and many are taken again and again, as a run would take them.
"""

from __future__ import annotations

from pathlib import Path
from time import process_time
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from simcap.analysis.assisted import Counts, assisted_shares, counts_of
from simcap.analysis.assisted_misses import assisted_misses
from simcap.analysis.measures import ratio
from simcap.experiment.batch import Batch, run_batch
from simcap.scenario.reading.loading import load

Array = NDArray[np.float64]

FEW, MANY = 8, 100
TIMES: Final = 200
"""How often few and many are taken."""


def measure(scenario: Path, replications: int) -> str:
    """Return a table: coverage of 90% intervals, bias in points, and how many times the variance of counting is."""
    file = load(scenario)
    periods = ("horizon", "month", "week")
    batch = Batch(file.scenario.simulation.seed, range(replications), periods, 1)
    began = process_time()
    (run,) = run_batch([file], batch)
    middle = process_time()
    (sketches,) = run_batch([file], Batch(batch.seed, batch.replications, periods, 1, sketched=("sla",)))
    cost = (process_time() - middle) / max(middle - began, 1e-9)
    lines = [
        (
            f"{file.scenario.name}: a sketch costs 1/{1 / cost:.0f} of a replication; {FEW} of {replications} "
            f"simulated, {MANY} sketched, {TIMES} times"
        ),
        (
            f"{'':34} {'mean':>7} {'apart':>7} {'rho2':>6} {'covered':>8} {'bias':>7} {'gain':>6}"
            f" {'chances':>8} {'covered':>8} {'bias':>7} {'gain':>6}"
        ),
    ]
    for subject in run.layout.subjects["sla"]:
        queue, vendor, sla = subject
        counts = [counts_of(one.figures, subject, run.periods[queue, sla]) for one in (sketches, run)]
        lines.append(_line(" / ".join(part for part in (queue, vendor, sla) if part), *counts, run.targets[subject]))
    return "\n".join(lines)


def _line(name: str, sketches: Counts, run: Counts, target: float) -> str:
    attained = ratio(*run)
    truth = ratio(run[0].sum(axis=0), run[1].sum(axis=0))
    missed = np.where(np.isnan(attained), np.nan, (attained < target).astype(float))
    chance = np.nanmean(missed, axis=0)
    apart = float(np.nanmean(ratio(*sketches) - attained))
    generator = np.random.default_rng(1)
    means, chances = [], []
    for _ in range(TIMES):
        taken = generator.permutation(len(attained))[:MANY]
        many, few = (_some(sketches, taken), _some(run, taken[:FEW]))
        plain = ratio(few[0].sum(axis=0), few[1].sum(axis=0))
        told = assisted_shares(many, few)
        means.append((told.estimate, told.low, told.high, plain, np.full(plain.shape, told.rho2)))
        own = assisted_misses(many, few, target)
        chances.append((own.chance, own.low, own.high, np.nanmean(missed[taken[:FEW]], axis=0)))
    rho2 = float(np.nanmean([one[4] for one in means]))
    return (
        f"{name:34} {100 * truth.mean():6.1f}% {100 * apart:+7.2f} {rho2:6.2f} {_scores(means, truth)}"
        f" {100 * chance.mean():7.1f}% {_scores(chances, chance)}"
    )


def _some(counts: Counts, rows: NDArray[np.int64]) -> Counts:
    return counts[0][rows], counts[1][rows]


def _scores(told: list[Any], truth: Array) -> str:
    """Return the share of windows covered, the mean bias in points, and the ratio of mean squared errors."""
    estimate, low, high, plain = (np.stack([one[place] for one in told]) for place in range(4))
    moves = truth * (1 - truth) > 1e-6
    if not moves.any():
        return f"{'-':>8} {'-':>7} {'-':>6}"
    known = np.isfinite(low) & moves
    covered = ((low <= truth + 1e-9) & (truth <= high + 1e-9))[known].mean()
    told_there = np.isfinite(estimate) & moves
    off = np.where(told_there, estimate - truth, 0.0)
    counted = np.where(told_there, plain - truth, 0.0)
    gain = (counted**2).sum() / max((off**2).sum(), 1e-12)
    return f"{100 * covered:7.0f}% {100 * off[told_there].mean():+7.2f} {gain:6.1f}"
