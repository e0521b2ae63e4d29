"""Comparisons weigh service before money, and end in a sentence whatever a variant removes."""

from __future__ import annotations

import functools
import shutil
import tempfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from simcap.cli import main

CASES = Path(__file__).parents[3] / "shared" / "cases"
pytestmark = pytest.mark.skipif(not CASES.exists(), reason=f"the cases are not in {CASES}")


@functools.cache
def told(case: str, base: str, variant: str) -> str:
    """Return what `simcap compare` prints of two files of a case."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(CASES / case, Path(folder) / "in")
        files = [str(Path(folder) / "in" / f"{name}.yaml") for name in (base, variant)]
        ran = CliRunner().invoke(
            main, ["compare", *files, "--out", str(Path(folder) / "out"), "-j", "1", "--no-charts"]
        )
    assert ran.exit_code == 0, ran.output
    return ran.output


def section(text: str, heading: str) -> str:
    """Return the lines of the list under a heading."""
    lines = text.split("\n")
    after = lines[lines.index(heading) + 1 :]
    return "\n".join(after[: next(n for n, line in enumerate(after) if not line.startswith("  "))])


@pytest.mark.slow
def test_a_variant_that_removes_the_last_risk_says_so() -> None:
    text = told("risk-removed", "tight", "cr5")
    better = section(text, "Better")
    assert "risk of missing images / 6 h in any week falls from 100% to 0%" in better
    assert "in all 6 replications, then not seen in 6 replications" in better
    assert "Worse\n" not in text


def test_a_cap_that_starves_a_queue_is_a_loss_before_it_is_cheap() -> None:
    text = told("exposure-cap", "tight", "f27")
    assert "saves" not in text
    assert "Attainment of listings / 4 h falls by 93" in section(text, "Worse")
    assert "more items of listings are open at the end" in section(text, "Left over")
    assert "Net cost falls by" in section(text, "Cost")
    assert text.index("Worse\n") < text.index("Better\n") < text.index("Left over\n") < text.index("Cost\n")
    assert "northstar decides 27% fewer items, but its price does not fall" in section(text, "Still paid")


def test_an_order_of_work_helps_one_queue_at_the_cost_of_another() -> None:
    text = told("order-not-heads", "tight", "tight-edf")
    assert "Attainment of listings / 4 h falls by 6.8 points" in section(text, "Worse")
    assert "Attainment of images / 6 h rises by 17.2 points" in section(text, "Better")
    assert "2 SLAs do not differ by half a point" in text
    assert "quality / 48 h" not in text
    assert "saves" not in text


def test_a_cut_that_waits_for_its_notice_is_told() -> None:
    text = told("transfer", "base", "f28")
    notes = " ".join(section(text, "Notes").split())
    assert "out: the notice moves the cut of day from 12 October to 4 November" in notes
    still_paid = " ".join(section(text, "Still paid").split())
    assert "the agents of day that out takes away are paid to the end of the horizon" in still_paid
