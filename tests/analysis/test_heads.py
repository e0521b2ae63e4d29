"""How many agents late work comes to, and of which team: each step worked out by hand."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from simcap.analysis.figures import Figures, Layout
from simcap.analysis.heads import Miss, heads_needed
from simcap.analysis.measures import TEAM_MEASURES
from simcap.analysis.risks import rank_risks
from simcap.scenario.schema.scenario import Scenario
from tests.analysis.made import layout_of, quiet_figures
from tests.helpers import scenario

ALWAYS = "shift: {always: true}"
BASE: dict[str, Any] = {
    "horizon.timezone": "UTC",
    "horizon.days": 28,
    "queues.mail.sla": "{4 h: {measure: turnaround, within: 4 h, target: 95%, per: week}}",
    "queues.mail.handle_time": "{constant: 6 min}",
    "queues.chat": "{arrivals: {per_day: 100}, handle_time: {constant: 2 min}}",
    "vendors.north.teams": None,
    "vendors.north.teams.other": f"{{timezone: UTC, agents: 99, skills: [chat], {ALWAYS}}}",
    "vendors.north.teams.day": f"{{timezone: UTC, agents: 10, skills: [chat, mail], {ALWAYS}}}",
}
NIGHT = {"vendors.north.teams.night": f"{{timezone: UTC, agents: 10, skills: [mail], {ALWAYS}}}"}
FAR = {"vendors.south.teams.far": f"{{timezone: UTC, agents: 10, skills: [mail], {ALWAYS}}}"}
ALL = np.ones(8, bool)
SAID = "day: the late work comes to the hours of about {agents} in the {window}, on shift while it waits"


def setup(replications: int = 8, **changes: Any) -> tuple[Scenario, Figures]:
    """Return a plan and eight replications in which each agent has 35 hours on the floor a week."""
    plan = scenario({**BASE, **changes})
    layout = layout_of(plan, ("horizon", "month", "week", "day", "hour"))
    return plan, quiet_figures(layout, replications)


def put(figures: Figures, team: int, week: int, **values: Any) -> None:
    for name, value in values.items():
        figures.of("teams", "week", None, name)[:, team, week] = value


def advice(
    made: tuple[Scenario, Figures],
    items: float,
    window: int = 1,
    missed: Any = ALL,
    place: int = 0,
    **more: str,
) -> str:
    plan, figures = made
    subject = figures.layout.subjects["sla"][place]
    return heads_needed(plan, figures, Miss(subject, window, np.asarray(missed, bool), items), **more)


def team_of(made: tuple[Scenario, Figures], missed: Any, place: int = 0) -> str:
    """Return the team that is named."""
    return advice(made, 100, missed=missed, place=place).split(":")[0]


@pytest.mark.parametrize(
    ("per", "window", "items", "agents", "when"),
    [
        ("week", 1, 100, 1, "week of 2026-10-12"),
        ("week", 1, 350, 1, "week of 2026-10-12"),
        ("week", 1, 351, 2, "week of 2026-10-12"),
        ("week", 2, 1000, 3, "week of 2026-10-19"),
        ("week", 1, 0, 1, "week of 2026-10-12"),
        ("day", 9, 100, 2, "day of 2026-10-14"),
        ("day", 6, 101, 3, "day of 2026-10-11"),
        ("hour", 177, 2, 1, "hour of 2026-10-12 09:00"),
        ("hour", 177, 3, 2, "hour of 2026-10-12 09:00"),
        ("month", 0, 3043, 2, "month of 2026-10-05"),
        ("month", 0, 3044, 3, "month of 2026-10-05"),
    ],
)
def test_agents_by_the_hours_that_one_has_in_the_window(
    per: str, window: int, items: float, agents: int, when: str
) -> None:
    """Six minutes an item; an agent has 35 h a week, 5 a day, 5/24 an hour and 35 x 30.4375 / 7 = 152.19 a month."""
    words = f"{agents} tenured agent{'s' if agents > 1 else ''}"
    found = advice(setup(**{"queues.mail.sla.4 h.per": per}), items, window)
    assert found == SAID.format(agents=words, window=when)


def test_the_hours_are_those_of_the_week_of_the_window() -> None:
    made = setup(**{"queues.mail.sla.4 h.per": "day"})
    put(made[1], 1, 1, on_floor_hours=700.0, headcount=10)
    assert "about 2 tenured agents" in advice(made, 200, 7), "70 hours a week, ten a day"
    assert "about 2 tenured agents" in advice(made, 200, 13)
    assert "about 4 tenured agents" in advice(made, 200, 14)


def test_hours_are_told_where_they_are_known() -> None:
    assert advice(setup(), 100, when="from 02:00 to 04:00").endswith("on shift from 02:00 to 04:00")


@pytest.mark.parametrize("when", ["", "from 02:00 to 04:00"])
def test_a_team_with_time_to_spare_needs_other_hours(when: str) -> None:
    made = setup()
    put(made[1], 1, 1, occupancy=[0.5, 0.88] * 4)
    told = f"hours {when or 'at the times when items wait'}, rather than more agents"
    assert advice(made, 100, when=when) == f"day is busy 69% of its time in the week of 2026-10-12: {told}"
    put(made[1], 1, 1, occupancy=0.75)
    assert advice(made, 100, when=when).startswith("day: the late work comes to the hours")


def test_seven_tenths_are_busy_enough_for_more_agents() -> None:
    made = setup(1)
    put(made[1], 1, 1, occupancy=0.7)
    assert "rather than more agents" not in advice(made, 100, missed=[True])
    put(made[1], 1, 1, occupancy=0.699)
    assert "rather than more agents" in advice(made, 100, missed=[True])


def test_a_team_that_is_not_there_is_said_to_be_so() -> None:
    for values in ({"headcount": 0, "on_floor_hours": 0}, {"on_floor_hours": 0}):
        made = setup()
        put(made[1], 1, 1, **values)
        assert advice(made, 100) == "day: nobody is on the floor in the week of 2026-10-12"
    made = setup()
    put(made[1], 1, 1, on_floor_hours=5)
    assert "about 20 tenured agents" in advice(made, 100), "half an hour each is little, but somebody"


def test_without_a_team_a_skill_is_missing() -> None:
    assert advice(setup(**{"vendors.north.teams.day.skills": "[chat]"}), 100) == "a team with this skill"


def test_handle_times_of_a_file_are_those_that_were_seen() -> None:
    """300 busy hours in 1,500 decisions are 12 minutes each: 700 items are 140 hours, of 35 each."""
    made = setup(**{"queues.mail.handle_time": "{empirical: times.csv}"})
    put(made[1], 1, 1, completed=1500)
    assert "about 4 tenured agents" in advice(made, 700)
    put(made[1], 1, 1, completed=0)
    assert "about 9 tenured agents" in advice(made, 1), "one item that took all 300 hours"


def test_handle_times_are_those_of_the_day() -> None:
    event = "{handle_time: {queue: mail, from: 2026-10-12, factor: 2}}"
    made = setup(**{"events.slow": event})
    assert "about 2 tenured agents" in advice(made, 350)
    assert "about 1 tenured agent " in advice(made, 350, window=0)


def classes(*starts: str, team: str = "day") -> dict[str, str]:
    return {
        f"vendors.north.hiring.classes.c{n}": f"{{start: {start}, team: {team}, size: 5, training: 1 week}}"
        for n, start in enumerate(starts)
    }


def test_the_next_class_that_comes_too_late_is_named() -> None:
    said = "; class c1 reaches the floor only on 2026-10-19"
    assert advice(setup(**classes("2026-10-19", "2026-10-12", "2026-10-05")), 100).endswith(f"while it waits{said}")
    for other in (classes("2026-10-05"), classes("2026-10-12", team="other")):
        assert advice(setup(**other), 100).endswith("while it waits")


# -- which team -------------------------------------------------------------------------------------------------------

TWO = [True] * 4 + [False] * 4


def test_the_largest_team_where_all_miss_or_nearly() -> None:
    made = setup(**NIGHT)
    put(made[1], 2, 1, effective_fte=[1, 1, 1, 17, 17, 17, 17, 17])
    for missed in (ALL, ~ALL, [True] + [False] * 7, [False] + [True] * 7):
        assert team_of(made, missed) == "night", "11 effective agents in the mean against 9"
    put(made[1], 0, 1, effective_fte=50)
    assert team_of(made, ALL) == "night", "whoever has not the skill is not asked"
    put(made[1], 2, 2, effective_fte=1)
    put(made[1], 2, 1, effective_fte=8)
    assert team_of(made, ALL) == "day"


def test_the_team_whose_strength_sets_the_misses_apart() -> None:
    made = setup(**NIGHT)
    put(made[1], 1, 1, effective_fte=[8, 8, 8, 8, 10, 10, 10, 10])
    put(made[1], 2, 1, effective_fte=[20, 30, 20, 30, 20, 30, 20, 30])
    assert team_of(made, TWO) == "day"
    assert team_of(made, [True] * 2 + [False] * 6) == "day"
    assert team_of(made, [True] * 6 + [False] * 2) == "day"
    assert team_of(made, [False] * 4 + [True] * 4) == "night", "more of day where it is missed: no reason"
    assert team_of(made, [True] + [False] * 7) == "night", "one miss tells nothing"
    assert team_of(made, [True] * 7 + [False]) == "night"


def test_a_gap_counts_against_how_much_strength_varies() -> None:
    """Missed ones at 16.5 to 22.5, others at 18.5 to 22.5: a gap of 1 in the mean, half the deviation of 2."""
    made = setup(**NIGHT)
    put(made[1], 2, 1, effective_fte=30)
    put(made[1], 1, 1, effective_fte=[22.5, 16.5, 20.5, 18.5, 22.5, 18.5, 21.5, 19.5])
    assert team_of(made, TWO) == "night", "just half of it is not enough"
    put(made[1], 1, 1, effective_fte=[22.5, 16.0, 20.5, 18.5, 22.5, 18.5, 22.0, 19.5])
    assert team_of(made, TWO) == "day"
    put(made[1], 1, 1, effective_fte=[8.0, 8.0, 8.0, 8.0, 8.4, 8.4, 8.4, 8.4])
    assert team_of(made, TWO) == "day", "little, but twice as much as it varies"


def test_of_several_the_one_that_sets_them_most_apart() -> None:
    made = setup(**NIGHT)
    put(made[1], 1, 1, effective_fte=[29, 30, 29, 30, 30, 31, 30, 31])
    put(made[1], 2, 1, effective_fte=[7, 7, 7, 7, 9, 9, 9, 9])
    assert team_of(made, TWO) == "night"


def test_of_a_vendors_part_only_its_teams_are_asked() -> None:
    made = setup(**FAR, **{"routing.allocation": "{mail: {north: 60%, south: 40%}}"})
    put(made[1], 1, 1, effective_fte=50)
    assert [team_of(made, ALL, place) for place in range(3)] == ["day", "day", "far"]
    put(made[1], 2, 1, effective_fte=60)
    assert [team_of(made, ALL, place) for place in range(3)] == ["far", "day", "far"]


# -- against the plan -------------------------------------------------------------------------------------------------


DAY = "vendors.north.teams.day"
CLASS = "{start: 2026-10-05, team: day, size: 10, training: 2 weeks, graduates: 80%}"
FOUNDED = {"horizon.days": 35, f"{DAY}.agents": 0, "vendors.north.hiring.classes.a": CLASS}


def risks(heads: list[float], plan: Scenario, layout: Layout | None = None) -> list[dict[str, Any]]:
    """Return the headcount risks of a team with these agents at the ends of weeks, in four replications."""
    layout = layout or layout_of(plan)
    figures: Figures = quiet_figures(layout, 4)
    figures.of("teams", "week", None, "headcount")[:, 0] = heads
    found: list[dict[str, Any]] = rank_risks(plan, figures).to_dict("records")
    return [row for row in found if row["risk"] == "headcount"]


def test_a_team_that_begins_with_nobody_is_held_against_its_classes() -> None:
    plan = scenario(FOUNDED)
    assert risks([0, 0, 8, 8, 8], plan) == []
    (row,) = risks([0, 0, 6, 8, 7], plan)
    assert (row["start"], row["first_week"], row["impact"]) == ("2026-10-19", "2026-10-19", 2)
    assert row["what_would_fix_it"].startswith("day: 2 seats more")
    (row,) = risks([0, 0, 0, 0, 0], plan)
    assert row["impact"] == 8


def test_nobody_is_short_of_a_part_of_an_agent() -> None:
    one = "{start: 2026-10-05, team: day, size: 3, training: 2 weeks, graduates: 80%}"
    plan = scenario({**FOUNDED, "vendors.north.hiring.classes.a": one})
    assert risks([0, 0, 2, 2, 2], plan) == [], "2.4 are expected"
    assert len(risks([0, 0, 1, 2, 2], plan)) == 1


def test_a_cut_is_planned_from_the_day_on_which_notice_lets_it_take_effect() -> None:
    cut = "{headcount: {team: day, from: 2026-10-12, change: -4, ordered: 2026-10-05}}"
    plan = {"horizon.days": 35, f"{DAY}.agents": 10, "events.cut": cut}
    noticed = scenario({**plan, "vendors.north.contract": "{currency: EUR, notice: 21 days}"})
    assert risks([10, 10, 10, 6, 6], noticed) == [], "three weeks' notice: from 26 October on"
    assert [row["start"] for row in risks([10, 6, 6, 6, 6], noticed)] == ["2026-10-12"], "they left too soon"
    assert risks([10, 6, 6, 6, 6], scenario(plan)) == []


@pytest.mark.parametrize(("heads", "listed"), [([4, 4, 4, 4, 4], []), ([4, 4, 4, 3, 4], ["2026-10-26"])])
def test_those_who_move_are_planned_in_the_team_that_they_join(heads: list[float], listed: list[str]) -> None:
    far = "{timezone: UTC, agents: 10, skills: [mail], shift: {always: true}}"
    move = "{transfer: {from: day, to: far, agents: 6, on: 2026-10-11}}"
    plan = scenario({"horizon.days": 35, f"{DAY}.agents": 10, "vendors.north.teams.far": far, "events.move": move})
    layout = layout_of(plan)
    figures = quiet_figures(layout, 4)
    place = TEAM_MEASURES.index("headcount")
    figures.arrays["teams", "week"][:, 0, place, :], figures.arrays["teams", "week"][:, 1, place, :] = (
        heads,
        np.array(heads) + 12,
    )
    found = rank_risks(plan, figures)
    assert found["start"].tolist() == listed


def test_a_roster_says_who_comes_when() -> None:
    plan = scenario({"horizon.days": 35, f"{DAY}.agents": None, f"{DAY}.roster": "roster.csv"})
    stated = (0.0,) * 14 + (4.0,) * 14 + (3.0,) * 7
    layout = dataclasses.replace(layout_of(plan), stated={"day": stated})
    assert risks([0, 0, 4, 4, 3], plan, layout) == []
    assert [row["start"] for row in risks([0, 0, 4, 3, 3], plan, layout)] == ["2026-10-26"]


def test_of_a_week_that_is_cut_off_the_last_day_counts() -> None:
    plan = scenario({"horizon.days": 33, f"{DAY}.agents": None, f"{DAY}.roster": "roster.csv"})
    layout = dataclasses.replace(layout_of(plan), stated={"day": (4.0,) * 32 + (8.0,)})
    assert risks([4, 4, 4, 4, 8], plan, layout) == []
    assert [row["impact"] for row in risks([4, 4, 4, 4, 7], plan, layout)] == [1]
