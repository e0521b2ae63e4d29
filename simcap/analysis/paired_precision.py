"""How far differences between two runs may be believed, told from simulated pairs and many sketched ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.analysis.assisted import Pair, assisted_share_differences, assisted_values, counts_of
from simcap.analysis.assisted_misses import assisted_miss_differences
from simcap.analysis.comparison import Run
from simcap.analysis.figures import Subject
from simcap.analysis.measures import ratio
from simcap.analysis.pairs import paired
from simcap.analysis.precision import of_chances, of_means

Array = NDArray[np.float64]
Runs = tuple[Run, Run]
"""Sketches, and simulated replications, of the same scenario."""
Row = dict[str, object]

COLUMNS: Final = (
    "queue", "vendor", "sla", "measure", "period", "start", "counted", "difference", "low", "high", "replications",
    "sketches", "effective", "sketch_gap", "sketch_gap_error", "rho2", "why_counted",
)  # fmt: skip


def paired_precision_table(base: Runs, variant: Runs) -> pd.DataFrame:
    """Return how much higher attainment, chances of a miss and net cost are in a variant than in its base.

    There is a row for the horizon and each window of each SLA that both have, for the chance that a window is missed,
    and for the net cost of each vendor that both pay, and of all (an empty vendor), over the horizon. Columns are those
    of `precision.precision_table`, with `difference` for `estimate`; `effective` counts replications that are paired
    and have no sketches.
    """
    common = {"replications": base[1].figures.replications, "sketches": base[0].figures.replications}
    rows = [
        {**common, **row}
        for table, rows_of in (("sla", _of_sla), ("money", _of_costs))
        for subject in base[1].layout.subjects[table]
        if subject in variant[1].layout.subjects[table]
        for row in rows_of(base, variant, subject)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def pair_of(runs: Runs, subject: Subject, period: str) -> Pair:
    """Return the counts of an SLA row in sketches, and in the simulated replications."""
    many, few = (counts_of(run.figures, subject, period) for run in runs)
    return many, few


def _of_sla(base: Runs, variant: Runs, subject: Subject) -> Iterator[Row]:
    key: Row = dict(zip(("queue", "vendor", "sla"), subject, strict=True))
    per = base[1].periods[subject[0], subject[2]]
    targets = (base[1].targets[subject], variant[1].targets[subject])
    for period in dict.fromkeys(("horizon", per)):
        before, after = (pair_of(runs, subject, period) for runs in (base, variant))
        measures = {"attainment": _attainments(before, after)}
        if period == per:
            measures["miss_probability"] = _misses(before, after, targets)
        for measure, rows in measures.items():
            for start, row in zip(base[1].layout.windows[period].labels, rows, strict=True):
                yield {**key, "measure": measure, "period": period, "start": start, **row}


def _attainments(base: Pair, variant: Pair) -> list[Row]:
    one, other = (ratio(part.sum(axis=0), whole.sum(axis=0)) for _, (part, whole) in (base, variant))
    return _told(other - one, of_means(assisted_share_differences(base, variant)))


def _misses(base: Pair, variant: Pair, targets: tuple[float, float]) -> list[Row]:
    shares = [ratio(*few) for _, few in (base, variant)]
    one, other = (
        np.where(np.isnan(share), np.nan, share < target) for share, target in zip(shares, targets, strict=True)
    )
    return _told(paired(one, other).mean, of_chances(assisted_miss_differences(base, variant, targets)))


def _of_costs(base: Runs, variant: Runs, subject: Subject) -> Iterator[Row]:
    """Yield the row of a vendor's net cost over the horizon; none where a replication has no figure."""
    many, few = (
        other.figures.of("money", "horizon", subject, "net_cost")
        - one.figures.of("money", "horizon", subject, "net_cost")
        for one, other in zip(base, variant, strict=True)
    )
    if not (np.isfinite(many).all() and np.isfinite(few).all()):
        return
    (row,) = _told(few.mean(axis=0), of_means(assisted_values(many, few)))
    (start,) = base[1].layout.windows["horizon"].labels
    yield {
        "queue": "",
        "vendor": subject[0],
        "sla": "",
        "measure": "net_cost",
        "period": "horizon",
        "start": start,
        **row,
    }


def _told(counted: Array, rows: list[Row]) -> list[Row]:
    """Return rows of estimates as rows of differences, beside what was counted."""
    return [
        {"counted": plain, "difference": row.pop("estimate"), **row} for plain, row in zip(counted, rows, strict=True)
    ]
