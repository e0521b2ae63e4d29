"""Every shipped scenario: it loads, it can be checked, and it runs; the variants ask one question each."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from simcap.cli import main
from simcap.scenario.reading.inherit import read_chain
from simcap.scenario.reading.loading import load

from .real import bank

SCENARIOS = Path(__file__).parents[1] / "scenarios"
SHIPPED = sorted(SCENARIOS.glob("*.yaml"))
BASELINE = SCENARIOS / "baseline.yaml"
VARIANTS = {"classifier-live": "2026-11-02", "end-night-shift": "2026-12-07", "move-20-to-kestrel": "2026-11-30"}
"""Variants of the baseline, and the day from which they differ from it."""
SMALL = 0.02
"""Share of the volume that a quick run keeps."""

every = pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)


def merged(path: Path) -> dict[str, Any]:
    """Return what a scenario and its parents say, before data files are looked at."""
    source = read_chain(path)
    assert source.tree is not None
    assert not source.problems
    document: dict[str, Any] = source.tree.plain()
    return document


def with_volumes(path: Path, folder: Path) -> Path:
    """Return a scenario with its volumes; those of the bank are made from published data, or the test is skipped."""
    if path != bank.SHIPPED:
        return path
    if not bank.DATA.is_dir():
        pytest.skip(f"the published data are not in {bank.DATA}")
    return bank.write_scenario(folder)


def cut_down(path: Path, folder: Path) -> Path:
    """Write a scenario that extends a shipped one with little volume and a short warm-up; events stay."""
    document = merged(path)
    queues: dict[str, Any] = {}
    for name, queue in document["queues"].items():
        arrivals = queue.get("arrivals")
        if arrivals and "file" in arrivals:
            queues[name] = {"arrivals": {"file": None, "per_day": 40}}
        elif arrivals:
            queues[name] = {"arrivals": {"per_week": SMALL * float(str(arrivals["per_week"]).replace("_", ""))}}
    uncertain = {key: None for key in document.get("uncertain", {}) if key.endswith("arrivals.per_week")}
    small = {
        "name": f"{path.stem} small",
        "extends": str(path),
        "horizon": {"warm_up": "1 day"},
        "queues": queues,
        "uncertain": uncertain,
    }
    child = folder / f"{path.stem}-small.yaml"
    child.write_text(json.dumps(small, indent=1), encoding="utf-8")
    return child


def simcap(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def run(path: Path, out: Path) -> None:
    """Run one replication and hold what must be true of any result."""
    result = simcap("run", path, "--allow-outside", "-n", 1, "--no-charts", "--jobs", 1, "--out", out)
    assert result.exit_code == 0, result.output
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    asked = {(name, sla) for name, queue in merged(path)["queues"].items() for sla in queue.get("sla", {})}
    assert {(row["queue"], row["sla"]) for row in summary["slas"]} == asked
    queues = pd.read_csv(out / "tables" / "queues.csv")
    arrived = queues[(queues["measure"] == "arrived") & (queues["period"] == "horizon")].set_index("queue")["mean"]
    assert (arrived > 0).all()


@every
def test_its_results_land_in_a_folder_of_its_own_name(path: Path) -> None:
    assert merged(path)["name"].lower().replace(" ", "-") == path.stem
    assert merged(path)["description"]


@every
def test_is_checked(path: Path, tmp_path: Path) -> None:
    whole = with_volumes(path, tmp_path)
    result = simcap("check", whole, "--allow-outside")
    assert result.exit_code == 0, result.output
    assert load(whole, allow_outside=True).scenario.name in result.output


@pytest.mark.slow
@every
def test_runs_whole(path: Path, tmp_path: Path) -> None:
    run(with_volumes(path, tmp_path), tmp_path / "run")


@pytest.mark.parametrize("name", VARIANTS)
def test_a_variant_shows_only_its_difference(name: str) -> None:
    lines = (SCENARIOS / f"{name}.yaml").read_text(encoding="utf-8").splitlines()
    assert len(lines) < 10
    assert "extends: baseline.yaml" in lines
    assert merged(SCENARIOS / f"{name}.yaml")["description"].endswith("?")


@cache
def small_weeks(name: str, folder: Path) -> pd.DataFrame:
    """Return the weekly figures of queues of a quick run, a column a week."""
    out = folder / name
    run(cut_down(SCENARIOS / f"{name}.yaml", folder), out)
    table = pd.read_csv(out / "tables" / "queues.csv")
    weeks = table[table["period"] == "week"]
    return weeks.pivot_table(index=["queue", "measure"], columns="start", values="mean", dropna=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("variants")


@pytest.mark.parametrize("name", VARIANTS)
def test_a_variant_differs_from_the_baseline_by_its_event_alone(name: str, folder: Path) -> None:
    """The same draws: weeks that end a week before the event or earlier are exactly as in the baseline."""
    theirs, ours = small_weeks("baseline", folder), small_weeks(name, folder)
    begins = dt.date.fromisoformat(VARIANTS[name])
    before = [week for week in theirs if dt.date.fromisoformat(str(week)) + dt.timedelta(days=14) <= begins]
    assert len(before) >= 2
    pd.testing.assert_frame_equal(ours[before], theirs[before])
    assert not ours.equals(theirs)


def test_without_its_data_the_bank_names_the_missing_file(tmp_path: Path) -> None:
    shutil.copy(SCENARIOS / "bank-1999.yaml", tmp_path)
    result = simcap("check", tmp_path / "bank-1999.yaml")
    assert result.exit_code != 0
    assert "queues.regular.arrivals.file.path" in result.output
    assert "bank-1999-volumes.csv: cannot be read (No such file or directory)" in result.output
