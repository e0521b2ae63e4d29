"""How far figures from few replications and many sketches may be believed, and what they save.

`python -m benchmarks precision`: all replications of a scenario and of a variant are simulated and sketched once; what
they give together stands for the truth. Of them, few and many are taken again and again, as a run or a comparison would
take them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from time import process_time
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from simcap.analysis.assisted import Assisted, Counts, Pair, assisted_share_differences, assisted_shares
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
    [
        f"{'':34} {'mean':>7} {'apart':>7} ",
        *[f" {'alone':>6} {'covered':>8} {'bias':>7} {'gain':>6} {'said':>6} {'rho2':>5}"] * 2,
    ]
)
Rows = NDArray[np.int64]


@dataclasses.dataclass(frozen=True)
class Told:
    """What one sample tells of each window, with sketches and by counting alone."""

    estimate: Array
    found: Assisted | AssistedChances
    counted: Array
    alone: Assisted | AssistedChances


def measure(scenario: Path, change: Mapping[str, Any], replications: int) -> str:
    """Return tables of a scenario and of its differences from a changed one.

    Coverage of 90% intervals by counting alone and with sketches, bias in points, gain (mean squared error of counting
    over that of the estimate), how many times its replications the estimate itself says that it is worth, and rho^2.
    Mean and bias are those of windows of a week; `apart` is sketch less simulation.
    """
    base = load(scenario)
    files = [base, derived(base, change, name="variant")]
    seed, numbers = base.scenario.simulation.seed, range(replications)
    began = process_time()
    simulated = run_batch(files, Batch(seed, numbers, PERIODS, 1))
    middle = process_time()
    sketches = run_batch(files, Batch(seed, numbers, PERIODS, 1, sketched=("sla",)))
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

    def mean(taken: Rows) -> Told:
        few = _some(run, taken[:FEW])
        return _of_means(*(assisted_shares(many, few) for many in (_some(sketches, taken), _flat(few))))

    def chance(taken: Rows) -> Told:
        few = _some(run, taken[:FEW])
        return _of_chances(*(assisted_misses(many, few, target) for many in (_some(sketches, taken), _flat(few))))

    apart = float(np.nanmean(ratio(*sketches) - ratio(*run)))
    known = np.nanmean(_missed(run, target), axis=0)
    parts = (_scores(mean, _share(run), len(run[0])), _scores(chance, known, len(run[0])))
    return f"{_name(subject)} {100 * _share(run).mean():6.1f}% {100 * apart:+7.2f} {''.join(parts)}"


def _difference(base: Runs, variant: Runs, subject: Subject) -> str:
    per = base[1].periods[subject[0], subject[2]]
    sides = [pair_of(runs, subject, per) for runs in (base, variant)]
    targets = (base[1].targets[subject], variant[1].targets[subject])
    sketched, truth = (_share(after) - _share(before) for before, after in zip(*sides, strict=True))
    one, other = (_missed(run, target) for (_, run), target in zip(sides, targets, strict=True))
    missed = np.nanmean(other - one, axis=0)

    def pairs(taken: Rows) -> Iterator[tuple[Pair, Pair]]:
        """Yield the pairs of base and variant, with sketches and with what stands for none."""
        few = [_some(run, taken[:FEW]) for _, run in sides]
        before, after = ((_some(many, taken), own) for (many, _), own in zip(sides, few, strict=True))
        yield before, after
        yield (_flat(few[0]), few[0]), (_flat(few[1]), few[1])

    def mean(taken: Rows) -> Told:
        return _of_means(*(assisted_share_differences(*pair) for pair in pairs(taken)))

    def chance(taken: Rows) -> Told:
        return _of_chances(*(assisted_miss_differences(*pair, targets) for pair in pairs(taken)))

    parts = (_scores(mean, truth, len(one)), _scores(chance, missed, len(one)))
    return f"{_name(subject)} {100 * truth.mean():+6.1f}  {100 * (sketched - truth).mean():+7.2f} {''.join(parts)}"


def _of_means(found: Assisted, alone: Assisted) -> Told:
    return Told(found.estimate, found, alone.estimate, alone)


def _of_chances(found: AssistedChances, alone: AssistedChances) -> Told:
    return Told(found.chance, found, alone.chance, alone)


def _flat(few: Counts) -> Counts:
    """Return sketches that are all the same: nothing is told from them."""
    return np.ones_like(few[0]), np.ones_like(few[1])


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
    """Return the share of windows covered alone and with sketches, the mean bias, the gain, that which is said, rho^2.

    Windows in which nothing varies are left out.
    """
    generator = np.random.default_rng(1)
    told = [sample(generator.permutation(replications)[:MANY]) for _ in range(TIMES)]
    estimate, plain = (np.stack([getattr(one, which) for one in told]) for which in ("estimate", "counted"))
    moves = np.ptp(plain, axis=0) > 0
    if not moves.any():
        return f" {'-':>6} {'-':>8} {'-':>7} {'-':>6} {'-':>6} {'-':>5}"
    alone, covered = (_covered([getattr(one, which) for one in told], truth, moves) for which in ("alone", "found"))
    there = np.isfinite(estimate) & moves
    off, counted = (np.where(there, values - truth, 0.0) for values in (estimate, plain))
    gain = (counted**2).sum() / max((off**2).sum(), 1e-12)
    said = np.nanmedian([one.found.effective[moves] for one in told]) / FEW
    rho2 = np.nanmean([one.found.rho2 for one in told])
    shares = f" {100 * alone:5.0f}% {100 * covered:7.0f}%"
    return f"{shares} {100 * off[there].mean():+7.2f} {gain:6.1f} {said:6.1f} {rho2:5.2f}"


def _covered(told: list[Assisted | AssistedChances], truth: Array, moves: NDArray[np.bool_]) -> float:
    low, high = (np.stack([getattr(one, end) for one in told]) for end in ("low", "high"))
    known = np.isfinite(low) & moves
    return float(((low <= truth + 1e-9) & (truth <= high + 1e-9))[known].mean())
