"""Every command on the programme of fifteen queues, with little volume: each ends well and tells its results."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from ruamel.yaml import YAML

from simcap.cli import main

SCENARIO = Path(__file__).parents[2] / "scenarios" / "programme.yaml"
SMALL = 0.03
"""Share of the volume that is kept."""


def simcap(*arguments: object) -> Result:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    return result


def small(folder: Path, name: str, **changes: Any) -> Path:
    """Write the programme with little volume, and further changes."""
    queues = YAML(typ="safe", pure=True).load(SCENARIO)["queues"]
    rates = {
        queue: {"arrivals": {"per_week": SMALL * float(plan["arrivals"]["per_week"])}}
        for queue, plan in queues.items()
        if "arrivals" in plan
    }
    path = folder / f"{name}.yaml"
    shutil.copyfile(SCENARIO, folder / SCENARIO.name)
    document = {"name": name, "extends": SCENARIO.name, "queues": rates, **changes}
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def one_week(folder: Path) -> Path:
    """Write a small week with the site that is still to be founded in place."""
    founded = {"go_live": None, "hiring": {"classes": None}, "teams": {"bogota": {"agents": 14}}}
    horizon = {"start": "2026-10-19", "weeks": 1, "warm_up": "1 day"}
    return small(folder, "one week", horizon=horizon, vendors={"altiplano": founded})


def test_check_says_what_is_planted() -> None:
    told = simcap("check", SCENARIO).output
    for name in ("images (tamarind)", "returns", "messages", "video", "appeals"):
        assert name in told.split("lines of work do not fit: ")[1]


def test_run_and_compare(tmp_path: Path) -> None:
    base = small(tmp_path, "base")
    crew = small(tmp_path, "crew", vendors={"harbour": {"teams": {"dublin": {"agents": 11}}}})
    assert "Risks" in simcap("run", base, "-n", 2, "--jobs", 1, "--out", tmp_path / "run", "--no-charts").output
    said = simcap("compare", base, crew, "-n", 2, "--jobs", 1, "--out", tmp_path / "compare").output
    assert "dublin, agents: 10 -> 11" in said
    assert "SLAs do not differ" in said


def test_synthesize_and_calibrate(tmp_path: Path) -> None:
    simcap("synthesize", small(tmp_path, "base"), "--out", tmp_path / "logs")
    said = simcap("calibrate", tmp_path / "logs" / "calibration.yaml", "--no-charts").output
    assert "queues.listings-es.arrivals.per_week" in said
    fitted = YAML(typ="safe", pure=True).load(tmp_path / "logs" / "parameters.yaml")
    assert fitted["queues"]["listings-es"]["arrivals"]["timezone"] == "America/Bogota"
    history = tmp_path / "logs" / "calibration.yaml"
    sla = "sla: {24 h: {measure: turnaround, within: 24 h, queues: [listings, fraud]}}"
    part = f"staffing: {{rule: priority}}\nbacktest:\n  first: 2026-11-09\n  days: 3\n  replications: 2\n  {sla}\n"
    written = history.read_text(encoding="utf-8").replace("fed: [escalations, quality]\n", "")
    used = "items:\n  queues: {listings: listings, fraud: fraud, messages: messages}\n"
    zones = written.index("timezones:")
    history.write_text(written[:zones].replace("items:\n", used) + part, encoding="utf-8")
    assert "listings" in simcap("backtest", history, "--mode", "replay", "--jobs", 1, "--no-charts").output


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("stress", ["-n", 1]),
        pytest.param("sensitivity", ["-n", 2], marks=pytest.mark.slow),
        pytest.param("staff", ["-n", 3, "--check", 2, "--no-curve"], marks=pytest.mark.slow),
    ],
)
def test_the_searches(command: str, options: list[object], tmp_path: Path) -> None:
    said = simcap(command, one_week(tmp_path), *options, "--jobs", 1, "--out", tmp_path / "out").output
    assert "Results" in said
    assert any((tmp_path / "out" / "tables").iterdir())


def test_schema_knows_every_key_of_it() -> None:
    schema = json.loads(simcap("schema").stdout)
    assert "transfer" in json.dumps(schema)
    assert "go_live" in json.dumps(schema)
