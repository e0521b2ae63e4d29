"""Who works on what, of a tally made by hand: decisions as counted, busy hours by the work that they take."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from simcap.analysis.work import WORK_MEASURES, work_figures, workers
from simcap.scenario.schema.scenario import Scenario
from simcap.tally import Names, Tally
from tests.analysis.tallies import empty_tally, grid
from tests.helpers import scenario

BASE = {
    "queues.chat": "{arrivals: {per_day: 10}, handle_time: {constant: 1 min}}",
    "vendors.north.teams.day.skills": "[mail, chat]",
    "vendors.north.teams.late": "{timezone: UTC, agents: 1, skills: [mail], shift: {always: true}}",
}
NAMES = Names(
    queues=("mail", "chat"),
    lines=(("mail", ""), ("chat", "")),
    slas=(),
    teams=(("north", "day"), ("north", "late")),
)
HOUR = 3600.0
LEARNS = "{cross_train: {team: late, agents: 1, adds: [chat], from: 2026-10-07, for: 1 day}}"


@pytest.fixture(name="plan")
def _plan() -> Scenario:
    return scenario(BASE)


def tally_of(*, day: tuple[int, int], late: int = 4) -> Tally:
    """Return a tally of three days in which the day team decided this many of mail and chat on the first."""
    tally = empty_tally(NAMES, grid())
    tally.decisions[0, :, 0] = day
    tally.decisions[1, 0, 1] = late
    tally.by_team["busy"][0, 0] = 6 * HOUR
    tally.by_team["busy"][1, 1] = 2 * HOUR
    return tally


def test_a_pair_is_a_team_and_one_of_its_skills(plan: Scenario) -> None:
    assert workers(plan) == (("north", "day", "mail"), ("north", "day", "chat"), ("north", "late", "mail"))


def test_skills_that_an_event_adds_are_pairs_too() -> None:
    plan = scenario({**BASE, "events.learn": LEARNS})
    assert workers(plan)[-1] == ("north", "late", "chat")


def test_busy_hours_follow_decisions_times_handle_time(plan: Scenario) -> None:
    tally = tally_of(day=(30, 50))
    figures = work_figures(plan, tally, tally.grid.windows("day"))
    assert set(figures) == set(WORK_MEASURES)
    assert figures["completed"][:, 0].tolist() == [30, 50, 0]
    assert figures["completed"][:, 1].tolist() == [0, 0, 4]
    # 30 decisions of 5 minutes are 150 minutes, 50 of one minute are 50: three quarters and a quarter of 6 hours.
    assert figures["busy_hours"][:, 0] == pytest.approx([4.5, 1.5, 0])
    assert figures["busy_hours"][:, 1] == pytest.approx([0, 0, 2])


def test_without_a_decision_no_hour_is_shared_out(plan: Scenario) -> None:
    tally = tally_of(day=(0, 0), late=0)
    figures = work_figures(plan, tally, tally.grid.windows("horizon"))
    assert figures["busy_hours"].tolist() == [[0.0], [0.0], [0.0]]


def test_a_handle_time_from_a_file_leaves_decisions_alone_to_share_by(plan: Scenario) -> None:
    mail = plan.queues["mail"]
    assert mail.handle_time is not None
    vague = mail.model_copy(update={"handle_time": mail.handle_time.model_copy(update={"empirical": "seconds.csv"})})
    plan = plan.model_copy(update={"queues": {**plan.queues, "mail": vague}})
    tally = tally_of(day=(30, 50))
    hours = work_figures(plan, tally, tally.grid.windows("day"))["busy_hours"]
    assert hours[:, 0] == pytest.approx([6 * 30 / 80, 6 * 50 / 80, 0])


def test_shares_add_up_to_the_busy_hours_of_each_team(plan: Scenario) -> None:
    rng = np.random.default_rng(4)
    tally = tally_of(day=(1, 1))
    tally = dataclasses.replace(tally, decisions=rng.integers(1, 90, tally.decisions.shape) * [[[1], [1]], [[1], [0]]])
    tally.by_team["busy"][:] = rng.integers(1, 9, tally.by_team["busy"].shape) * HOUR
    windows = tally.grid.windows("day")
    hours = work_figures(plan, tally, windows)["busy_hours"]
    whole = tally.by_team["busy"][:, : len(windows.cells)] / HOUR
    assert hours[:2].sum(axis=0) == pytest.approx(whole[0])
    assert hours[2] == pytest.approx(whole[1])
