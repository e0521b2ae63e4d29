"""A site that begins with nobody: a class founds it, or a roster of people who are still to come."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

import simcap
from simcap.analysis.fits import assess
from simcap.analysis.measures import sla_figures
from simcap.api import change
from simcap.cli import main
from simcap.report.wording.fluid import reasons
from simcap.scenario.reading.assumptions import neutral
from simcap.scenario.reading.loading import load
from simcap.streams import Streams
from simcap.world.capacity import estimate
from tests.helpers import watch
from tests.real.published import ROOT, needs

CASE = ROOT.parent / "shared" / "cases" / "27-zero-agents"
ZERO, FUTURE = CASE / "zero.yaml", CASE / "future.yaml"
CLASS = {"vendors": {"v": {"hiring": {"classes": {"c1": None}}}}}

pytestmark = needs(ZERO, FUTURE)


@pytest.mark.parametrize(("case", "heads"), [(ZERO, 2), (FUTURE, 4)])
def test_nobody_is_there_before_the_nineteenth_and_all_are_from_then_on(case: Path, heads: int) -> None:
    file = load(case)
    tally, floor = watch(file.scenario, files=file.files)
    assert tally.headcount[0].tolist() == [0.0] * 14 + [heads] * 21
    assert tally.hires[0].sum() == heads
    assert not tally.by_team["floor"][0, :14].any()
    on_shift = tally.by_team["floor"][0, 14:35] - tally.by_team["overrun"][0, 14:35]
    assert on_shift.tolist() == pytest.approx([heads * 8 * 3600.0] * 21)
    assert min(begin for _, begin, _ in floor.duty) == 14 * 86400 + 9 * 3600
    attained = sla_figures(tally, tally.grid.windows("week"))["attainment"][0]
    assert (attained[:2] < 0.5).all()
    assert (attained[2:] == 1).all()


@pytest.mark.parametrize("case", [ZERO, FUTURE])
def test_check_misses_what_a_run_misses_and_no_more(case: Path) -> None:
    file = load(case)
    fit = assess(file.scenario, estimate(file.scenario, file.files, Streams(1, 0)))
    (line,) = fit.lines
    # What came before the site was founded has left two days later: it is in nobody's way.
    assert line.slas[0].missed.tolist() == [True, True, False, False, False]
    assert "nobody is there in the hours below" in reasons(file.scenario, fit, line)[1]


@pytest.mark.parametrize("case", [ZERO, FUTURE])
def test_headcount_is_as_planned(case: Path) -> None:
    found = simcap.run(case, replications=2, jobs=1)
    assert set(found.tables["risks"]["risk"]) == {"sla_miss", "work_lost"}
    misses = found.tables["risks"].query("risk == 'sla_miss'")
    assert set(misses["cause"]) == {"nobody"}
    teams = found.tables["teams"].query("period == 'week' and measure == 'headcount'")
    assert teams["mean"].iloc[:2].tolist() == [0, 0]
    assert not found.notes


def test_those_who_come_later_leave_as_others_do() -> None:
    leaving = {"vendors": {"v": {"attrition": {"hazard": {"0+ weeks": "20% per day"}}}}}
    file = change(FUTURE, leaving, name="leaving")
    tally, _ = watch(file.scenario, files=file.files)
    assert tally.headcount[0, 13] == 0
    assert tally.leavers[0, :15].sum() == 0
    assert tally.headcount[0, -1] < 4
    assert (tally.headcount >= 0).all()


@pytest.mark.parametrize(
    "words",
    [
        ["check"],
        ["run", "-n", "2", "--period", "day"],
        ["stress", "-n", "2"],
        ["staff", "-n", "3", "--check", "3", "--confidence", "80%", "--no-curve"],
        ["sensitivity", "-n", "2"],
        ["synthesize"],
    ],
)
@pytest.mark.parametrize("case", [ZERO, FUTURE, None])
def test_all_commands_work(tmp_path: Path, words: list[str], case: Path | None) -> None:
    if case is None:
        case = tmp_path / "nobody.yaml"
        case.write_text(f"name: nobody\nextends: {ZERO}\nvendors: {{v: {{hiring: {{classes: {{c1: null}}}}}}}}\n")
    out = [] if words[0] == "check" else ["--out", str(tmp_path / "out")]
    result = CliRunner().invoke(main, [words[0], str(case), "--allow-outside", *words[1:], *out])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == 0, result.output
    assert "nan" not in result.output.lower()
    if words[0] == "check":
        assert "nobody" in result.output


def test_a_comparison_of_more_seats(tmp_path: Path) -> None:
    variant = tmp_path / "more.yaml"
    variant.write_text(f"name: more\nextends: {ZERO}\nvendors: {{v: {{hiring: {{classes: {{c1: {{size: 4}}}}}}}}}}\n")
    result = CliRunner().invoke(
        main, ["compare", str(ZERO), str(variant), "--allow-outside", "-n", "2", "--out", str(tmp_path / "out")]
    )
    assert result.exit_code == 0, result.output


def test_a_team_that_nobody_ever_joins_is_told() -> None:
    found = simcap.run(change(ZERO, CLASS, name="nobody"), replications=2, jobs=1)
    assert not found.figures.of("teams", "horizon", None, "headcount")[:, 0].any()
    assert "agents: nobody, from start to end (new-site)" in neutral(found.scenario)
