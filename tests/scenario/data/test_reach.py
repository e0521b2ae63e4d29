"""Files name what lies in their project, by any way, and nothing else; what is refused is not quoted."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from simcap.cli import main
from simcap.scenario.data.reach import MARK, reach_of
from tests.scenario.conftest import GONE, changed

SECRET = "root:x:0:0:secret\n"
KEYS: dict[str, Callable[[str], dict[str, Any]]] = {
    "extends": lambda path: {"name": "child", "extends": path},
    "calibration": lambda path: changed({"calibration": path}),
    "volumes": lambda path: changed({"queues.listings.arrivals": {"file": {"path": path, "as": "actual"}}}),
    "trace": lambda path: changed({"queues.listings.arrivals": {"trace": path}}),
    "profile": lambda path: changed({"queues.listings.arrivals.profile": path}),
    "empirical": lambda path: changed({"queues.listings.handle_time": {"empirical": path}}),
    "roster": lambda path: changed(
        {"vendors.south.teams.krakow.roster": path, "vendors.south.teams.krakow.agents": GONE}
    ),
}
"""What names a file, and a scenario that does."""


def asked(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture
def job(tmp_path: Path) -> Path:
    """Give a folder for a stranger's scenario, beside which something lies that is none of theirs."""
    (tmp_path / "secret.csv").write_text(SECRET)
    (tmp_path / "job").mkdir()
    (tmp_path / "job" / "link.csv").symlink_to(tmp_path / "secret.csv")
    return tmp_path / "job"


@pytest.mark.parametrize("way", ["../secret.csv", "below/../../secret.csv", "link.csv", "{root}/secret.csv"])
@pytest.mark.parametrize("key", KEYS)
def test_what_lies_outside_is_neither_read_nor_quoted(key: str, way: str, job: Path) -> None:
    path = job / "scenario.yaml"
    path.write_text(json.dumps(KEYS[key](way.format(root=job.parent)), indent=1))
    result = asked("check", path)
    assert result.exit_code == 1
    assert f"lies outside {os.path.realpath(job)}" in result.output
    assert "--allow-outside" in result.output
    assert "root:x" not in result.output
    assert "secret\n" not in result.output
    assert "lies outside" not in asked("check", path, "--allow-outside").output


@pytest.mark.parametrize(
    "content", [SECRET, "key: [unclosed", "a b c", "token: 0x1f\npassword: hunter2\n", "- hunter2"]
)
def test_a_parent_that_is_no_scenario_is_not_quoted(content: str, job: Path) -> None:
    (job / "notes.txt").write_text(content)
    path = job / "scenario.yaml"
    path.write_text("{name: child, extends: notes.txt}")
    result = asked("check", path)
    assert result.exit_code == 1
    for word in ("root:x", "hunter2", "unclosed", "0x1f", "password"):
        assert word not in result.output


def test_a_project_reaches_as_far_as_it_goes(job: Path) -> None:
    inside = job / "scenarios" / "2026"
    inside.mkdir(parents=True)
    for folder in (inside, job / "scenarios", job / "calibration" / "q3", job / "outputs" / "plan"):
        assert reach_of(folder / "a.yaml").root == job, "they lie beside one another"
    assert reach_of(job / "elsewhere" / "a.yaml").root == job / "elsewhere"
    inside.rmdir()
    inside.parent.rmdir()
    assert reach_of(job / "calibration" / "a.yaml").root == job / "calibration", "there are no scenarios"
    assert reach_of(job / "outputs" / "plan" / "a.yaml").root == job, "a plan extends what it plans"
    (job / MARK).touch()
    assert reach_of(job / "elsewhere" / "a.yaml").root == job, "simcap init has made it"
    assert reach_of(inside / "a.yaml", allow_outside=True).root is None


def test_shocks_reach_no_further_than_their_scenario(job: Path) -> None:
    (job / "s.yaml").write_text(json.dumps(changed({"horizon.weeks": 1, "events": GONE, "vendors.north.hiring": GONE})))
    patch = {"queues": {"listings": {"arrivals": {"per_week": None, "profile": None, "trace": "../secret.csv"}}}}
    (job / "shocks.yaml").write_text(json.dumps({"peek": patch}))
    result = asked("stress", job / "s.yaml", "--shocks", job / "shocks.yaml", "--only-mine", "-n", 2, "-j", 1,
                   "--out", job / "out")  # fmt: skip
    assert result.exit_code == 1
    assert "lies outside" in result.output
    assert "root:x" not in result.output


@pytest.mark.parametrize("path", ["../secret.csv", "link.csv", "../*.csv", "/*/*.csv", "*.csv"])
def test_a_history_lies_in_its_project(path: str, job: Path) -> None:
    file = job / "calibration.yaml"
    items = {"path": path, "timezone": "UTC"}
    file.write_text(
        json.dumps({"title": "t", "timezone": "UTC", "from": "2026-03-02", "to": "2026-04-05", "items": items})
    )
    result = asked("calibrate", file, "--no-charts", "--out", job / "out")
    assert result.exit_code == 1
    assert "lies outside" in result.output
    assert "root:x" not in result.output


@pytest.mark.parametrize("make", ["device", "fifo", "loop"])
@pytest.mark.parametrize("key", KEYS)
def test_what_is_no_ordinary_file_is_refused(key: str, make: str, job: Path) -> None:
    odd = job / "odd.csv"
    if make == "device":
        odd = Path("/dev/zero")
    elif make == "fifo":
        os.mkfifo(odd)
    else:
        odd.symlink_to(odd)
    path = job / "scenario.yaml"
    path.write_text(json.dumps(KEYS[key](str(odd))))
    result = asked("check", path, "--allow-outside")
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert odd.name in result.output
