"""How many agents a floor has room for."""

from __future__ import annotations

import numpy as np
import pytest

from simcap.errors import RunError
from simcap.floor.floor import Floor
from simcap.floor.plan import AgentPlan, FloorPlan, QueuePlan
from simcap.units import DAY


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
