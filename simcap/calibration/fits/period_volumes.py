"""Volumes from counts by week or month: level, growth, drift, and how much the periods scatter.

The level of weeks drifts, as that of days does. Of months there are too few to tell: a line, quasi-Poisson, with a
normal prior on growth. What periods scatter beyond Poisson noise is busyness; its days are taken as independent, for a
week does not tell. Hours of the week come from a profile that is given, or are taken as flat.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from simcap.calibration.fits.fit import Estimate, Fit, Key, NotFitted, as_reported, of_queue
from simcap.calibration.fits.levels import Weeks, fit_level
from simcap.calibration.fits.volumes import holiday_days
from simcap.calibration.history.report_counts import Reported
from simcap.scenario.schema.calendars import HolidayCalendar

Array = NDArray[np.float64]

PERIODS: Final = "periods"
"""What is told of volumes that are fitted to counts by week or month."""
ENOUGH_PERIODS: Final = 4
ENOUGH_ITEMS: Final = 20
USUAL_GROWTH: Final = 0.01
"""Standard deviation of the prior of weekly growth: 1% a week is 68% a year."""
USUAL_BUSYNESS: Final = 0.1
UNSURE_BUSYNESS: Final = 0.6
"""Prior of the busyness of a day, and of the standard deviation of its logarithm: 4% to 27% in nine of ten queues."""
_ORDINARY: Final = 0.6
"""Part of the periods that must be left when those with a public holiday are left out."""
_STEPS, _STILL = 50, 1e-10
_RATES: Final = "arrivals"


@dataclasses.dataclass(frozen=True)
class _Trend:
    """Level of the week after the history, growth and, of weeks, drift: all on the log scale."""

    values: Array
    covariance: Array
    expected: Array
    """Items in each period."""
    freedom: float
    """Parameters that were fitted."""
    by_day: Array | None = None
    """Items a week on each day of the history, if the level drifts."""


def fit_periods(
    counts: Reported, first: int, days: int, calendar: HolidayCalendar | None = None, profile: Array | None = None
) -> Fit | NotFitted:
    """Fit the volumes of a queue from counts by period, days from the ordinal `first`.

    `profile` has the relative rate of the 168 hours of the week; that of the counts if left out. Periods with public
    holidays are left out where enough others remain: what a holiday takes off cannot be told from them.
    """
    subject = of_queue(counts.queue)
    used = ordinary(counts, first, days, calendar)
    items, lasts = counts.items[used], counts.days[used].astype(float)
    if items.size < ENOUGH_PERIODS or items.sum() < ENOUGH_ITEMS:
        needed = f"{ENOUGH_PERIODS} periods and {ENOUGH_ITEMS} items are needed"
        return NotFitted(subject.path(_RATES), f"{items.sum():,.0f} items in {items.size} periods; {needed}")
    weeks = weeks_of(counts, days, used)
    trend = _line(counts, used, days) if weeks is None else _drifting(counts, used, weeks, days)
    freedom = max(items.size - trend.freedom, 1.0)
    busyness, unsure, share = busyness_of(items, trend.expected, float(lasts.mean()), freedom)
    level, growth, *drift = trend.values.tolist()
    estimates = (
        Estimate(subject, (_RATES, "per_week"), math.exp(level), "log", origin="reported"),
        Estimate(subject, (_RATES, "growth"), math.expm1(growth), "plain", "share", "reported"),
        Estimate(subject, (_RATES, "busyness", "cv"), busyness, "log", origin="prior" if share < 0.5 else "reported"),
        *(Estimate(subject, (_RATES, "drift"), math.exp(one), "log", "share", "reported") for one in drift),
    )
    covariance = np.insert(np.insert(trend.covariance, 2, 0.0, axis=0), 2, 0.0, axis=1)
    covariance[2, 2] = unsure**2
    dispersion = float(((items - trend.expected) ** 2 / trend.expected).sum() / freedom)
    hours = counts.profile if profile is None else profile
    fixed: dict[Key, Any] = {(_RATES, "profile"): [round(float(rate), 5) for rate in hours]}
    goodness = {PERIODS: float(items.size), "periods with holidays, left out": float((~used).sum())}
    goodness |= {"Pearson / df": dispersion, "of busyness told by the periods": share}
    return Fit("volume", estimates, covariance, int(items.sum()), goodness, fixed, trend=trend.by_day)


def ordinary(counts: Reported, first: int, days: int, calendar: HolidayCalendar | None) -> NDArray[np.bool_]:
    """Return the periods that have no public holiday; all of them where too few have none."""
    closed = holiday_days(calendar, first, days)
    held = np.array([closed[begin : begin + lasts].any() for begin, lasts in _periods(counts)], bool)
    enough = (~held).sum() >= max(ENOUGH_PERIODS, _ORDINARY * held.size)
    return ~held if enough else np.ones(held.size, bool)


def weeks_of(counts: Reported, days: int, used: NDArray[np.bool_] | None = None) -> Weeks | None:
    """Return the weeks from the first one reported to the end of the history; nothing if the periods are no weeks.

    Weeks that are not `used` are not known; if left out, all are.
    """
    if (counts.days != 7).any() or (np.diff(counts.begins) % 7).any():
        return None
    place = (counts.begins - counts.begins[0]) // 7
    size = max(-(-(days - int(counts.begins[0])) // 7), int(place[-1]) + 1)
    items = np.full(size, np.nan)
    items[place] = counts.items if used is None else np.where(used, counts.items, np.nan)
    return Weeks(items, np.isfinite(items).astype(float))


def by_week(counts: Reported, days: int) -> Reported:
    """Return counts by day or hour as those of whole weeks, for a queue with too few items a day."""
    daily = counts.by_day(days)
    weeks = daily[: days // 7 * 7].reshape(-1, 7).sum(axis=1)
    known = np.flatnonzero(np.isfinite(weeks))
    return dataclasses.replace(counts, begins=known * 7, days=np.full(known.size, 7), items=weeks[known], by_hour=None)


def _periods(counts: Reported) -> list[tuple[int, int]]:
    return list(zip(counts.begins.tolist(), counts.days.tolist(), strict=True))


def _drifting(counts: Reported, used: NDArray[np.bool_], weeks: Weeks, days: int) -> _Trend:
    level = fit_level(weeks)
    begun = int(counts.begins[0])
    by_day = level.fitted[np.clip((np.arange(days) - begun) // 7, 0, level.fitted.size - 1)]
    expected = level.fitted[(counts.begins[used] - begun) // 7]
    return _Trend(level.values, level.covariance, expected, level.freedom, by_day)


def _line(counts: Reported, used: NDArray[np.bool_], days: int) -> _Trend:
    """Fit level and growth: by Fisher scoring without a prior for the scatter, then with that and the prior."""
    items, exposure = counts.items[used], counts.days[used] / 7
    # A period lies at the week that its middle is in: week 0 is the first.
    week = (counts.begins[used] + counts.days[used] / 2) / 7 - 0.5
    design = np.column_stack([np.ones(week.size), week])
    freedom = max(items.size - 2, 1)
    none, prior = np.zeros(2), np.array([0.0, USUAL_GROWTH**-2])
    values, expected, _ = _scored(design, items, exposure, none, 1.0)
    dispersion = float(((items - expected) ** 2 / expected).sum() / freedom)
    values, expected, information = _scored(design, items, exposure, prior, max(dispersion, 1.0))
    # An estimate of the scatter from few periods varies: Student's variance.
    wider = freedom / (freedom - 2) if freedom > 2 else 3.0
    ahead = np.array([[1.0, -(-days // 7)], [0.0, 1.0]])
    covariance = ahead @ (wider * np.linalg.inv(information)) @ ahead.T
    return _Trend(ahead @ values, covariance, expected, 2.0)


def _scored(design: Array, items: Array, exposure: Array, prior: Array, scatter: float) -> tuple[Array, Array, Array]:
    """Return the most likely values, what they expect, and their information."""
    values = np.array([math.log(items.sum() / exposure.sum()), 0.0])
    for _ in range(_STEPS):
        expected = exposure * np.exp(design @ values)
        information = (design * expected[:, None]).T @ design / scatter + np.diag(prior)
        step = np.linalg.solve(information, design.T @ (items - expected) / scatter - prior * values)
        values = values + step
        if np.abs(step).max() < _STILL:
            break
    expected = exposure * np.exp(design @ values)
    return values, expected, (design * expected[:, None]).T @ design / scatter + np.diag(prior)


def busyness_of(items: Array, expected: Array, days: float, freedom: float) -> tuple[float, float, float]:
    """Return the variation of a day's busyness, the error of its logarithm, and the part of it that the periods tell.

    Posterior mean on a grid: the likelihood of normal residuals, for the `freedom` that the trend leaves, and a normal
    prior of ln(cv).
    """
    grid = np.linspace(-4.0, 4.0, 401) * UNSURE_BUSYNESS
    variance = expected + np.exp(2 * (grid[:, None] + math.log(USUAL_BUSYNESS))) / days * expected**2
    likely = -0.5 * (freedom / items.size * np.log(variance) + (items - expected) ** 2 / variance).sum(axis=1)
    logs = likely - 0.5 * (grid / UNSURE_BUSYNESS) ** 2
    weight = np.exp(logs - logs.max())
    middle = float(np.average(grid, weights=weight))
    error = math.sqrt(float(np.average((grid - middle) ** 2, weights=weight)))
    return USUAL_BUSYNESS * math.exp(middle), error, 1 - min(error / UNSURE_BUSYNESS, 1.0) ** 2


def with_reports(
    found: Sequence[Fit | NotFitted],
    offered: Mapping[str, Reported],
    counted: Collection[str],
    span: tuple[int, int],
    calendar: HolidayCalendar | None = None,
    timezones: Mapping[str, str] | None = None,
) -> list[Fit | NotFitted]:
    """Return fits of volumes with what reports add: queues with too few items a day, and those known by week or month.

    `counted` are the queues whose counts by day and hour come from reports; `span` is the ordinal of the first day
    and the number of days.
    """
    first, days = span
    fits = {
        one.subject.name: one
        for one in found
        if isinstance(one, Fit) and not (one.prior and one.subject.name in counted)
    }
    pooled = _pooled_profile([fits[name] for name, one in offered.items() if name in fits and one.finest == "hour"])
    results = [_marked(fit, offered[name]) if name in counted else fit for name, fit in fits.items()]
    told: list[Fit | NotFitted] = list(results)
    for name, one in offered.items():
        if name in fits:
            continue
        coarse = one if one.finest == "longer" else by_week(one, days)
        more = fit_periods(coarse, first, days, calendar, pooled if one.finest == "hour" else None)
        if isinstance(more, Fit) and timezones is not None and name in timezones:
            more = dataclasses.replace(more, fixed={(_RATES, "timezone"): timezones[name], **more.fixed})
        told.append(more)
    left = [one for one in found if isinstance(one, NotFitted) and not _is_of(one, offered)]
    by_report = [one.subject.name for one in told if isinstance(one, Fit) and one.estimates[0].origin == "reported"]
    return [*told, *left, *_flat(offered[name] for name in by_report)]


def _is_of(one: NotFitted, offered: Mapping[str, Reported]) -> bool:
    return one.what in {of_queue(name).path(_RATES) for name in offered}


def _marked(fit: Fit, counts: Reported) -> Fit:
    """Return a fit to a report as one; of days, without what only hours would tell."""
    fit = as_reported(fit)
    if counts.finest == "hour":
        return fit
    fixed = {key: value for key, value in fit.fixed.items() if key[-1] != "hourly"}
    goodness = {name: value for name, value in fit.goodness.items() if name != "of an hour in the profile"}
    return dataclasses.replace(fit, fixed=fixed, goodness=goodness)


def _pooled_profile(fits: Sequence[Fit]) -> Array | None:
    """Return the hours of the week of all items of some queues; nothing for none."""
    if not fits:
        return None
    weights = [fit.value(_RATES, "per_week") for fit in fits]
    return np.average([np.array(fit.fixed[_RATES, "profile"]) for fit in fits], axis=0, weights=weights)


def _flat(counts: Iterable[Reported]) -> Iterator[NotFitted]:
    """Yield the queues whose hours nobody knows."""
    for one in counts:
        if one.finest != "hour" and not one.given:
            known = "hours of the day" if one.finest == "day" else "hours of the week"
            yield NotFitted(
                of_queue(one.queue).path(_RATES, "profile"),
                f"the report has no hours; {known} are taken as flat: give the report a `profile`, such as office",
            )
