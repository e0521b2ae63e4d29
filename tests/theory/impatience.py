"""Erlang A: a line that items leave when their patience ends (M/M/c + M)."""

from __future__ import annotations

import numpy as np

from tests.theory import _checks
from tests.theory.congestion import Array, Congestion, departure_rates

_MOST_STATES = 1 << 21
_NEGLIGIBLE = 1e-17


def erlang_a(rate: float, mean_handle: float, agents: int, mean_patience: float) -> Congestion:
    """Return the steady state of a line whose items wait with exponential patience.

    `rate` is arrivals per unit of time; both means are in that unit. Exact: the balance of births and deaths, summed
    in log space up to where the tail is below 1e-17. Steady under any load, for who waits too long leaves; infinite
    patience is allowed where the queue is stable without abandonment.
    Raises `ValueError` for values that are not positive, for an unstable queue of infinite patience, and for patience
    so long that the line would reach millions.
    Source: Palm (1957); Mandelbaum & Zeltyn (2007).
    """
    _checks.positive(rate, "rate")
    _checks.positive(mean_handle, "mean_handle")
    _checks.whole_agents(agents)
    _checks.patience(mean_patience)
    if np.isinf(mean_patience):
        _checks.stable(rate * mean_handle, agents)
    states = agents + 64
    while states <= _MOST_STATES:
        death = departure_rates(states, agents, mean_handle, mean_patience)
        found = _balance(rate, death)
        shrinks_by = rate / death[-1]
        if shrinks_by < 1 and found[-1] < _NEGLIGIBLE * (1 - shrinks_by):
            return Congestion(found, agents, mean_handle, mean_patience)
        states *= 2
    raise ValueError(
        f"{rate * mean_handle:g} erlangs on {agents} agents with a mean patience of {mean_patience:g}: "
        f"the line would exceed {_MOST_STATES:,} items; shorten the patience or use the fluid limit"
    )


def _balance(birth: float, death: Array) -> Array:
    """Return the stationary distribution of a birth-death process with a constant rate of birth."""
    weights = np.zeros_like(death)
    np.cumsum(np.log(birth / death[1:]), out=weights[1:])
    probabilities = np.exp(weights - weights.max())
    return np.asarray(probabilities / probabilities.sum())
