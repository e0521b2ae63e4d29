"""Risks: which are named, in which order, in which words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from simcap.analysis.figures import Figures
from simcap.analysis.measures import TEAM_MEASURES
from simcap.analysis.risks import COLUMNS, rank_risks
from simcap.analysis.summary import wilson
from simcap.scenario.schema.scenario import Scenario
from tests.analysis.made import layout_of, put_late, quiet_figures
from tests.helpers import scenario

BASE: dict[str, Any] = {
    "horizon.days": 60,
    "queues.mail.sla": "{4 h: {measure: turnaround, within: 4 h, target: 95%, per: week}}",
    "queues.mail.handle_time": "{constant: 6 min}",
    "vendors.north.teams.day.agents": 10,
    "vendors.north.teams.night": (
        "{timezone: UTC, agents: 10, skills: [mail], shift: {days: Mon-Fri, start: '22:00', length: 8 h}}"
    ),
}
REPLICATIONS = 20

LATER = " in the week of 2026-10-26, on shift while it waits"


def setup(**changes: Any) -> tuple[Scenario, Figures, Any]:
    plan = scenario({**BASE, **changes})
    layout = layout_of(plan)
    return plan, quiet_figures(layout, REPLICATIONS)


def miss(figures: Figures, week: int, missed: int, attainment: float = 0.85, subject: int = 0) -> None:
    figures.of("sla", "week", None, "attainment")[:missed, subject, week] = attainment


def team(figures: Figures, name: str, place: int, week: int) -> np.ndarray:
    return figures.of("teams", "week", None, name)[:, place, week:]


def test_nothing_to_fear() -> None:
    table = rank_risks(*setup())
    assert list(table.columns) == list(COLUMNS)
    assert table.empty


def test_a_miss_has_its_probability_its_items_and_its_first_week() -> None:
    plan, figures = setup()
    miss(figures, 3, 5)
    miss(figures, 6, 12, 0.90)
    table = rank_risks(plan, figures)
    assert table["risk"].tolist() == ["sla_miss"] * 2
    assert table["subject"].tolist() == ["mail / 4 h"] * 2
    assert table["start"].tolist() == ["2026-11-16", "2026-10-26"]
    assert table["probability"].tolist() == [0.6, 0.25]
    low, high = wilson(np.array([12.0, 5.0]), np.array([20.0, 20.0]))
    assert table["low"].tolist() == pytest.approx(low)
    assert table["high"].tolist() == pytest.approx(high)
    assert table["impact"].tolist() == pytest.approx([0.05 * 1000, 0.10 * 1000])
    assert set(table["first_week"]) == {"2026-10-26"}
    assert set(table["period"]) == {"week"}


def test_rare_misses_partial_windows_and_windows_without_items_are_not_named() -> None:
    plan, figures = setup()
    miss(figures, 2, 0)
    miss(figures, 8, 20)
    figures.of("sla", "week", None, "attainment")[:, 0, 4] = np.nan
    assert rank_risks(plan, figures).empty
    miss(figures, 2, 1)
    assert len(rank_risks(plan, figures)) == 1, "one in twenty is worth naming"


def test_the_remedy_names_the_team_whose_strength_sets_misses_apart() -> None:
    plan, figures = setup()
    miss(figures, 3, 8)
    team(figures, "effective_fte", 1, 3)[:8] = 5.0
    (remedy,) = rank_risks(plan, figures)["what_would_fix_it"]
    assert remedy == "night: the late work comes to the hours of about 1 tenured agent" + LATER
    figures.of("sla", "week", None, "counted")[:, 0, 3] = 10_000
    (remedy,) = rank_risks(plan, figures)["what_would_fix_it"]
    agents = int(np.ceil(0.1 * 10_000 * 360 / 3600 / 35))
    assert remedy == f"night: the late work comes to the hours of about {agents} tenured agents" + LATER


@pytest.mark.parametrize(
    ("changes", "seconds"),
    [
        ({"events.slow": "{handle_time: {queue: mail, from: 2026-10-20, factor: 3}}"}, 1080),
        ({"events.slow": "{handle_time: {queue: mail, from: 2026-10-27, factor: 3}}"}, 360),
        ({"queues.mail.handle_time": "{empirical: times.csv}"}, 630),
        (
            {
                "queues.mail.handle_time": (
                    "{mixture: {a: {share: 50%, exponential: 4 min}, b: {share: 50%, exponential: 16 min}}}"
                )
            },
            600,
        ),
    ],
)
def test_the_remedy_reckons_with_what_an_item_takes_then(changes: dict[str, str], seconds: float) -> None:
    plan, figures = setup(**changes)
    miss(figures, 3, 20)
    for name, value in (("completed", 2000.0), ("busy_hours", 350.0), ("on_floor_hours", 400.0), ("occupancy", 0.875)):
        team(figures, name, 0, 3)[:] = value
    figures.of("sla", "week", None, "counted")[:, 0, 3] = 10_000
    (remedy,) = rank_risks(plan, figures)["what_would_fix_it"]
    assert f"about {int(np.ceil(0.1 * 10_000 * seconds / 3600 / 40))} tenured agents" in remedy


@pytest.mark.parametrize(("per", "start", "part"), [("day", "2026-10-29", 1 / 7), ("month", "2026-11-01", 30.4375 / 7)])
def test_the_remedy_reckons_with_the_hours_of_the_slas_own_window(per: str, start: str, part: float) -> None:
    plan, figures = setup(**{"queues.mail.sla": BASE["queues.mail.sla"].replace("week", per)})
    window = [str(begin.date()) for begin in figures.layout.windows[per].starts].index(start)
    figures.of("sla", per, None, "attainment")[:, 0, window] = 0.85
    figures.of("sla", per, None, "counted")[:, 0, window] = 100_000
    (remedy,) = rank_risks(plan, figures)["what_would_fix_it"]
    agents = int(np.ceil(0.1 * 100_000 * 360 / 3600 / (35 * part)))
    assert f"about {agents} tenured agents in the {per} of {start}, on shift" in remedy


def test_the_remedy_names_the_largest_team_where_all_miss() -> None:
    plan, figures = setup()
    miss(figures, 3, 20)
    team(figures, "effective_fte", 0, 0)[:] = 12.0
    (remedy,) = rank_risks(plan, figures)["what_would_fix_it"]
    assert remedy.startswith("day: the late work comes to the hours of about 1 tenured agent")


def test_the_remedy_says_when_nobody_works_and_when_time_is_idle() -> None:
    plan, figures = setup()
    miss(figures, 3, 20)
    team(figures, "on_floor_hours", 0, 3)[:] = 0.0
    (remedy,) = rank_risks(plan, figures)["what_would_fix_it"]
    assert remedy == "day: nobody is on the floor in the week of 2026-10-26"
    plan, figures = setup()
    miss(figures, 3, 20)
    team(figures, "occupancy", 0, 3)[:] = 0.45
    (remedy,) = rank_risks(plan, figures)["what_would_fix_it"]
    assert remedy.startswith("day is busy 45% of its time in the week of 2026-10-26")


def test_the_remedy_names_a_class_that_comes_too_late() -> None:
    classes = "vendors.north.hiring.classes"
    early = {f"{classes}.early": "{start: 2026-10-05, team: day, size: 3, training: 1 week}"}
    late = {f"{classes}.late": "{start: 2026-10-26, team: day, size: 3, training: 3 weeks}"}
    plan, figures = setup(**early, **late)
    team(figures, "headcount", 0, 1)[:] = 13
    team(figures, "headcount", 0, 6)[:] = 16
    miss(figures, 3, 20)
    (remedy,) = rank_risks(plan, figures)["what_would_fix_it"]
    assert remedy.endswith("; class late reaches the floor only on 2026-11-16")


def test_with_an_allocation_each_vendor_stands_for_itself() -> None:
    plan, figures = setup(
        **{
            "routing.allocation": "{mail: {north: 60%, south: 40%}}",
            "vendors.south.teams.far": "{timezone: UTC, agents: 10, skills: [mail], shift: {always: true}}",
        }
    )
    assert [vendor for _, vendor, _ in figures.layout.subjects["sla"]] == ["", "north", "south"]
    for subject in range(3):
        miss(figures, 3, 10, subject=subject)
    table = rank_risks(plan, figures)
    assert table["subject"].tolist() == ["mail / 4 h (north)", "mail / 4 h (south)"]
    assert table["what_would_fix_it"].str.split(":").str[0].tolist() == ["day", "far"]
    assert table["level"].tolist() == ["vendor"] * 2


def test_a_team_a_tenth_below_plan_is_named_in_its_worst_week() -> None:
    half = "{start: 2026-10-05, team: day, size: 10, training: 2 weeks, graduates: 50%}"
    plan, figures = setup(**{"vendors.north.hiring.classes.a": half})
    headcount = figures.of("teams", "week", None, "headcount")[:, 0]
    headcount[:, 2:] = 15
    headcount[:4, 5] = 13
    headcount[:9, 7] = 12
    headcount[:, 3] = 14
    table = rank_risks(plan, figures)
    (row,) = table.to_dict("records")
    assert (row["risk"], row["subject"], row["start"], row["first_week"]) == (
        "headcount",
        "day",
        "2026-11-23",
        "2026-11-09",
    )
    assert row["probability"] == 0.45
    assert row["impact"] == 3
    assert row["what_would_fix_it"].startswith("day: 3 seats more, in training early enough")


def test_of_weeks_as_likely_the_one_with_the_widest_gap_is_named() -> None:
    plan, figures = setup()
    team(figures, "headcount", 0, 2)[:] = 8
    team(figures, "headcount", 0, 5)[:] = 6
    (row,) = rank_risks(plan, figures).to_dict("records")
    assert (row["start"], row["first_week"], row["impact"]) == ("2026-11-09", "2026-10-19", 4)


def test_a_planned_cut_is_no_risk() -> None:
    cut = {"events.cut": "{headcount: {team: day, from: 2026-10-26, change: -5}}"}
    plan, figures = setup(**cut)
    team(figures, "headcount", 0, 3)[:] = 5
    assert rank_risks(plan, figures).empty


def test_a_team_that_is_too_busy_needs_hours() -> None:
    plan, figures = setup()
    for week, busy in ((2, 330.0), (4, 345.0)):
        figures.of("teams", "week", None, "busy_hours")[:10, 1, week] = busy
        figures.of("teams", "week", None, "occupancy")[:10, 1, week] = busy / 350
    figures.of("teams", "week", None, "occupancy")[:15, 1, 4] = 345 / 350
    figures.of("teams", "week", None, "busy_hours")[:15, 1, 4] = 345
    (row,) = rank_risks(plan, figures).to_dict("records")
    assert (row["risk"], row["subject"], row["start"], row["first_week"]) == (
        "occupancy",
        "night",
        "2026-11-02",
        "2026-10-19",
    )
    assert row["probability"] == 0.75
    assert row["impact"] == pytest.approx(345 / 0.92 - 350)
    assert row["what_would_fix_it"] == "night: 25 more hours on the floor a week keep occupancy at 92%"


def test_a_team_that_never_rests_may_need_more_than_it_shows() -> None:
    plan, figures = setup()
    for week, busy in ((2, 0.95), (4, 1.0)):
        figures.of("teams", "week", None, "busy_hours")[:, 1, week] = busy * 350
        figures.of("teams", "week", None, "occupancy")[:, 1, week] = busy
    (row,) = rank_risks(plan, figures).to_dict("records")
    assert row["start"] == "2026-11-02", "of weeks as likely, the busiest"
    words = "night: at least 30 more hours on the floor a week; it never rests, so more work may wait"
    assert row["what_would_fix_it"] == words


def test_order_of_kinds_then_probability_then_impact() -> None:
    plan, figures = setup()
    figures.of("teams", "week", None, "occupancy")[:, 1, 2] = 0.99
    team(figures, "headcount", 0, 5)[:15] = 7
    miss(figures, 1, 2)
    miss(figures, 4, 2, 0.5)
    table = rank_risks(plan, figures)
    assert table["risk"].tolist() == ["sla_miss", "sla_miss", "headcount", "occupancy"]
    assert table["start"].tolist()[:2] == ["2026-11-02", "2026-10-12"]
    assert isinstance(table, pd.DataFrame)


def test_a_part_is_judged_where_there_is_no_whole_window() -> None:
    monthly = {"queues.mail.sla": "{4 h: {measure: turnaround, within: 4 h, target: 95%, per: month}}"}
    plan, figures = setup(**monthly, **{"horizon.days": 20})
    figures.of("sla", "month", None, "attainment")[:5, 0, 0] = 0.5
    table = rank_risks(plan, figures)
    assert table[["period", "start", "probability", "partial"]].to_numpy().tolist() == [
        ["month", "2026-10-05", 0.25, True]
    ]
    plan, figures = setup(**monthly)
    figures.of("sla", "month", None, "attainment")[:5, 0, 0] = 0.5
    assert rank_risks(plan, figures).empty, "October is in part here, but November is whole"


# -- by hand ----------------------------------------------------------------------------------------------------------


def test_what_is_just_met_is_no_miss_and_no_miss_hides_no_other() -> None:
    other = "{measure: wait, within: 8 h, target: 95%, per: week}"
    plan, figures = setup(**{"queues.mail.sla.8 h": other})
    miss(figures, 3, 20, 0.95)
    assert rank_risks(plan, figures).empty
    miss(figures, 3, 20, 0.85, subject=1)
    (row,) = rank_risks(plan, figures).to_dict("records")
    assert (row["subject"], row["level"], row["cause"]) == ("mail / 8 h", "queue", "")


def test_a_miss_has_the_cause_of_its_late_items() -> None:
    plan, figures = setup(**{"horizon.timezone": "UTC"})
    miss(figures, 3, 20)
    put_late(figures, "week", 3, {"nobody": 9.0, "busy": 1.0}, {24 * 22: 10.0})
    assert rank_risks(plan, figures)["cause"].tolist() == ["nobody"]


def heads(plan: Scenario, *weeks: float, name: str = "day", replications: int = REPLICATIONS) -> list[dict[str, Any]]:
    """Return the headcount risks of a team that has these agents at the ends of the first weeks."""
    layout = layout_of(plan)
    figures = quiet_figures(layout, REPLICATIONS)
    place = [team for _, team in layout.subjects["teams"]].index(name)
    figures.of("teams", "week", None, "headcount")[:replications, place, : len(weeks)] = weeks
    found = rank_risks(plan, figures).query("risk == 'headcount' and subject == @name")
    return list(found.to_dict("records"))


def test_a_team_is_thin_below_nine_tenths_and_by_half_an_agent() -> None:
    assert heads(scenario(BASE), 9) == []
    (row,) = heads(scenario(BASE), 8.9, replications=1)
    assert (row["probability"], row["period"], row["level"]) == (0.05, "week", "team")
    low, high = wilson(np.array([1.0]), np.array([20.0]))
    assert (row["low"], row["high"]) == (low[0], high[0])
    assert row["what_would_fix_it"] == "day: 1 seat more, in training early enough to be on the floor by 2026-10-05"
    four = scenario({**BASE, "vendors.north.teams.day.agents": 4})
    weeks = len(layout_of(four).windows["week"].starts)
    assert heads(four, *[4.0] * (weeks - 1), 3.5)[0]["what_would_fix_it"].startswith("day: 1 seat more")
    assert heads(four, *[4.0] * (weeks - 1), 3.55) == []
    (row,) = heads(scenario(BASE), 8.4)
    assert row["what_would_fix_it"].startswith("day: 2 seats more")
    (row,) = heads(scenario(BASE), 10, 8, name="night")
    assert (row["subject"], row["start"]) == ("night", "2026-10-12")


CLASSES = "vendors.north.hiring.classes"


@pytest.mark.parametrize(
    ("changes", "weeks", "gaps"),
    [
        ({f"{CLASSES}.a": "{start: 2026-09-28, team: day, size: 5, training: 1 week}"}, (10, 15), (0, 5)),
        ({f"{CLASSES}.a": "{start: 2026-09-28, team: day, size: 5, training: 6 days}"}, (10, 10), ()),
        ({f"{CLASSES}.a": "{start: 2026-10-05, team: day, size: 5, training: 1 week}"}, (10, 15, 10), (2, 5)),
        ({f"{CLASSES}.a": "{start: 2026-10-05, team: night, size: 5, training: 1 week}"}, (10, 10, 10), ()),
        ({"events.a": "{headcount: {team: day, from: 2026-10-12, change: 5}}"}, (10, 10, 15), (1, 5)),
        ({"events.a": "{headcount: {team: day, from: 2026-10-11, change: 5}}"}, (10, 15, 15), (0, 5)),
        ({"events.a": "{headcount: {team: night, from: 2026-10-11, change: 5}}"}, (10, 10, 10), ()),
        ({"events.a": "{headcount: {team: day, from: 2026-10-12, change: -5}}"}, (10, 5, 5), ()),
        ({"events.a": "{headcount: {team: day, from: 2026-10-12, change: -5}}"}, (9, 5, 5), ()),
        ({"events.a": "{headcount: {team: day, from: 2026-10-12, change: -5}}"}, (8, 5, 5), (0, 2)),
        ({"events.a": "{transfer: {from: night, to: day, agents: 4, on: 2026-10-12}}"}, (10, 10, 14), (1, 4)),
        ({"events.a": "{transfer: {from: night, to: day, agents: 4, on: 2026-10-11}}"}, (10, 14, 14), (0, 4)),
        ({"events.a": "{transfer: {from: day, to: night, agents: 4, on: 2026-10-12}}"}, (10, 6, 6), ()),
        ({"events.a": "{transfer: {from: day, to: night, agents: 4, on: 2026-10-12}}"}, (6, 6, 6), (0, 4)),
    ],
)
def test_the_plan_of_a_week_by_hand(changes: dict[str, str], weeks: tuple[float, ...], gaps: tuple[int, ...]) -> None:
    """`gaps`: the first week in which the team is short, and by how many; the last of `weeks` goes on."""
    plan = scenario({**BASE, "horizon.days": 28, **changes})
    going_on = [*weeks, *[weeks[-1]] * (4 - len(weeks))]
    found = [(row["start"], row["impact"]) for row in heads(plan, *going_on)]
    begins = [str(begin.date()) for begin in layout_of(plan).windows["week"].starts]
    assert found == ([(begins[gaps[0]], gaps[1])] if gaps else [])


def busy(plan: Scenario, occupancy: float, replications: int = REPLICATIONS, place: int = 0) -> list[dict[str, Any]]:
    layout = layout_of(plan)
    figures = quiet_figures(layout, REPLICATIONS)
    week = figures.arrays["teams", "week"][:replications, place, :, 2]
    week[:, TEAM_MEASURES.index("occupancy")] = occupancy
    week[:, TEAM_MEASURES.index("busy_hours")], week[:, TEAM_MEASURES.index("on_floor_hours")] = 100 * occupancy, 100
    return list(rank_risks(plan, figures).to_dict("records"))


def test_a_team_is_too_busy_above_its_limit_and_never_rests_above_the_next() -> None:
    assert busy(scenario(BASE), 0.92) == []
    (row,) = busy(scenario(BASE), 0.93, replications=1)
    low, high = wilson(np.array([1.0]), np.array([20.0]))
    assert (row["probability"], row["low"], row["high"]) == (0.05, low[0], high[0])
    assert (row["risk"], row["subject"], row["period"], row["level"]) == ("occupancy", "day", "week", "team")
    assert busy(scenario(BASE), 0.95, place=1)[0]["subject"] == "night"
    (row,) = busy(scenario(BASE), 0.99, replications=1)
    assert row["what_would_fix_it"] == "day: 8 more hours on the floor a week keep occupancy at 92%"
