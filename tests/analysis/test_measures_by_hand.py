"""The measures of tallies made by hand: each figure from its counts, and nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simcap.analysis.measures import (
    QUEUE_MEASURES,
    SLA_MEASURES,
    TEAM_MEASURES,
    Measured,
    queue_figures,
    ratio,
    sla_figures,
    sla_rows,
    sums,
    team_figures,
    vendor_figures,
    vendors_of,
)
from simcap.scenario.grid import Grid
from simcap.tally import Names
from tests.analysis.tallies import empty_tally, grid, with_slas_counting_all

NAN, INF = np.nan, np.inf
NAMES = Names(
    queues=("mail", "chat"),
    lines=(("mail", "north"), ("mail", "south"), ("chat", "")),
    slas=(("mail", "1 h"), ("chat", "1 min")),
    teams=(("north", "day"), ("north", "night"), ("south", "far")),
)


def put(records: Any, **counts: Any) -> None:
    """Write counts into the fields of records."""
    for name, value in counts.items():
        records[name] = value


def named(figures: Measured, measures: tuple[str, ...], subject: int, window: int = 0) -> dict[str, float]:
    assert set(figures) == set(measures)
    return {name: float(figures[name][subject, window]) for name in measures}


def test_sums_are_those_of_the_cells_of_each_window() -> None:
    week = grid(10).windows("week")
    assert sums(np.arange(22).reshape(2, 11), week).tolist() == [[21, 24], [98, 57]]
    assert week.cells == ((0, 7), (7, 10)), "the last cell, all time outside the horizon, belongs to none"


def test_figures_of_a_queue() -> None:
    tally = empty_tally(NAMES, grid())
    put(
        tally.by_queue[1, :3],
        arrived=[100, 20, 30],
        completed=[70, 5, 6],
        expired=[9, 1, 1],
        open=[11, 12, 13],
        oldest=[50.0, 60.0, 70.0],
        picked_up=[80, 10, 10],
        delayed=[20, 10, 5],
        wait=[160.0, 50.0, 90.0],
        decided=[60, 10, 10],
        turnaround=[600.0, 40.0, 100.0],
        gave_up=[20, 0, 5],
        gave_up_wait=[440.0, 0.0, 10.0],
        lost=[30, 0, 10],
    )
    put(tally.by_queue[1, 3:], arrived=1000, lost=1000, open=1000)
    first = named(queue_figures(tally, tally.grid.windows("day")), QUEUE_MEASURES, 1)
    known = {
        "arrived": 100, "completed": 70, "expired": 9, "open_at_end": 11, "oldest_s": 50, "delayed_share": 0.25,
        "wait_mean_s": 2, "queue_time_mean_s": 6, "turnaround_mean_s": 10, "censored_share": 0.1,
        "expired_share": 0.3,
    }  # fmt: skip
    assert {name: first[name] for name in known} == pytest.approx(known)
    whole = named(queue_figures(tally, tally.grid.windows("horizon")), QUEUE_MEASURES, 1)
    known = {
        "arrived": 150, "completed": 81, "expired": 11, "open_at_end": 13, "oldest_s": 70, "delayed_share": 0.35,
        "wait_mean_s": 3, "queue_time_mean_s": 750 / 125, "turnaround_mean_s": 9.25, "censored_share": 30 / 150,
        "expired_share": 40 / 150,
    }  # fmt: skip
    assert {name: whole[name] for name in known} == pytest.approx(known)


def test_percentiles_within_a_bin_by_hand() -> None:
    """Of 10 items the 5th is the third of four in the bin of 10 to 20 s, the 9.5th at 3.5 of four in that to 40 s."""
    tally = empty_tally(NAMES, grid(6))
    bins = [[2, 4, 4, 0], [5, 0, 0, 0], [1, 4, 5, 0], [0, 0, 0, 0], [0, 1, 0, 9], [3, 0, 0, 1]]
    tally.wait_bins[1], tally.turnaround_bins[1] = bins, bins[::-1]
    put(tally.by_queue[1, :6], arrived=[10, 10, 12, 2, 10, 4], gave_up=[0, 0, 2, 2, 0, 0], lost=0)
    figures = queue_figures(tally, tally.grid.windows("day"))
    assert figures["wait_p50_s"][1] == pytest.approx([17.5, 0, 20, NAN, 40, 0], nan_ok=True)
    assert figures["wait_p95_s"][1] == pytest.approx([37.5, INF, 38, NAN, 40, 40], nan_ok=True)
    assert np.isnan(queue_figures(tally, tally.grid.windows("day"))["wait_p50_s"][0]).all()
    whole = queue_figures(tally, tally.grid.windows("horizon"))
    goal = 44 / 2
    assert whole["wait_p50_s"][1, 0] == pytest.approx(20 + 20 * (goal - 20) / 9), "11, 20, 29, 39"
    put(tally.by_queue[1, :6], lost=[0, 0, 0, 0, 7, 9], arrived=[4, 10, 10, 10, 12, 19], gave_up=0)
    turnarounds = queue_figures(tally, tally.grid.windows("day"))["turnaround_p50_s"][1]
    late = queue_figures(tally, tally.grid.windows("day"))["turnaround_p95_s"][1]
    assert late[2] == INF, "where half of them are open, so is the 95th percentile"
    assert turnarounds == pytest.approx([0, 40, INF, 20, 0, 17.5])


def test_there_are_no_percentiles_of_days_where_only_weeks_are_kept() -> None:
    tally = empty_tally(NAMES, Grid(grid(14).horizon, hourly=False, by_day=False))
    assert np.isnan(queue_figures(tally, tally.grid.windows("week"))["wait_p50_s"]).all()
    with pytest.raises(ValueError, match="no histograms for every day"):
        queue_figures(tally, tally.grid.windows("day"))


def test_a_single_item_has_percentiles() -> None:
    tally = empty_tally(NAMES, grid(1))
    put(tally.by_queue[0, 0], arrived=1)
    tally.wait_bins[0, 0, 1] = 1
    found = named(queue_figures(tally, tally.grid.windows("day")), QUEUE_MEASURES, 0)
    assert (found["wait_p50_s"], found["wait_p95_s"]) == pytest.approx((15, 19.5))


def test_a_ratio_of_less_than_one() -> None:
    assert ratio(np.array([0.1, 0.0]), np.array([0.4, 0.0])).tolist() == pytest.approx([0.25, NAN], nan_ok=True)


def test_figures_of_teams_and_vendors() -> None:
    tally = empty_tally(NAMES, grid())
    hour = 3600.0
    for team, size in enumerate((1, 2, 5)):
        put(
            tally.by_team[team, :3],
            floor=[8 * hour * size, 0, 2 * hour],
            busy=[6 * hour * size, 0, hour],
            overrun=[hour * size, 0, 0],
            effective=[size * 80.0, 0, size * 10.0],
            errors=[size, 0, 1],
        )
        tally.paid[team, :3] = [9 * hour * size, 0, 3 * hour]
        tally.scheduled[team, :3] = [100.0, 0, 50.0]
        tally.decisions[team, :, :3] = [[10 * size, 0, 1], [20 * size, 0, 2]]
        tally.headcount[team], tally.in_training[team] = [size, size + 1, size + 3], [1, 0, 2 * size]
        tally.hires[team], tally.leavers[team] = [0, size, 3], [size, 0, 1]
        tally.transfers[team] = [0, 0, -size]
    day = team_figures(tally, tally.grid.windows("day"))
    assert named(day, TEAM_MEASURES, 1) == pytest.approx(
        {
            "headcount": 2, "in_training": 1, "on_floor_hours": 16, "paid_hours": 20, "busy_hours": 12,
            "occupancy": 0.75, "completed": 60, "hires": 0, "leavers": 2, "effective_fte": 1.6, "errors": 2,
            "transfers": 0, "scheduled_hours": 200 / 3600,
        }
    )  # fmt: skip
    idle = named(day, TEAM_MEASURES, 1, window=1)
    assert np.isnan(idle["occupancy"])
    assert (idle["effective_fte"], idle["hires"], idle["headcount"]) == (0, 2, 3)
    whole = named(team_figures(tally, tally.grid.windows("horizon")), TEAM_MEASURES, 2)
    assert whole == pytest.approx(
        {
            "headcount": 8, "in_training": 10, "on_floor_hours": 42, "paid_hours": 53, "busy_hours": 31,
            "occupancy": 31 / 42, "completed": 153, "hires": 8, "leavers": 6, "effective_fte": 3.0, "errors": 6,
            "transfers": -5, "scheduled_hours": (100 * 5 + 50 * 8) / 3600,
        }
    )  # fmt: skip
    assert vendors_of(tally) == ("north", "south")
    vendors = vendor_figures(tally, tally.grid.windows("day"))
    assert named(vendors, TEAM_MEASURES, 0) == pytest.approx(
        {
            "headcount": 3, "in_training": 2, "on_floor_hours": 24, "paid_hours": 30, "busy_hours": 18,
            "occupancy": 0.75, "completed": 90, "hires": 0, "leavers": 3, "effective_fte": 2.4, "errors": 3,
            "transfers": 0, "scheduled_hours": 300 / 3600,
        }
    )  # fmt: skip
    assert named(vendors, TEAM_MEASURES, 1) == pytest.approx(named(day, TEAM_MEASURES, 2))


def test_people_come_and_go_in_the_first_hour_of_their_day() -> None:
    tally = empty_tally(NAMES, grid(2, hourly=True))
    tally.hires[0], tally.headcount[0] = [2, 3], [2, 5]
    hours = team_figures(tally, tally.grid.windows("hour"))
    assert np.flatnonzero(hours["hires"][0]).tolist() == [0, 24]
    assert hours["headcount"][0, [0, 23, 24, 47]].tolist() == [2, 2, 5, 5]
    days = queue_figures(tally, tally.grid.windows("day"))
    assert {rows.shape for rows in days.values()} == {(2, 2)}


def test_hours_have_no_percentiles() -> None:
    tally = empty_tally(NAMES, grid(1, hourly=True))
    put(tally.by_queue[:, :24], arrived=10)
    tally.wait_bins[:] = 60
    hours = queue_figures(tally, tally.grid.windows("hour"))
    for name in ("wait_p50_s", "wait_p95_s", "turnaround_p50_s", "turnaround_p95_s"):
        assert np.isnan(hours[name]).all()
    assert not np.isnan(hours["censored_share"]).any()


def test_rows_of_slas_are_a_queue_and_its_vendors() -> None:
    assert sla_rows(empty_tally(NAMES, grid())) == [
        (0, "mail", "", "1 h", [0, 1]),
        (0, "mail", "north", "1 h", [0]),
        (0, "mail", "south", "1 h", [1]),
        (1, "chat", "", "1 min", [0]),
    ]


def test_figures_of_slas() -> None:
    tally = empty_tally(NAMES, grid())
    put(tally.by_line[:, 0], created=[100, 60, 30], lost=[10, 20, 5])
    put(tally.by_sla[0, :2, 0], on_time=[72, 20], void=[10, 10])
    put(tally.by_sla[1, 0, 0], on_time=12, void=6)
    put(tally.by_sla[:, 2, 0], on_time=1000, void=1000)
    put(tally.by_line[:, 3], created=1000, lost=1000)
    rows = [named(sla_figures(tally, tally.grid.windows("horizon")), SLA_MEASURES, row) for row in range(4)]
    assert [list(row.values()) for row in rows] == [
        pytest.approx([92 / 140, 140, 92, 140, 160, 30]),
        pytest.approx([0.8, 90, 72, 90, 100, 10]),
        pytest.approx([0.4, 50, 20, 50, 60, 20]),
        pytest.approx([0.5, 24, 12, 24, 30, 5]),
    ]
    counting = with_slas_counting_all(tally, ("mail", "1 h"), ("chat", "1 h"))
    every = [named(sla_figures(counting, tally.grid.windows("horizon")), SLA_MEASURES, row) for row in range(4)]
    assert [list(row.values()) for row in every] == [
        pytest.approx([92 / 160, 140, 92, 160, 160, 30]),
        pytest.approx([0.72, 90, 72, 100, 100, 10]),
        pytest.approx([1 / 3, 50, 20, 60, 60, 20]),
        list(rows[3].values()),
    ]
    days = sla_figures(tally, tally.grid.windows("day"))
    assert np.isnan(days["attainment"][:, 1:]).all(), "no items, no attainment"


def test_without_slas_there_are_no_rows() -> None:
    names = Names(queues=("mail",), lines=(("mail", ""),), slas=(), teams=(("north", "day"),))
    tally = empty_tally(names, grid())
    assert {rows.shape for rows in sla_figures(tally, tally.grid.windows("day")).values()} == {(0, 3)}
