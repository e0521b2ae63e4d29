"""Volumes from files: exact counts, forecasts, what repeats outside the file, exact traces."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simcap.demand.demand import Demand
from simcap.scenario.data.data_files import DataFiles
from simcap.scenario.schema.scenario import Scenario
from simcap.streams import Streams
from simcap.units import DAY, HOUR
from tests.helpers import agree_count, day_of_work, scenario, watch

MONDAY = dt.datetime(2026, 10, 5)
Rows = Iterable[tuple[dt.datetime, float]]


def hourly(days: int, hours: Iterable[int] = range(24), first: dt.datetime = MONDAY) -> list[tuple[dt.datetime, float]]:
    """Return counts of 10 d + h for hour h of day d."""
    whole = [(first + dt.timedelta(days=d, hours=h), d, h) for d in range(days) for h in hours]
    return [(moment, 10 * d + h) for moment, d, h in whole]


@pytest.fixture
def from_file(tmp_path: Path) -> Callable[..., tuple[Scenario, Path]]:
    """Return a function that writes a volume file and returns a scenario that reads it, and its folder."""

    def make(rows: Rows, kind: str = "actual", **changes: Any) -> tuple[Scenario, Path]:
        text = "".join(f"{moment.isoformat()},mail,{items:g}\n" for moment, items in rows)
        (tmp_path / "volumes.csv").write_text("start,queue,items\n" + text)
        file = {"file": {"path": "volumes.csv", "as": kind}}
        return scenario({"queues.mail.arrivals": file, **changes}), tmp_path

    return make


def by_hour(plan: Scenario, folder: Path, days: Iterable[int]) -> list[list[int]]:
    """Return the number of items created in each hour of some days."""
    demand, streams = Demand(plan, DataFiles(folder)), Streams(1, 0)
    found = []
    for day in map(demand.day, days):
        items, _ = demand.draw(day, streams)
        found.append(np.bincount(((items["time"] - day.start) // HOUR).astype(int), minlength=24).tolist())
    return found


def counts_of(rows: Rows) -> list[list[int]]:
    table = np.zeros((7, 24), int)
    for moment, items in rows:
        table[(moment - MONDAY).days % 7, moment.hour] = items
    return table.tolist()


def test_actual_counts_are_exact(from_file: Callable[..., tuple[Scenario, Path]]) -> None:
    rows = hourly(7)
    plan, folder = from_file(rows)
    assert by_hour(plan, folder, range(7)) == counts_of(rows)
    demand = Demand(plan, DataFiles(folder))
    assert demand.expected(0, demand.day(3)) == sum(30 + h for h in range(24))
    first, other = (demand.draw(demand.day(2), Streams(1, n))[0] for n in (0, 1))
    assert first.size == other.size
    assert not np.array_equal(first["time"], other["time"])


def test_hours_without_rows_have_no_items_even_on_the_first_and_last_day(
    from_file: Callable[..., tuple[Scenario, Path]],
) -> None:
    rows = hourly(14, range(8, 18))
    plan, folder = from_file(rows, **{"horizon.days": 14})
    assert by_hour(plan, folder, range(7)) == counts_of(rows[:70])
    assert by_hour(plan, folder, range(7, 14)) == counts_of(rows[70:])


def test_outside_the_file_its_first_and_last_week_are_repeated(
    from_file: Callable[..., tuple[Scenario, Path]],
) -> None:
    rows = hourly(14)
    plan, folder = from_file(rows, **{"horizon.days": 28})
    last = counts_of(rows[7 * 24 :])
    assert by_hour(plan, folder, range(14, 21)) == last
    assert by_hour(plan, folder, range(20, 28)) == [last[6], *last]
    assert by_hour(plan, folder, range(-7, 0)) == counts_of(rows[: 7 * 24])


def test_a_file_that_ends_at_noon_goes_on_with_the_week_before(
    from_file: Callable[..., tuple[Scenario, Path]],
) -> None:
    rows = hourly(9)[: 8 * 24 + 12]
    plan, folder = from_file(rows, **{"horizon.days": 14})
    last_day, after = by_hour(plan, folder, (8, 9))
    assert last_day == [80 + h for h in range(12)] + [10 + h for h in range(12, 24)]
    assert after == [20 + h for h in range(24)]


def test_repeated_items_are_not_the_same_items(from_file: Callable[..., tuple[Scenario, Path]]) -> None:
    plan, folder = from_file(hourly(7), **{"horizon.days": 14})
    first, second = (day_of_work(plan, day, files=DataFiles(folder))[0] for day in (2, 9))
    assert first.size == second.size
    assert not np.intersect1d(first["id"], second["id"]).size


@pytest.mark.parametrize(("days", "notes"), [(14, 1), (7, 0)])
def test_a_run_says_that_it_repeats(from_file: Callable[..., tuple[Scenario, Path]], days: int, notes: int) -> None:
    plan, folder = from_file([(moment, 1) for moment, _ in hourly(7)], **{"horizon.days": days})
    tally, _ = watch(plan, files=DataFiles(folder))
    assert sum("volume file ends" in note for note in tally.notes) == notes
    assert tally.by_queue["arrived"][0, :-1].tolist() == [24] * days


def test_a_run_says_that_nothing_comes_beyond_a_short_file(from_file: Callable[..., tuple[Scenario, Path]]) -> None:
    rows = [(moment, 1.0) for moment, _ in hourly(3, first=MONDAY + dt.timedelta(days=2))]
    plan, folder = from_file(rows, **{"horizon.days": 14})
    tally, _ = watch(plan, files=DataFiles(folder))
    assert list(tally.notes) == [
        "mail: the volume file begins within the horizon; it holds no whole week, so nothing arrives before",
        "mail: the volume file ends within the horizon; it holds no whole week to repeat",
    ]
    assert tally.by_queue["arrived"][0, :5].tolist() == [0, 0, 24, 24, 24]


def test_a_run_says_that_a_file_begins_late(from_file: Callable[..., tuple[Scenario, Path]]) -> None:
    rows = [(moment, 1.0) for moment, _ in hourly(7, first=MONDAY + dt.timedelta(days=7))]
    plan, folder = from_file(rows, **{"horizon.days": 14})
    tally, _ = watch(plan, files=DataFiles(folder))
    assert list(tally.notes) == ["mail: the volume file begins within the horizon; its first week is used before"]
    assert tally.by_queue["arrived"][0, :-1].tolist() == [24] * 14


def test_days_of_23_and_25_hours(from_file: Callable[..., tuple[Scenario, Path]]) -> None:
    start = dt.datetime(2026, 10, 19)
    rows = [(start + dt.timedelta(hours=h), 2.0) for h in range(6 * 24 + 2)]
    rows += [(dt.datetime(2026, 10, 25, 1), 3.0)]
    rows += [(dt.datetime(2026, 10, 25, 2) + dt.timedelta(hours=h), 4.0) for h in range(22)]
    plan, folder = from_file(rows, **{"horizon.start": start.date(), "horizon.days": 14})
    assert by_hour(plan, folder, [6])[0] == [2, 2, 3, *[4] * 22]
    assert by_hour(plan, folder, [13])[0] == [2, 2, 3, *[4] * 21]


@pytest.mark.parametrize("kind", ["actual", "forecast"])
@pytest.mark.parametrize("step", [6 * HOUR, DAY, 7 * DAY])
def test_long_intervals_spread_over_their_days(
    from_file: Callable[..., tuple[Scenario, Path]], kind: str, step: float
) -> None:
    count = round(28 * DAY / step)
    rows = [(MONDAY + dt.timedelta(seconds=n * step), 7_000 * step / DAY) for n in range(count)]
    plan, folder = from_file(rows, kind, **{"horizon.days": 20, "horizon.timezone": "UTC"})
    demand = Demand(plan, DataFiles(folder))
    days = [demand.draw(demand.day(day), Streams(1, 0))[0] for day in range(-7, 20)]
    assert [demand.expected(0, demand.day(day)) for day in range(20)] == pytest.approx([7000.0] * 20)
    for items in days:
        agree_count(items.size, 7_000, bug=0.08)
    if kind == "actual":
        assert sum(items.size for items in days[:7]) == sum(items.size for items in days[7:14]) == 49_000
    ids = np.concatenate([items["id"] for items in days])
    assert np.unique(ids).size == ids.size


def test_forecasts_are_means_and_grow(from_file: Callable[..., tuple[Scenario, Path]]) -> None:
    rows = [(moment, 100.0 * (moment.hour == 9) + 1.5) for moment, _ in hourly(7)]
    plan, folder = from_file(rows, "forecast", **{"horizon.days": 14})
    plan = scenario(
        {
            "horizon.days": 14,
            "queues.mail.arrivals": {"file": {"path": "volumes.csv", "as": "forecast"}, "growth": "50%"},
        }
    )
    demand = Demand(plan, DataFiles(folder))
    assert demand.expected(0, demand.day(2)) == pytest.approx(136)
    assert demand.expected(0, demand.day(9)) == pytest.approx(204)
    drawn = np.array([by_hour(plan, folder, [day])[0] for day in range(7, 14)]).sum(axis=0)
    agree_count(drawn[9], 7 * 1.5 * 101.5, bug=0.2)
    agree_count(drawn.sum(), 7 * 204, bug=0.2)
    assert by_hour(plan, folder, [1]) != by_hour(plan, folder, [8])


@pytest.mark.parametrize("kind", ["actual", "forecast"])
def test_more_volume_keeps_the_items(from_file: Callable[..., tuple[Scenario, Path]], kind: str) -> None:
    plan, folder = from_file([(moment, 100) for moment, _ in hourly(7)], kind)
    before, _ = day_of_work(plan, 3, files=DataFiles(folder))
    plan, folder = from_file([(moment, 110) for moment, _ in hourly(9, first=MONDAY - dt.timedelta(days=2))], kind)
    after, _ = day_of_work(plan, 3, files=DataFiles(folder))
    kept = after[np.isin(after["id"], before["id"])]
    assert kept.tobytes() == before.tobytes()
    assert abs(after.size - before.size - 240) < 5 * np.sqrt(240)


def test_a_trace_is_replayed(tmp_path: Path) -> None:
    (tmp_path / "trace.csv").write_text(
        "created,queue,handle_s\n2026-10-05 09:00:00,mail,30\n2026-10-05 08:00:00.5,mail,\n2026-10-06 00:00:00,mail,7\n"
        "2026-10-04 23:59:59,mail,1\n2026-10-05 08:30:00,other,9\n"
    )
    plan = scenario({"queues.mail.arrivals": {"trace": "trace.csv"}})
    items, _ = day_of_work(plan, files=DataFiles(tmp_path))
    assert items["time"].tolist() == [8 * HOUR + 0.5, 9 * HOUR]
    assert items["content"].tolist() == [300, 30]
    assert day_of_work(plan, 1, files=DataFiles(tmp_path))[0]["time"].tolist() == [DAY]
    assert day_of_work(plan, -1, files=DataFiles(tmp_path))[0]["time"].tolist() == [-1]
    assert not day_of_work(plan, 2, files=DataFiles(tmp_path))[0].size
    other = day_of_work(plan, files=DataFiles(tmp_path), seed=2)[0]
    assert np.array_equal(other["time"], items["time"])
    assert not np.intersect1d(other["id"], items["id"]).size
