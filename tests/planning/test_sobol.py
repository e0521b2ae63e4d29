"""Indices of drivers whose effects add up, so that their shares are known; and points that are kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from simcap.analysis.figures import Layout
from simcap.experiment.batch import Batch
from simcap.experiment.kept import Kept
from simcap.experiment.replicate import Outcome as Replication
from simcap.planning import sobol
from simcap.planning.changes import Change
from simcap.planning.drivers import Driver
from simcap.planning.outcomes import Outcome
from simcap.planning.sobol import sobol_table
from simcap.scenario.reading.loading import Scaling, ScenarioFile, load
from tests.analysis.made import quiet_figures
from tests.experiment.made import attain, layout_with_money
from tests.helpers import Array

DESK = """
name: desk
horizon: {start: 2026-10-05, days: 14, timezone: UTC, warm_up: 0 days}
queues:
  mail:
    arrivals: {per_week: 6000}
    handle_time: {exponential: 5 min}
    sla: {1 h: {measure: wait, within: 1 h, target: 90%, per: week}}
vendors:
  north:
    shrinkage: {absence: 10%}
    contract: {currency: USD, price: {per_productive_hour: 15}}
    teams: {t: {timezone: UTC, agents: 4, skills: [mail], shift: {always: true}}}
"""
PLAN = Batch(5, range(3, 9), jobs=1)
PATHS = ("queues.mail.arrivals.per_week", "vendors.north.shrinkage.absence")
MAIL: Outcome = ("mail", "", "1 h", "attainment")
MISS: Outcome = ("mail", "", "1 h", "any_miss")
COST: Outcome = ("", "", "", "net_cost")
USUAL: dict[Outcome, Array] = {MAIL: np.full(6, 0.9), MISS: np.zeros(6), COST: np.full(6, 100.0)}


@pytest.fixture(name="file")
def _file(tmp_path: Path) -> ScenarioFile:
    (tmp_path / "plan.yaml").write_text(DESK)
    return load(tmp_path / "plan.yaml")


def driver(name: str, path: str, wide: float) -> Driver:
    """Return a driver that is uniform around 1; volume is patched, the other number is scaled."""

    def change(factor: float) -> Change:
        if name == "volume":
            return Change(name, {"queues": {"mail": {"arrivals": {"per_week": 6000 * factor}}}})
        return Change(name, scaled=(Scaling(path, factor),))

    return Driver(name, change, np.array([1 - wide, 1 + wide]), own=False, shown=str)


DRIVERS = [driver("volume", PATHS[0], 0.1), driver("absence", PATHS[1], 0.2)]


@pytest.fixture(name="asked")
def _asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[float, float]]:
    """Let a replication be a formula: attainment falls with volume and absence, costs rise with volume alone."""
    points: list[tuple[float, float]] = []

    def replicated(file: ScenarioFile, seed: int, number: int, periods: tuple[str, ...]) -> tuple[Replication, Layout]:
        assert (seed, number, periods) == (5, 3, PLAN.periods), "the first replication of the plan"
        (scaling,), written = file.scaled, file.scenario.queues["mail"].arrivals.per_week
        assert written is not None
        (volume,) = written
        points.append((volume / 6000, scaling.factor))
        layout = layout_with_money(file.scenario)
        figures = quiet_figures(layout, 1)
        attain(figures, "horizon", 0, [1000 - 300 * volume / 6000 - 300 * scaling.factor], [1000])
        figures.of("money", "horizon", ("",), "net_cost")[0, 0] = volume
        return Replication(number, {key: values[0] for key, values in figures.arrays.items()}, {}, ()), layout

    monkeypatch.setattr(sobol, "replicate", replicated)
    monkeypatch.setattr(sobol, "RESAMPLES", 99)
    return points


def table(file: ScenarioFile, samples: int = 64, plan: Batch = PLAN, usual: Any = USUAL, told: Any = None) -> Any:
    def progress(done: int, of: int) -> None:
        if told is not None:
            told.append((done, of))

    return sobol_table(file, DRIVERS, usual, plan, samples, progress)


def test_shares_of_effects_that_add_up(file: ScenarioFile, asked: list[tuple[float, float]]) -> None:
    told: list[tuple[int, int]] = []
    found = table(file, told=told)
    assert list(found.columns) == [
        *("driver", "queue", "vendor", "sla", "measure", "first", "first_low", "first_high", "total"),
        *("total_low", "total_high"),
    ]
    assert found[["driver", "queue", "vendor", "sla", "measure"]].to_numpy().tolist() == [
        [name, *key] for key in (MAIL, COST) for name in ("volume", "absence")
    ], "chances of a miss are too coarse"
    # Uniform over twice as wide a range is four times the variance: a fifth and four fifths. Costs are volume alone.
    known = [0.2, 0.8, 1.0, 0.0]
    assert found["total"].tolist() == pytest.approx(known, abs=0.03)
    assert found["first"].tolist() == pytest.approx(known, abs=0.15)
    for name in ("first", "total"):
        low, value, high = (found[column] for column in (f"{name}_low", name, f"{name}_high"))
        assert ((low <= value) & (value <= high))[:3].all(), "what absence does to costs is exactly nothing"
        assert low.min() >= 0
        assert high.max() <= 1
    assert (found["total_low"][:2] < [0.2, 0.8]).all()
    assert (found["total_high"][:2] > [0.2, 0.8]).all()
    # Saltelli's design: at A, at B, and at A with each column of B.
    assert len(asked) == 64 * (2 + 2)
    assert len(told) == 256
    assert told[-1][0] == told[-1][1], "all of those that are asked for at a time"
    volumes, absences = np.array(asked).T
    assert (volumes.min() >= 0.9, volumes.max() <= 1.1) == (True, True)
    assert (absences.min() < 0.82, absences.max() > 1.18) == (True, True)


def test_effects_that_only_work_together_have_intervals_of_their_own() -> None:
    found = sobol.sobol(lambda x: x[:1] * x[1:], [stats.uniform(-1, 2)] * 2, 128, 3)
    assert found.first_order == pytest.approx(np.zeros((1, 2)), abs=0.2)
    assert found.total_order == pytest.approx(np.ones((1, 2)), abs=0.2)
    (first_low, first_high), (total_low, total_high) = found.intervals()
    assert (first_low < 0.2).all()
    assert (first_high < 0.5).all()
    assert (total_low > 0.5).all()
    assert (total_high > 0.8).all()


def test_each_index_has_its_own_interval(
    file: ScenarioFile, asked: list[tuple[float, float]], monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = [np.full((2, 2), share) for share in (0.1, 0.2, 0.3, 0.4)]
    monkeypatch.setattr(sobol.Indices, "intervals", lambda _indices: (tuple(ends[:2]), tuple(ends[2:])))
    found = table(file, 8)
    assert (
        found[["first_low", "first_high", "total_low", "total_high"]].to_numpy().tolist() == [[0.1, 0.2, 0.3, 0.4]] * 4
    )
    assert asked


def test_what_has_no_figure_is_left_out_and_what_never_varies_has_no_index(
    file: ScenarioFile, asked: list[tuple[float, float]]
) -> None:
    only_cost = {MAIL: np.array([0.9, np.nan]), COST: np.full(2, 1.0)}
    assert table(file, 8, usual=only_cost)["measure"].tolist() == ["net_cost"] * 2
    assert asked
    still = [driver("volume", PATHS[0], 0.0), driver("absence", PATHS[1], 0.2)]
    found = sobol_table(file, still, {COST: np.full(2, 1.0)}, PLAN, 8, lambda _done, _of: None)
    indices = ["first", "first_low", "first_high", "total", "total_low", "total_high"]
    assert found[indices].isna().all().all()
    beside = sobol_table(file, still, USUAL, PLAN, 64, lambda _done, _of: None).set_index(["measure", "driver"])
    assert beside.loc["net_cost", indices].isna().all().all()
    assert beside.loc[("attainment", "absence"), "total"] == pytest.approx(1, abs=0.03), "another outcome has its own"


def test_a_driver_alone_has_all_of_what_it_moves(file: ScenarioFile, asked: list[tuple[float, float]]) -> None:
    alone = [driver("absence", PATHS[1], 0.2)]
    for usual in ({MAIL: np.full(2, 0.9)}, USUAL):
        found = sobol_table(file, alone, usual, PLAN, 64, lambda _done, _of: None)
        assert found["total"].tolist()[:1] == pytest.approx([1], abs=0.03)
    assert asked


def test_points_that_are_kept_are_not_run_again(
    file: ScenarioFile, asked: list[tuple[float, float]], tmp_path: Path
) -> None:
    kept = Kept(tmp_path / "out")
    plan = Batch(5, range(3, 9), jobs=1, kept=kept)
    whole = table(file, 8)
    asked.clear()
    first = table(file, 8, plan)
    count = len(asked)
    assert count == kept.count() > 0
    asked.clear()
    files = sorted(kept.folder.glob("*/*.npz"))
    told: list[tuple[int, int]] = []
    again = table(file, 8, plan, told=told)
    assert asked == []
    files[0].unlink()
    table(file, 8, plan)
    assert len(asked) == 1, "what is missing is done"
    for found in (first, again):
        assert found.equals(whole)
    asked.clear()
    table(file, 8, Batch(5, range(3, 4), jobs=1, kept=kept))
    assert asked == [], "only the first replication matters"
    sobol_table(file, DRIVERS[::-1], USUAL, plan, 8, lambda _done, _of: None)
    assert len(asked) == count, "another design is another question"
