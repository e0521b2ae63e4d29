"""What exceeds what equal runs show, and what does not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import simcap
from simcap.analysis.comparison import run_of
from simcap.experiment.batch import Batch, run_batch
from simcap.planning.changes import Change
from simcap.planning.noise import shares, worst_window
from simcap.planning.stress import stress_test
from simcap.report.terminal.stress import hurting
from simcap.scenario.reading.loading import ScenarioFile, load
from tests.analysis.made import layout_of, quiet_figures
from tests.helpers import scenario

ALL = np.ones(91, bool)


@pytest.mark.parametrize(("replications", "most"), [(10, 0.02), (6, 0.03), (5, 0.05), (4, 0.05), (2, 0.05)])
def test_the_worst_of_equal_runs_hardly_ever_stands_out(replications: int, most: float) -> None:
    generator = np.random.default_rng(11)
    found = []
    for _ in range(400):
        base = generator.normal(0.9, 0.03, (replications, 91))
        worst = worst_window(base, base + generator.normal(0, 0.02, base.shape), ALL)
        assert worst.loss > 0, "the worst of 91 windows is always worse"
        found.append(worst.stands_out)
    assert np.mean(found) <= most + 4 * np.sqrt(most / 400)


@pytest.mark.parametrize("replications", [2, 4, 5, 10, 20])
def test_a_loss_in_one_window_stands_out(replications: int) -> None:
    generator = np.random.default_rng(12)
    base = generator.normal(0.9, 0.01, (replications, 91))
    run = base + generator.normal(0, 0.005, base.shape)
    run[:, 30] -= 0.15
    worst = worst_window(base, run, ALL)
    assert (worst.window, worst.stands_out) == (30, True)
    assert worst.loss == pytest.approx(0.15, abs=0.02)
    assert worst.chance <= 0.05
    assert worst_window(base, run, ALL & (np.arange(91) != 30)).loss < 0.02
    assert worst_window(base[:1], run[:1], ALL).stands_out, "a single replication tells nothing from chance"
    assert np.isnan(worst_window(base[:1], run[:1], ALL).chance)


def test_windows_without_items_lose_nothing() -> None:
    base = np.full((6, 3), 0.9)
    base[:, 1] = np.nan
    worst = worst_window(base, base - 0.1, np.array([False, True, False]))
    assert np.isnan(worst.loss)
    assert not worst.stands_out


PLAN = """
name: near its limit
horizon: {start: 2026-10-05, weeks: 4, timezone: UTC, warm_up: 1 day}
simulation: {replications: 6, seed: 3}
queues:
  mail:
    arrivals: {per_day: 1300, busyness: {cv: 10%}}
    handle_time: {exponential: 3 min}
    sla: {10 min: {measure: wait, within: 10 min, target: 95%, per: day}}
vendors:
  north:
    teams: {t: {timezone: UTC, agents: 3, skills: [mail], shift: {always: true}}}
"""


@pytest.fixture
def file(tmp_path: Path) -> ScenarioFile:
    (tmp_path / "plan.yaml").write_text(PLAN)
    return load(tmp_path / "plan.yaml")


def slower(factor: float) -> Change:
    return Change(f"x{factor}", {"events": {"slow": {"handle_time": {"from": "2026-10-05", "factor": factor}}}})


def test_a_shock_that_is_next_to_nothing_is_noise_and_one_that_is_not_stands_out(file: ScenarioFile) -> None:
    """A hair's breadth on handle times puts items before others, here and there: days differ, and nothing is worse."""
    found = simcap.stress(file, shocks=[slower(1.00001), slower(1.1)], standard=False, replications=6, jobs=2)
    hair, tenth = found.table.to_dict("records")
    assert hair["lost_at_worst"] < 0.005
    assert not hair["stands_out"]
    assert tenth["stands_out"]
    assert tenth["worst_stands_out"]
    assert tenth["lost_low"] < tenth["lost"] < tenth["lost_high"]
    assert hurting(found)["shock"].tolist() == ["x1.1"]


def test_equal_runs_on_other_draws_hardly_ever_stand_out(file: ScenarioFile) -> None:
    """The worst day of one is points below that of the other, and no shock."""
    (run,) = run_batch([file], Batch(3, range(24), ("horizon", "week", "day"), 2))
    days = shares(run, ("mail", "", "10 min"), "day")
    generator, found = np.random.default_rng(4), []
    for _ in range(200):
        order = generator.permutation(24)
        found.append(worst_window(days[order[:8]], days[order[8:16]], np.ones(days.shape[1], bool)))
    assert np.median([worst.loss for worst in found]) > 0.02
    assert sum(worst.stands_out for worst in found) <= 8, "one in a hundred, and four more by chance"


def test_the_loss_is_that_of_the_ratio_of_sums(file: ScenarioFile) -> None:
    (base,) = run_batch([file], Batch(3, range(3), ("horizon", "week", "day"), 1))
    for period in ("horizon", "day"):
        decided, on_time = (
            base.figures.of("sla", period, None, name)[:, 0].sum(axis=0) for name in ("counted", "on_time")
        )
        assert shares(base, ("mail", "", "10 min"), period).mean(axis=0) == pytest.approx(on_time / decided)
    empty = simcap.change(file, {"queues": {"mail": {"arrivals": {"per_day": 0}}}})
    found = stress_test(empty, [slower(1.1)], Batch(3, range(2), jobs=1))
    assert not found.table["stands_out"].any()
    assert hurting(found).empty


# -- by hand ----------------------------------------------------------------------------------------------------------

ONE = np.ones(1, bool)


