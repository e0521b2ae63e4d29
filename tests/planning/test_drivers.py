"""Drivers of scenarios whose draws are made by hand: names, ranges, what is said of them, what they change."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simcap.planning import drivers
from simcap.planning.drivers import Driver, drivers_of, without_factor
from simcap.scenario.reading.loading import Scaling, ScenarioFile, load
from simcap.scenario.reading.parameters import number_at
from simcap.streams import Streams
from simcap.units import WEEK, YEAR
from tests.helpers import Array

PLAN = """
name: two vendors
horizon: {start: 2026-10-05, weeks: 2, timezone: UTC}
UNCERTAIN
queues:
  mail:
    arrivals: {per_week: 6000, busyness: {cv: 10%, shared: 80%}}
    handle_time: {exponential: 5 min}
    errors: {tenured: 4%, new: 8%}
vendors:
  north:
    attrition: {per_year: 40%}
    shrinkage: {absence: 10%, offline: 5%}
    ramp: {start: 60%, reaches: 100%, after: 10 weeks}
    teams: {day: {timezone: UTC, agents: 40, skills: [mail], shift: {always: true}}}
  south:
    attrition: {weibull: {shape: 0.8, scale: 300 weeks}}
    shrinkage: {absence: {weekly: [10%, 20%]}}
    teams: {far: {timezone: UTC, agents: 40, skills: [mail], shift: {always: true}}}
