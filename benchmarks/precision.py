"""How far figures from few replications and many sketches may be believed, and what they save.

`python -m benchmarks precision`: all replications of a scenario and of a variant are simulated and sketched once; what
they give together stands for the truth. Of them, few and many are taken again and again, as a run or a comparison would
take them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path
from time import process_time
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from simcap.analysis.assisted import Assisted, Counts, assisted_share_differences, assisted_shares
from simcap.analysis.assisted_misses import AssistedChances, assisted_miss_differences, assisted_misses
from simcap.analysis.figures import Subject
from simcap.analysis.measures import ratio
from simcap.analysis.paired_precision import Runs, pair_of
from simcap.experiment.batch import Batch, run_batch
from simcap.scenario.reading.derived import derived
from simcap.scenario.reading.loading import load

Array = NDArray[np.float64]

FEW, MANY = 8, 100
TIMES: Final = 200
"""How often few and many are taken."""
PERIODS: Final = ("horizon", "month", "week")
HEADINGS: Final = "".join(
    [f"{'':34} {'mean':>7} {'apart':>7} ", *[f" {'covered':>8} {'bias':>7} {'gain':>6} {'said':>6} {'rho2':>5}"] * 2]
)
Rows = NDArray[np.int64]


@dataclasses.dataclass(frozen=True)
class Told:
    """What one sample tells of each window, beside what counting alone tells."""

    found: Assisted | AssistedChances
    estimate: Array
    counted: Array


def measure(scenario: Path, change: Mapping[str, Any], replications: int) -> str:
    """Return tables of a scenario and of its differences from a changed one.

    Coverage of 90% intervals, bias in points, gain (mean squared error of counting over that of the estimate), how many
    times its replications the estimate itself says that it is worth, and rho^2. Mean and bias are those of windows of a
    week; `apart` is sketch less simulation.
    """
    base = load(scenario)
    files = [base, derived(base, change, name="variant")]
    seed, numbers = base.scenario.simulation.seed, range(replications)
    began = process_time()
    simulated = run_batch(files, Batch(seed, numbers, PERIODS, 1))
    middle = process_time()
    sketches = run_batch(files, Batch(seed, numbers, PERIODS, 1, sketched=True))
    cost = (process_time() - middle) / max(middle - began, 1e-9)
    one, other = zip(sketches, simulated, strict=True)
    subjects = simulated[0].layout.subjects["sla"]
    heading = (
        f"{base.scenario.name}: a sketch costs 1/{1 / cost:.0f} of a replication; {FEW} of {replications} simulated, "
        f"{MANY} sketched, {TIMES} times; first attainment, then chances of a miss"
    )
    differences = [_difference(one, other, subject) for subject in subjects]
    return "\n".join(
        [heading, HEADINGS, *(_level(one, subject) for subject in subjects), f"less {change}", *differences]
    )


def _level(runs: Runs, subject: Subject) -> str:
    sketches, run = pair_of(runs, subject, runs[1].periods[subject[0], subject[2]])
    target = runs[1].targets[subject]
    missed = _missed(run, target)

    def mean(taken: Rows) -> Told:
        few = _some(run, taken[:FEW])
        told = assisted_shares(_some(sketches, taken), few)
        return Told(told, told.estimate, _share(few))

    def chance(taken: Rows) -> Told:
        told = assisted_misses(_some(sketches, taken), _some(run, taken[:FEW]), target)
        return Told(told, told.chance, np.nanmean(missed[taken[:FEW]], axis=0))

    apart = float(np.nanmean(ratio(*sketches) - ratio(*run)))
    parts = (_scores(mean, _share(run), len(missed)), _scores(chance, np.nanmean(missed, axis=0), len(missed)))
    return f"{_name(subject)} {100 * _share(run).mean():6.1f}% {100 * apart:+7.2f} {''.join(parts)}"


def _difference(base: Runs, variant: Runs, subject: Subject) -> str:
    per = base[1].periods[subject[0], subject[2]]
    sides = [pair_of(runs, subject, per) for runs in (base, variant)]
    targets = (base[1].targets[subject], variant[1].targets[subject])
    shares = [[_share(counts) for counts in side] for side in sides]
    sketched, truth = (other - one for one, other in zip(*shares, strict=True))
    missed = np.subtract(*(_missed(run, target) for (_, run), target in zip(reversed(sides), targets, strict=True)))

    def mean(taken: Rows) -> Told:
        before, after = ((_some(many, taken), _some(few, taken[:FEW])) for many, few in sides)
        told = assisted_share_differences(before, after)
        return Told(told, told.estimate, _share(after[1]) - _share(before[1]))

    def chance(taken: Rows) -> Told:
        before, after = ((_some(many, taken), _some(few, taken[:FEW])) for many, few in sides)
        told = assisted_miss_differences(before, after, targets)
        return Told(told, told.chance, np.nanmean(missed[taken[:FEW]], axis=0))

    parts = (_scores(mean, truth, len(missed)), _scores(chance, np.nanmean(missed, axis=0), len(missed)))
    return f"{_name(subject)} {100 * truth.mean():+6.1f}  {100 * (sketched - truth).mean():+7.2f} {''.join(parts)}"


def _missed(run: Counts, target: float) -> Array:
    attained = ratio(*run)
    return np.where(np.isnan(attained), np.nan, (attained < target).astype(float))


def _share(counts: Counts) -> Array:
    return ratio(counts[0].sum(axis=0), counts[1].sum(axis=0))


def _some(counts: Counts, rows: Rows) -> Counts:
    return counts[0][rows], counts[1][rows]


def _name(subject: Subject) -> str:
    return f"{' / '.join(part for part in subject if part):34}"


def _scores(sample: Callable[[Rows], Told], truth: Array, replications: int) -> str:
    """Return the share of windows covered, the mean bias in points, the gain, what is said of it, and rho^2.

    Windows of which the truth does not vary are left out.
    """
    generator = np.random.default_rng(1)
    told = [sample(generator.permutation(replications)[:MANY]) for _ in range(TIMES)]
    low, high = (np.stack([getattr(one.found, end) for one in told]) for end in ("low", "high"))
    estimate, plain = (np.stack([getattr(one, which) for one in told]) for which in ("estimate", "counted"))
    moves = np.ptp(plain, axis=0) > 0
    if not moves.any():
        return f" {'-':>8} {'-':>7} {'-':>6} {'-':>6} {'-':>5}"
    known = np.isfinite(low) & moves
    covered = ((low <= truth + 1e-9) & (truth <= high + 1e-9))[known].mean()
    there = np.isfinite(estimate) & moves
    off, counted = (np.where(there, values - truth, 0.0) for values in (estimate, plain))
    gain = (counted**2).sum() / max((off**2).sum(), 1e-12)
    said = np.nanmedian([one.found.effective[moves] for one in told]) / FEW
    rho2 = np.nanmean([one.found.rho2 for one in told])
    return f" {100 * covered:7.0f}% {100 * off[there].mean():+7.2f} {gain:6.1f} {said:6.1f} {rho2:5.2f}"
