"""What the uncertainty is made of, of replications that are a formula: shares are known exactly."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from simcap.analysis.figures import Layout
from simcap.experiment import variance
from simcap.experiment.replicate import Outcome
from simcap.experiment.results import Results
from simcap.experiment.variance import CHANCE, SCENARIO, held, sources, split_variance
from simcap.scenario.reading.loading import ScenarioFile, load
from tests.analysis.made import layout_of, quiet_figures
from tests.experiment import made
from tests.experiment.test_kept_by_hand import FITTED, PLAN

COUNT = 12
rng = np.random.default_rng(3)
PARTS = {"shrinkage": rng.normal(0, 0.03, COUNT), SCENARIO: rng.normal(0, 0.02, COUNT)}
LUCK = rng.normal(0, 0.01, COUNT)


def attained(file: ScenarioFile, number: int) -> float:
    """Return an attainment to which each group that is drawn adds its own, and chance; handle time adds nothing."""
    return float(0.8 + LUCK[number] + sum(PARTS[group][number] for group in sources(file) if group in PARTS))


class Split:
    """A scenario with three groups of parameters, and its results."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, text: str = PLAN) -> None:
        (folder / "parameters.yaml").write_text(FITTED)
        (folder / "plan.yaml").write_text(text)
        self.file = load(folder / "plan.yaml")
        self.layout = layout_of(self.file.scenario, ("horizon", "week"))
        self.asked: list[tuple[int, int, tuple[str, ...]]] = []
        self.told: list[tuple[int, int]] = []
        monkeypatch.setattr(variance, "replicate", self._replicate)

    def results(self, known: np.ndarray | None = None) -> Results:
        figures = quiet_figures(self.layout, COUNT)
        whole = [attained(self.file, number) for number in range(COUNT)]
        figures.of("sla", "horizon", None, "attainment")[:, 0, 0] = whole if known is None else known
        return made.results(self.file.scenario, figures)

    def _replicate(
        self, file: ScenarioFile, seed: int, number: int, periods: tuple[str, ...]
    ) -> tuple[Outcome, Layout]:
        self.asked.append((seed, number, periods))
        figures = {key: values[0] for key, values in quiet_figures(self.layout, 1).arrays.items()}
        figures["sla", "horizon"][0, 0, 0] = attained(file, number)
        return Outcome(number, figures, {}, ()), self.layout


def var(values: np.ndarray) -> float:
    return float(np.var(values, ddof=1))


def test_a_group_is_worth_what_vanishes_without_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    split = Split(tmp_path, monkeypatch)
    results = split.results()
    table = split_variance(split.file, results, 1, lambda done, count: split.told.append((done, count)))
    whole = PARTS["shrinkage"] + PARTS[SCENARIO] + LUCK
    known = {
        "shrinkage": 1 - var(whole - PARTS["shrinkage"]) / var(whole),
        "handle time": 0.0,
        SCENARIO: 1 - var(whole - PARTS[SCENARIO]) / var(whole),
        CHANCE: var(LUCK) / var(whole),
    }
    assert table["source"].tolist() == list(known)
    assert table["share"].tolist() == pytest.approx(list(known.values()))
    assert table["sd"].tolist() == pytest.approx([var(whole) ** 0.5] * 4)
    assert set(table["queue"]) == {"mail"}
    assert set(table["sla"]) == {"1 h"}
    assert set(table["level"]) == {"queue"}
    assert split.told == [(number + 1, 4 * COUNT) for number in range(4 * COUNT)]
    assert split.asked == [(7, number, ("horizon", "week")) for number in range(COUNT)] * 4
    draws = np.random.default_rng(7).integers(COUNT, size=(1000, COUNT))
    again = [1 - var((whole - PARTS["shrinkage"])[draw]) / var(whole[draw]) for draw in draws]
    left = [var(LUCK[draw]) / var(whole[draw]) for draw in draws]
    assert table[["p05", "p95"]].to_numpy()[3].tolist() == pytest.approx(np.percentile(left, [5, 95]).tolist())
    assert table[["p05", "p95"]].to_numpy()[0].tolist() == pytest.approx(np.percentile(again, [5, 95]).tolist())


def test_what_never_varies_has_no_shares(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    split = Split(tmp_path, monkeypatch)
    table = split_variance(split.file, split.results(np.full(COUNT, 0.5)), 1)
    assert table["sd"].tolist() == [0] * 4
    assert table[["share", "p05", "p95"]].isna().all(axis=None)


def test_a_scenario_that_knows_everything_is_not_run_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bare = "\n".join(line for line in PLAN.splitlines() if not line.startswith(("calibration", "uncertain")))
    split = Split(tmp_path, monkeypatch, bare)
    table = split_variance(split.file, split.results(), 1)
    assert table.empty
    assert {"queue", "vendor", "sla", "sd", "source", "share", "p05", "p95", "sketches", "level"} == set(table)
    assert split.asked == []


def test_groups_of_a_scenario_and_those_that_are_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = Split(tmp_path, monkeypatch).file
    assert sources(file) == ["shrinkage", "handle time", SCENARIO]
    assert sources(held(file, {"shrinkage"})) == ["handle time", SCENARIO]
    assert sources(held(file, {SCENARIO})) == ["shrinkage", "handle time"]
    assert sources(held(file, set(sources(file)))) == []
    assert file.fitted is not None
    closed = dataclasses.replace(file.fitted, open=frozenset({"vendors.north.spread"}))
    assert sources(dataclasses.replace(file, fitted=closed)) == ["handle time", SCENARIO]
    assert sources(dataclasses.replace(file, fitted=None)) == [SCENARIO]
    assert sources(held(dataclasses.replace(file, fitted=None), {SCENARIO})) == []
