"""Volumes: level, growth, drift, hour-of-week profile and busyness of each queue, by day and by hour.

Daily counts are negative binomial about a weekday pattern and a level that drifts from week to week; its dispersion is
the squared coefficient of variation of busyness. Day-to-day correlation of busyness comes from the residuals.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simcap.calibration.fits.busy_days import (
    AFTER,
    BEFORE,
    ENOUGH_DAYS,
    HOLIDAY,
    USUAL,
    BusyDays,
    Kinds,
    fit_busy_days,
    shares_by_kind,
)
from simcap.calibration.fits.fit import Estimate, Fit, Key, NotFitted, of_queue
from simcap.calibration.fits.small_queues import fit_small, with_holidays
from simcap.scenario.data.public_holidays import is_beside, is_holiday
from simcap.scenario.schema.calendars import HolidayCalendar

Array = NDArray[np.float64]

_RATES = "arrivals"
_HOLIDAYS: Key = (_RATES, "holidays")
_BESIDE: Mapping[str, int] = {"before": BEFORE, "after": AFTER}
"""Kinds of days beside a public holiday, by their key."""
ENOUGH_A_DAY = 5
"""Items a day from which on a queue is fitted by itself."""
FITTED = 8
"""Weekdays, level and trend: what is fitted to the daily counts."""
_LEVEL = [0, 1, 3]
"""Places of level, growth and drift among the estimates."""
MANY = 10
"""On a weekday with this many items in the median, none at all is odd."""
MOST_ON_HOLIDAYS = 20.0
"""Largest factor on holidays that a scenario can have."""
STRANGE = 4.0
"""Days whose count lies this many standard deviations from the fit are reported as outliers; they stay in."""


def fit_volumes(
    counts: Mapping[str, Array],
    first: int,
    calendar: HolidayCalendar | None = None,
    timezones: Mapping[str, str] | None = None,
) -> list[Fit | NotFitted]:
    """Fit the volumes of each queue from its items as [day, hour], days from the ordinal `first`.

    A day that is not known in full is NaN. `calendar` holds the public holidays that have volumes of their own,
    `timezones` the zones of the days and hours. Queues with few items are drawn to the larger ones.
    """
    fits = [_fit(queue, by_hour, first, calendar) for queue, by_hour in counts.items()]
    large = [one for one in fits if isinstance(one, Fit)]
    fits = [
        _small(queue, counts[queue], first, calendar, large) if isinstance(one, NotFitted) else one
        for queue, one in zip(counts, fits, strict=True)
    ]
    places = [(timezones or {}).get(queue) for queue in counts]
    return [_at(one, place) for one, place in zip(fits, places, strict=True)]


def _small(
    queue: str, by_hour: Array, first: int, calendar: HolidayCalendar | None, large: list[Fit]
) -> Fit | NotFitted:
    """Fit a queue with few items; not if it has none, nor days enough to see them come."""
    counts = by_hour.sum(axis=1)
    days, seen = counts.size, float(np.nansum(counts))
    if days < ENOUGH_DAYS or not seen:
        return NotFitted(of_queue(queue).path(_RATES), f"{seen:,.0f} items on {days} days; some on 28 days are needed")
    holiday = holiday_days(calendar, first, days)
    fit = fit_small(queue, by_hour, first, np.isfinite(counts) & ~holiday, large)
    if calendar is None:
        return fit
    given = calendar.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    factors = [_holiday_factor(one) for one in large if calendar_of(one) is not None]
    return with_holidays(fit, given, factors, int(holiday.sum()))


def _at(fit: Fit | NotFitted, place: str | None) -> Fit | NotFitted:
    """Write the zone of days and hours with a fit."""
    if place is None or isinstance(fit, NotFitted):
        return fit
    return dataclasses.replace(fit, fixed={(_RATES, "timezone"): place, **fit.fixed})


def closed_on_holidays(fits: Iterable[Fit]) -> list[NotFitted]:
    """Return the queues without items on any holiday: whether that applies to all others is unknown."""
    return [
        NotFitted(
            fit.subject.path(*_HOLIDAYS),
            f"no item came on the {fit.goodness['holidays']:.0f} public holidays; all future ones are taken as closed",
        )
        for fit in fits
        if fit.fixed.get((*_HOLIDAYS, "factor")) == 0
    ]


def expected_by_day(fit: Fit, first: int, days: int) -> Array:
    """Return the items that a fit of volumes expects on each day of the history that it was fitted to."""
    pattern = np.array(fit.fixed[_RATES, "profile"]).reshape(7, 24).mean(axis=1)
    day = np.arange(days)
    shares = np.array([1.0, _holiday_factor(fit), *(fit.fixed.get((*_HOLIDAYS, side), 1.0) for side in _BESIDE)])
    usual = shares[kinds_of(calendar_of(fit), first, days)]
    level = _line(fit, days) if fit.trend is None else fit.trend
    return np.asarray(usual * level / 7 * pattern[(first - 1 + day) % 7])


def _line(fit: Fit, days: int) -> Array:
    """Return the level of each day of the history, in items a week, of a fit without drift."""
    week = np.arange(days) // 7 - -(-days // 7)
    return np.asarray(fit.value(_RATES, "per_week") * (1 + fit.value(_RATES, "growth")) ** week)


def calendar_of(fit: Fit) -> HolidayCalendar | None:
    """Return the public holidays that a fit of volumes treats separately; none if it does not."""
    known = {key[-1]: value for key, value in fit.fixed.items() if key[: len(_HOLIDAYS)] == _HOLIDAYS}
    for key in ("factor", *_BESIDE):
        known.pop(key, None)
    return HolidayCalendar.model_validate(known) if known else None


def _holiday_factor(fit: Fit) -> float:
    key = (*_HOLIDAYS, "factor")
    return fit.value(*key) if fit.has(*key) else float(fit.fixed.get(key, 1.0))


def holiday_days(calendar: HolidayCalendar | None, first: int, days: int) -> NDArray[np.bool_]:
    """Return which days from the ordinal `first` on are public holidays; none without a calendar."""
    return np.array([is_holiday(calendar, dt.date.fromordinal(first + day)) for day in range(days)])


def kinds_of(calendar: HolidayCalendar | None, first: int, days: int) -> Kinds:
    """Return the kind of each day from the ordinal `first` on; all are usual without a calendar."""
    kind = np.where(holiday_days(calendar, first, days), HOLIDAY, USUAL)
    if calendar is None:
        return kind
    beside = [is_beside(calendar, dt.date.fromordinal(first + day)) for day in range(days)]
    return np.array([one if side is None else _BESIDE[side] for one, side in zip(kind, beside, strict=True)])


def usual_days(
    counts: Array, first: int, calendar: HolidayCalendar | None
) -> tuple[NDArray[np.int64], Kinds, NDArray[np.bool_]]:
    """Return of each day its weekday, its kind, and whether it is known and a usual one."""
    weekday = (first - 1 + np.arange(counts.size)) % 7
    kind = kinds_of(calendar, first, counts.size)
    lost = missing_days(np.where(kind == HOLIDAY, np.nan, counts), weekday)
    return weekday, kind, np.isfinite(counts) & (kind == USUAL) & ~lost


def missing_days(counts: Array, weekday: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return the days without any item on weekdays that usually have many: closed, or lost from the log."""
    known = np.isfinite(counts)
    by_weekday = [counts[known & (weekday == day)] for day in range(7)]
    usual = np.array([np.median(own) if own.size else 0.0 for own in by_weekday])
    return np.asarray((counts == 0) & (usual[weekday] >= MANY))


