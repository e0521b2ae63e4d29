"""How far figures may be believed: attainment and chances told from simulated replications and many sketches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.analysis.assisted import Assisted, Counts, assisted_shares, counts_of
from simcap.analysis.assisted_misses import AssistedChances, assisted_misses
from simcap.analysis.figures import Figures, Layout, Subject
from simcap.analysis.measures import ratio

Array = NDArray[np.float64]

COLUMNS: Final = (
    "queue", "vendor", "sla", "measure", "period", "start", "counted", "estimate", "low", "high", "replications",
    "sketches", "effective", "sketch_gap", "sketch_gap_error", "rho2", "why_counted",
)  # fmt: skip


def precision_table(
    simulated: Figures,
    sketches: Figures,
    targets: Mapping[Subject, float],
    periods: Mapping[tuple[str, str], str],
) -> pd.DataFrame:
    """Return a row for the horizon and each window of each SLA, and for the chance that a window is missed.

    Columns: queue, vendor, sla, measure (attainment, or miss_probability), period, start, counted (from the simulated
    replications alone), estimate (with the sketches), low and high (its 90% interval), replications, sketches,
    effective (simulated replications that would tell as much alone), sketch_gap (sketch minus simulation) with its
    standard error, rho2 (share of the variance that sketches explain), why_counted (why sketches were not used; empty
    if they were).
    """
    rows = [
        row
        for subject in simulated.layout.subjects["sla"]
        for row in _rows(simulated, sketches, subject, targets[subject], periods[subject[0], subject[2]])
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def of_judged_windows(table: pd.DataFrame, layout: Layout) -> pd.DataFrame:
    """Return the rows of the horizon and of the windows that are judged: parts of weeks are not."""
    judged = [
        (period, label)
        for period, windows in layout.windows.items()
        for label, is_judged in zip(windows.labels, windows.judged, strict=True)
        if is_judged
    ]
    return table[pd.MultiIndex.from_frame(table[["period", "start"]]).isin(judged)]


def _rows(
    simulated: Figures, sketches: Figures, subject: Subject, target: float, per: str
) -> Iterator[dict[str, object]]:
    common = {"replications": simulated.replications, "sketches": sketches.replications}
    key = dict(zip(("queue", "vendor", "sla"), subject, strict=True))
    for period in dict.fromkeys(("horizon", per)):
        many, few = (counts_of(one, subject, period) for one in (sketches, simulated))
        measures = {"attainment": _attainments(many, few)}
        if period == per:
            measures["miss_probability"] = _chances(many, few, target)
        for measure, rows in measures.items():
            for start, row in zip(simulated.layout.windows[period].labels, rows, strict=True):
                yield {**key, **common, "measure": measure, "period": period, "start": start, **row}


def _attainments(many: Counts, few: Counts) -> list[dict[str, object]]:
    plain = ratio(few[0].sum(axis=0), few[1].sum(axis=0))
    rows = of_means(assisted_shares(many, few))
    return [{"counted": counted, **row} for counted, row in zip(plain, rows, strict=True)]


def _chances(many: Counts, few: Counts, target: float) -> list[dict[str, object]]:
    attained = ratio(*few)
    known = ~np.isnan(attained)
    plain = ratio((known & (attained < target)).sum(axis=0).astype(float), known.sum(axis=0).astype(float))
    rows = of_chances(assisted_misses(many, few, target))
    return [{"counted": counted, **row} for counted, row in zip(plain, rows, strict=True)]


def of_means(means: Assisted) -> list[dict[str, object]]:
    """Return the columns that tell a mean, by window."""
    ends = (means.estimate, means.low, means.high, means.effective)
    return _columns(*ends, means.gap, means.gap_error, means.rho2, means.note)


def of_chances(chances: AssistedChances) -> list[dict[str, object]]:
    """Return the columns that tell a chance, by window."""
    ends, unknown = (chances.chance, chances.low, chances.high, chances.effective), np.full(chances.chance.size, np.nan)
    return _columns(*ends, unknown, unknown, chances.rho2, chances.note)


def _columns(
    estimate: Array, low: Array, high: Array, effective: Array, gap: Array, gap_error: Array, rho2: float, note: str
) -> list[dict[str, object]]:
    return [
        {
            "estimate": estimate[window],
            "low": low[window],
            "high": high[window],
            "effective": effective[window],
            "sketch_gap": gap[window],
            "sketch_gap_error": gap_error[window],
            "rho2": rho2,
            "why_counted": note,
        }
        for window in range(len(estimate))
    ]
