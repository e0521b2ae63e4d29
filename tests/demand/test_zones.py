"""Queues with a zone of their own: local hours, weekdays, holidays, busy days, files and events; totals that hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simcap.demand.demand import Demand
from simcap.demand.rates import busyness_factor
from simcap.errors import ScenarioError
from simcap.scenario.clock import zone
from simcap.scenario.data.data_files import DataFiles
from simcap.scenario.effective import factor_steps
from simcap.scenario.reading.loading import load
from simcap.streams import Streams
from simcap.units import DAY, HOUR
from tests.helpers import NOWHERE, agree_count, day_of_work, scenario

ZONES = ["America/Bogota", "Asia/Jakarta", "Asia/Kolkata", "America/New_York", "Pacific/Auckland", "Africa/Cairo"]
MONDAY = "2026-10-05"


def plan_of(arrivals: dict[str, Any], days: int = 7, start: str = MONDAY, horizon: str = "UTC", **more: Any) -> Any:
    head = {"horizon.days": days, "horizon.start": start, "horizon.timezone": horizon}
    return scenario({**head, "queues.mail.arrivals": arrivals, **more})


def spike(hour: int) -> list[int]:
    return [int(h == hour) for h in range(24)]


def local_hours(plan: Any, timezone: str, days: range) -> list[str]:
    """Return the local weekday, date and hour of every item of some days of the horizon."""
    demand = Demand(plan, NOWHERE)
    times = np.concatenate([day_of_work(plan, day)[0]["time"] for day in days])
    stamps = [dt.datetime.fromtimestamp(demand.clock.origin + time, zone(timezone)) for time in times.tolist()]
    return [f"{stamp:%a %m-%d %H}" for stamp in stamps]


def expected(plan: Any, days: range, folder: Path = NOWHERE) -> list[float]:
    demand = Demand(plan, DataFiles(folder))
    return [demand.expected(0, demand.day(day)) for day in days]


# -- the shape of the day ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("horizon", ["Australia/Lord_Howe", "UTC"])
@pytest.mark.parametrize(("start", "repeats"), [("2026-09-28", -0.5), ("2027-03-29", 0.5)])
def test_a_change_of_half_an_hour_moves_no_other_hour(horizon: str, start: str, repeats: float) -> None:
    place = "Australia/Lord_Howe"
    week = {"start": start, "horizon": horizon}
    hours = local_hours(plan_of({"per_day": 500, "profile": spike(9), "timezone": place}, **week), place, range(7))
    assert {hour[-2:] for hour in hours} == {"09"}
    # Clocks change at 02:00 of the last day: by half an hour back, or forward.
    skipped = 1 if repeats > 0 else 2
    plan = plan_of({"per_day": 500, "profile": spike(skipped), "timezone": place}, 8, **week)
    assert sum(expected(plan, range(8))) == pytest.approx(500 * (8 + repeats))
    hourly = plan_of({"per_hour": list(range(192)), "timezone": place}, 8, **week)
    by_hour = Demand(hourly, NOWHERE).expected_in(np.arange(0, 24 * 8 - 1) * HOUR)
    assert by_hour[0] == pytest.approx(range(24 * 8 - 2))


@pytest.mark.parametrize("timezone", ZONES)
def test_a_profile_follows_the_hours_of_the_queue(timezone: str) -> None:
    plan = plan_of({"per_day": 500, "profile": spike(20), "timezone": timezone})
    hours = local_hours(plan, timezone, range(7))
    assert {hour[-2:] for hour in hours} == {"20"}
    assert len({hour[:9] for hour in hours}) in (7, 8)
    agree_count(len(hours), 3500, bug=0.15)


def test_an_hour_of_a_zone_at_half_past_is_half_an_hour_in_each_of_ours() -> None:
    items, _ = day_of_work(plan_of({"per_day": 20_000, "profile": spike(9), "timezone": "Asia/Kolkata"}))
    assert 3.5 * HOUR <= items["time"].min() < 3.51 * HOUR
    assert 4.49 * HOUR < items["time"].max() < 4.5 * HOUR
    halves = np.histogram(items["time"], [3.5 * HOUR, 4 * HOUR, 4.5 * HOUR])[0]
    assert abs(halves[0] - halves[1]) < 4 * np.sqrt(items.size)


def test_weekdays_are_those_of_the_queue() -> None:
    week = [0] * 6 * 24 + [1] * 24
    plan = plan_of({"per_week": 7000, "profile": week, "timezone": "Asia/Jakarta"})
    hours = local_hours(plan, "Asia/Jakarta", range(7))
    assert {hour[:9] for hour in hours} == {"Sun 10-11"}
    daily = expected(plan, range(7))
    assert daily == pytest.approx([0] * 5 + [7000 * 7 / 24, 7000 * 17 / 24])


@pytest.mark.parametrize("timezone", ZONES)
@pytest.mark.parametrize("profile", ["flat", "marketplace", "social", "office"])
def test_a_week_brings_what_it_says_in_every_zone(timezone: str, profile: str) -> None:
    start = "2026-11-09"  # no change of any clock within the weeks
    arrivals = {"per_week": [7000, 9000], "profile": profile, "growth": "10%", "timezone": timezone}
    weeks = np.array(expected(plan_of(arrivals, 14, start), range(14))).reshape(2, 7).sum(axis=1)
    assert weeks == pytest.approx([7000, 9900], rel=1e-9)


def test_lists_count_days_and_hours_of_the_horizon() -> None:
    arrivals = {"per_day": [10, 20, 30], "profile": spike(3), "timezone": "America/Bogota"}
    assert expected(plan_of(arrivals, 3, "2026-11-09"), range(-1, 4)) == pytest.approx([10, 10, 20, 30, 30])
    hours = [*range(48), 7]
    plan = plan_of({"per_hour": hours, "timezone": "Asia/Kolkata"}, 3)
    assert expected(plan, range(-1, 3)) == pytest.approx([0, sum(range(24)), sum(range(24, 48)), 168])
    source = Demand(plan, NOWHERE).queues[0].source
    assert source is not None
    borders, rates = source.rate.on(Demand(plan, NOWHERE).day(0))  # type: ignore[attr-defined]
    middle = (borders[:-1] + borders[1:]) / 2
    assert rates * HOUR == pytest.approx(middle // HOUR)


@pytest.mark.parametrize(
    ("start", "timezone", "hour", "times"),
    [
        ("2026-11-01", "America/New_York", 1, 2),
        ("2027-03-14", "America/New_York", 2, 0),
        ("2026-11-01", "America/New_York", 12, 1),
        ("2026-09-27", "Pacific/Auckland", 2, 0),
        ("2027-04-04", "Pacific/Auckland", 2, 2),
    ],
)
def test_clocks_change_in_the_zone_of_the_queue(start: str, timezone: str, hour: int, times: int) -> None:
    first = dt.date.fromisoformat(start) - dt.timedelta(days=1)
    plan = plan_of({"per_day": 2400, "profile": spike(hour), "timezone": timezone}, 3, first.isoformat())
    changes = f"{dt.date.fromisoformat(start):%a %m-%d} {hour:02}"
    found = local_hours(plan, timezone, range(-1, 4)).count(changes)
    assert abs(found - 2400 * times) <= 4 * np.sqrt(2400 * times)


def test_a_day_of_25_hours_brings_an_hour_more() -> None:
    plan = plan_of({"per_hour": 100, "timezone": "America/New_York"}, 3, "2026-10-31", "America/New_York")
    mine = plan_of({"per_hour": 100, "timezone": "America/New_York"}, 3, "2026-10-31", "UTC")
    assert expected(plan, range(3)) == pytest.approx([2400, 2500, 2400])
    assert expected(mine, range(3)) == pytest.approx([2400, 2400, 2400])


def test_holidays_are_local_days_of_the_queue() -> None:
    holidays = {"country": "ID", "factor": 0}
    arrivals = {"per_hour": 100, "holidays": holidays, "timezone": "Asia/Jakarta"}
    daily = expected(plan_of(arrivals, 5, "2026-08-15"), range(5))
    assert daily == pytest.approx([2400, 1700, 700, 2400, 2400])


def test_days_are_busy_by_the_date_of_the_queue() -> None:
    busy = {"cv": "40%", "correlation": "50%", "hourly": "20%"}
    arrivals = {"per_hour": 100, "timezone": "Asia/Kolkata"}
    demand = Demand(plan_of({**arrivals, "busyness": {**busy, "hourly": 0}}), NOWHERE)
    streams, source = Streams(1, 0), demand.queues[0].source
    assert source is not None
    borders, rates = source._busy(streams).on(demand.day(2))  # type: ignore[attr-defined]
    dates = [dt.date(2026, 10, 7), dt.date(2026, 10, 8)]
    busyness = demand.scenario.queues["mail"].arrivals.busyness  # type: ignore[union-attr]
    assert busyness is not None
    factors = [busyness_factor(busyness, streams, "mail", date) for date in dates]
    middle = (borders[:-1] + borders[1:]) / 2
    assert 18.5 * HOUR in borders
    assert rates * HOUR / 100 == pytest.approx(np.where(middle < 18.5 * HOUR, *factors))
    hourly = Demand(plan_of({**arrivals, "busyness": busy}), NOWHERE)
    of_zone = Demand(plan_of({**arrivals, "busyness": busy}, horizon="Asia/Kolkata"), NOWHERE)
    (here, at_home) = (
        {
            round(each.clock.origin + day.start + begin): rate
            for day in map(each.day, range(3))
            for begin, rate in zip(*_pieces(each, day, streams), strict=True)
        }
        for each in (hourly, of_zone)
    )
    shared = here.keys() & at_home.keys()
    assert len(shared) == 66  # three days but for the 5.5 hours at either end
    assert [here[key] for key in shared] == pytest.approx([at_home[key] for key in shared])


def _pieces(demand: Demand, day: Any, streams: Streams) -> tuple[Any, Any]:
    borders, rates = demand.queues[0].source._busy(streams).on(day)  # type: ignore[union-attr]
    return borders[:-1], rates


# -- common random numbers -----------------------------------------------------------------------------------------

RICH = {"per_day": 3000, "profile": "marketplace", "growth": "2%", "busyness": {"cv": "20%", "correlation": "50%"}}


def test_naming_the_zone_of_the_horizon_changes_not_a_bit() -> None:
    holidays = {"holidays": {"country": "GB", "factor": 0.5}}
    plain = plan_of({**RICH, **holidays}, 28, "2026-10-19", "Europe/London")
    named = plan_of({**RICH, **holidays, "timezone": "Europe/London"}, 28, "2026-10-19", "Europe/London")
    for day in (-1, 0, 6, 20):
        for one, other in zip(day_of_work(plain, day), day_of_work(named, day), strict=True):
            assert one.tobytes() == other.tobytes()


def test_a_zone_keeps_the_items_that_remain_and_other_queues_all_theirs() -> None:
    more = {"queues.other": {"arrivals": RICH, "handle_time": {"constant": "5 min"}}}
    before = day_of_work(plan_of(RICH, **more), 3)[0]
    after = day_of_work(plan_of({**RICH, "timezone": "America/Bogota"}, **more), 3)[0]
    assert before[before["queue"] == 1].tobytes() == after[after["queue"] == 1].tobytes()
    alone = day_of_work(plan_of({**RICH, "timezone": "America/Bogota"}), 3)[0]
    assert alone.tobytes() == after[after["queue"] == 0].tobytes()
    flat = day_of_work(plan_of({"per_day": 3000}), 3)[0]
    assert flat.tobytes() == day_of_work(plan_of({"per_day": 3000, "timezone": "Asia/Jakarta"}), 3)[0].tobytes()
    kept = np.isin(after[after["queue"] == 0]["id"], before[before["queue"] == 0]["id"])
    assert 0.4 < kept.mean() < 0.99


# -- files ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def week_file(tmp_path: Path) -> Callable[[], Path]:
    """Return a function that writes a week of hours, h items from hour h on of each local day, and nothing else."""

    def make() -> Path:
        first = dt.datetime.fromisoformat(MONDAY)
        rows = [(first + dt.timedelta(hours=hour), hour % 24) for hour in range(168)]
        text = "".join(f"{moment.isoformat()},mail,{items}\n" for moment, items in rows)
        (tmp_path / "week.csv").write_text("start,queue,items\n" + text)
        return tmp_path

    return make


@pytest.mark.parametrize("kind", ["actual", "forecast"])
@pytest.mark.parametrize(("timezone", "ahead"), [("America/Bogota", -5), ("Asia/Kolkata", 5.5), ("UTC", 0)])
def test_a_file_is_read_in_the_zone_of_the_queue_and_its_week_is_repeated_there(
    week_file: Callable[[], Path], kind: str, timezone: str, ahead: float
) -> None:
    folder = week_file()
    plan = plan_of({"file": {"path": "week.csv", "as": kind}, "timezone": timezone}, 21)
    demand = Demand(plan, DataFiles(folder))
    per_day = sum(range(24))
    assert [demand.expected(0, demand.day(day)) for day in range(-7, 21)] == pytest.approx([per_day] * 28)
    counts = np.zeros(24)
    for day in map(demand.day, range(-3, 21)):
        items, _ = demand.draw(day, Streams(1, 0))
        assert ((items["time"] >= day.start) & (items["time"] < day.start + DAY)).all()
        counts += np.bincount(((items["time"] / HOUR + ahead) % 24).astype(int), minlength=24)
    if kind == "actual":
        cut = int(ahead % 24) if ahead % 1 else None  # the hour that both ends of these days cut in two
        assert [counts[hour] for hour in range(24) if hour != cut] == [24 * h for h in range(24) if h != cut]
        assert cut is None or 23 * cut <= counts[cut] <= 25 * cut
    else:
        known = 24.0 * np.arange(24)
        assert (abs(counts - known) <= 4.5 * np.sqrt(known)).all()
    assert demand.repeats(20) == ["mail: the volume file ends within the horizon; its last week is repeated"]
    assert demand.repeats(6) == []


def test_no_item_of_a_file_is_counted_twice_at_local_midnight(tmp_path: Path) -> None:
    first = dt.datetime(2026, 10, 5, 1, 30)
    rows = [f"{(first + dt.timedelta(hours=2 * n)).isoformat()}Z,mail,100\n" for n in range(84)]
    (tmp_path / "week.csv").write_text("start,queue,items\n" + "".join(rows))
    plan = plan_of({"file": {"path": "week.csv", "as": "actual"}, "timezone": "America/Bogota"})
    demand = Demand(plan, DataFiles(tmp_path))
    items = [demand.draw(demand.day(day), Streams(1, 0))[0] for day in range(1, 6)]
    ids = np.concatenate([part["id"] for part in items])
    assert np.unique(ids).size == ids.size
    agree_count(ids.size, 5 * 1200, bug=0.1)
    assert [demand.expected(0, demand.day(day)) for day in range(1, 6)] == pytest.approx([1200] * 5)


def test_a_trace_is_read_in_the_zone_of_the_queue(tmp_path: Path) -> None:
    times = [f"2026-10-05 0{hour}:00,mail,60" for hour in range(5)]
    (tmp_path / "trace.csv").write_text("created,queue,handle_s\n" + "\n".join(times) + "\n")
    plan = plan_of({"trace": "trace.csv", "timezone": "America/Bogota"})
    items, _ = day_of_work(plan, files=DataFiles(tmp_path))
    assert items["time"].tolist() == [(5 + hour) * HOUR for hour in range(5)]


# -- events --------------------------------------------------------------------------------------------------------


def test_events_of_a_queue_are_dated_in_its_zone() -> None:
    arrivals = {"per_hour": 100, "timezone": "America/Bogota"}
    surge = {"from": "2026-10-06", "for": "1 day", "factor": 2}
    own = plan_of(arrivals, **{"events.peak": {"surge": {**surge, "queue": "mail"}}})
    everyone = plan_of(arrivals, **{"events.peak": {"surge": surge}})
    assert expected(own, range(4)) == pytest.approx([2400, 2400 + 1900, 2400 + 500, 2400])
    assert expected(everyone, range(4)) == pytest.approx([2400, 4800, 2400, 2400])
    bot = {"queue": "mail", "from": "2026-10-06 12:00", "removes": "50%", "handle_time_factor": 1.5}
    plan = plan_of(arrivals, **{"events.bot": {"automation": bot}})
    assert expected(plan, range(3)) == pytest.approx([2400, 1700 + 350, 1200])
    clock = Demand(plan, NOWHERE).clock
    assert factor_steps(plan, clock, "mail")[1:] == [(DAY + 17 * HOUR, 1.5)]
    faster = {"handle_time": {"queue": "mail", "from": "2026-10-06", "factor": 0.9}}
    slower = {"policy_change": {"from": "2026-10-06", "factor": 1.2, "recovers_in": "1 day"}}
    plan = plan_of(arrivals, **{"events.tool": faster, "events.policy": slower})
    assert [round(moment / HOUR) for moment, _ in factor_steps(plan, clock, "mail")[1:]] == [24, 29, 48]


def test_an_unknown_zone_is_told_at_its_place(tmp_path: Path) -> None:
    text = """
name: small
horizon: {start: 2026-10-05, days: 7, timezone: UTC}
queues:
  mail: {arrivals: {per_day: 9, timezone: America/Bogotta}, handle_time: {constant: 5 min}}
vendors: {north: {teams: {day: {timezone: UTC, agents: 3, skills: [mail], shift: {always: true}}}}}
"""
    (tmp_path / "plan.yaml").write_text(text)
    with pytest.raises(ScenarioError, match=r"plan.yaml:5:43: queues.mail.arrivals.timezone: 'America/Bogotta' is not"):
        load(tmp_path / "plan.yaml")
