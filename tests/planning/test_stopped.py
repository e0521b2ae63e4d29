"""Searches that are stopped, and questions of which nothing can be judged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import simcap
from simcap.errors import Interrupted, RunError
from simcap.planning.staffing import Question, staff
from simcap.planning.trials import Trials
from simcap.report.terminal.staffing import plan_lines
from simcap.scenario.reading.loading import load
from tests.planning.desks import ALWAYS, file


def _stops_at(monkeypatch: pytest.MonkeyPatch, call: int) -> None:
    """Let Ctrl-C come when so many plans are asked for."""
    real, tried = Trials.of, []

    def interrupted(self: Trials, *plans: Any) -> Any:
        tried.append(plans)
        if len(tried) == call:
            raise KeyboardInterrupt
        return real(self, *plans)

    monkeypatch.setattr(Trials, "of", interrupted)


def _contents(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_ctrl_c_keeps_the_best_plan_so_far(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = file(tmp_path, ALWAYS, AGENTS=12)
    _stops_at(monkeypatch, 5)
    found = staff(plan, Question(0.9, plan.scenario.horizon.start, curve=(), replications=3), 5, jobs=1)
    assert found.interrupted
    assert found.main is not None
    assert sum(found.main.amounts.values()) >= 4, "it meets what was asked, if not as cheaply as possible"
    assert found.patch()


def test_stopped_before_anything_was_tried_nothing_is_called_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = file(tmp_path, ALWAYS, AGENTS=12)
    _stops_at(monkeypatch, 1)
    found = staff(plan, Question(0.9, plan.scenario.horizon.start, curve=(), replications=3), 5, jobs=1)
    assert (found.interrupted, found.main) == (True, None)


@pytest.fixture(scope="module", name="finished")
def _finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a plan and the finished search for it."""
    folder = tmp_path_factory.mktemp("finished")
    plan, source = file(folder, ALWAYS, AGENTS=12), folder / "plan.yaml"
    simcap.staff(plan, curve=False, replications=3, check=3, jobs=1, out=folder / "out", source=source)
    return folder


@pytest.mark.parametrize(("call", "told"), [(1, "stopped before any plan was found"), (5, "keeps the finished search")])
def test_ctrl_c_leaves_a_finished_search_as_it_is(
    finished: Path, monkeypatch: pytest.MonkeyPatch, call: int, told: str
) -> None:
    plan, out = load(finished / "plan.yaml"), finished / "out"
    before = _contents(out)
    assert str(out / "plan.yaml") in before
    _stops_at(monkeypatch, call)
    with pytest.raises(Interrupted, match=told):
        simcap.staff(plan, curve=False, replications=3, check=3, jobs=1, out=out)
    assert _contents(out) == before


def test_a_plan_that_was_not_checked_says_so_in_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan, out = file(tmp_path, ALWAYS, AGENTS=12), tmp_path / "outputs" / "plan"
    _stops_at(monkeypatch, 5)
    simcap.staff(plan, curve=False, replications=3, check=3, jobs=1, out=out, source=tmp_path / "plan.yaml")
    assert load(out / "plan.yaml").scenario.name == "always on, staffed for 90%, not checked"


def test_ctrl_c_before_any_plan_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _stops_at(monkeypatch, 1)
    told = "stopped before any plan was found; 3 replications are kept, the same command goes on from there"
    with pytest.raises(Interrupted, match=told):
        simcap.staff(file(tmp_path, ALWAYS, AGENTS=12), replications=3, jobs=1, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_what_cannot_be_judged_is_said_and_no_items_are_no_success(tmp_path: Path) -> None:
    monthly = "sla: {m: {measure: wait, within: 20 s, target: 99%, per: month}, 20 s:"
    short = ALWAYS.replace("per_hour: 240", "per_week: [40320, 0]").replace("sla: {20 s:", monthly)
    found = simcap.staff(file(tmp_path, short, AGENTS=18), curve=False, replications=3, check=3, jobs=1)
    assert "calls / m (per month): not planned for, as no whole window of it lies within the horizon" in found.notes
    assert not any("calls / m" in line for line in plan_lines(found)), "once is enough"
    assert found.main is not None
    weeks = found.main.met.set_index("start")
    assert weeks["met"].notna().tolist() == [True, False]
    assert weeks.loc["2026-10-12", ["met_low", "met_high", "base"]].isna().all()
    assert any("the weakest window, calls / 20 s from 5 October, is met" in line for line in plan_lines(found))


@pytest.mark.parametrize("verb", [simcap.staff, simcap.sensitivity])
def test_without_items_there_is_nothing_to_ask(tmp_path: Path, verb: Any) -> None:
    empty = ALWAYS.replace("per_hour: 240", "per_hour: 0")
    with pytest.raises(RunError, match="no item of an SLA falls into"):
        verb(file(tmp_path, empty, AGENTS=4), replications=3, jobs=1, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()
