"""The time axis: where windows are, and few and tidy labels."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from simcap.report.charts.timeline import Timeline
from simcap.scenario.grid import Grid
from simcap.scenario.schema.scenario import Horizon


@pytest.mark.parametrize(
    ("days", "inches", "first", "last", "count"),
    [
        (1, 11.0, "00:00\n5 Oct", "00:00", 13),
        (1, 2.0, "00:00\n5 Oct", "00:00", 5),
        (7, 11.0, "5 Oct", "11 Oct", 7),
        (7, 2.0, "5 Oct", "11 Oct", 4),
        (91, 11.0, "5 Oct", "28 Dec", 13),
        (91, 2.4, "5 Oct", "28 Dec", 4),
        (91, 0.9, "5 Oct", "30 Nov", 2),
        (364, 11.0, "Nov", "Oct", 12),
        (728, 3.0, "Jan", "Jul", 4),
    ],
)
def test_labels(days: int, inches: float, first: str, last: str, count: int) -> None:
    texts = [text for _, text in Timeline(dt.date(2026, 10, 5), days).ticks(inches)]
    assert (texts[0], texts[-1], len(texts)) == (first, last, count)


def test_weeks_begin_where_they_begin() -> None:
    horizon = Horizon.model_validate({"start": "2026-10-05", "days": 17, "timezone": "Europe/London"})
    timeline = Timeline(horizon.start, horizon.day_count)
    assert timeline.edges(Grid(horizon, hourly=False).windows("week")).tolist() == [0, 7, 14, 17]
    assert timeline.edges(Grid(horizon, hourly=False).windows("month")).tolist() == [0, 17]


@pytest.mark.parametrize(("start", "hours"), [("2026-10-25", 25), ("2026-03-29", 23), ("2026-10-05", 24)])
def test_days_of_a_changed_clock_are_as_long_as_others(start: str, hours: int) -> None:
    horizon = Horizon.model_validate({"start": start, "days": 2, "timezone": "Europe/London"})
    edges = Timeline(horizon.start, 2).edges(Grid(horizon, hourly=True).windows("hour"))
    assert len(edges) == hours + 25
    assert (np.diff(edges) > 0).all()
    assert edges[[0, hours, -1]].tolist() == pytest.approx([0, 1, 2])
