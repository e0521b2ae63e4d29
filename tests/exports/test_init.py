"""Projects made from exports as they come: each runs without an edit, and has the teams that the world had."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from simcap.api.projects import begin_from
from simcap.cli import main
from simcap.scenario.reading.loading import load
from simcap.scenario.reading.provenance import assumptions
from simcap.scenario.schema.scenario import Scenario
from simcap.units import HOUR

from .written import EXPORTS

pytestmark = pytest.mark.skipif(not EXPORTS.exists(), reason=f"{EXPORTS} is not there")

QUICK = {"15-utf16-tsv", "21-weekly-scorecard"}
"""A log of items and a scorecard: one of each kind from day to day."""
ALL = sorted(path.name for path in EXPORTS.glob("*/")) if EXPORTS.exists() else []


def files(export: str) -> list[Path]:
    return sorted(path for path in (EXPORTS / export).iterdir() if path.name != "README.md")


def begun(export: str, folder: Path) -> Scenario:
    """Make a project of an export; return its scenario."""
    project = begin_from(files(export), folder, timezone="Europe/London")
    assert not project.problem
    return load(folder / project.files[0]).scenario


def teams(scenario: Scenario) -> dict[str, Any]:
    return {name: team for vendor in scenario.vendors.values() for name, team in vendor.teams.items()}


@pytest.mark.parametrize(
    "export", [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in ALL]
)
def test_a_project_of_an_export_is_calibrated_and_run_without_an_edit(
    export: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder, words in (
        (".", ["init", "demo", "--from", *map(str, files(export)), "--timezone", "Europe/London"]),
        ("demo", ["calibrate", "calibration/calibration.yaml"]),
        ("demo", ["check", "scenarios/plan.yaml"]),
        ("demo", ["run", "scenarios/plan.yaml", "-n", "2", "-j", "1", "--no-charts", "--quiet"]),
    ):
        monkeypatch.chdir(tmp_path / folder)
        done = CliRunner().invoke(main, words)
        assert done.exit_code == 0, f"{words}\n{done.output}"
    assert (tmp_path / "demo/outputs/plan/summary.json").is_file()
    text = (tmp_path / "demo/scenarios/plan.yaml").read_text(encoding="utf-8")
    assert "# ? no file tells the SLA" in text
    assert "ag0" not in text
    copies = {path.name: path.read_bytes() for path in (tmp_path / "demo/calibration/data").iterdir()}
    assert copies == {path.name: path.read_bytes() for path in files(export)}


WORLD: dict[str, dict[str, Any]] = (
    json.loads((EXPORTS / "truth.json").read_text())["parameters"]["teams"] if EXPORTS.exists() else {}
)
DAYS = {"Mon-Fri": {"Mon-Fri"}, "5of7": {"5 of 7"}, "rota": {"5 of 7"}}


@pytest.mark.parametrize(
    "export",
    [
        "20-wfm-hourly",
        pytest.param("13-names-mapping", marks=pytest.mark.slow),
        pytest.param("01-warehouse-iso", marks=pytest.mark.slow),
        pytest.param("26-schedule-grid", marks=pytest.mark.slow),
    ],
)
def test_shifts_of_named_teams_are_those_of_the_world(export: str, tmp_path: Path) -> None:
    """To the quarter of an hour, at the clock of the site; breaks, where attendance has them, too."""
    found = teams(begun(export, tmp_path / "demo"))
    assert found
    for name, team in found.items():
        true = WORLD[name.casefold().replace(" ", "-")]
        assert team.timezone == true["tz"]
        assert team.shift is not None
        assert (team.shift.start, team.shift.length) == (true["start"], true["length"])
        assert team.shift.days in DAYS[true["days"]]
        breaks = [(pause.after / HOUR, pause.for_) for pause in team.shift.breaks]
        if breaks:
            assert [length for _, length in breaks] == [length for _, length, _ in true["breaks"]]
            assert [after for after, _ in breaks] == pytest.approx([hour for hour, *_ in true["breaks"]], abs=0.25)


@pytest.mark.parametrize("export", ["09-tickets-no-pickup", pytest.param("14-parquet", marks=pytest.mark.slow)])
def test_teams_are_seen_from_when_agents_work(export: str, tmp_path: Path) -> None:
    """At the clock of London: Krakow from 13:00 and Bogota from 14:00 to 21:00 or 23:00, Manila from 15:00 and 23:00.

    By a log of few items a shift, agents of Krakow and Bogota count as one team.
    """
    found = teams(begun(export, tmp_path / "demo"))
    shifts = {(team.shift.start / HOUR, team.shift.length / HOUR): team.agents for team in found.values()}
    day = {(14.0, 9.0): 24} if export.startswith("09") else {(13.0, 8.0): 16, (14.0, 9.0): 8}
    assert shifts == day | {(15.0, 9.0): 21, (23.0, 9.0): 10}


def test_a_scorecard_says_how_many_but_not_when(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    scenario = begun("21-weekly-scorecard", folder)
    planned = json.loads((EXPORTS / "expected.json").read_text())["21-weekly-scorecard"]["realised"]
    for vendor in ("Northstar", "Kestrel"):
        (team,) = scenario.vendors[vendor].teams.values()
        late = planned[vendor.lower()]["fte_planned"][-4:]
        assert team.agents == round(sum(late) / len(late))
    assert scenario.routing.allocation["Listings"]["Northstar"] == pytest.approx(0.6, abs=0.011)
    text = (folder / "scenarios/plan.yaml").read_text(encoding="utf-8")
    assert text.count("# ? no file tells when they work") == 2
    marked = {one.path: one.note for one in assumptions(load(folder / "scenarios/plan.yaml")) if one.source}
    assert marked["queues.Listings.sla.24 h.target"] == "placeholder"
    assert marked["vendors.Kestrel.teams." + next(iter(scenario.vendors["Kestrel"].teams)) + ".agents"] == ""


def test_files_that_need_a_word_first_still_make_a_project_that_says_which(tmp_path: Path) -> None:
    """A week is too short to fit anything to: the queues are there, everything else is a placeholder."""
    (one, *_) = files("17-weekly-files")
    project = begin_from([one], tmp_path / "demo")
    assert "fewer than 28 days" in project.problem
    assert str(tmp_path / "demo") in project.problem
    scenario = load(tmp_path / "demo" / project.files[0]).scenario
    assert list(scenario.queues) == ["listings"]
    assert any("handle_time" in line for line in project.placeholders)
