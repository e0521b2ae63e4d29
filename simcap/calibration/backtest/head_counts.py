"""How many agents of each team were at work in the weeks after an origin, as reports of days or longer say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.calibration.backtest.by_schedule import days_share, shifts_of
from simcap.calibration.history.history import History
from simcap.calibration.history.reports import people
from simcap.calibration.history.roles import LENGTH
from simcap.errors import DataError
from simcap.scenario.nearest import nearest
from simcap.scenario.schema.scenario import Scenario
from simcap.scenario.schema.vendors import TeamSpec
from simcap.units import DAY

Array = NDArray[np.float64]

COUNTED: Final = ("fte_actual", "positions", "fte_planned", "headcount")
"""Columns that say how many people there were, the better one first."""
_PRESENT: Final = ("fte_actual", "positions")
"""Those of them that leave out who was absent."""
_WEEK: Final = 7 * DAY


def counted_by(history: History) -> str:
    """Return the column of head counts. Raises `DataError` if there is none."""
    reports = history.reports
    assert reports is not None
    for name in COUNTED:
        if name in reports and reports[name].notna().any():
            return name
    raise DataError(
        "backtest: no report says how many people were at work; name one of the columns fte_actual, positions, "
        "fte_planned, headcount under `reports: columns:`"
    )


def check_vendors(history: History, scenario: Scenario, name: str) -> Iterator[str]:
    """Yield why head counts of a report's vendors cannot be given to the teams of a scenario."""
    counts = _counts(history)
    for vendor in sorted(set(counts["vendor"]) - {""} - set(scenario.vendors)):
        yield (
            f"{name}: has no vendor {vendor!r}, of which the reports have head counts; "
            f"{nearest(vendor, sorted(scenario.vendors))}"
        )
    for vendor in scenario.vendors:
        if vendor not in set(counts["vendor"]) and "" not in set(counts["vendor"]):
            yield f"{name}: vendors.{vendor}: no report has its head counts, `{counted_by(history)}`"


def at_work(history: History, scenario: Scenario, begin: float, end: float) -> dict[tuple[str, str], Array]:
    """Return by vendor and team how many agents work in each week of a span of POSIX seconds.

    A count of a team is its own; one of a vendor, or of all, is shared out as the scenario has agents. Raises
    `DataError` for a week without a count.
    """
    column, counts = counted_by(history), _counts(history)
    starts = np.arange(begin, end - DAY / 2, _WEEK)
    found = {}
    for vendor, one in scenario.vendors.items():
        mine = counts[counts["vendor"] == vendor]
        rows = mine if len(mine) else counts[counts["vendor"] == ""]
        by_team = set(rows["team"]) >= set(one.teams)
        specs = one.teams if len(mine) else {t: s for v in scenario.vendors.values() for t, s in v.teams.items()}
        for team, spec in one.teams.items():
            own = rows[rows["team"] == team] if by_team else rows
            share = 1.0 if by_team else (spec.agents or 0) / max(sum(each.agents or 0 for each in specs.values()), 1)
            practice = one.practice(team).shrinkage
            absence = practice.absence[0] if practice is not None and column not in _PRESENT else 0.0
            weeks = np.array([_mean(own, column, start, min(start + _WEEK, end)) for start in starts])
            found[vendor, team] = weeks * share * (1 - absence) * (_days_of(spec) if column == "positions" else 1.0)
    if any(np.isnan(weeks).any() for weeks in found.values()):
        raise DataError(f"backtest: reports of {column} end before the days to replay")
    return found


def _counts(history: History) -> pd.DataFrame:
    assert history.reports is not None
    return people(history.reports, counted_by(history))


def _mean(rows: pd.DataFrame, column: str, begin: float, end: float) -> float:
    """Return the mean count over a span, sites and other parts of a period added up; NaN if none reaches into it."""
    sums = rows.groupby(["start", LENGTH])[column].sum().reset_index()
    start, length = (sums[name].to_numpy(float) for name in ("start", LENGTH))
    common = np.clip(np.minimum(start + length, end) - np.maximum(start, begin), 0.0, None)
    return float((sums[column].to_numpy(float) * common).sum() / common.sum()) if common.sum() > 0 else float("nan")


def _days_of(spec: TeamSpec) -> float:
    """Return how many agents of a team make one who works on any day: 7/5 for five days a week."""
    share = sum(part * days_share(shift) for shift, part in shifts_of(spec))
    return 1 / share if share > 0 else 0.0