"""
TENTH = [0.9, 1.1]


def desk(folder: Path, *uncertain: str, text: str = PLAN) -> ScenarioFile:
    """Return the scenario with some parameters under `uncertain`."""
    listed = "".join(f"\n  {path}: {{uniform: [RANGE]}}" for path in uncertain).replace("RANGE", "1, 2")
    for path in uncertain:
        if path.endswith(("per_year", "cv", "shared", "absence", "tenured", "growth", "start")):
            listed = listed.replace(f"{path}: {{uniform: [1, 2]}}", f"{path}: {{uniform: [1%, 50%]}}")
        if path.endswith(("scale", "after", "exponential")):
            listed = listed.replace(f"{path}: {{uniform: [1, 2]}}", f"{path}: {{uniform: [1 week, 2 weeks]}}")
    (folder / "plan.yaml").write_text(text.replace("UNCERTAIN", f"uncertain:{listed}" if uncertain else ""))
    return load(folder / "plan.yaml")


@pytest.fixture(name="draws")
def _draws(monkeypatch: pytest.MonkeyPatch) -> dict[str, Array]:
    """Let replications draw what is put in here by path: 400 values, in an order that is not theirs."""
    given: dict[str, Array] = {}

    def drawn(_file: ScenarioFile, streams: Streams) -> dict[str, float]:
        assert streams.seed == 3
        return {path: float(values[streams.replication * 7 % 400]) for path, values in given.items()}

    monkeypatch.setattr(drivers, "draw_uncertain", drawn)
    return given


def between(low: float, high: float) -> Array:
    return np.linspace(low, high, 400)


def known(file: ScenarioFile) -> dict[str, Driver]:
    return {driver.name: driver for driver in drivers_of(file, 3)}


def ends(driver: Driver) -> tuple[float, float]:
    return driver.low, driver.high


def test_without_anything_uncertain_all_move_by_a_tenth(tmp_path: Path, draws: dict[str, Array]) -> None:
    found = known(desk(tmp_path))
    assert draws == {}
    assert list(found) == [
        "volume",
        "handle time",
        "attrition of north",
        "absence of north",
        "offline time of north",
        "length of the ramp of north",
        "attrition of south",
        "absence of south",
    ]
    for driver in found.values():
        assert not driver.own
        assert driver.factors.tolist() == TENTH
        assert ends(driver) == (0.9, 1.1)
        assert driver.ppf(np.array([0.0, 0.25, 1.0])).tolist() == pytest.approx([0.9, 0.95, 1.1])
    shown = {name: driver.shown(1.1) for name, driver in found.items()}
    assert shown == {
        "volume": "+10%",
        "handle time": "+10%",
        "attrition of north": f"{1 - 0.6**1.1:.1%}",
        "absence of north": "11.0%",
        "offline time of north": "5.5%",
        "length of the ramp of north": "77 days",
        "attrition of south": "x1.10",
        "absence of south": "11.0%",
    }
    assert found["volume"].shown(0.9) == "-10%"


def test_what_each_of_them_changes(tmp_path: Path, draws: dict[str, Array]) -> None:
    file = desk(tmp_path)
    assert not draws
    found = {name: driver.change(1.25) for name, driver in known(file).items()}
    assert {name: change.name for name, change in found.items()} == {name: f"{name} x1.25" for name in found}
    assert list(found["volume"].patch["events"]) == ["driver-volume"]
    assert found["volume"].patch["events"]["driver-volume"]["surge"]["factor"] == 1.25
    assert found["handle time"].patch == {
        "events": {"driver-handle-time": {"handle_time": {"from": file.scenario.horizon.start, "factor": 1.25}}}
    }
    north, south = "vendors.north", "vendors.south"
    assert {name: change.scaled for name, change in found.items() if change.scaled} == {
        "attrition of north": (Scaling(f"{north}.attrition.per_year", 1.25, "hazard"),),
        "absence of north": (Scaling(f"{north}.shrinkage.absence", 1.25, "share"),),
        "offline time of north": (Scaling(f"{north}.shrinkage.offline", 1.25, "share"),),
        "length of the ramp of north": (Scaling(f"{north}.ramp.after", 1.25),),
        "attrition of south": (Scaling(f"{south}.attrition.weibull.scale", 1.25 ** (-1 / 0.8)),),
        "absence of south": tuple(Scaling(f"{south}.shrinkage.absence.weekly.{n}", 1.25, "share") for n in (0, 1)),
    }
    for change in found.values():
        assert change.of(file).scenario.name == f"two vendors, {change.name}"


def test_ranges_are_those_of_90_percent_of_what_is_drawn(tmp_path: Path, draws: dict[str, Array]) -> None:
    absence, per_week = "vendors.north.shrinkage.absence", "queues.mail.arrivals.per_week"
    draws[absence], draws[per_week] = between(0.08, 0.14), between(6000, 7200)
    found = known(desk(tmp_path, absence, per_week))
    assert list(found)[-1] == "mail, per_week", "what is nobody's comes last"
    absent, mail = found["absence of north"], found["mail, per_week"]
    assert absent.own
    assert mail.own
    assert ends(absent) == pytest.approx((0.8 + 0.05 * 0.6, 1.4 - 0.05 * 0.6))
    assert ends(mail) == pytest.approx((1.01, 1.19))
    assert mail.ppf(np.array([0.0, 0.5, 1.0])) == pytest.approx(np.array([1.0, 1.1, 1.2]))
    assert not found["absence of south"].own
    assert mail.change(1.1).scaled == (Scaling(per_week, 1.1, "number"),)
    assert (mail.shown(1.1), mail.change(1.1).name) == ("6,600", "mail, per_week x1.1")
    assert [name for name in found if "absence" in name] == ["absence of north", "absence of south"], "told once"


def test_a_week_whose_absence_is_drawn_tells_of_all(tmp_path: Path, draws: dict[str, Array]) -> None:
    draws["vendors.south.shrinkage.absence.weekly.1"] = between(0.1, 0.3)
    draws["queues.mail.arrivals.per_week"] = between(5000, 7000)
    absent = known(desk(tmp_path, "queues.mail.arrivals.per_week"))["absence of south"]
    assert absent.own
    assert absent.factors[[0, -1]] == pytest.approx([0.5, 1.5])


def test_a_vendor_without_one_thing_is_asked_for_the_others(tmp_path: Path, draws: dict[str, Array]) -> None:
    assert not draws
    text = PLAN.replace("    attrition: {weibull: {shape: 0.8, scale: 300 weeks}}\n", "")
    assert [name for name in known(desk(tmp_path, text=text)) if "south" in name] == ["absence of south"]


def test_large_numbers_and_days_are_told_in_full(tmp_path: Path, draws: dict[str, Array]) -> None:
    draws["queues.mail.arrivals.per_week"] = between(150_000, 170_000)
    text = PLAN.replace("per_week: 6000", "per_week: 160_000").replace("after: 10 weeks", "after: 60 h")
    found = known(desk(tmp_path, "queues.mail.arrivals.per_week", text=text))
    assert found["mail, per_week"].shown(1.1) == "176,000"
    assert found["length of the ramp of north"].shown(1.1) == "3 days"
    assert found["length of the ramp of north"].shown(0.5) == "30 h"


def test_hazards_of_a_year(tmp_path: Path, draws: dict[str, Array]) -> None:
    path = "vendors.north.attrition.per_year"
    draws[path] = between(0.3, 1.2)
    leaving = known(desk(tmp_path, path))["attrition of north"]
    # -ln(0.7) and -ln(0.001), for no more than all but one in a thousand leave, against -ln(0.6).
    assert leaving.factors[[0, -1]] == pytest.approx([math.log(0.7) / math.log(0.6), math.log(0.001) / math.log(0.6)])
    assert (np.diff(leaving.factors) >= 0).all()
    assert leaving.own
    assert leaving.shown(1.5) == f"{1 - 0.6**1.5:.1%}"


def test_a_weibull_moves_by_the_hazard_of_its_first_year(tmp_path: Path, draws: dict[str, Array]) -> None:
    scale, shape = "vendors.south.attrition.weibull.scale", "vendors.south.attrition.weibull.shape"
    draws[scale] = between(200 * WEEK, 400 * WEEK)
    leaving = known(desk(tmp_path, scale))["attrition of south"]
    # Half as long again is 1.5 ** -0.8 of the hazard.
    assert leaving.factors[[0, -1]] == pytest.approx([(4 / 3) ** -0.8, (2 / 3) ** -0.8])
    assert (np.diff(leaving.factors) >= 0).all()
    draws[shape] = between(0.6, 1.0)
    both = known(desk(tmp_path, scale, shape))
    year = YEAR / (300 * WEEK)
    known_ends = [(year * 1.5) ** 0.6 / year**0.8, (year * 0.75) ** 1.0 / year**0.8]
    assert both["attrition of south"].factors[[0, -1]] == pytest.approx(sorted(known_ends))
    assert not [name for name in both if "shape" in name], "it has moved with the scale"


def test_hazards_by_time_there_move_as_they_are_drawn(tmp_path: Path, draws: dict[str, Array]) -> None:
    text = PLAN.replace(
        "{weibull: {shape: 0.8, scale: 300 weeks}}", "{hazard: {0-13 weeks: 8% per month, 13+ weeks: 3% per month}}"
    )
    file = desk(tmp_path, text=text)
    leaving = known(file)["attrition of south"]
    assert [scaling.factor for scaling in leaving.change(1.1).scaled] == [1.1, 1.1]
    first = leaving.change(1.1).scaled[0].path
    draws[first] = number_at(file.document, first) * between(0.5, 2)
    draws["queues.mail.arrivals.per_week"] = between(5000, 7000)
    drawn = known(desk(tmp_path, "queues.mail.arrivals.per_week", text=text))["attrition of south"]
    assert drawn.factors == pytest.approx(between(0.5, 2))


@pytest.mark.parametrize(
    ("path", "low", "high", "name", "shown", "kind"),
    [
        ("queues.mail.arrivals.busyness.cv", 0.09, 0.11, "mail, busyness, cv", "0.11", "share"),
        ("queues.mail.arrivals.busyness.shared", 0.7, 0.9, "mail, busyness, shared", "88.0%", "share"),
        ("queues.mail.handle_time.exponential", 240, 360, "mail, handle_time, exponential", "5.5 min", "number"),
        ("vendors.north.ramp.start", 0.5, 0.7, "north, ramp, start", "66.0%", "share"),
        ("queues.mail.errors.tenured", 0.039, 0.041, "mail, errors, tenured", "0.044", "share"),
        ("vendors.north.teams.day.agents", 36, 44, "north, day, agents", "44", "number"),
    ],
)
def test_whatever_else_is_called_uncertain(
    tmp_path: Path, draws: dict[str, Array], path: str, low: float, high: float, name: str, shown: str, kind: str
) -> None:
    draws[path] = between(low, high)
    driver = known(desk(tmp_path, path))[name]
    assert driver.own
    assert driver.shown(1.1) == shown
    (scaling,) = driver.change(1.1).scaled
    assert (scaling.path, scaling.factor, scaling.kind) == (path, 1.1, kind)


@pytest.mark.parametrize(
    ("path", "low", "high", "told"),
    [
        # Of what a calibration draws, only what moves by a fiftieth or more, either way, and is no measure of scatter.
        ("queues.mail.errors.tenured", 0.0391, 0.0409, True),
        ("queues.mail.errors.tenured", 0.0395, 0.0405, False),
        ("queues.mail.errors.tenured", 0.0391, 0.0401, True),
        ("queues.mail.errors.tenured", 0.0399, 0.0409, True),
        ("queues.mail.arrivals.busyness.cv", 0.05, 0.15, False),
        ("queues.mail.arrivals.busyness.shared", 0.6, 0.9, False),
        ("queues.mail.handle_time.lognormal.cv", 0.4, 0.6, False),
        ("queues.mail.handle_time.lognormal.mean", 240, 360, True),
        ("vendors.south.attrition.weibull.shape", 0.4, 1.2, False),
    ],
)
def test_what_is_only_fitted_must_move_and_be_a_size(
    tmp_path: Path, draws: dict[str, Array], path: str, low: float, high: float, told: bool
) -> None:
    draws[path] = between(low, high)
    draws["queues.mail.arrivals.per_week"] = between(5000, 7000)
    text = PLAN.replace("{exponential: 5 min}", "{lognormal: {mean: 5 min, cv: 0.5}}") if "lognormal" in path else PLAN
    found = known(desk(tmp_path, "queues.mail.arrivals.per_week", text=text))
    assert "mail, per_week" in found
    assert any(path.split(".")[-1] in name for name in found) is told


def test_what_is_written_as_nothing_has_no_factor(tmp_path: Path, draws: dict[str, Any]) -> None:
    path = "queues.mail.arrivals.growth"
    draws[path] = between(-0.05, 0.05)
    file = desk(tmp_path, path, text=PLAN.replace("{per_week: 6000,", "{per_week: 6000, growth: 0%,"))
    assert without_factor(file) == [path]
    assert not [name for name in known(file) if "growth" in name]
    assert without_factor(desk(tmp_path, "queues.mail.arrivals.per_week")) == []
