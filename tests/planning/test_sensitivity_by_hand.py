"""Drivers whose effects are a formula: tornado, break-evens and indices against what is worked out on paper."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from simcap.analysis.comparison import Run, run_of
from simcap.analysis.figures import Figures
from simcap.errors import RunError
from simcap.experiment.batch import Batch
from simcap.planning import sensitivity as asked
from simcap.planning.cases import counted_difference, mean_of
from simcap.planning.changes import Change
from simcap.planning.drivers import Driver
from simcap.planning.sensitivity import BREAKS, break_even, sensitivity
from simcap.scenario.reading.loading import ScenarioFile, load
from tests.analysis.made import quiet_figures
from tests.experiment.made import attain, layout_with_money

NAN = float("nan")
DESK = """
name: desk
horizon: {start: 2026-10-05, days: 17, timezone: UTC, warm_up: 0 days}
queues:
  mail:
    arrivals: {per_week: 6000}
    handle_time: {exponential: 5 min}
    sla: {1 h: {measure: wait, within: 1 h, target: 90%, per: week}}
vendors:
  north:
    contract: {currency: USD, price: {per_productive_hour: 15}}
    teams: {t: {timezone: UTC, agents: 4, skills: [mail], shift: {always: true}}}
"""
"""Two whole weeks and a part of one; its drivers are volume and handle time."""
MISSES_FROM = (0.95, 1.05, 1.5, 3.0)
"""Load from which each replication misses its second week."""
PLAN = Batch(5, range(4))
T_3 = 3.1824463


@pytest.fixture(name="file")
def _file(tmp_path: Path) -> ScenarioFile:
    (tmp_path / "plan.yaml").write_text(DESK)
    return load(tmp_path / "plan.yaml")


def factor_of(file: ScenarioFile, driver: str) -> float:
    """Return the factor on a driver by the name of the scenario: "desk, volume x1.1"."""
    found = re.search(rf", {driver} x([\d.]+)", file.scenario.name)
    return float(found[1]) if found else 1.0


def run_by_formula(file: ScenarioFile, *, due: bool = True) -> Run:
    """Return what a scenario gives: the n-th replication loses (90 + 10 n) x load of 1000 items, and pays for them.

    Load is the volume, and the root of the handle time.
    """
    load_ = factor_of(file, "volume") * factor_of(file, "handle time") ** 0.5
    layout = layout_with_money(file.scenario)
    figures: Figures = quiet_figures(layout, 4)
    lost = np.array([90, 100, 110, 120]) * load_
    attain(figures, "horizon", 0, (1000 - lost).tolist(), [1000] * 4)
    attain(figures, "week", 0, [800 if load_ > least else 950 for least in MISSES_FROM], [1000] * 4, window=1)
    attain(figures, "week", 0, [100] * 4, [1000] * 4, window=2)
    if not due:
        for period in ("horizon", "week"):
            for window in range(figures.arrays["sla", period].shape[-1]):
                with np.errstate(invalid="ignore"):
                    attain(figures, period, 0, [NAN] * 4, [NAN] * 4, window=window)
    figures.of("money", "horizon", ("",), "net_cost")[:, 0] = 5000 + lost
    return run_of(file.scenario, figures)


@pytest.fixture(name="runs")
def _runs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let runs be those of the formula; return the names of what is run."""
    names: list[str] = []

    def batch(files: Sequence[ScenarioFile], plan: Batch, progress: Callable[[int, int], None]) -> list[Run]:
        assert plan is PLAN
        names.extend(file.scenario.name for file in files)
        progress(len(files), len(files))
        return [run_by_formula(file) for file in files]

    monkeypatch.setattr(asked, "run_batch", batch)
    return names


def row(table: pd.DataFrame, **keys: str) -> dict[str, Any]:
    (found,) = table[np.logical_and.reduce([table[name] == value for name, value in keys.items()])].to_dict("records")
    return {str(name): value for name, value in found.items()}


def test_each_driver_is_moved_alone_over_its_range_and_beyond(file: ScenarioFile, runs: list[str]) -> None:
    told: list[tuple[int, int]] = []
    found = sensitivity(file, PLAN, progress=lambda done, of: told.append((done, of)))
    factors = ("0.7", "0.9", "1.1", "1.4", "2")
    assert runs == [
        "desk",
        *(f"desk, volume x{factor}" for factor in factors),
        *(f"desk, handle time x{factor}" for factor in factors),
    ]
    assert told == [(11, 11)]
    assert (found.scenario, found.replications, found.left_out) == (file.scenario, 4, ())
    assert found.sobol.empty
    assert list(found.tornado.columns) == [
        *("driver", "end", "factor", "value", "own", "queue", "vendor", "sla", "measure", "base", "moved"),
        *("difference", "ci_low", "ci_high"),
    ]
    keys = found.tornado[["driver", "end", "factor", "value", "measure"]].to_numpy().tolist()
    assert keys == [
        [driver, end, factor, value, measure]
        for driver in ("volume", "handle time")
        for end, factor, value in (("low", 0.9, "-10%"), ("high", 1.1, "+10%"))
        for measure in ("attainment", "any_miss", "net_cost")
    ]
    assert not found.tornado["own"].any()


