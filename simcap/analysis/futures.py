"""Options in several futures: what each costs and misses, what is regretted, and at which odds two are even.

A future changes all options alike; all runs are on the same draws, so that differences are paired.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.analysis.any_miss import any_missed, attained, worst_column
from simcap.analysis.comparison import Run, either_payers
from simcap.analysis.money import ALL
from simcap.analysis.pairs import missed, paired_chances
from simcap.analysis.ratios import ratio_spread
from simcap.analysis.service import served
from simcap.analysis.summary import chance_interval, spread, t_quantile

Array = NDArray[np.float64]
Futures = Mapping[str, Sequence[Run]]
"""By future, the first of which is that of the scenarios as they stand: the run of each option, in the same order."""

UNKNOWN: Final = (float("nan"),) * 3
WORSE, BETTER, FEW = "serves worse", "serves better", "too few replications"
"""Why a break-even is not known, or is only the most that it can be."""
CONDITIONS: Final = [
    "future", "scenario", "instead_of", "measure", "dearer_first", "dearer_first_low", "dearer_first_high", "dearer",
    "dearer_low", "dearer_high", "break_even", "ci_low", "ci_high", "why",
]  # fmt: skip


class WithInterval(NamedTuple):
    """A value and its 95% interval; NaN where it is not known."""

    value: float
    low: float
    high: float


def future_table(options: Sequence[str], futures: Futures) -> pd.DataFrame:
    """Return what each option costs and misses in each future, over the horizon.

    Columns: future, scenario; net_cost, regret (how much more than with the cheapest option of that future), any_miss
    (the chance that any whole window of any SLA is missed), miss_regret (how much more than with the option that
    misses least), each with `_low` and `_high` (95%; of regrets: paired); worst_week and worst_week_miss, its chance.
    """
    rows = [row for future, runs in futures.items() for row in _rows(future, options, runs)]
    return pd.DataFrame(rows)


def _rows(future: str, options: Sequence[str], runs: Sequence[Run]) -> Iterator[dict[str, Any]]:
    costs = net_costs(runs)
    misses = [any_missed(attained(run)) for run in runs]
    cheapest = None if costs is None else min(costs, key=np.mean)
    known = [one for one in misses if one is not None]
    safest = min(known, key=np.mean) if known else None
    for place, (option, run) in enumerate(zip(options, runs, strict=True)):
        cost, risk = None if costs is None else costs[place], misses[place]
        weeks = run.layout.windows["week"]
        worst, worst_chance = worst_column(attained(run), weeks)
        yield {
            "future": future,
            "scenario": option,
            **_columns("net_cost", mean_of(cost)),
            **_columns("regret", mean_of(None if cost is None or cheapest is None else cost - cheapest)),
            **_columns("any_miss", _chance(risk)),
            **_columns("miss_regret", _miss_regret(safest, risk)),
            "worst_week": "" if worst is None or not worst_chance else weeks.labels[worst],
            "worst_week_miss": worst_chance,
        }


def _columns(name: str, estimate: WithInterval) -> dict[str, float]:
    return {name: estimate.value, f"{name}_low": estimate.low, f"{name}_high": estimate.high}


def net_costs(runs: Sequence[Run]) -> list[Array] | None:
    """Return the net cost of each run by replication; None if it is unknown of any vendor that another has priced."""
    if not all((ALL,) in either_payers(runs[0], run) and run.layout.subjects["money"] for run in runs):
        return None
    return [run.figures.of("money", "horizon", (ALL,), "net_cost")[:, 0] for run in runs]


def mean_of(values: Array | None) -> WithInterval:
    """Return the mean over replications with its interval (Student's t)."""
    if values is None:
        return WithInterval(*UNKNOWN)
    summary = spread(values[:, None])
    return WithInterval(float(summary.mean[0]), float(summary.ci_low[0]), float(summary.ci_high[0]))


def _chance(risk: Array | None) -> WithInterval:
    if risk is None:
        return WithInterval(*UNKNOWN)
    return WithInterval(float(risk.mean()), *chance_interval(float(risk.mean()), len(risk)))


def _miss_regret(safest: Array | None, risk: Array | None) -> WithInterval:
    return WithInterval(*(UNKNOWN if safest is None or risk is None else paired_chances(safest, risk)))


# -- service ----------------------------------------------------------------------------------------------------------


def future_slas(options: Sequence[str], futures: Futures) -> pd.DataFrame:
    """Return each SLA of each option in each future, over the horizon.

    Columns: future, scenario, queue, vendor, sla, target, attainment (a ratio of sums) with ci_low and ci_high,
    any_miss (the chance that any whole window is missed) with any_miss_low and any_miss_high.
    """
    rows = [
        {"future": future, "scenario": option, **row}
        for future, runs in futures.items()
        for option, run in zip(options, runs, strict=True)
        for row in _slas(run)
    ]
    names = ["future", "scenario", "queue", "vendor", "sla", "target", "attainment", "ci_low", "ci_high", "any_miss"]
    return pd.DataFrame(rows, columns=[*names, "any_miss_low", "any_miss_high"])


def _slas(run: Run) -> Iterator[dict[str, Any]]:
    for subject in run.layout.subjects["sla"]:
        queue, vendor, sla = subject
        on_time, counted = (run.figures.of("sla", "horizon", subject, name) for name in ("on_time", "counted"))
        share = ratio_spread(on_time, counted)
        per = run.periods[queue, sla]
        whole = list(run.layout.windows[per].whole)
        risk = missed(run.figures.of("sla", per, subject, "attainment")[:, whole], run.targets[subject])
        known = risk[~np.isnan(risk)]
        yield {
            "queue": queue,
            "vendor": vendor,
            "sla": sla,
            "target": run.targets[subject],
            "attainment": float(share.mean[0]),
            "ci_low": float(share.ci_low[0]),
            "ci_high": float(share.ci_high[0]),
            **_columns("any_miss", _chance(known if known.size else None)),
        }


# -- what would have to be true ---------------------------------------------------------------------------------------


def break_even_table(options: Sequence[str], futures: Futures) -> pd.DataFrame:
    """Return for each two options what would have to be true for the dearer one to be right.

    `scenario` is the one that costs more than `instead_of`, in the first future, for these measures:

    - `probability`: it costs less in expectation if `future` is more likely than this, and else the first comes. Only
      where it costs less in `future`; known unless it certainly serves worse in either (see `served`).
    - `price_of_a_miss`: within `future` it is right if a horizon without any miss is worth more than this. Only where
      it costs more there and misses less.

    `break_even` with ci_low and ci_high is a ratio of means with Fieller's (1954) interval. `why` says why it is empty
    (`serves worse`, `too few replications` to bound it), or that `scenario` also `serves better`, so that less may be
    enough. Columns before it: dearer_first and dearer, by how much it costs more in the first future and in this one,
    each with `_low` and `_high`.
    """
    first = next(iter(futures))
    rows: list[dict[str, Any]] = []
    for one, other in itertools.combinations(range(len(options)), 2):
        costs = {future: net_costs([runs[one], runs[other]]) for future, runs in futures.items()}
        gaps = {future: both[0] - both[1] for future, both in costs.items() if both is not None}
        if len(gaps) < len(futures):
            continue
        turned = gaps[first].mean() < 0
        dear, cheap = (other, one) if turned else (one, other)
        gaps = {future: -gap for future, gap in gaps.items()} if turned else gaps
        pairs = {future: (runs[dear], runs[cheap]) for future, runs in futures.items()}
        rows += [
            {"future": future, "scenario": options[dear], "instead_of": options[cheap], **row}
            for future in futures
            for row in _conditions(first, future, gaps, pairs)
        ]
    names = ["future", "scenario", "instead_of", "measure", "dearer_first", "dearer_first_low", "dearer_first_high"]
    return pd.DataFrame(
        rows, columns=[*names, "dearer", "dearer_low", "dearer_high", "break_even", "ci_low", "ci_high", "why"]
    )


def _conditions(
    first: str, future: str, gaps: Mapping[str, Array], pairs: Mapping[str, tuple[Run, Run]]
) -> Iterator[dict[str, Any]]:
    """Yield what can be said of two options in one future, and of that future's probability."""
    known = {**_columns("dearer_first", mean_of(gaps[first])), **_columns("dearer", mean_of(gaps[future]))}
    if future != first and gaps[future].mean() < 0 < gaps[first].mean():
        sides = [served(cheap, dear) for dear, cheap in (pairs[first], pairs[future])]
        even = ratio_of_means(gaps[first], gaps[first] - gaps[future], most=1.0)
        if any(worse for worse, _ in sides):
            yield {"measure": "probability", **known, **_value(WithInterval(*UNKNOWN), WORSE)}
        else:
            yield {"measure": "probability", **known, **_value(even, BETTER if any(one for _, one in sides) else "")}
    dear, cheap = (any_missed(attained(run)) for run in pairs[future])
    if dear is not None and cheap is not None and gaps[future].mean() > 0 and dear.mean() < cheap.mean():
        yield {"measure": "price_of_a_miss", **known, **_value(ratio_of_means(gaps[future], cheap - dear))}


def _value(estimate: WithInterval, why: str = "") -> dict[str, Any]:
    value, low, high = estimate
    if np.isnan(value) and why != WORSE:
        why = FEW
    return {"break_even": value, "ci_low": low, "ci_high": high, "why": why}


def ratio_of_means(part: Array, whole: Array, *, most: float = np.inf) -> WithInterval:
    """Return the ratio of two means over the same replications, with Fieller's (1954) 95% interval, cut at 0 and most.

    Unknown where the interval is not bounded, as the denominator may be 0, and of fewer than two replications.
    """
    count = len(part)
    if count < 2:
        return WithInterval(*UNKNOWN)
    above, below = float(part.mean()), float(whole.mean())
    (var_above, both), (_, var_below) = np.cov(part, whole) / count * t_quantile(np.array(count)) ** 2
    square = below**2 - var_below
    if square <= 0:
        return WithInterval(*UNKNOWN)
    middle = above * below - both
    root = float(np.sqrt(max(middle**2 - square * (above**2 - var_above), 0.0)))
    low, high = (min(max((middle + side * root) / square, 0.0), most) for side in (-1, 1))
    return WithInterval(above / below, low, high)
