"""What leaves undecided is seen: beside attainment, in an SLA that counts it, and as a risk of its own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import simcap
from simcap.experiment.results import Results
from simcap.experiment.summary import summary_of
from simcap.report.wording.findings import sla_finding
from simcap.report.wording.sla_rows import outlook
from simcap.report.wording.standing import standings
from simcap.scenario.reading.loading import ScenarioFile, load

CASE = Path(__file__).parents[3] / "shared" / "cases" / "35-expired" / "a.yaml"
pytestmark = pytest.mark.skipif(not CASE.exists(), reason=f"the case is not in {CASE}")


def share_lost(rate: float, service: float, patience: float) -> float:
    """Return the share that leaves M/M/1 with constant patience (Baccelli & Hebuterne 1981)."""
    grown = np.exp((rate - service) * patience)
    empty = 1 / (1 + rate * (grown - 1) / (rate - service) + rate * grown / service)
    return float(empty * rate * grown / service)


LOST = share_lost(2.0, 1.0, 1.0)
"""Two calls a minute of a minute each for one agent, who hang up after a minute: 55%."""


def with_counts(counts: str) -> ScenarioFile:
    """Return the case with an SLA that counts what is decided, or all."""
    return simcap.change(str(CASE), {"queues": {"calls": {"sla": {"2 min": {"counts": counts}}}}})


@pytest.fixture(scope="module", name="results")
def _results() -> Results:
    return simcap.run(load(CASE))


def test_the_share_that_left_undecided_stands_beside_each_attainment(results: Results) -> None:
    slas = results.tables["sla"]
    assert (slas["attainment"] == 1).all()
    assert slas.loc[slas["period"] == "horizon", "expired_share"].tolist() == pytest.approx([LOST], abs=0.01)
    assert (slas["expired_share"] > 0.45).all()
    queues = results.tables["queues"]
    share = queues[(queues["measure"] == "expired_share") & (queues["period"] == "horizon")]["mean"]
    assert share.tolist() == pytest.approx([LOST], abs=0.01)


def test_lost_work_is_a_risk_of_its_own_and_no_queue_that_loses_half_is_safe(results: Results) -> None:
    (risk,) = results.tables["risks"].to_dict("records")
    assert (risk["risk"], risk["subject"], risk["probability"]) == ("work_lost", "calls", 1)
    assert 0.5 < risk["low"] < 0.6
    assert risk["share"] == pytest.approx(LOST, abs=0.02)
    assert risk["impact"] == pytest.approx(LOST * 120 * 168, rel=0.03)
    assert "leave after 1 min" in risk["what_would_fix_it"]
    (row,) = summary_of(results)["slas"]
    assert outlook(row) == "at risk"
    assert row["expired_share"] == pytest.approx(LOST, abs=0.01)
    assert "safe" not in sla_finding(results.scenario, standings(results))


def test_an_sla_may_count_what_left_undecided(results: Results) -> None:
    assert simcap.run(with_counts("decided")).tables["sla"].equals(results.tables["sla"])
    counted = simcap.run(with_counts("all"))
    slas, before = counted.tables["sla"], results.tables["sla"]
    assert (1 - slas["attainment"]).to_numpy() == pytest.approx(before["expired_share"].to_numpy())
    assert slas["decided"].equals(before["decided"])
    weeks = slas[slas["period"] == "week"]
    assert (weeks["miss_probability"] == 1).all()
    assert "sla_miss" in set(counted.tables["risks"]["risk"])
