"""Queues that share agents by priority, without taking an item back once it is in hand (head of the line)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tests.theory import _checks
from tests.theory.erlang import erlang_c


def one_agent(rates: Sequence[float], mean_handles: Sequence[float], cvs: Sequence[float]) -> list[float]:
    """Return the mean wait of each class at a single agent, most urgent class first.

    `rates` are arrivals per unit of time, `mean_handles` and the results are in that unit; `cvs` are the coefficients
    of variation of the handle times.
    Raises `ValueError` for lists of unequal length, values that are not positive and an unstable queue.
    Source: Cobham (1954).
    """
    if not len(rates) == len(mean_handles) == len(cvs):
        raise ValueError(
            f"{len(rates)} rates, {len(mean_handles)} mean_handles and {len(cvs)} cvs; give one of each for every class"
        )
    for rate, mean, cv in zip(rates, mean_handles, cvs, strict=True):
        _checks.positive(rate, "rate")
        _checks.positive(mean, "mean_handle")
        _checks.not_negative(cv, "cv")
    loads = [rate * mean for rate, mean in zip(rates, mean_handles, strict=True)]
    _checks.stable(sum(loads), 1)
    residual = sum(load * mean * (1 + cv * cv) / 2 for load, mean, cv in zip(loads, mean_handles, cvs, strict=True))
    return _waits(residual, loads)


def many_agents(rates: Sequence[float], mean_handle: float, agents: int) -> list[float]:
    """Return the mean wait of each class at several agents, most urgent class first.

    Handle times are exponential with the same mean for all classes. `rates` are arrivals per unit of time,
    `mean_handle` and the results are in that unit.
    Raises `ValueError` for values that are not positive and an unstable queue.
    Source: Cobham (1954).
    """
    for rate in rates:
        _checks.positive(rate, "rate")
    _checks.positive(mean_handle, "mean_handle")
    _checks.whole_agents(agents)
    load = sum(rates) * mean_handle
    _checks.stable(load, agents)
    until_free = erlang_c(load, agents) * mean_handle / agents
    return _waits(until_free, [rate * mean_handle / agents for rate in rates])


def _waits(until_free: float, loads: Sequence[float]) -> list[float]:
    """Return Cobham's waits from the mean time until an agent is free and each class's load per agent."""
    spare = 1 - np.cumsum([0.0, *loads])
    return [float(wait) for wait in until_free / (spare[:-1] * spare[1:])]
