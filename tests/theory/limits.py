"""What large systems tend to: the fluid limit of overload and square-root staffing."""

from __future__ import annotations

import math

from tests.theory import _checks


def fluid_abandoned_share(load: float, agents: int) -> float:
    """Return the share of items that must give up under a load in erlangs, whatever their patience; 0 if none must.

    Raises `ValueError` for values that are not positive.
    Source: Whitt (2004).
    """
    _checks.positive(load, "load")
    _checks.whole_agents(agents)
    return max(0.0, 1 - agents / load)


def fluid_wait(load: float, agents: int, mean_patience: float) -> float:
    """Return the wait of those who are served under a load in erlangs, with exponential patience; 0 if none must wait.

    In the unit of `mean_patience`. Raises `ValueError` for values that are not positive.
    Source: Whitt (2006).
    """
    _checks.positive(mean_patience, "mean_patience")
    return -mean_patience * math.log1p(-fluid_abandoned_share(load, agents))


def halfin_whitt(slack: float) -> float:
    """Return the share of items that wait when agents = load + slack * sqrt(load) and both are large.

    Raises `ValueError` unless the slack is more than zero.
    Source: Halfin & Whitt (1981).
    """
    _checks.positive(slack, "slack")
    below = 0.5 * math.erfc(-slack / math.sqrt(2))
    density = math.exp(-slack * slack / 2) / math.sqrt(2 * math.pi)
    return density / (density + slack * below)


def square_root_staffing(load: float, slack: float) -> int:
    """Return the agents for a load in erlangs with a slack in units of its square root, rounded up.

    Raises `ValueError` for values that are not positive.
    Source: Halfin & Whitt (1981).
    """
    _checks.positive(load, "load")
    _checks.positive(slack, "slack")
    return math.ceil(load + slack * math.sqrt(load))
