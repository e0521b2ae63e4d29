"""How well past weeks would have been foreseen: the level's forecasts from earlier weeks beside rules without a model.

At each origin all is fitted anew to what was known then: weekdays, level, growth, drift, what holidays leave. Only the
public holidays of the weeks to come are known, as they are to everybody.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.calibration.fits.busy_days import Kinds, fit_busy_days, shares_by_kind
from simcap.calibration.fits.fit import Fit
from simcap.calibration.fits.levels import Level, Weeks, fit_level
from simcap.calibration.fits.period_volumes import PERIODS, busyness_of, by_week, ordinary, weeks_of
from simcap.calibration.fits.volumes import usual_days
from simcap.calibration.history.report_counts import Reported
from simcap.scenario.schema.calendars import HolidayCalendar

Array = NDArray[np.float64]

FARTHEST: Final = 4
"""Weeks that are foreseen from each origin."""
FEWEST: Final = 4
"""Weeks known at the first origin."""
ORIGINS: Final = 12
"""Origins at most: the last ones, a week apart."""
YEAR: Final = 52
_QUANTILE: Final = 1.645
Knowing = Callable[[int], tuple[Level, Array] | None]
"""From the number of weeks known: the level, and what holidays leave of each week to come; nothing if none is known."""
RULES: Final = {
    "last_week": "as last week",
    "four_weeks": "mean of four weeks",
    "last_year": "same week of last year",
}
"""By column: what it is called."""


@dataclasses.dataclass(frozen=True)
class Foreseen:
    """One week of a queue as it was foreseen some weeks before, and as it came."""

    week: int
    """Number of the week, 0 at the start of the history."""
    ahead: int
    """Weeks from the origin: 1 is the first week after what was known."""
    came: float
    model: float
    low: float
    high: float
    """90% band."""
    last_week: float
    four_weeks: float
    last_year: float
    """Not a number without a history of a year."""

    @property
    def held(self) -> bool:
        """Say whether the band holds what came."""
        return self.low <= self.came <= self.high


@dataclasses.dataclass(frozen=True)
class Missed:
    """By how much forecasts missed: the sum of absolute errors over the sum of what came."""

    forecasts: int
    model: float
    rules: dict[str, float]
    """By rule; without those that had no history."""
    held: float
    """Share of weeks that the 90% band held."""

    @property
    def best(self) -> str:
        """Return the rule that missed by least."""
        return min(self.rules, key=lambda rule: self.rules[rule])


def foresee_days(
    counts: Array, usual: NDArray[np.bool_], kind: Kinds, weekday: NDArray[np.int64]
) -> tuple[Foreseen, ...]:
    """Return forecasts of the whole weeks of daily counts; `usual` days are known, and of that kind."""
    weeks = counts.size // 7
    came = counts[: weeks * 7].reshape(weeks, 7).sum(axis=1)

    def known_at(origin: int) -> tuple[Level, Array] | None:
        until = slice(0, origin * 7)
        found = fit_busy_days(counts[until], usual[until], weekday[until])
        if found is None:
            return None
        shares = shares_by_kind(counts[until], found.expected, kind[until])
        day = np.arange(origin * 7, min((origin + FARTHEST) * 7, counts.size // 7 * 7))
        usually = found.pattern[weekday[day]] / 7 * shares[kind[day]]
        return dataclasses.replace(found.level, noise=found.noise), usually.reshape(-1, 7).sum(axis=1)

    return tuple(_foreseen(came, known_at))


def foresee_weeks(came: Weeks, usual: Weeks) -> tuple[Foreseen, ...]:
    """Return forecasts of weeks that are known as such, from those of them that are `usual`."""

    def known_at(origin: int) -> tuple[Level, Array] | None:
        past = usual.until(origin)
        if not (past.items > 0).any():
            return None
        level, seen = fit_level(past), np.isfinite(past.items)
        freedom = max(float(seen.sum()) - level.freedom, 1.0)
        busyness, _, _ = busyness_of(past.items[seen], level.fitted[seen], 7.0, freedom)
        return dataclasses.replace(level, noise=busyness / np.sqrt(7)), np.ones(FARTHEST)

    return tuple(_foreseen(came.items, known_at))


def foresee(
    fits: Iterable[Fit],
    counts: Mapping[str, Array],
    offered: Mapping[str, Reported],
    span: tuple[int, int],
    calendar: HolidayCalendar | None,
) -> dict[str, tuple[Foreseen, ...]]:
    """Return the forecasts of each queue whose level drifts, by its name.

    `counts` are items as [day, hour], `offered` those of reports, of which only weeks are taken; `span` is the ordinal
    of the first day and the number of days.
    """
    first, days = span
    found = {}
    for fit in fits:
        queue = fit.subject.name
        if fit.kind != "volume" or not fit.has("arrivals", "drift"):
            continue
        if PERIODS not in fit.goodness:
            daily = counts[queue].sum(axis=1)
            weekday, kind, usual = usual_days(daily, first, calendar)
            found[queue] = foresee_days(daily, usual, kind, weekday)
            continue
        reported = offered[queue] if offered[queue].finest == "longer" else by_week(offered[queue], days)
        came, known = (weeks_of(reported, days, one) for one in (None, ordinary(reported, first, days, calendar)))
        if came is not None and known is not None:
            found[queue] = foresee_weeks(came, known)
    return {queue: weeks for queue, weeks in found.items() if weeks}


def _foreseen(came: Array, known_at: Knowing) -> Iterator[Foreseen]:
    for origin in range(max(FEWEST, came.size - ORIGINS), came.size):
        known = known_at(origin)
        past = came[:origin][np.isfinite(came[:origin])]
        if known is None or not past.size:
            continue
        level, factors = known
        for ahead, (week, factor) in enumerate(zip(range(origin, came.size), factors.tolist(), strict=False), start=1):
            if not np.isfinite(came[week]):
                continue
            model, error = level.ahead(ahead, factor)
            band = np.exp(_QUANTILE * error)
            last_year = float(came[week - YEAR]) if week >= YEAR else np.nan
            yield Foreseen(
                week, ahead, float(came[week]), model, float(model / band), float(model * band),
                float(past[-1]), float(past[-4:].mean()), last_year,
            )  # fmt: skip


def missed(weeks: tuple[Foreseen, ...], ahead: int | None = None) -> Missed | None:
    """Return by how much forecasts missed, one number of weeks ahead or all; nothing where nothing came."""
    rows = [one for one in weeks if ahead in (None, one.ahead)]
    if not any(one.came for one in rows):
        return None
    came = np.array([one.came for one in rows])

    def error(column: str) -> float:
        return float(np.abs(np.array([getattr(one, column) for one in rows]) - came).sum() / came.sum())

    rules = {rule: error(rule) for rule in RULES}
    return Missed(
        len(rows),
        error("model"),
        {rule: value for rule, value in rules.items() if np.isfinite(value)},
        float(np.mean([one.held for one in rows])),
    )


def foresight_table(foreseen: Mapping[str, tuple[Foreseen, ...]]) -> pd.DataFrame:
    """Return by how much forecasts missed as rows by queue and weeks ahead, the last of which counts all."""
    rows = []
    for queue, weeks in foreseen.items():
        for ahead in (*range(1, FARTHEST + 1), None):
            found = missed(weeks, ahead)
            if found is not None:
                head = {"queue": queue, "weeks_ahead": "all" if ahead is None else str(ahead)}
                rules = {rule: found.rules.get(rule, np.nan) for rule in RULES}
                rows.append(head | {"forecasts": found.forecasts, "model": found.model} | rules | {"held": found.held})
    return pd.DataFrame(rows, columns=["queue", "weeks_ahead", "forecasts", "model", *RULES, "held"])
