"""Commands that were interrupted: they go on where they stopped, and end in the very same bytes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import simcap
from simcap.calibration.backtest import predict
from simcap.calibration.backtest.backtest import backtest
from simcap.errors import Interrupted, RunError
from simcap.experiment import batch, manifest
from simcap.experiment.kept import Kept, key_of_all, key_of_run
from simcap.experiment.replicate import replicate
from simcap.planning import sobol
from simcap.scenario.reading.derived import derived
from simcap.scenario.reading.loading import ScenarioFile, load
from tests.calibration import desks

PLAN = """
name: small
horizon: {start: 2026-10-05, weeks: 1, timezone: Europe/London, warm_up: 1 days}
simulation: {replications: 3, seed: 4}
queues:
  mail:
    arrivals: {per_day: 200}
    handle_time: {lognormal: {mean: 60 s, cv: 1}}
    sla: {1 h: {measure: turnaround, within: 1 h, target: 90%, per: week}}
vendors:
  v:
    attrition: {per_year: 40%}
    teams:
      t:
        timezone: Europe/London
        agents: 4
        skills: [mail]
        shift: {days: Mon-Sun, start: "08:00", length: 10 h}
"""
Verb = Callable[..., Any]
VERBS: dict[str, tuple[Verb, dict[str, Any]]] = {
    "stress": (simcap.stress, {"replications": 2}),
    "sensitivity": (simcap.sensitivity, {"replications": 2}),
    "sobol": (simcap.sensitivity, {"replications": 2, "samples": 2}),
    "staff": (simcap.staff, {"replications": 3, "check": 2, "curve": False}),
}


@pytest.fixture
def file(tmp_path: Path) -> ScenarioFile:
    (tmp_path / "small.yaml").write_text(PLAN)
    return load(tmp_path / "small.yaml")


def contents(folder: Path) -> dict[str, str]:
    """Return the tables of a folder of results, but for the intervals of Sobol's indices, which scipy resamples."""
    found = {path.name: path.read_text() for path in folder.glob("**/*.csv")}
    if "sobol.csv" in found:
        table = pd.read_csv(folder / "tables/sobol.csv", dtype=str)
        found["sobol.csv"] = table.drop(columns=[name for name in table if name.endswith(("_low", "_high"))]).to_csv()
    return found


