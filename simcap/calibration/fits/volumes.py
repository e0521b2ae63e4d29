"""Volumes: level, growth, hour-of-week profile and busyness of each queue, by day and by hour.

Daily counts are negative binomial with a weekday pattern and a weekly trend; its dispersion is the squared coefficient
of variation of busyness. Day-to-day correlation of busyness is estimated from the residuals, and widens the errors.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
import warnings
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from simcap.calibration.fits.fit import Estimate, Fit, Key, NotFitted, of_queue
from simcap.calibration.fits.small_queues import fit_small, with_holidays
from simcap.scenario.data.public_holidays import is_holiday
from simcap.scenario.schema.calendars import HolidayCalendar

Array = NDArray[np.float64]

_RATES = "arrivals"
_HOLIDAYS: Key = (_RATES, "holidays")
ENOUGH_DAYS = 28
ENOUGH_A_DAY = 5
"""Items a day from which on a queue is fitted by itself."""
MOST_CORRELATED = 0.95
FITTED = 8
"""Weekdays, level and trend: what is fitted to the daily counts."""
MANY = 10
"""On a weekday with this many items in the median, none at all is odd."""
USUAL_GROWTH = 0.01
"""Standard deviation of the prior of weekly growth: 1% a week is 68% a year."""
WIDEST = 1.0
"""Largest variance of ln(dispersion): where busyness is hardly distinguishable from none, its error means little."""
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
    per_week, growth = fit.value(_RATES, "per_week"), fit.value(_RATES, "growth")
    pattern = np.array(fit.fixed[_RATES, "profile"]).reshape(7, 24).mean(axis=1)
    day = np.arange(days)
    usual = np.where(holiday_days(calendar_of(fit), first, days), _holiday_factor(fit), 1.0)
    return np.asarray(
        usual * per_week / 7 * pattern[(first - 1 + day) % 7] * (1 + growth) ** (day // 7 - -(-days // 7))
    )


def calendar_of(fit: Fit) -> HolidayCalendar | None:
    """Return the public holidays that a fit of volumes treats separately; none if it does not."""
    known = {key[-1]: value for key, value in fit.fixed.items() if key[: len(_HOLIDAYS)] == _HOLIDAYS}
    known.pop("factor", None)
    return HolidayCalendar.model_validate(known) if known else None


def _holiday_factor(fit: Fit) -> float:
    key = (*_HOLIDAYS, "factor")
    return fit.value(*key) if fit.has(*key) else float(fit.fixed.get(key, 1.0))


def holiday_days(calendar: HolidayCalendar | None, first: int, days: int) -> NDArray[np.bool_]:
    """Return which days from the ordinal `first` on are public holidays; none without a calendar."""
    return np.array([is_holiday(calendar, dt.date.fromordinal(first + day)) for day in range(days)])


def missing_days(counts: Array, weekday: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return the days without any item on weekdays that usually have many: closed, or lost from the log."""
    usual = np.array([np.nanmedian(counts[weekday == day]) for day in range(7)])
    return np.asarray((counts == 0) & (usual[weekday] >= MANY))


