"""How many to sketch and to simulate: the cheapest numbers that reach a precision."""

from __future__ import annotations

import math

import pytest

from simcap.analysis.fidelities import LEAST_SIMULATED, allot

Z = 1.6448536
AMPLE = (10**6, 10**8)


def half_width(rho2: float, variance: float, simulated: int, sketched: int) -> float:
    return Z * math.sqrt(variance * ((1 - rho2) / simulated + rho2 / sketched))


@pytest.mark.parametrize(("rho2", "cost"), [(0.5, 0.01), (0.9, 0.01), (0.98, 0.002), (0.98, 0.1)])
def test_the_goal_is_reached_at_the_least_cost(rho2: float, cost: float) -> None:
    found = allot(rho2, cost, 0.04, 0.003, AMPLE)
    assert found.half_width == pytest.approx(half_width(rho2, 0.04, found.simulated, found.sketched))
    assert found.half_width <= 0.003
    assert found.half_width == pytest.approx(0.003, rel=0.01)
    assert found.sketched / found.simulated == pytest.approx(math.sqrt(rho2 / (cost * (1 - rho2))), rel=0.02)
    spent = found.simulated + cost * found.sketched
    goal = 0.04 / (0.003 / Z) ** 2
    for factor in (0.7, 1.4):
        other = found.simulated * factor
        rest = 1 / goal - (1 - rho2) / other
        assert rest <= 0 or other + cost * rho2 / rest > spent * 0.999


def test_sketches_that_would_not_pay_are_not_made() -> None:
    plain = math.ceil(0.04 * (Z / 0.01) ** 2)
    assert allot(0.29, 0.001, 0.04, 0.01, AMPLE)[:2] == (plain, 0)
    assert allot(0.5, 1.0, 0.04, 0.01, AMPLE)[:2] == (plain, 0), "as dear as a simulation"
    assert allot(float("nan"), 0.01, 0.04, 0.01, AMPLE)[:2] == (plain, 0)


def test_bounds_are_kept_and_what_is_then_reached_is_said() -> None:
    few = allot(0.9, 0.01, 0.04, 0.003, (40, 400))
    assert few[:2] == (40, 400)
    assert few.half_width == pytest.approx(half_width(0.9, 0.04, 40, 400))
    more = allot(0.5, 0.01, 0.01, 0.02, (1000, 100))
    assert more.sketched == 100
    assert more.half_width <= 0.02, "more simulations make up for sketches that are not allowed"
    assert more.simulated > allot(0.5, 0.01, 0.01, 0.02, AMPLE).simulated
    assert allot(0.9, 0.01, 0.0, 0.003, AMPLE)[:2] == (LEAST_SIMULATED, LEAST_SIMULATED)
    assert allot(1.0, 0.01, 0.04, 0.01, AMPLE).simulated == LEAST_SIMULATED
    for wrong in ((0.9, 0.0, 0.04, 0.01, AMPLE), (0.9, 0.01, 0.04, 0.0, AMPLE), (0.9, 0.01, -1.0, 0.01, AMPLE)):
        with pytest.raises(ValueError, match="half-width"):
            allot(*wrong)
