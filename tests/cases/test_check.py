"""The shared cases that `check` is to see through."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from simcap.cli import main

CASES = Path(__file__).parents[3] / "shared" / "cases"
pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason=f"the cases are not in {CASES}")


def check(case: str) -> dict[str, Any]:
    result = CliRunner().invoke(main, ["check", str(CASES / case), "--json"])
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.output))


def test_an_exposure_cap_that_starves_a_queue_is_named() -> None:
    document = check("exposure-cap/f27.yaml")
    assert not document["fits"]
    bad = [line for line in document["lines"] if not line["fits"]]
    assert {line["queue"] for line in bad} == {"listings"}
    northstar = next(line for line in bad if line["vendor"] == "northstar")
    said = " ".join(northstar["reasons"])
    assert "max_per_day of 2 h allows" in said
    assert "without max_per_day (2 h) it would be 0 h" in said
    assert "nobody left under max_per_day" in said


def test_the_same_without_the_cap_does_fit() -> None:
    assert check("exposure-cap/tight.yaml")["fits"]
