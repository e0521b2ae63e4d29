"""What a run asks for and keeps, with replications that are made by hand in the place of simulated ones."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simcap.analysis.figures import Layout
from simcap.analysis.late_measures import BY_HOUR
from simcap.errors import Interrupted
from simcap.experiment import run as module
from simcap.experiment.pool import available_cores
from simcap.experiment.replicate import Outcome
from simcap.experiment.results import Results
from simcap.experiment.run import finest, periods_down_to, run_scenario
from simcap.scenario.reading.loading import ScenarioFile, load
from tests.analysis.made import quiet_figures
from tests.experiment.made import layout_with_money, outcomes

PLAN = """
name: desk
horizon: {start: 2026-10-05, days: 14, timezone: UTC, warm_up: 0 days}
simulation: {replications: 3, seed: 5}
queues:
  mail:
    arrivals: {per_day: 24}
    handle_time: {constant: 5 min}
    sla: {4 h: {measure: turnaround, within: 4 h, target: 95%, per: PER}}
vendors:
  north: {teams: {day: {timezone: UTC, agents: 3, skills: [mail], shift: {always: true}}}}
"""


def plan(folder: Path, per: str = "week") -> ScenarioFile:
    path = folder / "plan.yaml"
    path.write_text(PLAN.replace("PER", per))
    return load(path)


def made(file: ScenarioFile, number: int, periods: tuple[str, ...]) -> tuple[Outcome, Layout]:
    """Return a replication in which as many items as its number arrive."""
    layout = layout_with_money(file.scenario, periods)
    figures = quiet_figures(layout, number + 1)
    figures.arrays[BY_HOUR] = np.zeros((number + 1, 1, 14 * 24))
    figures.of("queues", "horizon", None, "arrived")[:, 0, 0] = range(number + 1)
    return outcomes(figures)[0], layout


class World:
    """Replications that are asked for, finished the last first; the `broken` one is interrupted.

    Tables are written only where they are asked for: that takes longer than all the rest.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, writes: bool = False) -> None:
        self.asked: list[tuple[int, list[int], tuple[str, ...], int]] = []
        self.alone: list[tuple[int, int, tuple[str, ...]]] = []
        self.ordered: list[tuple[int, tuple[str, ...], int]] = []
        self.told: list[tuple[int, int]] = []
        self.broken: int | None = None
        self.order_breaks = False
        monkeypatch.setattr(module, "outcomes", self._outcomes)
        monkeypatch.setattr(module, "replicate", self._replicate)
        monkeypatch.setattr(module, "with_order_tried", self._order)
        if not writes:
            monkeypatch.setattr(Results, "write", lambda _results, _folder: None)

    def _outcomes(
        self, file: ScenarioFile, seed: int, numbers: Sequence[int], periods: tuple[str, ...], jobs: int
    ) -> Iterator[tuple[Outcome, Layout]]:
        self.asked.append((seed, list(numbers), periods, jobs))
        for number in reversed(numbers):
            if number == self.broken:
                raise KeyboardInterrupt
            yield made(file, number, periods)

    def _replicate(
        self, file: ScenarioFile, seed: int, number: int, periods: tuple[str, ...]
    ) -> tuple[Outcome, Layout]:
        self.alone.append((seed, number, periods))
        return made(file, number, periods)

    def _order(self, file: ScenarioFile, results: Results, periods: tuple[str, ...], jobs: int) -> Results:
        if self.order_breaks:
            raise KeyboardInterrupt
        assert file.scenario is results.scenario
        self.ordered.append((results.replications, periods, jobs))
        return results

    def run(self, file: ScenarioFile, out: Path, **options: Any) -> Results:
        return run_scenario(file, out, progress=lambda *done: self.told.append(done), **options)


@pytest.fixture(name="world")
def _world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


DOWN_TO_WEEK = ("horizon", "month", "week")


@pytest.mark.parametrize(
    ("period", "periods"),
    [
        ("horizon", DOWN_TO_WEEK),
        ("week", DOWN_TO_WEEK),
        ("day", (*DOWN_TO_WEEK, "day")),
        ("hour", (*DOWN_TO_WEEK, "day", "hour")),
    ],
)
def test_a_report_has_weeks_and_months_and_all_down_to_what_is_asked(period: str, periods: tuple[str, ...]) -> None:
    assert periods_down_to(period) == periods


def test_the_finest_period_is_that_of_an_sla_or_of_the_question(tmp_path: Path) -> None:
    file = plan(tmp_path, "day")
    assert [finest(file, period) for period in ("week", "day", "hour")] == ["day", "day", "hour"]


