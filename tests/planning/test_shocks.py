"""The shocks of a review, each as the change that it makes of a scenario; nothing is simulated."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest

from simcap.errors import ScenarioError
from simcap.planning.changes import Change
from simcap.planning.shocks import can_surge, own_shocks, read_shocks, sites_of, standard_shocks, usual_day
from simcap.scenario.reading.loading import Scaling, ScenarioFile, load
from tests.helpers import scenario

DAY = dt.date(2026, 10, 14)
PLAN = """
name: two sites
horizon: {start: 2026-10-05, weeks: 6, timezone: UTC}
queues:
  mail: {arrivals: {per_day: 480}, handle_time: {constant: 1 min}}
  traced: {arrivals: {trace: trace.csv}, handle_time: {constant: 1 min}}
vendors:
  north:
    attrition: {per_year: 30%}
    shrinkage: {absence: 10%}
    teams:
      day: {timezone: America/New_York, agents: 12, skills: [mail, traced], shift: {always: true}}
      night: {timezone: America/New_York, agents: 5, skills: [mail], shift: {always: true}}
      far: {timezone: UTC, agents: 5, skills: [mail], shift: {always: true}}
"""
SOUTH = """
  south:
    teams: {lima: {timezone: America/Lima, agents: 12, skills: [mail], shift: {always: true}}}
    hiring:
      classes:
        first: {start: 2026-10-05, team: lima, size: 2, training: 8 days}
        next: {start: 2026-10-07, team: lima, size: 2, training: 7 days}
        last: {start: 2026-10-26, team: lima, size: 2, training: 7 days}
"""


def write(folder: Path, text: str = PLAN) -> ScenarioFile:
    (folder / "trace.csv").write_text("queue,created\nmail,2026-10-05T08:00:00Z\ntraced,2026-10-05T08:00:00Z\n")
    (folder / "plan.yaml").write_text(text)
    return load(folder / "plan.yaml")


def standard(folder: Path, text: str = PLAN, day: dt.date = DAY) -> dict[str, Change]:
    return {shock.name: shock for shock in standard_shocks(write(folder, text), day)}


@pytest.mark.parametrize(
    ("days", "begin"), [(21, "2026-10-12"), (91, "2026-11-02"), (20, "2026-10-05"), (42, "2026-10-19")]
)
def test_the_usual_day_is_a_third_into_the_horizon(days: int, begin: str) -> None:
    assert usual_day(scenario({"horizon.days": days})).isoformat() == begin


def test_sites_are_teams_of_a_vendor_in_one_zone(tmp_path: Path) -> None:
    assert sites_of(write(tmp_path, PLAN + SOUTH).scenario) == {
        "north New York": [("north", "day"), ("north", "night")],
        "north UTC": [("north", "far")],
        "south Lima": [("south", "lima")],
    }


def test_volume_and_spikes_of_what_may_surge(tmp_path: Path) -> None:
    shocks = standard(tmp_path)
    assert [name for name in shocks if "volume" in name] == ["volume +10%", "volume +20%", "volume +30%"]
    surge = {"from": dt.date(2026, 10, 5), "for": "102 days", "factor": 1.2, "in_forecast": False}
    assert shocks["volume +20%"] == Change("volume +20%", {"events": {"stress-volume": {"surge": surge}}})
    assert [name for name in shocks if " x" in name] == ["mail x3 for 2 days"]
    spike = {"queue": "mail", "from": DAY, "for": "2 days", "factor": 3.0, "in_forecast": False}
    patch = {"events": {"stress-spike": {"surge": spike}}}
    assert shocks["mail x3 for 2 days"] == Change("mail x3 for 2 days", patch, (), DAY, dt.date(2026, 10, 16))


def test_without_anything_that_surges_there_is_no_volume(tmp_path: Path) -> None:
    names = standard(tmp_path, PLAN.replace("{per_day: 480}", "{trace: trace.csv}"))
    assert not [name for name in names if "volume" in name or " x3" in name]


@pytest.mark.parametrize(
    ("arrivals", "can"),
    [
        ("{per_day: 10}", True),
        ("{file: {path: v.csv, as: actual}}", False),
        ("{file: {path: v.csv, as: forecast}}", True),
        ("{trace: v.csv}", False),
    ],
)
def test_what_can_surge(arrivals: str, can: bool) -> None:
    plan = scenario({"queues.mail.arrivals": arrivals})
    assert can_surge(plan.queues["mail"].arrivals) is can
    assert not can_surge(None)


def test_a_site_is_down_for_two_days_and_for_five(tmp_path: Path) -> None:
    shocks = standard(tmp_path)
    outage = {"from": DAY, "for": "48 h", "capacity": 0.0}
    events: dict[str, Any] = {f"stress-{team}": {"outage": {"team": team, **outage}} for team in ("day", "night")}
    down = Change("north New York down 48 h", {"events": events}, (), DAY, dt.date(2026, 10, 16), "north New York")
    assert shocks[down.name] == down
    longer = shocks["north UTC down 5 days"]
    assert longer.patch == {"events": {"stress-far": {"outage": {"team": "far", **outage, "for": "5 days"}}}}
    assert (longer.begin, longer.end, longer.site) == (DAY, dt.date(2026, 10, 19), "")


def test_a_vendor_is_gone_where_there_is_another(tmp_path: Path) -> None:
    assert not [name for name in standard(tmp_path) if "gone" in name]
    shocks = standard(tmp_path, PLAN + SOUTH)
    outage = {"vendor": "south", "from": DAY, "for": "102 days", "capacity": 0.0}
    gone = shocks["south gone"]
    assert gone.patch == {
        "events": {"stress-gone": {"outage": outage}},
        "vendors": {"south": {"hiring": {"classes": {"next": None, "last": None}}}},
    }, "the first class is on the floor on the 13th, the next on the 14th"
    assert (gone.begin, gone.end, gone.site) == (DAY, None, "")
    assert list(shocks["north gone"].patch) == ["events"]


EVENTS = """
events:
  cut: {headcount: {team: day, from: 2026-10-14, change: -1}}
  earlier: {headcount: {team: day, from: 2026-10-13, change: -1}}
  there: {headcount: {team: lima, from: 2026-10-20, change: 2}}
  move: {transfer: {from: night, to: far, agents: 1, on: 2026-10-14}}
  moved: {transfer: {from: night, to: far, agents: 1, on: 2026-10-13}}
  taught: {cross_train: {team: far, from: 2026-10-15, adds: [traced], agents: 1, for: 1 day}}
  slow: {handle_time: {from: 2026-10-20, factor: 1.1}}