def _fit(queue: str, by_hour: Array, first: int, calendar: HolidayCalendar | None = None) -> Fit | NotFitted:
    subject = of_queue(queue)
    counts = by_hour.sum(axis=1)
    days, known, seen = counts.size, np.isfinite(counts), float(np.nansum(counts))
    if days < ENOUGH_DAYS or seen < ENOUGH_A_DAY * days:
        return NotFitted(subject.path(_RATES), f"{seen:,.0f} items on {days} days")
    weekday = (first - 1 + np.arange(days)) % 7
    week = np.arange(days) // 7
    holiday = holiday_days(calendar, first, days)
    missing = missing_days(np.where(holiday, np.nan, counts), weekday) | holiday | ~known
    pattern = np.array([counts[(weekday == day) & ~missing].mean() for day in range(7)])
    pattern /= pattern.mean()
    open_days = (pattern[weekday] > 0) & ~missing
    level, slope, likely, covariance = _regress(counts[open_days], week[open_days], np.log(pattern[weekday][open_days]))
    expected = np.exp(level + slope * week) * pattern[weekday]
    dispersion = _dispersion(counts[open_days], expected[open_days], likely)
    usual = float(expected[open_days].mean())
    covariance[:2, :2] *= max((1 + dispersion * usual) / (1 + likely * usual), 1.0)
    factor = np.where(open_days, counts / np.where(expected > 0, expected, 1), 1.0) - 1
    correlation, unsure = _correlation(factor, dispersion, open_days)
    # Correlated days tell less than as many independent ones (Bartlett 1946), by this factor in the variance.
    covariance[:2, :2] *= (1 + correlation) / (1 - correlation)
    (level, slope), covariance = _with_prior(np.array([level, slope]), covariance)
    weeks = -(-days // 7)
    ahead = np.array([[1.0, weeks, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.5]])
    per_week = 7 * float(np.exp(level + slope * weeks)) * float(pattern.mean())
    estimates = (
        Estimate(subject, (_RATES, "per_week"), per_week, "log"),
        Estimate(subject, (_RATES, "growth"), float(np.expm1(slope)), "plain", "share"),
        Estimate(subject, (_RATES, "busyness", "cv"), float(np.sqrt(dispersion)), "log"),
    )
    spread = np.sqrt(expected + dispersion * expected**2)
    strange = int((np.abs(counts - expected) > STRANGE * spread)[open_days].sum())
    profile = _profile(by_hour[~missing], weekday[~missing])
    fixed: dict[Key, Any] = {
        (_RATES, "profile"): [round(float(share), 5) for share in profile],
        (_RATES, "busyness", "correlation"): round(correlation, 3),
        (_RATES, "busyness", "hourly"): round(_hourly(by_hour[~missing], weekday[~missing], profile), 3),
    }
    goodness = {"days without items": float((missing & ~holiday & known).sum()), "outlying days": float(strange)}
    goodness |= {"Pearson / df": _pearson(counts, expected, spread, open_days)}
    goodness |= {"standard error of the correlation": unsure}
    goodness |= {"of an hour in the profile": _unsure(by_hour[~missing], weekday[~missing], profile)}
    fit = Fit("volume", estimates, ahead @ covariance @ ahead.T, int(seen), goodness, fixed)
    holiday &= known
    return fit if calendar is None else _with_holidays(fit, calendar, counts[holiday], expected[holiday], dispersion)


def _with_holidays(fit: Fit, calendar: HolidayCalendar, counts: Array, expected: Array, dispersion: float) -> Fit:
    """Add the volume of holidays relative to other days: a ratio of sums, with an uncertainty that includes busyness.

    Holidays differ more than other days do, so if there are several, the variance between them counts too.
    """
    goodness = fit.goodness | {"holidays": float(counts.size)}
    counts, expected = counts[expected > 0], expected[expected > 0]
    if not expected.size:
        return dataclasses.replace(fit, goodness=goodness)
    given = calendar.model_dump(mode="json", by_alias=True, exclude_defaults=True)
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


def _with_prior(values: Array, covariance: Array) -> tuple[Array, Array]:
    """Return level and slope, and their covariance, given that growth is small a priori.

    A normal prior around zero (Gelman et al. 2013, ch. 2) matters for a few noisy weeks, whose slope would otherwise
    be extrapolated into nonsense; a quarter of daily counts outweighs it.
    """
    gain = covariance[:, 1] / (covariance[1, 1] + USUAL_GROWTH**2)
    return values - gain[:2] * values[1], covariance - np.outer(gain, covariance[1])


def _regress(counts: Array, week: NDArray[np.int64], offset: Array) -> tuple[float, float, float, Array]:
    """Return level and slope on the log scale, the dispersion, and the covariance of (level, slope, ln dispersion)."""
    from statsmodels.discrete.discrete_model import NegativeBinomial

    design = np.column_stack([np.ones(counts.size), week])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = NegativeBinomial(counts, design, offset=offset).fit(disp=False, maxiter=200)
    level, slope, dispersion = (float(value) for value in fitted.params)
    dispersion = min(max(dispersion, 1e-6), 1.0)
    covariance = _covariance(fitted)
    if not np.isfinite(covariance).all() or dispersion <= 1e-5:
        # Counts that scatter no more than Poisson's have no dispersion, so no error of it.
        covariance = np.diag([1 / counts.sum(), 1 / counts.sum() / max(week.var(), 1), dispersion**2])
    scale = np.diag([1.0, 1.0, 1 / dispersion])
    covariance = scale @ covariance @ scale
    if covariance[2, 2] > WIDEST:
        covariance[2, :2] = covariance[:2, 2] = 0.0
        covariance[2, 2] = WIDEST
    return level, slope, dispersion, covariance


def _covariance(fitted: Any) -> Array:
    """Return the covariance of fitted parameters; not a number where the likelihood has no curvature."""
    try:
        return np.array(fitted.cov_params(), float)
    except (ValueError, np.linalg.LinAlgError):
        return np.full((3, 3), np.nan)


def _dispersion(counts: Array, expected: Array, likely: float) -> float:
    """Return the dispersion at which Pearson's statistic equals its degrees of freedom (Breslow 1984).

    The most likely one is too small, as weekdays, level and trend were fitted to the same days.
    """
    freedom = counts.size - FITTED
    squares = (counts - expected) ** 2

    def surplus(dispersion: float) -> float:
        return float((squares / (expected + dispersion * expected**2)).sum()) - freedom

    if surplus(1e-6) <= 0:
        return 1e-6
    return float(optimize.brentq(surplus, 1e-6, 10.0)) if surplus(10.0) < 0 else likely


def _correlation(factor: Array, dispersion: float, open_days: NDArray[np.bool_]) -> tuple[float, float]:
    """Return the lag-1 correlation of busyness and its standard error.

    Residuals of neighbouring days share nothing else: Poisson noise does not persist.
    """
    pairs = open_days[1:] & open_days[:-1]
    if dispersion < 1e-4 or pairs.sum() < ENOUGH_DAYS // 2:
        return 0.0, math.nan
    found = (factor[1:] * factor[:-1])[pairs] / dispersion
    error = float(found.std(ddof=1)) / math.sqrt(found.size)
    return float(np.clip(found.mean(), 0.0, MOST_CORRELATED)), error


def _pearson(counts: Array, expected: Array, spread: Array, open_days: NDArray[np.bool_]) -> float:
    residual = ((counts - expected) / np.where(spread > 0, spread, 1))[open_days]
    return float((residual**2).sum() / max(open_days.sum() - 9, 1))


def _profile(by_hour: Array, weekday: NDArray[np.int64]) -> Array:
    """Return the rate in each hour of the week relative to the mean."""
    rate = np.concatenate([by_hour[weekday == day].mean(axis=0) for day in range(7)])
    return np.asarray(rate / rate.mean())


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
