"""Accuracy from quality checks: the truth is found as often as its intervals say; bad rows are named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from simcap.calibration.calibrate import calibrate
from simcap.calibration.fits.accuracy import fit_accuracy
from simcap.calibration.fits.fit import Estimate, Fit, NotFitted, of_vendor
from simcap.calibration.fits.ramp import speed
from simcap.calibration.history.configuration import Configuration, read_configuration
from simcap.calibration.history.history import read_history
from simcap.calibration.history.logs import read_quality
from simcap.calibration.history.sources import QualityLog
from simcap.errors import DataError, ScenarioError
from simcap.scenario.reading.loading import load
from simcap.scenario.reading.writing import to_yaml
from simcap.units import DAY
from tests.calibration import quarters
from tests.calibration.quarters import FIRST, PLAN, Truth

START, AFTER = 0.55, 50.0
RAMP = Fit(
    "ramp",
    (
        Estimate(of_vendor("north"), ("ramp", "start"), START, "logit"),
        Estimate(of_vendor("north"), ("ramp", "after"), AFTER * DAY, "log", "s"),
    ),
    np.zeros((2, 2)),
    100,
    {},
)


def checks(seed: int, tenured: float, new: float, agents: int = 120) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return weekly checks of 12 decisions, and the roster; agents differ in how often they err."""
    generator = np.random.default_rng(seed)
    first = FIRST.toordinal()
    hired = first - generator.integers(-60, 500, agents)
    own = generator.gamma(6, 1 / 6, agents)
    rows = []
    for agent in range(agents):
        for day in range(first, first + 91, 7):
            if day >= hired[agent]:
                newness = (1 - speed(START, AFTER, np.array([float(day - hired[agent])]))[0]) / (1 - START)
                share = min((tenured + (new - tenured) * newness) * own[agent], 1.0)
                rows.append((f"a{agent}", float(day), 12.0, float(generator.binomial(12, share))))
    roster = pd.DataFrame({"agent": [f"a{n}" for n in range(agents)], "vendor": "north", "hired": hired.astype(float)})
    return pd.DataFrame(rows, columns=["agent", "day", "checked", "wrong"]), roster


@pytest.mark.slow
def test_intervals_of_accuracy_cover_the_truth() -> None:
    truth = (0.03, 0.12)
    inside = np.zeros(2)
    runs = 120
    for seed in range(runs):
        quality, roster = checks(seed, *truth)
        (fit,) = fit_accuracy(quality, roster, [RAMP], ["mail"])
        assert isinstance(fit, Fit)
        logits = np.array([np.log(estimate.value / (1 - estimate.value)) for estimate in fit.estimates])
        apart = np.abs(logits - np.log(np.array(truth) / (1 - np.array(truth))))
        inside += apart < 1.6449 * fit.standard_errors()
    assert (inside / runs > 0.82).all()
    assert (inside / runs < 0.97).all()


def test_without_new_agents_there_is_one_share() -> None:
    quality, roster = checks(1, 0.05, 0.05)
    (fit,) = fit_accuracy(quality, roster, [], ["mail", "post"])
    assert isinstance(fit, Fit)
    assert [estimate.path for estimate in fit.estimates] == [
        "queues.mail.errors.tenured",
        "queues.post.errors.tenured",
    ]
    assert fit.estimates[0].value == pytest.approx(quality["wrong"].sum() / quality["checked"].sum())
    assert np.linalg.matrix_rank(fit.covariance) == 1


def test_queues_are_told_apart_where_the_checks_name_them() -> None:
    low, roster = checks(1, 0.02, 0.02)
    high, _ = checks(2, 0.2, 0.2)
    quality = pd.concat([low.assign(queue="mail"), high.assign(queue="post")], ignore_index=True)
    fits = fit_accuracy(quality, roster, [], ["mail", "post"])
    found = {fit.estimates[0].path: fit.estimates[0].value for fit in fits if isinstance(fit, Fit)}
    assert found["queues.mail.errors.tenured"] < 0.03
    assert 0.15 < found["queues.post.errors.tenured"] < 0.25


def test_a_queue_with_few_wrong_decisions_has_the_share_of_all() -> None:
    many, roster = checks(1, 0.05, 0.05)
    few = checks(2, 0.05, 0.05)[0].head(12)
    quality = pd.concat([many.assign(queue="mail"), few.assign(queue="post")], ignore_index=True)
    own, drawn = fit_accuracy(quality, roster, [], ["mail", "post"])
    assert isinstance(own, Fit)
    assert isinstance(drawn, Fit)
    assert [fit.estimates[0].path for fit in (own, drawn)] == [
        "queues.mail.errors.tenured",
        "queues.post.errors.tenured",
    ]
    assert drawn.value("errors", "tenured") == pytest.approx(quality["wrong"].sum() / quality["checked"].sum())
    assert drawn.prior.endswith("too few alone: the share of all queues together")
    assert not own.prior


def test_too_few_wrong_decisions_are_said() -> None:
    quality, roster = checks(1, 0.0001, 0.0001, agents=10)
    (missing,) = fit_accuracy(quality, roster, [RAMP], ["mail"])
    assert isinstance(missing, NotFitted)
    assert "20 of 8 are needed" in missing.why