def test_a_run_is_that_of_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch, writes=True)
    finished: list[tuple[Results, list[str]]] = []

    def finish(results: Results, folder: Path) -> None:
        finished.append((results, sorted(path.name for path in folder.iterdir())))

    found = world.run(plan(tmp_path), tmp_path / "out", jobs=2, finish=finish)
    assert world.asked == [(5, [0, 1, 2], DOWN_TO_WEEK, 2)]
    assert world.told == [(0, 3), (1, 3), (2, 3), (3, 3)]
    assert world.ordered == [(3, DOWN_TO_WEEK, 2)]
    assert (found.seed, found.replications) == (5, 3)
    assert found.figures.of("queues", "horizon", ("mail",), "arrived")[:, 0].tolist() == [0, 1, 2]
    names = ["layout.json", "manifest.json", "replications", "replications.parquet", "summary.json", "tables"]
    assert [one for one, _ in finished] == [found]
    assert finished[0][1] == names, "before it is moved into place"
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == names
    kept = sorted(path.name for path in (tmp_path / "out" / "replications").iterdir())
    assert kept == ["00000.npz", "00001.npz", "00002.npz"]
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert (manifest["seed"], manifest["replications"], tuple(manifest["periods"])) == (5, 3, DOWN_TO_WEEK)
    text = (tmp_path / "out" / "summary.json").read_text(encoding="utf-8")
    assert text.endswith("}\n")
    assert {"slas", "risks"} <= set(json.loads(text))


def test_what_is_asked_for_goes_before_what_is_written(tmp_path: Path, world: World) -> None:
    found = world.run(plan(tmp_path), tmp_path / "out", replications=2, seed=0, period="day")
    periods = (*DOWN_TO_WEEK, "day")
    assert world.asked == [(0, [0, 1], periods, available_cores())]
    assert world.ordered == [(2, periods, available_cores())]
    assert found.seed == 0


def test_more_replications_go_on_from_those_that_are_there(tmp_path: Path, world: World) -> None:
    file = plan(tmp_path)
    world.run(file, tmp_path / "out", replications=2)
    found = world.run(file, tmp_path / "out", replications=4)
    assert [numbers for _, numbers, *_ in world.asked] == [[0, 1], [2, 3]]
    assert world.told[3:] == [(2, 4), (3, 4), (4, 4)]
    assert found.figures.of("queues", "horizon", ("mail",), "arrived")[:, 0].tolist() == [0, 1, 2, 3]


def test_fewer_than_there_are_reads_all_of_them(tmp_path: Path, world: World) -> None:
    file = plan(tmp_path)
    world.run(file, tmp_path / "out", jobs=1)
    found = world.run(file, tmp_path / "out", replications=2, jobs=1)
    assert found.replications == 3
    assert world.asked[1][1] == []
    assert world.alone == [(5, 0, DOWN_TO_WEEK)], "one, for what the axes stand for"
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["replications"] == 3


def test_by_force_as_many_are_run_as_are_asked_for(tmp_path: Path, world: World) -> None:
    file = plan(tmp_path)
    world.run(file, tmp_path / "out")
    assert world.run(file, tmp_path / "out", replications=2, force=True).replications == 2
    assert world.asked[1][1] == [0, 1]
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["replications"] == 2


def test_an_interrupted_run_goes_on_with_what_has_finished(tmp_path: Path, world: World) -> None:
    file = plan(tmp_path)
    world.broken = 1
    with pytest.raises(Interrupted, match=r"^stopped after 1 of 3 replications; they are kept, the same command goes"):
        world.run(file, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    world.broken = None
    assert world.run(file, tmp_path / "out").replications == 3
    assert [numbers for _, numbers, *_ in world.asked] == [[0, 1, 2], [0, 1]]


def test_of_replications_beyond_those_asked_for_nothing_is_read(tmp_path: Path, world: World) -> None:
    file = plan(tmp_path)
    world.broken = 3
    with pytest.raises(Interrupted, match=r"^stopped after 1 of 5 "):
        world.run(file, tmp_path / "out", replications=5)
    world.broken = None
    assert world.run(file, tmp_path / "out", replications=4).replications == 4
    assert world.asked[1][1] == [0, 1, 2, 3]


def test_a_run_that_is_stopped_in_its_last_step_has_all_its_replications(tmp_path: Path, world: World) -> None:
    file = plan(tmp_path)
    world.order_breaks = True
    with pytest.raises(Interrupted, match=r"^stopped before the last step; all replications are kept, the same comm"):
        world.run(file, tmp_path / "out")
    world.order_breaks = False
    assert world.run(file, tmp_path / "out").replications == 3
    assert world.asked[1][1] == []
