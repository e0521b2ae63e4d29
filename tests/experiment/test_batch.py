"""Many scenarios on the same draws: what is run, kept and told, with replications that are a formula."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simcap.analysis.figures import Layout
from simcap.experiment import batch
from simcap.experiment.batch import Batch, run_batch
from simcap.experiment.kept import Kept, key_of_run
from simcap.experiment.replicate import Outcome
from simcap.scenario.reading.derived import derived
from simcap.scenario.reading.loading import ScenarioFile, load
from tests.analysis.made import layout_of
from tests.comparisons import write_programme

PERIODS = ("horizon", "week")


@pytest.fixture(name="files")
def _files(tmp_path: Path) -> list[ScenarioFile]:
    base = load(write_programme(tmp_path))
    return [base, derived(base, {"vendors": {"north": {"teams": {"day": {"agents": 5}}}}}, name="other")]


@pytest.fixture(name="asked")
def _asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int, int, tuple[str, ...]]]:
    """Return what is simulated from now on: each replication gives its number and the agents of a team."""
    asked: list[tuple[str, int, int, tuple[str, ...]]] = []

    def replicate(file: ScenarioFile, seed: int, replication: int, periods: tuple[str, ...]) -> tuple[Outcome, Layout]:
        asked.append((file.scenario.name, seed, replication, periods))
        agents = file.scenario.vendors["north"].teams["day"].agents
        figures = {("sla", "horizon"): np.array([replication, agents], float)}
        return Outcome(replication, figures, {}, ()), layout_of(file.scenario, periods)

    monkeypatch.setattr(batch, "replicate", replicate)
    return asked


def test_each_scenario_has_all_replications_in_order(
    files: list[ScenarioFile], asked: list[tuple[str, int, int, tuple[str, ...]]]
) -> None:
    told: list[tuple[int, int]] = []
    runs = run_batch(files, Batch(7, range(3, 6), PERIODS, 1), lambda done, count: told.append((done, count)))
    assert [run.figures.arrays["sla", "horizon"].tolist() for run in runs] == [
        [[3, 3], [4, 3], [5, 3]],
        [[3, 5], [4, 5], [5, 5]],
    ]
    assert asked == [(name, 7, number, PERIODS) for name in ("base", "other") for number in (3, 4, 5)]
    assert told == [(number, 6) for number in range(1, 7)]
    assert list(runs[1].layout.windows) == list(PERIODS)
    assert runs[0].targets == dict.fromkeys(runs[0].layout.subjects["sla"], 0.95)


def test_what_was_kept_is_not_run_again(
    files: list[ScenarioFile], tmp_path: Path, asked: list[tuple[str, int, int, tuple[str, ...]]]
) -> None:
    kept = Kept(tmp_path / "out")
    whole = run_batch(files, Batch(7, range(3, 6), PERIODS, 1, kept))
    assert kept.count() == 6
    for file, number in ((files[0], 3), (files[1], 4)):
        (kept.folder / key_of_run(file, 7, PERIODS) / f"{number:05d}.npz").unlink()
    asked.clear()
    told: list[tuple[int, int]] = []
    plan = Batch(7, range(3, 6), PERIODS, 1, kept)
    again = run_batch(files, plan, lambda done, count: told.append((done, count)))
    assert [(name, number) for name, _, number, _ in asked] == [("base", 3), ("other", 4)]
    assert told == [(4, 6), (5, 6), (6, 6)]
    assert kept.count() == 6
    for one, other in zip(whole, again, strict=True):
        assert one.figures.arrays["sla", "horizon"].tolist() == other.figures.arrays["sla", "horizon"].tolist()
        assert one.layout == other.layout


def test_what_is_kept_of_another_seed_is_run(
    files: list[ScenarioFile], tmp_path: Path, asked: list[tuple[str, int, int, tuple[str, ...]]]
) -> None:
    kept = Kept(tmp_path / "out")
    run_batch(files[:1], Batch(7, range(2), PERIODS, 1, kept))
    asked.clear()
    run_batch(files[:1], Batch(8, range(2), PERIODS, 1, kept))
    assert [seed for _, seed, _, _ in asked] == [8, 8]


def test_without_files_nothing_is_run(asked: list[tuple[str, int, int, tuple[str, ...]]]) -> None:
    assert run_batch([], Batch(7, range(2), PERIODS, 1)) == []
    assert asked == []
