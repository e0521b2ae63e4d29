"""Every value of a scenario once, with its interval and origin."""

from __future__ import annotations

from pathlib import Path

import pytest
from scipy import stats

from simcap.scenario.reading.derived import derived
from simcap.scenario.reading.loading import ScenarioFile, load
from simcap.scenario.reading.provenance import Assumption, assumptions, counted

SHIPPED = Path(__file__).parents[3] / "scenarios" / "baseline.yaml"


def by_path(file: ScenarioFile) -> dict[str, Assumption]:
    rows = assumptions(file)
    assert len({row.path for row in rows}) == len(rows), "no value is listed twice"
    return {row.path: row for row in rows}


def test_each_value_has_the_origin_of_its_place(calibrated: ScenarioFile) -> None:
    rows = by_path(calibrated)
    assert rows["queues.mail.arrivals.per_week"].origin == "reported"
    assert rows["queues.mail.arrivals.growth"].origin == "prior"
    assert rows["vendors.north.contract.price.per_productive_hour"].origin == "contract"
    assert rows["vendors.north.teams.day.agents"].origin == "scenario"
    assert rows["horizon.warm_up"][1:4] == ("2 weeks", "", "default")
    assert rows["vendors.north.teams.day.attrition"][1:4] == ("nobody leaves", "", "default")
    assert rows["vendors.north.teams.day.skills"].value == "mail"
    assert not {path for path in rows if path.startswith(("name", "calibration", "uncertain"))}


def test_what_replications_draw_has_its_interval(calibrated: ScenarioFile) -> None:
    row = by_path(calibrated)["queues.mail.handle_time.constant"]
    low, high = stats.uniform(50, 20).ppf([0.05, 0.95])
    assert row.interval == f"{low:.4g} s to {high:.4g} s" == "51 s to 69 s"
    fitted = by_path(load(SHIPPED))["vendors.kestrel.ramp.start"]
    low, high = (float(end) for end in fitted.interval.split(" to "))
    assert low < float(fitted.value) < high


def test_a_question_changes_the_origin_of_what_it_changes(calibrated: ScenarioFile) -> None:
    asked = derived(calibrated, {"queues": {"mail": {"arrivals": {"per_week": 900}}}})
    row = by_path(asked)["queues.mail.arrivals.per_week"]
    assert (row.value, row.origin, row.source) == ("900", "scenario", "changed for this question")
    assert by_path(asked)["queues.mail.arrivals.growth"].origin == "prior"


@pytest.mark.parametrize("uncertain", [{"lognormal": {"mean": 60, "cv": 0.5}}, {"gamma": {"mean": 60, "cv": 0.5}}])
def test_intervals_are_those_of_the_distribution(
    calibrated: ScenarioFile, uncertain: dict[str, dict[str, float]]
) -> None:
    [(family, about)] = uncertain.items()
    spoken = {family: {"mean": f"{about['mean']} s", "cv": about["cv"]}}
    asked = derived(calibrated, {"uncertain": {"queues.mail.handle_time.constant": {"uniform": None, **spoken}}})
    known = stats.gamma(4, scale=15) if family == "gamma" else stats.lognorm(0.4724, scale=60 / 1.25**0.5)
    ends = [float(end.split()[0]) for end in by_path(asked)["queues.mail.handle_time.constant"].interval.split(" to ")]
    seconds = [end * (60 if end < 5 else 1) for end in ends]
    assert seconds == pytest.approx(known.ppf([0.05, 0.95]), rel=2e-3)


def test_counts_follow_the_order_of_origins(calibrated: ScenarioFile) -> None:
    counts = counted(assumptions(calibrated))
    assert list(counts) == ["reported", "contract", "prior", "scenario", "default"]
    assert sum(counts.values()) == len(assumptions(calibrated))
