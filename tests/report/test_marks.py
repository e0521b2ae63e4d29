"""Events and classes as flags: where they stand, and that no pole crosses a text."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simcap.report.marks import Mark, flags_height, flags_of, queue_marks, team_marks
from simcap.report.timeline import Timeline
from simcap.scenario.schema import Scenario
from tests.report.made import BASE, changed

TIMELINE = Timeline(dt.date(2026, 10, 5), 91)


def test_marks_of_a_queue() -> None:
    events = {
        "singles-day": {"surge": {"queue": "listings", "from": "2026-11-09 12:00", "for": "5 days", "factor": 1.8}},
        "everywhere": {"surge": {"from": "2026-10-12", "for": "1 day", "factor": 0.5}},
        "elsewhere": {"surge": {"queue": "appeals", "from": "2026-10-12", "for": "1 day", "factor": 2}},
        "both": {"surge": {"queues": ["appeals", "listings"], "from": "2026-10-19", "for": "1 day", "factor": 3}},
        "too-late": {"handle_time": {"from": "2027-01-04", "factor": 0.9}},
        "reshare": {
            "allocation": {"queue": "listings", "from": "2026-11-30", "shares": {"north": "50%", "south": "50%"}}
        },
    }
    scenario = Scenario.model_validate(changed(events=events))
    assert queue_marks(scenario, "listings", TIMELINE) == [
        Mark(7.0, "everywhere ×0.5"),
        Mark(14.0, "both ×3"),
        Mark(35.5, "singles-day ×1.8"),
        Mark(56.0, "reshare"),
    ]


def test_a_mark_stands_where_the_zone_of_its_queue_has_it() -> None:
    surge = {"from": "2026-11-09 12:00", "for": "5 days", "factor": 1.8}
    events = {"own": {"surge": {"queue": "listings", **surge}}, "all": {"surge": surge}}
    listings = BASE["queues"]["listings"]
    listings = {**listings, "arrivals": {**listings["arrivals"], "timezone": "Asia/Manila"}}
    document = changed(events=events, queues={**BASE["queues"], "listings": listings})
    document["horizon"] = {**document["horizon"], "timezone": "Europe/London"}
    own, everyone = queue_marks(Scenario.model_validate(document), "listings", TIMELINE)
    assert (own.text, everyone.text) == ("own ×1.8", "all ×1.8")
    assert 24 * (everyone.at - own.at) == pytest.approx(8)


def test_a_class_stands_where_it_reaches_the_floor_and_a_cut_where_the_notice_allows() -> None:
    north = {**BASE["vendors"]["north"], "contract": {"currency": "USD", "notice": "30 days"}}
    events = {"cut-now": {"headcount": {"team": "manila", "from": "2026-10-06", "change": -4}}}
    scenario = Scenario.model_validate(changed(events=events, vendors={**BASE["vendors"], "north": north}))
    assert team_marks(scenario, "north", "manila", TIMELINE) == [Mark(21.0, "oct"), Mark(30.0, "cut-now −4")]
    assert team_marks(scenario, "south", "krakow", TIMELINE) == []


def test_flags_turn_at_the_end_of_the_axis() -> None:
    (flag,) = flags_of([Mark(89.0, "new-year")], TIMELINE, 4.0, 9)
    assert flag.end < flag.pole
    assert flags_height([flag], 9) > 0
    assert flags_height([], 9) == 0


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 90), max_size=8), st.sampled_from([0.6, 2.0, 11.0]))
def test_no_pole_crosses_a_text(days: list[int], inches: float) -> None:
    flags = flags_of([Mark(float(day), f"event-{day}") for day in sorted(days)], TIMELINE, inches, 8)
    written = [flag for flag in flags if flag.has_text]
    for one, other in itertools.permutations(written, 2):
        assert not (other.row <= one.row and one.begin < other.pole < one.end)
        assert one.row != other.row or one.end <= other.begin or other.end <= one.begin
    assert all(flag.begin >= 0 and flag.end <= inches for flag in written)


def test_a_transfer_stands_in_both_teams_and_a_go_live_on_its_queue() -> None:
    document = changed()
    north = document["vendors"]["north"]
    north["teams"]["night"] = {**north["teams"]["manila"]}
    document["events"] = {"move": {"transfer": {"from": "manila", "to": "night", "agents": 4, "on": "2026-10-26"}}}
    document["vendors"]["south"]["go_live"] = "2026-11-02"
    scenario = Scenario.model_validate(document)
    marks = [[mark for mark in team_marks(scenario, "north", team, TIMELINE) if "move" in mark.text]
             for team in ("manila", "night")]  # fmt: skip
    assert marks == [[Mark(21.0, "move −4")], [Mark(21.0, "move +4")]]
    assert queue_marks(scenario, "listings", TIMELINE) == [Mark(28.0, "south live")]