"""


def test_of_a_vendor_that_is_gone_nobody_moves(tmp_path: Path) -> None:
    shocks = standard(tmp_path, PLAN + SOUTH + EVENTS)
    gone = {name for name, value in shocks["north gone"].patch["events"].items() if value is None}
    assert gone == {"cut", "move", "taught"}
    assert {name for name, value in shocks["south gone"].patch["events"].items() if value is None} == {"there"}


def test_people_leave_twice_as_fast_and_stay_at_home_twice_as_often(tmp_path: Path) -> None:
    shocks = standard(tmp_path)
    leaving = (Scaling("vendors.north.attrition.per_year", 2.0, "hazard"),)
    assert shocks["attrition doubled"] == Change("attrition doubled", scaled=leaving)
    wave = {"from": DAY, "for": "14 days", "factor": 2.0}
    patch = {"events": {"stress-absence": {"absence": wave}}}
    name = "absence doubled for 14 days"
    assert shocks[name] == Change(name, patch, (), DAY, dt.date(2026, 10, 28))
    for without in ("    shrinkage: {absence: 10%}\n", "{absence: 10%}"):
        other = "" if without.startswith(" ") else "{offline: 10%}"
        assert name not in standard(tmp_path, PLAN.replace(without, other))
    assert name in standard(tmp_path, PLAN.replace("absence: 10%", "absence: {weekly: [0%, 1%]}"))
    assert "attrition doubled" not in standard(tmp_path, PLAN.replace("    attrition: {per_year: 30%}\n", ""))


@pytest.mark.parametrize(
    ("starts", "name", "patch"),
    [
        (("2026-10-05", "2026-10-07"), "first", {"start": dt.date(2026, 10, 26)}),
        (("2026-10-04", "2026-10-07"), "next", {"start": dt.date(2026, 10, 28)}),
        (("2026-10-04", "2026-10-25"), "next", {"start": dt.date(2026, 11, 15)}),
        (("2026-10-04", "2026-10-26"), "last", None),
    ],
)
def test_the_next_class_is_three_weeks_late(
    tmp_path: Path, starts: tuple[str, str], name: str, patch: dict[str, Any] | None
) -> None:
    """Those that began before the horizon are not asked; a class that would begin on 16 November is gone."""
    text = SOUTH.replace("first: {start: 2026-10-05", f"first: {{start: {starts[0]}")
    text = text.replace("next: {start: 2026-10-07", f"next: {{start: {starts[1]}")
    late = [shock for shock in standard(tmp_path, PLAN + text).values() if "weeks late" in shock.name]
    named = f"class {name} 3 weeks late"
    assert late == [Change(named, {"vendors": {"south": {"hiring": {"classes": {name: patch}}}}})]
    assert not [name for name in standard(tmp_path) if "weeks late" in name]


def test_work_gets_slower(tmp_path: Path) -> None:
    shocks = standard(tmp_path)
    policies = [name for name in shocks if "policy" in name]
    assert policies == ["new policy on mail", "new policy on traced"]
    policy = {"queue": "traced", "from": DAY, "factor": 1.2, "recovers_in": "3 weeks"}
    patch = {"events": {"stress-policy": {"policy_change": policy}}}
    assert shocks[policies[1]] == Change(policies[1], patch, (), DAY, dt.date(2026, 11, 4))
    slow = {"handle_time": {"from": dt.date(2026, 10, 5), "factor": 1.15}}
    assert shocks["tool 15% slower"] == Change("tool 15% slower", {"events": {"stress-slow": slow}})


# -- a user's own -----------------------------------------------------------------------------------------------------


def own(file: ScenarioFile, *events: dict[str, Any], **more: Any) -> tuple[dt.date | None, dt.date | None]:
    """Return the days of a shock of events."""
    patch = {"events": {f"e{n}": event for n, event in enumerate(events)}}
    (found,) = own_shocks(file, [Change("mine", patch | more)], ())
    return found.begin, found.end


@pytest.mark.parametrize(
    ("events", "begin", "end"),
    [
        ([{"outage": {"vendor": "north", "from": "2026-10-14", "for": "2 days"}}], 14, 16),
        ([{"outage": {"vendor": "north", "from": "2026-10-14 18:00", "for": "6 h"}}], 14, 15),
        ([{"outage": {"vendor": "north", "from": "2026-10-14 18:00", "for": "7 h"}}], 14, 16),
        ([{"policy_change": {"queue": "mail", "from": "2026-10-14", "factor": 1.2, "recovers_in": "1 week"}}], 14, 21),
        ([{"handle_time": {"from": "2026-10-14", "factor": 1.2}}], 14, None),
        ([{"transfer": {"from": "night", "to": "far", "agents": 1, "on": "2026-10-13"}}], 13, None),
        (
            [
                {"surge": {"queue": "mail", "from": "2026-10-15", "for": "2 days", "factor": 2}},
                {"surge": {"queue": "mail", "from": "2026-10-14", "for": "1 day", "factor": 2}},
            ],
            14,
            17,
        ),
        (
            [
                {"surge": {"queue": "mail", "from": "2026-10-15", "for": "2 days", "factor": 2}},
                {"handle_time": {"from": "2026-10-14", "factor": 1.2}},
            ],
            14,
            None,
        ),
    ],
)
def test_the_days_of_events(tmp_path: Path, events: list[dict[str, Any]], begin: int, end: int | None) -> None:
    found = own(write(tmp_path), *events)
    assert found == (dt.date(2026, 10, begin), None if end is None else dt.date(2026, 10, end))


def test_what_is_more_than_events_lasts(tmp_path: Path) -> None:
    surge = {"surge": {"queue": "mail", "from": "2026-10-15", "for": "2 days", "factor": 2}}
    file = write(tmp_path, PLAN + "events: {old: {handle_time: {from: 2026-10-14, factor: 1.2}}}\n")
    assert own(file, surge, queues={"mail": {"title": "Mail"}}) == (None, None)
    assert own(file, surge) == (dt.date(2026, 10, 15), dt.date(2026, 10, 17))
    gone = Change("gone", {"events": {"old": None}})
    scaled = Change("scaled", {"events": {"new": surge}}, (Scaling("vendors.north.attrition.per_year", 2.0),))
    dated = Change("dated", {"events": {"new": surge}}, begin=dt.date(2026, 10, 20))
    assert own_shocks(file, [gone, scaled, dated], ()) == [gone, scaled, dated]


def test_shocks_that_cannot_be_are_told_all_at_once(tmp_path: Path) -> None:
    file = write(tmp_path)
    wrong = [Change("taken", {"events": {}}), Change("typo", {"vendr": {}, "quees": {}}), Change("fine")]
    with pytest.raises(ScenarioError) as caught:  # noqa: PT011 - the whole text is compared
        own_shocks(file, wrong, ("taken",))
    lines = str(caught.value).split("\n")
    assert lines[0] == "shock taken: a standard shock has this name; choose another"
    assert [line.split(":")[0] for line in lines[1:]] == ["shock typo", "shock typo"]


def said(path: Path, text: str, file: ScenarioFile) -> list[str]:
    """Return the lines in which a file of shocks is refused, without its path."""
    path.write_text(text)
    with pytest.raises(ScenarioError, match=re.escape(str(path))) as caught:
        read_shocks(path, file)
    return str(caught.value).replace(f"{path}:", "").split("\n")


def test_shocks_of_a_file(tmp_path: Path) -> None:
    file, path = write(tmp_path), tmp_path / "mine.yaml"
    path.write_text("a: {queues: {mail: {title: Mail}}}\nb: {queues: {mail: {title: Post}}}\n")
    assert read_shocks(path, file) == [
        Change("a", {"queues": {"mail": {"title": "Mail"}}}),
        Change("b", {"queues": {"mail": {"title": "Post"}}}),
    ]


def test_files_of_shocks_that_are_none(tmp_path: Path) -> None:
    file, path = write(tmp_path), tmp_path / "mine.yaml"
    nothing = "changes nothing; write what a shock changes, as in a scenario"
    assert said(path, "{}\n", file) == [f" it {nothing}"]
    assert said(path, "a: {queues: {mail: {titel: x}}}\nb: 3\nc: {}\n", file)[1:] == [
        f"2:1: b: {nothing}",
        f"3:1: c: {nothing}",
    ]
    assert said(path, "a: {queues: {mail: {titel: x}}}\n", file)[0].startswith("1:21: queues.mail.titel: ")
    lines = said(path, "a: 3\nb: {queues: {mail: {titel: x}}}\n", file)
    assert [line.split(": ")[0] for line in lines] == ["1:1", "2:21"], "each has its line"
    quotes = "is not text; put it in quotes"
    wrong = "2: {queues: {mail: {titel: x}}}\n3: {}\n"
    assert said(path, wrong, file) == [f"1:1: the key 2 {quotes}", f"2:1: the key 3 {quotes}"]
    assert len(said(path, "a: [\n", file)) == 1
    with pytest.raises(ScenarioError, match=re.escape(f"{tmp_path / 'none.yaml'}: ")):
        read_shocks(tmp_path / "none.yaml", file)
    assert "scenario" in said(path, PLAN, file)[0]


# -- people who move --------------------------------------------------------------------------------------------------


TEXT = """
name: founding
horizon: {start: 2026-10-05, weeks: 6, timezone: UTC}
queues: {mail: {arrivals: {per_day: 50}, handle_time: {constant: 5 min}}}
vendors:
  old: {teams: {here: {timezone: UTC, agents: 3, skills: [mail], shift: {always: true}}}}
  new:
    hiring: {classes: {first: {start: 2026-10-12, team: site, size: 4, training: 1 week}}}
    teams:
      site: {timezone: UTC, agents: 0, skills: [mail], shift: {always: true}}
      later: {timezone: UTC, agents: 0, skills: [mail], shift: {always: true}}
