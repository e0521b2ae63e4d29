"""Outcomes of cases with sketches: as all sketches say where simulations agree, counted where they say nothing."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from simcap.analysis.pairs import paired_chances
from simcap.analysis.summary import wilson
from simcap.experiment.batch import Batch
from simcap.planning import sensitivity as module
from simcap.planning.cases import Case, counted_difference
from simcap.planning.drivers import drivers_of
from simcap.planning.outcomes import Outcome
from simcap.planning.sensitivity import sensitivity
from simcap.scenario.reading.loading import load
from tests.planning.test_assisted_stress import DESK

Array = NDArray[np.float64]
ATTAINED: Outcome = ("mail", "", "1 h", "attainment")
MISSED: Outcome = ("mail", "", "1 h", "any_miss")
COST: Outcome = ("", "", "", "net_cost")
RNG = np.random.default_rng(4)
SKETCHED = RNG.normal(0.9, 0.02, 50)
LOST = RNG.normal(0.05, 0.01, 50)


def case(outcome: Outcome, sketched: Array, simulated: int = 8, off: float = 0.0) -> Case:
    return Case({outcome: sketched[:simulated] - off}, {outcome: sketched})


def test_where_simulations_agree_figures_are_those_of_all_sketches() -> None:
    base, moved = case(ATTAINED, SKETCHED, off=0.01), case(ATTAINED, SKETCHED - LOST, off=0.01)
    assert base.mean(ATTAINED) == pytest.approx(SKETCHED.mean() - 0.01)
    found = moved.less(base, ATTAINED)
    assert found.mean == pytest.approx(-LOST.mean())
    assert found.low < found.mean < found.high
    counted = counted_difference("attainment", base.simulated[ATTAINED], moved.simulated[ATTAINED])
    assert found.high - found.low < (counted.high - counted.low) / 2
    costs = case(COST, 1000 * SKETCHED), case(COST, 1000 * (SKETCHED - LOST))
    assert costs[1].less(costs[0], COST).mean == pytest.approx(-1000 * LOST.mean())


def test_without_sketches_or_without_an_answer_of_theirs_replications_count() -> None:
    base, moved = (Case({ATTAINED: values[:30]}) for values in (SKETCHED, SKETCHED - LOST))
    counted = counted_difference("attainment", SKETCHED[:30], (SKETCHED - LOST)[:30])
    assert moved.less(base, ATTAINED) == counted
    other = [Case(one.simulated, {ATTAINED: RNG.normal(0.9, 0.002, 50)}) for one in (base, moved)]
    assert other[1].less(other[0], ATTAINED) == counted, "sketches of other draws explain nothing"
    unknown = [dataclasses.replace(one, sketched={ATTAINED: np.full(50, np.nan)}) for one in (base, moved)]
    assert unknown[1].less(unknown[0], ATTAINED) == counted
    assert unknown[0].mean(ATTAINED) == SKETCHED[:30].mean()


def test_chances() -> None:
    missed = (SKETCHED < 0.9).astype(float)
    found = case(MISSED, missed).chance(MISSED)
    assert found.mean == pytest.approx(missed.mean())
    assert 0 <= found.low < found.mean < found.high <= 1
    never, always = case(MISSED, np.zeros(50), simulated=2), case(MISSED, np.ones(50), simulated=2)
    low, high = wilson(np.zeros(1), np.full(1, 50.0))
    assert never.chance(MISSED) == (0.0, low[0], high[0]), "50 sketches without a miss say more than 2 replications"
    assert always.less(never, MISSED) == paired_chances(np.zeros(50), np.ones(50))
    plain = Case({MISSED: np.array([0.0, 1.0, 0.0, np.nan])})
    low, high = wilson(np.ones(1), np.full(1, 3.0))
    assert plain.chance(MISSED) == (pytest.approx(1 / 3), low[0], high[0])
    unlike = Case({MISSED: np.array([1.0, 0.0])}, {MISSED: np.zeros(50)})
    assert unlike.chance(MISSED).mean == 0.5, "sketches that know of no miss do not outvote simulations"


def test_what_drivers_do_is_what_many_replications_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "plan.yaml").write_text(DESK)
    file = load(tmp_path / "plan.yaml")
    drivers = drivers_of(file, 5)[:2]
    monkeypatch.setattr(module, "GRID", ())
    monkeypatch.setattr(module, "drivers_of", lambda _file, _seed: drivers)
    few = sensitivity(file, Batch(5, range(2), jobs=1), sketches=30, samples=2)
    many = sensitivity(file, Batch(5, range(100, 112), jobs=1))
    assert (few.replications, few.sketches, few.seen, few.rests_on) == (2, 30, 30, "2 replications and 30 sketches")
    rows, others = (one.tornado.query("measure == 'attainment'").set_index(["driver", "end"]) for one in (few, many))
    assert rows["difference"].abs().min() > 0.01
    assert (rows["ci_low"] < others["ci_high"]).all()
    assert (others["ci_low"] < rows["ci_high"]).all()
    assert ((rows["ci_high"] - rows["ci_low"]) < 0.12).all()
    assert (rows["ci_low"] * rows["ci_high"] > 0).all(), "two replications alone could not tell"
    assert set(few.sobol["measure"]) == {"attainment"}
    assert few.sobol["total"].between(0, 1).all()
