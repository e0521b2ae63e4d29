"""First figures while a run is under way."""

from __future__ import annotations

from pathlib import Path

import pytest

from simcap.analysis.early import EarlyFigure, EarlyLook
from simcap.experiment.early import EarlyLooks
from simcap.experiment.run import run_scenario
from simcap.report.terminal.early import MOST, early_lines
from simcap.scenario.reading.loading import load
from tests.comparisons import PROGRAMME, write_programme

COUNT = 6


@pytest.fixture
def looks(tmp_path: Path) -> list[EarlyLook]:
    """What is told while six replications run."""
    told: list[EarlyLook] = []
    run_scenario(load(write_programme(tmp_path)), tmp_path / "out", replications=COUNT, jobs=1, look=told.append)
    return told


def test_sketches_come_first_and_replications_take_their_place(looks: list[EarlyLook]) -> None:
    assert [(look.sketched, look.replications) for look in looks] == [
        (True, 2), (True, 4), (True, 8), (False, 4), (False, 5), (False, 6),
    ]  # fmt: skip


def test_the_last_look_is_the_result(tmp_path: Path, looks: list[EarlyLook]) -> None:
    results = run_scenario(load(write_programme(tmp_path)), tmp_path / "out", replications=COUNT, jobs=1)
    rows = results.tables["sla"]
    rows = rows[(rows["period"] == "horizon") & (rows["vendor"] == "")].set_index(["queue", "sla"])
    for figure in looks[-1].figures:
        row = rows.loc[(figure.queue, figure.sla)]
        assert (figure.attainment, figure.low, figure.high) == pytest.approx(
            tuple(row[["attainment", "ci_low", "ci_high"]])
        )


def test_a_sketch_is_close_to_what_it_announces(looks: list[EarlyLook]) -> None:
    for first, last in zip(looks[2].figures, looks[-1].figures, strict=True):
        assert first.attainment == pytest.approx(last.attainment, abs=0.05)


@pytest.mark.parametrize(("weeks", "agents", "sketches"), [(4, 3, 8), (200, 3_000, 0), (40, 2_500, 2)])
def test_a_scenario_that_is_large_has_fewer_sketches_or_none(
    tmp_path: Path, weeks: int, agents: int, sketches: int
) -> None:
    text = PROGRAMME.replace("weeks: 4", f"weeks: {weeks}").replace("agents: 3", f"agents: {agents}")
    (tmp_path / "large.yaml").write_text(text)
    assert EarlyLooks(load(tmp_path / "large.yaml"), 1, lambda _: None)._count() == sketches


def test_nothing_is_told_of_a_run_that_is_done(tmp_path: Path, looks: list[EarlyLook]) -> None:
    again: list[EarlyLook] = []
    run_scenario(load(write_programme(tmp_path)), tmp_path / "out", replications=COUNT, jobs=1, look=again.append)
    assert looks
    assert not again


def test_lines_say_what_they_rest_on_and_show_the_worst() -> None:
    figures = tuple(EarlyFigure(f"q{n}", "4 h", 0.9, 0.5 + n / 100, 0.4, 0.6) for n in range(MOST + 2))
    lines = early_lines(EarlyLook(figures, 8, sketched=True))
    assert lines[0] == "so far, from a sketch of 8 replications:"
    assert lines[1] == "  q0 / 4 h: 50.0% [40.0, 60.0], target 90%"
    assert lines[-1] == "  and 2 SLAs that stand better"
    assert early_lines(EarlyLook(figures[:1], 1, sketched=False))[0] == "so far, from 1 replication:"