events:
  move: {transfer: {from: site, to: later, agents: 2, on: 2026-11-02}}
  cut: {headcount: {team: site, from: 2026-11-02, change: -1}}
  before: {headcount: {team: here, from: 2026-10-07, change: -1}}
"""


def founding(folder: Path) -> ScenarioFile:
    (folder / "plan.yaml").write_text(TEXT)
    return load(folder / "plan.yaml")


def test_a_vendor_that_is_gone_moves_nobody(tmp_path: Path) -> None:
    file = founding(tmp_path)
    shocks = {shock.name: shock for shock in standard_shocks(file, usual_day(file.scenario))}
    gone = shocks["new gone"].of(file).scenario
    assert list(gone.events) == ["before", "stress-gone"]
    assert not gone.vendors["new"].hiring.classes
    assert list(shocks["old gone"].of(file).scenario.events) == ["move", "cut", "before", "stress-gone"]


def test_a_class_may_be_late_for_a_transfer(tmp_path: Path) -> None:
    text = TEXT.replace("  cut: {headcount: {team: site, from: 2026-11-02, change: -1}}\n", "")
    (tmp_path / "plan.yaml").write_text(text.replace("2026-11-02", "2026-10-26"))
    file = load(tmp_path / "plan.yaml")
    shocks = {shock.name: shock for shock in standard_shocks(file, usual_day(file.scenario))}
    late = shocks["class first 3 weeks late"].of(file).scenario
    assert late.vendors["new"].hiring.classes["first"].start.isoformat() == "2026-11-02"
    assert "move" in late.events
