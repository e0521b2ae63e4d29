"""Public holidays of teams: who has which day off, who works all the same, and what that costs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simcap.analysis.money import money_figures
from simcap.scenario.data.data_files import DataFiles
from simcap.scenario.schema.scenario import Scenario
from tests.helpers import Crew, crew, scenario, watch

TEAM = "vendors.north.teams.day"
CHRISTMAS = {"horizon.start": "2026-12-21", "horizon.days": 14}
PRICE = "{currency: USD, price: {per_productive_hour: 10}}"
SHIFT = "{days: %s, start: '%s', length: 8 h, at_end: hand_back}"


def christmas(holidays: Any, more: dict[str, Any] | None = None) -> Scenario:
    return scenario({**CHRISTMAS, f"{TEAM}.holidays": holidays, **(more or {})})


def off_days(found: Crew) -> list[int]:
    """Return the days of December on which nobody came."""
    return [21 + day for day in range(11) if not found.on_day(day)]


@pytest.mark.parametrize(
    ("holidays", "days", "off"),
    [
        ("GB", "Mon-Sun", [25, 26]),
        ("GB", "Mon-Fri", [25, 26, 27, 28]),
        ("GB", "Mon-Sat", [25, 26, 27]),
        ("GB", "1 of 1", [25, 26]),
        ("{country: GB, observed: actual}", "Mon-Fri", [25, 26, 27]),
        ("{country: GB, observed: substitute}", "Mon-Sun", [25, 28]),
        ("{country: GB, observed: both}", "Mon-Sun", [25, 26, 28]),
        ("{country: GB, except: [2026-12-25]}", "Mon-Sun", [26]),
        ("{country: GB, except: Boxing Day}", "Mon-Fri", [25, 26, 27]),
        ("{country: GB, add: [2026-12-24]}", "Mon-Sun", [24, 25, 26]),
        ("{add: [2026-12-24, 2026-12-31]}", "Mon-Sun", [24, 31]),
    ],
)
def test_a_holiday_is_off_or_its_substitute(holidays: str, days: str, off: list[int]) -> None:
    assert off_days(crew(christmas(holidays, {f"{TEAM}.shift": SHIFT % (days, "09:00")}))) == off


def test_each_shift_of_a_team_has_its_own() -> None:
    shifts = f"{{office: {SHIFT % ('Mon-Fri', '09:00')}, desk: {SHIFT % ('Mon-Sun', '14:00')}}}"
    shifts = shifts.replace("{days", "{share: 50%, days")
    found = crew(christmas("GB", {f"{TEAM}.agents": 2, f"{TEAM}.shift": None, f"{TEAM}.shifts": shifts}))
    there = [sorted(found.on_day(day)) for day in (4, 5, 7)]
    assert there == [[], [], [1]]


@pytest.mark.parametrize(("staffed", "count"), [("30%", 6), ("0%", 0), ("100%", 20)])
def test_a_skeleton_crew_works(staffed: str, count: int) -> None:
    found = crew(christmas(f"{{country: GB, staffed: {staffed}}}", {f"{TEAM}.agents": 20}))
    assert [len(found.on_day(day)) for day in range(3, 8)] == [20, count, count, 20, 20]
    assert found.teams["day"].hours.scheduled[3:6] / 3600 == pytest.approx([8, 8 * count / 20, 8 * count / 20])
    assert found.teams["day"].hours.paid[3:6] / 3600 == pytest.approx([160, 8 * count, 8 * count])


def test_who_is_in_the_skeleton_crew_is_the_days_own_and_stable() -> None:
    crews = []
    for agents in (20, 21):
        found = crew(christmas("{country: GB, staffed: 30%}", {f"{TEAM}.agents": agents}))
        crews.append([found.on_day(day) for day in (4, 5)])
    (first, second), (again, _) = crews
    assert first != second
    assert len(first & again) >= 5


def test_no_other_draw_depends_on_holidays() -> None:
    absence = {f"{TEAM}.agents": 20, f"{TEAM}.shrinkage": "{absence: 20%}"}
    found = [crew(christmas(one, absence)) for one in (None, "{country: GB, staffed: 30%}")]
    for day in (0, 3, 6, 7, 13):
        assert found[0].on_day(day) == found[1].on_day(day)
    for day in (4, 5):
        assert found[1].on_day(day) < found[0].on_day(day)


# -- money --------------------------------------------------------------------------------------------------------


def fee(plan: Scenario, folder: Path = Path()) -> tuple[float, float]:
    """Return the fee for hours and the hours on the floor."""
    tally, _ = watch(plan, files=DataFiles(folder))
    money = money_figures(plan, tally, None)["horizon"]["used_fee"][0, 0]
    return float(money), float(tally.by_team["floor"][:, :-1].sum() / 3600)


@pytest.mark.parametrize(
    ("zone", "shift", "dear"),
    [
        # One agent of a team of five works 8 h on each of 25 and 26 December and 1 January.
        ("Europe/London", SHIFT % ("Mon-Sun", "09:00"), 3 * 8),
        # All five of the night before a holiday work six hours of it, the crew of a night two, and six of the next day.
        ("Europe/London", SHIFT % ("Mon-Sun", "22:00"), (5 * 6 + 2) + (6 + 2) + (5 * 6 + 2)),
        # In Manila these days begin at 16:00 of the day before in London.
        ("Asia/Manila", SHIFT % ("Mon-Sun", "09:00"), 3 * 8),
        ("Asia/Manila", SHIFT % ("Mon-Sun", "22:00"), (5 * 6 + 2) + (6 + 2) + (5 * 6 + 2)),
    ],
)
def test_hours_on_a_holiday_cost_more(zone: str, shift: str, dear: float) -> None:
    more = {f"{TEAM}.agents": 5, f"{TEAM}.timezone": zone, f"{TEAM}.shift": shift, "vendors.north.contract": PRICE}
    plain, hours = fee(christmas("{country: GB, staffed: 20%}", more))
    raised, same = fee(christmas("{country: GB, staffed: 20%, price_factor: 1.5}", more))
    assert hours == same
    assert plain == pytest.approx(10 * hours, abs=0.1)
    assert raised - plain == pytest.approx(0.5 * 10 * dear, rel=0.01)


def test_hours_of_a_duty_file_on_a_holiday_cost_more(tmp_path: Path) -> None:
    rows = "".join(f"ann,2026-12-{day} 09:00,2026-12-{day} 17:00\n" for day in range(21, 32))
    (tmp_path / "duty.csv").write_text("agent,on,off\n" + rows)
    team = {"timezone": "Europe/London", "skills": ["mail"], "duty": "duty.csv", "at_end": "hand_back"}
    more = {"country": "GB", "price_factor": 2}
    plan = scenario({**CHRISTMAS, TEAM: {**team, "holidays": more}, "vendors.north.contract": PRICE})
    assert fee(plan, tmp_path) == pytest.approx((10 * (11 + 2) * 8, 11 * 8))


def test_the_minimum_is_of_hours_and_not_of_money() -> None:
    contract = "{currency: USD, price: {per_productive_hour: 10}, minimum: {hours_per_month: 10000}}"
    more = {"horizon.start": "2026-12-01", "horizon.days": 31, "vendors.north.contract": contract}
    tallies = []
    for factor in (1, 2):
        plan = christmas(f"{{country: GB, staffed: 100%, price_factor: {factor}}}", more)
        tally, _ = watch(plan)
        tallies.append(money_figures(plan, tally, None)["month"])
    minimum, used = ([one[name][0, 0] for one in tallies] for name in ("minimum_fee", "used_fee"))
    assert minimum[0] == minimum[1] > 0
    assert used[1] - used[0] == pytest.approx(10 * 2 * 3 * 8, rel=0.02)
    assert all(np.isfinite(values[0, 0]) for values in tallies[1].values())
