"""One vocabulary for how windows stand under a plan."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import simcap
from simcap.experiment.batch import Batch
from simcap.planning import staffing
from simcap.planning.levers import levers_of
from simcap.planning.requirements import Response
from simcap.planning.search import Search
from simcap.planning.staffing import Answer
from simcap.planning.trials import Trials
from simcap.planning.verdicts import better, counts, is_reached, verdicts
from simcap.report.documents.staffing_tables import staffing_tables
from simcap.report.terminal.staffing import cost_title, plan_lines, standing, weakest
from tests.planning.desks import GROWING, file

PEAK = GROWING.replace("per_week: 8000, growth: 6%", "per_week: 8000").replace(
    "vendors:",
    "events: {sale: {surge: {queue: mail, from: 2026-10-12, for: 10 days, factor: 1.6}}}\nvendors:",
)
"""Work for four agents in a desk of three, over ten days from the second week on."""


NONE_LOST = np.zeros(5, bool)


@pytest.mark.parametrize(
    ("share", "high", "held", "lost", "verdict"),
    [
        (0.95, 0.99, False, False, "met"),
        (0.95, 0.99, False, True, "met"),
        (0.90, 0.95, False, False, "met"),
        (0.85, 0.93, True, False, "met"),
        (0.85, 0.90, True, False, "met"),
        (0.85, 0.93, False, False, "missed"),
        (0.60, 0.75, True, False, "missed"),
        (0.60, 0.75, False, True, "lost"),
        (np.nan, np.nan, True, True, "not asked"),
    ],
)
def test_a_verdict(share: float, high: float, held: bool, lost: bool, verdict: str) -> None:
    found = verdicts(np.array([share]), np.array([high]), 0.9, held=np.array([held]), lost=np.array([lost]))
    assert found == [verdict]


def test_what_gets_better_was_missed_before() -> None:
    base = Response(np.array([[0.97, 0.80, 0.80, 0.85, np.nan]] * 4), np.zeros(4))
    after = Response(np.array([[0.99, 0.80, 0.83, 0.86, 0.90]] * 4), np.zeros(4))
    assert better(base, after, np.full(5, 0.9), 0.9, NONE_LOST).tolist() == [False, False, True, True, False]
    assert better(base, after, np.full(5, 0.83), 0.9, NONE_LOST).tolist() == [False, False, True, False, False]


def test_what_is_lost_is_no_better_for_a_few_points_that_no_replication_is_met_by() -> None:
    base = Response(np.array([[0.40, 0.40]] * 4), np.zeros(4))
    after = Response(np.array([[0.60, 0.60]] * 4), np.full(4, 100.0))
    assert better(base, after, np.full(2, 0.9), 0.9, np.array([True, False])).tolist() == [False, True]


def test_no_last_day_is_told_of_what_the_check_sees_met() -> None:
    starts = ["2026-10-05", "2026-10-12", "2026-10-19"]
    window = {"queue": "mail", "vendor": "", "sla": "1 h"}
    last = pd.DataFrame([{**window, "start": start, "approve_by": "2026-09-01"} for start in starts[:2]])
    met = pd.DataFrame(
        [{**window, "start": start, "base": base} for start, base in zip(starts, (1.0, 0.8, 1.0), strict=True)]
    )
    answer = Answer(
        0.9,
        {},
        reached=True,
        cost=0.0,
        added=0.0,
        added_low=0.0,
        added_high=0.0,
        met=met,
        checked=6,
        missed_any=0.0,
        replications=6,
    )
    assert staffing._not_met(last, answer)["start"].tolist() == ["2026-10-12"]
    assert staffing._not_met(last[:0], answer).empty


def test_a_share_that_is_as_sure_as_asked_for_cannot_get_better() -> None:
    base = Response(np.array([[0.9], [0.9], [0.8], [0.8]]), np.zeros(4))
    once = Response(np.array([[0.9], [0.9], [0.9], [0.8]]), np.zeros(4))
    shifted = Response(np.array([[0.9], [0.9], [0.9], [0.7]]), np.zeros(4))
    target = np.array([0.9])
    for lost in (np.array([False]), np.array([True])):
        assert [better(base, once, target, sure, lost).tolist() for sure in (0.5, 0.6)] == [[False], [True]]
        assert better(base, shifted, target, 0.6, lost).tolist() == [True], (
            "met more often, though no better on average"
        )


@pytest.mark.parametrize(
    ("found", "reached"),
    [
        (["met"], True),
        (["met", "lost", "not asked"], True),
        (["met", "met", "missed"], False),
        (["lost", "not asked"], False),
        ([], False),
    ],
)
def test_what_is_reached(found: list[str], reached: bool) -> None:
    met = pd.DataFrame({"verdict": found})
    assert counts(met) == {one: found.count(one) for one in ("met", "missed", "lost", "not asked")}
    assert is_reached(met) is reached


def test_a_class_that_saves_nothing_is_left_out(tmp_path: Path) -> None:
    plan = file(tmp_path, PEAK, LIMIT=9, LEAD=1)
    start = plan.scenario.horizon.start
    classes = levers_of(plan.scenario, start, ("class",))
    trials = Trials(plan, Batch(5, range(4), ("horizon", "week"), 1), lambda _done, _all: None)
    search = Search(trials, classes)
    early, late = classes[0], classes[-1]
    alone = trials.of({early: 2})[0].attainment
    assert (alone > trials.base.attainment).any()
    assert search._needed(0.9, {early: 2, late: 2}) == {early: 2}, "in the last week nothing is left of the peak"
    assert search._needed(0.9, {late: 2}) == {}


def test_a_plan_that_saves_nothing_is_not_offered(tmp_path: Path) -> None:
    plan = file(tmp_path, PEAK, LIMIT=9, LEAD=3)
    found = simcap.staff(plan, curve=False, replications=3, check=6, levers=("class",), jobs=1)
    answer = found.main
    assert answer is not None
    assert not answer.amounts, "who is on the floor on 2 November comes after the peak"
    assert answer.added == 0
    assert {"met", "lost"} == set(answer.met["verdict"])
    first = plan_lines(found)[0]
    assert first == "growing: nothing tried saves what is lost, and the rest needs no change"


def test_one_vocabulary_everywhere(tmp_path: Path) -> None:
    plan = file(tmp_path, PEAK.replace("weeks: 8", "weeks: 9"), LIMIT=4, LEAD=2)
    monthly = {
        "queues": {"mail": {"sla": {"m": {"measure": "wait", "within": "1 h", "target": "10%", "per": "month"}}}}
    }
    found = simcap.staff(simcap.change(plan, monthly), replications=3, check=8, levers=("class",), jobs=1)
    answer = found.main
    assert answer is not None
    verdict = answer.met.assign(start=answer.met["start"].dt.date.map(str)).set_index(["sla", "start"])["verdict"]
    # On the floor from 26 October on; what waits then is done in the week after.
    assert verdict.loc["1 h", "2026-10-12"] == verdict.loc["1 h", "2026-10-19"] == "lost"
    assert verdict.loc["1 h", "2026-10-05"] == verdict.loc["m", "2026-11-01"] == "met"
    tables = staffing_tables(found)
    row = tables["costs"].set_index("confidence").loc[0.9]
    assert [row[f"windows_{one}"] for one in ("met", "missed", "lost", "not_asked")] == list(answer.counts.values())
    assert tables["parts"]["sla"].tolist() == ["m", "m"]
    assert tables["parts"]["start"].dt.date.map(str).tolist() == ["2026-10-05", "2026-12-01"]
    lines = "\n".join(plan_lines(found))
    met, lost = standing(answer).split(" met, ")
    assert f"Checked on 8 fresh replications: {met} windows met, {lost}; the weakest window" in lines
    assert "Lost with every plan that was tried: mail / 1 h from 12 October" in lines
    assert "Not asked: mail / m from 5 October and 1 December (only a part of them lies within the horizon)." in lines
    assert "that is not lost" in cost_title(found)
    assert weakest(answer).endswith("]"), "its interval stands beside it"
