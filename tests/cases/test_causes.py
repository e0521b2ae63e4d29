"""Risks name the cause that was measured: order of work, exposure cap, public holiday, outage, training."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import simcap

CASES = Path(__file__).parents[2] / ".." / "shared" / "cases"

DESK = """
name: desk
horizon: {start: 2026-10-05, weeks: 1, timezone: UTC, warm_up: 0 days}
queues:
  mail:
    arrivals: {per_hour: 20}
    handle_time: {constant: 3 min}
    sla: {1 h: {measure: turnaround, within: 1 h, target: 99%, per: week}}
  chat: {arrivals: {per_day: 1}, handle_time: {constant: 3 min}}
vendors:
  north: {teams: {day: {timezone: UTC, agents: 3, skills: [mail], shift: {always: true}}}}
  south: {teams: {far: {timezone: UTC, agents: 3, skills: [chat], shift: {days: Mon-Fri, start: "09:00", length: 8 h}}}}
"""
"""Three agents around the clock for the work of one."""


def missed(scenario: Any, **options: Any) -> pd.DataFrame:
    """Return the SLA misses of a run, the worst first."""
    found = simcap.run(scenario, jobs=1, **options).tables["risks"]
    return found[found["risk"] == "sla_miss"].sort_values("impact", ascending=False)


def case(name: str) -> Path:
    if not CASES.exists():
        pytest.skip(f"{CASES} is not there")
    return CASES / name


def miss_of(folder: Path, patch: dict[str, Any], *, times: int = 1) -> Any:
    """Return the worst miss of the desk with changes, at so many times its volume."""
    volume = {"queues": {"mail": {"arrivals": {"per_hour": 20 * times}}}}
    return next(missed(_changed(folder, volume, patch), replications=3).itertuples())


def _changed(folder: Path, *patches: dict[str, Any]) -> Any:
    """Return the desk with changes laid over it."""
    (folder / "desk.yaml").write_text(DESK)
    file = folder / "desk.yaml"
    for patch in patches:
        file = simcap.change(file, patch, name="changed")
    return file


def test_the_order_of_work_is_named_where_it_is_to_blame() -> None:
    risks = missed(case("order-not-heads/tight.yaml"), replications=4)
    images = risks[risks["subject"] == "images / 6 h"].iloc[0]
    assert images["cause"] == "behind"
    assert "they are behind items of listings, which go first" in images["what_would_fix_it"]
    assert images["what_would_fix_it"].startswith(
        "routing.rule: earliest_due alone brings it from 78% to 96%, listings / 4 h (kestrel) from 86% to 73%"
    )
    assert "(simulated, 4 replications)" in images["what_would_fix_it"]


def test_an_exposure_cap_is_named() -> None:
    risks = missed(case("exposure-cap/f27.yaml"), replications=3)
    worst = risks.iloc[0]
    assert (worst["subject"], worst["cause"]) == ("listings / 4 h (northstar)", "capped")
    assert "everybody has reached the cap of 2 h a day on listings" in worst["what_would_fix_it"]
    assert "longer hours for the same agents do not help" in worst["what_would_fix_it"]


def test_public_holidays_are_named() -> None:
    (risk,) = missed(case("31-holiday-substitute/hGB.yaml"), replications=2)[:1].itertuples()
    assert risk.cause == "nobody"
    assert "when t has the day off" in risk.what_would_fix_it
    assert "cover these days (holidays: {staffed: ...}); more agents would not help" in risk.what_would_fix_it


def team(**given: Any) -> dict[str, Any]:
    return {"vendors": {"north": {"teams": {"day": given}}}}


OFFICE = {"days": "Mon-Fri", "start": "09:00", "length": "8 h"}


def test_an_outage_is_named(tmp_path: Path) -> None:
    risk = miss_of(tmp_path, {"events": {"tool": {"outage": {"from": "2026-10-07 09:00", "for": "12 h"}}}})
    assert risk.cause == "stopped"
    assert "were created while tool lasts (7 October, 09:00 to 21:00)" in risk.what_would_fix_it
    assert "of their wait everybody on duty is stopped" in risk.what_would_fix_it


@pytest.mark.parametrize("shift", [{"always": True}, {"always": None, **OFFICE, "length": "10 h"}])
def test_training_stops_people_who_are_on_duty(tmp_path: Path, shift: dict[str, Any]) -> None:
    day = {"queues": {"mail": {"arrivals": {"profile": [*[0] * 9, *[1] * 8, *[0] * 7] if "days" in shift else "flat"}}}}
    course = {"events": {"course": {"training": {"team": "day", "from": "2026-10-07", "hours": 6}}}}
    plain = _changed(tmp_path, team(shift=shift) | day)
    stopped = [
        late.loc[late["value"] == "stopped", "items"].sum()
        for file in (plain, simcap.change(plain, course, name="course"))
        for late in [simcap.run(file, replications=2, jobs=1).tables["late_by_cause"].query("period == 'horizon'")]
    ]
    assert stopped[0] == 0
    assert stopped[1] > 50, "six hours in which some twenty items an hour come"


def test_nights_without_anybody_are_told_with_their_hours(tmp_path: Path) -> None:
    profile = [*[0] * 9, *[1] * 11, *[0] * 4]
    evening = {"queues": {"mail": {"handle_time": {"constant": "1 min"}, "arrivals": {"profile": profile}}}}
    risk = miss_of(tmp_path, team(shift={"always": None, **OFFICE, "days": "Mon-Sun"}) | evening)
    assert risk.cause == "nobody"
    assert "hours between 17:00 and 20:00, not more agents at other times" in risk.what_would_fix_it


def test_a_backlog_over_night_is_not_the_nights_fault(tmp_path: Path) -> None:
    """Twice the work there are hours for: whoever comes by day is late before the evening, for want of agents."""
    busy = team(agents=1, shift={"always": None, **OFFICE, "days": "Mon-Sun"})
    day = {"queues": {"mail": {"arrivals": {"profile": [0] * 9 + [1] * 7 + [0] * 8}}}}
    risk = miss_of(tmp_path, busy | day, times=2)
    assert risk.cause == "busy"
    assert "tenured agent" in risk.what_would_fix_it


def test_a_share_of_a_vendor_who_sleeps_is_named(tmp_path: Path) -> None:
    both = {
        "routing": {"allocation": {"mail": {"north": "50%", "south": "50%"}}},
        "vendors": {"south": {"teams": {"far": {"skills": ["mail", "chat"]}}}},
    }
    risk = miss_of(tmp_path, both)
    assert (risk.subject, risk.cause) == ("mail / 1 h (south)", "elsewhere")
    assert "south has nobody on duty while others have" in risk.what_would_fix_it
    assert "routing.overflow" in risk.what_would_fix_it


def test_too_few_agents_are_named(tmp_path: Path) -> None:
    risk = miss_of(tmp_path, {}, times=4)
    assert risk.cause == "busy"
    assert "tenured agent" in risk.what_would_fix_it


def test_handle_time_beyond_the_sla_is_named(tmp_path: Path) -> None:
    risk = miss_of(tmp_path, {"queues": {"mail": {"handle_time": {"constant": "70 min"}, "arrivals": {"per_hour": 1}}}})
    assert risk.cause == "in_hand"


def test_an_sla_from_the_origin_blames_what_came_before(tmp_path: Path) -> None:
    chain = {
        "mail": {"then": {"chat": {"share": "100%", "after": {"constant": "2 h"}}}, "sla": {"1 h": None}},
        "chat": {
            "sla": {
                "1 h": {"measure": "turnaround", "within": "1 h", "target": "99%", "per": "week", "clock": "origin"}
            }
        },
    }
    risk = miss_of(tmp_path, {"queues": chain})
    assert risk.cause == "earlier"
    assert "mail sooner: this SLA counts from the first item" in risk.what_would_fix_it
