"""Tidy tables of results across replications."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

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
_AT_ONCE = 1 << 20
"""Figures that are summarised at once, about: summaries take some ten times their memory."""
SPREAD_COLUMNS = ("mean", "ci_low", "ci_high", *(f"p{percent:02d}" for percent in PERCENTILES))


def long_table(name: str, figures: Figures) -> pd.DataFrame:
    """Return a long table (queues, teams, vendors or money): a row for each subject, measure and window."""
    layout = figures.layout
    frames = []
    for period in (period for period in layout.windows if figures.has(name, period)):
        index = index_of(name, layout, period, [*KEYS[name], "measure", "period", "start"])
        frames.append(index.assign(**spread_columns(_spread_of(figures.whole(name, period), layout.measures[name]))))
    return _finite(pd.concat(frames, ignore_index=True))


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
    return _finite(pd.concat(frames, ignore_index=True))


def date_text(value: object) -> str:
    """Return a date in a table as the text that files have; text is returned unchanged."""
    if value is pd.NaT:
        return ""
    if not isinstance(value, dt.datetime):
        return str(value)
    return value.isoformat(timespec="minutes") if value.time() != dt.time() else value.date().isoformat()


def index_of(name: str, layout: Layout, period: str, columns: list[str]) -> pd.DataFrame:
    """Return subject, measure, period and start of each figure of one replication, in the order of its figures."""
    subjects, measures, starts = layout.subjects[name], layout.measures[name], layout.windows[period].labels
    if not subjects:
        return pd.DataFrame([], columns=columns)
    each = len(measures) * len(starts)
    keys = [np.repeat(np.array(names, object), each) for names in zip(*subjects, strict=True)]
    measure = np.tile(np.repeat(np.array(measures, object), len(starts)), len(subjects))
    start = np.tile(np.array(starts, object), len(subjects) * len(measures))
    return pd.DataFrame(dict(zip(columns, (*keys, measure, period, start), strict=True)))


def _spread_of(figures: Array, measures: tuple[str, ...]) -> Spread:
    """Summarise [replication, subject, measure, window] within the range of each measure."""
    shares = np.array([measure in SHARES for measure in measures])
    least = np.array([-np.inf if measure in MAY_BE_NEGATIVE else 0.0 for measure in measures])
    step = max(_AT_ONCE * figures.shape[1] // max(figures.size, 1), 1)
    parts = [
        spread(figures[:, first : first + step], least=least[:, None], shares=shares[:, None])
        for first in range(0, max(figures.shape[1], 1), step)
    ]
    mean, low, high = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("mean", "ci_low", "ci_high")
    )
    return Spread(mean, low, high, np.concatenate([part.percentiles for part in parts], axis=1))


def spread_columns(summary: Spread) -> dict[str, Array]:
    """Return a summary as columns of a table, by the names of `SPREAD_COLUMNS`."""
    values = (summary.mean, summary.ci_low, summary.ci_high, *summary.percentiles)
    return {name: value.ravel() for name, value in zip(SPREAD_COLUMNS, values, strict=True)}


def _finite(table: pd.DataFrame) -> pd.DataFrame:
    """Leave infinite figures empty: percentiles that fall among items that are still open."""
    return table.replace([np.inf, -np.inf], np.nan)
