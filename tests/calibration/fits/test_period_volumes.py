"""Volumes by week and month: level, growth and scatter of counts whose truth is known."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from simcap.calibration.fits.fit import Fit, NotFitted
from simcap.calibration.fits.period_volumes import by_week, fit_periods, with_reports
from simcap.calibration.fits.volumes import fit_volumes
from simcap.calibration.history.report_counts import Reported
from simcap.scenario.schema.calendars import HolidayCalendar
from simcap.scenario.schema.profiles import PROFILES

FIRST = dt.date(2026, 7, 6).toordinal()
WEEKS = 26
FLAT = np.ones(168)


def weekly(items: Any, lasts: Any = 7, profile: NDArray[np.float64] = FLAT, *, given: bool = False) -> Reported:
    items = np.asarray(items, float)
    days = np.broadcast_to(np.asarray(lasts, np.int64), items.shape)
    return Reported("mail", np.cumsum(days) - days, days, items, profile, given)


def drawn(seed: int, level: float, growth: float, busyness: float) -> Reported:
    """Return weeks of days that are busy each on its own."""
    generator = np.random.default_rng(seed)
    mean = np.repeat(level * (1 + growth) ** (np.arange(WEEKS) - WEEKS), 7) / 7
    busy = generator.gamma(busyness**-2, busyness**2, mean.size)
    return weekly(generator.poisson(mean * busy).reshape(WEEKS, 7).sum(axis=1))


def fitted(counts: Reported, days: int = WEEKS * 7, **more: Any) -> Fit:
    fit = fit_periods(counts, FIRST, days, **more)
    assert isinstance(fit, Fit)
    return fit


@pytest.mark.parametrize(("level", "growth", "busyness"), [(2400.0, 0.01, 0.2), (40.0, -0.01, 0.1)])
def test_intervals_hold_level_growth_and_busyness(level: float, growth: float, busyness: float) -> None:
    inside = np.zeros(3)
    for seed in range(120):
        bounds = list(fitted(drawn(seed, level, growth, busyness)).intervals())[:3]
        inside += [low < true < high for (_, low, high), true in zip(bounds, (level, growth, busyness), strict=True)]
    assert (inside[:2] >= 98).all()
    assert inside[2] >= 90


def test_the_level_is_that_of_the_week_after_the_last_whatever_the_periods() -> None:
    """Months of a volume that grows by 1% a week, day by day."""
    lengths = np.array([31, 31, 30, 31, 30, 31])
    rate = 1000 / 7 * 1.01 ** ((np.arange(lengths.sum()) + 0.5) / 7)
    items = np.add.reduceat(rate, np.cumsum(lengths) - lengths)
    days = int(lengths.sum())
    fit = fitted(weekly(np.round(items), lengths), days)
    ahead = 1000 * 1.01 ** (-(-days // 7) + 0.5)
    assert fit.value("arrivals", "per_week") == pytest.approx(ahead, rel=0.02)
    assert fit.value("arrivals", "growth") == pytest.approx(0.01, abs=0.001)


def test_weeks_with_holidays_are_left_out_while_others_are_enough() -> None:
    items = np.full(13, 700.0)
    items[8] = 660.0
    calendar = HolidayCalendar(country="GB-ENG")
    known = fitted(weekly(items), 91, calendar=calendar)
    assert known.value("arrivals", "per_week") == pytest.approx(700, rel=1e-4)
    assert known.goodness["periods with holidays, left out"] == 1
    assert fitted(weekly(items), 91).value("arrivals", "per_week") < 699.9
    days = {"add": [f"2026-07-{day:02d}" for day in (6, 13, 20, 27)] + ["2026-08-03", "2026-08-10"]}
    many = fitted(weekly(items), 91, calendar=HolidayCalendar.model_validate(days))
    assert many.goodness["periods"] == 13


def test_what_the_weeks_cannot_tell_of_busyness_is_a_prior() -> None:
    busy = {len(items): fitted(weekly(items), 91).estimates[2] for items in ([20, 25, 18, 22, 27], [2e5] * 13)}
    assert (busy[5].origin, busy[13].origin) == ("prior", "reported")
    assert busy[5].value == pytest.approx(0.1, abs=0.02)
    assert busy[13].value < 0.05


def test_too_few_items_or_periods_are_not_fitted() -> None:
    for counts in (weekly([5, 4, 3, 2, 1]), weekly([500, 600, 700])):
        found = fit_periods(counts, FIRST, 91)
        assert isinstance(found, NotFitted)
        assert found.what == "queues.mail.arrivals"


def daily(per_day: float, *, given: bool = True) -> Reported:
    generator = np.random.default_rng(5)
    return Reported(
        "mail", np.arange(91), np.ones(91, np.int64), generator.poisson(per_day, 91).astype(float),
        np.array(PROFILES["office"]), given,
    )  # fmt: skip


def test_days_are_spread_by_the_profile_and_small_queues_go_by_week() -> None:
    busy, small = daily(200), daily(2)
    assert busy.spread(FIRST, 91).sum() == pytest.approx(busy.items.sum())
    assert busy.spread(FIRST, 91)[:, 10].sum() > 20 * busy.spread(FIRST, 91)[:, 2].sum()
    assert by_week(small, 91).items.tolist() == small.items.reshape(13, 7).sum(axis=1).tolist()
    for counts, periods in ((busy, False), (small, True)):
        found = fit_volumes({"mail": counts.spread(FIRST, 91)}, FIRST)
        (fit,) = with_reports(found, {"mail": counts}, {"mail"}, (FIRST, 91))
        assert isinstance(fit, Fit)
        assert ("periods" in fit.goodness) == periods
        assert fit.estimates[0].origin == "reported"
        assert fit.value("arrivals", "per_week") == pytest.approx(counts.items.mean() * 7, rel=0.15)
        hours = np.array(fit.fixed["arrivals", "profile"]).reshape(7, 24)
        assert hours[0, 10] > 5 * hours[0, 2]


def test_flat_hours_are_told() -> None:
    counts = daily(200, given=False)
    found = with_reports(
        fit_volumes({"mail": counts.spread(FIRST, 91)}, FIRST), {"mail": counts}, {"mail"}, (FIRST, 91)
    )
    (untold,) = [one for one in found if isinstance(one, NotFitted)]
    assert untold.what == "queues.mail.arrivals.profile"
    assert "flat" in untold.why
