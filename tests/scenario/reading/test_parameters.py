"""Fitted parameters: what they fill, what they leave alone, how replications draw them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from simcap.errors import ScenarioError
from simcap.experiment.replicate import replicate
from simcap.scenario.reading.loading import ScenarioFile, load
from simcap.streams import Streams
from simcap.units import WEEK

SCENARIO = """
name: small
calibration: parameters.yaml
horizon: {start: 2026-10-05, days: 2, timezone: UTC}
queues:
  mail:
    arrivals: {per_day: 100}
  chat:
    arrivals: {per_day: 50, profile: flat}
    handle_time: {lognormal: {mean: 90 s, cv: 0.5}}
vendors:
  north:
    attrition: {per_year: 30%}
    teams:
      day: {timezone: UTC, agents: 4, skills: [mail, chat], shift: {always: true}}
      night: {timezone: UTC, agents: 2, skills: [mail], shrinkage: {absence: 1%}, shift: {always: true}}
"""

PARAMETERS = """
title: 2026 Q3
queues:
  mail:
    arrivals: {per_week: 700, growth: 1%, profile: social, busyness: {cv: 0.2, correlation: 0.4}}
    handle_time: {lognormal: {mean: 5 min, cv: 0.8}}
    then: {chat: {share: 10%}, elsewhere: {share: 5%}}
  chat:
    handle_time: {lognormal: {mean: 7 min, cv: 0.8}}
  letters: {handle_time: {lognormal: {mean: 1 h, cv: 0.8}}}
vendors:
  north:
    attrition: {per_year: 60%}
    shrinkage: {absence: 8%, offline: 5%}
    teams:
      day: {attrition: {per_year: 50%}, spread: 0.15}
draws:
  - group: handle time
    paths: [queues.mail.handle_time.lognormal.mean, queues.mail.handle_time.lognormal.cv]
    scale: [log, log]
    covariance: [[0.01, 0.012], [0.012, 0.04]]
  - group: handle time
    paths: [queues.chat.handle_time.lognormal.mean]
    scale: [log]
    covariance: [[0.01]]
  - group: shrinkage
    paths: [vendors.north.shrinkage.absence]
    scale: [logit]
    covariance: [[0.04]]
"""

Files = Callable[..., Path]


@pytest.fixture
def files(tmp_path: Path) -> Files:
    def write(scenario: str = SCENARIO, parameters: str = PARAMETERS) -> Path:
        (tmp_path / "scenario.yaml").write_text(scenario)
        (tmp_path / "parameters.yaml").write_text(parameters)
        return tmp_path / "scenario.yaml"

    return write


@pytest.fixture
def file(files: Files) -> ScenarioFile:
    return load(files())


def test_what_is_left_out_is_filled_and_what_is_given_stays(file: ScenarioFile) -> None:
    mail, chat = file.scenario.queues.values()
    assert mail.arrivals is not None
    assert (mail.arrivals.per_day, mail.arrivals.per_week, mail.arrivals.growth) == ((100,), None, 0)
    assert mail.arrivals.profile == "social"
    assert mail.arrivals.busyness is not None
    assert mail.arrivals.busyness.correlation == 0.4
    assert mail.handle_time is not None
    assert mail.handle_time.lognormal is not None
    assert mail.handle_time.lognormal.mean == 300
    assert list(mail.then) == ["chat"]
    assert chat.arrivals is not None
    assert chat.arrivals.profile == "flat"
    assert chat.handle_time is not None
    assert chat.handle_time.lognormal is not None
    assert chat.handle_time.lognormal.mean == 90
    north = file.scenario.vendors["north"]
    day, night = north.practice("day"), north.practice("night")
    assert day.attrition is not None
    assert day.attrition.per_year == 0.3
    assert (day.spread, night.spread) == (0.15, None)
    assert day.shrinkage is not None
    assert day.shrinkage.absence == (0.08,)
    assert night.shrinkage is not None
    assert night.shrinkage.absence == (0.01,)


def test_volumes_are_filled_where_the_scenario_gives_none(files: Files) -> None:
    text = SCENARIO.replace("  mail:\n    arrivals: {per_day: 100}\n", "  mail: {title: Mail}\n")
    arrivals = load(files(text)).scenario.queues["mail"].arrivals
    assert arrivals is not None
    assert (arrivals.per_week, arrivals.growth) == ((700,), 0.01)


def test_the_clock_of_a_fitted_profile_comes_with_it_and_with_nothing_else(files: Files) -> None:
    fitted = PARAMETERS.replace("profile: social,", "profile: social, timezone: America/Bogota,")
    mail = load(files(parameters=fitted)).scenario.queues["mail"]
    assert mail.arrivals is not None
    assert mail.arrivals.timezone == "America/Bogota"
    for own, zone in (("profile: office", None), ("profile: office, timezone: Asia/Manila", "Asia/Manila")):
        text = SCENARIO.replace("{per_day: 100}", f"{{per_day: 100, {own}}}")
        mail = load(files(text, fitted)).scenario.queues["mail"]
        assert mail.arrivals is not None
        assert (mail.arrivals.timezone, mail.arrivals.profile) == (zone, "office")
    load(files(SCENARIO.replace("{per_day: 100}", "{per_day: 100, timezone: America/Bogota}"), fitted))
    wrong = r"scenario.yaml:7:40: queues.mail.arrivals.timezone: the profile is fitted by the clock of America/Bogota; "
    with pytest.raises(ScenarioError, match=wrong):
        load(files(SCENARIO.replace("{per_day: 100}", "{per_day: 100, timezone: Asia/Manila}"), fitted))


SPLIT = """
routing:
  allocation: {mail: {north: 60%, south: 40%}, letters: {north: 50%, south: 50%}}
  overflow: {after: 2 h}
