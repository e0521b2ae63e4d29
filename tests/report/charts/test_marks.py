"""Events and classes as flags: where they stand, and that no pole crosses a text."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simcap.report.charts.marks import (
    NOT_MARKED,
    QUEUE_EVENTS,
    TEAM_EVENTS,
    Mark,
    flags_height,
    flags_of,
    queue_marks,
    team_marks,
)
from simcap.report.charts.timeline import Timeline
from simcap.scenario.schema.events import Event
from simcap.scenario.schema.scenario import Scenario
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
    assert team_marks(scenario, "north", "manila", TIMELINE) == [
        Mark(21.0, "class oct", "oct"),
        Mark(30.0, "cut-now −4"),
    ]
    assert team_marks(scenario, "south", "krakow", TIMELINE) == []


def _with_holidays() -> dict[str, Any]:
    """Return the base document until 6 January, with public holidays in three teams."""
    document = changed()
    document["horizon"] |= {"weeks": None, "days": 94}
    krakow = document["vendors"]["south"]["teams"]["krakow"]
    daily = {**krakow["shift"], "days": "Mon-Sun"}
    document["vendors"]["south"]["teams"] = {
        "krakow": {**krakow, "holidays": {"country": "PL", "add": "2026-11-30"}},
        "dublin": {**krakow, "shift": daily, "holidays": {"country": "IE", "staffed": "30%"}},
    }
    document["vendors"]["north"]["teams"]["manila"]["holidays"] = {"add": "2026-10-26"}
    return document


def test_marks_of_who_is_away() -> None:
    document = _with_holidays()
    document["events"] = {
        "tool": {"outage": {"from": "2026-11-10 12:00", "for": "5 h", "capacity": "30%"}},
        "link": {"outage": {"team": "krakow", "from": "2026-11-12 12:00", "for": "5 h"}},
        "flu": {"absence": {"vendor": "south", "from": "2026-11-16", "for": "7 days", "factor": 2}},
    }
    scenario = Scenario.model_validate(document)
    timeline = Timeline.of(scenario)
    assert [(mark.at, mark.text) for mark in queue_marks(scenario, "listings", timeline)] == [
        (21.0, "26 Oct off: manila, dublin"),
        (36.5, "tool (outage, 30% left)"),
        (37.0, "11 Nov off: krakow"),
        (pytest.approx(38 + 11 / 24), "link (outage)"),  # 12:00 in Krakow is 11:00 in London.
        (pytest.approx(42 - 1 / 24), "flu (absence ×2)"),
        (56.0, "30 Nov off: krakow"),
        (80.0, "24–26 Dec holidays: krakow, dublin"),
        (88.0, "1 Jan off: krakow, dublin"),
        (91.0, "3-day week"),
        (93.0, "6 Jan off: krakow"),
    ]
    assert [mark.text for mark in queue_marks(scenario, "listings", timeline, "north")] == [
        "26 Oct off: manila", "tool (outage, 30% left)", "3-day week",
    ]  # fmt: skip
    assert [mark.text for mark in queue_marks(scenario, "listings", timeline, "south") if mark.weight < math.inf] == [
        "26 Oct 30% on: dublin", "11 Nov off: krakow", "30 Nov off: krakow", "24–26 Dec holidays: all teams",
        "1 Jan off: all teams", "3-day week", "6 Jan off: krakow",
    ]  # fmt: skip


def test_a_surge_an_outage_and_a_holiday_of_one_day_are_all_told() -> None:
    marks = [
        Mark(81.0, "25, 26 Dec off: dublin", "25, 26 Dec off", weight=2),
        Mark(81.0, "rush ×2"),
        Mark(81.0, "tool (outage)", "tool"),
    ]
    flags = flags_of(marks, TIMELINE, 11.0, 9)
    assert {flag.mark.text: flag.row for flag in flags} == {
        "rush ×2": 0, "tool (outage)": 0, "25, 26 Dec off: dublin": 1,
    }  # fmt: skip
    assert all(flag.has_text for flag in flags)


def test_a_holiday_gives_way_and_leaves_no_pole_without_its_text() -> None:
    events = [Mark(45.0 + day, f"event-{day}") for day in range(3)]
    crowd = [Mark(46.0 + day / 10, "a holiday that needs much room", weight=1 + day) for day in range(4)]
    flags = flags_of([*crowd, *events], TIMELINE, 3.0, 9)
    assert [flag.mark for flag in flags if math.isinf(flag.mark.weight)] == events
    assert all(flag.has_text for flag in flags if flag.mark.weight < math.inf)
    assert len(flags) < 7


def test_the_weightiest_holiday_is_told_where_there_is_room_for_one() -> None:
    marks = [Mark(45.0 + day, f"holiday-{day} of a team", f"holiday-{day}", weight=day) for day in range(1, 9)]
    assert [flag.mark.text for flag in flags_of(marks, TIMELINE, 1.6, 9)][:1] == ["holiday-8"]


def test_a_tall_panel_names_events_that_a_low_one_cannot() -> None:
    marks = [Mark(float(day), f"a-surge-{day} ×1.25") for day in range(1, 9, 2)]
    low, tall = (flags_of(marks, TIMELINE, 2.6, 8, height) for height in (1.0, 4.0))
    assert sum(flag.has_text for flag in low) < len(marks)
    assert all(flag.has_text for flag in tall)


def test_flags_turn_at_the_end_of_the_axis() -> None:
    (flag,) = flags_of([Mark(89.0, "new-year")], TIMELINE, 4.0, 9)
    assert flag.end < flag.pole
    assert flags_height([flag], 9) > 0
    assert flags_height([], 9) == 0


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 90), st.sampled_from([math.inf, 1.0, 2.0])), max_size=9),
    st.sampled_from([0.6, 2.0, 11.0]),
)
def test_no_pole_crosses_a_text(days: list[tuple[int, float]], inches: float) -> None:
    marks = [Mark(float(day), f"what happens on {day}", f"day-{day}", weight) for day, weight in sorted(days)]
    flags = flags_of(marks, TIMELINE, inches, 8)
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


def test_every_kind_of_event_is_marked_or_says_why_not() -> None:
    kinds = [*QUEUE_EVENTS, *TEAM_EVENTS, *NOT_MARKED]
    assert sorted(kinds) == sorted(Event.model_fields), "each once"
