"""Days, weeks and months: where they are cut, and which of them are whole."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from simcap.scenario.grid import Grid
from simcap.units import HOUR
from tests.helpers import scenario


def grid(start: str, days: int, *, hourly: bool = False, zone: str = "Europe/London") -> Grid:
    plan = scenario({"horizon.start": start, "horizon.days": days, "horizon.timezone": zone})
    return Grid(plan.horizon, hourly=hourly)


@pytest.mark.parametrize(
    ("start", "days", "months"),
    [
        ("2026-10-05", 91, [("2026-10-05", False), ("2026-11-01", True), ("2026-12-01", True), ("2027-01-01", False)]),
        ("2026-10-01", 31, [("2026-10-01", True)]),
        ("2026-10-01", 30, [("2026-10-01", False)]),
        ("2026-10-02", 60, [("2026-10-02", False), ("2026-11-01", True)]),
        ("2028-02-01", 29, [("2028-02-01", True)]),
    ],
)
def test_months_are_of_the_calendar_and_partial_ones_flagged(
    start: str, days: int, months: list[tuple[str, bool]]
) -> None:
    windows = grid(start, days).windows("month")
    found = [(begin.date().isoformat(), whole) for begin, whole in zip(windows.starts, windows.whole, strict=True)]
    assert found == months
    assert [begin for begin, _ in windows.cells] == [
        (dt.date.fromisoformat(begin) - dt.date.fromisoformat(start)).days for begin, _ in months
    ]
    assert windows.cells[-1][1] == days


def test_weeks_run_from_the_start_and_the_last_may_be_partial() -> None:
    windows = grid("2026-10-08", 17).windows("week")
    assert windows.cells == ((0, 7), (7, 14), (14, 17))
    assert windows.whole == (True, True, False)
    assert [begin.strftime("%a") for begin in windows.starts] == ["Thu"] * 3


@pytest.mark.parametrize(
    ("begins", "start", "days", "cells"),
    [
        ("Monday", "2026-10-08", 17, ((0, 4), (4, 11), (11, 17))),
        ("Monday", "2026-10-05", 14, ((0, 7), (7, 14))),
        ("Sunday", "2026-10-05", 14, ((0, 6), (6, 13), (13, 14))),
        ("Monday", "2026-10-08", 3, ((0, 3),)),
    ],
)
def test_weeks_of_the_calendar_are_cut_by_the_horizon(
    begins: str, start: str, days: int, cells: tuple[tuple[int, int], ...]
) -> None:
    plan = scenario({"horizon.start": start, "horizon.days": days, "horizon.week_begins": begins})
    windows = Grid(plan.horizon, hourly=False).windows("week")
    assert windows.cells == cells
    assert windows.whole == tuple(end - begin == 7 for begin, end in cells)


@pytest.mark.parametrize(("start", "hours"), [("2026-10-24", [24, 25, 24]), ("2027-03-27", [24, 23, 24])])
def test_hours_of_a_change_of_clocks(start: str, hours: list[int]) -> None:
    cells = grid(start, 3, hourly=True)
    assert np.bincount(cells.cell_day).tolist() == hours
    assert (np.diff(cells.edges) == HOUR).all()
    daily = grid(start, 3)
    assert np.diff(daily.edges).tolist() == [count * HOUR for count in hours]
    assert cells.windows("day").cells == ((0, hours[0]), (hours[0], sum(hours[:2])), (sum(hours[:2]), sum(hours)))
    labels = [label.hour for label in cells.windows("hour").starts[24 : 24 + hours[1]]]
    assert labels == ([0, 1, *range(1, 24)] if hours[1] == 25 else [0, *range(2, 24)])


@pytest.mark.parametrize("hourly", [True, False])
def test_spans_are_days_or_the_parts_of_weeks_in_one_month(hourly: bool) -> None:
    plan = scenario({"horizon.start": "2026-10-05", "horizon.days": 63, "horizon.timezone": "Europe/London"})
    by_day, by_week = (Grid(plan.horizon, hourly=hourly, by_day=by_day) for by_day in (True, False))
    assert by_day.cell_span == by_day.cell_day
    assert by_week.cell_span[-1] == 9 + 2 - 1, "9 weeks; 1 November and 1 December are no Mondays"
    for period in ("week", "month", "horizon"):
        for begin, end in by_week.windows(period).cells:
            around = by_week.cell_span[begin - 1] if begin else -1
            assert around < by_week.cell_span[begin], "a window begins with a span"
            assert set(by_week.cell_span[begin:end]).isdisjoint(by_week.cell_span[end:])


def test_the_horizon_and_its_days_are_whole() -> None:
    whole = grid("2026-10-05", 10)
    assert whole.windows("horizon").cells == ((0, 10),)
    assert whole.windows("horizon").whole == (True,)
    assert all(whole.windows("day").whole)


def test_an_unknown_period_is_refused() -> None:
    with pytest.raises(ValueError, match="'quarter' is not a period; give horizon, month, week, day or hour"):
        grid("2026-10-05", 10).windows("quarter")


@pytest.mark.parametrize("hourly", [False, True])
def test_a_horizon_that_starts_within_a_day_has_the_rest_of_it(hourly: bool) -> None:
    cut = grid("'2026-10-08 14:30'", 17, hourly=hourly)
    whole = grid("2026-10-08", 17, hourly=hourly)
    assert cut.edges[0] == 14.5 * HOUR
    assert cut.end == whole.end
    assert [cut.windows("day").cells[day] for day in (0, 1)] == ([(0, 10), (10, 34)] if hourly else [(0, 1), (1, 2)])
    assert cut.windows("week").labels == whole.windows("week").labels


def test_windows_that_a_start_within_a_day_cuts_are_partial() -> None:
    cut = grid("'2026-10-01 00:01'", 35)
    assert cut.windows("day").whole == (False, *(True,) * 34)
    assert cut.windows("week").whole == (False, *(True,) * 4)
    assert cut.windows("month").whole == (False, False)
    assert cut.windows("horizon").whole == (True,)
    assert grid("'2026-10-01 00:00'", 35).windows("month").whole == (True, False)


def test_a_start_on_a_day_of_25_hours_is_by_the_clock() -> None:
    assert grid("'2026-10-25 14:00'", 1).edges.tolist() == [15 * HOUR, 25 * HOUR]
    assert grid("'2026-03-29 01:30'", 1).edges.tolist() == [1 * HOUR, 23 * HOUR], "clocks go from one to two"