def counting(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list to which every replication that is simulated from now on is added."""
    simulated: list[int] = []

    def counted(one: ScenarioFile, seed: int, replication: int, periods: tuple[str, ...]) -> Any:
        simulated.append(replication)
        return replicate(one, seed, replication, periods)

    monkeypatch.setattr(batch, "replicate", counted)
    monkeypatch.setattr(sobol, "replicate", counted)
    return simulated


def stopping(after: int) -> tuple[Callable[[int, int], None], list[tuple[int, int]]]:
    """Return a progress that stops a command like Ctrl-C when it is told for the last time, and what it was told."""
    told: list[tuple[int, int]] = []

    def progress(done: int, count: int) -> None:
        told.append((done, count))
        if len(told) == after:
            raise KeyboardInterrupt

    return progress, told


@pytest.mark.parametrize("name", [name for name in VERBS if name != "staff"])
def test_what_was_interrupted_goes_on_and_ends_alike(
    file: ScenarioFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    verb, options = VERBS[name]
    simulated = counting(monkeypatch)
    verb(file, **options, jobs=1, out=tmp_path / "whole")
    whole = len(simulated)
    stop = whole - 3
    progress, _ = stopping(stop)
    with pytest.raises(
        Interrupted, match=f"stopped; {stop} replications are kept, the same command goes on from there"
    ):
        verb(file, **options, jobs=1, out=tmp_path / "steps", progress=progress)
    assert not (tmp_path / "steps").exists()
    simulated.clear()
    progress, told = stopping(0)
    verb(file, **options, jobs=1, out=tmp_path / "steps", progress=progress)
    assert len(simulated) == 3
    assert told[-1][0] == told[-1][1]
    assert contents(tmp_path / "steps") == contents(tmp_path / "whole")
    assert not list(tmp_path.glob(".*unfinished"))


def test_a_search_for_staff_goes_on(file: ScenarioFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    verb, options = VERBS["staff"]
    simulated = counting(monkeypatch)
    verb(file, **options, jobs=1, out=tmp_path / "whole")
    whole = len(simulated)
    progress, _ = stopping(10)
    assert verb(file, **options, jobs=1, out=tmp_path / "steps", progress=progress).interrupted
    assert "best plan so far" in (tmp_path / "steps" / "answer.json").read_text(encoding="utf-8")
    simulated.clear()
    assert not verb(file, **options, jobs=1, out=tmp_path / "steps").interrupted
    assert len(simulated) == whole - 10
    assert contents(tmp_path / "steps") == contents(tmp_path / "whole")
    assert not list(tmp_path.glob(".*unfinished"))


def test_nothing_is_kept_of_another_seed_or_scenario(
    file: ScenarioFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Interrupted, match="6 replications are kept"):
        simcap.stress(file, replications=2, jobs=1, out=tmp_path / "out", progress=stopping(6)[0])
    simulated = counting(monkeypatch)
    fewer = derived(file, {"vendors": {"v": {"teams": {"t": {"agents": 3}}}}})
    simcap.stress(fewer, replications=2, jobs=1, seed=9, out=tmp_path / "out")
    first = len(simulated)
    simulated.clear()
    simcap.stress(fewer, replications=2, jobs=1, seed=9, out=tmp_path / "other")
    assert len(simulated) == first, "nothing was taken from the run of another seed"


def test_without_a_folder_nothing_is_promised(file: ScenarioFile) -> None:
    with pytest.raises(Interrupted, match="stopped; nothing was written"):
        simcap.stress(file, replications=2, jobs=1, progress=stopping(3)[0])


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 half"])
def test_what_cannot_be_read_is_simulated_again(
    file: ScenarioFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: bytes
) -> None:
    simcap.stress(file, replications=2, jobs=1, out=tmp_path / "whole")
    with pytest.raises(Interrupted, match="are kept"):
        simcap.stress(file, replications=2, jobs=1, out=tmp_path / "out", progress=stopping(6)[0])
    kept = sorted(tmp_path.glob(".out.unfinished/*/*.npz"))
    assert len(kept) == 6
    kept[0].write_bytes(damage)
    simulated = counting(monkeypatch)
    simcap.stress(file, replications=2, jobs=1, out=tmp_path / "out")
    again = len(simulated)
    simulated.clear()
    simcap.stress(file, replications=2, jobs=1, out=tmp_path / "third")
    assert again == len(simulated) - 5
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")


def test_an_outcome_comes_back_as_it_was(file: ScenarioFile, tmp_path: Path) -> None:
    periods = ("horizon", "month", "week", "day", "hour")
    outcome, layout = replicate(file, 4, 1, periods)
    kept, key = Kept(tmp_path / "out"), key_of_run(file, 4, periods)
    assert kept.outcome(key, 1, file, periods) is None
    kept.keep_outcome(key, outcome, layout)
    found = kept.outcome(key, 1, file, periods)
    assert found is not None
    assert found[1] == layout
    assert (found[0].replication, found[0].drawn, found[0].notes) == (1, outcome.drawn, outcome.notes)
    assert found[0].figures.keys() == outcome.figures.keys()
    for name, values in outcome.figures.items():
        assert found[0].figures[name].dtype == values.dtype
        np.testing.assert_array_equal(found[0].figures[name], values)


def test_a_key_hangs_on_all_that_a_run_hangs_on(file: ScenarioFile, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = {
        key_of_run(file, 4, ("horizon",)),
        key_of_run(file, 5, ("horizon",)),
        key_of_run(file, 4, ("horizon", "week")),
        key_of_run(derived(file, {"vendors": {"v": {"spread": "5%"}}}), 4, ("horizon",)),
        key_of_all(1),
    }
    assert len(keys) == 5
    assert key_of_run(file, 4, ("horizon",)) in keys
    monkeypatch.setattr(manifest, "arithmetic", lambda: "that of another processor")
    assert key_of_run(file, 4, ("horizon",)) not in keys


@pytest.mark.parametrize("verb", [simcap.stress, simcap.sensitivity])
def test_fewer_replications_do_not_replace_more(file: ScenarioFile, tmp_path: Path, verb: Verb) -> None:
    out = tmp_path / "out"
    verb(file, replications=3, jobs=1, out=out)
    before = contents(out)
    with pytest.raises(
        RunError,
        match="of 3 replications, more than the 2 asked for; use --force to replace it, or --out for another folder",
    ):
        verb(file, replications=2, jobs=1, out=out)
    assert contents(out) == before
    verb(file, replications=2, jobs=1, out=out, force=True)
    assert contents(out) != before


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_backtest_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = desks.write(desks.draw(3), tmp_path)
    path.write_text(
        path.read_text().replace("replications: 12", "replications: 4").replace("finest: hour", "finest: day")
    )
    simulated: list[int] = []
    one = predict._replicate

    def counted(*words: Any) -> Any:
        simulated.append(words[-1])
        return one(*words)

    monkeypatch.setattr(predict, "_replicate", counted)
    whole = backtest(path, ("replay", "forecast"), anchor=False)
    assert len(simulated) == 8
    told: list[int] = []

    def stop(_part: str, done: int, _count: int) -> None:
        told.extend([done] * bool(done))
        if len(told) == 6:
            raise KeyboardInterrupt

    kept = Kept(tmp_path / "backtest")
    with pytest.raises(Interrupted, match="stopped; 6 replications are kept, the same command goes on from there"):
        backtest(path, ("replay", "forecast"), anchor=False, progress=stop, kept=kept)
    simulated.clear()
    resumed = backtest(path, ("replay", "forecast"), anchor=False, kept=kept)
    assert sorted(simulated) == [2, 3]
    for name in ("windows", "scores", "totals"):
        assert getattr(resumed, name).equals(getattr(whole, name))
    path.write_text(path.read_text().replace("seed: 1", "seed: 2").replace("days: 14", "days: 7"))
    simulated.clear()
    backtest(path, ("replay",), anchor=False, kept=kept)
    assert len(simulated) == 4 * 2
