"""A day that starts empty: the average over its length of what arrivals find (M/M/c + M)."""

from __future__ import annotations

import math

import numpy as np

from tests.theory import _checks
from tests.theory.congestion import Array, Congestion, departure_rates

_MOST_STEPS = 5_000_000
_NEGLIGIBLE = 1e-14


def day_from_empty(
    rate: float, mean_handle: float, agents: int, length: float, mean_patience: float = math.inf
) -> Congestion:
    """Return what the arrivals of a day of `length` find, on average, if it starts empty.

    `rate` is arrivals per unit of time, constant over the day; the other values are in that unit. Who still waits at
    the end of the day is served by the same agents. The Kolmogorov forward equations are solved by uniformization, so
    the only error is the states left out, each of probability below 1e-14.
    Raises `ValueError` for values that are not positive and for a day too long to be solved in reasonable time.
    Source: Jensen (1953); Grassmann (1977).
    """
    for value, what in ((rate, "rate"), (mean_handle, "mean_handle"), (length, "length")):
        _checks.positive(value, what)
    _checks.whole_agents(agents)
    _checks.patience(mean_patience)
    states = agents + 32
    while True:
        death = departure_rates(states, agents, mean_handle, mean_patience)
        found = _average_from_empty(rate, death, length)
        if found[-1] < _NEGLIGIBLE:
            return Congestion(found / found.sum(), agents, mean_handle, mean_patience)
        states *= 2


def _average_from_empty(birth: float, death: Array, length: float) -> Array:
    """Return the time average over [0, length] of a birth-death process that starts in state 0."""
    leaving = death + birth
    leaving[-1] -= birth
    clock = float(leaving.max())
    steps = int(clock * length + 10 * math.sqrt(clock * length) + 30)
    if steps > _MOST_STEPS:
        raise ValueError(f"a length of {length:g} takes {steps:,} steps to solve; use the steady state instead")
    up, down, stay = birth / clock, death[1:] / clock, 1 - leaving / clock
    state = np.zeros_like(death)
    state[0] = 1.0
    total = np.zeros_like(death)
    for weight in _time_in_step(steps, clock, length):
        total += weight * state
        after = stay * state
        after[1:] += up * state[:-1]
        after[:-1] += down * state[1:]
        state = after
    return np.asarray(total / length)


def _time_in_step(steps: int, clock: float, length: float) -> Array:
    """Return the mean time within `length` after exactly 0, 1, ... events of a Poisson process of rate `clock`."""
    from scipy import special

    return np.asarray(special.gammainc(np.arange(1.0, steps + 1), clock * length) / clock)
