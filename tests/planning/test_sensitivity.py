"""Sensitivity: known indices, drivers that cannot matter, break-evens where they must be."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from scipy import stats

import simcap
from simcap.cli import main
from simcap.planning.drivers import drivers_of, point, without_factor
from simcap.planning.outcomes import outlook
from simcap.planning.sensitivity import break_even
from simcap.planning.sobol import sobol
from simcap.report.terminal.sensitivity import break_lines, shown_sla
from simcap.scenario.reading.loading import Scaling, load

PLAN = """
name: two desks
horizon: {start: 2026-10-05, weeks: 2, timezone: UTC, warm_up: 1 day}
simulation: {replications: 4, seed: 3}
uncertain:
  queues.mail.arrivals.per_week: {uniform: [5000, 7000]}
  vendors.north.attrition.per_year: {uniform: [30%, 60%]}
queues:
  mail:
    arrivals: {per_week: 6000}
    handle_time: {exponential: 3.5 min}
    sla: {1 h: {measure: wait, within: 1 h, target: 90%, per: week}}
  rare:
    arrivals: {per_week: 50}
    handle_time: {constant: 1 min}
    sla: {1 h: {measure: wait, within: 1 h, target: 90%, per: week}}
vendors:
  north:
    attrition: {per_year: 40%}
    shrinkage: {absence: 10%}
    teams:
      t: {timezone: UTC, agents: 3, skills: [mail], shift: {always: true}}
      few: {timezone: UTC, agents: 2, skills: [rare], shift: {always: true}}
