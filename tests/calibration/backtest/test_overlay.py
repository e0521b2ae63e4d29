"""A scenario laid over origins: the people, the shifts, the backlog and the fits of that day, and nothing later."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import simcap
from simcap.calibration.backtest.asking import Asking
from simcap.calibration.backtest.desk import midnight
from simcap.calibration.backtest.informed import predict_told
from simcap.calibration.backtest.models import FLOOR
from simcap.calibration.backtest.ordered import in_training, on_their_way, usual_training
from simcap.calibration.backtest.overlay import LaidOver, laid_over, overlay_of
from simcap.calibration.backtest.past import renamed
from simcap.calibration.backtest.rivals import RULES
from simcap.calibration.backtest.rotas import shifts_seen, with_fixed_days
from simcap.calibration.backtest.scores import scores_table, windows_table
from simcap.calibration.backtest.told import Part
from simcap.calibration.calibrate import calibrate_history
from simcap.calibration.history.configuration import read_configuration
from simcap.calibration.history.history import History, read_history
from simcap.cli import main
from simcap.errors import RunError, ScenarioError
from simcap.scenario.schema.hiring import Backfill
from simcap.scenario.schema.vendors import TeamSpec
from simcap.units import DAY

HOME = Path(__file__).parents[3]
QUARTER = HOME / "calibration" / "2026-q3" / "calibration.yaml"
ORIGIN = dt.date(2026, 8, 10)
TRUTH = """
name: truth
horizon: {start: 2026-07-06, weeks: 6, timezone: UTC, warm_up: 1 week}
queues:
  mail:
    arrivals: {per_week: 560, profile: social, busyness: {cv: 10%}}
    handle_time: {lognormal: {mean: 12 min, cv: 0.6}}
    then: {checks: {share: 10%}}
  checks: {handle_time: {gamma: {mean: 10 min, cv: 0.5}}}
vendors:
  north:
    attrition: {per_year: 60%}
    shrinkage: {absence: 8%, offline: 10%}
    hiring: {backfill: {review: 1 week, class_size: 1, lead_time: 1 week, training: 1 week}}
    teams:
      early:
        timezone: UTC
        agents: 5
        skills: [mail, checks]
        tenure: {uniform: [10 weeks, 100 weeks]}
        shift: {days: 5 of 7, start: "07:00", length: 8 h}
"""
TESTED = """
name: tested
horizon: {start: 2026-08-17, weeks: 4, timezone: UTC, warm_up: 1 week}
simulation: {replications: 2}
queues:
  mail:
    arrivals: {per_week: [560, 570, 580, 590]}
    handle_time: {lognormal: {mean: 12 min, cv: 0.6}}
    sla: {1 day: {measure: turnaround, within: 24 h, target: 90%, per: week}}
    then: {checks: {share: 10%}}
  checks: {handle_time: {gamma: {mean: 10 min, cv: 0.5}}}
vendors:
  north:
    hiring:
      classes:
        autumn: {start: 2026-08-24, team: early, size: 2, training: 1 week}
    teams:
      early:
        timezone: UTC
        agents: 40
        skills: [mail, checks]
        shift: {days: 5 of 7, start: "07:00", length: 8 h}
events:
  strike: {surge: {queue: mail, from: 2026-08-20, for: 2 days, factor: 1.5}}
