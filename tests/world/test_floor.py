"""Parts of the floor that scenarios seldom reach: the order of a chunk, the number of an agent."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from simcap.arrivals import ARRIVAL
from simcap.errors import RunError
from simcap.floor.chunk import ChunkSorter
from simcap.floor.ends import NEVER, agent_bits, no_ends, resized
from simcap.floor.floor import Floor
from simcap.floor.plan import AgentPlan, FloorPlan, QueuePlan
from simcap.floor.state import AHEAD
from simcap.units import DAY, TICK

BEGIN = 3 * DAY


def chunk(times: NDArray[np.float64]) -> NDArray[np.void]:
    rows = np.zeros(times.size, ARRIVAL)
    rows["time"] = times
    return rows


def draw(span: float, size: int = 5_000) -> NDArray[np.float64]:
    """Return times on the grid, of which many are equal."""
    return BEGIN + np.random.default_rng(1).integers(0, 1000, size) * np.floor(span / TICK / 1000) * TICK


@pytest.mark.parametrize("span", [DAY, 40 * DAY, 1000 * TICK], ids=["a day", "too long to pack", "ticks"])
@pytest.mark.parametrize("begin", [BEGIN, BEGIN + 1], ids=["begin", "some before"])
def test_a_chunk_is_in_order_of_time_and_row(span: float, begin: float) -> None:
    order = ChunkSorter()
    order.sort(chunk(draw(DAY, 9_000)), BEGIN)
    drawn = draw(span)
    times, rows = order.sort(chunk(drawn), begin)
    assert rows[:5_000].tolist() == sorted(range(5_000), key=lambda row: (drawn[row], row))
    assert times[:5_000].tolist() == np.sort(drawn).tolist()
    assert np.isinf(times[5_000:]).all()
    assert rows[5_000:].tolist() == [0] * AHEAD


def test_an_empty_chunk() -> None:
    times, rows = ChunkSorter().sort(chunk(np.zeros(0)), BEGIN)
    assert np.isinf(times).all()
    assert times.size == 2
    assert rows.size == AHEAD


def test_completions_keep_time_and_agent_when_agents_join() -> None:
    before, people = agent_bits(3), 1_000
    ends = no_ends(3)
    ends[:3] = [(ticks << before) | agent for ticks, agent in ((-7, 2), (-7, 1), (5 * 2**20, 0))]
    wider = resized(ends, 3, before, people)
    bits = agent_bits(people)
    assert [(int(end >> bits), int(end & ((1 << bits) - 1))) for end in wider[:3]] == [(-7, 2), (-7, 1), (5 * 2**20, 0)]
    assert (wider[3:] == NEVER).all()


def test_a_completion_that_is_never_reached_is_still_not_when_agents_join() -> None:
    before, people = agent_bits(3), 100_000
    ends = no_ends(3)
    ends[:2] = [(2**20 << before) | 1, (2 ** (62 - before) << before) | 2]
    bits = agent_bits(people)
    near, far = (resized(ends, 2, before, people)[:2] >> bits).tolist()
    assert near == 2**20
    assert far == 2 ** (62 - bits)


def test_too_many_agents_for_so_long_a_time_are_refused() -> None:
    agents = [AgentPlan(0, 0, (0,))] * 70_000
    floor = Floor(FloorPlan([QueuePlan()], agents, np.array([0.0, 300 * DAY]), [0]), 0.0)
    floor.hire(0, 0, [0] * 61_000)
    with pytest.raises(RunError, match=r"131,100 agents are more than the 131,072 .* simulate fewer days"):
        floor.hire(0, 0, [0] * 100)
    with pytest.raises(RunError, match=r"70,000 agents are more than the 65,536 "):
        Floor(FloorPlan([QueuePlan()], agents, np.array([0.0, 700 * DAY]), [0]), 0.0)
    with pytest.raises(RunError, match=r"70,000 agents are more than the 65,536 "):
        Floor(FloorPlan([QueuePlan()], agents, np.array([0.0, DAY]), [0]), -700 * DAY)