def test_differences_are_of_pairs(file: ScenarioFile, runs: list[str]) -> None:
    assert runs == []
    tornado = sensitivity(file, PLAN).tornado
    # A tenth less of 90, 100, 110 and 120 lost: 9 to 12 of 1000 more, an error of 1.29 / 2.
    low = row(tornado, driver="volume", end="low", measure="attainment")
    error = np.std([9, 10, 11, 12], ddof=1) / 2
    assert (low["queue"], low["vendor"], low["sla"]) == ("mail", "", "1 h")
    assert (low["base"], low["moved"], low["difference"]) == pytest.approx((0.895, 0.9055, 0.0105))
    half = T_3 * error / 1000 / (1 - 0.0105**2)
    assert (low["ci_low"], low["ci_high"]) == pytest.approx((0.0105 - half, 0.0105 + half), abs=1e-6)
    # Cost is no share: Student's t.
    cost = row(tornado, driver="volume", end="high", measure="net_cost")
    assert (cost["queue"], cost["vendor"], cost["sla"]) == ("", "", "")
    assert (cost["base"], cost["moved"], cost["difference"]) == pytest.approx((5105, 5115.5, 10.5))
    assert (cost["ci_low"], cost["ci_high"]) == pytest.approx((10.5 - T_3 * error, 10.5 + T_3 * error))
    # One of four misses, and none: Bonett & Price of no gain and one loss in four.
    miss = row(tornado, driver="volume", end="low", measure="any_miss")
    assert (miss["base"], miss["moved"], miss["difference"]) == (0.25, 0.0, -0.25)
    half = 1.96 * np.sqrt((3 / 6 - (1 / 6) ** 2) / 6)
    assert (miss["ci_low"], miss["ci_high"]) == pytest.approx((-1 / 6 - half, -1 / 6 + half))
    more = row(tornado, driver="volume", end="high", measure="any_miss")
    assert (more["moved"], more["difference"]) == (0.5, 0.25)


def test_break_evens_are_told_with_what_is_around_them(file: ScenarioFile, runs: list[str]) -> None:
    breaks = sensitivity(file, PLAN).breaks
    assert runs
    assert tuple(breaks.columns) == BREAKS
    volume, handle = breaks.to_dict("records")
    # At volumes of 0.7, 0.9, 1, 1.1, 1.4 and 2 nothing, nothing, 25%, 50%, 50% and 75% miss.
    assert (volume["driver"], volume["queue"], volume["vendor"], volume["sla"]) == ("volume", "mail", "", "1 h")
    assert (volume["base"], volume["factor"], volume["value"]) == (0.25, pytest.approx(1.1), "+10%")
    assert (volume["low"], volume["high"], volume["outlook"]) == (1.0, 1.1, "at risk")
    assert volume["inside"], "at the very end of what is known"
    # Wilson's, of one in four.
    z2 = 1.959964**2
    middle, half = (1 + z2 / 2) / (4 + z2), np.sqrt(z2 * (3 / 4 + z2 / 4)) / (4 + z2)
    assert (volume["base_low"], volume["base_high"]) == pytest.approx((middle - half, middle + half))
    # The roots are 0.84, 0.95, 1, 1.05, 1.18 and 1.41: at 1.4 half of all miss, at 1.1 a quarter.
    assert (handle["factor"], handle["value"], handle["low"], handle["high"]) == (
        pytest.approx(1.4),
        "+40%",
        1.1,
        1.4,
    )
    assert not handle["inside"]


def test_differences_of_shares_stay_within_what_they_can_be_and_costs_need_not() -> None:
    base, moved = np.full(4, 0.9), np.array([0.1, 0.2, 0.3, 0.2])
    error = np.std([0.8, 0.7, 0.6, 0.7], ddof=1) / 2
    half = T_3 * error / (1 - 0.7**2)
    assert counted_difference("attainment", base, moved) == pytest.approx(
        (-0.7, np.tanh(np.arctanh(-0.7) - half), np.tanh(np.arctanh(-0.7) + half))
    )
    assert counted_difference("net_cost", base, moved) == pytest.approx((-0.7, -0.7 - T_3 * error, -0.7 + T_3 * error))


def test_without_a_whole_window_there_are_no_break_evens_but_their_columns(tmp_path: Path, runs: list[str]) -> None:
    (tmp_path / "plan.yaml").write_text(DESK.replace("per: week", "per: month"))
    found = sensitivity(load(tmp_path / "plan.yaml"), PLAN)
    assert runs
    assert (len(found.breaks), tuple(found.breaks.columns)) == (0, BREAKS)
    chances = found.tornado[found.tornado["measure"] == "any_miss"]
    assert len(chances) == 4
    assert chances[["base", "moved", "difference", "ci_low", "ci_high"]].isna().all().all()