"""


def test_a_fitted_split_holds_where_the_scenario_says_nothing_of_allocation(files: Files) -> None:
    south = "  south: {teams: {late: {timezone: UTC, agents: 2, skills: [mail], shift: {always: true}}}}\n"
    fitted = PARAMETERS.replace("draws:", SPLIT.lstrip() + "draws:")
    routing = load(files(SCENARIO + south, fitted)).scenario.routing
    assert routing.allocation == {"mail": {"north": 0.6, "south": 0.4}}
    assert routing.overflow is not None
    assert routing.overflow.after == 7200
    pool = load(files(SCENARIO + south + "routing: {allocation: {}}\n", fitted)).scenario.routing
    assert (pool.allocation, pool.overflow) == ({}, None)
    ruled = load(files(SCENARIO + south + "routing: {rule: longest_wait, overflow: {after: 1 h}}\n", fitted)).scenario
    assert ruled.routing.rule == "longest_wait"
    assert ruled.routing.allocation == {"mail": {"north": 0.6, "south": 0.4}}
    assert ruled.routing.overflow is not None
    assert ruled.routing.overflow.after == 3600
    assert load(files(parameters=fitted)).scenario.routing.allocation == {}, "there is no south"


def test_only_values_in_use_are_drawn_and_each_replication_draws_its_own(file: ScenarioFile) -> None:
    assert file.fitted is not None
    drawn = [file.fitted.draw(Streams(1, replication)) for replication in range(2000)]
    mean, cv, absence = (
        "queues.mail.handle_time.lognormal.mean",
        "queues.mail.handle_time.lognormal.cv",
        "vendors.north.shrinkage.absence",
    )
    assert {path for draws in drawn for path in draws} == {mean, cv, absence}
    logs = np.log([[draws[mean] / 300, draws[cv] / 0.8] for draws in drawn])
    assert abs(logs.mean(axis=0) / [0.1, 0.2] * np.sqrt(2000)).max() < 4
    assert np.cov(logs.T) == pytest.approx(np.array([[0.01, 0.012], [0.012, 0.04]]), rel=0.15)
    shares = np.array([draws[absence] for draws in drawn])
    logit = np.log(shares / (1 - shares)) - np.log(0.08 / 0.92)
    assert abs(logit.mean() / 0.2 * np.sqrt(2000)) < 4
    assert logit.std() == pytest.approx(0.2, rel=0.08)
    assert file.fitted.draw(Streams(1, 7)) == drawn[7]


def test_a_replication_runs_on_its_own_draw(file: ScenarioFile) -> None:
    outcome, _ = replicate(file, 1, 0, ("horizon",))
    assert file.fitted is not None
    assert outcome.drawn == file.fitted.draw(Streams(1, 0))


def test_scenarios_that_use_the_same_value_draw_the_same(files: Files) -> None:
    first = load(files())
    other = load(files(SCENARIO.replace("    handle_time: {lognormal: {mean: 90 s, cv: 0.5}}\n", "")))
    assert first.fitted is not None
    assert other.fitted is not None
    one, two = first.fitted.draw(Streams(1, 3)), other.fitted.draw(Streams(1, 3))
    assert len(two) == len(one) + 1
    assert one.items() <= two.items()


BAD = [
    (PARAMETERS.replace("scale: [logit]", "scale: [odds]"), "draws.2.scale.0"),
    (PARAMETERS.replace("[0.012, 0.04]]", "[0.012]]"), "2 paths need as many scales, and a covariance of 2 rows"),
    (PARAMETERS.replace("[[0.01, 0.012]", "[[0.01, 0.5]"), "the covariance is not symmetric"),
    (PARAMETERS.replace("0.012", "0.5"), "not positive semi-definite"),
    (PARAMETERS.replace("[[0.04]]", "[[400]]"), "shrinkage.absence is 400 on the logit scale; it is at most 100"),
    (PARAMETERS.replace("[[0.04]]", "[[1.0e300]]"), "the covariance has values beyond 1,000,000,000,000"),
    (PARAMETERS.replace("mean: 5 min", "mean: 5 minz"), "parameters.yaml:6:37: queues.mail.handle_time.lognormal.mean"),
    (PARAMETERS + "nonsense: 1\n", ": nonsense: unknown key; known here: title, history, queues"),
    (
        PARAMETERS.replace("  - group: shrinkage", "  - groop: shrinkage"),
        "draws.2.groop: unknown key; did you mean 'group'?",
    ),
    ("- a list\n", "parameters.yaml:1:1"),
    (None, "there is no such file"),
]


@pytest.mark.parametrize(("text", "message"), BAD, ids=range(len(BAD)))
def test_a_bad_file_is_named_with_its_place(files: Files, text: str | None, message: str) -> None:
    path = files(parameters=text or "")
    if text is None:
        (path.parent / "parameters.yaml").unlink()
    with pytest.raises(ScenarioError, match=re.escape(message)):
        load(path)


def test_tenure_of_a_week_is_a_duration(files: Files) -> None:
    text = PARAMETERS.replace(
        "      day: {attrition: {per_year: 50%}, spread: 0.15}",
        "      day: {ramp: {start: 50%, reaches: 90%, after: 6 weeks, shape: exponential}}",
    )
    text += "  - {group: ramp, paths: [vendors.north.teams.day.ramp.after], scale: [log], covariance: [[0.0]]}\n"
    file = load(files(parameters=text))
    assert file.fitted is not None
    assert file.fitted.draw(Streams(1, 0))["vendors.north.teams.day.ramp.after"] == pytest.approx(6 * WEEK)
