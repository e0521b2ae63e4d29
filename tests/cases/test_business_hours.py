"""SLA clocks that run in business hours: due times over the weekend, order by due date, turnaround."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from simcap.errors import ScenarioError
from simcap.scenario.clock import Clock
from simcap.scenario.open_times import open_times
from simcap.scenario.reading.loading import load
from simcap.scenario.schema.business_hours import BusinessHours
from simcap.scenario.schema.scenario import Horizon
from simcap.units import DAY, HOUR
from simcap.world.world import simulate

CASE = Path(__file__).parents[2] / ".." / "shared" / "cases" / "03-business-hours"
HOURS = "{hours: Mon-Fri 09:00-17:00}"


def case(folder: Path, clock: str = HOURS, within: str = "8 h") -> Path:
    """Write the case with an SLA clock."""
    if not CASE.exists():
        pytest.skip(f"{CASE} is not there")
    text = (
        (CASE / "a.yaml")
        .read_text()
        .replace("clock: business", f"clock: {clock}")
        .replace("within: 8 h", f"within: {within}")
    )
    (folder / "a.yaml").write_text(text)
    (folder / "trace.csv").write_text((CASE / "trace.csv").read_text())
    return folder / "a.yaml"


def attained(path: Path) -> tuple[int, int]:
    file = load(path)
    tally = simulate(file.scenario, file.files, 1, 0)
    return int(tally.by_sla["on_time"].sum()), int(tally.late["items"].sum())


def test_both_are_on_time(tmp_path: Path) -> None:
    """Due are Monday 16:00 and 17:00; the work ends on Friday 18:00, finished after the shift, and Monday 11:00."""
    assert attained(case(tmp_path)) == (2, 0)
    assert attained(case(tmp_path, within="2 h")) == (2, 0), "Monday 11:00 is due, and in time"
    assert attained(case(tmp_path, within="119 min")) == (1, 1)
    assert attained(case(tmp_path, "own")) == (1, 1)


def test_turnaround_is_reckoned_in_business_hours(tmp_path: Path) -> None:
    file = load(case(tmp_path))
    tally = simulate(file.scenario, file.files, 1, 0)
    assert tally.by_queue["turnaround"].sum() == (1 + 2) * HOUR


def test_a_holiday_stops_the_clock(tmp_path: Path) -> None:
    columbus = "{hours: Mon-Fri 09:00-17:00, holidays: {add: [2026-10-12]}}"
    assert attained(case(tmp_path, columbus, within="1 h")) == (1, 1)


def hours(**given: object) -> BusinessHours:
    return BusinessHours.model_validate(given)


def times(plan: BusinessHours, first: str = "2026-10-05", until: float = 0.0, more: float = 400 * HOUR) -> tuple:
    clock = Clock.of(load_horizon(first))
    found = open_times(plan, clock, load_horizon(first).start, until, more)
    return found, clock


def load_horizon(first: str):

    return Horizon.model_validate({"start": first, "weeks": 8, "timezone": "Europe/London"})


def test_due_times() -> None:
    found, clock = times(hours(hours="Mon-Fri 09:00-18:00"))
    friday = clock.at(dt.datetime(2026, 10, 9, 16))
    due = found.due(np.array([friday, friday + DAY]), 8 * HOUR)
    assert [clock.local(moment).isoformat() for moment in due] == ["2026-10-12T15:00:00", "2026-10-12T17:00:00"]


def test_the_clock_follows_its_own_zone_and_changes_of_the_clocks() -> None:
    """Warsaw is an hour ahead of London; both change on 25 October, so a working day stays nine hours."""
    found, clock = times(hours(hours="Mon-Sun 09:00-18:00", timezone="Europe/Warsaw"))
    assert clock.local(found.opens[0]).isoformat() == "2026-10-05T08:00:00"
    assert set((found.closes - found.opens).tolist()) == {9 * HOUR}
    night, clock = times(hours(hours="Sat-Sun 22:00-06:00"))
    days = [clock.local(begin).date().isoformat() for begin in night.opens]
    lengths = dict(zip(days, ((night.closes - night.opens) / HOUR).tolist(), strict=True))
    assert (lengths["2026-10-24"], lengths["2026-10-25"]) == (9, 8)


def test_spans_that_touch_or_overlap_are_one() -> None:
    found, _ = times(hours(hours=["Mon-Fri 09:00-13:00", "Mon-Fri 12:00-18:00"]))
    assert ((found.closes - found.opens) == 9 * HOUR).all()
    assert found.elapsed(np.array([found.closes[4]]))[0] == 45 * HOUR


@pytest.mark.parametrize(
    ("clock", "message"),
    [
        ("business", "write own, origin, or {hours: Mon-Fri 09:00-18:00}"),
        ("{hours: 9-17}", "is not a span of business hours; write for example Mon-Fri 09:00-18:00"),
        ("{hours: Mon-Fri 09:00-09:00}", "has no length"),
        ("{hours: 5 of 7 09:00-18:00}", "is not a span of business hours"),
        ("{hours: Mon-Fri 09:00-17:00, holidays: ZZ}", "'ZZ' is not"),
    ],
)
def test_wrong_hours_are_told_with_what_is_right(tmp_path: Path, clock: str, message: str) -> None:
    with pytest.raises(ScenarioError, match=r"a\.yaml:\d+:\d+: queues\.q\.sla") as raised:
        load(case(tmp_path, clock))
    assert message in str(raised.value)
