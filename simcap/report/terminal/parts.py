"""SLAs without a whole window in the horizon to judge them by: what is known about their partial windows."""

from __future__ import annotations

import datetime as dt

import numpy as np

from simcap.experiment.results import Results
from simcap.report.wording.standing import Standing, standings
from simcap.report.wording.words import attained, listed, odds, seen, sla_name, span_of_days, target_share


def part_lines(results: Results) -> list[str]:
    """Return for each SLA without a whole window the attainment of its parts, and how often they are below target."""
    rows = [row for row in standings(results) if row.settled and not any(row.windows.whole)]
    return [_part_line(results, row) for row in rows if np.isfinite(row.attainment).any()]


def _part_line(results: Results, row: Standing) -> str:
    parts = [
        f"{_span(results, row, window)}: {_standing(row, window)}"
        for window in range(len(row.windows.starts))
        if np.isfinite(row.attainment[:, window]).any()
    ]
    return f"{sla_name(row.queue, row.vendor, row.name)}, {listed(parts)}"


def _span(results: Results, row: Standing, window: int) -> str:
    """Return the days of a part: "5 to 25 October 2026"."""
    starts, horizon = row.windows.starts, results.scenario.horizon
    first = starts[window].date()
    after = starts[window + 1].date() if window + 1 < len(starts) else horizon.start + dt.timedelta(horizon.day_count)
    return span_of_days(first, after - dt.timedelta(days=1))


def _standing(row: Standing, window: int) -> str:
    """Say what a part attains, and how often it is below target: "97.1% on time, below 95% not seen in 4 ..."."""
    known = np.isfinite(row.attainment[:, window])
    values, counted = row.attainment[known, window], row.counted[known, window]
    share = attained(float(np.average(values, weights=counted)), row.sla.target)
    below = float((values < row.sla.target).mean())
    line = f"{share} on time; below {target_share(row.sla.target)} {seen(below, values.size)}"
    return line if row.is_single else f"{line} ({odds(below, values.size)})"
