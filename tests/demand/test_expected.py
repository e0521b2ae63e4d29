"""Expected items between any two times: those of the days, in the hours that they come in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simcap.demand.demand import Demand
from simcap.scenario.data.data_files import DataFiles
from simcap.units import DAY, HOUR
from tests.helpers import NOWHERE, scenario


def demand(arrivals: Any, folder: Path = NOWHERE, **changes: Any) -> Demand:
    return Demand(scenario({"queues.mail.arrivals": arrivals, **changes}), DataFiles(folder))


def by_hour(found: Demand, days: int) -> list[float]:
    return found.expected_in(np.arange(24 * days + 1) * HOUR)[0].tolist()


def test_items_between_any_times_sum_to_those_of_the_days() -> None:
    found = demand(
        "{per_day: [100, 300], profile: social, growth: 10%}",
        **{"horizon.days": 10, "events.surge": "{surge: {queue: mail, from: '2026-10-08 12:20', for: 9 h, factor: 3}}"},
    )
    days = [found.expected(0, found.day(day)) for day in range(10)]
    assert found.expected_in(np.arange(11) * DAY)[0] == pytest.approx(days)
    fine = found.expected_in(np.arange(0, 10 * DAY + 1, HOUR / 2))[0]
    assert fine.reshape(10, 48).sum(axis=1) == pytest.approx(days)


def test_a_profile_is_that_of_local_hours_on_both_sides_of_a_change_of_the_clocks() -> None:
    found = demand(
        {"per_day": 240, "profile": [24] + [0] * 23},
        **{"horizon.start": "2026-10-24", "horizon.days": 3},
    )
    hours = by_hour(found, 3)
    # The day of 25 hours is the second: the third midnight comes an hour later.
    assert [hour for hour, items in enumerate(hours) if items > 0] == [0, 24, 49]
    assert hours[49] == pytest.approx(240)


def test_what_a_classifier_removes_is_gone_from_its_time_on() -> None:
    events = {"events.bot": "{automation: {queue: mail, from: '2026-10-05 06:30', removes: 20%}}"}
    hours = by_hour(demand("{per_day: 240}", **events), 1)
    assert hours == pytest.approx([10] * 6 + [9] + [8] * 17)


def test_counts_of_a_file_come_when_they_say(tmp_path: Path) -> None:
    rows = [f"2026-10-05T{hour:02d}:00,mail,{hour + 0.4 * (hour == 7)}" for hour in range(24)]
    (tmp_path / "volumes.csv").write_text("start,queue,items\n" + "\n".join(rows))
    hours = by_hour(demand("{file: {path: volumes.csv, as: actual}}", tmp_path), 1)
    assert hours == pytest.approx(range(24))


def test_a_trace_comes_when_it_says(tmp_path: Path) -> None:
    (tmp_path / "trace.csv").write_text(
        "created,queue\n2026-10-05T02:10,mail\n2026-10-05T02:50,mail\n2026-10-06T23:59,mail\n"
    )
    hours = by_hour(demand("{trace: trace.csv}", tmp_path), 2)
    assert {hour: items for hour, items in enumerate(hours) if items} == {2: 2.0, 47: 1.0}


def test_a_queue_without_arrivals_has_none() -> None:
    found = demand("{per_day: 240}", **{"queues.other": "{handle_time: {constant: 1 min}}"})
    assert found.expected_in(np.arange(25) * HOUR)[1].tolist() == [0.0] * 24