"""
SECTION = """
backtest:
  first: 2026-08-10
  days: 7
  replications: 3
  sla: {4 h: {measure: turnaround, within: 4 h}}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the logs of a small desk, their calibration file, and a scenario to test."""
    home = tmp_path_factory.mktemp("overlay")
    (home / "truth.yaml").write_text(TRUTH)
    (home / "tested.yaml").write_text(TESTED)
    simcap.synthesize(home / "truth.yaml", out=home / "logs", seed=4)
    plan = home / "logs" / "calibration.yaml"
    plan.write_text(plan.read_text() + SECTION)
    return home


@pytest.fixture(scope="module")
def history(folder: Path) -> History:
    return read_history(read_configuration(folder / "logs" / "calibration.yaml"), folder / "logs")


def _laid(folder: Path, history: History, text: str = TESTED, origin: dt.date = ORIGIN) -> LaidOver:
    plan = folder / "logs" / "calibration.yaml"
    path = folder / "laid.yaml"
    path.write_text(text)
    configuration = history.configuration
    overlay = overlay_of(
        path, lambda known, past: calibrate_history(plan, known, past).parameters(), configuration, history
    )
    return laid_over(overlay, configuration, history, origin)


def _people(laid: LaidOver) -> tuple[str, ...]:
    return laid.file.files.roster("people of early").agent


# -- what is known at an origin -----------------------------------------------------------------------------------


def test_nothing_that_came_later_is_used(folder: Path, history: History) -> None:
    begin = midnight(history.configuration, ORIGIN)
    late = history.items["created"] >= begin
    items = history.items.assign(
        created=history.items["created"].where(~late, history.items["created"] + 1e5),
        completed=history.items["completed"].where(history.items["completed"] < begin, 9e9),
        handle=history.items["handle"].where(history.items["completed"] < begin, 1.0),
    )
    assert history.roster is not None
    assert history.attendance is not None
    left = history.roster["left"].where(history.roster["left"] <= ORIGIN.toordinal(), ORIGIN.toordinal() + 1)
    newcomer = history.roster.tail(1).assign(agent="new", hired=ORIGIN.toordinal() + 1.0, left=np.nan)
    changed = dataclasses.replace(
        history,
        items=items,
        roster=pd.concat([history.roster.assign(left=left), newcomer], ignore_index=True),
        attendance=history.attendance[history.attendance["start"] < begin],
    )
    one, other = _laid(folder, history), _laid(folder, changed)
    assert one.file.document == other.file.document
    assert one.file.fitted == other.file.fitted
    assert _people(one) == _people(other)


def test_teams_are_those_who_are_there_that_morning(folder: Path, history: History) -> None:
    assert history.roster is not None
    day = ORIGIN.toordinal()
    there = history.roster[(history.roster["hired"] <= day) & ~(history.roster["left"] <= day)]
    laid = _laid(folder, history)
    rows = laid.file.files.roster("people of early")
    assert rows.agent == tuple(there["agent"])
    assert [one.toordinal() for one in rows.hired] == there["hired"].tolist()
    assert laid.file.scenario.vendors["north"].teams["early"].agents is None


def test_everybody_keeps_the_days_off_of_before(folder: Path, history: History) -> None:
    """Who comes to each weekday is as in the weeks after the origin, which nobody is shown."""
    laid = _laid(folder, history)
    rows, team = laid.file.files.roster("people of early"), laid.file.scenario.vendors["north"].teams["early"]
    assert history.attendance is not None
    assert team.shifts is not None
    begin = midnight(history.configuration, ORIGIN)
    later = history.attendance[history.attendance["start"] >= begin]
    weekday = (later["start"].to_numpy(float) // DAY + 3) % 7
    seen = {(agent, int(day)) for agent, day in zip(later["agent"], weekday, strict=True)}
    names = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    for agent, shift in zip(rows.agent, rows.shift, strict=True):
        assert shift is not None
        first = names.index(shift[:3])
        days = {(first + day) % 7 for day in range(5)}
        assert {day for person, day in seen if person == agent} <= days


def test_what_waits_and_the_volumes_are_those_of_the_day(folder: Path, history: History) -> None:
    queues = _laid(folder, history).file.scenario.queues
    begin = midnight(history.configuration, ORIGIN)
    items = history.items
    for name, queue in queues.items():
        open_ = (items["created"] < begin) & ~(items["started"] < begin) & (items["queue"] == name)
        assert queue.backlog is not None
        assert queue.backlog.items == open_.sum()
    assert queues["mail"].arrivals is not None
    (rate,) = queues["mail"].arrivals.per_week or ()
    assert rate == pytest.approx(560, rel=0.2)
    assert queues["checks"].arrivals is None


# -- what the scenario says itself --------------------------------------------------------------------------------


def test_the_future_of_a_scenario_is_told_and_the_rest_left_out(folder: Path, history: History) -> None:
    laid = _laid(folder, history)
    assert not laid.file.scenario.events
    assert not laid.file.scenario.vendors["north"].hiring.classes
    said = "\n".join(laid.notes)
    assert "events outside the predicted days, left out: strike" in said
    assert "left out: autumn" in said
    assert "written in the scenario, so not fitted to what was known: queues.mail.handle_time" in said
    text = TESTED.replace("2026-08-17", "2026-08-10").replace("2026-08-20", "2026-08-12")
    near = _laid(folder, history, text.replace("2026-08-24", "2026-08-05"))
    assert list(near.file.scenario.events) == ["strike"]
    assert list(near.file.scenario.vendors["north"].hiring.classes) == ["autumn"]
    assert "classes that the scenario plans: autumn" in near.notes


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("mail", "mial"), "the log has no queue 'mial'; did you mean 'mail'?"),
        (("early", "erly"), "lacks 'early', a team of the roster; did you mean 'erly'?"),
        (("north", "nroth"), "lacks 'north', a vendor of the roster; did you mean 'nroth'?"),
        (("weeks: 4, timezone: UTC", "weeks: 4, timezone: Asia/Manila"), "use one zone in both"),
        (("events:", "routing: {rule: earliest_due}\nevents:"), "would change the order of work"),
    ],
)
def test_a_scenario_of_something_else_is_refused(
    folder: Path, history: History, change: tuple[str, str], message: str
) -> None:
    with pytest.raises(ScenarioError, match=re.escape(message)):
        _laid(folder, history, TESTED.replace(*change))


def test_names_of_the_logs_can_be_those_of_the_scenario(folder: Path, history: History) -> None:
    text = TESTED.replace("early", "first")
    laid = _laid(folder, renamed(history, {"early": "first"}), text)
    assert len(laid.file.files.roster("people of first").agent) == len(_people(_laid(folder, history)))


# -- back-fill and shifts -----------------------------------------------------------------------------------------


def test_classes_are_ordered_for_those_who_left() -> None:
    """Reviews are on days 93, 86, 79, ...; training begins 14 days later and takes 7."""
    rule = Backfill(review="1 week", class_size=2, lead_time="2 weeks", training="1 week")  # type: ignore[arg-type]
    found = on_their_way(rule, [10, 74, 80, 85, 86, 88, 95], first=20, origin=93)
    # By day 86 four are gone since day 20, so two classes; the fifth waits for a sixth, and the last is gone later.
    assert [(one.reviewed.toordinal(), one.start.toordinal(), one.seats) for one in found] == [(86, 100, 2)] * 2
    assert on_their_way(rule, [30, 31], first=20, origin=93) == []


def test_those_in_training_are_known_without_when_they_graduate(folder: Path, history: History) -> None:
    """Training took 10 days for the middle one; of those who began after day 190 nobody is there on day 200."""
    roster = pd.DataFrame({"hired": [60.0, 70.0, 80.0], "trained": [50.0, 60.0, 50.0]})
    assert usual_training(roster) == 10
    trainees = pd.DataFrame({"vendor": "north", "team": "early", "trained": [185, 190, 191, 191, 200, 201]})
    found = in_training(trainees, roster, 200)
    assert {day.toordinal(): seats for (_, _, day), seats in found.items()} == {191: 2, 200: 1}
    day = ORIGIN.toordinal()
    assert history.roster is not None
    known = dataclasses.replace(
        history,
        roster=history.roster.assign(trained=history.roster["hired"] - 7),
        trainees=pd.DataFrame({"vendor": "north", "team": "early", "trained": [day - 5.0] * 3, "graduated": True}),
    )
    laid = _laid(folder, known)
    (group,) = laid.file.scenario.vendors["north"].hiring.classes.values()
    assert (group.size, group.start, group.training) == (3, ORIGIN - dt.timedelta(days=5), 7 * DAY)
    assert f"in training on {ORIGIN}, taken to last 7 days: 3" in laid.notes


def test_the_nearest_shift_and_the_likeliest_days_are_found() -> None:
    """One works Monday to Friday by day, one from Wednesday to Sunday by night; of the third two shifts are known."""
    spec = TeamSpec.model_validate(
        {
            "timezone": "Asia/Manila",
            "agents": 3,
            "skills": ["mail"],
            "shifts": {
                "day": {"share": "50%", "days": "Mon-Fri", "start": "09:00", "length": "8 h"},
                "night": {"share": "50%", "days": "5 of 7", "start": "23:00", "length": "8 h"},
            },
        }
    )
    monday = dt.datetime(2026, 8, 3, tzinfo=dt.UTC).timestamp() - 8 * 3600
    rows = [("a", day, 9.1) for day in (0, 1, 2, 3, 4, 7)] + [("b", day, 22.9) for day in (2, 3, 4, 5, 6, 9)]
    rows += [("c", day, 9.0) for day in (0, 1)]
    spells = pd.DataFrame(
        {
            "agent": [agent for agent, _, _ in rows],
            "shift": range(len(rows)),
            "start": [monday + day * DAY + hour * 3600 for _, day, hour in rows],
        }
    )
    found = shifts_seen(spells, pd.Series(["a", "b", "c"]), spec, monday + 14 * DAY)
    assert found == ["day", "night Wed-Sun", None]
    fixed = with_fixed_days({"shifts": {name: {} for name in spec.shifts or {}}}, spec)
    assert fixed["shifts"]["night Wed-Sun"]["days"] == "Wed-Sun"
    assert sum(one["share"] for one in fixed["shifts"].values()) == pytest.approx(1)


@pytest.mark.parametrize("part", ["items", "volumes"])
def test_a_scenario_that_is_told_what_comes_has_as_many_items(folder: Path, history: History, part: Part) -> None:
    """What follows decisions is still drawn. Told how long items took, each day has its factor on their queue."""
    plan = folder / "logs" / "calibration.yaml"
    (folder / "told.yaml").write_text(TESTED)
    configuration = history.configuration
    overlay = overlay_of(
        folder / "told.yaml",
        lambda known, past: calibrate_history(plan, known, past).parameters(),
        configuration,
        history,
    )
    ask = Asking(configuration, history, None, FLOOR, 1, lambda *_: None, None, "", overlay)
    found = predict_told(ask, ORIGIN, "scenario", frozenset({part, "handle_times"}))
    mail = found.queues.index("mail")
    assert found.simulated.arrived[:, mail].tolist() == [found.actual.arrived[mail]] * 3
    assert len(set(found.simulated.on_time[:, mail].sum(axis=(1, 2)).tolist())) > 1
    assert found.mode == "scenario"


# -- the command --------------------------------------------------------------------------------------------------


def test_the_command_scores_a_scenario_and_says_what_it_rests_on(folder: Path, tmp_path: Path) -> None:
    words = ["backtest", str(folder / "logs" / "calibration.yaml"), "--scenario", str(folder / "tested.yaml")]
    out = tmp_path / "out"
    done = CliRunner().invoke(main, [*words, "--no-anchor", "--no-charts", "--jobs", "1", "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert "was laid over each origin" in done.output
    assert "events outside the predicted days, left out: strike" in done.output
    scores = pd.read_csv(out / "scores.csv")
    assert set(scores["mode"]) == {"scenario"}
    assert set(scores["queue"].fillna("")) == {"mail", "checks", ""}
    assert scores["error_same_hours"].notna().all()
    wrong = CliRunner().invoke(main, [*words, "--mode", "replay", "--out", str(tmp_path / "other")])
    assert wrong.exit_code == 1
    assert "the mode replay tests no scenario" in wrong.output
    with pytest.raises(RunError, match="name its file"):
        simcap.backtest(folder / "logs" / "calibration.yaml", mode="scenario")


def test_an_interrupted_test_goes_on_with_the_same_scenario_only(folder: Path, history: History) -> None:
    keys = set()
    for text in (TESTED, TESTED, TESTED.replace("length: 8 h", "length: 7 h")):
        (folder / "kept.yaml").write_text(text)
        keys.add(overlay_of(folder / "kept.yaml", lambda _known, _past: {}, history.configuration, history).key)
    assert len(keys) == 2


@pytest.mark.slow
def test_the_synthetic_quarter_is_foreseen_by_its_scenario() -> None:
    """The level is right, bands hold what they should, and listings are missed by less than by the best rule."""
    found = simcap.backtest(QUARTER, scenario=HOME / "scenarios" / "next-quarter.yaml", anchor=False)
    days = found.scores[found.scores["period"] == "day"].set_index("queue")
    assert (days["bias"].abs() < 0.04).all()
    assert (days["coverage_90"] > 0.7).all()
    assert days.loc["listings", "error"] < days.loc["listings", [f"error_{rule}" for rule in RULES]].min()


@pytest.mark.slow
def test_what_a_scenario_misses_of_the_synthetic_quarter_are_its_volumes() -> None:
    """Given the items that came, and nothing else of later, each queue is missed by a quarter less than by any rule."""
    configuration = read_configuration(QUARTER)
    history = read_history(configuration, QUARTER.parent)
    overlay = overlay_of(
        HOME / "scenarios" / "next-quarter.yaml",
        lambda known, past: calibrate_history(QUARTER, known, past).parameters(),
        configuration,
        history,
    )
    assert configuration.backtest is not None
    origins = [configuration.backtest.first + dt.timedelta(weeks=week) for week in range(4)]
    ask = Asking(configuration, history, None, FLOOR, 2, lambda *_: None, None, "", overlay)
    found = [predict_told(ask, origin, "scenario", frozenset({"items"})) for origin in origins]
    scores = scores_table(windows_table(found, "day"))
    days = scores[scores["period"] == "day"]
    best = days[[f"error_{rule}" for rule in RULES]].min(axis=1)
    assert len(days) == 4
    assert (days["error"] < 0.75 * best).all()
