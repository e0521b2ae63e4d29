"""Lost work: what is usual for work of that patience, which week is the worst, and what is said of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from simcap.analysis.figures import Figures
from simcap.analysis.losses import likely_losses, loses_work, usual_loss
from simcap.analysis.measures import QUEUE_MEASURES, SLA_MEASURES, TEAM_MEASURES
from simcap.analysis.risks import rank_risks
from simcap.scenario.schema.scenario import Scenario
from tests.analysis.made import layout_of, quiet_figures
from tests.helpers import scenario

SLA = "{4 h: {measure: turnaround, within: 4 h, target: 95%, per: week}}"
BASE: dict[str, Any] = {
    "horizon.days": 60,
    "queues.mail.sla": SLA,
    "queues.mail.expires": "{after: {constant: 7 days}}",
    "vendors.north.teams.day.agents": 10,
}


def setup(**changes: Any) -> tuple[Scenario, Figures]:
    plan = scenario({**BASE, **changes})
    layout = layout_of(plan)
    return plan, quiet_figures(layout, 20)


def lose(figures: Figures, week: int, share: float, replications: int = 20, row: int = 0) -> None:
    """Let a share of the 1,000 items of a week leave undecided."""
    figures.of("sla", "week", None, "expired")[:replications, row, week] = 1000 * share


@pytest.mark.parametrize(
    ("limit", "usual"),
    [
        ("{constant: 3 min}", 0.05),
        ("{exponential: 2 min}", 0.05),
        ("{constant: 1 h}", 0.01),
        ("{lognormal: {mean: 10 h, cv: 1}}", 0.01),
        ("{constant: 1 day}", 0.001),
        ("{constant: 7 days}", 0.001),
        ("{empirical: patience.csv}", 0.01),
    ],
)
def test_what_is_usual_depends_on_patience(limit: str, usual: float) -> None:
    plan, _ = setup(**{"queues.mail.expires": f"{{after: {limit}}}"})
    assert usual_loss(plan, "mail") == usual


def test_what_never_expires_is_never_lost() -> None:
    plan, figures = setup(**{"queues.mail.expires": None})
    lose(figures, 3, 0.5)
    assert usual_loss(plan, "mail") is None
    assert rank_risks(plan, figures).empty


def test_any_loss_of_patient_work_is_news_and_two_percent_of_callers_is_none() -> None:
    plan, figures = setup()
    lose(figures, 3, 0.02)
    assert rank_risks(plan, figures)["risk"].tolist() == ["work_lost"]
    plan, figures = setup(**{"queues.mail.expires": "{after: {exponential: 2 min}}"})
    lose(figures, 3, 0.02)
    assert rank_risks(plan, figures).empty


def test_the_worst_week_has_its_items_and_its_share() -> None:
    plan, figures = setup()
    lose(figures, 2, 0.30, replications=5)
    lose(figures, 5, 0.10)
    lose(figures, 6, 0.20)
    queue = figures.arrays["queues", "week"][:, 0]
    queue[:, QUEUE_MEASURES.index("queue_time_mean_s"), 6] = 5400
    (row,) = rank_risks(plan, figures).to_dict("records")
    assert (row["risk"], row["subject"], row["period"]) == ("work_lost", "mail", "week")
    assert (row["start"], row["first_week"]) == ("2026-11-16", "2026-10-19")
    assert row["probability"] == 1
    assert 0.8 < row["low"] < row["high"] == 1
    assert row["impact"] == pytest.approx(200)
    assert row["share"] == pytest.approx(0.2)
    assert row["what_would_fix_it"] == (
        "mail: items wait 90 min on average and leave after 1 week; the teams that take them are busy 86% of the time: "
        "only an earlier pick-up keeps them"
    )


def test_a_vendors_part_stands_for_itself() -> None:
    plan, figures = setup(
        **{
            "routing.allocation": "{mail: {north: 60%, south: 40%}}",
            "vendors.south.teams.far": "{timezone: UTC, agents: 10, skills: [mail], shift: {always: true}}",
        }
    )
    lose(figures, 3, 0.01, row=0)
    lose(figures, 3, 0.03, row=2)
    table = rank_risks(plan, figures)
    assert table["subject"].tolist() == ["mail (south)"]
    assert table["level"].tolist() == ["vendor"]
    losing = likely_losses(table, 0.1)
    assert loses_work(losing, "mail", "south")
    assert loses_work(losing, "mail", ""), "the whole queue has a part that loses work"
    assert not loses_work(losing, "mail", "north")
    assert not loses_work(losing, "mai", "")


def test_a_queue_without_an_sla_loses_work_too() -> None:
    plan, figures = setup(**{"queues.mail.sla": None})
    queue = figures.arrays["queues", "week"][:, 0]
    queue[:, QUEUE_MEASURES.index("arrived")] = 2000
    queue[:, QUEUE_MEASURES.index("expired_share"), 4] = 0.25
    (row,) = rank_risks(plan, figures).to_dict("records")
    assert (row["risk"], row["subject"], row["impact"]) == ("work_lost", "mail", 500)
    assert row["level"] == "queue"
    assert "the teams that take them are busy 86% of the time" in row["what_would_fix_it"]


def test_where_nobody_is_there_it_is_said() -> None:
    plan, figures = setup()
    lose(figures, 3, 1.0)
    for name in ("busy_hours", "on_floor_hours"):
        figures.arrays["teams", "week"][:, 0, figures.layout.measures["teams"].index(name)] = 0.0
    (remedy,) = rank_risks(plan, figures)["what_would_fix_it"]
    assert remedy.endswith("; nobody is there to take them")


def test_windows_without_items_are_not_judged() -> None:
    plan, figures = setup()
    figures.of("sla", "week", None, "created")[:, 0] = 0
    assert rank_risks(plan, figures).empty
    assert not np.isnan(figures.arrays["sla", "week"]).any()


def test_as_much_as_is_usual_is_no_news() -> None:
    plan, figures = setup()
    lose(figures, 3, 0.001)
    assert rank_risks(plan, figures).empty
    lose(figures, 3, 0.002)
    assert len(rank_risks(plan, figures)) == 1


def test_a_queue_that_loses_nothing_hides_no_other() -> None:
    stays = "stays: {arrivals: {per_day: 10}, handle_time: {constant: 1 min}}"
    mail = "mail: {arrivals: {per_day: 100}, handle_time: {constant: 5 min}, expires: {after: {constant: 7 days}}}"
    plan, figures = setup(queues=f"{{{stays}, {mail}}}")
    queue = figures.arrays["queues", "week"][:, 1]
    queue[:, QUEUE_MEASURES.index("arrived")] = 2000
    queue[:, QUEUE_MEASURES.index("expired_share"), 4] = 0.25
    assert rank_risks(plan, figures)["subject"].tolist() == ["mail"]


def test_work_is_lost_by_risks_of_that_kind_that_are_likely_enough() -> None:
    rows = [("work_lost", "mail", 0.1), ("sla_miss", "chat", 0.9), ("work_lost", "forms (north)", 0.05)]
    table = pd.DataFrame(rows, columns=["risk", "subject", "probability"])
    losing = likely_losses(table, 0.1)
    assert [loses_work(losing, queue, "") for queue in ("mail", "chat", "forms")] == [True, False, False]
    assert loses_work(likely_losses(table, 0.05), "forms", "")
    assert loses_work(likely_losses(table, 0.05), "forms", "north")
    assert not loses_work(likely_losses(table, 0.06), "forms", "north")


def remedy(plan: Scenario, figures: Figures) -> str:
    return str(rank_risks(plan, figures).query("risk == 'work_lost'")["what_would_fix_it"].iloc[0])


def test_where_nobody_was_picked_up_no_wait_is_known() -> None:
    plan, figures = setup()
    lose(figures, 3, 0.5)
    figures.of("queues", "week", None, "queue_time_mean_s")[:, 0, 3] = np.nan
    assert remedy(plan, figures).startswith("mail: items wait 0 s on average and leave after 1 week;")


def test_a_limit_that_is_drawn_is_told_by_its_mean() -> None:
    plan, figures = setup(**{"queues.mail.expires": "{after: {exponential: 2 days}}"})
    lose(figures, 3, 0.5)
    assert "and leave after 2 days or so;" in remedy(plan, figures)
    plan, figures = setup(**{"queues.mail.expires": "{after: {empirical: patience.csv}}"})
    lose(figures, 3, 0.5)
    assert "and leave as in patience.csv;" in remedy(plan, figures)


def test_those_who_take_it_are_busy_in_that_week() -> None:
    """Ten hours of 40 in the week, of the one team with the skill; others are busier, and so are other weeks."""
    team = "{timezone: UTC, agents: 10, skills: [chat], shift: {always: true}}"
    plan, figures = setup(
        **{
            "queues.chat": "{arrivals: {per_day: 10}, handle_time: {constant: 1 min}}",
            "vendors.north.teams.other": team,
        }
    )
    lose(figures, 3, 0.5)
    week = figures.arrays["teams", "week"][:, 0, :, 3]
    week[:, TEAM_MEASURES.index("busy_hours")], week[:, TEAM_MEASURES.index("on_floor_hours")] = 10, 40
    assert "the teams that take them are busy 25% of the time" in remedy(plan, figures)
    week[:, TEAM_MEASURES.index("busy_hours")], week[:, TEAM_MEASURES.index("on_floor_hours")] = 0.01, 0.04
    assert "the teams that take them are busy 25% of the time" in remedy(plan, figures), (
        "not an hour of all replications"
    )


def only(plan: Scenario, figures: Figures) -> dict[str, Any]:
    (row,) = rank_risks(plan, figures).to_dict("records")
    return dict(row)


def test_what_is_lost_is_the_mean_of_where_it_is() -> None:
    plan, figures = setup()
    lose(figures, 3, 0.3, replications=5)
    row = only(plan, figures)
    assert (row["probability"], row["impact"], row["share"]) == (0.25, 300, pytest.approx(0.3))
    plan, figures = setup()
    lose(figures, 3, 0.3, replications=1)
    assert only(plan, figures)["probability"] == 0.05, "one in twenty is worth naming"


@pytest.mark.parametrize("items", [1, 1000])
def test_chances_are_those_of_replications_with_items(items: int) -> None:
    plan, figures = setup()
    week = figures.arrays["sla", "week"][:, 0, :, 3]
    week[:, SLA_MEASURES.index("created")] = [items] * 5 + [0] * 15
    week[:, SLA_MEASURES.index("expired")] = [items] * 4 + [0] * 16
    row = only(plan, figures)
    assert (row["probability"], row["impact"], row["share"]) == (0.8, items, 1)
