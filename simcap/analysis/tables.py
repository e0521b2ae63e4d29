"""Tidy tables of results across replications."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.analysis.figures import Figures, Layout, Subject
from simcap.analysis.measures import SHARES, ratio
from simcap.analysis.money import MAY_BE_NEGATIVE
from simcap.analysis.ratios import ratio_spread
from simcap.analysis.summary import PERCENTILES, Spread, misses, spread

Array = NDArray[np.float64]

KEYS = {
    "queues": ("queue",),
    "teams": ("vendor", "team"),
    "vendors": ("vendor",),
    "money": ("vendor",),
    "work": ("vendor", "team", "queue"),
    "sla": ("queue", "vendor", "sla"),
    "late": ("queue", "vendor", "sla"),
}
MOST_ROWS = 1 << 18
"""Rows of a long table that are made at once."""
_AT_ONCE = 1 << 20
"""Figures that are summarised at once, about: summaries take some ten times their memory."""
_FEWEST = 64
"""Rows that are summarised at once, however many replications there are."""
SPREAD_COLUMNS = ("mean", "ci_low", "ci_high", *(f"p{percent:02d}" for percent in PERCENTILES))


def long_table(name: str, figures: Figures) -> pd.DataFrame:
    """Return a long table (queues, teams, vendors or money): a row for each subject, measure and window."""
    return pd.concat(list(long_parts(name, figures)), ignore_index=True)


def long_parts(name: str, figures: Figures) -> Iterator[pd.DataFrame]:
    """Yield the rows of a long table in parts, the shorter the more replications, at least one for each period."""
    layout = figures.layout
    for period in (period for period in layout.windows if figures.has(name, period)):
        values = figures.whole(name, period)
        columns = values.reshape(values.shape[0], -1)
        most = min(MOST_ROWS, max(_AT_ONCE // len(columns), _FEWEST))
        for part in _stretches(columns.shape[1], most):
            index = _index_of(name, layout, period, np.arange(part.start, part.stop))
            yield _finite(index.assign(**spread_columns(_spread_of(columns[:, part], index["measure"]))))
            figures.let_go()


def rows_of(name: str, figures: Figures) -> int:
    """Return the number of rows of a long table."""
    return sum(figures.whole(name, period)[0].size for period in figures.layout.windows if figures.has(name, period))


def sla_table(figures: Figures, targets: Mapping[Subject, float]) -> pd.DataFrame:
    """Return the SLA table: a row for each queue, vendor (empty: the whole queue), SLA and window.

    `targets` are shares by row. Attainment and the share that left undecided are ratios of sums over
    replications. Partial months and weeks have no probability of a miss.
    """
    frames = []
    layout = figures.layout
    subjects = layout.subjects["sla"]
    target = np.array([targets[subject] for subject in subjects])
    for period, windows in layout.windows.items():
        counts = dict(figures.each("sla", period, None))
        risk = misses(counts["attainment"], target[:, None])
        whole = np.array(windows.whole)
        count = len(windows.cells)
        columns: dict[str, object] = {
            name: np.repeat([subject[place] for subject in subjects], count)
            for place, name in enumerate(("queue", "vendor", "sla"))
        }
        columns["target"] = np.repeat(target, count)
        columns["period"] = period
        columns["start"] = list(windows.labels) * len(subjects)
        columns |= {
            ("attainment" if name == "mean" else name): values
            for name, values in spread_columns(ratio_spread(counts["on_time"], counts["counted"])).items()
        }
        columns["decided"] = counts["decided"].mean(axis=0).ravel()
        for name, values in (
            ("miss_probability", risk.probability),
            ("miss_low", risk.low),
            ("miss_high", risk.high),
            ("shortfall", risk.shortfall),
        ):
            columns[name] = np.where(whole | (name == "shortfall"), values, np.nan).ravel()
        columns["partial"] = np.tile(~whole, len(subjects))
        columns["expired_share"] = ratio(counts["expired"].sum(axis=0), counts["created"].sum(axis=0)).ravel()
        frames.append(pd.DataFrame(columns))
        figures.let_go()
    return _finite(pd.concat(frames, ignore_index=True))


def date_text(value: object) -> str:
    """Return a date in a table as the text that files have; text is returned unchanged."""
    if value is pd.NaT:
        return ""
    if not isinstance(value, dt.datetime):
        return str(value)
    return value.isoformat(timespec="minutes") if value.time() != dt.time() else value.date().isoformat()


def _index_of(name: str, layout: Layout, period: str, rows: NDArray[np.int64]) -> pd.DataFrame:
    """Return subject, measure, period and start of figures of one replication, given their numbers."""
    subjects, measures, starts = layout.subjects[name], layout.measures[name], layout.windows[period].labels
    columns = [*KEYS[name], "measure", "period", "start"]
    if not rows.size:
        return pd.DataFrame([], columns=columns)
    each = len(measures) * len(starts)
    keys = [np.array(names, object)[rows // each] for names in zip(*subjects, strict=True)]
    measure = np.array(measures, object)[rows // len(starts) % len(measures)]
    start = np.array(starts, object)[rows % len(starts)]
    return pd.DataFrame(dict(zip(columns, (*keys, measure, period, start), strict=True)))


def _spread_of(figures: Array, measure: pd.Series) -> Spread:
    """Summarise [replication, figure] within the range of each figure's measure."""
    shares = measure.isin(SHARES).to_numpy(bool)
    least = np.where(measure.isin(MAY_BE_NEGATIVE), -np.inf, 0.0)
    return spread(figures, least=least, shares=shares)


def _stretches(size: int, most: int) -> Iterator[slice]:
    """Yield stretches of equal length, within one, none longer than `most`; a single empty one of nothing.

    None is much shorter than the others: sums over replications round otherwise where there is a single column.
    """
    borders = np.linspace(0, size, max(-(-size // most), 1) + 1).astype(int).tolist()
    yield from (slice(begin, end) for begin, end in itertools.pairwise(borders))


def spread_columns(summary: Spread) -> dict[str, Array]:
    """Return a summary as columns of a table, by the names of `SPREAD_COLUMNS`."""
    values = (summary.mean, summary.ci_low, summary.ci_high, *summary.percentiles)
    return {name: value.ravel() for name, value in zip(SPREAD_COLUMNS, values, strict=True)}


def _finite(table: pd.DataFrame) -> pd.DataFrame:
    """Leave infinite figures empty: percentiles that fall among items that are still open."""
    return table.replace([np.inf, -np.inf], np.nan)
