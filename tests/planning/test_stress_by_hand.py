"""Shocks whose effects are made by hand: losses, recovery, single points of failure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from simcap.analysis.comparison import Run, run_of
from simcap.analysis.figures import Figures
from simcap.experiment.batch import Batch
from simcap.planning import stress
from simcap.planning.changes import Change
from simcap.planning.stress import Stress, lone_skills, stress_test
from simcap.scenario.reading.loading import ScenarioFile, load
from tests.analysis.made import PERIODS, layout_of, quiet_figures
from tests.experiment.made import attain
from tests.helpers import scenario

NAN = float("nan")
DESK = """
name: desk
horizon: {start: 2026-10-05, days: 24, timezone: UTC, warm_up: 0 days}
queues:
  chat: {arrivals: {per_week: 10}, handle_time: {constant: 1 min}}
  mail:
    arrivals: {per_week: 6000}
    handle_time: {constant: 5 min}
    sla: {1 h: {measure: wait, within: 1 h, target: 90%, per: week}}
vendors:
  north:
    teams:
      day: {timezone: UTC, agents: 4, skills: [mail], shift: {always: true}}
      few: {timezone: UTC, agents: 2, skills: [chat], shift: {always: true}}
"""
"""Three whole weeks and three days."""
PLAN = Batch(5, range(4), jobs=1)
END = dt.date(2026, 10, 10)
"""A shock that ends with day 5."""
T_3 = 3.1824463
Attained = dict[tuple[str, int], Sequence[float]]
"""By period and window: items in time, of a thousand, in each replication."""


@pytest.fixture(name="file")
def _file(tmp_path: Path) -> ScenarioFile:
    (tmp_path / "plan.yaml").write_text(DESK)
    return load(tmp_path / "plan.yaml")


def run(file: ScenarioFile, attained: Attained, usual: float = 950) -> Run:
    hourly = file.scenario.queues["mail"].sla["1 h"].per == "hour"
    layout = layout_of(file.scenario, (*PERIODS, "hour") if hourly else PERIODS)
    count = max([4, *(len(items) for items in attained.values())])
    figures: Figures = quiet_figures(layout, count)
    for period, windows in layout.windows.items():
        for window in range(len(windows.cells)):
            attain(figures, period, 0, list(attained.get((period, window), [usual] * count)), [1000] * count, window)
    return run_of(file.scenario, figures)


def stressed(
    file: ScenarioFile,
    monkeypatch: pytest.MonkeyPatch,
    shocks: dict[Change, Attained],
    base: Attained | None = None,
) -> Stress:
    """Return what is told of shocks after which so many items are in time; of the base 950 where nothing is said."""
    given = {f"desk, {shock.name}": attained for shock, attained in shocks.items()} | {"desk": base or {}}

    def batch(files: Sequence[ScenarioFile], plan: Batch, progress: Callable[[int, int], None]) -> list[Run]:
        assert plan.periods[:4] == PERIODS
        assert (plan.seed, plan.replications, plan.jobs) == (5, range(4), 1)
        progress(0, len(files))
        return [run(one, given[one.scenario.name]) for one in files]

    monkeypatch.setattr(stress, "run_batch", batch)
    return stress_test(file, list(shocks), PLAN)


class Shock(Change):
    """A shock that is told apart from others by its name."""

    def __hash__(self) -> int:
        return hash(self.name)


def row(found: Stress, place: int = 0) -> dict[str, Any]:
    return {str(name): value for name, value in found.table.iloc[place].to_dict().items()}


def test_what_a_shock_costs(file: ScenarioFile, monkeypatch: pytest.MonkeyPatch) -> None:
    hit = {("horizon", 0): [920, 930, 910, 920], ("week", 1): [800, 810, 805, 805], ("week", 2): [890, 890, 890, 960]}
    before: Attained = {("week", 2): [895, 960, 960, 960]}
    found = stressed(file, monkeypatch, {Shock("flood", end=END): hit}, before)
    assert (found.scenario, found.replications) == (file.scenario, 4)
    assert found.failures == ("chat can be worked at north UTC only", "mail can be worked at north UTC only")
    assert [shock.name for shock in found.shocks] == ["flood"]
    told = row(found)
    assert list(told) == [
        *("shock", "queue", "vendor", "sla", "base", "stressed", "lost", "lost_low", "lost_high", "lost_at_worst"),
        *("lost_at_worst_low", "lost_at_worst_high", "worst", "worst_chance", "worst_stands_out", "stands_out"),
        *("windows_missed", "recovers_days"),
    ]
    assert (told["shock"], told["queue"], told["vendor"], told["sla"]) == ("flood", "mail", "", "1 h")
    assert (told["base"], told["stressed"], told["lost"]) == pytest.approx((0.95, 0.92, 0.03))
    # 0.03, 0.02, 0.04 and 0.03: an error of 0.00816 / 2.
    half = T_3 * np.std([0.03, 0.02, 0.04, 0.03], ddof=1) / 2
    assert (told["lost_low"], told["lost_high"]) == pytest.approx((0.03 - half, 0.03 + half))
    assert (told["worst"], told["lost_at_worst"]) == ("2026-10-12", pytest.approx(0.145))
    half = T_3 * np.std([0.15, 0.14, 0.145, 0.145], ddof=1) / 2
    assert (told["lost_at_worst_low"], told["lost_at_worst_high"]) == pytest.approx((0.145 - half, 0.145 + half))
    # Every run misses its second week; three miss the third, which one did before.
    assert told["windows_missed"] == pytest.approx(1 + 3 / 4 - 1 / 4)
    assert told["worst_stands_out"]
    assert told["stands_out"]
    assert told["recovers_days"] == 0.0


def test_no_more_is_lost_than_there_was_and_no_more_won_than_the_rest(
    file: ScenarioFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    far: Attained = {("horizon", 0): [0, 0, 0, 900]}
    won: Attained = {("horizon", 0): [1000, 1000, 1000, 1000]}
    low: Attained = {("horizon", 0): [950, 950, 950, 0]}
    found = stressed(file, monkeypatch, {Shock("far"): far, Shock("won"): won, Shock("low"): low})
    # A mean of 0.7 with an error of 0.225: no more than 0.95 can be lost.
    assert (row(found, 0)["lost_low"], row(found, 0)["lost_high"]) == pytest.approx(
        (0.725 - 0.225 * T_3, 0.95), abs=1e-6
    )
    assert row(found, 1)["lost"] == pytest.approx(-0.05)
    assert row(found, 1)["lost_low"] == pytest.approx(-0.05)
    assert row(found, 2)["lost_low"] == pytest.approx(-0.05), "there are no more than five points to win"


def test_a_loss_that_may_be_chance_does_not_stand_out(file: ScenarioFile, monkeypatch: pytest.MonkeyPatch) -> None:
    mixed: Attained = {("week", 1): [900, 955, 960, 950], ("week", 0): [900] * 4}
    steady: Attained = {("horizon", 0): [940] * 4}
    shocks = {Shock("mixed"): mixed, Shock("steady"): steady}
    found = stressed(file, monkeypatch, shocks, {("week", 0): [900] * 4})
    one, other = row(found, 0), row(found, 1)
    assert one["lost_at_worst"] == pytest.approx(0.00875)
    assert (bool(one["worst_stands_out"]), bool(one["stands_out"])) == (False, False), "two of four lose nothing"
    assert one["windows_missed"] == 0, "a week at its target is met"
    # A hundredth of all, in each replication, though no week alone shows it.
    assert (bool(other["worst_stands_out"]), bool(other["stands_out"])) == (False, True)


def test_the_worst_hour_is_told_with_its_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "plan.yaml").write_text(DESK.replace("per: week", "per: hour"))
    hour: Attained = {("hour", 24 + 13): [500] * 4}
    told = row(stressed(load(tmp_path / "plan.yaml"), monkeypatch, {Shock("flood"): hour}))
    assert (told["worst"], told["lost_at_worst"]) == ("2026-10-06T13:00", pytest.approx(0.45))


def test_a_site_that_is_down_is_told_as_a_single_point_of_failure(
    file: ScenarioFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = stressed(file, monkeypatch, {Shock("north down", site="North"): {("week", 1): [800] * 4}})
    assert found.failures[2:] == ("North: two days without it, and mail / 1 h loses 15 points",)


@pytest.mark.parametrize(
    ("items", "recovers"),
    [
        # Of four replications the mean is all there is; of five a day must lose for sure.
        ([900, 980, 930, 910], 1.0),
        ([900, 980, 930, 910, 950], 0.0),
        ([930, 929, 931, 930, 930], 1.0),
    ],
)
def test_a_day_is_hurt_for_sure_where_replications_can_tell(
    file: ScenarioFile, monkeypatch: pytest.MonkeyPatch, items: list[float], recovers: float
) -> None:
    usual: Attained = {("day", 0): [950] * len(items)}
    hit = usual | {("day", 5): items}
    assert row(stressed(file, monkeypatch, {Shock("flood", end=END): hit}, usual))["recovers_days"] == recovers


@pytest.mark.parametrize(
    ("lost", "low", "high", "sure"),
    [
        (0.004999, NAN, NAN, False),
        (0.005, NAN, NAN, True),
        (-0.005, NAN, NAN, True),
        (0.001, 0.0001, 0.0019, True),
        (-0.001, -0.0019, -0.0001, True),
        (0.0009, 0.0001, 0.0017, False),
        (0.05, -0.01, 0.11, False),
        (0.05, 0.0, 0.1, False),
        (-0.05, -0.1, 0.0, False),
    ],
)
def test_a_loss_over_the_horizon_is_sure(lost: float, low: float, high: float, sure: bool) -> None:
    assert stress._is_sure(lost, low, high) is sure


def by_day(days: dict[int, float]) -> Attained:
    return {("day", day): [value] * 4 for day, value in days.items()}


@pytest.mark.parametrize(
    ("days", "recovers"),
    [
        ({}, 0.0),
        ({4: 500}, 0.0),
        # Nine in a thousand less is no harm, eleven are.
        ({5: 941}, 0.0),
        ({5: 939}, 1.0),
        ({5: 800, 6: 800}, 2.0),
        # Two days of calm are not enough, three are.
        ({5: 800, 8: 800}, 4.0),
        ({5: 800, 9: 800}, 1.0),
        ({8: 800}, 0.0),
        ({7: 800}, 3.0),
        # The last three days are 21 to 23.
        (dict.fromkeys(range(5, 21), 800), 16.0),
        (dict.fromkeys(range(5, 22), 800), float("inf")),
        ({23: 800, 20: 800, 17: 800, 14: 800, 11: 800, 8: 800, 5: 800}, float("inf")),
    ],
)
def test_a_shock_is_over_after_three_days_in_a_row(
    file: ScenarioFile, monkeypatch: pytest.MonkeyPatch, days: dict[int, float], recovers: float
) -> None:
    assert row(stressed(file, monkeypatch, {Shock("flood", end=END): by_day(days)}))["recovers_days"] == recovers


def test_what_lasts_or_ends_with_the_horizon_has_no_recovery(
    file: ScenarioFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = dt.date(2026, 10, 29)
    shocks = {Shock("lasting"): by_day({5: 800}), Shock("late", end=last): by_day({5: 800})}
    found = stressed(file, monkeypatch, shocks)
    assert found.table["recovers_days"].isna().all()


def test_what_cannot_be_is_left_out_with_the_reason(file: ScenarioFile, monkeypatch: pytest.MonkeyPatch) -> None:
    impossible = Shock("nothing", {"horizon": {"days": -1, "warm_up": "never"}})
    found = stressed(file, monkeypatch, {impossible: {}, Shock("flood"): {}})
    assert [shock.name for shock in found.shocks] == ["flood"]
    (left_out,) = found.left_out
    assert left_out.startswith("nothing: ")
    assert "horizon.days" in left_out
    assert "\n" not in left_out


def table(*rows: tuple[str, str, str, float, bool]) -> pd.DataFrame:
    names = ["shock", "queue", "vendor", "lost_at_worst", "worst_stands_out"]
    return pd.DataFrame(list(rows), columns=names).assign(sla="1 h")


def test_a_site_is_a_single_point_of_failure_where_a_whole_queue_loses_a_tenth() -> None:
    shocks = [Change("flood"), Change("lima down", site="Lima"), Change("north down", site="North")]
    rows = table(
        ("lima down", "a", "", 0.0999, True),
        ("lima down", "b", "", 0.9, False),
        ("lima down", "c", "south", 0.9, True),
        ("flood", "a", "", 0.9, True),
        ("north down", "a", "", 0.10, True),
        ("north down", "b", "", 0.304, True),
        ("north down", "c", "", 0.5, True),
    )
    assert list(stress._felt(rows, shocks)) == [
        "North: two days without it, and c / 1 h loses 50 points, b / 1 h loses 30 points, a / 1 h loses 10 points"
    ]


def test_queues_that_hang_on_one_site_or_one_vendor() -> None:
    changes: dict[str, Any] = {
        "queues.chat": "{arrivals: {per_day: 1}, handle_time: {constant: 1 min}}",
        "queues.talk": "{arrivals: {per_day: 1}, handle_time: {constant: 1 min}}",
        "vendors.north.teams.day.skills": ["mail", "chat", "talk"],
        "vendors.north.teams.lima": "{timezone: America/Lima, agents: 1, skills: [chat], shift: {always: true}}",
        "vendors.south.teams.far": "{timezone: Asia/Tokyo, agents: 1, skills: [talk], shift: {always: true}}",
    }
    assert lone_skills(scenario(changes)) == [
        "mail can be worked at north London only",
        "chat can be worked by north only",
    ]
    alone = {name: value for name, value in changes.items() if "south" not in name}
    assert not [one for one in lone_skills(scenario(alone)) if one.startswith("chat")], "there is one vendor only"
