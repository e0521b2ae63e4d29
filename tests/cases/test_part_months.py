"""A horizon that holds only a part of the month by which an SLA is judged: told, neither refused nor called safe."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner

import simcap
from simcap.cli import main
from simcap.errors import RunError
from simcap.report.terminal.parts import part_lines
from simcap.scenario.reading.loading import ScenarioFile, load

CASES = Path(__file__).parents[3] / "shared" / "cases" / "34-partial-month"
pytestmark = pytest.mark.skipif(not CASES.exists(), reason=f"the cases are not in {CASES}")


def case(name: str = "two", **team: Any) -> ScenarioFile:
    """Return a case, its team changed."""
    return simcap.change(load(CASES / f"{name}.yaml"), {"vendors": {"v": {"teams": {"t": team}}}})


def test_staffing_says_that_no_whole_month_is_judged(tmp_path: Path) -> None:
    ran = CliRunner().invoke(main, ["staff", str(CASES / "two.yaml"), "--out", str(tmp_path / "out")])
    assert ran.exit_code == 1
    assert not (tmp_path / "out").exists()
    with pytest.raises(
        RunError, match=r"no SLA has a whole window within the horizon, 2026-10-05 to 2026-10-25"
    ) as told:
        simcap.staff(CASES / "two.yaml")
    assert "q / 24 h (per month)" in str(told.value)
    assert "horizon.weeks" in str(told.value)


def test_a_run_tells_the_part_of_a_month(tmp_path: Path) -> None:
    results = simcap.run(case(), out=tmp_path / "safe", jobs=1)
    assert results.tables["risks"].query("risk == 'sla_miss'").empty
    (line,) = part_lines(results)
    assert line.startswith(
        "q / 24 h, 5 to 25 October 2026: 100.0% on time; below 95% not seen in 3 replications (0% [0%,"
    )


def test_a_part_that_is_missed_is_a_risk_and_is_flagged(tmp_path: Path) -> None:
    words = ["run", str(CASES / "two.yaml"), "--no-charts", "--out", str(tmp_path / "out")]
    text = (CASES / "two.yaml").read_text().replace("agents: 3", "agents: 1")
    (tmp_path / "one.yaml").write_text(text)
    words[1] = str(tmp_path / "one.yaml")
    said = " ".join(CliRunner().invoke(main, words).output.split())
    # One agent decides 96 items of the 200 of a day.
    assert (
        "q / 24 h is likely to be missed in the part of October that lies within the horizon (100% [44%, 100%])" in said
    )
    assert "No whole window to judge by: q / 24 h (per month)" in said
    risks = simcap.run(tmp_path / "one.yaml").tables["risks"].set_index("risk")
    assert risks.loc["sla_miss", ["period", "start", "partial"]].tolist() == ["month", pd.Timestamp("2026-10-05"), True]
    assert not risks.loc["occupancy", "partial"]


def test_what_no_plan_can_meet_is_lost_and_nothing_is_offered() -> None:
    """What comes on Friday evening waits for Monday, whoever is there then."""
    found = simcap.staff(CASES / "wk.yaml", replications=3, check=4, jobs=1)
    for answer in found.answers:
        assert set(answer.met["verdict"]) == {"lost"}
        assert not answer.amounts, "fewer agents would be cheaper, but that was not asked"
        assert not answer.reached
    assert not found.patch()