def _fit(queue: str, by_hour: Array, first: int, calendar: HolidayCalendar | None = None) -> Fit | NotFitted:
    subject = of_queue(queue)
    counts = by_hour.sum(axis=1)
    days, known, seen = counts.size, np.isfinite(counts), float(np.nansum(counts))
    if days < ENOUGH_DAYS or seen < ENOUGH_A_DAY * days:
        return NotFitted(subject.path(_RATES), f"{seen:,.0f} items on {days} days")
    weekday, kind, usual = usual_days(counts, first, calendar)
    found = fit_busy_days(counts, usual, weekday)
    if found is None:
        return NotFitted(subject.path(_RATES), f"no week of its {days} days has enough usual days")
    expected = found.expected
    spread = np.sqrt(expected + found.dispersion * expected**2)
    strange = int((np.abs(counts - expected) > STRANGE * spread)[found.is_open].sum())
    profile = _profile(by_hour[usual], weekday[usual])
    fixed: dict[Key, Any] = {
        (_RATES, "profile"): [round(float(share), 5) for share in profile],
        (_RATES, "busyness", "correlation"): round(found.correlation, 3),
        (_RATES, "busyness", "hourly"): round(_hourly(by_hour[usual], weekday[usual], profile), 3),
    }
    lost = ~usual & (kind == USUAL) & known
    goodness = {"days without items": float(lost.sum()), "outlying days": float(strange)}
    goodness |= {"Pearson / df": _pearson(counts, expected, spread, found.is_open)}
    goodness |= {"standard error of the correlation": found.unsure}
    goodness |= {"of an hour in the profile": _unsure(by_hour[usual], weekday[usual], profile)}
    estimates, covariance = _estimates(queue, found)
    trend = found.level.fitted[np.arange(days) // 7]
    fit = Fit("volume", estimates, covariance, int(seen), goodness, fixed, trend=trend)
    if calendar is None:
        return fit
    shares = shares_by_kind(counts, expected, kind)
    beside = {side: round(float(shares[one]), 4) for side, one in _BESIDE.items() if (kind == one).any()}
    given = calendar.model_dump(mode="json", by_alias=True, exclude_defaults=True) | beside
    holiday = (kind == HOLIDAY) & known
    return _with_holidays(fit, given, counts[holiday], expected[holiday], found.dispersion)


def _estimates(queue: str, found: BusyDays) -> tuple[tuple[Estimate, ...], Array]:
    """Return level, growth, busyness and drift, and their covariance."""
    subject = of_queue(queue)
    per_week, growth, drift = found.level.values.tolist()
    covariance = np.zeros((4, 4))
    covariance[np.ix_(_LEVEL, _LEVEL)], covariance[2, 2] = found.level.covariance, found.doubt / 4
    return (
        Estimate(subject, (_RATES, "per_week"), math.exp(per_week), "log"),
        Estimate(subject, (_RATES, "growth"), math.expm1(growth), "plain", "share"),
        Estimate(subject, (_RATES, "busyness", "cv"), math.sqrt(found.dispersion), "log"),
        Estimate(subject, (_RATES, "drift"), math.exp(drift), "log", "share"),
    ), covariance


def _with_holidays(fit: Fit, given: Mapping[str, Any], counts: Array, expected: Array, dispersion: float) -> Fit:
    """Add the volume of holidays relative to other days: a ratio of sums, with an uncertainty that includes busyness.

    `given` is what else is known of the holidays: the calendar, and the days beside them. Holidays differ more than
    other days do, so if there are several, the variance between them counts too.
    """
    goodness = fit.goodness | {"holidays": float(counts.size)}
    counts, expected = counts[expected > 0], expected[expected > 0]
    if not expected.size:
        return dataclasses.replace(fit, goodness=goodness)
    fixed = fit.fixed | {(*_HOLIDAYS, key): value for key, value in given.items()}
    factor = min(float(counts.sum() / expected.sum()), MOST_ON_HOLIDAYS)
    if factor == 0:
        return dataclasses.replace(fit, goodness=goodness, fixed=fixed | {(*_HOLIDAYS, "factor"): 0.0})
    likely = float((factor * expected + dispersion * (factor * expected) ** 2).sum())
    between = float(((counts - factor * expected) ** 2).sum()) * counts.size / max(counts.size - 1, 1)
    variance = max(likely, between) / counts.sum() ** 2
    covariance = np.pad(fit.covariance, ((0, 1), (0, 1)))
    covariance[-1, -1] = variance
    estimates = (*fit.estimates, Estimate(fit.subject, (*_HOLIDAYS, "factor"), factor, "log", "share"))
    return dataclasses.replace(fit, estimates=estimates, covariance=covariance, goodness=goodness, fixed=fixed)


def _pearson(counts: Array, expected: Array, spread: Array, open_days: NDArray[np.bool_]) -> float:
    residual = ((counts - expected) / np.where(spread > 0, spread, 1))[open_days]
    return float((residual**2).sum() / max(open_days.sum() - 9, 1))


def _profile(by_hour: Array, weekday: NDArray[np.int64]) -> Array:
    """Return the rate in each hour of the week relative to the mean; a weekday without a day is like the others."""
    seen = np.unique(weekday)
    rate = np.empty((7, 24))
    rate[seen] = [by_hour[weekday == day].mean(axis=0) for day in seen.tolist()]
    rate[np.setdiff1d(np.arange(7), seen)] = rate[seen].mean(axis=0)
    return np.asarray((rate / rate.mean()).ravel())


def _unsure(by_hour: Array, weekday: NDArray[np.int64], profile: Array) -> float:
    """Return the relative standard error of an hour in the profile, each hour weighted by its items."""
    total = by_hour.sum(axis=1, keepdims=True)
    usual = profile.reshape(7, 24)[weekday]
    usual = usual / np.maximum(usual.sum(axis=1, keepdims=True), 1e-12)
    squares = np.where(total > 0, by_hour / np.maximum(total, 1) - usual, 0.0) ** 2
    days = np.bincount(weekday[total[:, 0] > 0], minlength=7)
    known = days > 1
    scatter = np.array([squares[weekday == day].sum(axis=0) for day in np.flatnonzero(known)])
    errors = np.sqrt(scatter / ((days - 1) * days)[known, None]).sum(axis=1)
    return float(errors.mean()) if errors.size else math.nan


def _hourly(by_hour: Array, weekday: NDArray[np.int64], profile: Array) -> float:
    """Return the coefficient of variation of an hour's factor, given its day.

    Counts scatter about the day's total, spread by the profile, more than Poisson noise would: by moments, with the
    degrees of freedom used by day and profile.
    """
    shares = profile.reshape(7, 24)[weekday]
    shares = shares / np.maximum(shares.sum(axis=1, keepdims=True), 1e-12)
    expected = by_hour.sum(axis=1, keepdims=True) * shares
    left = (1 - shares) * (1 - 1 / np.bincount(weekday, minlength=7)[weekday])[:, None]
    surplus = float(((by_hour - expected) ** 2 - expected * left).sum())
    whole = float((expected**2 * left).sum())
    return float(np.sqrt(max(surplus, 0.0) / whole)) if whole > 0 else 0.0