def lost(gaps: list[float], windows: int = 1) -> tuple[float, float, bool]:
    """Return loss, chance and verdict of equal windows that lose so much in each replication."""
    base = np.full((len(gaps), windows), 0.9)
    worst = worst_window(base, base - np.array(gaps)[:, None], np.ones(windows, bool))
    return worst.loss, worst.chance, worst.stands_out


def test_signs_are_exchanged_in_all_ways() -> None:
    assert lost([0.1] * 5) == (pytest.approx(0.1), 1 / 32, True), "one of 32 ways, the fewest there can be"
    assert lost([0.1] * 4 + [-0.1]) == (pytest.approx(0.06), 6 / 32, False), "all signs, or all but one"
    assert lost([0.1] * 12) == (pytest.approx(0.1), 1 / 4096, True)
    assert lost([0.1] * 9 + [0.0]) == (pytest.approx(0.09), 2 / 1024, True)
    assert lost([0.1] * 7 + [-0.1] * 2) == (pytest.approx(0.5 / 9), 46 / 512, False), "1 + 9 + 36 ways"
    loss, chance, stands_out = lost([0.1] * 13)
    assert (loss, stands_out) == (pytest.approx(0.1), True)
    assert 1 / 4096 <= chance <= 5 / 4096, "of more ways some are drawn, that of the signs as they are among them"
    assert lost([-0.1] * 5) == (pytest.approx(-0.1), 1.0, False), "what gains does not stand out"


def test_the_worst_of_two_windows_is_held_against_the_worst_of_two() -> None:
    """Window 1 loses 0.1 each time, window 0 with signs of its own: of 32 ways two have the largest mean of 0.1."""
    base = np.full((5, 2), 0.9)
    run = base - np.array([[-0.1, 0.1], [0.1, 0.1], [-0.1, 0.1], [0.1, 0.1], [-0.1, 0.1]])
    worst = worst_window(base, run, np.ones(2, bool))
    assert (worst.window, worst.loss, worst.chance) == (1, pytest.approx(0.1), 2 / 32)
    assert not worst.stands_out
    alone = worst_window(base, run, np.array([False, True]))
    assert (alone.window, alone.stands_out) == (1, True)
    other = worst_window(base, run, np.array([True, False]))
    assert (other.window, other.loss) == (0, pytest.approx(-0.02))


def test_few_replications_are_held_against_what_the_base_shows_of_itself() -> None:
    """Replications of the base are 0.1 to 0.3 apart, means of four half as much."""
    base = np.array([[0.5], [0.6], [0.7], [0.8]])
    less = worst_window(base, base - 0.12, ONE)
    assert (less.loss, less.chance, less.stands_out) == (pytest.approx(0.12), 1 / 12, False)
    more = worst_window(base, base - 0.16, ONE)
    assert (more.chance, more.stands_out) == (0.0, True)
    mixed = worst_window(base, base - np.array([[0.9], [0.9], [0.9], [0.0]]), ONE)
    assert (mixed.chance, mixed.stands_out) == (0.0, False), "one replication loses nothing"


def test_a_single_replication_has_no_chance() -> None:
    for gap, stands_out in ((0.01, True), (0.0, False), (-0.01, False)):
        loss, chance, found = lost([gap])
        assert (loss, found) == (pytest.approx(gap), stands_out)
        assert np.isnan(chance)


def test_a_window_without_items_is_passed_over() -> None:
    base = np.full((5, 3), 0.9)
    base[:, 0] = np.nan
    worst = worst_window(base, base - np.array([0.0, 0.1, 0.2]), np.ones(3, bool))
    assert (worst.window, worst.loss, worst.chance, worst.stands_out) == (2, pytest.approx(0.2), 1 / 32, True)


def test_a_loss_just_as_large_as_between_equal_runs_does_not_stand_out() -> None:
    base = np.array([[0.0], [0.25], [0.5], [0.75]])
    worst = worst_window(base, base - 0.375, ONE)
    assert (worst.loss, worst.chance, worst.stands_out) == (0.375, 1 / 12, False)


def test_many_ways_are_drawn_alike_each_time() -> None:
    assert lost([0.1] * 7 + [-0.1] * 5)[1] == 1586 / 4096, "all ways, where there are no more"
    chance = lost([0.1] * 10 + [-0.1] * 5)[1]
    assert chance == pytest.approx(4944 / 32768, abs=0.025)
    assert chance == lost([0.1] * 10 + [-0.1] * 5)[1]
    assert lost([0.1] * 9 + [-0.1] * 6)[1] == pytest.approx(9949 / 32768, abs=0.025), "nine of fifteen, or more"
    assert lost([0.1] * 20)[1] == 1 / 4096


def test_what_cannot_be_judged_has_no_figures() -> None:
    worst = worst_window(np.full((6, 2), np.nan), np.zeros((6, 2)), np.ones(2, bool))
    assert (worst.window, worst.stands_out) == (0, False)
    assert np.isnan([worst.loss, worst.chance]).all()
    assert worst_window(np.array([[0.9, 0.9]]), np.array([[0.9, 0.8]]), np.ones(2, bool)).window == 1


def test_shares_are_of_what_counts() -> None:
    plan = scenario({"queues.mail.sla": "{4 h: {measure: wait, within: 4 h, target: 95%, per: day}}"})
    layout = layout_of(plan)
    figures = quiet_figures(layout, 2)
    for name, values in (("counted", [[10, 40], [30, 0]]), ("on_time", [[5, 10], [25, 0]])):
        figures.of("sla", "day", None, name)[:, 0, :2] = values
    found = shares(run_of(plan, figures), ("mail", "", "4 h"), "day")
    assert found[:, :2].mean(axis=0) == pytest.approx([30 / 40, 10 / 40])
