"""The forecasts without a model: known answers from a handful of items."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from simcap.calibration.backtest.rivals import FORGETTING, RULES, SHORT, Rivals, best_of
from simcap.calibration.history.yardsticks import BacktestSla

ORIGIN = dt.date(2026, 3, 30)
"""A Monday."""
DAY = 86_400.0
MONDAY_AT_9 = dt.datetime(2026, 3, 30, 9)


def rivals(rows: list[tuple[str, int, float, float]], begin: float = 100 * DAY) -> Rivals:
    """Return the rivals that know items: queue, days before the origin, hour of the day, wait in seconds."""
    days = [ORIGIN - dt.timedelta(days=before) for _, before, _, _ in rows]
    past = pd.DataFrame(
        {
            "queue": [queue for queue, *_ in rows],
            "day": [day.toordinal() for day in days],
            "hour": [24 * day.weekday() + int(hour) for day, (_, _, hour, _) in zip(days, rows, strict=True)],
            "created": [begin - before * DAY + hour * 3600 for _, before, hour, _ in rows],
        }
    )
    past["started"] = past["created"] + [wait for *_, wait in rows]
    past["completed"], past["expired"] = past["started"] + 60, np.nan
    known: Any = SimpleNamespace(past=past, origin=ORIGIN, begin=begin, reported=None)
    yardstick = BacktestSla.model_validate({"measure": "wait", "within": "30 s"})
    return Rivals(known, ("a", "b"), (yardstick,), "UTC")


def test_the_last_week_is_of_seven_days() -> None:
    known = rivals([("a", 14, 9, 10), ("a", 8, 9, 10), ("a", 7, 9, 50), ("a", 1, 9, 50), ("a", 1, 9, 30)])
    assert known.forecasts([0], 0, "week", MONDAY_AT_9)["last_week"] == pytest.approx(1 / 3)
    assert known.forecasts([0], 0, "week", MONDAY_AT_9)["same_hours"] == pytest.approx(3 / 5)


def test_a_day_is_held_against_its_weekday_and_an_hour_against_its_hour() -> None:
    known = rivals([("a", 14, 9, 50), ("a", 7, 9, 10), ("a", 7, 10, 50), ("a", 7, 10, 50), ("a", 6, 9, 50)])
    assert known.forecasts([0], 0, "day", MONDAY_AT_9)["same_hours"] == pytest.approx(1 / 4)
    assert known.forecasts([0], 0, "day", MONDAY_AT_9)["last_week"] == pytest.approx(1 / 3)
    assert known.forecasts([0], 0, "hour", MONDAY_AT_9)["same_hours"] == pytest.approx(1 / 2)
    assert known.forecasts([0], 0, "hour", MONDAY_AT_9)["last_week"] == 1.0
    assert known.forecasts([0], 0, "hour", MONDAY_AT_9 + dt.timedelta(hours=1))["last_week"] == 0.0
    assert np.isnan(known.forecasts([0], 0, "day", MONDAY_AT_9 + dt.timedelta(days=2))["last_week"])


def test_queues_are_held_against_themselves_or_all_together() -> None:
    known = rivals([("a", 2, 9, 10), ("b", 2, 9, 50), ("b", 3, 9, 50), ("gone", 2, 9, 10)])
    shares = [known.forecasts(places, 0, "week", MONDAY_AT_9)["last_week"] for places in ([0], [1], [0, 1])]
    assert shares == [1.0, 0.0, pytest.approx(1 / 3)]


def test_an_item_that_may_still_be_on_time_tells_nothing() -> None:
    known = rivals([("a", 1, 23.999, 50), ("a", 1, 9, 10)])
    assert known.forecasts([0], 0, "week", MONDAY_AT_9)["last_week"] == 1.0


def test_working_days_are_one_type_and_a_quiet_day_is_its_own() -> None:
    """Monday to Friday have two items, all late on Tuesdays; Sundays have one, on time."""
    weekdays = [("a", 7 * week + before, 9, 50 if before == 6 else 10) for week in range(2) for before in range(3, 8)]
    known = rivals([*weekdays, *weekdays, ("a", 1, 9, 10), ("a", 8, 9, 10)])
    assert known.forecasts([0], 0, "day", MONDAY_AT_9)["day_type"] == pytest.approx(4 / 5)
    assert known.forecasts([0], 0, "hour", MONDAY_AT_9)["day_type"] == pytest.approx(4 / 5)
    assert known.forecasts([0], 0, "day", MONDAY_AT_9 + dt.timedelta(days=6))["day_type"] == 1.0


@pytest.mark.parametrize(("step", "lowest"), [(0, False), (1, True)])
def test_smoothing_forgets_as_fast_as_the_past_asks_for(step: int, *, lowest: bool) -> None:
    """A level that jumps for good is best forgotten fast; one that alternates is best remembered."""
    rows = [("a", before, 9, 10 if (before % 2 if step else before < 20) else 50) for before in range(40, 0, -1)]
    known = rivals(rows)
    known.forecasts([0], 0, "week", MONDAY_AT_9)
    assert known._rate((0,), 0) == (min(FORGETTING) if lowest else max(FORGETTING))


def test_smoothing_weighs_days_by_their_age() -> None:
    known = rivals([("a", 2, 9, 10), ("a", 1, 9, 50), ("a", 1, 10, 50)])
    rate = known._rate((0,), 0)
    expected = (1 - rate) / ((1 - rate) + 2)
    assert known.forecasts([0], 0, "week", MONDAY_AT_9)["smoothing"] == pytest.approx(expected)
    assert known.forecasts([0], 0, "hour", MONDAY_AT_9)["smoothing"] == pytest.approx((1 - rate) / ((1 - rate) + 1))


def test_the_best_rule_is_that_of_the_least_error() -> None:
    assert best_of({"same_hours": 0.2, "last_week": float("nan"), "smoothing": 0.1}) == 0.1
    assert np.isnan(best_of({"same_hours": float("nan")}))
    assert SHORT.keys() == RULES.keys()
