"""What is kept of an interrupted command, and under which keys; nothing is simulated."""

from __future__ import annotations

import dataclasses
import datetime as dt
import pickle
import re
from pathlib import Path

import numpy as np
import pytest

from simcap.errors import RunError
from simcap.experiment.kept import Kept, key_of_all, key_of_run
from simcap.experiment.replicate import Outcome
from simcap.experiment.variance import held
from simcap.scenario.reading.derived import derived
from simcap.scenario.reading.loading import ScenarioFile, load
from tests.analysis.made import layout_of, quiet_figures

PLAN = """
name: small
horizon: {start: 2026-10-05, weeks: 2, timezone: UTC}
calibration: parameters.yaml
uncertain: {queues.mail.arrivals.per_week: {uniform: [2500, 4600]}}
queues:
  mail:
    arrivals: {per_week: 4000}
    handle_time: {constant: 5 min}
    sla: {1 h: {measure: turnaround, within: 1 h, target: 90%, per: week}}
vendors:
  north: {teams: {day: {timezone: UTC, agents: 2, skills: [mail], shift: {always: true}}}}
"""
FITTED = """
vendors: {north: {shrinkage: {offline: 0.1}, spread: 0.1}}
draws:
- {group: shrinkage, paths: [vendors.north.shrinkage.offline], scale: [logit], covariance: [[0.04]]}
- {group: handle time, paths: [vendors.north.spread], scale: [log], covariance: [[0.04]]}
"""
PERIODS = ("horizon", "week")


@pytest.fixture
def file(tmp_path: Path) -> ScenarioFile:
    (tmp_path / "parameters.yaml").write_text(FITTED)
    (tmp_path / "plan.yaml").write_text(PLAN)
    return load(tmp_path / "plan.yaml")


def test_arrays_come_back(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "out")
    assert kept.folder == tmp_path / ".out.unfinished"
    assert kept.wanted is False
    for number in (3, 4):
        kept.keep("key", number, {"a": np.arange(number), "b": np.array([0.5])})
    kept.keep("other", 3, {"a": np.zeros(1)})
    assert kept.count() == 3
    found = kept.arrays("key", 3)
    assert found is not None
    assert {name: values.tolist() for name, values in found.items()} == {"a": [0, 1, 2], "b": [0.5]}
    assert kept.arrays("key", 5) is None
    assert sorted(path.name for path in (kept.folder / "key").iterdir()) == ["00003.npz", "00004.npz"]
    kept.wanted = True
    kept.drop()
    assert kept.count() == 3
    kept.wanted = False
    for _ in range(2):
        kept.drop()
        assert not kept.folder.exists(), "where nothing is kept, there is nothing to drop"


def test_objects_are_neither_kept_nor_read(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "out")
    objects = np.array([{"a": 1}], dtype=object)
    with pytest.raises(ValueError, match="allow_pickle"):
        kept.keep("key", 1, {"a": objects})
    np.savez(kept.folder / "key" / "00002.npz", a=objects)
    assert kept.arrays("key", 2) is None
    (kept.folder / "key" / "00003.npz").write_bytes(pickle.dumps(objects))
    assert kept.arrays("key", 3) is None


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / ".out.unfinished").write_text("in the way")
    words = f"{tmp_path / '.out.unfinished'}: cannot be written (Not a directory); name another with --out"
    with pytest.raises(RunError, match=f"^{re.escape(words)}$"):
        Kept(tmp_path / "out").keep("key", 1, {"a": np.zeros(1)})


def test_an_outcome_comes_back_with_its_layout(file: ScenarioFile, tmp_path: Path) -> None:
    layout = dataclasses.replace(layout_of(file.scenario, PERIODS), stated={"day": (2.0, 2.0)})
    figures = {key: values[0] for key, values in quiet_figures(layout, 1).arrays.items()}
    kept = Kept(tmp_path / "out")
    kept.keep_outcome("key", Outcome(7, figures, {"a.b": 0.5}, ("moved", "ä")), layout)
    assert kept.outcome("key", 6, file, PERIODS) is None
    found = kept.outcome("key", 7, file, PERIODS)
    assert found is not None
    outcome, again = found
    assert (outcome.replication, outcome.drawn, outcome.notes) == (7, {"a.b": 0.5}, ("moved", "ä"))
    assert again == layout
    assert outcome.figures.keys() == figures.keys()
    for name, values in figures.items():
        np.testing.assert_array_equal(outcome.figures[name], values)


@pytest.mark.parametrize(("periods", "cells"), [(PERIODS, 14), ((*PERIODS, "hour"), 14 * 24)])
def test_windows_are_made_of_the_cells_of_the_run(
    file: ScenarioFile, tmp_path: Path, periods: tuple[str, ...], cells: int
) -> None:
    layout = layout_of(file.scenario, periods)
    kept = Kept(tmp_path / "out")
    kept.keep_outcome("key", Outcome(1, {}, {}, ()), layout)
    found = kept.outcome("key", 1, file, periods)
    assert found is not None
    assert found[1].windows["horizon"].cells == ((0, cells),)


def test_a_key_is_that_of_what_it_is_made_of() -> None:
    key = key_of_all({"a": 1, "b": dt.date(2026, 10, 5)}, ["ä"])
    assert re.fullmatch("[0-9a-f]{32}", key)
    assert key == key_of_all({"b": dt.date(2026, 10, 5), "a": 1}, ["ä"]), "in whatever order it is written"
    others = [({"a": 2, "b": dt.date(2026, 10, 5)}, ["ä"]), ({"a": 1, "b": dt.date(2026, 10, 6)}, ["ä"])]
    others += [({"a": 1, "b": dt.date(2026, 10, 5)}, ["a"]), ({"a": 1, "b": dt.date(2026, 10, 5)},)]  # type: ignore[list-item]
    assert len({key, *(key_of_all(*parts) for parts in others)}) == 5


def test_each_thing_that_a_run_hangs_on_has_another_key(file: ScenarioFile) -> None:
    assert file.fitted is not None
    less = dataclasses.replace(file.fitted, open=file.fitted.open - {"vendors.north.spread"})
    keys = [
        key_of_run(file, 4, PERIODS),
        key_of_run(file, 5, PERIODS),
        key_of_run(file, 4, ("horizon",)),
        key_of_run(derived(file, {"vendors": {"north": {"teams": {"day": {"agents": 3}}}}}), 4, PERIODS),
        key_of_run(held(file, {"scenario"}), 4, PERIODS),
        key_of_run(held(file, {"shrinkage"}), 4, PERIODS),
        key_of_run(dataclasses.replace(file, fitted=less), 4, PERIODS),
        key_of_run(dataclasses.replace(file, fitted=None), 4, PERIODS),
    ]
    assert len(set(keys)) == len(keys)
    assert key_of_run(file, 4, PERIODS) == keys[0]
