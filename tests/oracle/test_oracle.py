"""The compiled floor and the naive one must keep the same journal, bit for bit, and the same counts in any world.

Where they do not, hypothesis shows a small world with that difference; the smaller of the two floors to read is
`naive_floor`. That the comparison can see a mistake is shown with naive floors that have one.
"""

from __future__ import annotations

import itertools

import pytest
from hypothesis import HealthCheck, Phase, find, given, note, settings

from simcap.floor.floor import Floor
from simcap.floor.plan import AgentPlan, QueuePlan
from simcap.floor.state import ANY_EXPIRES

from .comparison import World, difference
from .flaws import FLAWS
from .naive_floor import NaiveFloor
from .script import Load, Order, Post, Suspend, Work
from .worlds import DAY, worlds

EXAMPLES = 150
relaxed = settings(deadline=None, suppress_health_check=list(HealthCheck))


def assert_equal(world: World) -> None:
    """Fail, and print the world, where the floors differ in it."""
    found = difference(world, Floor, NaiveFloor)
    if found is not None:
        note(world.told())
    assert found is None


@settings(relaxed, max_examples=EXAMPLES)
@given(worlds())
def test_floors_agree(world: World) -> None:
    assert_equal(world)


@pytest.mark.slow
@settings(relaxed, max_examples=5000)
@given(worlds())
def test_floors_agree_in_thousands_of_worlds(world: World) -> None:
    assert_equal(world)


@pytest.mark.slow
@settings(relaxed, max_examples=300)
@given(worlds(most_days=8, burst=60))
def test_floors_agree_in_crowds(world: World) -> None:
    assert_equal(world)


@settings(relaxed, max_examples=EXAMPLES)
@given(worlds(overlaps=True))
def test_floors_agree_where_work_overlaps(world: World) -> None:
    assert_equal(world)


@pytest.mark.slow
@settings(relaxed, max_examples=5000)
@given(worlds(overlaps=True))
def test_floors_agree_in_thousands_of_worlds_where_work_overlaps(world: World) -> None:
    assert_equal(world)


@pytest.mark.slow
@settings(relaxed, max_examples=300)
@given(worlds(most_days=8, burst=60, overlaps=True))
def test_floors_agree_in_crowds_where_work_overlaps(world: World) -> None:
    assert_equal(world)


def test_floors_agree_on_patience_that_outlasts_the_item() -> None:
    """Few items at a time over many days: the compiled floor has to forget again when the decided ones would expire."""
    script: list[Order] = [Post(0.0, {0: ((0.0, 20 * DAY, True),)})]
    for day in range(20):
        patience = itertools.cycle([40.0, 400.0, 30 * DAY])
        items = [Work(10 * day + place, day * DAY + 8 * place, 20.0, patience=next(patience)) for place in range(8)]
        script += [Load(day * DAY, tuple(items)), Suspend(day * DAY + 30, (0,), day * DAY + 70)]
    queues, agents, edges = (QueuePlan(expiry=ANY_EXPIRES),), (AgentPlan(0, 0, (0,)),), (0.0, DAY, 19 * DAY)
    assert_equal(World(queues, agents, tuple(script), end=20 * DAY, edges=edges))


@pytest.mark.parametrize("flawed", FLAWS)
def test_comparison_sees_a_mistake(flawed: type[NaiveFloor]) -> None:
    """Within as many worlds as the floors are compared in, each mistake shows."""
    only_found = settings(relaxed, max_examples=EXAMPLES, derandomize=True, database=None, phases=[Phase.generate])
    drawn = worlds(overlaps=getattr(flawed, "where_work_overlaps", False))
    find(drawn, lambda world: difference(world, NaiveFloor, flawed) is not None, settings=only_found)