"""


def ishigami(x: np.ndarray) -> np.ndarray:
    return np.sin(x[0]) + 7 * np.sin(x[1]) ** 2 + 0.1 * x[2] ** 4 * np.sin(x[0])


def test_ishigami() -> None:
    found = sobol(ishigami, [stats.uniform(-np.pi, 2 * np.pi)] * 3, 2**15, 1)
    # Ishigami & Homma (1990), a = 7, b = 0.1: variances of the parts in closed form.
    one, two, both = 0.5 * (1 + 0.1 * np.pi**4 / 5) ** 2, 7**2 / 8, 8 * 0.1**2 * np.pi**8 / 225
    whole = one + two + both
    np.testing.assert_allclose(found.first_order[0], np.array([one, two, 0]) / whole, rtol=0.02, atol=0.005)
    np.testing.assert_allclose(found.total_order[0], np.array([one + both, two, both]) / whole, rtol=0.02)


def test_intervals_of_equal_designs_are_equal_and_hold_what_is_true() -> None:
    one, other = (sobol(ishigami, [stats.uniform(-np.pi, 2 * np.pi)] * 3, 2**9, 5).intervals() for _ in range(2))
    np.testing.assert_array_equal(one, other)
    # Ishigami & Homma (1990): the shares of the parts, rounded; first order, then total.
    truth = np.array([[0.314, 0.442, 0.0], [0.558, 0.442, 0.244]])
    low, high = np.squeeze(np.array(one)).swapaxes(0, 1)
    assert ((low < truth) & (truth < high)).all()
    assert (high - low < 0.5).all()


def test_a_break_even_lies_where_the_chance_is_half() -> None:
    at = np.array([0.5, 0.8, 1.0, 1.25, 2.0])
    assert break_even(at, np.array([0, 0, 0.1, 0.3, 0.9]))[0] == pytest.approx(1.25 * 1.6 ** (1 / 3))
    assert break_even(at, np.array([0, 0.2, 0.8, 1, 1]))[0] == pytest.approx(0.8 * 1.25**0.5)
    assert break_even(at, np.array([0, 0, 0.1, 0.3, 0.9]))[1:] == (1.25, 2.0)
    assert np.isnan(break_even(at, np.zeros(5))[0])
    assert break_even(at, np.array([1.0, 0, 0, 0, 1.0]))[0] == pytest.approx(0.5 * 1.6**0.5), "the nearer one"
    assert break_even(at, np.array([0, np.nan, 0.1, 0.3, 0.9]))[0] == pytest.approx(1.25 * 1.6 ** (1 / 3))


def test_shares_near_one_and_numbers_that_are_none(tmp_path: Path) -> None:
    assert Scaling("x", 1.0, "share").of(0.98) == 0.98, "what is written stays"
    assert Scaling("x", 1.2, "share").of(0.9) == 0.95
    plan = PLAN.replace("uncertain:", "uncertain:\n  queues.mail.arrivals.growth: {uniform: [-5%, 5%]}")
    (tmp_path / "plan.yaml").write_text(plan.replace("per_week: 6000", "per_week: 6000, growth: 0%"))
    file = load(tmp_path / "plan.yaml")
    assert without_factor(file) == ["queues.mail.arrivals.growth"]
    assert not any("growth" in driver.name for driver in drivers_of(file, 3))


def test_drivers_move_over_what_is_known(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(PLAN)
    file = load(tmp_path / "plan.yaml")
    drivers = {driver.name: driver for driver in drivers_of(file, 3)}
    assert list(drivers) == ["volume", "handle time", "attrition of north", "absence of north", "mail, per_week"]
    mail = drivers["mail, per_week"]
    assert mail.own
    assert (mail.low, mail.high) == pytest.approx((5100 / 6000, 6900 / 6000), abs=0.02)
    assert mail.shown(1.1) == "6,600"
    leaving = drivers["attrition of north"]
    assert leaving.own
    # The hazard of 31.5% and of 58.5% a year against that of 40%.
    assert (leaving.low, leaving.high) == pytest.approx((0.741, 1.722), abs=0.05)
    assert leaving.shown(leaving.high) == pytest.approx("58.5%", abs=0) or leaving.shown(leaving.high)[-1] == "%"
    absent = drivers["absence of north"]
    assert (absent.own, absent.low, absent.high, absent.shown(1.1)) == (False, 0.9, 1.1, "11.0%")
    assert not point(file).scenario.uncertain


@pytest.mark.parametrize(("written", "path"), [("0.8", "shared"), ("{programme: 80%}", "shared.programme")])
def test_busy_days_in_common_stay_a_share(tmp_path: Path, written: str, path: str) -> None:
    busyness = f"busyness: {{cv: 10%, shared: {written}}}"
    plan = PLAN.replace("{per_week: 6000}", f"{{per_week: 6000, {busyness}}}")
    path = f"queues.mail.arrivals.busyness.{path}"
    (tmp_path / "plan.yaml").write_text(plan.replace("uncertain:", f"uncertain:\n  {path}: {{uniform: [40%, 90%]}}"))
    file = load(tmp_path / "plan.yaml")
    driver = next(driver for driver in drivers_of(file, 3) if "shared" in driver.name)
    assert driver.shown(0.75) == "60.0%"
    assert driver.change(1.5).scaled[0].of(0.8) == 0.95
    (tmp_path / "plan.yaml").write_text(plan)
    assert not any("shared" in driver.name for driver in drivers_of(load(tmp_path / "plan.yaml"), 3))


def test_what_matters_and_what_cannot(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(PLAN)
    out = tmp_path / "out"
    found = simcap.sensitivity(tmp_path / "plan.yaml", replications=3, samples=4, out=out, jobs=2)
    rows = (
        found.tornado[found.tornado["measure"] == "attainment"]
        .set_index(["driver", "queue", "end"])["difference"]
        .sort_index()
    )
    # 350 h of work a week for three agents who give 454 h less what absence takes on a bad day.
    assert rows["volume", "mail", "high"] < -0.02
    assert rows["volume", "mail", "low"] >= 0
    assert rows["mail, per_week", "mail", "high"] < -0.1
    assert (rows["mail, per_week", "rare"] == 0).all(), "the other desk sees nothing of it"
    breaks = found.breaks.set_index(["driver", "queue"]).sort_index()
    assert 0.9 < breaks.loc[("volume", "mail"), "factor"] < 1.25
    assert np.isnan(breaks.loc[("mail, per_week", "rare"), "factor"])
    shares = found.sobol[found.sobol["queue"] == "mail"].set_index("driver")["total"]
    assert shares.idxmax() in ("volume", "handle time", "mail, per_week", "attrition of north")
    assert {"tornado.csv", "break_even.csv", "sobol.csv", "assumptions.csv"} == {
        path.name for path in (out / "tables").iterdir()
    }
    assert (out / "charts/tornado.png").stat().st_size > 10_000
    assert len(pd.read_csv(out / "tables/sobol.csv")) == len(found.sobol)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--sobol", "12"], "--sobol 12 is not a power of 2; use 16"),
        (["--sla", "mail / 2 h", "-n", "2"], "--sla: there is no 'mail / 2 h'; known here: mail / 1 h, rare / 1 h"),
    ],
)
def test_bad_words(tmp_path: Path, words: list[str], said: str) -> None:
    (tmp_path / "plan.yaml").write_text(PLAN)
    ran = CliRunner().invoke(main, ["sensitivity", str(tmp_path / "plan.yaml"), "--out", str(tmp_path / "o"), *words])
    assert ran.exit_code in (1, 2)
    assert said in ran.output


def test_an_sla_without_a_whole_window_has_no_chance_of_a_miss(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(PLAN.replace("per: week", "per: month"))
    found = simcap.sensitivity(path, replications=3, jobs=1)
    assert found.breaks.empty
    (_, line) = break_lines(found, shown_sla(found))
    assert line == "No whole window of mail / 1 h has items, so its chance of a miss is unknown."


DESK = """
name: desk
horizon: {start: 2026-10-05, weeks: 2, timezone: UTC, warm_up: 1 day}
simulation: {replications: 4, seed: 3}
queues:
  mail:
    arrivals: {per_week: 6000}
    handle_time: {exponential: HANDLE min}
    sla: {1 h: {measure: wait, within: 1 h, target: 90%, per: week}}
