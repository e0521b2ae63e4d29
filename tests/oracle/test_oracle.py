from __future__ import annotations
from hypothesis import given, settings, HealthCheck
from simcap.floor.floor import Floor
from .naive_floor import NaiveFloor
from .script import difference, World
from .worlds import worlds

@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(worlds())
def test_equal(world: World) -> None:
    assert difference(world, Floor, NaiveFloor) is None
