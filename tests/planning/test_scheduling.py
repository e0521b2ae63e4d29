"""From plan to plan towards the cheapest that meets everything."""

from __future__ import annotations

from simcap.planning.scheduling import _towards
from tests.planning.models import LEVERS, a_model


def test_half_a_way_keeps_limits_and_makes_one_class_a_month() -> None:
    model = a_model([[0.01] * 5])
    here, goal = {LEVERS[0]: 8, LEVERS[4]: 1}, {LEVERS[1]: 2, LEVERS[2]: 7}
    assert _towards(model, here, goal, 0.5) == {LEVERS[0]: 5, LEVERS[2]: 3, LEVERS[4]: 1}
    assert _towards(model, here, goal, 1.0) == goal
    assert _towards(model, here, {}, 0.75) == {LEVERS[4]: 1}, "two of forty are no class"