vendors:
  north:
    teams: {t: {timezone: UTC, agents: 4, skills: [mail], shift: {always: true}}}
"""
"""Four agents, who have 672 h a week: 6.72 min an item."""


def told(folder: Path, minutes: float, replications: int = 4) -> list[str]:
    """Return what is said of a desk whose items take so long."""
    (folder / "plan.yaml").write_text(DESK.replace("HANDLE", str(minutes)))
    found = simcap.sensitivity(folder / "plan.yaml", replications=replications, jobs=1)
    return break_lines(found, shown_sla(found))[1:]


def test_a_safe_base_says_what_brings_it_into_a_miss(tmp_path: Path) -> None:
    base, alone, *beyond = told(tmp_path, 5.0)
    assert base.startswith("As it is, mail / 1 h is safe, as far as 4 replications can tell: a miss in any window not")
    assert base.endswith("not seen in 4 replications (0% [0%, 49%])")
    assert alone == "No driver alone brings it into a miss within its own range."
    assert {line.split(" at ")[0] for line in beyond} == {"  beyond that, volume", "  beyond that, handle time"}
    near = told(tmp_path, 5.8)
    assert near[0].startswith("As it is, mail / 1 h is safe")
    assert any(line.startswith("  handle time may go to +") for line in near[1:]), "a tenth more is 6.4 min"


def test_a_hopeless_base_says_what_brings_it_back_or_that_nothing_does(tmp_path: Path) -> None:
    near = told(tmp_path, 6.6)
    assert near[0].startswith("As it is, mail / 1 h is almost certainly missed: a miss in any window seen in all 4")
    assert any(line.startswith("  handle time would have to go to -") for line in near[1:]), "a tenth less is 5.9 min"
    assert not any("even odds" in line or "may go" in line for line in near)
    far = told(tmp_path, 9.0)
    assert far[1:3] == [
        "No driver alone brings it back under 50% within its own range.",
        "  nor far beyond that, at x0.7 to x2",
    ]
    assert far[3] == "  no driver lifts it at all within its own range"
    assert told(tmp_path, 6.6, replications=2)[0].startswith(
        "As it is, mail / 1 h is almost certainly missed, as far as 2 replications can tell"
    )


def test_a_base_at_risk_says_what_matters_most_in_both_directions(tmp_path: Path) -> None:
    base, what, first, *_ = told(tmp_path, 6.0)
    assert base.startswith("As it is, mail / 1 h is at risk: a miss in any window seen in ")
    assert what == "What matters most:"
    assert re.fullmatch(
        r"  (volume|handle time): the chance of a miss is 0% \[0%, 49%\] at -10% and 100% \[51%, 100%\] at \+10%", first
    )


def test_intervals_of_chances_stay_within_what_is_possible(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(DESK.replace("HANDLE", "6.6"))
    found = simcap.sensitivity(tmp_path / "plan.yaml", replications=3, jobs=1, out=tmp_path / "out")
    rows = found.tornado[found.tornado["measure"] == "any_miss"]
    assert rows[["ci_low", "ci_high"]].abs().max().max() <= 1
    assert (rows["ci_low"] < rows["ci_high"]).all(), "of three replications nothing is certain"
    assert outlook(0.05) == "safe"
    assert outlook(0.10) == outlook(0.94) == "at risk"
    assert outlook(1.0) == "hopeless"


def test_a_single_replication_has_no_intervals(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(DESK.replace("HANDLE", "7.1"))
    found = simcap.sensitivity(tmp_path / "plan.yaml", replications=1, jobs=1, out=tmp_path / "out")
    assert (tmp_path / "out/charts/tornado.png").exists()
    assert break_lines(found, shown_sla(found))[1].startswith(
        "As it is, mail / 1 h is almost certainly missed, as far as 1"
    )
