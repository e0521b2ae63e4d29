"""What the uncertainty is made of: groups that matter are found, those that do not are not, and nothing else moves."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from simcap.cli import main
from simcap.experiment.replicate import replicate
from simcap.experiment.variance import CHANCE, SCENARIO, held, sources
from simcap.scenario.reading.loading import load

PLAN = """
name: small
horizon: {start: 2026-10-05, weeks: 2, timezone: UTC, warm_up: 1 week}
simulation: {replications: 24, seed: 3}
queues:
  mail:
    arrivals: {per_week: 4000}
    handle_time: {lognormal: {mean: 5 min, cv: 0.9}}
    sla: {1 h: {measure: turnaround, within: 1 h, target: 90%, per: week}}
vendors:
  north: {teams: {day: {timezone: UTC, agents: 2, skills: [mail], shift: {always: true}}}}
"""


def plan(folder: Path, *more: str) -> Path:
    path = folder / "plan.yaml"
    path.write_text("\n".join([PLAN, *more]), encoding="utf-8")
    return path


def run(path: Path, out: Path, *more: str) -> tuple[pd.DataFrame, str]:
    words = ["run", str(path), "--out", str(out), "--no-charts", "--variance", "-j", "1", *more]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 0, done.output
    return pd.read_csv(out / "tables" / "variance.csv"), done.output


def test_a_scenario_that_knows_everything_is_all_chance(tmp_path: Path) -> None:
    table, output = run(plan(tmp_path), tmp_path / "out")
    assert table.empty
    assert "all of it is chance" in output


def test_what_matters_is_found(tmp_path: Path) -> None:
    uncertain = "uncertain: {queues.mail.arrivals.per_week: {uniform: [2500, 4600]}}"
    table, output = run(plan(tmp_path, uncertain), tmp_path / "out")
    shares = table.set_index("source")["share"]
    assert shares[SCENARIO] > 0.8
    assert shares[CHANCE] < 0.2
    assert shares[SCENARIO] + shares[CHANCE] == pytest.approx(1.0)
    assert (table["p05"] <= table["share"]).all()
    assert "Sources of the uncertainty of attainment" in output


def test_sketches_find_what_simulations_do(tmp_path: Path) -> None:
    uncertain = "uncertain: {queues.mail.arrivals.per_week: {uniform: [2500, 4600]}}"
    simulated, _ = run(plan(tmp_path, uncertain), tmp_path / "simulated")
    sketched, output = run(plan(tmp_path, uncertain), tmp_path / "sketched", "-n", "16", "--sketches", "60")
    shares = [table.set_index("source")["share"] for table in (simulated, sketched)]
    assert shares[1][SCENARIO] == pytest.approx(shares[0][SCENARIO], abs=0.1)
    assert set(sketched["sketches"]) == {60}
    assert set(simulated["sketches"]) == {0}
    assert "Shares are those of 60 sketches" in output


def test_what_does_not_matter_is_not(tmp_path: Path) -> None:
    uncertain = "uncertain: {queues.mail.arrivals.per_week: {uniform: [3999, 4001]}}"
    table, _ = run(plan(tmp_path, uncertain), tmp_path / "out")
    assert abs(table.set_index("source")["share"][SCENARIO]) < 0.2


def test_holding_a_group_leaves_the_others_as_they_were(tmp_path: Path) -> None:
    (tmp_path / "parameters.yaml").write_text(
        "vendors: {north: {shrinkage: {offline: 0.1}, spread: 0.1}}\n"
        "draws:\n"
        "- {group: shrinkage, paths: [vendors.north.shrinkage.offline], scale: [logit], covariance: [[0.04]]}\n"
        "- {group: handle time, paths: [vendors.north.spread], scale: [log], covariance: [[0.04]]}\n"
    )
    uncertain = "uncertain: {queues.mail.arrivals.per_week: {uniform: [2500, 4600]}}"
    file = load(plan(tmp_path, uncertain, "calibration: parameters.yaml"))
    assert sources(file) == ["shrinkage", "handle time", SCENARIO]
    drawn = replicate(file, 3, 1, ("horizon", "week"))[0].drawn
    kept = replicate(held(file, {"shrinkage"}), 3, 1, ("horizon", "week"))[0].drawn
    assert set(drawn) - set(kept) == {"vendors.north.shrinkage.offline"}
    assert all(drawn[path] == value for path, value in kept.items())
    alone = replicate(held(file, set(sources(file))), 3, 1, ("horizon", "week"))[0]
    assert alone.drawn == {}


@pytest.mark.filterwarnings("error")
def test_what_never_varies_has_no_shares(tmp_path: Path) -> None:
    uncertain = "uncertain: {queues.mail.arrivals.per_week: {uniform: [20, 21]}}"
    table, output = run(plan(tmp_path, uncertain), tmp_path / "out")
    assert table["sd"].eq(0).all()
    assert table[["share", "p05", "p95"]].isna().all(axis=None)
    assert "mail / 1 h" in output


def test_few_replications_show_no_variance(tmp_path: Path) -> None:
    uncertain = "uncertain: {queues.mail.arrivals.per_week: {uniform: [2500, 4600]}}"
    words = ["run", str(plan(tmp_path, uncertain)), "--out", str(tmp_path / "out"), "--variance", "-n", "9"]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 2
    assert "at least 10 replications" in done.output
    assert not (tmp_path / "out").exists()
