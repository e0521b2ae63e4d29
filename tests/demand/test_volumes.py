"""How many items come, and when: rates, growth, profiles, days of 23 and 25 hours, surges, busyness, automation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from scipy import stats

from simcap.demand.demand import Demand
from simcap.demand.rates import busyness_factor, drift_factor
from simcap.scenario.schema.arrivals import Busyness
from simcap.streams import Streams
from simcap.units import DAY, HOUR
from tests.helpers import NOWHERE, agree, agree_count, agree_mean, agree_share, counts, day_of_work, scenario

AUTUMN, SPRING = "2026-10-25", "2027-03-28"


def volumes(arrivals: str, days: int = 7, **more: Any) -> Demand:
    changes = {"horizon.days": days, "queues.mail.arrivals": arrivals, **more}
    return Demand(scenario(changes), NOWHERE)


def expected(demand: Demand, days: range) -> list[float]:
    return [demand.expected(0, demand.day(day)) for day in days]


@pytest.mark.parametrize(
    ("arrivals", "weekly"),
    [
        ("{per_week: 70_000}", 70_000),
        ("{per_day: 8_000, profile: social}", 56_000),
        ("{per_hour: 300}", 168 * 300),
        ("{per_week: 70_000, profile: marketplace}", 70_000),
        ("{per_week: 70_000, profile: office}", 70_000),
        ("{per_week: 60_000, growth: 5%}", 60_000),
        ("{per_week: 60_000, busyness: {cv: 0%}}", 60_000),
    ],
)
def test_a_week_brings_what_it_says(arrivals: str, weekly: float) -> None:
    plan = scenario({"queues.mail.arrivals": arrivals})
    assert sum(expected(Demand(plan, NOWHERE), range(7))) == pytest.approx(weekly, rel=1e-12)
    agree_count(counts(plan, range(7)).sum(), weekly)


def test_counts_of_days_are_poisson() -> None:
    daily = counts(scenario({"queues.mail.arrivals": "{per_day: 400}"}), range(7), replications=60).ravel()
    dispersion = daily.var(ddof=1) / daily.mean()
    assert abs(dispersion - 1) < 4 * np.sqrt(2 / daily.size)
    assert (
        stats.kstest(daily + np.random.default_rng(1).random(daily.size) - 0.5, stats.norm(400, 20).cdf).pvalue > 1e-4
    )


def test_times_within_an_hour_are_uniform() -> None:
    items, _ = day_of_work(scenario({"queues.mail.arrivals": "{per_day: 60_000, profile: marketplace}"}))
    assert stats.kstest(items["time"] % HOUR / HOUR, "uniform").pvalue > 1e-4
    assert np.unique(items["id"]).size == items.size


def test_lists_hold_their_last_number_and_the_warm_up_the_first() -> None:
    weeks = expected(volumes("{per_week: [700, 1400]}", 28), range(-7, 28, 7))
    assert weeks == pytest.approx([100, 100, 200, 200, 200])
    days = expected(volumes("{per_day: [10, 20, 30]}"), range(-1, 5))
    assert days == pytest.approx([10, 10, 20, 30, 30, 30])
    hours = expected(volumes(f"{{per_hour: {[*range(48), 5]}}}", 3), range(-1, 3))
    assert hours == pytest.approx([0, sum(range(24)), sum(range(24, 48)), 120])


def test_growth_steps_weekly_from_the_start() -> None:
    utc = {"horizon.timezone": "UTC"}
    days = expected(volumes("{per_day: 1000, growth: 10%}", 28, **utc), range(-3, 28))
    assert days == pytest.approx([1000.0] * 3 + [1000 * 1.1**week for week in range(4) for _ in range(7)])
    drawn = counts(scenario({**utc, "queues.mail.arrivals": "{per_day: 3_000, growth: -10%}"}), range(28))
    for week in range(4):
        agree_count(drawn[0, 7 * week : 7 * week + 7].sum(), 21_000 * 0.9**week)


# -- local time ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("start", "hours"), [(AUTUMN, 25), (SPRING, 23), ("2026-10-05", 24)])
def test_a_day_brings_its_hours(start: str, hours: int) -> None:
    plan = scenario({"horizon.start": start, "horizon.days": 1, "queues.mail.arrivals": "{per_hour: 1000}"})
    demand = Demand(plan, NOWHERE)
    assert demand.day(0).length == hours * HOUR
    assert demand.expected(0, demand.day(0)) == pytest.approx(1000 * hours)
    items, _ = day_of_work(plan)
    agree_count(items.size, 1000 * hours)
    agree_count((items["time"] >= (hours - 1) * HOUR).sum(), 1000, bug=0.2)
    assert items["time"].max() < hours * HOUR


@pytest.mark.parametrize(("start", "ones"), [(AUTUMN, 2), (SPRING, 0)])
def test_profile_is_by_local_hour(start: str, ones: int) -> None:
    profile = [0, 6, *[1] * 22]
    plan = scenario(
        {"horizon.start": start, "horizon.days": 1, "queues.mail.arrivals": {"per_day": 20_000, "profile": profile}}
    )
    items, _ = day_of_work(plan)
    demand = Demand(plan, NOWHERE)
    local = np.bincount([demand.clock.local(time).hour for time in items["time"]], minlength=24)
    rate = 20_000 / 28
    assert local[0] == 0
    assert local[1] == 0 if not ones else abs(local[1] - 6 * ones * rate) < 4 * np.sqrt(6 * ones * rate)
    agree_count(local[2:].sum(), 22 * rate)


@pytest.mark.parametrize("zone", ["Australia/Lord_Howe", "Asia/Kolkata", "Africa/Cairo", "America/St_Johns"])
def test_no_part_of_a_day_is_without_work_in_any_zone(zone: str) -> None:
    for start in ("2026-04-01", "2026-09-28", "2026-10-25"):
        plan = scenario({"horizon.start": start, "horizon.timezone": zone, "queues.mail.arrivals": "{per_hour: 600}"})
        demand = Demand(plan, NOWHERE)
        for day in map(demand.day, range(7)):
            assert demand.expected(0, day) == pytest.approx(600 * day.length / HOUR), (start, day.date)


def test_profile_of_a_week() -> None:
    profile = np.random.default_rng(4).uniform(0.2, 3, 168)
    plan = scenario({"queues.mail.arrivals": {"per_week": 100_000, "profile": profile.tolist()}})
    times = np.concatenate([day_of_work(plan, day)[0]["time"] for day in range(7)])
    hourly = np.bincount((times // HOUR).astype(int), minlength=168)
    assert stats.chisquare(hourly, hourly.sum() * profile / profile.sum()).pvalue > 1e-4


# -- events -------------------------------------------------------------------------------------------------------


def surge(**parts: Any) -> Mapping[str, Any]:
    return {"surge": parts}


def test_surge_multiplies_the_rate_between_its_ends_and_keeps_the_items_there_were() -> None:
    base = {"queues.mail.arrivals": "{per_day: 20_000, profile: marketplace}"}
    peak = surge(**{"from": "2026-10-05 09:30", "for": "3 h", "factor": 2.5})
    before, _ = day_of_work(scenario(base))
    after, _ = day_of_work(scenario({**base, "events.peak": peak}))
    kept = np.isin(after["id"], before["id"])
    assert after[kept].tobytes() == before.tobytes()
    new = after["time"][~kept]
    assert 9.5 * HOUR <= new.min() < new.max() < 12.5 * HOUR
    old = (before["time"] >= 9.5 * HOUR) & (before["time"] < 12.5 * HOUR)
    agree(new.size / old.sum(), np.sqrt(1.5 * 2.5 / old.sum()), 1.5, bug=0.3)


def test_surges_multiply_and_may_cross_midnight_or_stop_all_work() -> None:
    events = {
        "events.one": surge(**{"from": "2026-10-05 18:00", "for": "12 h", "factor": 2}),
        "events.two": surge(**{"queue": "mail", "from": "2026-10-06", "for": "3 h", "factor": 1.5}),
        "events.three": surge(**{"from": "2026-10-07", "for": "1 day", "factor": 0}),
    }
    demand = volumes("{per_day: 2400}", **events)
    assert expected(demand, range(4)) == pytest.approx([3000, 300 * 3 + 200 * 3 + 1800, 0, 2400])
    assert not day_of_work(demand.scenario, 2)[0].size


def test_automation_removes_a_share_from_its_begin_on_and_keeps_the_rest() -> None:
    base = {"queues.mail.arrivals": "{per_day: 40_000}", "queues.mail.then": "{mail: {share: 10%}}"}
    event = {"automation": {"queue": "mail", "from": "2026-10-05 12:00", "removes": "15%", "handle_time_factor": 1.1}}
    before, family = day_of_work(scenario(base))
    demand = Demand(scenario({**base, "events.classifier": event}), NOWHERE)
    after, smaller = demand.draw(demand.day(0), Streams(1, 0))
    kept = np.isin(before["id"], after["id"])
    assert kept[before["time"] < 12 * HOUR].all()
    late = before["time"] >= 12 * HOUR
    agree_share((~kept & late).sum(), late.sum(), 0.15, bug=0.2)
    for name in ("id", "time", "content", "error_draw", "children"):
        assert np.array_equal(after[name], before[kept][name]), name
    assert np.isin(smaller["id"], family["id"]).all()
    assert demand.expected(0, demand.day(0)) == pytest.approx(40_000 * (1 - 0.075))
    assert demand.expected(0, demand.day(1)) == pytest.approx(40_000 * 0.85)


def test_two_classifiers_remove_independently() -> None:
    base = {"queues.mail.arrivals": "{per_day: 60_000}"}
    events = {
        f"events.{name}": {"automation": {"queue": "mail", "from": "2026-10-05", "removes": "30%"}} for name in "ab"
    }
    before, _ = day_of_work(scenario(base))
    after, _ = day_of_work(scenario({**base, **events}))
    agree_share(after.size, before.size, 0.49)


# -- busyness -----------------------------------------------------------------------------------------------------

FIRST = dt.date(2020, 1, 1)


def factors(busyness: Busyness, days: int, queue: str = "mail", seed: int = 1) -> np.ndarray[Any, Any]:
    streams = Streams(seed, 0)
    return np.array([busyness_factor(busyness, streams, queue, FIRST + dt.timedelta(days=n)) for n in range(days)])


@pytest.mark.parametrize("correlation", [0.0, 0.5])
def test_busyness_has_its_mean_spread_and_correlation(correlation: float) -> None:
    busyness = Busyness(cv=0.25, correlation=correlation)
    drawn = factors(busyness, 4000)
    effective = drawn.size * (1 - correlation) / (1 + correlation)
    agree(drawn.mean(), 0.25 / np.sqrt(effective), 1.0, bug=0.08)
    spread = 0.25 * np.sqrt((1 + 1.5 * 0.25**2) / 2 / drawn.size * (1 + correlation**2) / (1 - correlation**2))
    agree(drawn.std(), spread, 0.25, bug=0.15)
    scores = stats.norm.ppf(stats.gamma(16, scale=1 / 16).cdf(drawn))
    for lag in (1, 2, 7):
        found = np.corrcoef(scores[lag:], scores[:-lag])[0, 1]
        assert abs(found - correlation**lag) < 4 / np.sqrt(effective), lag
    if not correlation:
        assert stats.kstest(drawn, stats.gamma(16, scale=1 / 16).cdf).pvalue > 1e-4


def test_busyness_of_queues_is_independent() -> None:
    busyness = Busyness(cv=0.25)
    assert abs(np.corrcoef(factors(busyness, 2000), factors(busyness, 2000, "other"))[0, 1]) < 4 / np.sqrt(2000)


def test_busyness_spreads_the_counts() -> None:
    plan = scenario({"queues.mail.arrivals": "{per_day: 300, busyness: {cv: 20%}}"})
    daily = counts(plan, range(7), replications=150)[:, :, 0].astype(float)
    agree_mean(daily.ravel(), 300)
    variance = 300 + (0.2 * 300) ** 2
    agree(daily.var(ddof=1), variance * np.sqrt(2.5 / daily.size), variance, bug=0.35)


def test_hours_are_busy_each_for_itself() -> None:
    plan = scenario({"queues.mail.arrivals": "{per_hour: 60, busyness: {cv: 0%, hourly: 30%}}"})
    hourly = []
    for replication in range(14):
        for day in range(7):
            items, _ = day_of_work(plan, day, seed=replication)
            hourly.append(np.bincount((items["time"] % DAY // HOUR).astype(int), minlength=24))
    by_hour = np.array(hourly, float)
    agree_mean(by_hour.ravel(), 60)
    variance = 60 + (0.3 * 60) ** 2
    agree(by_hour.var(ddof=1), variance * np.sqrt(2.5 / by_hour.size), variance, bug=0.35)
    following = np.corrcoef(by_hour[:, :-1].ravel(), by_hour[:, 1:].ravel())[0, 1]
    assert abs(following) < 4 / np.sqrt(by_hour.size)


def test_a_date_is_as_busy_whenever_the_horizon_begins() -> None:
    arrivals = {"queues.mail.arrivals": "{per_day: 500, profile: marketplace, busyness: {cv: 30%, correlation: 60%}}"}
    early, _ = day_of_work(scenario(arrivals), 5)
    late, _ = day_of_work(scenario({**arrivals, "horizon.start": "2026-10-08"}), 2)
    assert np.array_equal(early["id"], late["id"])
    assert np.array_equal(early["time"] - 5 * DAY, late["time"] - 2 * DAY)
    assert np.array_equal(early["content"], late["content"])


def test_a_day_that_a_change_of_the_date_line_skips_has_no_work() -> None:
    plan = scenario({"horizon": "{start: 2011-12-26, weeks: 1, timezone: Pacific/Apia, warm_up: 0 days}"})
    sizes = [day_of_work(plan, day)[0].size for day in range(7)]
    assert sizes[4] == 0
    assert min(size for day, size in enumerate(sizes) if day != 4) > 0


def test_a_volume_has_holidays_of_ones_own() -> None:
    given = "{country: GB, except: Boxing Day, add: [2026-12-24], factor: 0.5}"
    changes = {"horizon.start": "2026-12-21", "horizon.days": 14}
    plans = [scenario({**changes, "queues.mail.arrivals": f"{{per_day: 100{more}}}"}) for more in
             ("", f", holidays: {given}")]  # fmt: skip
    usual, own = (
        [Demand(plan, NOWHERE).expected(0, Demand(plan, NOWHERE).day(day)) for day in range(14)] for plan in plans
    )
    assert [21 + day for day in range(14) if own[day] == pytest.approx(0.5 * usual[day])] == [24, 25, 32]
    assert sum(one == two for one, two in zip(usual, own, strict=True)) == 11


# -- drift --------------------------------------------------------------------------------------------------------


def test_a_drift_has_mean_one_and_an_error_that_grows_with_the_root_of_the_weeks() -> None:
    drawn = np.array([[drift_factor(0.06, Streams(1, n), "mail", week) for week in (0, 1, 4, 16)] for n in range(3000)])
    assert (drawn[:, 0] == 1).all()
    for number, weeks in enumerate((1, 4, 16), start=1):
        spread = 0.06 * np.sqrt(weeks)
        agree(drawn[:, number].mean(), spread / np.sqrt(len(drawn)), 1.0, bug=0.1)
        agree(np.log(drawn[:, number]).std(), spread / np.sqrt(2 * len(drawn)), spread, bug=0.1)
    steps = np.diff(np.log(drawn[:, 1:]), axis=1)
    assert abs(np.corrcoef(np.log(drawn[:, 1]), steps[:, 0])[0, 1]) < 4 / np.sqrt(len(drawn))


def test_each_queue_drifts_on_its_own_and_alike_in_scenarios_that_are_compared() -> None:
    weeks = range(1, 200)
    mail, chat, calm = (
        np.diff([np.log(drift_factor(drift, Streams(1, 0), queue, week)) for week in weeks])
        for queue, drift in (("mail", 0.06), ("chat", 0.06), ("mail", 0.03))
    )
    assert abs(np.corrcoef(mail, chat)[0, 1]) < 4 / np.sqrt(mail.size)
    assert np.corrcoef(mail, calm)[0, 1] == pytest.approx(1)


def test_the_items_of_a_week_follow_the_drift_and_those_of_none_stay_as_they_were() -> None:
    plain, drifting, none = (
        Demand(scenario({"queues.mail.arrivals": {"per_day": 20_000, **more}}), NOWHERE)
        for more in ({}, {"drift": "20%"}, {"drift": 0})
    )
    streams = Streams(3, 0)
    for index in (-3, 0, 6, 7, 18):
        day = plain.day(index)
        expected = 20_000 * drift_factor(0.2, streams, "mail", day.week)
        came = len(drifting.draw(day, streams)[0])
        agree(came, np.sqrt(expected), expected, bug=0.05)
        assert np.array_equal(none.draw(day, streams)[0], plain.draw(day, streams)[0])
        assert drifting.expected(0, day) == pytest.approx(20_000)