def _folder(tmp_path: Path, quality: str) -> Path:
    items, roster, attendance = quarters.draw(Truth(per_week=1200, agents=40), 2)
    items.to_parquet(tmp_path / "items.parquet")
    for name, table in (("roster", roster), ("attendance", attendance)):
        table.to_csv(tmp_path / f"{name}.csv", index=False)
    (tmp_path / "quality.csv").write_text(quality)
    (tmp_path / "calibration.yaml").write_text(PLAN + "quality: {path: quality.csv}\n")
    return tmp_path / "calibration.yaml"


def test_checks_reach_a_scenario_and_bad_rows_are_named(tmp_path: Path) -> None:
    good = "".join(f"a{n},2026-08-{day:02d},20,{n % 3}\n" for n in range(30) for day in (3, 10, 17, 24))
    bad = "a1,someday,20,1\na1,2026-08-03,0,0\na1,2026-08-03,20,-1\na1,2026-08-03,20,21\na1,2025-08-03,20,1\n"
    path = _folder(tmp_path, f"agent,date,checked,wrong\n{good}{bad}")
    found = calibrate(path)
    sheet = next(sheet for sheet in found.history.sheets if sheet.file == "quality.csv")
    assert sheet.read == 125
    assert len(sheet.table) == 120
    assert sorted(cause.rows for cause in sheet.dropped) == [1, 1, 1, 1, 1]
    (tmp_path / "parameters.yaml").write_text(to_yaml(found.parameters(), "fitted"))
    (tmp_path / "plan.yaml").write_text(
        "name: p\nhorizon: {start: 2026-10-05, weeks: 1, timezone: UTC}\ncalibration: parameters.yaml\n"
        "queues: {mail: {}}\nvendors: {north: {teams: {t: {timezone: UTC, agents: 9, skills: [mail],\n"
        "  shift: {days: Mon-Sun, start: '09:00', length: 8 h}}}}}\n"
    )
    errors = load(tmp_path / "plan.yaml").scenario.queues["mail"].errors
    assert errors is not None
    assert 0.02 < errors.tenured < 0.1


@pytest.mark.parametrize("written", ["{:.2f}", "{:.2%}"])
def test_a_sample_told_by_its_share_has_the_same_wrong_decisions(tmp_path: Path, written: str) -> None:
    checks_ = [(f"a{n}", f"2026-08-{day:02d}", 20, n % 3) for n in range(30) for day in (3, 10, 17, 24)]
    rows = "".join(f"{who},{day},{n},{written.format(1 - bad / n)}\n" for who, day, n, bad in checks_)
    (tmp_path / "q.csv").write_text(f"agent,date,checked,share\n{rows}a1,2026-08-03,20,\n")
    source = QualityLog.model_validate({"path": "q.csv", "columns": {"accuracy": "share"}})
    plan = Configuration.model_validate(
        {"title": "q", "timezone": "UTC", "from": "2026-07-06", "to": "2026-10-04", "quality": source}
    )
    sheet = read_quality(plan, source, tmp_path)
    assert sheet.table["wrong"].tolist() == [bad for *_, bad in checks_]
    assert [(cause.reason, cause.rows) for cause in sheet.dropped] == [("accuracy is not a share", 1)]


def test_a_lacking_column_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no column 'wrong'"):
        calibrate(_folder(tmp_path, "agent,date,checked,bad\na1,2026-08-03,20,1\n"))


LOG = """\
queue,created,started,completed,agent,verdict
mail,2026-07-06 22:00,2026-07-06 23:00,2026-07-06 23:30,ann,yes
mail,2026-07-06 22:10,2026-07-06 23:30,2026-07-07 00:10,ann,no
mail,2026-07-07 09:00,2026-07-07 09:10,2026-07-07 09:20,bob,
mail,2026-07-07 09:30,,,,yes
"""


def test_the_log_may_say_which_decisions_were_wrong(tmp_path: Path) -> None:
    """On the day of the decision; who was not checked, or has not decided, says nothing."""
    (tmp_path / "log.csv").write_text(LOG)
    (tmp_path / "quality.csv").write_text("agent,date,checked,wrong\nann,2026-07-07,20,1\n")
    head = "title: t\ntimezone: UTC\nfrom: 2026-07-06\nto: 2026-08-02\n"
    plan = head + "items: {path: log.csv, columns: {wrong: verdict}}\n"
    path = tmp_path / "calibration.yaml"
    path.write_text(plan)
    found = read_history(read_configuration(path), tmp_path).quality
    assert found is not None
    assert found[["agent", "queue", "checked", "wrong"]].to_numpy().tolist() == [
        ["ann", "mail", 1.0, 1.0],
        ["ann", "mail", 1.0, 0.0],
    ]
    assert (found["day"] - FIRST.toordinal()).tolist() == [0, 1]
    path.write_text(plan + "quality: {path: quality.csv}\n")
    with pytest.raises(ScenarioError, match="the same checks would count twice"):
        read_configuration(path)