def driver(name: str, last: float, patch: dict[str, Any]) -> Driver:
    """Return a driver that can be moved up to a factor."""

    def change(factor: float) -> Change:
        return Change(f"{name} x{factor:g}", patch if factor > last else {})

    return Driver(name, change, np.array([0.9, 1.1]), own=False, shown="{:.1f}".format)


def test_what_cannot_be_moved_is_left_out(file: ScenarioFile, runs: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    none = {"horizon": {"days": -1}}
    drivers = [driver("broken", 0.0, none), driver("volume", 1.5, none), driver("half", 1.0, none)]
    monkeypatch.setattr(asked, "drivers_of", lambda _file, seed: drivers if seed == 5 else [])
    monkeypatch.setattr(asked, "without_factor", lambda _file: ["queues.mail.arrivals.growth"])
    found = sensitivity(file, PLAN)
    assert runs == ["desk", *(f"desk, volume x{factor}" for factor in ("0.7", "0.9", "1.1", "1.4"))]
    assert found.left_out == ("broken", "half", "queues.mail.arrivals.growth")
    assert found.breaks["factor"].tolist() == [pytest.approx(1.1)]
    monkeypatch.setattr(asked, "drivers_of", lambda _file, _seed: drivers[:1])
    words = "desk: none of its drivers can be moved; there is nothing to ask about"
    with pytest.raises(RunError, match=f"^{words}$"):
        sensitivity(file, PLAN)


def test_what_brings_no_miss_about_has_no_break_even(
    file: ScenarioFile, runs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asked, "drivers_of", lambda _file, _seed: [driver("still", 9.0, {})])
    (told,) = sensitivity(file, PLAN).breaks.to_dict("records")
    assert len(runs) == 6
    assert (told["base"], told["value"], told["inside"]) == (0.25, "", False)
    assert np.isnan([told["factor"], told["low"], told["high"]]).all()


def test_without_items_there_is_nothing_to_ask(file: ScenarioFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        asked, "run_batch", lambda files, _plan, _progress: [run_by_formula(file, due=False) for file in files]
    )
    words = "desk: no item of an SLA falls into the horizon; there is nothing to ask about"
    with pytest.raises(RunError, match=f"^{words}$"):
        sensitivity(file, PLAN)


def test_indices_are_asked_for_with_all_that_is_known(
    file: ScenarioFile, runs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[Any] = []

    def table(*words: Any) -> pd.DataFrame:
        given.extend(words)
        return pd.DataFrame({"driver": ["volume"]})

    def progress(_done: int, _of: int) -> None:
        pass

    monkeypatch.setattr(asked, "sobol_table", table)
    found = sensitivity(file, PLAN, samples=16, progress=progress)
    base, drivers, usual, plan, samples, told = given
    assert found.sobol["driver"].tolist() == ["volume"]
    assert (base.scenario.name, [one.name for one in drivers]) == ("desk", ["volume", "handle time"])
    assert [key[3] for key in usual] == ["attainment", "any_miss", "net_cost"]
    assert (plan, samples, told) == (PLAN, 16, progress)
    assert runs


def test_break_evens_of_chances() -> None:
    at = np.array([0.5, 1.0, 2.0])
    # A third of the way in logarithms from 1 to 2.
    assert break_even(at, np.array([0.0, 0.4, 0.7])) == (pytest.approx(2 ** (1 / 3)), 1.0, 2.0)
    assert break_even(at, np.array([1.0, 0.75, 0.25])) == (pytest.approx(2**0.5), 1.0, 2.0), "more may be better"
    assert break_even(at, np.array([0.5, 0.75, 1.0])) == (pytest.approx(NAN, nan_ok=True),) * 3, "never below a half"
    assert break_even(at, np.array([0.25, 0.5, 1.0])) == (pytest.approx(1.0), 0.5, 1.0)
    assert break_even(at, np.array([0.25, NAN, 0.75])) == (pytest.approx(1.0), 0.5, 2.0)
    assert break_even(at, np.array([NAN, NAN, 0.75])) == (pytest.approx(NAN, nan_ok=True),) * 3
    # Both crossings are half a doubling away from 1, but one of them for a sliver.
    assert break_even(at, np.array([0.8, 0.2, 0.79]))[1] == 0.5
    assert break_even(at, np.array([0.79, 0.2, 0.8]))[1] == 1.0
    assert break_even(at, np.array([0.9, 0.4, 0.5]))[1] == 0.5


def test_a_replication_without_items_counts_for_nothing() -> None:
    assert mean_of(np.array([1.0, NAN, 0.0, 0.0])) == pytest.approx(1 / 3)
    assert np.isnan(mean_of(np.array([NAN, NAN])))
