"""Until when a class can be approved that saves a window, of a model and trials that are worked out by hand."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np

from simcap.planning.deadlines import last_dates
from simcap.planning.effects import EffectModel
from simcap.planning.levers import Amounts, Lever
from tests.helpers import Array
from tests.planning.analytic import Analytic

START = dt.date(2026, 10, 5)
DAYS = [START, START + dt.timedelta(days=7), START + dt.timedelta(days=14)]
CLASSES = [Lever("class", "v", "t", 0, 10, day, day, day) for day in DAYS]
OVERTIME = Lever("overtime", "v", "", 0, 1)
LEVERS = [*CLASSES, OVERTIME]
EFFECT = np.array(
    [
        [0.01, 0.01, 0.0, 0.0],  # ten seats of the second class are just enough
        [0.005, 0.002, 0.02, 0.0],  # the last alone is
        [0.0, 0.0, 0.0, 0.5],  # only overtime is, which has no day
        [0.009, 0.0, 0.0, 0.0],  # all there is falls short
        [0.01, 0.01, 0.01, 0.0],  # lost
        [0.01, 0.01, 0.01, 0.0],  # met as it is
    ]
)
LOST = np.array([False, False, False, False, True, False])


def a_model() -> EffectModel:
    teams = np.array([[1, 0], [1, 0], [1, 0], [0, 1]], float)
    return EffectModel(
        list(LEVERS), EFFECT.copy(), np.ones(4), np.ones(EFFECT.shape), teams, np.array([10.0, 1.0]), 0.1
    )


def dates(folder: Path, *tried: Amounts, proves: tuple[int, ...] = ()) -> dict[int, dt.date | None]:
    """Return the last days by window, where plans that were tried meet what they prove."""

    def attainment(plan: Amounts, numbers: Array) -> Array:
        row = np.full(6, 0.7)
        row[5] = 0.81
        if any(plan.values()):
            row[list(proves)] = 0.81
        return np.tile(row, (numbers.size, 1))

    trials = Analytic(folder, attainment, lambda _plan: 1.0, windows=6)
    trials.of(*tried)
    return dict(last_dates(trials, a_model(), 0.9, LOST))


def test_the_last_day_by_the_model(tmp_path: Path) -> None:
    assert dates(tmp_path) == {0: DAYS[1], 1: DAYS[2], 2: None, 3: None}


def test_the_first_day_of_a_plan_that_saved_it_is_late_enough(tmp_path: Path) -> None:
    first, second, third = CLASSES
    assert dates(tmp_path, {second: 4, third: 4}, proves=(2, 3))[2] == DAYS[1]
    assert dates(tmp_path, {second: 4, third: 4}, {first: 9}, proves=(2, 3))[3] == DAYS[1]
    assert dates(tmp_path, {first: 9}, {second: 4, third: 4}, proves=(2, 3))[3] == DAYS[1]
    assert dates(tmp_path, {first: 9}, proves=(0,))[0] == DAYS[1], "the model knows a later one"
    assert dates(tmp_path, {third: 9}, proves=(0,))[0] == DAYS[2], "and here the plan does"


def test_overtime_proves_no_day(tmp_path: Path) -> None:
    assert dates(tmp_path, {CLASSES[2]: 9, OVERTIME: 1}, {OVERTIME: 1}, proves=(2,))[2] is None
